"""Follows the loops of one 271 transaction: payer, provider, subscriber, dependent, and their benefits.

Takes segments one by one and never fails: what it does not know it passes over, what it cannot read it
notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from payers.x12 import benefit_loop
from payers.x12.benefit_loop import BenefitLoop
from payers.x12.model import Oddity, Party, Rejection, Span, Transaction
from payers.x12.segments import Delimiters
from payers.x12.spans import read_day, read_span

# HL03 and the letter of its loop.
PAYER, PROVIDER, SUBSCRIBER, DEPENDENT = "A", "B", "C", "D"
HIERARCHY = {"20": PAYER, "21": PROVIDER, "22": SUBSCRIBER, "23": DEPENDENT}
PADDING = [""] * 16
ECHOED = "2"
GROUP_NUMBERS = ("6P", "1L")
# Twice as many as a loop may have: every patient below it inherits them.
MOST_REJECTIONS = 20
Elements = list[str]


class _Loop:
    """What one hierarchical loop states of somebody."""

    __slots__ = (
        "birth_date",
        "group_number",
        "is_full",
        "letter",
        "name",
        "rejections",
        "spans",
        "traces",
    )

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.name: Elements | None = None
        self.birth_date: date | None = None
        self.group_number = ""
        self.is_full = False
        self.traces: dict[bool, str] = {}  # the first that is marked as ours, the first that is not
        self.spans: list[Span] = []
        self.rejections: list[Rejection] = []

    def whole_party(self) -> Party:
        """Return the person or body, with what else the loop states of it."""
        name = self.name or PADDING
        return Party(name[3], name[4], name[9], name[8], self.birth_date, self.group_number)


class Loops:
    """One transaction while it is read."""

    def __init__(self, delimiters: Delimiters, oddities: list[Oddity]) -> None:
        self._oddities = oddities
        self._benefits = BenefitLoop(delimiters.repetition, delimiters.component, oddities)
        self._loops: dict[str, _Loop] = {}
        self._loop: _Loop | None = None
        self._answered_on = ""
        self._done: list[Transaction] = []

    def note(self, code: str, at: int, params: Mapping[str, Any] | None = None) -> None:
        """Note something odd about this transaction."""
        self._oddities.append(Oddity(code, at, params or {}))

    def read(self, segments: list[Elements], first: int, broken: str | None) -> list[Transaction]:
        """Read the segments of a transaction, the first of them numbered `first`: one result a patient.

        `broken` says why the transaction cannot be relied on, where it cannot.
        """
        benefits, is_below = self._benefits, False
        opened, below = benefits.opened, benefit_loop.HANDLERS
        for number, segment in enumerate(segments, first):
            tag = segment[0]
            if tag == "EB":
                opened[number] = segment
                is_below = True
            elif tag == "HL":
                self._take_hierarchy(segment + PADDING, number)
                is_below = False
            elif is_below:
                if tag in below:
                    below[tag](benefits, segment + PADDING, number)
            elif tag in HANDLERS:
                HANDLERS[tag](self, segment + PADDING, number)
        self._finish_patient(broken, is_last=True)
        return self._done

    def _take_head(self, elements: Elements, number: int) -> None:
        self._answered_on = elements[4]

    def _take_hierarchy(self, elements: Elements, number: int) -> None:
        letter = HIERARCHY.get(elements[3], "")
        if not letter:
            self.note("unknown_code", number, {"element": "HL03", "code": elements[3]})
            return
        if letter in self._loops or (letter == SUBSCRIBER and DEPENDENT in self._loops):
            self._finish_patient(None)
            if letter == PAYER:
                self._loops.clear()
        elif letter == DEPENDENT and self._benefits.opened:
            self.note("subscriber_lines_not_used", number)
            self._benefits.clear()
        self._loop = self._loops[letter] = _Loop(letter)
        self._benefits.letter = letter

    def _take_name(self, elements: Elements, number: int) -> None:
        if self._loop is not None and self._loop.name is None:
            self._loop.name = elements

    def _take_trace(self, elements: Elements, number: int) -> None:
        if self._loop is not None and elements[2]:
            self._loop.traces.setdefault(elements[1] == ECHOED, elements[2])

    def _take_reference(self, elements: Elements, number: int) -> None:
        if self._loop is not None and elements[1] in GROUP_NUMBERS and not self._loop.group_number:
            self._loop.group_number = elements[2]

    def _take_demographics(self, elements: Elements, number: int) -> None:
        if self._loop is None or self._loop.name is None:
            return
        born = read_day(elements[2]) if elements[1] in ("", "D8") else None
        if born is None and elements[2]:
            self.note("date_not_readable", number)
        self._loop.birth_date = born

    def _take_date(self, elements: Elements, number: int) -> None:
        span = read_span(elements[1], elements[2], elements[3], number)
        if span is None:
            self.note("date_not_readable", number)
        elif self._loop is not None:
            self._loop.spans.append(span)

    def _take_rejection(self, elements: Elements, number: int) -> None:
        loop = self._loop
        if loop is None or loop.is_full:
            return
        if len(loop.rejections) == MOST_REJECTIONS:
            loop.is_full = True
            self.note("too_many_rejections", number)
            return
        place = "2100" if loop.name is not None else "2000"
        loop.rejections.append(Rejection(place + loop.letter, elements[3], elements[4], number))

    def _finish_patient(self, broken: str | None, *, is_last: bool = False) -> None:
        """Close the patient at hand; payer, provider and subscriber stay for the next one."""
        loops = self._loops
        rejections = [one for letter in "ABCD" if letter in loops for one in loops[letter].rejections]
        rejections += self._benefits.rejections()
        dependent = loops.get(DEPENDENT)
        patient = dependent or loops.get(SUBSCRIBER)
        if patient is None and not rejections:
            broken = broken or "nobody"
        if patient is not None or is_last:
            self._done.append(self._transaction(patient, sorted(rejections, key=_place), broken))
        self._benefits.clear()
        self._oddities = self._benefits.oddities = []
        for letter in (DEPENDENT, *((SUBSCRIBER,) if dependent is None else ())):
            loops.pop(letter, None)

    def _transaction(
        self, patient: _Loop | None, rejections: list[Rejection], broken: str | None
    ) -> Transaction:
        loops = self._loops
        nobody = _Loop("")
        dependent = loops.get(DEPENDENT)
        subscriber = loops.get(SUBSCRIBER, nobody)
        stated = (patient or nobody).traces, subscriber.traces
        trace, echoed = next(
            ((one[is_ours], is_ours) for is_ours in (True, False) for one in stated if is_ours in one),
            ("", False),
        )
        return Transaction(
            payer=loops.get(PAYER, nobody).whole_party(),
            subscriber=subscriber.whole_party(),
            dependent=dependent.whole_party() if dependent is not None else None,
            trace=trace,
            echoed=echoed,
            lines=self._benefits.lines(),
            spans=tuple((patient or nobody).spans),
            rejections=tuple(rejections),
            answered_on=read_day(self._answered_on),
            broken=broken,
            oddities=tuple(self._oddities),
        )


def _place(rejection: Rejection) -> int:
    return int(rejection.at)


HANDLERS: Mapping[str, Callable[[Loops, Elements, int], None]] = {
    "BHT": Loops._take_head,
    "NM1": Loops._take_name,
    "TRN": Loops._take_trace,
    "REF": Loops._take_reference,
    "DMG": Loops._take_demographics,
    "DTP": Loops._take_date,
    "AAA": Loops._take_rejection,
}
