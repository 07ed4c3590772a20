"""The fields that a payer file may state, each with the shape of its dated values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.dated import AgesSchema, Dated
from schemas.file_fields import (
    MONTH_DAY,
    Flag,
    Pattern,
    Scalars,
    Table,
    Text,
    Whole,
    Word,
    code,
    https,
    items,
)
from schemas.file_fields import money as money_field
from schemas.file_fields import rate as rate_field
from schemas.model import (
    AUTHORIZATION_STATUSES,
    CLINICIANS,
    CONDITIONS,
    COPAY_UNITS,
    LIMIT_PERIODS,
    LIMIT_UNITS,
    MODALITIES,
    PROVIDER_TYPES,
)

CLOCK_UNITS = ("calendar_days", "business_days", "hours")
AUTHORIZATION_HINTS = ("authorization_or_notification", "may_be_required", "some_authorization")
SECONDARY_KINDS = ("supplement", "zero_share", "medicaid", "premium_only", "coordination")


class ContactSchema(Schema):
    """Whom to call or write to."""

    name = Text(required=True)
    phone = Text()
    portal = https()
    id = Text()


class ClockSchema(Schema):
    """How long a payer may take."""

    n = Whole(1, required=True)
    unit = Word(CLOCK_UNITS, required=True)
    extension = Whole(1)


class ClocksSchema(Schema):
    """The standard and the expedited clock; at least one of the two."""

    standard = fields.Nested(ClockSchema)
    expedited = fields.Nested(ClockSchema)

    @validates_schema
    def check_something(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse clocks that say nothing."""
        if not data:
            raise ValidationError("Must say standard, expedited, or both.")


class CopaySchema(Schema):
    """A fixed amount, and what it is due for."""

    amount = money_field(required=True)
    per = Word(COPAY_UNITS)
    max_units = Whole(1)


