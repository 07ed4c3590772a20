"""The parts of an answer that speak of one phase of care: coverage, authorization, billing."""

from __future__ import annotations

from marshmallow import fields

from schemas.answer_parts import (
    ContactSchema,
    MessageSchema,
    citations,
    count,
    list_of,
    on_day,
    one_of,
    part,
    words,
)
from schemas.fields import Moment
from schemas.model import AUTHORIZATION_STATUSES, LEVELS_OF_CARE, LIMIT_PERIODS, LIMIT_UNITS
from schemas.shapes import Flag, Shape

COVERAGE_STATUSES = ("covered", "not_covered", "undetermined")


class LimitSchema(Shape):
    """A limit with what is used and what remains of it; null where nobody said."""

    units = count()
    used = count(none=True)
    remaining = count(none=True)
    unit = one_of(LIMIT_UNITS)
    period = one_of(LIMIT_PERIODS)
    exceedable = Flag(required=True)
    citations = citations()


class CoverageSchema(Shape):
    """Whether the plan covers this level of care, with every reason."""

    status = one_of(COVERAGE_STATUSES)
    reasons = list_of(MessageSchema())
    limits = list_of(LimitSchema())


class DecisionDueSchema(Shape):
    """By when the payer has to decide."""

    standard = on_day()
    expedited = Moment(required=True, allow_none=True)


class InitialAuthorizationSchema(Shape):
    """What is authorized first."""

    units = count()
    unit = one_of(LIMIT_UNITS, none=True)


class ConcurrentReviewSchema(Shape):
    """How often the payer looks again."""

    every_days = count()


class PriorAuthorizationSchema(Shape):
    """Whether the payer must agree beforehand, and how to ask it."""

    status = one_of((*AUTHORIZATION_STATUSES, "undetermined"))
    reasons = list_of(MessageSchema())
    contact = part(ContactSchema(), none=True)
    submit_by = on_day()
    late = Flag(required=True)
    decision_due = part(DecisionDueSchema(), none=True)
    initial_authorization = part(InitialAuthorizationSchema(), none=True)
    concurrent_review = part(ConcurrentReviewSchema(), none=True)
    retro_allowed = Flag(required=True, allow_none=True)
    criteria = list_of(fields.String())
    documents = list_of(fields.String())
    citations = citations()


class BillingSchema(Shape):
    """The codes the payer wants on the claim."""

    codes = list_of(fields.String())
    revenue_codes = list_of(fields.String())
    bill_type = words()
    place_of_service = list_of(fields.String())
    modifiers = list_of(fields.String())
    condition_code = words()
    citations = citations()


class PhaseAnswerSchema(Shape):
    """Coverage, authorization and billing of one phase of care."""

    level_of_care = one_of(LEVELS_OF_CARE)
    start_date = on_day(none=False)
    end_date = on_day(none=False)
    sessions = count()
    coverage = part(CoverageSchema())
    prior_authorization = part(PriorAuthorizationSchema())
    billing = part(BillingSchema(), none=True)
