"""Which published facts still answer, but should be confirmed with the payer: second-hand, or old."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from schemas.model import SECONDARY, TOLD, Citation, Fact, Step

# A source older than this still answers, but the answer asks to be confirmed.
OLD = timedelta(days=730)


def noted(fact: Fact[Any] | None) -> tuple[Step, ...]:
    """Return the remark that a source makes on a value, if it makes one."""
    return (Step(fact.note, {}, (fact.citation,)),) if fact is not None and fact.note else ()


def to_confirm(fact: Fact[Any] | None, today: date) -> bool:
    """Whether a fact is published, and second-hand, told of the plan, or old."""
    if fact is None or fact.citation.kind != "published":
        return False
    return fact.citation.confidence in (SECONDARY, TOLD) or _old_since(fact.citation, today) is not None


def confirm_reasons(fact: Fact[Any] | None, today: date) -> tuple[Step, ...]:
    """Return why a published fact should be confirmed with the payer: second-hand, or old."""
    if fact is None or not to_confirm(fact, today):
        return ()
    cited, reasons = fact.citation, []
    if cited.confidence == TOLD:
        reasons.append(Step("confirm_told_of_plan", {"date": cited.retrieved}, (cited,)))
    if cited.confidence == SECONDARY:
        reasons.append(Step("confirm_secondary_source", {"source": cited.title}, (cited,)))
    since = _old_since(cited, today)
    if since is not None:
        reasons.append(Step("confirm_old_source", {"year": str(since.year)}, (cited,)))
    return tuple(reasons)


def _old_since(cited: Citation, today: date) -> date | None:
    """Return the day of a source that is old; a page without a date is as old as our reading of it."""
    seen = cited.published or cited.retrieved
    return seen if seen is not None and today - seen > OLD else None
