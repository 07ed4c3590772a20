"""The shapes of what the service answers, for the OpenAPI document and for tests.

Nothing is dumped with them: an answer is written by plain functions (`schemas.determination`).
"""

from __future__ import annotations

from marshmallow import fields

from schemas.answer_parts import (
    AccumulatorsSchema,
    CitationSchema,
    CitedContactSchema,
    EligibilitySchema,
    MessageSchema,
    NextStepSchema,
    OtherPayerSchema,
    PayerAnswerSchema,
    PlanAnswerSchema,
    QuestionSchema,
    amount,
    citations,
    count,
    list_of,
    on_day,
    one_of,
    part,
    words,
)
from schemas.answer_phases import PhaseAnswerSchema
from schemas.fields import Moment
from schemas.inquiry import VerificationRequestSchema
from schemas.model import LEVELS_OF_CARE, NETWORKS
from schemas.shapes import Flag, Part, Shape, about

__all__ = [
    "COLLECT_WORDS",
    "ESTIMATE",
    "VERIFICATION",
    "EstimateSchema",
    "MessageSchema",
    "PhaseAnswerSchema",
]

STATUSES = ("complete", "pending_live", "degraded")
CERTAINTIES = ("exact", "estimated", "indicative")
WITNESSES = ("published", "reported", "told")
ORDER_STATUSES = ("settled", "ask")
COLLECT_WORDS = ("yes", "no", "ask")


class AssumptionSchema(MessageSchema):
    """An input that nobody knows; `moves` is by how much it widens the range, null where nobody can say."""

    moves = amount()


class PhaseCostSchema(Shape):
    """What one phase costs."""

    level_of_care = one_of(LEVELS_OF_CARE)
    sessions = count()
    allowed = amount()
    patient = amount()
    plan = amount()
    secondary = amount()
    write_off = amount()
    typical_session = amount()


class WeekCostSchema(Shape):
    """What one calendar week costs, and what is left in the pots at its end."""

    week_of = on_day(none=False)
    sessions = count()
    patient = amount()
    plan = amount()
    secondary = amount()
    write_off = amount()
    deductible_remaining = amount()
    out_of_pocket_remaining = amount()


class SessionCostSchema(Shape):
    """One session: each step of the arithmetic, and the citations its numbers rest on."""

    date = on_day(none=False)
    phase = count()
    covered = Flag(required=True, allow_none=True)
    allowed = amount()
    deductible = amount()
    copay = amount()
    coinsurance = amount()
    share = amount()
    patient = amount()
    plan = amount()
    secondary = amount()
    write_off = amount()
    deductible_remaining = amount()
    out_of_pocket_remaining = amount()
    reason = words()
    facts = citations()


class SelfPayComparisonSchema(Shape):
    """The same sessions at the clinic's self-pay rate."""

    amount = amount()
    sessions = count()


class EstimateSchema(Shape):
    """Low, expected and high cost to the patient, and everything they are made of."""

    certainty = one_of(CERTAINTIES)
    currency = one_of(("USD",))
    low = amount()
    expected = amount()
    high = amount()
    formula = part(MessageSchema(), none=True)
    total_allowed_expected = amount()
    plan_pays_expected = amount()
    secondary_pays_expected = amount()
    write_off_expected = amount()
    balance_billing = amount()
    self_pay = amount()
    sessions = count()
    first_session = amount()
    typical_session = amount()
    last_session = amount()
    by_phase = list_of(PhaseCostSchema())
    by_week = list_of(WeekCostSchema())
    assumptions = list_of(AssumptionSchema())
    trace = list_of(SessionCostSchema())
    self_pay_comparison = part(SelfPayComparisonSchema(), none=True)


class CollectSchema(Shape):
    """What may be collected, and when."""

    amount = amount()
    when = on_day()
    allowed = one_of(COLLECT_WORDS)
    reasons = list_of(MessageSchema())


class WitnessValueSchema(Shape):
    """What one witness says."""

    witness = one_of(WITNESSES)
    value = fields.Raw(required=True, allow_none=True)
    citations = citations()


class DisagreementSchema(Shape):
    """Witnesses who differ, all kept, and which value was believed."""

    about = words(none=False)
    values = list_of(WitnessValueSchema())
    settled = fields.Raw(required=True, allow_none=True)


class ChangeSchema(Shape):
    """A field that differs from the verification that this one replaces."""

    pointer = words(none=False)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ProducedBySchema(Shape):
    """What the answer was made from: digests of rulebook, its files and the profile; version and time."""

    rulebook = words(none=False)
    files = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    profile = words(none=False)
    engine = words(none=False)
    at = Moment(required=True)


class PlaceSchema(Shape):
    """A coverage in the order of payment, by its index among those that were sent."""

    coverage = count()
    payer = part(PayerAnswerSchema())
    plan = words()
    pays = Flag(required=True)
    priced = Flag(required=True)


class OrderQuestionSchema(QuestionSchema):
    """A question about the order; `answers` points into the request, `needed` where the order hangs on it."""

    needed = Flag(required=True)


class CoordinationSchema(MessageSchema):
    """Which coverage pays first, in short; the order with its reasons, and what has to be asked."""

    status = one_of(ORDER_STATUSES)
    order = list_of(PlaceSchema())
    reasons = list_of(MessageSchema())
    questions = list_of(OrderQuestionSchema())


class VerificationSchema(Shape):
    """A verification: what was asked, every witness weighed, what was answered and what it rests on."""

    id = words(none=False)
    case_id = words(none=False)
    created_at = Moment(required=True)
    status = one_of(STATUSES)
    approval = words(none=False)
    replaces = words()
    changes = list_of(ChangeSchema())
    request = Part(
        VerificationRequestSchema(),
        required=True,
        metadata=about("What was asked, with all that was told since; without `payer_reply`."),
    )
    payer = part(PayerAnswerSchema())
    plan = part(PlanAnswerSchema(), none=True)
    network = one_of(NETWORKS)
    site = words(none=False)
    eligibility = part(EligibilitySchema())
    accumulators = part(AccumulatorsSchema())
    administrator = part(CitedContactSchema(), none=True)
    contact = part(CitedContactSchema(), none=True)
    other_payers = list_of(OtherPayerSchema())
    coordination = part(CoordinationSchema(), none=True)
    phases = list_of(PhaseAnswerSchema())
    estimate = part(EstimateSchema())
    collect = part(CollectSchema())
    steps = list_of(MessageSchema())
    disagreements = list_of(DisagreementSchema())
    warnings = list_of(MessageSchema())
    parity_flags = list_of(MessageSchema())
    next_steps = list_of(NextStepSchema())
    call_script = list_of(QuestionSchema())
    citations = list_of(CitationSchema())
    produced_by = part(ProducedBySchema())


ESTIMATE = EstimateSchema()
VERIFICATION = VerificationSchema()
