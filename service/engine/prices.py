"""Where an allowed amount comes from: told, contracted, or the payer's published schedule.

First that exists wins; nothing is ever invented. A schedule amount may still move: it is carried
forward from an earlier year (10 % either way), or the site's wage index is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.model import (
    INPATIENT,
    OUTPATIENT,
    RESIDENTIAL,
    Citation,
    Fact,
    Fee,
    LevelBenefits,
    Limit,
    Phase,
    Site,
    Step,
)
from service.engine.money import Ranged, Scenario, certain, dollars, portion

# Share of a program-day rate that follows local wages; the rest does not.
LABOR_SHARE = Decimal("0.60")
CARRIED_DOWN, CARRIED_UP = Decimal("0.90"), Decimal("1.10")
ONE = Decimal(1)
# The shortest individual visit that a 3-service program day stands for, in hours of treatment.
FOUR_SERVICE_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Price:
    """What a payer allows for one session, and how it was found.

    `base` is in cents (`None`: nothing known), `factors` are applied in order, each rounded half-up.
    `units` counts what the session takes of a limit that is counted in units.
    """

    base: Ranged[int | None]
    factors: tuple[Ranged[Decimal], ...] = ()
    multiplier: int = 1
    units: int = 1
    code: str | None = None
    modifier: str | None = None
    limit: Fact[Limit] | None = None
    telehealth: Fact[bool] | None = None
    step: Step | None = None
    unknown: str | None = None
    citations: tuple[Citation, ...] = ()

    def at(self, scenario: Scenario) -> int | None:
        """Return the allowed cents in a scenario, or `None`."""
        amount = self.base.at(scenario)
        if amount is None:
            return None
        for factor in self.factors:
            amount = portion(amount, factor.at(scenario))
        return amount * self.multiplier

    def unknowns(self) -> tuple[str, ...]:
        """Codes of the inputs this price does not know."""
        codes = [self.base.code, *(factor.code for factor in self.factors), self.unknown]
        return tuple(code for code in codes if code is not None)


def price_session(
    benefit: LevelBenefits,
    phase: Phase,
    site: Site,
    on: date,
    network: str,
    *,
    evaluation: bool,
    modality: str,
) -> Price:
    """Return what is allowed for a session of a phase on a date."""
    level = phase.level_of_care
    fee, problem = _find_fee(benefit, phase, evaluation, site)
    units, paid_units = _units(fee, phase.minutes_per_day) if fee else (1, 1)
    known = _known_amount(benefit, site, level, network)
    by_video = fee.telehealth if fee is not None and modality != "in_person" else None
    telehealth = Fact(by_video, fee.amount.citation) if fee is not None and by_video is not None else None
    if known is not None:
        return Price(
            base=_carried(known, on),
            units=units,
            code=fee.code if fee else None,
            limit=fee.limit if fee else None,
            telehealth=telehealth,
            step=Step(
                _SOURCE_STEPS[known.citation.kind], {"amount": dollars(known.value)}, (known.citation,)
            ),
            citations=(known.citation,),
        )
    if fee is None:
        return Price(base=certain(None), unknown=problem)
    factors = _factors(benefit, phase, site, fee)
    cited = _citations(benefit, site, fee)
    return Price(
        base=_carried(fee.amount, on),
        factors=factors,
        multiplier=paid_units,
        units=units,
        code=fee.code,
        modifier=fee.modifier,
        limit=fee.limit,
        telehealth=telehealth,
        step=_schedule_step(fee, paid_units, cited),
        citations=cited,
    )


def _known_amount(benefit: LevelBenefits, site: Site, level: str, network: str) -> Fact[int] | None:
    """Return the amount that is told, contracted or published as such, the first there is."""
    stated = benefit.allowed_amount
    if stated is not None and stated.citation.kind != "published":
        return stated
    return (site.contracted_rates.get(level) if network == "in" else None) or stated


_SOURCE_STEPS = {
    "told": "allowed_amount_told",
    "reported": "allowed_amount_reported",
    "profile": "allowed_amount_contracted",
    "published": "allowed_amount_published",
}


def _carried(amount: Fact[int], on: date) -> Ranged[int | None]:
    if amount.through is None or on <= amount.through:
        return certain(amount.value)
    return Ranged(
        portion(amount.value, CARRIED_DOWN),
        amount.value,
        portion(amount.value, CARRIED_UP),
        "allowed_amount_carried_forward",
    )


def _find_fee(benefit: LevelBenefits, phase: Phase, evaluation: bool, site: Site) -> tuple[Fee | None, str]:
    """Return the schedule row that prices the session, and why there is none where there is none."""
    if phase.level_of_care in (RESIDENTIAL, INPATIENT):
        return None, "level_not_priced"
    if benefit.facility_fee is not None and benefit.facility_fee.value:
        return None, "facility_fee_unpriced"
    return scheduled(benefit, phase, evaluation=evaluation), "allowed_amount_unknown"


def scheduled(benefit: LevelBenefits, phase: Phase, *, evaluation: bool = False) -> Fee | None:
    """Return the schedule row that stands for the sessions of a phase, if there is one."""
    matches = _visit_matcher(phase, evaluation) if phase.level_of_care == OUTPATIENT else _day_matcher(phase)
    return next((fee for fee in benefit.fees if matches(fee)), None)


def _visit_matcher(phase: Phase, evaluation: bool) -> Callable[[Fee], bool]:
    service = "evaluation" if evaluation else phase.service
    minutes = phase.minutes_per_day

    def matches(fee: Fee) -> bool:
        return (
            fee.service == service
            and (fee.minutes_from is None or minutes >= fee.minutes_from)
            and (fee.minutes_to is None or minutes <= fee.minutes_to)
        )

    return matches


def _day_matcher(phase: Phase) -> Callable[[Fee], bool]:
    services = phase.services_per_day or (3 if phase.minutes_per_day < FOUR_SERVICE_MINUTES else 4)

    def matches(fee: Fee) -> bool:
        return (
            fee.services_from is not None
            and services >= fee.services_from
            and (fee.services_to is None or services <= fee.services_to)
        )

    return matches


def _units(fee: Fee, minutes: int) -> tuple[int, int]:
    """Return the units a visit lasts, and those payable on one day; half a unit and more rounds up."""
    if fee.unit_minutes is None:
        return 1, 1
    units = max(1, (2 * minutes + fee.unit_minutes) // (2 * fee.unit_minutes))
    paid = units if fee.units_per_day is None else min(units, fee.units_per_day)
    return paid, paid


def _factors(benefit: LevelBenefits, phase: Phase, site: Site, fee: Fee) -> tuple[Ranged[Decimal], ...]:
    factors: list[Ranged[Decimal]] = []
    if fee.wage_adjusted:
        factors.append(_wage_factor(benefit, site))
    if phase.level_of_care == OUTPATIENT and benefit.clinician_rates is not None:
        clinician = phase.clinician or site.usual_clinician
        factors.append(_clinician_factor(benefit.clinician_rates.value, clinician))
    return tuple(factor for factor in factors if factor != certain(ONE))


def _wage_factor(benefit: LevelBenefits, site: Site) -> Ranged[Decimal]:
    if site.wage_index is not None:
        return certain(_wage_adjustment(site.wage_index.value))
    if benefit.wage_index is None:
        return Ranged(CARRIED_DOWN, ONE, CARRIED_UP, "wage_index_unknown")
    area = _wage_adjustment(benefit.wage_index.area.value)
    upper = _wage_adjustment(benefit.wage_index.upper.value) if benefit.wage_index.upper else ONE
    return Ranged(min(area, ONE), ONE, max(area, upper, ONE), "wage_index_of_area")


def _wage_adjustment(index: Decimal) -> Decimal:
    return LABOR_SHARE * index + (ONE - LABOR_SHARE)


def _clinician_factor(rates: Mapping[str, Decimal], clinician: str | None) -> Ranged[Decimal]:
    """Doctors and psychologists are paid the full rate; an unknown clinician may be paid the lowest."""
    if clinician is not None and clinician in rates:
        return certain(rates[clinician])
    if clinician in ("physician", "psychologist"):
        return certain(ONE)
    return Ranged(
        min(rates.values()), ONE, ONE, "clinician_unknown" if clinician is None else "clinician_rate_unknown"
    )


def _citations(benefit: LevelBenefits, site: Site, fee: Fee) -> tuple[Citation, ...]:
    cited = [fee.amount.citation]
    if fee.wage_adjusted and site.wage_index is not None:
        cited.append(site.wage_index.citation)
    elif fee.wage_adjusted and benefit.wage_index is not None:
        cited.append(benefit.wage_index.area.citation)
    if benefit.clinician_rates is not None:
        cited.append(benefit.clinician_rates.citation)
    return tuple(cited)


def _schedule_step(fee: Fee, units: int, cited: tuple[Citation, ...]) -> Step:
    params = {"amount": dollars(fee.amount.value), "code": _billed_as(fee)}
    if fee.unit_minutes is not None:
        return Step("allowed_amount_by_unit", {**params, "units": units, "minutes": fee.unit_minutes}, cited)
    return Step("allowed_amount_from_schedule", params, cited)


def _billed_as(fee: Fee) -> str:
    return f"{fee.code} {fee.modifier}" if fee.modifier else fee.code
