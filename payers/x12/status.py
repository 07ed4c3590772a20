"""Whether the patient of a reply is covered at all: `active`, `inactive` or `undetermined`.

A rejected inquiry is never "inactive": nobody was found to be anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from payers.x12 import codes
from payers.x12.model import NO_DETAIL, Entity, Line, Rejection, Span, Transaction
from payers.x12.ranks import speaks_of
from payers.x12.spans import DATE_OF_SERVICE, find_end, find_start, has_validity, holds_on

STATED = codes.ACTIVE | codes.INACTIVE
ACTIVE, INACTIVE, UNDETERMINED = "active", "inactive", "undetermined"
PLAN_FIRST = (codes.PLAN, "", codes.MEDICAL)


@dataclass(frozen=True, slots=True)
class Status:
    """The status, why it is so, the line that decided it, and since when and until when it holds.

    `contact` is whom to ask where the payer only named somebody else.
    """

    status: str
    reasons: tuple[str, ...] = ()
    line: Line | None = None
    start: Span | None = None
    end: Span | None = None
    contact: Entity | None = None
    plan_name: str = ""
    insurance_type: str = ""


def date_of_service(transaction: Transaction, asked: date | None) -> date | None:
    """Return the date that a reply is read for: the one asked for, else its own, else its day."""
    if asked is not None:
        return asked
    details = (line.detail for line in transaction.lines if line.detail is not NO_DETAIL)
    stated = chain(transaction.spans, (span for detail in details for span in detail.spans))
    own = next((span.start for span in stated if span.qualifier == DATE_OF_SERVICE), None)
    return own or transaction.answered_on


def rejects_patient(rejection: Rejection) -> bool:
    """Say whether a rejection is of the inquiry as a whole, not of one benefit."""
    return not rejection.loop.startswith("2110")


def find_status(transaction: Transaction, on: date | None, level_of_care: str | None = None) -> Status:
    """Return the patient's status on a date, as far as a level of care has to do with it."""
    lines = [
        line
        for line in transaction.lines
        if line.code in STATED and (not line.insurance_type or speaks_of(line, level_of_care))
    ]
    if transaction.broken is not None:
        return Status(UNDETERMINED, ("broken",))
    if any(rejects_patient(one) for one in transaction.rejections):
        return _described(UNDETERMINED, (), transaction, _leading([*filter(_is_active, lines)]))
    return _judge(transaction, lines, on)


def _judge(transaction: Transaction, lines: list[Line], on: date | None) -> Status:
    active = [line for line in lines if _is_active(line)]
    by_default = on is None or holds_on(transaction.spans, on)
    holding = [line for line in active if _holds(line, on, by_default)]
    inactive = [line for line in lines if line.code in codes.INACTIVE and _is_whole(line)]
    if inactive:
        terms = {_terms(line) for line in holding}
        for line in inactive:
            # An active line wins where it is of another period or another part.
            if _holds(line, on, True) and terms <= {_terms(line)}:
                return _described(INACTIVE, (), transaction, line)
    if holding:
        return _described(ACTIVE, (), transaction, _leading(holding))
    if active:
        return _described(INACTIVE, ("dates",), transaction, _leading(active))
    every = transaction.lines
    if every and all(line.code in codes.NOT_KNOWN for line in every):
        contact = next((entity for line in every for entity in line.detail.entities), None)
        return Status(UNDETERMINED, ("contact",), contact=contact)
    elsewhere = [line for line in lines if line.code in codes.ACTIVE]
    if elsewhere and all(line.service_type in codes.NOT_MEDICAL for line in elsewhere):
        return Status(UNDETERMINED, ("not_medical",))
    return Status(UNDETERMINED, ("not_stated",))


def _is_active(line: Line) -> bool:
    if line.code not in codes.ACTIVE:
        return False
    return line.service_type in codes.BEHAVIORAL or _is_whole(line)


def _is_whole(line: Line) -> bool:
    return line.service_type in codes.WHOLE_PLAN and not line.procedure


def _holds(line: Line, on: date | None, by_default: bool) -> bool:
    """Say whether a line holds on a date: by its own dates if it has any, else as the patient's say."""
    own = line.detail.spans
    return holds_on(own, on) if on is not None and own and has_validity(own) else by_default


def _terms(line: Line) -> tuple[object, ...]:
    """Return which part (EB04) and which period a line speaks of."""
    period = ((span.qualifier, span.start, span.end) for span in line.detail.spans)
    return (line.insurance_type, *period)


def _leading(active: Sequence[Line]) -> Line | None:
    """Return the line that speaks most of the plan as a whole, if there is any line."""
    for service_type in PLAN_FIRST:
        for line in active:
            if line.service_type == service_type:
                return line
    return active[0] if active else None


def _described(status: str, reasons: tuple[str, ...], transaction: Transaction, line: Line | None) -> Status:
    own = line.detail.spans if line is not None else ()
    plan = line.plan if line is not None else ""
    return Status(
        status,
        reasons,
        line,
        find_start(own) or find_start(transaction.spans),
        find_end(own) or find_end(transaction.spans),
        None,
        plan or next((one.plan for one in transaction.lines if one.plan and one.code in codes.ACTIVE), ""),
        line.insurance_type if line is not None else "",
    )
