"""Days and spans of days in a reply, and whether they hold on a date.

Qualifiers are those of DTP01. A day far in the future, as payers write "open", is no end at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from payers.x12.model import Span

OPEN_ENDED = frozenset(("99991231", "30000101"))
# From when, until when, and over which days a plan, an eligibility or a benefit holds.
STARTS = frozenset(("193", "346", "348", "356"))
ENDS = frozenset(("194", "347", "349", "357"))
WHOLES = frozenset(("291", "292", "307"))
VALIDITY = STARTS | ENDS | WHOLES
# Where coverage begins and ends, the plan's own dates first.
COVERAGE_STARTS = ("346", "291", "356", "307", "348", "292", "193")
COVERAGE_ENDS = ("347", "291", "357", "307", "349", "292", "194")
DATE_OF_SERVICE = "472"


def read_day(text: str) -> date | None:
    """Return a day written `CCYYMMDD`, or `None` where it is none, or open."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()) or text in OPEN_ENDED:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_span(qualifier: str, form: str, text: str, at: int | str) -> Span | None:
    """Return what a DTP states (`D8`: a day, `RD8`: from-to), or `None` where it cannot be read."""
    if form == "RD8" or (not form and "-" in text):
        first, dash, last = text.partition("-")
        start, end = read_day(first), read_day(last)
        readable = dash and (start or first in OPEN_ENDED) and (end or last in OPEN_ENDED)
        return Span(qualifier, start, end, at) if readable else None
    day = read_day(text)
    if day is None and text not in OPEN_ENDED:
        return None
    if qualifier in ENDS:
        return Span(qualifier, None, day, at)
    if qualifier in STARTS or qualifier in WHOLES:
        return Span(qualifier, day, None, at)
    return Span(qualifier, day, day, at)


def holds_on(spans: Iterable[Span], on: date) -> bool:
    """Say whether a date is inside the spans that limit validity; of one qualifier any span will do."""
    found: dict[str, bool] = {}
    for span in spans:
        if span.qualifier in VALIDITY:
            inside = (span.start is None or span.start <= on) and (span.end is None or on <= span.end)
            found[span.qualifier] = found.get(span.qualifier, False) or inside
    return all(found.values())


def has_validity(spans: Iterable[Span]) -> bool:
    """Say whether any of the spans limits validity."""
    return any(span.qualifier in VALIDITY for span in spans)


def find_start(spans: Iterable[Span]) -> Span | None:
    """Return the span that says since when coverage holds, if any does."""
    return _first(spans, COVERAGE_STARTS, "start")


def find_end(spans: Iterable[Span]) -> Span | None:
    """Return the span that says until when coverage holds, if any does."""
    return _first(spans, COVERAGE_ENDS, "end")


def _first(spans: Iterable[Span], qualifiers: tuple[str, ...], side: str) -> Span | None:
    stated = [span for span in spans if span.qualifier in qualifiers and getattr(span, side) is not None]
    return min(stated, key=lambda span: qualifiers.index(span.qualifier)) if stated else None
