"""Holds the amounts of plan designs against what the law allows for their year: warned of, never refused.

A row may be right and the law have an exception that nobody wrote down; a person looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from payers.dated import Context, in_force
from payers.entries import read_entries
from payers.plan_library import LibraryPlan
from payers.rulebook import Rulebook
from payers.table_reader import Row
from payers.values import read_cents
from schemas.fields import format_money
from schemas.file_fields import NONE
from schemas.plan_entries import POTS, span_of

# From then on these individual plans may share costs more freely.
EXCEPTED_METALS, EXCEPTED_FROM = ("bronze", "expanded_bronze", "catastrophic"), 2027
Law = Mapping[str, Any]


def limit_warnings(rulebook: Rulebook) -> Iterator[str]:
    """Yield a sentence for each in-network amount of the plan library that the law does not allow."""
    for one in rulebook.library.plans.values():
        for row in one.rows:
            if row["network"] == "in":
                yield from _judge(rulebook, one, row)


def _judge(rulebook: Rulebook, one: LibraryPlan, row: Row) -> Iterator[str]:
    services = rulebook.data.services
    legal: Law = services.get("legal_maximum", {}).get(rulebook.payer(one.payer_id).line_of_business, {})
    is_excepted = (
        int(row["year"]) >= EXCEPTED_FROM
        and one.said("market") == "individual"
        and one.said("metal") in EXCEPTED_METALS
    )
    high: Law = services.get("high_deductible", {}) if row.get("hsa") == "yes" else {}
    for column, (pot, scope) in POTS.items():
        if column not in row or row[column] == NONE:
            continue
        amount, place = read_cents(row[column]), f"{one.payer_id} {one.plan.id}, {row['year']}: {column}"
        bound = _amount(services, high.get(pot, {}), scope, row)
        if pot == "deductible":
            if bound is not None and amount < bound:
                yield f"{place} {row[column]} is below the least of an HSA plan, {format_money(bound)}."
            continue
        maximum = None if is_excepted else _amount(services, legal, scope, row)
        for most, what in ((maximum, "the legal maximum"), (bound, "the maximum of an HSA plan")):
            if most is not None and amount > most:
                yield f"{place} {row[column]} is above {what}, {format_money(most)}."


def _amount(services: Law, law: Law, scope: str, row: Row) -> int | None:
    """Return the amount that the law names for the year in which a row begins, if it names one."""
    if scope not in law:
        return None
    on = date.fromisoformat(span_of(row)[0])
    fact = in_force(read_entries((scope,), law[scope], services["sources"]), on, Context())
    if fact is None or (fact.through is not None and on > fact.through):
        return None
    amount: int | None = fact.value
    return amount
