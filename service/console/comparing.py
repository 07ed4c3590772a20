"""The comparison: usual care plans for the member of an answer side by side, and how their cost adds up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.phases import CARE_FIELDS, DEFAULTS
from service.console.picture import LETTER, Name, Tick, apart, ticks_up_to
from service.explain.page import Reader
from service.explain.page.comparison import could_change, renumber, side_by_side
from service.explain.page.reader import cited
from service.explain.page.work import source_line

Answer = Mapping[str, Any]
Label = Callable[..., str]
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
class Frame:
    """How large a drawing is, in units of its own; `beside` is the room right of the lines."""

    width: int
    height: int
    left: int
    beside: int
    top: int
    most_names: int
    names_beside: bool


WIDE = Frame(680, 230, 60, 130, 16, most_names=24, names_beside=True)
NARROW = Frame(288, 200, 52, 6, 16, most_names=8, names_beside=False)


@dataclass(frozen=True, slots=True)
class Line:
    """How the cost of one plan adds up: its name at its end, points, dashes, the sum after each week."""

    name: Name
    points: str
    dash: str
    sums: Sequence[str]


@dataclass(frozen=True, slots=True)
class Lines:
    """All numbers of one drawing."""

    width: str
    height: str
    left: str
    right: str
    floor: str
    ticks: Sequence[Tick]
    weeks: Sequence[Name]
    lines: Sequence[Line]
    names_beside: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What could change each plan and what each rests on, a cell for each, and the list of all sources."""

    could_change: Sequence[Sequence[str]]
    rests_on: Sequence[str]
    sources: Sequence[tuple[str, str | None]]


def question_of(request: Mapping[str, Any], told: Any, start_date: str) -> dict[str, Any]:
    """The comparison of the usual plans for the member of a request, from the same first day."""
    of_member = {name: value for name, value in request.items() if name not in (*CARE_FIELDS, "phases")}
    asked = {**of_member, "start_date": start_date, "live": False, "trace": True}
    if told:
        asked["told_benefits"] = told
    return {"request": asked, "plans": [{"name": name, "phases": [*care]} for name, care in PLANS.items()]}


def rows_of(items: Sequence[Answer], reader: Reader, label: Label) -> list[list[str]]:
    """The table: what each row is about, and a cell for each plan; hours stand beside the weeks."""
    rows = list(side_by_side(items, reader)) if items else []
    place = next((at for at, row in enumerate(rows) if row[0] == reader.label("weeks")), len(rows))
    hours = [label("hours_a_week"), *(_hours(PLANS[item["name"]], reader) for item in items)]
    return [*rows[:place], hours, *rows[place:]]


def changes_of(items: Sequence[Answer], reader: Reader) -> Changes:
    """What could change each plan, what each rests on, and where all of it comes from."""
    numbers: dict[str, int] = {}
    listed: list[Answer] = []
    places = [renumber(item, numbers, listed) for item in items]
    return Changes(
        [could_change(item, of, reader) for item, of in zip(items, places, strict=True)],
        [cited("", {of[n] for n in _rests_on(item)}).strip() for item, of in zip(items, places, strict=True)],
        [(source_line(source, reader), source["url"]) for source in listed],
    )


def pictures_of(items: Sequence[Answer], reader: Reader) -> dict[str, Lines]:
    """The picture, wide and narrow: a line for each plan whose cost of every week is known."""
    costs = {item["name"]: [week["patient"] for week in item["estimate"]["by_week"]] for item in items}
    known = {name: _sums(weeks) for name, weeks in costs.items() if weeks and None not in weeks}
    if not known:
        return {}
    return {"wide": _draw(known, WIDE, reader), "narrow": _draw(known, NARROW, reader)}


def _hours(care: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """The hours a week of a plan, by level where there are several."""
    said = [
        (
            reader.words.name("level_short", phase["level_of_care"]),
            phase["days_per_week"] * DEFAULTS[phase["level_of_care"]][2] // 60,
        )
        for phase in care
    ]
    return str(said[0][1]) if len(said) == 1 else "; ".join(f"{level}: {hours}" for level, hours in said)


def _rests_on(item: Answer) -> Iterator[int]:
    for phase in item["phases"]:
        for reason in phase["coverage"]["reasons"]:
            yield from reason["citations"]
        yield from phase["prior_authorization"]["citations"]
    for session in item["estimate"]["trace"]:
        yield from session["facts"]


def _sums(weeks: Sequence[str]) -> list[Decimal]:
    sums = [Decimal(0)]
    for amount in weeks:
        sums.append(sums[-1] + Decimal(amount))
    return sums


def _draw(known: Mapping[str, Sequence[Decimal]], frame: Frame, reader: Reader) -> Lines:
    scale = _Scale(known.values(), frame)
    ends = apart([scale.y(sums[-1]) for sums in known.values()], LETTER, scale.floor)
    every = -(-scale.weeks // frame.most_names)
    return Lines(
        width=_n(frame.width),
        height=_n(scale.floor + 3 * LETTER),
        left=_n(frame.left),
        right=_n(scale.right),
        floor=_n(scale.floor),
        ticks=[Tick(_n(scale.y(step)), f"{step:.2f}") for step in scale.steps],
        weeks=[
            Name(_n(scale.x(week)), _n(scale.floor + LETTER), str(week))
            for week in range(0, scale.weeks + 1, every)
        ],
        lines=[
            _line(name, sums, DASHES[place % len(DASHES)], end, scale, reader)
            for place, ((name, sums), end) in enumerate(zip(known.items(), ends, strict=True))
        ],
        names_beside=frame.names_beside,
    )


def _line(name: str, sums: Sequence[Decimal], dash: str, end: Decimal, scale: _Scale, reader: Reader) -> Line:
    right, down = (8, 4) if scale.frame.names_beside else (0, -6)
    return Line(
        Name(_n(scale.x(len(sums) - 1) + right), _n(end + down), name),
        " ".join(f"{_n(scale.x(week))},{_n(scale.y(amount))}" for week, amount in enumerate(sums)),
        dash,
        [reader.words.money(f"{amount:.2f}") for amount in sums[1:]],
    )


class _Scale:
    """Where weeks and amounts stand in a drawing."""

    def __init__(self, known: Collection[Sequence[Decimal]], frame: Frame) -> None:
        self.frame = frame
        self.weeks = max(len(sums) for sums in known) - 1
        self.steps = ticks_up_to(max(sums[-1] for sums in known))
        self.floor, self.right = frame.top + frame.height, frame.width - frame.beside

    def x(self, week: int) -> Decimal:
        return self.frame.left + Decimal(self.right - self.frame.left) * week / self.weeks

    def y(self, amount: Decimal) -> Decimal:
        return self.floor - amount / self.steps[-1] * self.frame.height


def _n(number: Decimal | int) -> str:
    return f"{number:.1f}"
