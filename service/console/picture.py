"""The picture of a cost by week, in plain numbers: bars above, what is left of the pots below.

Pure geometry: a template writes the numbers into SVG, a style sheet gives colors, and the table beside it
says the same in words. Bars and lines have an axis of their own each, for a week costs less than a year's
maximum, and both share the weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

Row = Mapping[str, Any]
PARTS = ("patient", "secondary", "plan")
"""What a bar is made of, from its foot up."""

POTS = ("deductible_remaining", "out_of_pocket_remaining")
MOST_TICKS = 4
NICE = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5))
BAR = Decimal("0.62")
"""How much of its week a bar takes."""
GAP = 34
"""Room between both parts, for the names of the weeks."""
LETTER = 14
"""The least distance between two names, so that neither covers the other."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a picture is, in units of its own: room for names at its sides, the height of each part."""

    width: int
    left: int
    right: int
    top: int
    bars: int
    lines: int
    most_names: int
    """How many weeks can be named."""
    names_beside: bool
    """Whether a line is named beside its end, or above it."""


WIDE = Frame(654, 56, 148, 20, 170, 110, most_names=8, names_beside=True)
NARROW = Frame(288, 50, 6, 20, 130, 100, most_names=4, names_beside=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the cost of one week."""

    part: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A round amount at the axis."""

    y: str
    amount: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the picture: of which week or line, and where."""

    x: str
    y: str
    of: Any


@dataclass(frozen=True, slots=True)
class Line:
    """What is left of one pot at the end of each week; in pieces, for at a new plan year it starts anew."""

    pot: str
    pieces: Sequence[str]
    dots: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """All numbers of one drawing."""

    width: str
    height: str
    left: str
    right: str
    floor: str
    bottom: str
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    lines: Sequence[Line]
    line_ticks: Sequence[Tick]
    line_names: Sequence[Name]
    names_beside: bool
    weeks: Sequence[Name]
    turn: Name | None


def draw(
    rows: Sequence[Row], turn: date | None, starts: Mapping[str, Decimal], frame: Frame = WIDE
) -> Picture | None:
    """The picture of the weeks of an estimate; `None` where the cost of a week is not known.

    `turn` is the first day of a new plan year, if one begins within these weeks; `starts` is what is left of
    each pot before the first week, where that is known.
    """
    if not rows or any(row["patient"] is None for row in rows):
        return None
    week = Decimal(frame.width - frame.left - frame.right) / len(rows)
    floor = frame.top + frame.bars
    steps = ticks_up_to(max(sum(_parts(row).values(), Decimal(0)) for row in rows))
    pots = [pot for pot in POTS if any(row[pot] is not None for row in rows)]
    bottom = floor + GAP + frame.lines if pots else floor
    lines_frame = _Lines(rows, _anew(rows, turn), starts, frame, week)
    return Picture(
        width=_n(frame.width),
        height=_n(bottom + (LETTER if pots else GAP)),
        left=_n(frame.left),
        right=_n(frame.width - frame.right),
        floor=_n(floor),
        bottom=_n(bottom),
        bars=[bar for place, row in enumerate(rows) for bar in _bars(row, place, week, steps[-1], frame)],
        ticks=[Tick(_n(floor - step / steps[-1] * frame.bars), f"{step:.2f}") for step in steps],
        lines=[lines_frame.line(pot) for pot in pots],
        line_ticks=lines_frame.ticks() if pots else [],
        line_names=lines_frame.names(pots),
        names_beside=frame.names_beside,
        weeks=[
            Name(_n(frame.left + week * place + week / 2), _n(floor + LETTER), row["week_of"])
            for place, row in enumerate(rows)
            if place % _every(len(rows), frame.most_names) == 0
        ],
        turn=None if turn is None else _turn(rows, turn, frame, week),
    )


def ticks_up_to(most: Decimal) -> list[Decimal]:
    """Zero and two to four round dollars above it, evenly apart, the last of them no less than `most`."""
    most = max(most, Decimal(MOST_TICKS))
    size = Decimal(10) ** (most.adjusted() - 1)
    steps = (nice * size * scale for scale in (1, 10) for nice in NICE)
    step = next(step for step in steps if step % 1 == 0 and step * MOST_TICKS >= most)
    return [step * number for number in range(ceil(most / step) + 1)]


def apart(places: Sequence[Decimal], least: int, lowest: int) -> list[Decimal]:
    """Places of names moved down, or all up where the last passes `lowest`, until none covers another."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = dict(enumerate(places))
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + least)
    limit = Decimal(lowest)
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - least
    return [moved[index] for index in range(len(places))]


