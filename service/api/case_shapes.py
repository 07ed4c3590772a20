"""How what a case holds is written: authorizations and how they stand, quotes and whether they hold.

The shapes only document: answers are written by hand, and a test holds them to their shape.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from marshmallow import Schema, fields, missing

from schemas.authorization import AUTHORIZATION
from schemas.confirmation import CONFIRMATION
from schemas.contact import CONTACT
from schemas.fields import Day, Moment, Money
from schemas.model import LEVELS_OF_CARE
from schemas.quote import QUOTE
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole
from schemas.sources import day, moment
from service.api.results import MANY, list_of
from service.api.shapes import Id
from service.casework.authorizations import Standing
from service.casework.clocks import KINDS as CLOCK_KINDS
from service.casework.clocks import Clock
from service.casework.file import CaseFile
from service.casework.quotes import received, what_moved
from service.casework.readiness import Item, is_ready
from service.store.records import Record

STATES = ("yes", "no", "ask", "not_applicable")


class StandingSchema(Shape):
    """How an authorization stands today, counted against the planned sessions and the absences."""

    used = fields.Float(required=True, metadata={"minimum": 0, "description": "Units used before today."})
    left = fields.Float(required=True, allow_none=True, metadata={"description": "Null: not by units."})
    sessions_left = Whole(0, MANY, required=True)
    ends_on = Day(required=True, allow_none=True, metadata={"description": "The last session it covers."})
    first_uncovered = Day(
        required=True,
        allow_none=True,
        metadata={"description": "The first session after it that none covers."},
    )
    review_on = Day(required=True, allow_none=True)
    review_is_ours = Flag(
        required=True, metadata={"description": "The payer named no day: three business days before its end."}
    )


class MovedSchema(Shape):
    """Why a quote no longer holds."""

    code = Text(40, required=True)
    before = Money(required=True, allow_none=True)
    after = Money(required=True, allow_none=True)


class ItemSchema(Shape):
    """One thing to settle before admission."""

    item = Text(40, required=True)
    state = Choice(STATES, required=True)
    code = Text(60, required=True)
    record = Id(required=True, allow_none=True)


class ReadinessListSchema(Shape):
    """Ready to admit: everything that has to be settled first."""

    ready = Flag(required=True)
    items = Items(Part(ItemSchema()), most=40, required=True)


class ClockSchema(Shape):
    """One clock of a case; `ours` where no payer named the day."""

    case_id = Id(required=True)
    label = Text(160, required=True, allow_none=True)
    kind = Choice(CLOCK_KINDS, required=True)
    on = Day(required=True)
    days_left = fields.Integer(required=True)
    level_of_care = Choice(LEVELS_OF_CARE, required=True)
    authorization = Id(required=True, allow_none=True)
    ours = Flag(required=True)


class HandOffSchema(Shape):
    """What billing needs of a case; what nobody said is null."""

    case_id = Id(required=True)
    external_id = Text(100, required=True, allow_none=True)
    verification_id = Id(required=True)
    verified_at = Moment(required=True)
    member = fields.Dict(required=True)
    payers = Items(
        fields.Dict(), most=40, required=True, metadata={"description": "In the order of billing."}
    )
    claims = fields.Dict(required=True)
    site = fields.Dict(required=True)
    care = Items(fields.Dict(), most=40, required=True)
    authorizations = Items(fields.Dict(), most=MANY, required=True)
    quote = fields.Dict(required=True, allow_none=True)
    calls = Items(fields.Dict(), most=MANY, required=True)
    open = Items(fields.Dict(), most=40, required=True, metadata={"description": "What is not settled yet."})
    rulebook = Text(80, required=True)


def change_of(shape: Schema) -> Schema:
    """The shape of a change: every field may be left out, and null takes it away."""
    made: dict[str, Any] = {}
    for name, field in shape.fields.items():
        free = copy.deepcopy(field)
        free.required, free.load_default, free.allow_none = False, missing, True
        if "enum" in free.metadata:
            free.metadata = {**free.metadata, "enum": [*free.metadata["enum"], None]}
        made[name] = free
    changed = Shape.from_dict(made, name=type(shape).__name__.replace("Schema", "ChangeSchema"))
    return changed()


def answer_of(shape: Schema, **more: fields.Field[Any]) -> Schema:
    """The shape of a record as it is answered: what was said, and what the service adds."""
    said: dict[str, Any] = {}
    for name, field in shape.fields.items():
        shown = copy.deepcopy(field)
        shown.load_default = missing
        said[name] = shown
    added = {
        "id": Id(required=True),
        "case_id": Id(required=True),
        "created_at": Moment(required=True),
        "created_by": Text(100, required=True),
        "updated_at": Moment(required=True),
    }
    whole = Shape.from_dict(
        {**said, **added, **more}, name=type(shape).__name__.replace("Schema", "AnswerSchema")
    )
    return whole()


AUTHORIZATION_ANSWER = answer_of(
    AUTHORIZATION, standing=Part(StandingSchema(), required=True, allow_none=True)
)
QUOTE_ANSWER = answer_of(
    QUOTE,
    verification_id=Id(required=True),
    answer=fields.Dict(required=True, metadata={"description": "What was answered, frozen."}),
    received_total=Money(required=True),
    approved_by=Text(100),
    moved=Part(MovedSchema(), required=True, allow_none=True),
)
CONTACT_ANSWER = answer_of(CONTACT)
CONFIRMATION_ANSWER = answer_of(CONFIRMATION)
READINESS_LIST = ReadinessListSchema()
HAND_OFF = HandOffSchema()
CLOCK_LIST = list_of("ClockListSchema", ClockSchema())


def record_whole(record: Record, file: CaseFile, threshold: int) -> dict[str, Any]:
    """A record of a case, with what follows from it today."""
    whole = {
        "id": record.id,
        "case_id": record.case_id,
        "created_at": moment(record.created_at),
        "created_by": record.created_by,
        "updated_at": moment(record.updated_at),
        **record.data,
    }
    if record.kind == "authorization":
        found = (one for one in file.ledger.standings if one.authorization.id == record.id)
        whole["standing"] = standing_line(next(found, None))
    if record.kind == "quote":
        moved = None if file.latest is None else what_moved(record.data["answer"], file.answer, threshold)
        whole |= {"received_total": received(record.data), "moved": None if moved is None else asdict(moved)}
    return whole


def standing_line(standing: Standing | None) -> dict[str, Any] | None:
    """How an authorization stands; null where nothing is planned that it could be counted against."""
    if standing is None:
        return None
    return {
        "used": _number(standing.used),
        "left": None if standing.left is None else _number(standing.left),
        "sessions_left": standing.sessions_left,
        "ends_on": day(standing.ends_on),
        "first_uncovered": day(standing.first_uncovered),
        "review_on": day(standing.review_on),
        "review_is_ours": standing.review_is_ours,
    }


def readiness_list(items: list[Item]) -> dict[str, Any]:
    """The list of what is to be settled."""
    return {"ready": is_ready(items), "items": [item_line(item) for item in items]}


def item_line(item: Item) -> Mapping[str, Any]:
    """One thing to settle."""
    record = None if item.record is None else item.record.id
    return {"item": item.name, "state": item.state, "code": item.code, "record": record}


def clock_line(file: CaseFile, clock: Clock) -> dict[str, Any]:
    """A clock, with what its case is called."""
    return {
        "case_id": clock.case_id,
        "label": file.case.label,
        "kind": clock.kind,
        "on": day(clock.on),
        "days_left": clock.days_left,
        "level_of_care": clock.level,
        "authorization": clock.record,
        "ours": clock.is_ours,
    }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
