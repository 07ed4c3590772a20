"""Turns words and dates of a JSON reply into those of the 271, and notes what it cannot turn.

What is not known is kept as it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from payers.clearinghouse.document import Object, below, text_of
from payers.clearinghouse.words import code_of
from payers.x12.model import Oddity, Span
from payers.x12.spans import VALIDITY, read_day, read_span

WITH_DASHES = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
LONGEST_SHOWN = 20
T = TypeVar("T")

# DTP01 by what JSON calls a date: one qualifier for a day or a span, two where a span's sides have their own.
QUALIFIERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "discharge": ("096",),
        "issue": ("102",),
        "effectiveDateOfChange": ("152",),
        "period": ("193", "194"),
        "periodStart": ("193",),
        "periodEnd": ("194",),
        "completion": ("198",),
        "coordinationOfBenefits": ("290",),
        "plan": ("291",),
        "benefit": ("292",),
        "primaryCareProvider": ("295",),
        "latestVisit": ("304",),
        "latestVisitOrConsultation": ("304",),
        "eligibility": ("307",),
        "added": ("318",),
        "cobra": ("340", "341"),
        "cobraBegin": ("340",),
        "cobraEnd": ("341",),
        "premiumPaidToDate": ("342", "343"),
        "premiumPaidtoDateBegin": ("342",),
        "premiumPaidToDateEnd": ("343",),
        "planBegin": ("346",),
        "planEnd": ("347",),
        "benefitBegin": ("348",),
        "benefitEnd": ("349",),
        "eligibilityBegin": ("356",),
        "eligibilityEnd": ("357",),
        "enrollment": ("382",),
        "admission": ("435",),
        "dateOfDeath": ("442",),
        "certification": ("458",),
        "service": ("472",),
        "policy": ("539", "540"),
        "policyEffective": ("539",),
        "policyExpiration": ("540",),
        "dateOfLastUpdate": ("636",),
        "status": ("771",),
    }
)


class Notes:
    """What was odd about one reply, gathered while it is read."""

    def __init__(self) -> None:
        self._oddities: list[Oddity] = []

    def oddities(self) -> tuple[Oddity, ...]:
        """Return what was noted, in the order it was met."""
        return tuple(self._oddities)

    def code(self, element: str, value: Any, at: str) -> str:
        """Return the code of a word for an element of the 271; an unknown one stays as it was sent."""
        text = text_of(value)
        code = code_of(element, text) if text else ""
        if code is None:
            self.unknown(element, text, at)
            return text
        return code

    def unknown(self, element: str, text: str, at: str) -> None:
        """Note a code that this reader does not know."""
        self._oddities.append(Oddity("unknown_code", at, {"element": element, "code": text[:LONGEST_SHOWN]}))

    def most(self, code: str, values: Iterable[T], most: int, at: str) -> tuple[T, ...]:
        """Return at most so many of the values, and note that there are more."""
        kept = tuple(islice(values, most + 1))
        if len(kept) > most:
            self._oddities.append(Oddity(code, at, {"most": most}))
        return kept[:most]

    def day(self, value: Any, at: str) -> date | None:
        """Return a day, or `None` where none is stated; one that cannot be read is noted."""
        text = _compact(value)
        day = read_day(text)
        if text and day is None:
            self._oddities.append(Oddity("date_not_readable", at))
        return day

    def spans(self, dates: Object, at: str) -> tuple[Span, ...]:
        """Return the dates of an object, each under the qualifier that its name stands for."""
        if not dates:
            return ()
        return tuple(
            span
            for name, qualifiers in QUALIFIERS.items()
            if name in dates
            for span in self._read(qualifiers, dates[name], below(at, name))
        )

    def _read(self, qualifiers: tuple[str, ...], value: Any, at: str) -> Iterator[Span]:
        if isinstance(value, dict):
            yield from self._from_sides(qualifiers, value, at)
            return
        text = _compact(value)
        span = read_span(qualifiers[0], "", text, at) if text else None
        if span is not None:
            yield span
        elif text:
            self._oddities.append(Oddity("date_not_readable", at))

    def _from_sides(self, qualifiers: tuple[str, ...], sides: Object, at: str) -> Iterator[Span]:
        start = self.day(sides.get("start"), below(at, "start"))
        end = self.day(sides.get("end"), below(at, "end"))
        if len(qualifiers) > 1:
            yield from (Span(qualifiers[0], start, None, at),) if start else ()
            yield from (Span(qualifiers[1], None, end, at),) if end else ()
        elif qualifiers[0] in VALIDITY and (start or end):
            # A plan or a benefit of one day is a single day in the 271: the one on which it begins.
            yield Span(qualifiers[0], start, None if start == end else end, at)
        elif start or end:
            yield Span(qualifiers[0], start, end or start, at)


def _compact(value: Any) -> str:
    """Return a day or a span of days as the 271 writes them: `CCYYMMDD`, a dash between two."""
    text = WITH_DASHES.sub(r"\1\2\3", text_of(value))
    return text.replace("/", "-").replace(" ", "")
