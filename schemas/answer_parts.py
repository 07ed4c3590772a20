"""The parts that answers are made of, as marshmallow shapes for the OpenAPI document and for tests.

Every field is always there; null means that it is not known or does not apply.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schemas.fields import Day, Money
from schemas.model import CONFIDENCES, LINES_OF_BUSINESS
from schemas.shapes import Choice, Flag, Items, Part, Shape, Whole

MOST = 10_000_000
CITATION_KINDS = ("published", "reported", "told", "profile", "request")


def words(*, none: bool = True) -> fields.String:
    """Text that is always there."""
    return fields.String(required=True, allow_none=none)


def amount() -> Money:
    """Dollars, or null."""
    return Money(required=True, allow_none=True)


def on_day(*, none: bool = True) -> Day:
    """A day, or null."""
    return Day(required=True, allow_none=none)


def count(*, none: bool = False) -> Whole:
    """A whole number."""
    return Whole(0, MOST, required=True, allow_none=none)


def one_of(choices: tuple[str, ...], *, none: bool = False) -> Choice:
    """One of a few words."""
    return Choice(choices, required=True, allow_none=none)


def list_of(inner: Any) -> Items:
    """A list that is always there."""
    return Items(Part(inner) if isinstance(inner, Shape) else inner, most=MOST, required=True)


def part(inner: Shape, *, none: bool = False) -> Part:
    """An object that is always there, or null."""
    return Part(inner, required=True, allow_none=none)


def citations() -> Items:
    """Positions in the list of citations."""
    about = {"description": "Positions in the answer's list of citations."}
    return Items(Whole(0, MOST), most=MOST, required=True, metadata=about)


def params() -> fields.Dict:
    """What a sentence is filled with."""
    return fields.Dict(keys=fields.String(), required=True)


class CitationSchema(Shape):
    """Where a value comes from."""

    kind = one_of(CITATION_KINDS)
    title = words(none=False)
    url = words()
    locator = words()
    published = on_day()
    retrieved = on_day()
    confidence = one_of(CONFIDENCES)
    local = Flag(
        metadata={"description": "Only there, and true, where the clinic laid it over the rulebook."}
    )


class MessageSchema(Shape):
    """A stable code with its parameters, and the sentence it makes in the reader's language."""

    code = words(none=False)
    params = params()
    message = fields.String()
    citations = citations()


class NextStepSchema(Shape):
    """Something to do, by a day where it has one."""

    code = words(none=False)
    params = params()
    message = fields.String()
    by = on_day()
    citations = citations()


class QuestionSchema(Shape):
    """A question for the payer; `answers` points to where the answer goes in `told_benefits`."""

    code = words(none=False)
    params = params()
    question = fields.String()
    answers = words(none=False)


class PayerAnswerSchema(Shape):
    """The payer asked about."""

    id = words(none=False)
    name = words(none=False)
    line_of_business = one_of(LINES_OF_BUSINESS)


class PlanAnswerSchema(Shape):
    """The plan asked about; its name is null where the library does not have it."""

    id = words(none=False)
    name = words()


class EligibilitySchema(Shape):
    """Whether this member was confirmed, and by whom."""

    status = one_of(("active", "inactive", "undetermined"))
    basis = one_of(("reported", "told", "published", "none"))
    coverage_start = on_day()
    coverage_end = on_day()
    citations = citations()


class PotSchema(Shape):
    """One pot; `unlimited` where it was said that there is no limit."""

    limit = amount()
    met = amount()
    remaining = amount()
    unlimited = Flag(required=True)
    citations = citations()


class PotsSchema(Shape):
    """The individual and the family pot, null where nobody spoke of it."""

    individual = part(PotSchema(), none=True)
    family = part(PotSchema(), none=True)


class AccumulatorsSchema(Shape):
    """Where the pots stand, as of the day they were told or reported."""

    deductible = part(PotsSchema())
    out_of_pocket_max = part(PotsSchema())
    as_of = on_day()


class ContactSchema(Shape):
    """Whom to call or write to."""

    name = words()
    phone = words()
    portal = words()
    id = words()


class CitedContactSchema(ContactSchema):
    """A contact with its sources."""

    citations = citations()


class OtherPayerSchema(Shape):
    """Another coverage of the same person."""

    name = words(none=False)
    kind = words()
    primary = Flag(required=True, allow_none=True)
    phone = words()
    citations = citations()
