"""Which published facts still answer, but should be confirmed with the payer: second-hand, or old."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from schemas.model import Fact, Step

# A source older than this still answers, but the answer asks to be confirmed.
OLD = timedelta(days=730)


def confirm_reasons(fact: Fact[Any] | None, today: date) -> tuple[Step, ...]:
    """Return why a published fact should be confirmed with the payer: second-hand, or old."""
    if fact is None or fact.citation.kind != "published":
        return ()
    cited, reasons = fact.citation, []
    if cited.confidence == "secondary":
        reasons.append(Step("confirm_secondary_source", {"source": cited.title}, (cited,)))
    if cited.published is not None and today - cited.published > OLD:
        reasons.append(Step("confirm_old_source", {"year": str(cited.published.year)}, (cited,)))
    return tuple(reasons)
