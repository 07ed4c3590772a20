"""The sessions of a case, day by day: what its newest verification plans, and what was planned before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.store.verifications import Verification
from service.verify import Desk, lay_request

EARLIER = -1


@dataclass(frozen=True, slots=True)
class Session:
    """One planned session: its day, its level of care, which phase it is of, and how long it takes.

    The phase is one of the newest verification, or `EARLIER`.
    """

    on: date
    level: str
    phase: int
    minutes: int


def planned_sessions(desk: Desk, verification: Verification) -> tuple[Session, ...]:
    """Return every session of a verification, in order; days on which the site is closed are passed over."""
    laid = lay_request(desk, verification.request, verification.created_at)
    found = [
        Session(on, phase.phase.level_of_care, phase.index, phase.phase.minutes_per_day)
        for phase in laid
        for on in phase.dates
    ]
    return tuple(sorted(found, key=lambda session: (session.on, session.phase)))


def sessions_of_case(
    desk: Desk, latest: Verification, earlier: Sequence[Verification]
) -> tuple[Session, ...]:
    """Return every session of a case, given its newest verification and, oldest first, those before it.

    Somebody in treatment is asked about from a later day on. What was planned before that day, and was
    past when the question was asked, took place and stays; what was still to come was put off.
    """
    sessions: tuple[Session, ...] = ()
    for verification in (*earlier, latest):
        made_on = verification.created_at.astimezone(desk.clinic.zone).date()
        planned = planned_sessions(desk, verification)
        starts = planned[0].on
        behind = [replace(one, phase=EARLIER) for one in sessions if one.on < starts and one.on <= made_on]
        sessions = (*behind, *planned)
    return sessions
