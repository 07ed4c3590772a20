"""What a second coverage takes of the share that the primary payer left, session by session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.model import OUTPATIENT, Fact, SecondaryRule
from service.engine.calendar import CALENDAR_YEAR_START, year_start
from service.engine.cost import Charge, Line, SecondaryPays, walk
from service.engine.money import UNLIMITED, Ranged, Scenario, portion
from service.engine.pots import YearPots

Amounts = tuple[int | None, int | None, int | None]
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class SecondCoverage:
    """A second coverage: its rule, its own price by session, or its own terms as a primary payer."""

    rule: SecondaryRule
    own_rates: Mapping[tuple[int, date], int] | None = None
    charges: tuple[Charge, ...] = ()
    years: tuple[YearPots, ...] = ()
    rule_on: Callable[[date], SecondaryRule] | None = None
    allowed_assumed: bool = False


def second_payer(coverage: SecondCoverage) -> Callable[[Scenario], SecondaryPays]:
    """Return a maker of the function that splits a session's share, fresh for each scenario."""
    kind = coverage.rule.kind
    if kind == "zero_share":
        return lambda scenario: _zero_share(coverage)
    if kind == "supplement":
        return lambda scenario: _Supplement(coverage).pay
    if kind == "medicaid":
        return lambda scenario: _medicaid
    if kind == "coordination":
        return lambda scenario: _coordination(coverage, scenario)
    return lambda scenario: _pays_nothing


def _pays_nothing(
    charge: Charge, allowed: int | None, deductible: int | None, patient: int | None, scenario: Scenario
) -> Amounts:
    return 0, 0, patient


def _zero_share(coverage: SecondCoverage) -> SecondaryPays:
    """A Qualified Medicare Beneficiary owes nothing; what Medicaid does not pay is written off."""

    def pay(
        charge: Charge, allowed: int | None, deductible: int | None, patient: int | None, scenario: Scenario
    ) -> Amounts:
        rate = (coverage.own_rates or {}).get((charge.phase, charge.date))
        if patient == 0:
            return 0, 0, 0
        if patient is None or rate is None:
            return None, None, 0
        return min(rate, patient), patient - min(rate, patient), 0

    return pay


SECONDARY_MEDICAID = "secondary_medicaid_unknown"
SECONDARY_UNKNOWN = "secondary_benefits_unknown"


def _medicaid(
    charge: Charge, allowed: int | None, deductible: int | None, patient: int | None, scenario: Scenario
) -> Amounts:
    return _unknown_split(patient, SECONDARY_MEDICAID, scenario)


def _unknown_split(patient: int | None, code: str, scenario: Scenario) -> Amounts:
    """The second coverage may pay all of the share or none of it; what is likely, nobody can say."""
    if patient == 0:
        return 0, 0, 0
    left = Ranged(0, None, patient, code).at(scenario)
    paid = None if patient is None or left is None else patient - left
    return paid, 0, left


class _Supplement:
    """A Medigap plan: fractions of the deductible and of the coinsurance.

    Once what it leaves of the coinsurance in a calendar year comes to its yearly limit, it pays all of
    the coinsurance; the deductible is not counted, and stays the patient's.
    """

    def __init__(self, coverage: SecondCoverage) -> None:
        self._rule = coverage.rule
        self._rule_on = coverage.rule_on or (lambda on: coverage.rule)
        self._year: date | None = None
        self._left = UNLIMITED

    def pay(
        self,
        charge: Charge,
        allowed: int | None,
        deductible: int | None,
        patient: int | None,
        scenario: Scenario,
    ) -> Amounts:
        if patient is None or deductible is None:
            return None, 0, None
        self._enter(charge.date, scenario)
        first = min(deductible, patient)
        rest = patient - first
        paid_first = portion(first, _fraction(self._rule.deductible))
        paid_rest = portion(rest, _fraction(self._rule.coinsurance))
        visit = self._rule.office_visit_copay
        if visit is not None and charge.level_of_care == OUTPATIENT:
            most = min(visit.value, rest)
            paid_rest = rest - Ranged(0, most, most, "office_visit_copay_range").at(scenario)
        left = min(rest - paid_rest, self._left)
        self._left -= left
        owed = first - paid_first + left
        return patient - owed, 0, owed

    def _enter(self, on: date, scenario: Scenario) -> None:
        """Open a new calendar year's limit; how much of the first one is used, nobody said."""
        starts = year_start(on, CALENDAR_YEAR_START)
        if starts == self._year:
            return
        first = self._year is None
        self._year = starts
        self._rule = self._rule_on(on)
        limit = self._rule.yearly_limit
        self._left = limit.value if limit is not None else UNLIMITED
        if limit is not None and first:
            self._left = Ranged(0, limit.value, limit.value, "secondary_limit_met_unknown").at(scenario)


def _fraction(fact: Fact[Decimal] | None) -> Decimal:
    return fact.value if fact is not None else Decimal(0)


def _coordination(coverage: SecondCoverage, scenario: Scenario) -> SecondaryPays:
    """Standard coordination: the lesser of what it would have paid as primary and what is left."""
    own: dict[tuple[int, date], Line] = {
        (line.charge.phase, line.charge.date): line
        for line in walk(coverage.charges, coverage.years, scenario)
    }

    def pay(
        charge: Charge, allowed: int | None, deductible: int | None, patient: int | None, scenario: Scenario
    ) -> Amounts:
        line = own.get((charge.phase, charge.date))
        if line is None or line.plan is None or line.covered is None:
            return _unknown_split(patient, SECONDARY_UNKNOWN, scenario)
        if patient is None:
            return None, 0, None
        paid = min(line.plan, patient)
        return paid, 0, patient - paid

    return pay
