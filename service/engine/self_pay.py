"""When nobody insures the care: the clinic's own price, and the estimate that is owed in writing.

The patient has no insurance or chooses not to use it, so there is no membership, no authorization and
nobody to call. What is owed is a good faith estimate, and by when it is given depends on how far off the
care is (45 CFR 149.610): ten business days and more, within three of being scheduled; three and more,
within one. Care is taken to be scheduled on the day of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date

from schemas.model import (
    SELF_PAY,
    Collect,
    Coverage,
    Eligibility,
    Estimate,
    NextStep,
    PriorAuthorization,
    Step,
)
from service.engine.brief import Brief, View
from service.engine.calendar import DAY, is_business_day
from service.engine.episode import LaidPhase

FAR_OFF, NEAR = 10, 3
WITHIN_FAR_OFF, WITHIN_NEAR = 3, 1
NO_MEMBERSHIP = Eligibility("undetermined", "none")


def pays_alone(brief: Brief) -> bool:
    """Whether the patient pays without any insurance."""
    return brief.payer.line_of_business == SELF_PAY


def cover_alone(view: View, level: str, on: date) -> Coverage:
    """Return that the patient pays: no insurer covers the care, and none refuses it."""
    published = view.level_on(on, level).covered
    cited = (published.citation,) if published is not None else ()
    return Coverage("not_covered", (Step("paying_yourself", {}, cited),))


def authorize_alone(view: View, level: str, on: date) -> PriorAuthorization:
    """Return that nobody has to authorize the care."""
    published = view.level_on(on, level).prior_authorization
    cited = (published.citation,) if published is not None else ()
    return PriorAuthorization("not_required", (Step("no_plan_to_authorize", {}, cited),), citations=cited)


def collect_alone(estimate: Estimate, when: date) -> Collect:
    """Return that the clinic's own price may be collected once the estimate is in the patient's hands."""
    if estimate.first_session is None:
        return Collect(None, None, "ask", (Step("collect_after_price_known"),))
    return Collect(estimate.first_session, when, "yes", (Step("collect_own_price"),))


def steps_alone(view: View, laid: Sequence[LaidPhase]) -> Iterator[NextStep]:
    """Yield what to do: ask once more for insurance, and give the estimate in time."""
    brief, first = view.brief, laid[0].dates[0]
    notes = view.level_on(first, laid[0].phase.level_of_care).notes
    cited = notes[0].citations if notes else ()
    yield NextStep("ask_for_any_coverage", {}, brief.today)
    by = estimate_due(brief.today, first, brief.holidays)
    yield NextStep("give_good_faith_estimate", {}, by, cited)


def estimate_due(today: date, first: date, holidays: Set[date]) -> date:
    """Return the last day on which the estimate is in time, for care scheduled today."""
    ahead, on = 0, today
    while on < first and ahead < FAR_OFF:
        on += DAY
        ahead += is_business_day(on, holidays)
    if ahead < NEAR:
        return max(today, min(first, _after(today, WITHIN_NEAR, holidays)))
    return _after(today, WITHIN_FAR_OFF if ahead >= FAR_OFF else WITHIN_NEAR, holidays)


def _after(on: date, days: int, holidays: Set[date]) -> date:
    while days:
        on += DAY
        days -= is_business_day(on, holidays)
    return on
