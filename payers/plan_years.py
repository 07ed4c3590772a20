"""Says of which years of the care the plan library has no design: another year's is never used instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payers.rulebook import Rulebook
from schemas.model import Inquiry, Step


def missing_years(rulebook: Rulebook, inquiry: Inquiry, dates: Sequence[date]) -> tuple[Step, ...]:
    """Warn where a plan of the library has no design for the care's year, and tell the last one known."""
    plan = rulebook.identity(inquiry.payer).find_plan(inquiry.plan) if inquiry.plan is not None else None
    if plan is None or not plan.in_library:
        return ()
    kept = rulebook.library.plans[inquiry.payer, plan.id]
    missing = {on.year: on for on in reversed(dates) if kept.rows and not kept.rows_on(on)}
    if not missing:
        return ()
    level = inquiry.phases[0].level_of_care
    last = kept.last_known(level, inquiry.network or "in", inquiry.condition)
    params = {
        "plan": plan.name,
        "year": ", ".join(str(year) for year in sorted(missing)),
        "last": last.year,
        "deductible": last.deductible,
        "limit": last.limit,
        "level": level,
        "share": last.share,
    }
    return (Step("plan_year_not_in_library", params, rulebook.cite_designs(last.rows)),)
