"""Tells what a 271 of the sandbox holds in JSON, in either of two shapes.

The text is split by the sandbox's own fixed delimiters and by nothing that reads replies elsewhere, so
that what is read from the JSON and from the X12 of one member checks each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

LEVELS = {"20": "A", "21": "B", "22": "C", "23": "D"}
EB_ELEMENTS = 14

Segment = list[str]
Json = dict[str, Any]


class Entry(NamedTuple):
    """An EB, all its elements there if only empty, and the segments below it."""

    eb: Segment
    below: list[Segment]

    def all(self, name: str) -> list[Segment]:
        """Return the segments of a name below the EB."""
        return [segment for segment in self.below if segment[0] == name]

    @property
    def plan_number(self) -> str:
        """The number of the plan (REF 18) that the line names, or nothing."""
        return next((segment[2] for segment in self.all("REF") if segment[1] == "18"), "")


class Rejected(NamedTuple):
    """An AAA: its loop (`2000A`), reason and follow-up."""

    loop: str
    code: str
    follow_up: str


@dataclass(slots=True)
class Sheet:
    """What a 271 holds: segments by level (`A` to `D`: payer, clinic, subscriber, dependent) and entries."""

    levels: dict[str, list[Segment]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def first(self, level: str, name: str) -> Segment:
        """Return a level's first segment of a name, long enough to take any element of; empty if none."""
        found = (segment for segment in self.levels.get(level, []) if segment[0] == name)
        return next(found, []) + [""] * EB_ELEMENTS

    def all(self, level: str, name: str) -> list[Segment]:
        """Return a level's segments of a name."""
        return [segment for segment in self.levels.get(level, []) if segment[0] == name]

    @property
    def patient(self) -> str:
        """The level that the patient stands at."""
        return "D" if "D" in self.levels else "C"

    @property
    def trace(self) -> Segment:
        """The TRN of the patient."""
        return self.first(self.patient, "TRN")


def read_sheet(text: str) -> Sheet:
    """Return what a 271 holds."""
    sheet, level, is_named = Sheet(), "", False
    for segment in (part.split("*") for part in text.split("~") if part):
        name = segment[0]
        if name == "HL":
            level, is_named = LEVELS[segment[3]], False
            sheet.levels[level] = []
        elif name in ("SE", "GE", "IEA"):
            level = ""
        elif name == "EB":
            sheet.entries.append(Entry(segment + [""] * (EB_ELEMENTS - len(segment)), []))
        elif level and sheet.entries:
            sheet.entries[-1].below.append(segment)
        elif name == "AAA":
            sheet.rejected.append(
                Rejected(f"{'2100' if is_named else '2000'}{level}", segment[3], segment[4])
            )
        elif level:
            is_named = is_named or name == "NM1"
            sheet.levels[level].append(segment)
    return sheet


def without_blanks(values: Json) -> Json:
    """Return a JSON object without the members that say nothing."""
    return {name: value for name, value in values.items() if value not in ("", None, [], {})}
