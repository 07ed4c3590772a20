"""Reads the eligibility inquiry (270), ours and others', an `Inquiry270` for each patient.

Tolerant like the reader of replies: any delimiters, older versions, counts that are off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import chain

from payers.x12.inquiry import Inquiry270
from payers.x12.model import Party
from payers.x12.segments import Segment, Splitter, decode

PAYER, PROVIDER, SUBSCRIBER, DEPENDENT = "20", "21", "22", "23"
DATE_OF_PLAN = "291"

Level = list[Segment]


@dataclass(slots=True)
class _Transaction:
    """One 270 with the headers around it; a level is an HL and what follows it."""

    interchange: Segment
    group: Segment
    repetition: str
    levels: list[Level] = field(default_factory=list)


def read_270(content: bytes | str) -> tuple[Inquiry270, ...]:
    """Return the inquiries of a file, in order; raises `UnreadableReply` where it is no X12 at all."""
    return tuple(inquiry for transaction in _transactions(content) for inquiry in _read_patients(transaction))


def _transactions(content: bytes | str) -> Iterator[_Transaction]:
    """Yield each 270 once it is complete, or cut off."""
    splitter = Splitter([])
    interchange: Segment = []
    group: Segment = []
    current: _Transaction | None = None
    for segment in chain.from_iterable(splitter.batches([decode(content)])):
        name = segment[0]
        if name in ("ISA", "GS", "ST", "SE") and current is not None:
            yield current
            current = None
        if name == "ISA":
            interchange, group = segment, []
        elif name == "GS":
            group = segment
        elif name == "ST" and _element(segment, 1) == "270":
            current = _Transaction(interchange, group, splitter.delimiters.repetition)
        elif current is not None and name == "HL":
            current.levels.append([segment])
        elif current is not None and current.levels:
            current.levels[-1].append(segment)
    if current is not None:
        yield current


def _read_patients(transaction: _Transaction) -> Iterator[Inquiry270]:
    """Yield an inquiry for each dependent, and for each subscriber who is asked about."""
    above: dict[str, Level] = {}
    levels = transaction.levels
    for place, level in enumerate(levels):
        code = _element(level[0], 3)
        above[code] = level
        has_dependent = place + 1 < len(levels) and _element(levels[place + 1][0], 3) == DEPENDENT
        if code == DEPENDENT:
            yield _read_inquiry(transaction, above, level)
        elif code == SUBSCRIBER and (not has_dependent or _first(level, "EQ")):
            yield _read_inquiry(transaction, above, None)


def _read_inquiry(transaction: _Transaction, above: dict[str, Level], dependent: Level | None) -> Inquiry270:
    interchange, group = transaction.interchange, transaction.group
    payer = _first(above.get(PAYER, []), "NM1")
    provider = _first(above.get(PROVIDER, []), "NM1")
    subscriber = above.get(SUBSCRIBER, [])
    patient = subscriber if dependent is None else dependent
    number = _element(interchange, 13)
    return Inquiry270(
        payer_name=_element(payer, 3),
        payer_id=_element(payer, 9),
        provider_name=" ".join(part for part in (_element(provider, 4), _element(provider, 3)) if part),
        npi=_element(provider, 9),
        subscriber=_read_party(subscriber),
        dependent=None if dependent is None else _read_party(dependent),
        relationship=_element(_first(patient, "INS"), 2) or None,
        sex=_element(_first(patient, "DMG"), 3),
        service_types=tuple(_read_service_types(patient, transaction.repetition)),
        date_of_service=_read_date_of_service(patient),
        trace=_element(_first(patient, "TRN"), 2),
        control_number=int(number) if number.isascii() and number.isdigit() else 0,
        sender=_element(interchange, 6),
        receiver=_element(interchange, 8),
        sender_qualifier=_element(interchange, 5),
        receiver_qualifier=_element(interchange, 7),
        test=_element(interchange, 15) == "T",
        at=_moment(_element(group, 4), _element(group, 5))
        or _moment("20" + _element(interchange, 9), _element(interchange, 10)),
    )


def _read_party(level: Level) -> Party:
    name = _first(level, "NM1")
    return Party(
        name=_element(name, 3),
        first_name=_element(name, 4),
        id=_element(name, 9),
        id_qualifier=_element(name, 8),
        birth_date=_day(_element(_first(level, "DMG"), 2)),
    )


def _read_service_types(level: Level, repetition: str) -> Iterator[str]:
    for segment in level:
        if segment[0] == "EQ":
            codes = _element(segment, 1)
            yield from filter(None, codes.split(repetition) if repetition else [codes])


def _read_date_of_service(level: Level) -> date | None:
    """Return the day of the plan date, else of the first date that can be read; of a range, its first day."""
    dates = [segment for segment in level if segment[0] == "DTP"]
    dates.sort(key=lambda segment: _element(segment, 1) != DATE_OF_PLAN)
    days = (_day(_element(segment, 3)[:8]) for segment in dates)
    return next((day for day in days if day is not None), None)


def _first(level: Level, name: str) -> Segment:
    """Return the first segment of a name in a level, or an empty one."""
    return next((segment for segment in level if segment[0] == name), [])


def _element(segment: Sequence[str], number: int) -> str:
    """Return an element by its number, or nothing."""
    return segment[number].strip() if number < len(segment) else ""


def _day(text: str) -> date | None:
    if len(text) != len("CCYYMMDD") or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(day: str, clock: str) -> datetime | None:
    """Return a date and a time to the minute; X12 has no zones, so it is taken as universal."""
    found, hours_minutes = _day(day), clock[:4]
    if found is None or len(hours_minutes) < 4 or not (hours_minutes.isascii() and hours_minutes.isdigit()):
        return None
    try:
        return datetime.combine(found, time(int(hours_minutes[:2]), int(hours_minutes[2:])), UTC)
    except ValueError:
        return None
