"""Reads the shape `plans`: benefits under each plan, by kind, with every value spelled out.

It holds one service to an entry, so a benefit that the payer stated once for several services comes as
several entries; what comes twice for the same service is one line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from payers.clearinghouse.document import (
    LONGEST_NAME,
    Object,
    below,
    each_object,
    each_text,
    find_object,
    find_text,
    text_of,
)
from payers.clearinghouse.notes import Notes
from payers.clearinghouse.parties import read_named_entity, read_person
from payers.clearinghouse.transaction import transaction_of
from payers.clearinghouse.words import KINDS, STATUSES
from payers.x12.model import NO_DETAIL, Detail, Line, Message, Party, Quantity, Transaction

STATUS_KINDS = "statuses"
# Entries that break a rule of the shape, such as a copay without an amount, under the same names again.
INVALID = "invalidEntries"
SERVICE_TYPES = ("STC", "")
PLAN_STATUSES = frozenset(STATUSES.values())
# EB09 by the name of an age limit.
AGE_LIMITS = (("ageMaximum", "S7"), ("ageMinimum", "S8"))
ECHO = "REFERENCED_TRANSACTION"


def read_plans(document: Object) -> Transaction:
    """Return what a reply of this shape says; whatever it holds, it never fails."""
    notes = Notes()
    people = _person(document, "subscriber", notes), _person(document, "dependent", notes)
    patient = "subscriber" if people[1] is None else "dependent"
    lines = tuple(_without_repeats(_lines(document, notes)))
    return transaction_of(document, people, _trace(document), lines, (patient, "dates"), notes)


def _person(document: Object, name: str, notes: Notes) -> Party | None:
    person = find_object(document, name)
    more = find_object(person, "additionalInformation")
    group_number = find_text(more, "group", "number") or find_text(more, "groupOrPolicyNumber")
    return read_person(person, group_number, below("", name), notes) if person else None


def _trace(document: Object) -> str:
    """Return the trace the payer echoes. It is the clearinghouse's: an inquiry cannot set it."""
    traces = each_object(find_object(document, "meta").get("subscriberTraceNumbers"), "")
    echoes = (find_text(one, "referenceIdentification") for _, one in traces if one.get("type") == ECHO)
    return next(echoes, "")


def _without_repeats(lines: Iterable[Line]) -> Iterator[Line]:
    seen = set()
    for line in lines:
        said = _what_is_said(line)
        if said not in seen:
            seen.add(said)
            yield line


def _what_is_said(line: Line) -> tuple[Any, ...]:
    """Return a line without the places it stands at, which come last in all that hangs below it."""
    detail = line.detail
    parts = (detail.spans, detail.messages, detail.quantities, detail.entities)
    bare = line._replace(at="", detail=NO_DETAIL)
    return (bare, detail.places, *(tuple(tuple(one)[:-1] for one in part) for part in parts))


def _lines(document: Object, notes: Notes) -> Iterator[Line]:
    for at, plan in each_object(document.get("plans"), "/plans"):
        name, benefits = find_text(plan, "name"), find_object(plan, "benefits")
        place = below(at, "benefits")
        yield from _lines_by_kind(benefits, place, name, notes)
        yield from _lines_by_kind(find_object(benefits, INVALID), below(place, INVALID), name, notes)


def _lines_by_kind(benefits: Object, at: str, plan: str, notes: Notes) -> Iterator[Line]:
    for kind, entries in benefits.items():
        if kind == INVALID:
            continue
        shown = text_of(kind[:LONGEST_NAME])
        for place, entry in each_object(entries, below(at, kind)):
            yield _line(_code(kind, shown, entry, place, notes), entry, plan, place, notes)


def _code(kind: str, shown: str, entry: Object, at: str, notes: Notes) -> str:
    if kind == STATUS_KINDS:
        return notes.code("EB01", entry.get("status"), at)
    if kind not in KINDS:
        notes.unknown("EB01", shown, at)
        return shown
    return KINDS[kind]


def _line(code: str, entry: Object, plan: str, at: str, notes: Notes) -> Line:
    described = find_text(entry, "planCoverageDescription")
    quantity_type, quantity = _quantity(entry, at, notes)
    service_type, procedure = _service(find_object(entry, "service"))
    return Line(
        code=code,
        coverage_level=notes.code("EB02", entry.get("coverageLevel"), at),
        service_type=service_type,
        insurance_type=notes.code("EB04", entry.get("insuranceType"), at),
        plan=(plan or described) if code in PLAN_STATUSES else (described or plan),
        period=notes.code("EB06", entry.get("timePeriod"), at),
        amount=find_text(entry, "amount"),
        percent=find_text(entry, "percent"),
        quantity_type=quantity_type,
        quantity=quantity,
        authorization=notes.code("EB11", entry.get("priorAuthIndicator"), at),
        network=notes.code("EB12", find_text(entry, "network", "indicator"), at),
        procedure=procedure,
        at=at,
        detail=_detail(entry, at, notes),
    )


def _service(service: Object) -> tuple[str, str]:
    """Return the service type and the procedure; a range of procedures counts as its first."""
    value = find_text(service, "value") or find_text(service, "range", "start", "value")
    return (value, "") if find_text(service, "system") in SERVICE_TYPES else ("", value)


def _quantity(entry: Object, at: str, notes: Notes) -> tuple[str, str]:
    """Return EB09 and EB10; the shape keeps an age limit, which is stated there too, among other limits."""
    stated = find_object(entry, "quantity")
    if stated:
        return notes.code("EB09", stated.get("qualifier"), at), find_text(stated, "value")
    limits = [limit for _, limit in each_object(entry.get("serviceLimits"), at)]
    ages = ((code, find_text(limit, name)) for limit in limits for name, code in AGE_LIMITS)
    return next((age for age in ages if age[1]), ("", ""))


def _detail(entry: Object, at: str, notes: Notes) -> Detail:
    dates = below(at, "dates")
    entities = each_object(entry.get("relatedEntities"), below(at, "relatedEntities"))
    detail = Detail(
        spans=notes.spans(find_object(entry, "dates"), dates),
        messages=tuple(
            Message(text, place) for place, text in each_text(entry.get("messages"), below(at, "messages"))
        ),
        places=tuple(_places(entry)),
        quantities=tuple(_limits(entry, at, notes)),
        entities=tuple(read_named_entity(entity, place, notes) for place, entity in entities),
    )
    return NO_DETAIL if detail == NO_DETAIL else detail


def _places(entry: Object) -> Iterator[str]:
    for _, place in each_object(entry.get("placesOfService"), ""):
        code = find_text(place, "code")
        if code:
            yield code


def _limits(entry: Object, at: str, notes: Notes) -> Iterator[Quantity]:
    for place, limit in each_object(entry.get("serviceLimits"), below(at, "serviceLimits")):
        delivery = find_object(limit, "delivery")
        if delivery:
            yield Quantity(
                unit=notes.code("HSD01", find_object(delivery, "quantity").get("qualifier"), place),
                quantity=find_text(delivery, "quantity", "value"),
                period=notes.code("HSD05", find_object(delivery, "period").get("qualifier"), place),
                periods=find_text(delivery, "period", "value"),
                at=place,
            )
