"""Reads the shape `benefits_information`: one flat list of benefits, most values in the 271's own codes.

Where a code is missing its name counts. What the shape repeats elsewhere (the status of the plan, an only
entity or place) is read from there only where the list itself does not have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from payers.clearinghouse.document import Object, below, each_object, each_text, find_object, find_text
from payers.clearinghouse.notes import Notes
from payers.clearinghouse.parties import read_coded_entity, read_person
from payers.clearinghouse.transaction import transaction_of
from payers.clearinghouse.words import STATUSES, as_word
from payers.x12.benefit_loop import MOST_BELOW, MOST_SERVICE_TYPES
from payers.x12.model import NO_DETAIL, Detail, Line, Message, Party, Quantity, Transaction

T = TypeVar("T")
PLAN_STATUSES = frozenset(STATUSES.values())
PLACE_OF_SERVICE = ("ZZ", "")
TRACES = ("dependentTraceNumbers", "subscriberTraceNumbers")
ECHO = "REFERENCED_TRANSACTION_TRACE_NUMBERS"
ECHO_CODE = "2"


def read_benefits_information(document: Object) -> Transaction:
    """Return what a reply of this shape says; whatever it holds, it never fails."""
    notes = Notes()
    people = _people(document, notes)
    lines = tuple(_lines(document, notes))
    if not any(line.code in PLAN_STATUSES for line in lines):
        lines = (*_digest(document, notes), *lines)
    return transaction_of(document, people, _trace(document), lines, ("planDateInformation",), notes)


def _people(document: Object, notes: Notes) -> tuple[Party | None, Party | None]:
    group_number = find_text(document, "planInformation", "groupNumber")
    found = [
        next(
            (
                read_person(person, find_text(person, "groupNumber") or group_number, at, notes)
                for at, person in each_object(document.get(name), below("", name))
                if person
            ),
            None,
        )
        for name in ("subscriber", "dependents")
    ]
    return found[0], found[1]


def _trace(document: Object) -> str:
    """Return the trace the payer echoes. It is the clearinghouse's: an inquiry cannot set it."""
    for name in TRACES:
        for _, one in each_object(document.get(name), ""):
            is_echo = as_word(find_text(one, "traceType")) == ECHO
            if is_echo or find_text(one, "traceTypeCode") == ECHO_CODE:
                return find_text(one, "referenceIdentification")
    return ""


def _lines(document: Object, notes: Notes) -> Iterator[Line]:
    for at, entry in each_object(document.get("benefitsInformation"), "/benefitsInformation"):
        line = _line(entry, at, notes)
        for service_type in _service_types(entry, at, notes):
            yield line._replace(service_type=service_type)


def _service_types(entry: Object, at: str, notes: Notes) -> tuple[str, ...]:
    codes = dict.fromkeys(text for _, text in each_text(entry.get("serviceTypeCodes"), ""))
    return notes.most("too_many_service_types", codes, MOST_SERVICE_TYPES, at) or ("",)


def _line(entry: Object, at: str, notes: Notes) -> Line:
    def code(element: str, name: str) -> str:
        stated = find_text(entry, f"{name}Code") or find_text(entry, name)
        return notes.code(element, stated, at)

    return Line(
        code=notes.code("EB01", entry.get("code"), at),
        coverage_level=code("EB02", "coverageLevel"),
        service_type="",
        insurance_type=code("EB04", "insuranceType"),
        plan=find_text(entry, "planCoverage"),
        period=code("EB06", "timeQualifier"),
        amount=find_text(entry, "benefitAmount"),
        percent=find_text(entry, "benefitPercent"),
        quantity_type=code("EB09", "quantityQualifier"),
        quantity=find_text(entry, "benefitQuantity"),
        authorization=notes.code("EB11", entry.get("authOrCertIndicator"), at),
        network=code("EB12", "inPlanNetworkIndicator"),
        procedure=find_text(entry, "compositeMedicalProcedureIdentifier", "procedureCode"),
        at=at,
        detail=_detail(entry, at, notes),
    )


def _digest(document: Object, notes: Notes) -> Iterator[Line]:
    """Return the status of the plan, which repeats lines that stand in the list."""
    for at, status in each_object(document.get("planStatus"), "/planStatus"):
        stated = find_text(status, "statusCode") or find_text(status, "status")
        code, plan = notes.code("EB01", stated, at), find_text(status, "planDetails")
        for service_type in _service_types(status, at, notes):
            yield Line(code, "", service_type, "", plan, "", "", "", "", "", "", "", "", at)


def _detail(entry: Object, at: str, notes: Notes) -> Detail:
    dates = below(at, "benefitsDateInformation")
    entities = _all_or_one(entry, "benefitsRelatedEntities", "benefitsRelatedEntity", at)
    texts = each_object(entry.get("additionalInformation"), below(at, "additionalInformation"))
    messages = (Message(find_text(text, "description"), place) for place, text in texts)
    named = (read_coded_entity(entity, place, notes) for place, entity in entities)

    def most(values: Iterable[T]) -> tuple[T, ...]:
        return notes.most("too_much_below", values, MOST_BELOW, at)

    detail = Detail(
        spans=notes.spans(find_object(entry, "benefitsDateInformation"), dates),
        messages=most(message for message in messages if message.text),
        places=most(_places(entry, at)),
        quantities=most(_deliveries(entry, at, notes)),
        entities=most(named),
    )
    return NO_DETAIL if detail == NO_DETAIL else detail


def _all_or_one(entry: Object, many: str, one: str, at: str) -> list[tuple[str, Object]]:
    """Return the objects of a list, or the single one that stands for it; where both are, they repeat."""
    listed = [*each_object(entry.get(many), below(at, many))]
    return listed or [*each_object(entry.get(one), below(at, one))]


def _places(entry: Object, at: str) -> Iterator[str]:
    name = "eligibilityAdditionalInformation"
    for _, place in _all_or_one(entry, f"{name}List", name, at):
        code = find_text(place, "industryCode")
        if code and find_text(place, "codeListQualifierCode") in PLACE_OF_SERVICE:
            yield code


def _deliveries(entry: Object, at: str, notes: Notes) -> Iterator[Quantity]:
    name = "benefitsServiceDelivery"
    for place, delivery in each_object(entry.get(name), below(at, name)):
        unit = find_text(delivery, "quantityQualifierCode") or find_text(delivery, "quantityQualifier")
        period = find_text(delivery, "timePeriodQualifierCode") or find_text(delivery, "timePeriodQualifier")
        yield Quantity(
            unit=notes.code("HSD01", unit, place),
            quantity=find_text(delivery, "quantity"),
            period=notes.code("HSD05", period, place),
            periods=find_text(delivery, "numOfPeriods"),
            at=place,
        )