def _parts(row: Row) -> dict[str, Decimal]:
    return {part: Decimal(row[part] or 0) for part in PARTS}


def _bars(row: Row, place: int, week: Decimal, most: Decimal, frame: Frame) -> Iterator[Bar]:
    foot = Decimal(frame.top + frame.bars)
    x = frame.left + week * place + week * (1 - BAR) / 2
    for part, amount in _parts(row).items():
        if amount > 0:
            height = amount / most * frame.bars
            foot -= height
            yield Bar(part, _n(x), _n(foot), _n(week * BAR), _n(height))


def _every(weeks: int, most: int) -> int:
    return -(-weeks // most)


def _turn(rows: Sequence[Row], turn: date, frame: Frame, week: Decimal) -> Name | None:
    """Where the new year begins, and on which side of it there is room for its name."""
    place = _place_of(rows, turn)
    if place is None:
        return None
    side = "end" if place * 2 > len(rows) else "start"
    return Name(_n(frame.left + week * place), _n(frame.top - 6), side)


def _anew(rows: Sequence[Row], turn: date | None) -> int:
    """The first week whose end is in the new year; all weeks are of the old one where none begins."""
    place = None if turn is None else _place_of(rows, turn)
    return len(rows) if place is None else int(place)


def _place_of(rows: Sequence[Row], day: date) -> Decimal | None:
    """Where a day stands among the weeks: 0 is the first day of the first, 1.5 the middle of the second."""
    for place, row in enumerate(rows):
        days = (day - date.fromisoformat(row["week_of"])).days
        if 0 <= days < 7:
            return place + Decimal(days) / 7
    return None


class _Lines:
    """The lower part of a picture, which all its lines share."""

    def __init__(
        self, rows: Sequence[Row], anew: int, starts: Mapping[str, Decimal], frame: Frame, week: Decimal
    ) -> None:
        self._rows, self._anew, self._starts, self._frame, self._week = rows, anew, starts, frame, week
        self._bottom = frame.top + frame.bars + GAP + frame.lines
        amounts = [Decimal(row[pot]) for row in rows for pot in POTS if row[pot] is not None]
        amounts += starts.values()
        self._steps = ticks_up_to(max(amounts, default=Decimal(1)))

    def ticks(self) -> list[Tick]:
        return [Tick(_n(self._y(step)), f"{step:.2f}") for step in self._steps]

    def line(self, pot: str) -> Line:
        before, after = self._points(pot, 0, self._anew), self._points(pot, self._anew, len(self._rows))
        if pot in self._starts:
            before.insert(0, (_n(self._frame.left), _n(self._y(self._starts[pot]))))
        pieces = [" ".join(f"{x},{y}" for x, y in piece) for piece in (before, after) if len(piece) > 1]
        return Line(pot, pieces, [*before, *after])

    def names(self, pots: Sequence[str]) -> list[Name]:
        """The name of each line, at its end."""
        last = [
            next((place, row) for place, row in reversed([*enumerate(self._rows)]) if row[pot] is not None)
            for pot in pots
        ]
        ends = [self._y(Decimal(row[pot])) for pot, (_, row) in zip(pots, last, strict=True)]
        places = apart(ends, LETTER, self._bottom)
        right, down = (8, 4) if self._frame.names_beside else (0, -7)
        return [
            Name(_n(self._frame.left + self._week * (place + 1) + right), _n(y + down), pot)
            for pot, (place, _), y in zip(pots, last, places, strict=True)
        ]

    def _points(self, pot: str, start: int, end: int) -> list[tuple[str, str]]:
        return [
            (_n(self._frame.left + self._week * (place + 1)), _n(self._y(Decimal(row[pot]))))
            for place, row in enumerate(self._rows[start:end], start)
            if row[pot] is not None
        ]

    def _y(self, amount: Decimal) -> Decimal:
        return self._bottom - amount / self._steps[-1] * self._frame.lines


def _n(number: Decimal | int) -> str:
    """A number as SVG takes it, to a tenth."""
    return f"{number:.1f}"
