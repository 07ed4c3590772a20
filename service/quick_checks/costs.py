"""What care costs, in shape: a copay, a part after the deductible, nothing, or nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.model import LEVEL_ALIASES, Cents, Citation, SessionCost, Step
from schemas.sources import money
from service.quick_checks.asking import Found


def plan_cost(found: Found, level: str) -> Iterator[Step]:
    """Yield what a member usually pays of a day of care, as far as it is published."""
    estimate = found.determination.estimate
    row = _usual(estimate.trace)
    if row is None or row.patient is None or estimate.expected is None:
        yield Step("cost_unknown")
        return
    first = estimate.trace[0]
    limit = _deductible(found) if first.deductible else None
    cites = (*row.citations, *(limit[1] if limit else ()))
    params = {"unit": level, "limit": money(limit[0]) if limit else None}
    if row.patient and not row.copay and any(_is_of_a_contract(one) for one in row.citations):
        # A share of what the clinic and the plan agreed on would tell what they agreed on.
        yield Step("cost_part", params, limit[1] if limit else ())
    elif row.copay:
        yield Step("cost_copay", {"amount": money(row.copay), **params}, cites)
    elif row.patient:
        yield Step("cost_share", {"about": money(row.patient), **params}, cites)
    else:
        yield Step("cost_nothing", {}, cites)
    if limit:
        yield Step("cost_deductible", {}, limit[1])


def own_price(found: Found, level: str, clinic: str) -> Iterator[Step]:
    """Yield the clinic's own price for a day of care, and the right to have it in writing."""
    price = found.site.self_pay_rates.get(LEVEL_ALIASES[level])
    if price is not None:
        params = {"amount": money(price.value), "unit": level, "clinic": clinic}
        yield Step("cost_own_price", params, (price.citation,))
    else:
        yield Step("cost_own_price_ask", {"clinic": clinic})
    due = [step for step in found.determination.steps if step.code == "good_faith_estimate_due"]
    yield Step("cost_good_faith", {"clinic": clinic}, due[0].citations if due else ())


def _is_of_a_contract(citation: Citation) -> bool:
    return citation.kind == "profile" and "contracted_rates" in (citation.locator or "")


def _usual(trace: tuple[SessionCost, ...]) -> SessionCost | None:
    """The first session that a deductible has no part in any more."""
    priced = [row for row in trace if row.covered and row.patient is not None]
    after = (row for row in priced if not row.deductible)
    return next(after, None)


def _deductible(found: Found) -> tuple[Cents, tuple[Citation, ...]] | None:
    pots = found.determination.accumulators["deductible"].individual
    if pots is None or pots.limit is None or not pots.limit.value:
        return None
    return pots.limit.value, (pots.limit.citation,)
