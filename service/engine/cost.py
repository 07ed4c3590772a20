"""The arithmetic of cost sharing: one session after the other, in whole cents.

An amount of `None` is one that a scenario cannot know; whatever needs it becomes `None` too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from schemas.model import Citation, Copay, Limit, Then
from service.engine.calendar import monday_of
from service.engine.money import LOW, Ranged, Scenario, portion, total
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
class Terms:
    """What the cost of a session depends on; one object serves all sessions of a phase with equal terms.

    `covered` of `None`: coverage is not known.
    """

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


class Charge(NamedTuple):
    """One session, ready to be priced."""

    date: date
    phase: int
    level_of_care: str
    terms: Terms


class Line(NamedTuple):
    """What one session costs in one scenario (cents)."""

    charge: Charge
    covered: bool | None
    patient: int | None
    plan: int | None
    secondary: int | None
    write_off: int | None
    deductible_left: int | None
    out_of_pocket_left: int | None
    allowed: int | None = None
    deductible: int | None = 0
    copay: int | None = 0
    coinsurance: int | None = 0
    share: int | None = 0
    reason: str | None = None


@dataclass(slots=True)
class Counters:
    """What the walk has counted so far: copays due, sessions of a level, limits used."""

    copays: dict[tuple[int, Copay], int] = field(default_factory=dict)
    last_session: dict[int, date] = field(default_factory=dict)
    sessions: dict[tuple[str, int], int] = field(default_factory=dict)
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
        if charge.date >= pots.turns:
            pots.enter(charge.date)
        terms = charge.terms
        refused = _refusal(charge, counters, scenario)
        if terms.covered is None and refused != "limit_reached":
            # What may be exceeded leaves open what is open.
            lines.append(Line(charge, None, None, None, None, None, *pots.shown(), reason=refused))
        elif refused is not None:
            lines.append(_refused_line(charge, refused, pots, scenario))
        else:
            key = id(terms.price)
            if key not in prices:
                prices[key] = terms.price.at(scenario)
            lines.append(_covered_line(charge, prices[key], counters, pots, scenario, second))
    return lines


def _refusal(charge: Charge, counters: Counters, scenario: Scenario) -> str | None:
    """Return why the payer would not pay for this session, and use up limits if it would."""
    terms = charge.terms
    if terms.covered is False:
        return terms.refusal or "not_covered"
    if not terms.limits:
        return None
    left: list[tuple[LimitUse, date, int]] = []
    for use in terms.limits:
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
    patient = charge.terms.self_pay
    if reason == "limit_exception_needed":
        patient = Ranged(0, 0, patient, reason).at(scenario)
    return Line(charge, False, patient, 0, 0, 0, *pots.shown(), reason=reason)


def _covered_line(
    charge: Charge,
    allowed: int | None,
    counters: Counters,
    pots: Pots,
    scenario: Scenario,
    second: SecondaryPays | None,
) -> Line:
    share, applies = _share_in_force(charge, counters, pots.year, scenario)
    due = _copay_due(share.copay, charge, counters) if share.copay is not None else 0
    counters.last_session[charge.phase] = charge.date
    # Where nothing is known of the allowed amount, the least a patient pays is the copay alone.
    alone = allowed is None and scenario.level == LOW
    deductible = 0 if not applies or alone else _lesser(allowed, pots.deductible_left())
    rest = None if allowed is None or deductible is None else allowed - deductible
    copay = due if rest is None and deductible == 0 else _lesser(due, rest)
    coinsurance: int | None = 0
    if not alone or share.unknown:
        coinsurance = _coinsurance(share, rest, copay, charge.terms.coinsurance_max)
    owed = total((deductible, copay, coinsurance))
    patient = _lesser(owed, pots.out_of_pocket_left())
    pots.take(_lesser(deductible, patient), patient)
    plan = None if allowed is None or patient is None else allowed - patient
    secondary: int | None = 0
    write_off: int | None = 0
    if second is not None:
        secondary, write_off, patient = second(charge, allowed, deductible, patient, scenario)
    paid = (patient, plan, secondary, write_off)
    return Line(charge, True, *paid, *pots.shown(), allowed, deductible, copay, coinsurance, owed)


def _share_in_force(charge: Charge, counters: Counters, year: int, scenario: Scenario) -> tuple[Share, bool]:
    """Return the share and whether the deductible applies, before or after a change of terms.

    What changes after so many sessions changes anew in each plan year.
    """
    terms = charge.terms
    if terms.then is not None:
        key = (charge.level_of_care, year)
        count = counters.sessions.get(key, 0)
        counters.sessions[key] = count + 1
        if count >= terms.then.after_units:
            return Share(terms.then.copay, terms.then.coinsurance), terms.then.deductible_applies
    return terms.share.at(scenario), terms.deductible_applies.at(scenario)


def _copay_due(copay: Copay, charge: Charge, counters: Counters) -> int:
    """Return the copay due on this session; one that is due uses up a unit, whatever is left to pay."""
    key = (charge.phase, copay)
    used = counters.copays.get(key, 0)
    if copay.max_units is not None and used >= copay.max_units:
        return 0
    last = counters.last_session.get(charge.phase)
    if last is not None and _same_unit(copay.per, last, charge.date):
        return 0
    counters.copays[key] = used + 1
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
    if one is not None and other is not None:
        return one if one < other else other
    if one == 0 or other == 0:
        return 0
    # A limit that is not there leaves even an unknown amount as it is: unknown.
    return None
