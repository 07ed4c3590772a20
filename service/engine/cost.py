"""The arithmetic of cost sharing: one session after the other, in whole cents.

An amount of `None` is one that a scenario cannot know; whatever needs it becomes `None` too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from schemas.model import Citation, Copay, Limit, Then
from service.engine.calendar import monday_of
from service.engine.money import LOW, UNLIMITED, Ranged, Scenario, portion
from service.engine.pots import Pots, YearPots
from service.engine.prices import Price

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """What a patient owes of what the deductible leaves: a copay, a coinsurance, or nobody knows."""

    copay: Copay | None = None
    coinsurance: Decimal | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class LimitUse:
    """What a session takes of a limit: `opening` units were left in the period that starts `since`."""

    key: str
    limit: Limit
    units: int
    since: date
    opening: Ranged[int]
    period: Callable[[date], date]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """One session with everything its cost depends on. `covered` of `None`: coverage is not known."""

    date: date
    phase: int
    level_of_care: str
    covered: bool | None
    price: Price
    share: Ranged[Share]
    then: Then | None
    deductible_applies: Ranged[bool]
    coinsurance_max: int | None
    limits: tuple[LimitUse, ...]
    self_pay: int | None
    refusal: str | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What one session costs in one scenario (cents)."""

    charge: Charge
    covered: bool | None
    allowed: int | None = None
    deductible: int | None = 0
    copay: int | None = 0
    coinsurance: int | None = 0
    share: int | None = 0
    patient: int | None = None
    plan: int | None = 0
    secondary: int | None = 0
    write_off: int | None = 0
    deductible_left: int | None = None
    out_of_pocket_left: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class Counters:
    """What the walk has counted so far: copays due, sessions of a level, limits used."""

    copays: dict[tuple[int, str], int] = field(default_factory=dict)
    last_due: dict[int, date] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    limits: dict[str, tuple[date, int]] = field(default_factory=dict)


# Takes (charge, allowed, deductible part, patient's share, scenario);
# returns what (the second coverage pays, is written off, the patient still owes).
SecondaryPays = Callable[
    [Charge, int | None, int | None, int | None, Scenario], tuple[int | None, int | None, int | None]
]


def walk(
    charges: Sequence[Charge],
    years: Sequence[YearPots],
    scenario: Scenario,
    second: SecondaryPays | None = None,
) -> list[Line]:
    """Cost every session in date order, and return a line for each."""
    counters = Counters()
    pots = Pots(years, scenario)
    prices: dict[int, int | None] = {}
    lines: list[Line] = []
    for charge in charges:
        pots.enter(charge.date)
        refused = _refusal(charge, counters, scenario)
        if charge.covered is None:
            lines.append(_unknown_line(charge, pots))
        elif refused is not None:
            lines.append(_refused_line(charge, refused, pots, scenario))
        else:
            key = id(charge.price)
            if key not in prices:
                prices[key] = charge.price.at(scenario)
            lines.append(_covered_line(charge, prices[key], counters, pots, scenario, second))
    return lines


def _unknown_line(charge: Charge, pots: Pots) -> Line:
    return Line(
        charge,
        None,
        plan=None,
        secondary=None,
        write_off=None,
        deductible_left=pots.shown(pots.deductible_left()),
        out_of_pocket_left=pots.shown(pots.out_of_pocket_left()),
    )


def _refusal(charge: Charge, counters: Counters, scenario: Scenario) -> str | None:
    """Return why the payer would not pay for this session, and use up limits if it would."""
    if not charge.covered:
        return charge.refusal or "not_covered"
    left: list[tuple[LimitUse, date, int]] = []
    for use in charge.limits:
        starts = use.period(charge.date)
        since, remaining = counters.limits.get(use.key, (use.since, use.opening.at(scenario)))
        if starts > since:
            since, remaining = starts, use.limit.units
        if remaining < use.units:
            return "limit_exception_needed" if use.limit.exceedable else "limit_reached"
        left.append((use, since, remaining - use.units))
    for use, since, remaining in left:
        counters.limits[use.key] = (since, remaining)
    return None


