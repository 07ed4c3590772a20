"""The arithmetic of the answer key, worked out apart from the service: days, shares, pots, clocks.

Nothing of the project is imported here. Money is whole cents; rates are fractions, so nothing is rounded
but where the rule says so: half a cent up, once for each session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

WEEKDAYS = {1: [0], 2: [0, 3], 3: [0, 2, 4], 4: [0, 1, 2, 3], 5: [0, 1, 2, 3, 4], 7: list(range(7))}


def dollars(cents: int) -> str:
    """Return cents as an amount travels."""
    return f"{cents // 100}.{cents % 100:02d}"


def half_up(amount: Fraction) -> int:
    """Return an amount that is not negative rounded to whole cents, half a cent up."""
    return int(amount + Fraction(1, 2))


def session_days(start: date, weeks: int, days_per_week: int) -> list[date]:
    """Return the days of a phase: its usual weekdays from the start on, until all sessions are laid."""
    days: list[date] = []
    day = start
    while len(days) < weeks * days_per_week:
        if day.weekday() in WEEKDAYS[days_per_week]:
            days.append(day)
        day += timedelta(days=1)
    return days


@dataclass
class Share:
    """What a plan leaves to the patient of one session."""

    copay: int | None = None
    per: str = "session"
    max_units: int | None = None
    coinsurance: str | None = None
    deductible_applies: bool = True
    then_after: int | None = None
    then: Share | None = None


@dataclass
class Pots:
    """Deductible and out-of-pocket maximum; `None` of a maximum is none. Met amounts are of `year`."""

    deductible: int = 0
    deductible_met: int = 0
    maximum: int | None = None
    maximum_met: int = 0
    family_deductible: int | None = None
    family_deductible_met: int = 0
    family_maximum: int | None = None
    family_maximum_met: int = 0


@dataclass
class Bill:
    """What an episode comes to."""

    patient: list[int] = field(default_factory=list)
    allowed: list[int] = field(default_factory=list)

    @property
    def total(self) -> str:
        """What the patient pays."""
        return dollars(sum(self.patient))

    @property
    def total_allowed(self) -> str:
        """What the plan allows."""
        return dollars(sum(self.allowed))


def bill(days: list[date], allowed: int, share: Share, pots: Pots, new_year: Pots | None = None) -> Bill:
    """Return what each session costs; a calendar year that begins meanwhile starts with `new_year`'s pots."""
    made, left = Bill(), _Left(pots)
    weeks: set[date] = set()
    dates: set[date] = set()
    units = 0
    for number, day in enumerate(days):
        if number and day.year != days[number - 1].year:
            left = _Left(new_year or _emptied(pots))
        now = share
        if share.then is not None and share.then_after is not None and number >= share.then_after:
            now = share.then
        taken = min(allowed, left.deductible()) if now.deductible_applies else 0
        rest = allowed - taken
        copay = 0
        if now.copay is not None and _is_due(now, number, day, weeks, dates, units):
            units += 1
            copay = min(now.copay, rest)
        weeks.add(day - timedelta(days=day.weekday()))
        dates.add(day)
        rate = Fraction(now.coinsurance) if now.coinsurance is not None else Fraction(0)
        due = taken + copay + half_up(rate * (rest - copay))
        patient = min(due, left.maximum()) if left.has_maximum() else due
        left.take(min(taken, patient), patient)
        made.patient.append(patient)
        made.allowed.append(allowed)
    return made


def _is_due(share: Share, number: int, day: date, weeks: set[date], dates: set[date], units: int) -> bool:
    if share.max_units is not None and units >= share.max_units:
        return False
    if share.per == "admission":
        return number == 0
    if share.per == "week":
        return day - timedelta(days=day.weekday()) not in weeks
    return share.per == "session" or day not in dates


def _emptied(pots: Pots) -> Pots:
    return Pots(
        deductible=pots.deductible,
        maximum=pots.maximum,
        family_deductible=pots.family_deductible,
        family_maximum=pots.family_maximum,
    )


class _Left:
    def __init__(self, pots: Pots) -> None:
        self.deductibles = [pots.deductible - pots.deductible_met]
        if pots.family_deductible is not None:
            self.deductibles.append(pots.family_deductible - pots.family_deductible_met)
        self.maxima = []
        if pots.maximum is not None:
            self.maxima.append(pots.maximum - pots.maximum_met)
        if pots.family_maximum is not None:
            self.maxima.append(pots.family_maximum - pots.family_maximum_met)

    def deductible(self) -> int:
        return max(0, min(self.deductibles))

    def has_maximum(self) -> bool:
        return bool(self.maxima)

    def maximum(self) -> int:
        return max(0, min(self.maxima))

    def take(self, deductible: int, patient: int) -> None:
        self.deductibles = [left - deductible for left in self.deductibles]
        self.maxima = [left - patient for left in self.maxima]
