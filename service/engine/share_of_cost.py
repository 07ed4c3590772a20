"""A monthly share of cost: whoever has one is covered from the day the month's bills reach it, to its end.

Each month begins anew, so what was said of one month says nothing of the next.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from schemas.model import Coverage, Fact, ShareOfCost, Step
from service.engine.calendar import next_month
from service.engine.money import dollars

Share = Fact[ShareOfCost | None] | None


def weigh_share_of_cost(verdict: Coverage, fact: Share, on: date) -> Coverage:
    """Return the verdict on a date for somebody with a share of cost: what is not covered anyway stays so."""
    if fact is None or fact.value is None or verdict.status == "not_covered":
        return verdict
    said, cited = fact.value, (fact.citation,)
    params = {"amount": dollars(said.amount)} if said.amount is not None else {}
    if said.met is None:
        return Coverage("undetermined", (Step("share_of_cost_unknown", params, cited),))
    if fact.as_of is None or (fact.as_of.year, fact.as_of.month) != (on.year, on.month):
        return Coverage("undetermined", (Step("share_of_cost_begins_anew", params, cited),))
    if not said.met:
        return Coverage("not_covered", (Step("share_of_cost_not_met", params, cited),))
    return replace(verdict, reasons=(*verdict.reasons, Step("share_of_cost_met", params, cited)))


def months_of_share(fact: Share, first: date, last: date) -> list[date]:
    """Return the firsts of months after `first`, up to `last`, where somebody has a share of cost."""
    months: list[date] = []
    if fact is None or fact.value is None:
        return months
    on = next_month(first)
    while on <= last:
        months.append(on)
        on = next_month(on)
    return months
