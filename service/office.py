"""What stands ready while the service runs: its settings, its store, and the desk that answers.

Desks of the past, for replays, are put together again from what the store kept, a few at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from payers.base import OPEN
from payers.rulebook import Rulebook, load_rulebook, load_rulebook_from_files
from service.audit import Sealer
from service.background import Background
from service.clinic import Clinic, load_clinic, load_clinic_from_bytes
from service.config import SettingError, Settings
from service.connections import check_connections, open_switchboard
from service.hearing import SECONDS
from service.production import refuse_new_data_key, refuse_unfit
from service.security.data_key import open_vault
from service.store import rulebooks
from service.store.data_keys import remember_data_key
from service.store.migrate import is_newer, is_up_to_date, upgrade
from service.store.session import Session, Store, is_reachable, open_store, transaction
from service.verify import Desk
from service.workers import Workers

DESKS_KEPT = 4
# Live answers that are brought at a time for callers who did not wait; each is waited for, not worked at.
AT_A_TIME = 32
# Where the service ends: those that are under way have as long as payers do, with a moment to be kept.
TO_FINISH = SECONDS + 1
PROFILE_NAME = "clinic.yaml"


@dataclass(frozen=True, slots=True)
class Office:
    """One running service; the same for every request.

    `background` works for callers who do not wait, `workers` do what waits in the database.
    """

    settings: Settings
    store: Store
    desk: Desk
    sealer: Sealer
    workers: Workers = field(default_factory=lambda: Workers(0, TO_FINISH), repr=False)
    background: Executor = field(default_factory=lambda: Background(AT_A_TIME, TO_FINISH), repr=False)
    _desks: dict[tuple[str, str], Desk] = field(default_factory=dict, repr=False)

    def close(self) -> None:
        """Bring what is under way, link the trail to its end, and let go of the database.

        Bounded: whoever fetches an answer that did not come is told so, as after any other interruption.
        """
        self.workers.end()  # what either has under way may take as long, and at the same time
        self.background.shutdown()
        self.workers.stop()
        self.sealer.stop()
        self.store.close()

    def desk_of(self, session: Session, rulebook_digest: str, profile_digest: str) -> Desk | None:
        """The desk that answered from these two, or `None` where one of them was never kept."""
        if (rulebook_digest, profile_digest) == (self.desk.rulebook.digest, self.desk.clinic.digest):
            return self.desk
        found = self._desks.get((rulebook_digest, profile_digest))
        if found is None:
            rules = rulebooks.files_of(session, rulebook_digest)
            profile = rulebooks.files_of(session, profile_digest)
            if rules is None or profile is None:
                return None
            found = Desk(load_rulebook_from_files(rules), _clinic_from(profile))
            if len(self._desks) >= DESKS_KEPT:
                self._desks.clear()
            self._desks[rulebook_digest, profile_digest] = found
        return found

    def rulebook_in_use_on(self, session: Session, day: date) -> str | None:
        """The digest of the rulebook last in use on a day of the clinic's calendar, or `None`."""
        end_of_day = datetime.combine(day, time.max, self.desk.clinic.zone)
        return rulebooks.in_use_at(session, rulebooks.RULEBOOK, end_of_day)

    def checks(self) -> dict[str, bool]:
        """What has to hold for the service to answer, and whether it does."""
        reachable = is_reachable(self.store)
        return {
            "database": reachable,
            # Migrations add before they take away: a process goes on while a newer version takes over.
            "migrations": reachable and (is_up_to_date(self.store.engine) or is_newer(self.store.engine)),
            "rulebook": bool(self.desk.rulebook.payer_ids),
        }

    def payers_at_rest(self) -> list[str]:
        """The connections whose payer failed lately and is left alone; answers go on without it."""
        return [name for name, state in self.desk.switchboard.states().items() if state == OPEN]


def open_store_of(settings: Settings) -> Store:
    """Open the database, with its tables up to date where it is an embedded one.

    Raises `SettingError` where it cannot be reached, where its tables are not up to date, or where it was
    written with another data key.
    """
    return _open_store(settings, may_upgrade=settings.is_embedded)


def bring_up_to_date(settings: Settings) -> None:
    """Make the tables of any database what this version expects; raises as `open_store_of` does."""
    _open_store(settings, may_upgrade=True).close()


def _open_store(settings: Settings, *, may_upgrade: bool) -> Store:
    refuse_new_data_key(settings)
    settings.instance_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings.database_url, open_vault(settings), settings.threads)
    try:
        _make_usable(store, settings, may_upgrade)
    except BaseException:  # nobody gets the store, so nobody else could close it
        store.close()
        raise
    return store


def _make_usable(store: Store, settings: Settings, may_upgrade: bool) -> None:
    if not is_reachable(store):
        raise SettingError("the database that OPENVOB_DATABASE_URL names cannot be reached")
    if is_newer(store.engine):
        raise SettingError("the database was brought up to date by a newer version; start that one")
    if may_upgrade and not is_up_to_date(store.engine):
        upgrade(settings.database_url)
    if not is_up_to_date(store.engine):
        raise SettingError("the database is not up to date; bring it up with: vob db upgrade")
    with transaction(store) as session:
        if not remember_data_key(session, datetime.now(UTC)):
            raise SettingError(
                "the database was written with another data key; "
                "give it in OPENVOB_DATA_KEY or OPENVOB_DATA_KEY_FILE"
            )


def open_office(settings: Settings) -> Office:
    """Open the store, read rulebook and clinic profile, and note both as being in use from now on.

    Raises `SettingError` with every fault of unfit settings, and what reading either raises,
    `ClinicFileError` too for a connection to a payer of no file.
    """
    refuse_unfit(settings)
    rulebook: Rulebook = load_rulebook(settings.rules_path, settings.cache_path)
    clinic: Clinic = load_clinic(settings.clinic_profile)
    if faults := check_connections(clinic, rulebook):
        raise clinic.error_of(faults)
    store = open_store_of(settings)
    now = datetime.now(UTC)
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, rulebook.digest, rulebook.files, now)
    rulebooks.put_in_use(store, rulebooks.PROFILE, clinic.digest, {PROFILE_NAME: clinic.raw}, now)
    sealer = Sealer(store)
    sealer.catch_up()
    desk = Desk(rulebook, clinic, open_switchboard(clinic, settings))
    return Office(settings, store, desk, sealer, Workers(settings.jobs_threads, TO_FINISH))


def _clinic_from(files: Mapping[str, bytes]) -> Clinic:
    return load_clinic_from_bytes(files[PROFILE_NAME])
