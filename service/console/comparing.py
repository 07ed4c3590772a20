"""The comparison: usual care plans for the member of an answer side by side, and how their cost adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.phases import CARE_FIELDS
from service.explain.page import Reader
from service.explain.page.comparison import side_by_side

Answer = Mapping[str, Any]
WIDTH, HEIGHT = 600, 200
DASHES = ("none", "8 4", "2 3", "10 3 2 3")
"""How lines are told apart without color."""

STEPS = "PHP → IOP → OP"
OP = {"level_of_care": "outpatient", "weeks": 12, "days_per_week": 1}
IOP = {"level_of_care": "intensive_outpatient", "weeks": 8, "days_per_week": 3}
PHP = {"level_of_care": "partial_hospitalization", "weeks": 4, "days_per_week": 5}
PLANS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "OP": [OP],
    "IOP": [IOP],
    "PHP": [PHP],
    STEPS: [PHP | {"weeks": 2}, IOP, OP],
}
"""The plans that are compared, by what they are called in both languages."""


@dataclass(frozen=True, slots=True)
class Line:
    """How the cost of one plan adds up: points of the picture, and the sum after each week in words."""

    name: str
    points: str
    dash: str
    end: tuple[str, str]
    sums: Sequence[str]


def question_of(request: Mapping[str, Any], told: Any, start_date: str) -> dict[str, Any]:
    """The comparison of the usual plans for the member of a request, from the same first day."""
    of_member = {name: value for name, value in request.items() if name not in (*CARE_FIELDS, "phases")}
    asked = {**of_member, "start_date": start_date, "live": False}
    if told:
        asked["told_benefits"] = told
    return {"request": asked, "plans": [{"name": name, "phases": [*care]} for name, care in PLANS.items()]}


def rows_of(items: Sequence[Answer], reader: Reader) -> list[list[str]]:
    """The table: what each row is about, and a cell for each plan."""
    return list(side_by_side(items, reader))


def lines_of(items: Sequence[Answer], reader: Reader) -> list[Line]:
    """The picture: a line for each plan whose cost of every week is known."""
    costs = {item["name"]: [week["patient"] for week in item["estimate"]["by_week"]] for item in items}
    known = {name: _sums(weeks) for name, weeks in costs.items() if weeks and None not in weeks}
    most = max((sums[-1] for sums in known.values()), default=Decimal(0)) or Decimal(1)
    longest = max((len(sums) for sums in known.values()), default=1)
    return [
        _line(name, sums, DASHES[place % len(DASHES)], (longest, most), reader)
        for place, (name, sums) in enumerate(known.items())
    ]


def _sums(weeks: Sequence[str]) -> list[Decimal]:
    sums = [Decimal(0)]
    for amount in weeks:
        sums.append(sums[-1] + Decimal(amount))
    return sums


def _line(name: str, sums: Sequence[Decimal], dash: str, scale: tuple[int, Decimal], reader: Reader) -> Line:
    longest, most = scale
    points = [
        (f"{week * WIDTH / max(1, longest - 1):.1f}", f"{HEIGHT - amount / most * HEIGHT:.1f}")
        for week, amount in enumerate(sums)
    ]
    return Line(
        name,
        " ".join(f"{x},{y}" for x, y in points),
        dash,
        points[-1],
        [reader.words.money(f"{amount:.2f}") for amount in sums[1:]],
    )
