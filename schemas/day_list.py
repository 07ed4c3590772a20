"""How a list of the day's appointments travels: rows as they were typed, and each as it was answered.

What stands in a row is text, whatever it is: what cannot be used of it is told row by row, and the other
rows are done.
"""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, fields

from schemas.fields import Day, Moment
from schemas.model import LEVELS_OF_CARE
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole, about, says

MOST_ROWS = 200
LONGEST_CELL = 200
STATES = ("waiting", "working", "done", "not_readable", "failed")
CHECKED_BY = ("reported", "told", "published", "not_reached")
URGENT_FIRST = (
    "inactive",
    "payer_changed",
    "authorization_does_not_follow",
    "authorization_ends",
    "quote_moved",
    "answer_changed",
    "payer_not_reachable",
    "membership_not_confirmed",
)
"""Each of these is an exception. A payer that was not reached is why a membership is not confirmed."""

QUIET = (UNCHANGED, FIRST_TIME) = ("unchanged", "first_time")
"""What a row is told as where there is none: as it was, or asked about for the first time."""

FINDINGS = (*URGENT_FIRST, "not_readable", *QUIET)
MANY = 1000


class Cell(fields.String):
    """What stands in a column of a row: any text, or nothing."""

    default_error_messages = says(
        invalid="not_text: must be text in quotes",
        long=f"too_long: must be at most {LONGEST_CELL} characters long",
        control="control_characters: holds characters that cannot be shown; type it again as plain text",
    )

    def __init__(self, text: str, **kwargs: Any) -> None:
        kwargs["metadata"] = {"maxLength": LONGEST_CELL, **about(text)}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > LONGEST_CELL:
            raise self.make_error("long")
        if any(not one.isprintable() for one in value):
            raise self.make_error("control")
        return value.strip()


class DayRowSchema(Shape):
    """An appointment as it is typed."""

    date = Cell("YYYY-MM-DD or MM/DD/YYYY; the day of the list, if not given.")
    time = Cell("14:30 or 2:30 PM.")
    payer = Cell("A payer's id, or what is printed on the card.")
    plan = Cell("A plan's id or name.")
    member_id = Cell("As on the card.")
    first_name = Cell("As on the card.")
    last_name = Cell("As on the card.")
    birth_date = Cell("YYYY-MM-DD or MM/DD/YYYY.")
    level_of_care = Cell("By name or abbreviation; what the case asked for last, if not given.")
    site = Cell("A site's id or name; as the case has it, else the clinic's default, if not given.")
    external_id = Cell("Its id in another system.")


class NewDayListSchema(Shape):
    """The appointments of a day."""

    day = Day(metadata=about("The day of every row that names none."))
    rows = Items(Part(DayRowSchema()), most=MOST_ROWS, least=1, required=True)


class RowErrorSchema(Shape):
    """What is wrong with a column of a row."""

    field = Text(40, required=True)
    code = Text(40, required=True)
    message = Text(500, required=True)


class FindingSchema(Shape):
    """Something about a row: a code, and beside it what the code speaks of."""

    class Meta:
        unknown = INCLUDE

    code = Choice(FINDINGS, required=True)


class NamedPayerSchema(Shape):
    """The payer that answered for a row."""

    id = Text(80, required=True)
    name = Text(200, required=True)


class DayRowAnswerSchema(Shape):
    """A row: as it was typed, what is wrong with it, what was found, when and from what."""

    number = Whole(1, MOST_ROWS, required=True)
    state = Choice(STATES, required=True)
    typed = Part(DayRowSchema(), required=True)
    day = Day(required=True, allow_none=True)
    time = Text(5, required=True, allow_none=True)
    errors = Items(Part(RowErrorSchema()), most=MANY, required=True)
    findings = Items(
        Part(FindingSchema()), most=MANY, required=True, metadata=about("The most urgent first.")
    )
    is_exception = Flag(required=True, metadata=about("Whether somebody has to look at it."))
    payer = Part(NamedPayerSchema(), required=True, allow_none=True)
    levels = Items(Choice(LEVELS_OF_CARE), most=MANY, required=True)
    checked_at = Moment(required=True, allow_none=True)
    checked_by = Choice(
        CHECKED_BY,
        required=True,
        allow_none=True,
        metadata={"enum": [*CHECKED_BY, None], **about("What the answer rests on.")},
    )
    case_id = Text(36, required=True, allow_none=True)
    verification_id = Text(36, required=True, allow_none=True)
    newest_verification_id = Text(
        36, required=True, allow_none=True, metadata=about("The newest answer of its case.")
    )
    attempt = Whole(0, MANY, required=True)


class ProgressSchema(Shape):
    """How many rows there are, and how far they are."""

    rows = Whole(0, MOST_ROWS, required=True)
    waiting = Whole(0, MOST_ROWS, required=True)
    working = Whole(0, MOST_ROWS, required=True)
    done = Whole(0, MOST_ROWS, required=True)
    not_readable = Whole(0, MOST_ROWS, required=True)
    failed = Whole(0, MOST_ROWS, required=True)


class DayListLineSchema(Shape):
    """A list without its rows; nothing in it says who they are about."""

    id = Text(36, required=True)
    day = Day(required=True)
    created_at = Moment(required=True)
    created_by = Text(100, required=True)
    progress = Part(ProgressSchema(), required=True)


class DayListSchema(DayListLineSchema):
    """A list with its rows, in their order."""

    rows = Items(Part(DayRowAnswerSchema()), most=MOST_ROWS, required=True)


NEW_DAY_LIST = NewDayListSchema()
DAY_ROW = DayRowSchema()
DAY_ROW_ANSWER = DayRowAnswerSchema()
DAY_LIST_LINE = DayListLineSchema()
DAY_LIST = DayListSchema()
