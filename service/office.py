"""What stands ready while the service runs: its settings, its store, and the desk that answers.

Other rules are put in use from elsewhere while the service runs: an office is asked for anew at every
request, and is another one then.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from threading import Lock
from typing import Any

from payers.base import OPEN
from payers.errors import RulebookError
from payers.rulebook import Rulebook, lay_over, load_rulebook
from service import rulesets
from service.audit import Sealer
from service.background import Background
from service.clinic import Clinic, ClinicFileError, load_clinic
from service.config import SettingError, Settings
from service.connections import check_connections, open_switchboard
from service.desks import PROFILE_NAME, Desks
from service.hearing import SECONDS
from service.messenger import Messenger
from service.production import refuse_new_data_key, refuse_unfit
from service.rulesets import LaidOver
from service.security.data_key import open_vault
from service.store import rulebooks
from service.store.data_keys import remember_data_key
from service.store.migrate import is_newer, is_up_to_date, upgrade
from service.store.session import Session, Store, Unavailable, is_reachable, open_store, transaction
from service.verify import Desk
from service.workers import Workers

# Live answers that are brought at a time for callers who did not wait; each is waited for, not worked at.
AT_A_TIME = 32
# Where the service ends: those that are under way have as long as payers do, with a moment to be kept.
TO_FINISH = SECONDS + 1
OFFICE = "office"
logger = logging.getLogger(__name__)
_SWITCHING = Lock()


@dataclass(frozen=True, slots=True)
class Office:
    """One running service; the same for every request.

    `background` works for callers who do not wait, `workers` do what waits in the database, or wake those
    elsewhere who do, `senders` tell other systems. `base` is the rulebook that the settings name, `over` what
    lies over it in the desk's, and `past` what answered once.
    """

    settings: Settings
    store: Store
    desk: Desk
    sealer: Sealer
    base: Rulebook
    over: LaidOver
    past: Desks
    workers: Workers | Messenger = field(default_factory=lambda: Workers(0, TO_FINISH), repr=False)
    senders: Workers = field(default_factory=lambda: Workers(0, TO_FINISH), repr=False)
    background: Executor = field(default_factory=lambda: Background(AT_A_TIME, TO_FINISH), repr=False)

    def wake(self) -> None:
        """Say that something was put up to be done, and perhaps something to be told."""
        self.workers.wake()
        self.senders.wake()

    def close(self) -> None:
        """Bring what is under way, link the trail to its end, and let go of the database.

        Bounded: whoever fetches an answer that did not come is told so, as after any other interruption.
        """
        self.workers.end()  # what each has under way may take as long, and at the same time
        self.senders.end()
        self.background.shutdown()
        self.workers.stop()
        self.senders.stop()
        self.sealer.stop()
        self.store.close()

    def desk_of(self, session: Session, rulebook_digest: str, profile_digest: str) -> Desk | None:
        """The desk that answered from these two, or `None` where one of them was never kept."""
        if (rulebook_digest, profile_digest) == (self.desk.rulebook.digest, self.desk.clinic.digest):
            return self.desk
        return self.past.of(session, rulebook_digest, profile_digest)

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
    base = load_rulebook(settings.rules_path, settings.cache_path, settings.overlay_paths)
    clinic = load_clinic(settings.clinic_profile)
    store = open_store_of(settings)
    try:
        over = _read_laid_over(store, base, clinic, settings)
        rulebook = _begin_use(store, base, over, clinic, settings)
        rulebooks.put_in_use(
            store, rulebooks.PROFILE, clinic.digest, {PROFILE_NAME: clinic.raw}, datetime.now(UTC)
        )
        sealer = Sealer(store)
        sealer.catch_up()
    except BaseException:  # nobody gets the office, so nobody else could close its store
        store.close()
        raise
    desk = Desk(rulebook, clinic, open_switchboard(clinic, settings))
    clustered = settings.is_clustered
    workers = Messenger(settings.jobs_broker) if clustered else Workers(settings.jobs_threads, TO_FINISH)
    senders = Workers(settings.webhook_threads, TO_FINISH)
    past = Desks(base, settings.cache_path)
    return Office(settings, store, desk, sealer, base, over, past, workers, senders)


def keep_in_step(extensions: MutableMapping[str, Any]) -> Office:
    """Return the office of an application, with the rules in use now: put in use anywhere, used everywhere.

    Where the database does not answer, or what was put in use does not fit here, it stays as it is.
    """
    office: Office = extensions[OFFICE]
    if _is_in_step(office):
        return office
    with _SWITCHING:
        office = extensions[OFFICE]
        if not _is_in_step(office):
            office = extensions[OFFICE] = _switched(office)
        return office


def _is_in_step(office: Office) -> bool:
    changes_at = office.over.changes_at
    if changes_at is not None and datetime.now(UTC) >= changes_at:
        return False
    try:
        with transaction(office.store) as session:
            return rulebooks.last_use(session) == office.over.last_use
    except Unavailable:  # whatever needs the database will say so
        return True


def _switched(office: Office) -> Office:
    try:
        over = _read_laid_over(office.store, office.base, office.desk.clinic, office.settings)
        if over.sets == office.over.sets:
            return replace(office, over=over)
        rulebook = _begin_use(office.store, office.base, over, office.desk.clinic, office.settings)
    except Unavailable:
        return office
    except (RulebookError, ClinicFileError) as error:
        logger.error("the rules that were put in use do not fit here, and the old ones answer on: %s", error)
        return replace(office, over=replace(over, sets=office.over.sets))
    return replace(office, desk=replace(office.desk, rulebook=rulebook), over=over)


def _read_laid_over(store: Store, base: Rulebook, clinic: Clinic, settings: Settings) -> LaidOver:
    with transaction(store) as session:
        return rulesets.read_laid_over(session, base, clinic.zone, datetime.now(UTC), settings.cache_path)


def _begin_use(store: Store, base: Rulebook, over: LaidOver, clinic: Clinic, settings: Settings) -> Rulebook:
    """Return a rulebook with what lies over it, noted as being in use; raises as `open_office` does."""
    rulebook = lay_over(base, over.sets, settings.cache_path)
    if faults := check_connections(clinic, rulebook):
        raise clinic.error_of(faults)
    rulesets.note_rulebook(store, rulebook, datetime.now(UTC))
    return rulebook
