"""What staff do with the rulebook from the command line: open it, check it, read it, compare it.

Whatever keeps the rulebook or the clinic's profile from being used becomes one exception whose message
names files and lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payers import rules_check, rules_view
from payers.errors import RulebookError, UnknownPayer
from payers.rulebook import Rulebook, load_rulebook
from payers.rules_view import Difference, Shown, Stale
from service.clinic import ClinicFileError, load_clinic
from service.config import Settings
from service.connections import check_connections, open_switchboard
from service.verify import Desk

__all__ = [
    "Difference",
    "NoSuchPayer",
    "Shown",
    "Stale",
    "Unusable",
    "check",
    "diff",
    "open_desk",
    "open_rulebook",
    "show",
    "stale",
]


class Unusable(Exception):
    """The rulebook or the clinic's profile cannot be used as it is."""


class NoSuchPayer(Exception):
    """The rulebook has no such payer; the message names the nearest ids."""


def open_desk(settings: Settings) -> Desk:
    """Return what answers are made from, without a database; raises `Unusable`."""
    try:
        clinic = load_clinic(settings.clinic_profile)
    except ClinicFileError as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"The clinic's profile cannot be read: {error.strerror}.") from None
    rulebook = open_rulebook(settings)
    if faults := check_connections(clinic, rulebook):
        raise Unusable(str(clinic.error_of(faults)))
    return Desk(rulebook, clinic, open_switchboard(clinic, settings))


def open_rulebook(settings: Settings) -> Rulebook:
    """Return the rulebook, from the cache where it was read before; raises `Unusable`."""
    try:
        return load_rulebook(settings.rules_path, settings.cache_path, settings.overlay_paths)
    except RulebookError as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"The rulebook cannot be read: {error.strerror}.") from None


def check(settings: Settings) -> list[str]:
    """Return every problem of the rulebook, by file and line; none if it is sound."""
    return [str(problem) for problem in rules_check.check(settings.rules_path, settings.overlay_paths)]


def show(rulebook: Rulebook, payer_id: str, on: date) -> Sequence[Shown]:
    """Return what a payer's file says on a date, with citations; raises `NoSuchPayer`."""
    try:
        return rules_view.show(rulebook, payer_id, on)
    except UnknownPayer as error:
        raise NoSuchPayer(str(error)) from None


def stale(rulebook: Rulebook, today: date, months: int) -> Sequence[Stale]:
    """Return the values in force today that a payer should confirm."""
    return rules_view.stale(rulebook, today, months)


def diff(rulebook: Rulebook, before: date, after: date) -> Sequence[Difference]:
    """Return the values that differ between two dates of service."""
    return rules_view.diff(rulebook, before, rulebook, after)
