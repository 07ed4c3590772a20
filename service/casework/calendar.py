"""The sessions that a verification plans, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.store.verifications import Verification
from service.verify import Desk, lay_request


@dataclass(frozen=True, slots=True)
class Session:
    """One planned session: its day, its level of care, which phase it is of, and how long it takes."""

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
