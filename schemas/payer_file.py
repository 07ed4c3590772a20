"""The shape of a payer file: one payer, its sources, facts, plans, fee schedules and worked examples.

A program's file has the same sections: they hold for every payer that names the program.

Everything here judges plain data: what YAML holds, with dates written `YYYY-MM-DD`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.dated import Dated
from schemas.example_file import ExampleSchema, ProgramExampleSchema
from schemas.faults import Fault, Path, flatten
from schemas.file_fields import Day, Flag, Pattern, Regex, Table, Text, Whole, Word, https, items, key
from schemas.model import CONFIDENCES, LEVELS_OF_CARE, LINES_OF_BUSINESS, NETWORKS, TOLD
from schemas.rule_fields import (
    SERVICE_FIELDS,
    FactsSchema,
    HoursSchema,
    LawPotSchema,
    LawPotsSchema,
    MedicalSchema,
    PotSchema,
    ServiceSchema,
)

ASK_FIRST = ("medicare_advantage", "qmb", "other_coverage", "managed_care_plan")
CLASSIFICATIONS = ("outpatient", "inpatient", "emergency")
SERVICE_TYPE = re.compile(r"[A-Z0-9]{1,2}")
CSV_FILE = re.compile(r"fees/[a-z0-9][a-z0-9.-]*\.csv")


class SourceSchema(Schema):
    """A document that values are taken from."""

    title = Text(required=True)
    url = https(required=True, allow_none=True)
    published = Day(required=True, allow_none=True)
    retrieved = Day(required=True)
    confidence = Word(CONFIDENCES, required=True)
    approved_by = Text()
    holds_until = Day()

    @validates_schema
    def check_told(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse what was told and nobody approved, and an end where nothing was told."""
        if {"approved_by", "holds_until"} & data.keys() and data.get("confidence") != TOLD:
            raise ValidationError("approved_by and holds_until are of what was told.")
        if data.get("confidence") == TOLD and not {"approved_by", "holds_until"} <= data.keys():
            raise ValidationError("What was told says approved_by and holds_until.")


class NetworkIdSchema(Schema):
    """A payer's id in one network."""

    network = key(required=True)
    id = Text(required=True)
    source = Text(required=True)
    at = Text(required=True)


class MemberIdSchema(Schema):
    """The shape of a member id; where it is not strict, another shape only warns."""

    pattern = Regex(required=True)
    strict = Flag()
    hint = Text()
    source = Text(required=True)
    at = Text(required=True)


class InquirySchema(Schema):
    """Which service types a payer takes in a live inquiry, and how many of them in one."""

    service_types = items(
        Pattern(SERVICE_TYPE, 'a quoted service type of one or two characters, like "MH" or "30"'),
        required=True,
    )
    at_once = Whole(1)
    source = Text(required=True)
    at = Text(required=True)


class IdentitySchema(Schema):
    """Who the payer is."""

    id = key(required=True)
    name = Text(required=True)
    aliases = items(Text())
    line_of_business = Word(LINES_OF_BUSINESS, required=True)
    program = key()
    ids = items(fields.Nested(NetworkIdSchema))
    member_id = fields.Nested(MemberIdSchema)
    inquiry = fields.Nested(InquirySchema)
    ask_first = items(Word(ASK_FIRST))


class CostShareSchema(Schema):
    """The pots of one network."""

    deductible = fields.Nested(PotSchema)
    out_of_pocket_max = fields.Nested(PotSchema)


def _sections() -> dict[str, Any]:
    return {
        "facts": fields.Nested(FactsSchema),
        "cost_share": Table(Word(NETWORKS), fields.Nested(CostShareSchema)),
        "services": Table(Word(LEVELS_OF_CARE), fields.Nested(ServiceSchema)),
        "medical": Table(Word(CLASSIFICATIONS), fields.Nested(MedicalSchema)),
    }


PlanSchema = Schema.from_dict(
    {"name": Text(required=True), "aliases": items(Text()), **_sections()}, name="PlanSchema"
)


def _csv_file() -> Pattern:
    return Pattern(CSV_FILE, "a table beside the payer files, like fees/example.csv", required=True)


