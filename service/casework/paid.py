"""A session as it was paid: the lines that payers and people stated of it, the newest of which stand.

A session is the care of one day at one level. What is stated again is one; what a newer remittance says
stands in the place of an older one; a reversal takes away; whatever stood there before is kept behind it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.actual import DENIED, PAID, REVERSED
from schemas.fields import format_money
from service.casework.actuals import Actual
from service.casework.expected import cents

REMITTANCE, FILE, TYPED = "remittance", "file", "typed"
SOURCES = (REMITTANCE, FILE, TYPED)
AMOUNTS = ("allowed", "patient", "deductible", "copay", "coinsurance", "plan_paid", "charge")
MOST_HISTORY = 60

KEPT, REPLACED, TAKEN_BACK, UNCHANGED, OLDER, NOTHING_TO_REVERSE, REMITTANCE_STANDS = (
    "kept",
    "replaced",
    "reversed",
    "unchanged",
    "older",
    "nothing_to_reverse",
    "remittance_stands",
)
OUTCOMES = (KEPT, REPLACED, TAKEN_BACK, UNCHANGED, OLDER, NOTHING_TO_REVERSE, REMITTANCE_STANDS)
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """One line as it was stated. `key` tells the services of a session apart, `control` is the payer's.

    `on` is the day of the payment, as text; what was typed has none. Amounts are in cents.
    """

    source: str
    key: str = ""
    control: str = ""
    amounts: Mapping[str, int | None] | None = None
    denied: bool = False
    allowed_is_derived: bool = False
    is_reversal: bool = False
    on: str = ""
    codes: Mapping[str, Any] | None = None

    def line(self) -> dict[str, Any]:
        """It as it is kept, with a digest of all that it says."""
        said = self.amounts or {}
        line = {
            "source": self.source,
            "key": self.key,
            "control": self.control,
            "paid_on": self.on,
            "denied": self.denied,
            "allowed_is_derived": self.allowed_is_derived,
            **{
                name: None if (amount := said.get(name)) is None else format_money(amount) for name in AMOUNTS
            },
            **(self.codes or {}),
        }
        mark = json.dumps([line, self.is_reversal], sort_keys=True)
        return {**line, "statement": hashlib.sha256(mark.encode()).hexdigest()[:16]}


class Session:
    """The lines of a session while something is added to them."""

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        kept = data or {}
        self.lines: list[Line] = list(kept.get("lines", ()))
        self.history: list[Line] = list(kept.get("history", ()))
        self._seen: list[str] = list(kept.get("seen", ()))
        self._reversed: dict[str, str] = dict(kept.get("reversals", {}))

    def take(self, stated: Stated) -> str:
        """Take in a line, and say what came of it."""
        line = stated.line()
        if line["statement"] in (self._current() if stated.source == TYPED else self._seen):
            return UNCHANGED
        if stated.source == FILE and any(one["source"] == REMITTANCE for one in self.lines):
            return REMITTANCE_STANDS
        self._seen.append(line["statement"])
        if stated.is_reversal:
            return self._reverse(stated)
        if stated.source != REMITTANCE:
            return self._put(line, self.lines)
        mark = f"{stated.control}|{stated.key}"
        same = [one for one in self.lines if one["source"] != REMITTANCE or one["key"] == stated.key]
        newest = max([one["paid_on"] for one in same], default="")
        if stated.on < max(newest, self._reversed.get(mark, "")):
            self._lay_by([line], "older")
            return OLDER
        return self._put(line, same)

    def data(self) -> dict[str, Any]:
        """The session as it is kept."""
        return {
            "lines": self.lines,
            "history": self.history[-MOST_HISTORY:],
            "seen": self._seen,
            "reversals": self._reversed,
        }

    def _current(self) -> list[str]:
        return [one["statement"] for one in self.lines]

    def _put(self, line: Line, instead_of: list[Line]) -> str:
        gone = [one["statement"] for one in instead_of]
        self._lay_by(list(instead_of), "replaced")
        self.lines = [one for one in self.lines if one["statement"] not in gone] + [line]
        return REPLACED if gone else KEPT

    def _reverse(self, stated: Stated) -> str:
        mark = f"{stated.control}|{stated.key}"
        self._reversed[mark] = max(stated.on, self._reversed.get(mark, ""))
        gone = [one for one in self.lines if (one["control"], one["key"]) == (stated.control, stated.key)]
        self._lay_by(gone, "reversed")
        self.lines = [one for one in self.lines if one not in gone]
        return TAKEN_BACK if gone else NOTHING_TO_REVERSE

    def _lay_by(self, lines: list[Line], why: str) -> None:
        self.history += [{**line, "ended": why} for line in lines]


def status_of(data: Mapping[str, Any]) -> str:
    """Whether a session stands as paid, as denied, or was taken back."""
    lines = data["lines"]
    if not lines:
        return REVERSED
    return DENIED if all(line["denied"] for line in lines) else PAID


def added_up(lines: Iterable[Line]) -> dict[str, int | None]:
    """The amounts of a session; one that any of its lines does not state is not known."""
    found = [*lines]
    sums: dict[str, int | None] = {}
    for name in AMOUNTS:
        amounts = [cents(line[name]) for line in found]
        sums[name] = None if None in amounts else sum(one or 0 for one in amounts)
    return sums


def as_actual(data: Mapping[str, Any]) -> Actual:
    """A session with its lines added up, as it is compared."""
    sums = added_up(data["lines"])
    return Actual(
        allowed=sums["allowed"],
        patient=sums["patient"] or 0,
        deductible=sums["deductible"],
        copay=sums["copay"],
        coinsurance=sums["coinsurance"],
        denied=status_of(data) == DENIED,
    )


def is_of_several_claims(data: Mapping[str, Any]) -> bool:
    """Whether the lines of a session come from several claims: which of them was estimated, nobody says."""
    return len({line["control"] for line in data["lines"]}) > 1


def codes_of(data: Mapping[str, Any]) -> str:
    """The procedures of a session, as they were billed; empty where nobody stated one."""
    return "+".join(
        sorted({line.get("procedure") or line.get("revenue") or "" for line in data["lines"]} - {""})
    )
