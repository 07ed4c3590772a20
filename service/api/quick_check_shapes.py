"""How what is told to visitors of a website is written; the shapes only document, a test holds to them."""

from __future__ import annotations

from marshmallow import fields

from schemas.answer_parts import CitationSchema
from schemas.quick_check import ANSWERS, LEVELS, NOT_SURE
from schemas.shapes import Choice, Items, Part, Shape, Text, Whole, about
from service.api.results import MANY
from service.quick_checks.answering import ANSWER as ABOUT_ANSWER
from service.quick_checks.answering import APPROVAL, COST, NEXT
from service.security.proof import STEPS

LONG = 4_000


def _open_object(text: str) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), metadata=about(text))


class ChallengeQuery(Shape):
    """Which step it is for."""

    step = Choice(STEPS, data_key="for", load_default=STEPS[0])


class ChallengeSchema(Shape):
    """A challenge of ALTCHA, version 2; the counter is below `data.max_counter`."""

    parameters = _open_object("Algorithm, cost, nonce, salt, prefix of the key, end, and for which step.")
    signature = Text(128, required=True)


class NamedSchema(Shape):
    """The clinic, as the page names it."""

    name = Text(200, required=True)
    phone = Text(40, required=True, allow_none=True)


class EmergencySchema(Shape):
    """Whom to call when nothing can wait."""

    message = Text(200, required=True)
    danger = Text(200, required=True)
    numbers = Items(Text(20), most=4, required=True)


class ChoiceSchema(Shape):
    """Something to choose."""

    id = Text(80, required=True)
    label = Text(200, required=True)


class WebsiteSiteSchema(Shape):
    """One of the clinic's places."""

    id = Text(80, required=True)
    name = Text(200, required=True)
    county = Text(60, required=True, allow_none=True)


class WebsitePayerSchema(Shape):
    """A payer, by every name that it is looked for."""

    id = Text(80, required=True)
    name = Text(200, required=True)
    line_of_business = Text(40, required=True)
    names = Items(Text(200), most=MANY, required=True)


class LevelSchema(Shape):
    """A kind of care in plain words."""

    id = Choice((*LEVELS, NOT_SURE), required=True)
    name = Text(200, required=True)
    description = Text(LONG, required=True, allow_none=True)


class ConsentTextSchema(Shape):
    """What is agreed to, word for word."""

    version = Text(40, required=True)
    text = Text(LONG, required=True)


class ResponseSchema(Shape):
    """Within how long the clinic promises to answer."""

    hours = Whole(1, MANY, required=True)
    message = Text(200, required=True)


class FormSchema(Shape):
    """All that the form needs, in a language."""

    language = Choice(("en", "es"), required=True)
    clinic = Part(NamedSchema(), required=True)
    sites = Items(Part(WebsiteSiteSchema()), most=MANY, required=True)
    payers = Items(Part(WebsitePayerSchema()), most=MANY, required=True)
    plan_types = Items(Part(ChoiceSchema()), most=20, required=True)
    levels = Items(Part(LevelSchema()), most=4, required=True)
    age_groups = Items(Part(ChoiceSchema()), most=4, required=True)
    counties = Items(Text(60), most=67, required=True)
    asking_for = Items(Part(ChoiceSchema()), most=4, required=True)
    channels = Items(Part(ChoiceSchema()), most=4, required=True)
    best_times = Items(Part(ChoiceSchema()), most=4, required=True)
    consent = Part(ConsentTextSchema(), required=True)
    emergency = Part(EmergencySchema(), required=True)
    disclaimer = Text(LONG, required=True)
    response = Part(ResponseSchema(), required=True, allow_none=True)
    labels = _open_object("The labels of the page's script, by name.")


class NextSchema(Shape):
    """What happens next."""

    code = Text(80, required=True)
    params = _open_object("What the sentence is about.")
    message = Text(LONG, required=True)


class WebsiteSentenceSchema(NextSchema):
    """One sentence of an answer, with the numbers of what it rests on."""

    about = Choice((ABOUT_ANSWER, APPROVAL, COST, NEXT), required=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class PayerNameSchema(Shape):
    """A payer by its name."""

    id = Text(80, required=True)
    name = Text(200, required=True)


class CareSchema(Shape):
    """A kind of care in plain words, with its own answer."""

    level_of_care = Choice(LEVELS, required=True)
    name = Text(200, required=True)
    description = Text(LONG, required=True, allow_none=True)
    answer = Choice(ANSWERS, required=True)


class AnswerSchema(Shape):
    """A first answer: what the plan usually includes, approval, cost, what is next."""

    language = Choice(("en", "es"), required=True)
    clinic = Part(NamedSchema(), required=True)
    answer = Choice(ANSWERS, required=True)
    payer = Part(PayerNameSchema(), required=True, allow_none=True)
    level_of_care = Choice((*LEVELS, NOT_SURE), required=True)
    sentences = Items(Part(WebsiteSentenceSchema()), most=MANY, required=True)
    care = Items(Part(CareSchema()), most=3, required=True)
    candidates = Items(Part(PayerNameSchema()), most=MANY, required=True)
    disclaimer = Text(LONG, required=True)
    emergency = Part(EmergencySchema(), required=True)
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


class ReceiptSchema(Shape):
    """What everybody is answered who leaves a contact."""

    language = Choice(("en", "es"), required=True)
    reference = Text(9, required=True)
    next = Items(Part(NextSchema()), most=10, required=True)
    clinic = Part(NamedSchema(), required=True)
    emergency = Part(EmergencySchema(), required=True)


CHALLENGE_QUERY, CHALLENGE, FORM = ChallengeQuery(), ChallengeSchema(), FormSchema()
ANSWER, RECEIPT = AnswerSchema(), ReceiptSchema()
