"""What the API answers besides verifications: lists, cases, payers, health; and how each is written.

The shapes only document: answers are written by hand, and a test holds them to their shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from marshmallow import Schema, fields

from schemas.answer_parts import CitationSchema, EligibilitySchema, PayerAnswerSchema
from schemas.answers import ESTIMATE, PhaseAnswerSchema
from schemas.comparison import MOST_PLANS
from schemas.fields import Day, Moment
from schemas.freshness import REASONS
from schemas.model import CONFIDENCES
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole
from schemas.sources import day, moment
from service.api.shapes import VERIFICATION_STATUSES, Id
from service.documents import KINDS as DOCUMENTS
from service.store.cases import STATUSES as CASE_STATUSES
from service.store.cases import Case
from service.store.timeline import Event
from service.store.verifications import Summary

MANY = 100_000
PAYER_ID = {
    "name": "payer_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80},
}


DOCUMENT_KIND = {
    "name": "kind",
    "in": "path",
    "required": True,
    "description": "`benefits` is the whole form, `letter` one page for the patient in plain words, "
    "`good_faith_estimate` what the care costs without insurance.",
    "schema": {"type": "string", "enum": [*DOCUMENTS]},
}


def list_of(name: str, items: Schema, next_: fields.Field[Any] | None = None) -> Schema:
    shape = Shape.from_dict(
        {
            "items": Items(Part(items), most=200, required=True),
            "next": next_
            or Id(required=True, allow_none=True, metadata={"description": "The next page's cursor."}),
        },
        name=name,
    )
    return shape()


class SummarySchema(Shape):
    """One line of a list of verifications; nothing in it says who the member is."""

    id = Id(required=True)
    case_id = Id(required=True)
    created_at = Moment(required=True)
    status = Choice(VERIFICATION_STATUSES, required=True)
    approval = Text(16, required=True)
    payer = Text(80, required=True)
    plan = Text(200, required=True, allow_none=True)
    site = Text(80, required=True)
    start_date = Day(required=True)
    replaces = Id(required=True, allow_none=True)


class CaseSchema(Shape):
    """A person being admitted."""

    id = Id(required=True)
    status = Choice(CASE_STATUSES, required=True)
    owner = Text(100, required=True, allow_none=True)
    label = Text(160, required=True, allow_none=True)
    external_id = Text(100, required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    verifications = Items(Id(), most=MANY, metadata={"description": "Newest first; not in lists."})


class EventSchema(Shape):
    """One thing that happened to a case."""

    id = Id(required=True)
    at = Moment(required=True)
    kind = Text(32, required=True)
    by = Text(100, required=True)
    data = fields.Dict(required=True)


class ComparedSchema(Shape):
    """One care plan: what was determined of each phase, and its estimate."""

    name = Text(120, required=True)
    eligibility = Part(EligibilitySchema(), required=True)
    phases = Items(Part(PhaseAnswerSchema()), most=MANY, required=True)
    estimate = Part(ESTIMATE, required=True)
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


class ComparisonAnswerSchema(Shape):
    """Care plans side by side, in the order they were sent."""

    items = Items(Part(ComparedSchema()), most=MOST_PLANS, required=True)


class NetworkIdSchema(Shape):
    """A payer's id in one network."""

    network = Text(40, required=True)
    id = Text(80, required=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class MemberIdSchema(Shape):
    """What this payer's member ids look like."""

    hint = Text(200, required=True, allow_none=True)
    strict = Flag(required=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class PayerWholeSchema(PayerAnswerSchema):
    """A payer with everything it is known by."""

    aliases = Items(Text(200), most=MANY, required=True)
    ids = Items(Part(NetworkIdSchema()), most=MANY, required=True)
    member_id = Part(MemberIdSchema(), required=True, allow_none=True)
    plans = Whole(0, MANY, required=True, metadata={"description": "How many plans the rulebook knows."})
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


class SourceSchema(Shape):
    """What a payer's rules rest on."""

    id = Text(80, required=True)
    title = Text(400, required=True)
    url = Text(1000, required=True, allow_none=True)
    published = Day(required=True, allow_none=True)
    retrieved = Day(required=True)
    confidence = Choice(CONFIDENCES, required=True)
    local = Flag(
        metadata={"description": "Only there, and true, where the clinic laid it over the rulebook."}
    )
    values = Whole(0, MANY, required=True, metadata={"description": "How many values in force rest on it."})
    confirm = Items(
        Choice(REASONS),
        most=len(REASONS),
        required=True,
        metadata={"description": "Why its values should be confirmed with the payer."},
    )


class PlanNameSchema(Shape):
    """The plan asked for; without a name where the rulebook does not know it."""

    id = Text(200, required=True)
    name = Text(300, required=True, allow_none=True)


class PublishedSchema(Shape):
    """What is published: facts as `{"value": …, "citations": [numbers]}`; what is not there is not known."""

    payer = Part(PayerAnswerSchema(), required=True)
    plan = Part(PlanNameSchema(), required=True, allow_none=True)
    site = Text(80, required=True)
    date_of_service = Day(required=True)
    benefits = fields.Dict(required=True)
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


class HealthSchema(Shape):
    """Alive."""

    status = Choice(("ok",), required=True)


class ChecksSchema(Shape):
    """What has to hold for the service to answer."""

    database = Flag(required=True)
    migrations = Flag(required=True)
    rulebook = Flag(required=True)


class ReadinessSchema(Shape):
    """Ready."""

    status = Choice(("ready",), required=True)
    checks = Part(ChecksSchema(), required=True)
    payers = Items(
        Id(),
        most=1000,
        required=True,
        metadata={"description": "Connections left alone, for their payer failed lately."},
    )


VERIFICATION_LIST = list_of("VerificationListSchema", SummarySchema())
CASE = CaseSchema()
CASE_LIST = list_of("CaseListSchema", CASE)
TIMELINE = list_of("TimelineSchema", EventSchema())
PAYER = PayerWholeSchema()
PAYER_LIST = list_of("PayerListSchema", PayerAnswerSchema(), Text(200, required=True, allow_none=True))
SOURCE_LIST = list_of("SourceListSchema", SourceSchema(), Text(200, required=True, allow_none=True))
COMPARISON_ANSWER = ComparisonAnswerSchema()
BENEFITS = PublishedSchema()
HEALTH = HealthSchema()
READINESS = ReadinessSchema()


def summaries(items: Iterable[Summary]) -> list[dict[str, Any]]:
    """Lines of a list of verifications."""
    return [
        {
            "id": item.id,
            "case_id": item.case_id,
            "created_at": moment(item.created_at),
            "status": item.status,
            "approval": item.approval,
            "payer": item.payer,
            "plan": item.plan,
            "site": item.site,
            "start_date": day(item.start_date),
            "replaces": item.replaces,
        }
        for item in items
    ]


def case_line(case: Case) -> dict[str, Any]:
    """A case as a line of a list."""
    return {
        "id": case.id,
        "status": case.status,
        "owner": case.owner,
        "label": case.label,
        "external_id": case.external_id,
        "created_at": moment(case.created_at),
        "updated_at": moment(case.updated_at),
    }


def case_whole(case: Case, verifications: Sequence[str]) -> dict[str, Any]:
    """A case with the ids of its verifications."""
    return {**case_line(case), "verifications": list(verifications)}


def event_line(event: Event) -> dict[str, Any]:
    """A line of a timeline."""
    return {
        "id": event.id,
        "at": moment(event.at),
        "kind": event.kind,
        "by": event.by,
        "data": dict(event.data),
    }
