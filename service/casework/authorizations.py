"""Authorizations against the calendar: which sessions each covers, how many are left, where none does.

Counted forward from facts alone: a planned session that did not fall out takes units of the first
authorization that holds for its level, its payer and its day. No session is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from schemas.authorization import GRANTED
from schemas.model import LIMIT_UNITS
from service.casework.calendar import Session
from service.engine.calendar import DAY, is_business_day

REVIEW_LEAD = 3
"""So many business days before the last covered session we remind of the review; ours, no payer's."""
MINUTES_OF_AN_HOUR = 60
HOUR = "hour"
UNIT_OF_NOBODY = "unit"  # what a payer calls so is not known: it is counted as a session, and that is said

OTHER_PAYER = "other_payer"
NOTIFIED = ("submitted", "pended", *GRANTED)
"""Whoever only has to be told, was."""

State = Literal["not_needed", "authorized", "runs_out", "not_authorized", "not_notified", "ask"]
SHORT = ("runs_out", "not_authorized", "not_notified", "ask")
"""The states in which a session ahead lacks what it needs."""
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization as it counts: `units` of `unit` (`None`: as many as fall in its days)."""

    id: str
    level: str
    payer: str
    status: str
    first: date | None
    last: date | None
    units: int | None
    unit: str
    absences: Set[date]
    data: Data

    def holds_for(self, session: Session, payer: str) -> bool:
        """Whether it was granted for a session's level, payer and day, however much of it is left."""
        if self.status not in GRANTED or self.level != session.level or self.payer != payer:
            return False
        return (
            self.first is not None
            and self.first <= session.on
            and (self.last is None or session.on <= self.last)
        )

    def cost_of(self, session: Session) -> Fraction:
        """How many of its units a session takes."""
        return Fraction(session.minutes, MINUTES_OF_AN_HOUR) if self.unit == HOUR else Fraction(1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an authorization stands on a day.

    `used` and `left` are units, before and from that day on. `ends_on` is the last session it covers;
    `first_uncovered` is the next one of its level that nothing covers, or `None`.
    """

    authorization: Authorization
    used: Fraction
    left: Fraction | None
    sessions_left: int
    ends_on: date | None
    first_uncovered: date | None
    review_on: date | None
    review_is_ours: bool


@dataclass(frozen=True, slots=True)
class PhaseStanding:
    """Whether the sessions of a phase are authorized.

    `from_` is the first session ahead that needs it and has it not, `past` how many behind had none, and
    `asked` the status of what was asked for last at this level, or `other_payer` where another was asked.
    """

    phase: int
    level: str
    starts: date
    state: State
    from_: date | None
    past: int
    asked: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every authorization and every phase of a case as they stand on a day."""

    standings: tuple[Standing, ...] = ()
    phases: tuple[PhaseStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Count:
    """What is counted: the sessions that took or take place, and which authorization covers each."""

    sessions: Sequence[Session]
    covered: Mapping[Session, str]
    authorizations: Sequence[Authorization]
    payer: str
    today: date
    holidays: Set[date]


def read_authorization(record_id: str, status: str, data: Data) -> Authorization:
    """Read an authorization as it is kept."""
    unit = data.get("unit", "session")
    return Authorization(
        id=record_id,
        level=data["level_of_care"],
        payer=data["payer"],
        status=status,
        first=_day(data.get("valid_from")),
        last=_day(data.get("valid_to")),
        units=data.get("units_approved"),
        unit=unit if unit in LIMIT_UNITS else UNIT_OF_NOBODY,
        absences=frozenset(date.fromisoformat(day) for day in data.get("absences", ())),
        data=data,
    )


def keep_ledger(
    answer: Data,
    sessions: Sequence[Session],
    authorizations: Sequence[Authorization],
    today: date,
    holidays: Set[date] = frozenset(),
) -> Ledger:
    """Count the sessions of an answer against authorizations, as of a day."""
    absent = frozenset(on for one in authorizations for on in one.absences)
    held = [session for session in sessions if session.on not in absent]
    payer = answer["payer"]["id"]
    count = _Count(held, _allot(held, authorizations, payer), authorizations, payer, today, holidays)
    return Ledger(
        tuple(_stand(one, count) for one in authorizations),
        tuple(_phase(index, phase, count) for index, phase in enumerate(answer["phases"])),
    )


def _allot(
    sessions: Sequence[Session], authorizations: Sequence[Authorization], payer: str
) -> dict[Session, str]:
    """Give each session to the authorization that ends first of those that hold and have enough left."""
    left = {one.id: Fraction(one.units) for one in authorizations if one.units is not None}
    found: dict[Session, str] = {}
    for session in sessions:
        fit = [
            one
            for one in authorizations
            if one.holds_for(session, payer) and (one.units is None or left[one.id] >= one.cost_of(session))
        ]
        if fit:
            first = min(fit, key=lambda one: (one.last or date.max, one.id))
            found[session] = first.id
            if first.units is not None:
                left[first.id] -= first.cost_of(session)
    return found


def _stand(one: Authorization, count: _Count) -> Standing:
    own = [session for session in count.sessions if count.covered.get(session) == one.id]
    used = sum((one.cost_of(session) for session in own if session.on < count.today), Fraction())
    ends = own[-1].on if own else None
    uncovered = _first_uncovered(one.level, ends, count) if ends else None
    said = _day(one.data.get("next_review_due"))
    ours = (
        _business_days_before(ends, REVIEW_LEAD, count.holidays) if ends and uncovered and not said else None
    )
    return Standing(
        authorization=one,
        used=used,
        left=None if one.units is None or one.status not in GRANTED else one.units - used,
        sessions_left=sum(session.on >= count.today for session in own),
        ends_on=ends,
        first_uncovered=uncovered,
        review_on=said or ours,
        review_is_ours=ours is not None,
    )


def _first_uncovered(level: str, after: date, count: _Count) -> date | None:
    later = (one for one in count.sessions if one.level == level and one.on > after)
    return next((one.on for one in later if one not in count.covered), None)


def _phase(index: int, phase: Data, count: _Count) -> PhaseStanding:
    level, needed = phase["level_of_care"], phase["prior_authorization"]["status"]
    sessions = [session for session in count.sessions if session.phase == index]
    missing = [session.on for session in sessions if session not in count.covered]
    ahead = [on for on in missing if on >= count.today]
    last = max((one for one in count.authorizations if one.level == level), key=_id_of, default=None)
    asked = None if last is None else last.status if last.payer == count.payer else OTHER_PAYER
    state = _state(needed, asked, has_some=len(missing) < len(sessions), has_all=not ahead)
    is_short = state in SHORT
    return PhaseStanding(
        phase=index,
        level=level,
        starts=sessions[0].on if sessions else date.fromisoformat(phase["start_date"]),
        state=state,
        from_=ahead[0] if ahead and is_short else None,
        past=len(missing) - len(ahead) if is_short or state == "authorized" else 0,
        asked=asked,
    )


def _state(needed: str, asked: str | None, *, has_some: bool, has_all: bool) -> State:
    if has_some:
        return "authorized" if has_all or needed == "not_required" else "runs_out"
    if needed == "not_required":
        return "not_needed"
    if needed == "notification":
        return "authorized" if asked in NOTIFIED else "not_notified"
    return "ask" if needed == "undetermined" and asked in (None, "withdrawn") else "not_authorized"


def _id_of(one: Authorization) -> str:
    return one.id


def _business_days_before(on: date, days: int, holidays: Set[date]) -> date:
    while days:
        on -= DAY
        days -= is_business_day(on, holidays)
    return on


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
