"""The figures of an answer as tables, each with the numbers of the sources it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from service.explain.page import Reader
from service.explain.page.cost import ALWAYS_IN_WEEKS, NO_POT, NONE, POTS_IN_WEEKS, SELDOM_IN_WEEKS
from service.explain.page.reader import capitalized, cited

Answer = Mapping[str, Any]
PRICED = (
    "allowed_amount",
    "coinsurance",
    "copay",
    "deductible",
    "no_share",
    "out_of_pocket",
    "share_changes",
)
"""How the codes of steps begin that say what a cost is figured from."""

POTS = ("deductible", "out_of_pocket_max")
SCOPES = ("individual", "family")
POT_OF = {"deductible_remaining": "deductible", "out_of_pocket_remaining": "out_of_pocket_max"}
NEW_YEAR = "reverify_new_plan_year"


@dataclass(frozen=True, slots=True)
class Weeks:
    """The cost of every week: heads with their sources, rows of figures, and what they come to."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pots:
    """Where deductible and out-of-pocket maximum stand, and as of when."""

    as_of: str | None
    rows: Sequence[Sequence[str]]


def cost_sources(answer: Answer) -> list[int]:
    """The sources that a cost rests on: those of its sessions where they are listed, else of its steps."""
    estimate = answer["estimate"]
    by_session = {number for session in estimate["trace"] for number in session["facts"]}
    if by_session:
        return sorted(by_session)
    is_self_paid = estimate["self_pay"] not in (None, NONE)
    steps = [step for step in answer["steps"] if step["code"].startswith(PRICED)]
    steps += [step for step in answer["steps"] if step["code"] == "self_pay_rate" and is_self_paid]
    order = answer["coordination"] or {}
    told = [*steps, *filter(None, (estimate["formula"], order)), *order.get("reasons", ())]
    pots = [pot for _, _, pot in _pots(answer) if not pot["unlimited"]]
    return sorted({number for one in (*told, *pots) for number in one["citations"]})


def turn_of(answer: Answer) -> date | None:
    """The first day of a new plan year within the care, if one begins there."""
    days = [step["by"] for step in answer["next_steps"] if step["code"] == NEW_YEAR]
    return date.fromisoformat(days[0]) if days else None


def weeks_of(answer: Answer, reader: Reader, label: Any) -> Weeks | None:
    """The cost of every week, or `None` where nobody knows it of any; `label` gives words of the console."""
    estimate = answer["estimate"]
    rows = estimate["by_week"]
    if all(row["patient"] is None for row in rows):
        return None
    names = [*ALWAYS_IN_WEEKS]
    names += [name for name in SELDOM_IN_WEEKS if any(row[name] not in (None, NONE) for row in rows)]
    names += [name for name in POTS_IN_WEEKS if any(row[name] is not None for row in rows)]
    return Weeks(
        caption=cited(label("figures_rest_on"), sources) if (sources := cost_sources(answer)) else "",
        head=[
            reader.label("week_of"),
            reader.label("sessions"),
            *(cited(reader.label(name), _pot_sources(answer, name)) for name in names),
        ],
        rows=[
            [
                reader.words.short_date(row["week_of"]),
                str(row["sessions"]),
                *(figure(row[name], name, reader) for name in names),
            ]
            for row in rows
        ],
        total=[
            reader.label("total"),
            str(estimate["sessions"]),
            *(_total(estimate, name, reader) for name in names),
        ],
    )


def pots_of(answer: Answer, reader: Reader, label: Any) -> Pots | None:
    """Where the pots stand, or `None` where nobody spoke of any; `label` gives words of the console."""
    rows = []
    for pot, scope, said in _pots(answer):
        name = f"{reader.words.name('subject', pot)} ({reader.words.name('scope', scope)})"
        limit = label("pot_none") if said["unlimited"] else reader.money(said["limit"])
        left = "–" if said["unlimited"] else reader.money(left_of(said))
        met = "–" if said["unlimited"] else reader.money(said["met"])
        rows.append([cited(capitalized(name), said["citations"]), limit, met, left])
    as_of = answer["accumulators"]["as_of"]
    return Pots(reader.words.date(as_of) if as_of else None, rows) if rows else None


def left_of(pot: Answer) -> str | None:
    """What is left of a pot, as it was said or as limit and what is met come to."""
    if pot["remaining"] is not None or pot["limit"] is None or pot["met"] is None:
        said: str | None = pot["remaining"]
        return said
    return f"{max(Decimal(0), Decimal(pot['limit']) - Decimal(pot['met'])):.2f}"


def starts_of(answer: Answer) -> dict[str, Decimal]:
    """What is left of each pot before the first week, by its column: the least of individual and family.

    Where nobody knows what is met, the expected cost takes nothing to be.
    """
    found: dict[str, list[Decimal]] = {}
    for column, pot in POT_OF.items():
        for of, _, said in _pots(answer):
            left = left_of(said) or said["limit"]
            if of == pot and left is not None:
                found.setdefault(column, []).append(Decimal(left))
    return {column: min(amounts) for column, amounts in found.items()}


def figure(amount: str | None, name: str, reader: Reader) -> str:
    """A figure of the table of weeks."""
    return NO_POT if amount is None and name in POTS_IN_WEEKS else reader.amount(amount)


def _total(estimate: Answer, name: str, reader: Reader) -> str:
    if name in POTS_IN_WEEKS:
        return ""
    return reader.amount(estimate["expected" if name == "patient" else f"{name}{_PAYS[name]}"])


_PAYS = {"plan": "_pays_expected", "secondary": "_pays_expected", "write_off": "_expected"}


def _pots(answer: Answer) -> Iterator[tuple[str, str, Answer]]:
    for pot in POTS:
        for scope in SCOPES:
            said = answer["accumulators"][pot][scope]
            if said is not None:
                yield pot, scope, said


def _pot_sources(answer: Answer, name: str) -> list[int]:
    """The sources of a column of the table; those of what is paid stand in its caption."""
    pot = POT_OF.get(name)
    return sorted({number for of, _, said in _pots(answer) if of == pot for number in said["citations"]})