def _refused_line(charge: Charge, reason: str, pots: Pots, scenario: Scenario) -> Line:
    """A session the payer does not pay for: the self-pay rate, and nothing accrues."""
    patient = charge.self_pay
    if reason == "limit_exception_needed":
        patient = Ranged(0, 0, charge.self_pay, reason).at(scenario)
    return Line(
        charge,
        False,
        patient=patient,
        deductible_left=pots.shown(pots.deductible_left()),
        out_of_pocket_left=pots.shown(pots.out_of_pocket_left()),
        reason=reason,
    )


def _covered_line(
    charge: Charge,
    allowed: int | None,
    counters: Counters,
    pots: Pots,
    scenario: Scenario,
    second: SecondaryPays | None,
) -> Line:
    share, applies = _share_in_force(charge, counters, scenario)
    due = _copay_due(share.copay, charge, counters)
    alone = allowed is None and scenario.level == LOW
    left = pots.deductible_left()
    deductible = 0 if not applies or alone else _lesser(allowed, left)
    rest = None if allowed is None or deductible is None else allowed - deductible
    copay = due if rest is None and deductible == 0 else _lesser(due, rest)
    coinsurance = 0 if alone else _coinsurance(share, rest, copay, charge.coinsurance_max)
    parts = (deductible, copay, coinsurance)
    owed = None if None in parts else sum(part for part in parts if part is not None)
    patient = _lesser(owed, pots.out_of_pocket_left())
    pots.take(_lesser(deductible, patient), patient)
    plan = None if allowed is None or patient is None else allowed - patient
    secondary: int | None = 0
    write_off: int | None = 0
    if second is not None:
        secondary, write_off, patient = second(charge, allowed, deductible, patient, scenario)
    return Line(
        charge,
        True,
        allowed=allowed,
        deductible=deductible,
        copay=copay,
        coinsurance=coinsurance,
        share=owed,
        patient=patient,
        plan=plan,
        secondary=secondary,
        write_off=write_off,
        deductible_left=pots.shown(pots.deductible_left()),
        out_of_pocket_left=pots.shown(pots.out_of_pocket_left()),
    )


def _share_in_force(charge: Charge, counters: Counters, scenario: Scenario) -> tuple[Share, bool]:
    """Return the share and whether the deductible applies, before or after a change of terms."""
    count = counters.sessions.get(charge.level_of_care, 0)
    counters.sessions[charge.level_of_care] = count + 1
    if charge.then is not None and count >= charge.then.after_units:
        return Share(charge.then.copay, charge.then.coinsurance), charge.then.deductible_applies
    return charge.share.at(scenario), charge.deductible_applies.at(scenario)


def _copay_due(copay: Copay | None, charge: Charge, counters: Counters) -> int:
    """Return the copay due on this session; one that is due uses up a unit, whatever is left to pay."""
    if copay is None:
        return 0
    key = (charge.phase, copay.per)
    used = counters.copays.get(key, 0)
    if copay.max_units is not None and used >= copay.max_units:
        return 0
    last = counters.last_due.get(charge.phase)
    if last is not None and _same_unit(copay.per, last, charge.date):
        return 0
    counters.copays[key] = used + 1
    counters.last_due[charge.phase] = charge.date
    return copay.amount


def _same_unit(per: str, last: date, on: date) -> bool:
    if per == "session":
        return False
    if per == "day":
        return last == on
    return per == "admission" or monday_of(last) == monday_of(on)


def _coinsurance(share: Share, rest: int | None, copay: int | None, most: int | None) -> int | None:
    if rest == 0:
        return 0
    if share.unknown:
        return None
    if share.coinsurance is None or share.coinsurance == ZERO:
        return 0
    if rest is None or copay is None:
        return None
    amount = portion(rest - copay, share.coinsurance)
    return amount if most is None else min(amount, most)


def _lesser(one: int | None, other: int | None) -> int | None:
    """Return the smaller amount; nothing is smaller than zero, whatever the other one is."""
    if one == 0 or other == 0:
        return 0
    if other == UNLIMITED:
        return one
    if one is None or other is None:
        return None
    return min(one, other)
