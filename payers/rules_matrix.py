"""The coverage matrix: what the rulebook knows of each payer at each level of care, and how surely.

As of the day on which a source was last looked up, so that it changes with the rulebook and not with the
calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from payers.rulebook import Rulebook
from payers.rules_questions import Asked, Facts, ask_everything
from schemas.freshness import SECONDARY, TOLD, reasons_to_confirm
from schemas.model import LEVELS_OF_CARE

COLUMNS = (
    "covered",
    "authorization",
    "cost sharing",
    "allowed amount",
    "telehealth",
    "contact",
    "criteria",
)
KNOWN, SECOND_HAND, STALE, CONFLICTING, UNKNOWN = STATES = (
    "known",
    "secondary",
    "stale",
    "conflicting",
    "unknown",
)
LEVEL_NAMES = {
    "outpatient": "Outpatient (OP)",
    "intensive_outpatient": "Intensive outpatient (IOP)",
    "partial_hospitalization": "Partial hospitalization (PHP)",
    "residential": "Residential",
    "inpatient": "Inpatient",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one column for a payer and a level; `plans` of `of` say it where not all do."""

    state: str
    plans: int = 0
    of: int = 0

    def __str__(self) -> str:
        return f"{self.state} ({self.plans} of {self.of} plans)" if self.plans else self.state


@dataclass(frozen=True, slots=True)
class Line:
    """One payer at one level: a cell for each of `COLUMNS`."""

    payer: str
    name: str
    level: str
    cells: tuple[Cell, ...]


def matrix(rulebook: Rulebook, on: date) -> tuple[Line, ...]:
    """Return what is known on a day, a line for each payer and level."""
    questions: dict[tuple[str, str], list[Asked]] = {}
    for asked in ask_everything(rulebook, on):
        questions.setdefault((asked.payer, asked.level), []).append(asked)
    return tuple(
        Line(payer, rulebook.payer(payer).name, level, tuple(_cells(group, on)))
        for (payer, level), group in questions.items()
    )


def as_markdown(rulebook: Rulebook) -> str:
    """Return the matrix as a page: totals first, then a table for each level of care."""
    on = rulebook.looked_up
    lines = matrix(rulebook, on) if on is not None else ()
    return "\n".join(_page(lines, on)) + "\n"


def _cells(group: Sequence[Asked], on: date) -> Iterator[Cell]:
    whole, *plans = ([_state(facts, on) for facts in _columns(asked)] for asked in group)
    for index, state in enumerate(whole):
        named = Counter(plan[index] for plan in plans)
        best = next((one for one in STATES if named[one]), UNKNOWN)
        if state != UNKNOWN or best == UNKNOWN:
            yield Cell(state)
        else:
            yield Cell(best, named.total() - named[UNKNOWN], len(plans))


def _columns(asked: Asked) -> Iterator[Facts]:
    """Yield the facts of each column."""
    said, whole = asked.fields, asked.whole
    yield said.get("covered", ())
    yield said.get("prior_authorization", ())
    yield (*said.get("copay", ()), *said.get("coinsurance", ()))
    yield (*said.get("allowed_amount", ()), *asked.prices)
    priced = tuple(fact for fact in asked.prices if fact.value.fee.telehealth is not None)
    yield (*said.get("modalities", ()), *priced)
    yield (
        *said.get("authorization_contact", ()),
        *whole.get(("facts", "contact"), ()),
        *whole.get(("facts", "behavioral_manager"), ()),
    )
    yield said.get("criteria", ())


def _state(facts: Facts, on: date) -> str:
    """Return how surely something is known: as surely as by the best of its facts."""
    if not facts:
        return UNKNOWN
    if any(fact.others for fact in facts):
        return CONFLICTING
    reasons = [reasons_to_confirm(fact.citation, on, fact.through) for fact in facts]
    if () in reasons:
        return KNOWN
    return SECOND_HAND if all({SECONDARY, TOLD}.intersection(one) for one in reasons) else STALE


INTRODUCTION = """\
# What the rulebook covers

Made by `vob rules coverage` (`make coverage-matrix`) from the payer files, as of {on}, the day on which a
source was last looked up. It says what is known, not what it is: `vob rules show PAYER` does that.

- **known**: published by the payer, the law or a program, and read lately.
- **secondary**: known at second hand only; the answer asks to confirm it.
- **stale**: published over two years before, last read more than 180 days before, or of a time that is over.
- **conflicting**: two sources disagree, and the answer says so.
- **unknown**: no document that could be read says it; the answer is undetermined and asks.
- **(3 of 10 plans)**: the payer does not say it of every plan, but so many of its plans do.

A cell is as sure as the best of what is published for it, for whatever kind of provider, age, condition,
network or way of delivery.
"""


def _page(lines: Sequence[Line], on: date | None) -> Iterator[str]:
    yield INTRODUCTION.format(on=on)
    payers = len({line.payer for line in lines})
    yield f"## Totals: {payers} payers, {len(LEVELS_OF_CARE)} levels of care, {len(lines)} lines"
    yield ""
    yield from _table(["", *COLUMNS, "all"], _totals(lines))
    for level in LEVELS_OF_CARE:
        yield ""
        yield f"## {LEVEL_NAMES[level]}"
        yield ""
        rows = ([line.name, *map(str, line.cells)] for line in lines if line.level == level)
        yield from _table(["payer", *COLUMNS], rows)


def _totals(lines: Sequence[Line]) -> Iterator[list[str]]:
    for state in STATES:
        counts = [sum(line.cells[index].state == state for line in lines) for index in range(len(COLUMNS))]
        cells = len(lines) * len(COLUMNS)
        share = f" ({100 * sum(counts) / cells:.0f}%)" if cells else ""
        yield [state, *map(str, counts), f"{sum(counts)}{share}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
