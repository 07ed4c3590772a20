"""Which published facts still answer but should be confirmed: second-hand, old, carried on, in dispute."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.freshness import NOT_READ_LATELY, OLD, SECONDARY, TOLD, reasons_to_confirm
from schemas.model import Fact, Step


def noted(fact: Fact[Any] | None) -> tuple[Step, ...]:
    """Return the remark that a source makes on a value, if it makes one."""
    return (Step(fact.note, {}, (fact.citation,)),) if fact is not None and fact.note else ()


def to_confirm(fact: Fact[Any] | None, today: date, on: date | None = None) -> bool:
    """Whether a fact is published, and second-hand, old, in dispute, or carried on to the date of service."""
    return bool(confirm_reasons(fact, today, on))


def confirm_reasons(fact: Fact[Any] | None, today: date, on: date | None = None) -> tuple[Step, ...]:
    """Return why a published fact should be confirmed with the payer, a step for each reason."""
    if fact is None or fact.citation.kind != "published":
        return ()
    reasons = reasons_to_confirm(fact.citation, today, fact.through, on)
    return (*_disputed(fact), *(_step(reason, fact) for reason in reasons))


def _disputed(fact: Fact[Any]) -> tuple[Step, ...]:
    if not fact.others:
        return ()
    everybody = (fact.citation, *(other.citation for other in fact.others))
    return (Step("confirm_sources_disagree", {}, everybody),)


def _step(reason: str, fact: Fact[Any]) -> Step:
    cited = fact.citation
    if reason == SECONDARY:
        return Step("confirm_secondary_source", {"source": cited.title}, (cited,))
    if reason == TOLD:
        return Step("confirm_told_of_plan", {"date": str(cited.retrieved)}, (cited,))
    if reason == OLD:
        return Step("confirm_old_source", {"year": str(cited.published)[:4]}, (cited,))
    if reason == NOT_READ_LATELY:
        return Step("confirm_source_not_read_lately", {"date": str(cited.retrieved)}, (cited,))
    return Step("confirm_carried_forward", {"year": str(fact.through)[:4]}, (cited,))
