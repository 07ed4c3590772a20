"""How the list of cases that were due on a day travels: each with why, and with what was found."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE

from schemas.day_list import CHECKED_BY, FindingSchema, NamedPayerSchema
from schemas.fields import Day, Moment
from schemas.model import LEVELS_OF_CARE
from schemas.reverification import REASONS
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole, about

MANY = 100_000
NOT_POSSIBLE = "not_possible"
ROW_STATES = ("waiting", "working", "done", NOT_POSSIBLE, "failed")
DAY_STATES = (NOT_YET, WORKING, DONE) = ("not_yet", "working", "done")
PASSED_OVER = ("case_closed", "asked_meanwhile")


class DueReasonSchema(Shape):
    """Why a case was due: a code, and beside it the day and the level of care that the code speaks of."""

    class Meta:
        unknown = INCLUDE

    code = Choice(REASONS, required=True)


class UnaskableSchema(Shape):
    """What keeps a case's question from being asked again."""

    pointer = Text(200, required=True)
    code = Text(40, required=True)
    message = Text(500, required=True)


def _id(text: str) -> Any:
    return Text(36, required=True, allow_none=True, metadata=about(text))


class ReverifiedRowSchema(Shape):
    """A case that was due, and what came of it."""

    number = Whole(1, MANY, required=True)
    state = Choice(ROW_STATES, required=True)
    reasons = Items(Part(DueReasonSchema()), most=MANY, required=True)
    findings = Items(
        Part(FindingSchema()), most=MANY, required=True, metadata=about("The most urgent first.")
    )
    is_exception = Flag(required=True, metadata=about("Whether somebody has to look at it."))
    passed_over = Choice(
        PASSED_OVER,
        required=True,
        allow_none=True,
        metadata={"enum": [*PASSED_OVER, None], **about("Why it was not asked about after all.")},
    )
    errors = Items(Part(UnaskableSchema()), most=MANY, required=True)
    payer = Part(NamedPayerSchema(), required=True, allow_none=True)
    levels = Items(Choice(LEVELS_OF_CARE), most=MANY, required=True)
    checked_at = Moment(required=True, allow_none=True)
    checked_by = Choice(
        CHECKED_BY,
        required=True,
        allow_none=True,
        metadata={"enum": [*CHECKED_BY, None], **about("What the answer rests on.")},
    )
    case_id = _id("The case.")
    verification_id = _id("The answer of the day.")
    before_verification_id = _id("The answer that it is compared with.")
    newest_verification_id = _id("The newest answer of the case.")
    attempt = Whole(0, MANY, required=True)


class ReverifiedProgressSchema(Shape):
    """How many cases there are, and how far they are."""

    rows = Whole(0, MANY, required=True)
    waiting = Whole(0, MANY, required=True)
    working = Whole(0, MANY, required=True)
    done = Whole(0, MANY, required=True)
    not_possible = Whole(0, MANY, required=True)
    failed = Whole(0, MANY, required=True)
    unchanged = Whole(0, MANY, required=True)


class ReverifiedSchema(Shape):
    """The cases that were due on a day; `not_yet` where no list of that day was put up."""

    day = Day(required=True)
    state = Choice(DAY_STATES, required=True)
    created_at = Moment(required=True, allow_none=True)
    progress = Part(ReverifiedProgressSchema(), required=True)
    items = Items(
        Part(ReverifiedRowSchema()), most=MANY, required=True, metadata=about("The most urgent first.")
    )


REVERIFIED = ReverifiedSchema()
