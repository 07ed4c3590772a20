"""What the API answers of the words on a card: payers, who manages and who decides, and other names on it."""

from __future__ import annotations

from marshmallow import fields

from schemas.answer_parts import CitationSchema, PayerAnswerSchema
from schemas.cards_file import KINDS
from schemas.shapes import Choice, Items, Part, Shape, Text, Whole
from service.api.results import MANY, NetworkIdSchema
from service.printed import DECIDES


class CardContactSchema(Shape):
    """Whom to call or write to."""

    name = Text(300, required=True)
    phone = Text(80, required=True, allow_none=True)
    portal = Text(1000, required=True, allow_none=True)


class SourcedContactSchema(Shape):
    """A contact with its sources; `value` is null where it is published that there is none."""

    value = Part(CardContactSchema(), required=True, allow_none=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class SentenceSchema(Shape):
    """A stable code with its parameters, and the sentence it makes in the reader's language."""

    code = Text(80, required=True)
    params = fields.Dict(required=True)
    message = Text(2000, required=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class DecisionSchema(SentenceSchema):
    """Who decides on authorization, as far as is published."""

    decided_by = Choice(DECIDES, required=True)


class VerifyWithSchema(Shape):
    """Where coverage is verified."""

    contact = Part(SourcedContactSchema(), required=True, allow_none=True)
    ids = Items(Part(NetworkIdSchema()), most=MANY, required=True)


class MatchSchema(Shape):
    """A payer that a card may mean, who manages its behavioral health, and where to verify."""

    payer = Part(PayerAnswerSchema(), required=True)
    score = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    matched = Text(300, required=True, metadata={"description": "By which of its names."})
    through = Text(
        80,
        required=True,
        allow_none=True,
        metadata={"description": "The entry that leads here, where the payer's own names do not."},
    )
    behavioral_manager = Part(SourcedContactSchema(), required=True, allow_none=True)
    verify_with = Part(VerifyWithSchema(), required=True)
    authorization = Part(DecisionSchema(), required=True)


class CardEntrySchema(Shape):
    """A name on cards that is no payer, or that several carry: what it is, and what to do."""

    id = Text(80, required=True)
    name = Text(300, required=True)
    kind = Choice(KINDS, required=True)
    score = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    matched = Text(300, required=True)
    payers = Items(Text(80), most=MANY, required=True)
    contact = Part(SourcedContactSchema(), required=True, allow_none=True)
    says = Part(SentenceSchema(), required=True)


class MatchListSchema(Shape):
    """What a card may mean: payers, the likeliest first, and whom else its words name."""

    items = Items(Part(MatchSchema()), most=MANY, required=True)
    next = Text(200, required=True, allow_none=True)
    entries = Items(Part(CardEntrySchema()), most=MANY, required=True)
    certain = Text(
        80,
        required=True,
        allow_none=True,
        metadata={"description": "The payer's id where the text can mean no other; never guess else."},
    )
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


MATCHES = MatchListSchema()
