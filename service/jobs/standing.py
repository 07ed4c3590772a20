"""What stands with a case beside its verifications, and what of it somebody has to look at before a day.

Two seams, each one function: whether an authorization covers the day and the next ones, whether a quote
still holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from schemas.authorization import GRANTED
from schemas.quote import STANDING
from service.casework.authorizations import Ledger, Standing
from service.casework.quotes import what_moved
from service.store.records import Record
from service.store.verifications import Verification

Finding = dict[str, Any]
AUTHORIZATION_DAYS = 7
"""Ours: so many days before an authorization ends somebody is told to ask for more."""

AMOUNT_MOVED = "quote_figure_changed"
NEEDED = ("not_authorized", "not_notified")


def authorization_findings(ledger: Ledger, day: date) -> list[Finding]:
    """What is wrong with the authorization of the care asked for on a day, counted by sessions."""
    phase = ledger.phases[0]
    granted = [
        one
        for one in ledger.standings
        if one.authorization.status in GRANTED and one.authorization.level == phase.level
    ]
    if phase.state in NEEDED:
        return [_not_authorized(granted, day) if phase.asked != "other_payer" else _authorization("missing")]
    if (
        phase.state != "runs_out"
        or phase.from_ is None
        or phase.from_ > day + timedelta(days=AUTHORIZATION_DAYS)
    ):
        return []
    last = max((one.ends_on for one in granted if one.ends_on and one.ends_on < phase.from_), default=None)
    if last is None:
        return [_authorization("not_begun", _first(granted))]
    return [_authorization("over" if last < day else "ends", last)]


def quote_findings(quotes: Iterable[Record], made: Verification, threshold: int) -> list[Finding]:
    """Whether the quote that a family has still holds beside what is answered now."""
    standing = [one for one in quotes if one.status in STANDING]
    moved = what_moved(standing[-1].data["answer"], made.answer, threshold) if standing else None
    if moved is None:
        return []
    how = {} if moved.code == AMOUNT_MOVED else {"how": moved.code}
    return [{"code": "quote_moved", **how, "before": moved.before, "now": moved.after}]


def _not_authorized(granted: list[Standing], day: date) -> Finding:
    """Of those that were granted at the level, which comes nearest: one that ended, or one that begins."""
    ended = [one.ends_on or one.authorization.last for one in granted]
    over = max((on for on in ended if on is not None and on < day), default=None)
    if over is not None:
        return _authorization("over", over)
    return _authorization("not_begun", _first(granted)) if granted else _authorization("missing")


def _first(granted: list[Standing]) -> date | None:
    return min((one.authorization.first for one in granted if one.authorization.first), default=None)


def _authorization(how: str, on: date | None = None) -> Finding:
    return {"code": "authorization_ends", "how": how, "date": on.isoformat() if on else None}
