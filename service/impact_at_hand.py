"""What other rules would change: a page of the caller's open cases at a time, noted in the trail."""

from __future__ import annotations

from datetime import UTC, datetime

from payers.errors import RulebookError
from payers.rulebook import Rulebook
from service import rulesets
from service.at_hand import caller, office
from service.impact import Impact, look_at
from service.noting import note
from service.rulesets import InstalledSet
from service.store.pages import Page
from service.store.session import transaction


class DoesNotFit(Exception):
    """The set was installed for other rules than those that are built in now."""


def look(wanted: str | None, page: Page) -> tuple[Rulebook, Impact]:
    """Hold a page of the open cases against an installed set, or against the rules in use.

    Raises `NoSuchSet` and `DoesNotFit`.
    """
    here = office()
    rulebook = here.desk.rulebook if wanted is None else _rulebook_with(wanted)
    with transaction(here.store) as session:
        note(session, "rules.impact", rulebook.digest)
    return rulebook, look_at(here.store, here.desk_of, rulebook, page, caller().reach)


def list_sets() -> list[InstalledSet]:
    """Every set that was ever installed, that in use first."""
    with transaction(office().store) as session:
        return rulesets.list_sets(session)


def _rulebook_with(wanted: str) -> Rulebook:
    here, zone = office(), office().desk.clinic.zone
    with transaction(here.store) as session:
        files = rulesets.files_of_set(session, wanted)
        try:
            cache = here.settings.cache_path
            return rulesets.lay_set(session, files, here.base, zone, datetime.now(UTC), cache)
        except RulebookError:
            raise DoesNotFit from None
