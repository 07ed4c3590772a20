"""How much the rulebook holds, and what stands out in it although it is sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from payers.plan_library import count_plans
from payers.plan_limits import limit_warnings
from payers.rulebook import Rulebook
from payers.rules_view import everything
from schemas.freshness import reasons_to_confirm


@dataclass(frozen=True, slots=True)
class Counts:
    """How many payers, programs, plans (those of tables by year), values in force, sources, examples.

    `designs` are the plans of tables that speak of the day, `designs_by_level` those that state a share.
    """

    payers: int
    programs: int
    plans: int
    plans_by_year: Mapping[int, int]
    designs: int
    designs_by_level: Mapping[str, int]
    values: int
    sources: int
    examples: int


def count(rulebook: Rulebook, on: date) -> Counts:
    """Count what the rulebook holds; values are those in force on a day."""
    data, designs = rulebook.data, count_plans(rulebook.library, on)
    files = [*data.payers.values(), *data.programs.values()]
    return Counts(
        payers=len(data.payers),
        programs=len(data.programs),
        plans=sum(len(rulebook.identity(payer_id).plans) for payer_id in rulebook.payer_ids),
        plans_by_year=designs.by_year,
        designs=designs.on_day,
        designs_by_level=designs.by_level,
        values=sum(1 for _ in everything(rulebook, on)),
        sources=sum(len(part.get("sources", ())) for part in (*files, data.services, data.library)),
        examples=sum(len(part.get("examples", ())) for part in files),
    )


def warnings(rulebook: Rulebook, on: date) -> Iterator[str]:
    """Yield what keeps nobody from answering, and should be looked at."""
    shown = list(everything(rulebook, on))
    found = sum(bool(reasons_to_confirm(one, on, one.through)) for one in shown)
    if found:
        yield f"{found} of {len(shown)} values should be confirmed; vob rules stale lists them."
    for payer_id in rulebook.payer_ids:
        rules = rulebook.rules(payer_id, None)
        if ("facts", "contact") not in rules.fields and ("facts", "behavioral_manager") not in rules.fields:
            yield f"{payer_id}: names nobody to call (facts.contact)."
    yield from limit_warnings(rulebook)
