"""Names every input that nobody knows: its code, what it is about, and the source it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas.model import (
    SELF_PAY,
    Accumulator,
    Accumulators,
    Assumption,
    Benefits,
    Citation,
    Eligibility,
    Fact,
)
from service.engine.brief import NO_NETWORK, Brief
from service.engine.cost import Charge
from service.engine.money import dollars
from service.engine.pots import YearPots
from service.engine.ranges import pots_that_matter

Described = tuple[Mapping[str, Any], tuple[Citation, ...]]
_SILENT = Accumulator()
# Their year is the calendar's, or they have none.
ONE_YEAR = ("medicare", "medicaid", SELF_PAY)


def describer(charges: Sequence[Charge], benefits: Benefits, network: str) -> Callable[[str], Described]:
    """Return a function from an unknown's code to its parameters and citations."""

    def describe(code: str) -> Described:
        if code == "allowed_amount_carried_forward":
            return _carried_amount(charges)
        if code in ("limit_used_unknown", "limit_exception_needed"):
            return _limit(charges, code)
        if code.endswith(("_met_unknown", "_limit_unknown")) and not code.startswith("secondary"):
            return _pot(code, benefits, network)
        return {}, _price_citations(charges, code)

    return describe


def _carried_amount(charges: Sequence[Charge]) -> Described:
    code = "allowed_amount_carried_forward"
    first = next(charge for charge in charges if charge.terms.price.base.code == code)
    cited = first.terms.price.citations
    return {"on": first.date.isoformat(), "source": cited[0].title}, cited


def _limit(charges: Sequence[Charge], code: str) -> Described:
    """Describe the limit whose use nobody stated, or the one that an authorization may lift."""
    uses = (use for charge in charges for use in charge.terms.limits)
    lifted = code == "limit_exception_needed"
    use = next(use for use in uses if (use.limit.exceedable if lifted else use.opening.code == code))
    limit = use.limit
    return {"units": limit.units, "unit": limit.unit, "period": limit.period}, use.citations


def _pot(code: str, benefits: Benefits, network: str) -> Described:
    name = "deductible" if code.startswith("deductible") else "out_of_pocket_max"
    scope = "family" if "_family_" in code else "individual"
    own = _accumulator(getattr(benefits.networks.get(network, NO_NETWORK), name), scope)
    legal = _accumulator(benefits.legal_maximum, scope)
    limit = own.limit if own.limit is not None else legal.limit if code.endswith("_limit_unknown") else None
    if limit is None or limit.value is None:
        return {"scope": scope}, ()
    return {"scope": scope, "limit": dollars(limit.value)}, (limit.citation,)


def _accumulator(pots: Accumulators, scope: str) -> Accumulator:
    found: Accumulator | None = getattr(pots, scope)
    return found or _SILENT


def _price_citations(charges: Sequence[Charge], code: str) -> tuple[Citation, ...]:
    return next(
        (charge.terms.price.citations for charge in charges if code in charge.terms.price.unknowns()), ()
    )


def more_assumptions(
    brief: Brief,
    eligibility: Eligibility,
    charges: Sequence[Charge],
    years: Sequence[YearPots],
    plan_year: Fact[tuple[int, int]] | None,
) -> tuple[Assumption, ...]:
    """Return the assumptions that no simulation varies."""
    found: list[Assumption] = []
    if (
        eligibility.status == "undetermined"
        and brief.payer.line_of_business != SELF_PAY
        and not _speaks(brief.inquiry.told)
        and not _speaks(brief.reported)
    ):
        found.append(Assumption("membership_not_confirmed", {"payer": brief.payer.name}, None))
    if brief.network_assumed:
        found.append(Assumption("network_assumed", {"network": brief.network}, None))
    if plan_year is None and len(years) > 1 and brief.payer.line_of_business not in ONE_YEAR:
        found.append(Assumption("plan_year_assumed", {}, None))
    matters = dict(zip(("deductible", "out_of_pocket"), pots_that_matter(charges), strict=True))
    for name, citation in dict.fromkeys(carried for year in years for carried in year.carried):
        if matters[name.removesuffix("_family")]:
            found.append(Assumption(f"{name}_limit_carried_forward", {}, 0, (citation,)))
    return tuple(found)


def _speaks(benefits: Benefits | None) -> bool:
    """Whether a witness said anything at all of this member."""
    return benefits is not None and benefits != Benefits(witness=benefits.witness)
