"""The shape of a worked example in a payer file: what is asked, and what the published facts say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.file_fields import MONEY, RATE, Day, Pattern, Text, Whole, Word, code, key, money
from schemas.model import (
    AUTHORIZATION_STATUSES,
    CONDITIONS,
    LEVELS_OF_CARE,
    MODALITIES,
    NETWORKS,
    PROVIDER_TYPES,
)
from schemas.rule_fields import SecondarySchema

UNDETERMINED = "undetermined"
UNKNOWN = "unknown"  # nobody says what the amount or rate is


def _or_word(pattern: re.Pattern[str], wanted: str) -> Pattern:
    one = pattern.pattern
    return Pattern(re.compile(rf"{one}( or {one})*|none|{UNKNOWN}"), f"{wanted}, none, or {UNKNOWN}")


class AskSchema(Schema):
    """The question; what is left out is as in a request: in network, in person, mental health."""

    plan = key()
    level_of_care = Word(LEVELS_OF_CARE, required=True)
    date_of_service = Day(required=True)
    provider_type = Word(PROVIDER_TYPES)
    locality = Text()
    county = Text()
    condition = Word(CONDITIONS)
    modality = Word(MODALITIES)
    network = Word(NETWORKS)
    age = Whole(0)
    hours_per_week = Whole(0)


class ProgramAskSchema(AskSchema):
    """The question of a program's example: it names a payer of the program."""

    payer = key(required=True)


class AllowedSchema(Schema):
    """A price of the fee schedule."""

    code = Text(required=True)
    modifier = Text()
    amount = money(required=True)


class ExpectSchema(Schema):
    """What the published facts alone say."""

    coverage = Word(("covered", "not_covered", UNDETERMINED))
    prior_authorization = Word((*AUTHORIZATION_STATUSES, UNDETERMINED))
    copay = _or_word(MONEY, 'a quoted amount like "2.00"')
    coinsurance = _or_word(RATE, 'a quoted fraction like "0.20"')
    deductible = _or_word(MONEY, 'a quoted amount like "283.00"')
    out_of_pocket_max = _or_word(MONEY, 'a quoted amount like "6000.00"')
    allowed = fields.Nested(AllowedSchema)
    reason = code()
    secondary = fields.Nested(SecondarySchema)

    @validates_schema
    def check_something(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse an example that expects nothing."""
        if not data:
            raise ValidationError("Must expect something.")


class ExampleSchema(Schema):
    """A sentence, a question and the answer."""

    name = Text(required=True)
    ask = fields.Nested(AskSchema, required=True)
    expect = fields.Nested(ExpectSchema, required=True)


class ProgramExampleSchema(ExampleSchema):
    """A sentence, a question to a payer of the program, and the answer."""

    ask = fields.Nested(ProgramAskSchema, required=True)