class OneOrSeveral(fields.Field[Any]):
    """A value, or a list of at least two of which nobody says which one holds."""

    def __init__(self, shape: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = shape

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            return self.shape.deserialize(value)
        if len(value) < 2:
            raise ValidationError("A list must name at least two: write a single one without brackets.")
        return [self.shape.deserialize(one) for one in value]


class ThenSchema(Schema):
    """What a cost share turns into."""

    after_units = Whole(1, required=True)
    copay = fields.Nested(CopaySchema)
    coinsurance = rate_field()
    deductible_applies = Flag()


class LimitSchema(Schema):
    """A limit of visits, days, hours or units in a period."""

    units = Whole(0, required=True)
    unit = Word(LIMIT_UNITS, required=True)
    period = Word(LIMIT_PERIODS, required=True)
    exceedable = Flag()


class CertificationSchema(Schema):
    """Who certifies the need, for how many hours a week, and how often again."""

    by = code(required=True)
    hours_per_week = Whole(1)
    recertify_days = Whole(1)


class BillingSchema(Schema):
    """The codes a payer wants on the claim."""

    codes = items(Text())
    revenue_codes = items(Text())
    bill_type = Text()
    place_of_service = items(Text())
    modifiers = items(Text())
    condition_code = Text()


class NoteSchema(Schema):
    """A sentence that the answer must carry, by its code; its source is the list's, or its own."""

    code = code(required=True)
    params = Scalars()
    source = Text()
    at = Text()

    @validates_schema
    def check_source(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a source without a place in it, or a place without a source."""
        if ("source" in data) != ("at" in data):
            raise ValidationError("A source of its own needs both source and at.")


class ClaimsSchema(Schema):
    """Where claims go, and by when."""

    payer_id = Text()
    address = Text()
    timely_filing_days = Whole(1)
    assignment_of_benefits = Flag()


class SecondarySchema(Schema):
    """What a coverage pays after another one; fractions of the primary's parts, and amounts."""

    kind = Word(SECONDARY_KINDS, required=True)
    coinsurance = rate_field()
    deductible = rate_field()
    office_visit_copay = money_field()
    yearly_limit = money_field()


# Sentences beside the verdicts: of one level, or, among a payer's facts, of them all.
NOTED: Mapping[str, Dated] = {
    "coverage_notes": Dated(items(fields.Nested(NoteSchema))),
    "authorization_notes": Dated(items(fields.Nested(NoteSchema))),
}

SERVICE_FIELDS: Mapping[str, Dated] = {
    "covered": Dated(Flag(), disputable=True),
    "prior_authorization": Dated(Word(AUTHORIZATION_STATUSES), disputable=True),
    "authorization_hint": Dated(Word(AUTHORIZATION_HINTS)),
    "authorization_contact": Dated(fields.Nested(ContactSchema)),
    "authorization_clock": Dated(fields.Nested(ClocksSchema), disputable=True),
    "authorization_unit": Dated(Word(LIMIT_UNITS)),
    "criteria": Dated(items(Text())),
    "documents": Dated(items(Text())),
    "initial_units": Dated(Whole(1), disputable=True),
    "review_every_days": Dated(Whole(1), disputable=True),
    "retro_allowed": Dated(Flag()),
    "referral_required": Dated(Flag(), disputable=True),
    "copay": Dated(OneOrSeveral(fields.Nested(CopaySchema)), none_means_none=True, disputable=True),
    "coinsurance": Dated(rate_field(), none_means_none=True, disputable=True),
    "coinsurance_max": Dated(money_field()),
    "deductible_applies": Dated(Flag(), disputable=True),
    "then": Dated(fields.Nested(ThenSchema), none_means_none=True),
    "allowed_amount": Dated(money_field(), disputable=True),
    "limits": Dated(items(fields.Nested(LimitSchema)), none_means_none=True),
    "provider_types": Dated(items(Word(PROVIDER_TYPES))),
    "minimum_hours_per_week": Dated(Whole(1)),
    "modalities": Dated(items(Word(MODALITIES))),
    "conditions": Dated(items(Word(CONDITIONS))),
    "ages": Dated(fields.Nested(AgesSchema)),
    "certification": Dated(fields.Nested(CertificationSchema)),
    "clinician_rates": Dated(Table(Word(CLINICIANS), rate_field())),
    "facility_fee": Dated(Flag()),
    "billing": Dated(fields.Nested(BillingSchema)),
    "notes": Dated(items(fields.Nested(NoteSchema))),
    **NOTED,
}

FACT_FIELDS: Mapping[str, Dated] = {
    "behavioral_manager": Dated(fields.Nested(ContactSchema), none_means_none=True),
    "contact": Dated(fields.Nested(ContactSchema)),
    "plan_year_start": Dated(Pattern(MONTH_DAY, 'a quoted month and day, like "01-01"')),
    "plan_type": Dated(Text()),
    "claims": Dated(fields.Nested(ClaimsSchema)),
    "balance_billing": Dated(Flag()),
    "copay_is_all": Dated(Flag()),
    "secondary": Dated(fields.Nested(SecondarySchema)),
    **NOTED,
    "share_of_cost": Dated(Flag()),
}

MEDICAL_FIELDS: Mapping[str, Dated] = {
    "limited": Dated(Flag()),
    "prior_authorization": Dated(Word(AUTHORIZATION_STATUSES)),
}

POT_FIELDS: Mapping[str, Dated] = {
    "individual": Dated(money_field(), none_means_none=True, disputable=True),
    "family": Dated(money_field(), none_means_none=True, disputable=True),
}

LAW_POT_FIELDS: Mapping[str, Dated] = {
    "individual": Dated(money_field(), none_means_none=True),
    "family": Dated(money_field(), none_means_none=True),
}

HOURS_FIELDS: Mapping[str, Dated] = {"hours_per_week": Dated(fields.Nested(AgesSchema))}

ServiceSchema = Schema.from_dict(dict(SERVICE_FIELDS), name="ServiceSchema")
FactsSchema = Schema.from_dict(dict(FACT_FIELDS), name="FactsSchema")
MedicalSchema = Schema.from_dict(dict(MEDICAL_FIELDS), name="MedicalSchema")
PotSchema = Schema.from_dict(dict(POT_FIELDS), name="PotSchema")
LawPotSchema = Schema.from_dict(dict(LAW_POT_FIELDS), name="LawPotSchema")
LawPotsSchema = Schema.from_dict(
    {name: fields.Nested(LawPotSchema) for name in ("deductible", "out_of_pocket_max")}, name="LawPotsSchema"
)
HoursSchema = Schema.from_dict(dict(HOURS_FIELDS), name="HoursSchema")
