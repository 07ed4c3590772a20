"""The shapes of what was paid: sessions beside their estimates, what came of a file, accuracy, rates.

They only document: `service.actuals.lines` writes the answers, and a test holds them to their shape.
"""

from __future__ import annotations

from marshmallow import fields

from schemas.actual import DECIDED, REVERSED
from schemas.answer_parts import amount, count, list_of, on_day, one_of, part, words
from schemas.answers import CERTAINTIES
from schemas.fields import Moment
from schemas.model import LEVELS_OF_CARE
from schemas.shapes import Flag, Shape
from service.actuals.importing import CSV, X12
from service.casework.actuals import CAUSES, REASONS
from service.casework.paid import SOURCES

SIGNED = "^-?(0|[1-9][0-9]*)\\.[0-9]{2}$"


def signed(*, none: bool = True) -> fields.String:
    """Dollars that may be fewer than none, or null."""
    return fields.String(required=True, allow_none=none, metadata={"pattern": SIGNED})


class ReasonSchema(Shape):
    """Why so much of a charge was not paid, in X12's codes."""

    group = words(none=False)
    code = words(none=False)
    amount = signed(none=False)


class PaidLineSchema(Shape):
    """One line as it was stated. What was typed has no codes."""

    source = one_of(SOURCES)
    control = words()
    procedure = words()
    modifiers = list_of(words(none=False))
    revenue = words()
    paid_on = on_day()
    denied = Flag(required=True)
    allowed_is_derived = Flag(required=True)
    charge = signed()
    allowed = signed()
    patient = signed()
    deductible = signed()
    copay = signed()
    coinsurance = signed()
    plan_paid = signed()
    reasons = list_of(ReasonSchema())
    reason = words()


class ExpectedSchema(Shape):
    """What the estimate said of the session, before any second coverage."""

    verification_id = words(none=False)
    certainty = one_of(CERTAINTIES)
    allowed = amount()
    patient = amount()
    deductible = amount()
    copay = amount()
    coinsurance = amount()


class CauseSchema(Shape):
    """So much of the difference has this cause."""

    cause = one_of(CAUSES)
    amount = signed(none=False)


class DifferenceSchema(Shape):
    """Actual less expected, and why; where nothing can be compared, the reason for that."""

    reason = one_of(REASONS, none=True)
    difference = signed()
    allowed_difference = signed()
    causes = list_of(CauseSchema())


class ActualAnswerSchema(Shape):
    """One session: what was paid, what was expected, how they differ."""

    id = words(none=False)
    case_id = words(none=False)
    date_of_service = on_day(none=False)
    level_of_care = one_of(LEVELS_OF_CARE, none=True)
    status = one_of((*DECIDED, REVERSED))
    allowed = signed()
    patient = signed()
    deductible = signed()
    copay = signed()
    coinsurance = signed()
    plan_paid = signed()
    lines = list_of(PaidLineSchema())
    earlier = list_of(PaidLineSchema())
    expected = part(ExpectedSchema(), none=True)
    comparison = part(DifferenceSchema())
    created_at = Moment(required=True)
    created_by = words(none=False)
    updated_at = Moment(required=True)


class TakenErrorSchema(Shape):
    """One thing to mend in a row."""

    pointer = words(none=False)
    code = words(none=False)
    message = words(none=False)


class TakenRowSchema(Shape):
    """What came of a row, or of a day of a claim. `mark` tells apart numbers that were not found."""

    row = count()
    outcome = words(none=False)
    case_id = words()
    date_of_service = on_day()
    level_of_care = one_of(LEVELS_OF_CARE, none=True)
    mark = words()
    segment = count(none=True)
    errors = list_of(TakenErrorSchema())


class OutcomeCountSchema(Shape):
    """How many rows had an outcome."""

    outcome = words(none=False)
    rows = count()


class TakenNoteSchema(Shape):
    """Something odd about a remittance advice, and the number of its segment."""

    code = words(none=False)
    segment = count(none=True)


class TakenSchema(Shape):
    """What came of a file. Nothing in it says who anybody is."""

    form = one_of((X12, CSV))
    remittances = count()
    provider_adjustments = count()
    counts = list_of(OutcomeCountSchema())
    rows = list_of(TakenRowSchema())
    notes = list_of(TakenNoteSchema())


class ErrorsSchema(Shape):
    """How far off amounts were; null where there are too few to say anything (`enough` is false)."""

    n = count()
    enough = Flag(required=True)
    within_5_percent = words()
    within_10_percent = words()
    within_10_dollars = words()
    median_error = amount()
    bias = signed()


class CauseSumSchema(Shape):
    """How many sessions differed for a cause, and by how much together."""

    cause = one_of(CAUSES)
    sessions = count()
    amount = signed(none=False)


class AccuracyLineSchema(ErrorsSchema):
    """The sessions of a payer at a level whose estimates were as certain, and the whole episodes."""

    payer = words(none=False)
    level_of_care = words(none=False)
    certainty = one_of(CERTAINTIES)
    denied = count()
    causes = list_of(CauseSumSchema())
    episodes = part(ErrorsSchema())


class NotComparedSchema(Shape):
    """How many sessions were not compared, and why."""

    reason = one_of(REASONS)
    sessions = count()


class AccuracySchema(Shape):
    """How good estimates were."""

    items = list_of(AccuracyLineSchema())
    not_compared = list_of(NotComparedSchema())


class ProposedRateSchema(Shape):
    """A contracted rate that paid sessions speak against; `snippet` is what to write into the profile."""

    site = words(none=False)
    payer = words(none=False)
    level_of_care = one_of(LEVELS_OF_CARE)
    codes = words()
    old = amount()
    new = amount()
    sessions = count()
    since = on_day(none=False)
    derived = Flag(required=True)
    snippet = words()


ACTUAL_ANSWER = ActualAnswerSchema()
TAKEN = TakenSchema()
ACCURACY = AccuracySchema()
