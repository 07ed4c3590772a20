"""Every clock of a case: by when to submit, when a decision is due, when units run out, to review, to appeal.

A day is one that a payer named or a rule gives, or, where it says so, one of ours; none is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.authorization import GRANTED, OPEN
from service.casework.authorizations import Standing
from service.casework.file import CaseFile

Kind = Literal[
    "submit_by", "decision_due", "not_authorized", "runs_out", "review_due", "peer_to_peer", "appeal"
]
KINDS: tuple[Kind, ...] = (
    "submit_by",
    "decision_due",
    "not_authorized",
    "runs_out",
    "review_due",
    "peer_to_peer",
    "appeal",
)

AFTER_A_DENIAL: Mapping[Kind, str] = {"peer_to_peer": "peer_to_peer_by", "appeal": "appeal_by"}


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: what is due on which day, for which level of care, and how many days are left."""

    case_id: str
    kind: Kind
    on: date
    days_left: int
    level: str
    record: str | None = None
    is_ours: bool = False


def clocks_of(file: CaseFile) -> list[Clock]:
    """Return the clocks of a case, the soonest first."""
    if file.latest is None:
        return []
    return in_order(
        [*_of_phases(file), *(one for standing in file.ledger.standings for one in _of_one(file, standing))]
    )


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """Return clocks by day, and within a day by what is most pressing."""
    return sorted(clocks, key=lambda clock: (clock.on, KINDS.index(clock.kind), clock.case_id, clock.level))


def _of_phases(file: CaseFile) -> Iterator[Clock]:
    for standing in file.ledger.phases:
        asked = file.answer["phases"][standing.phase]["prior_authorization"]
        is_open = standing.asked in (None, "not_started", "withdrawn", "other_payer")
        if standing.state in ("not_authorized", "not_notified") and standing.from_ is not None:
            if is_open and asked["submit_by"] is not None:
                yield _clock(file, "submit_by", date.fromisoformat(asked["submit_by"]), standing.level)
            yield _clock(file, "not_authorized", standing.from_, standing.level)


def _of_one(file: CaseFile, standing: Standing) -> Iterator[Clock]:
    one, data = standing.authorization, standing.authorization.data
    if one.status in OPEN and one.status != "not_started" and data.get("decision_due"):
        yield _clock(file, "decision_due", date.fromisoformat(data["decision_due"]), one.level, one.id)
    if one.status in GRANTED and standing.first_uncovered is not None:
        yield _clock(file, "runs_out", standing.first_uncovered, one.level, one.id)
    if one.status in GRANTED and standing.review_on is not None and standing.sessions_left:
        yield _clock(
            file, "review_due", standing.review_on, one.level, one.id, is_ours=standing.review_is_ours
        )
    if one.status in ("denied", "partly_approved"):
        for kind, name in AFTER_A_DENIAL.items():
            if data.get(name):
                yield _clock(file, kind, date.fromisoformat(data[name]), one.level, one.id)


def _clock(
    file: CaseFile, kind: Kind, on: date, level: str, record: str | None = None, *, is_ours: bool = False
) -> Clock:
    return Clock(file.case.id, kind, on, (on - file.today).days, level, record, is_ours)