class ScheduleSchema(Schema):
    """A fee schedule that the payer pays by, and for which levels of care."""

    file = _csv_file()
    levels = items(Word(LEVELS_OF_CARE))


class WageIndexesSchema(Schema):
    """The table of wage indexes."""

    file = _csv_file()


PayerFileSchema = Schema.from_dict(
    {
        "payer": fields.Nested(IdentitySchema, required=True),
        "sources": Table(key(), fields.Nested(SourceSchema), required=True),
        **_sections(),
        "plans": Table(key(), fields.Nested(PlanSchema)),
        "fees": items(fields.Nested(ScheduleSchema)),
        "wage_indexes": fields.Nested(WageIndexesSchema),
        "examples": items(fields.Nested(ExampleSchema)),
    },
    name="PayerFileSchema",
)


class ProgramIdentitySchema(Schema):
    """What the program is called."""

    id = key(required=True)
    name = Text(required=True)


ProgramFileSchema = Schema.from_dict(
    {
        "program": fields.Nested(ProgramIdentitySchema, required=True),
        "sources": Table(key(), fields.Nested(SourceSchema), required=True),
        **_sections(),
        "examples": items(fields.Nested(ProgramExampleSchema)),
    },
    name="ProgramFileSchema",
)

MEDICAID_REGIONS = tuple("ABCDEFGHI")
PLAN_MEMBERS = ("long_term_care", "children_with_complex_conditions", "children_in_child_welfare")


class MedicaidPlanSchema(Schema):
    """A plan of Florida Medicaid: for which members, in which regions, and who runs it.

    `regions` are those it is known to be in, `perhaps` those of which nobody says; in any other it is not.
    """

    name = Text(required=True)
    members = Word(PLAN_MEMBERS)
    regions = Dated(items(Word(MEDICAID_REGIONS)), required=True)
    perhaps = Dated(items(Word(MEDICAID_REGIONS)))
    operated_by = Dated(Text())


ServicesFileSchema = Schema.from_dict(
    {
        "sources": Table(key(), fields.Nested(SourceSchema), required=True),
        "levels": Table(Word(LEVELS_OF_CARE), fields.Nested(HoursSchema)),
        "legal_maximum": Table(Word(LINES_OF_BUSINESS), fields.Nested(LawPotSchema)),
        "high_deductible": fields.Nested(LawPotsSchema),
        "clocks": Table(Word(LINES_OF_BUSINESS), SERVICE_FIELDS["authorization_clock"]),
        "medicaid_regions": Table(Word(MEDICAID_REGIONS), Dated(items(Text()))),
        "medicaid_plans": Table(key(), fields.Nested(MedicaidPlanSchema)),
    },
    name="ServicesFileSchema",
)

LibraryFileSchema = Schema.from_dict(
    {"sources": Table(key(), fields.Nested(SourceSchema), required=True)}, name="LibraryFileSchema"
)

_PAYER_FILE = PayerFileSchema()
_PROGRAM_FILE = ProgramFileSchema()
_SERVICES_FILE = ServicesFileSchema()
_LIBRARY_FILE = LibraryFileSchema()


def payer_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of a payer file; a source that nothing knows is wrong too."""
    return list(flatten(_PAYER_FILE.validate(data))) or unknown_sources(data)


def program_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of a program's file."""
    return list(flatten(_PROGRAM_FILE.validate(data))) or unknown_sources(data)


def services_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of services.yaml."""
    return list(flatten(_SERVICES_FILE.validate(data))) or unknown_sources(data)


def library_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of plans.yaml."""
    return list(flatten(_LIBRARY_FILE.validate(data)))


def cited_sources(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield each place that names a source, and the source's key."""
    if isinstance(data, Mapping):
        if "source" in data and "at" in data:
            yield (*path, "source"), data["source"]
        for name, inner in data.items():
            if name not in ("sources", "params"):
                yield from cited_sources(inner, (*path, name))
    elif isinstance(data, list):
        for index, inner in enumerate(data):
            yield from cited_sources(inner, (*path, index))


def unknown_sources(data: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each place that names a source which the data does not have."""
    return [
        Fault(path, f"No source is called {source}; sources has: {', '.join(data['sources'])}.")
        for path, source in cited_sources(data)
        if source not in data["sources"]
    ]
