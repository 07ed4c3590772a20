"""The forms that the sandbox is asked in: two envelopes around X12, and two shapes of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from payers.core import Envelope, Message, read_request, wrap_reply_mime, wrap_reply_soap
from payers.errors import PayerError
from payers.sandbox.as_benefits import tell_benefits
from payers.sandbox.as_plans import tell_plans
from payers.sandbox.json_inquiries import read_benefits_inquiry, read_plans_inquiry
from payers.sandbox.member import Trouble
from payers.sandbox.reply import ECHO, OWN
from payers.x12.inquiry import Inquiry270
from payers.x12.inquiry_reader import read_270

REFUSED_CREDENTIAL = "wrong"


class NotUnderstood(Exception):
    """The request is none of this form."""


class Answer(NamedTuple):
    """What goes back: status, headers, body, and what goes wrong on the way."""

    status: int
    headers: dict[str, str]
    body: bytes
    trouble: Trouble = Trouble.NONE


class Question(NamedTuple):
    """An inquiry, whether its credentials are good, and what of its request the answer repeats."""

    inquiry: Inquiry270
    is_known: bool
    repeated: Any


class Form(Protocol):
    """How an inquiry is read, and answered in the same form."""

    @property
    def trace_type(self) -> str:
        """The TRN01 of its replies."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Question:
        """Return what is asked; raises `NotUnderstood`."""

    def answer(self, question: Question, text: str, at: datetime) -> Answer:
        """Return a 271 in this form."""

    def refuse(self, question: Question, at: datetime) -> Answer:
        """Return that the credentials are not accepted."""

    def fail(self, question: Question, at: datetime) -> Answer:
        """Return, with status 200, that the payer's system is at fault."""

    def cut(self, answer: Callable[[str], Answer], text: str) -> Answer:
        """Return an answer whose text stops in the middle."""


@dataclass(frozen=True, slots=True)
class CoreForm:
    """X12 in an envelope of CAQH CORE, MIME or SOAP."""

    wrap: Callable[[Envelope], Message]
    trace_type: str = ECHO

    def read(self, headers: Mapping[str, str], body: bytes) -> Question:
        """Return what is asked; raises `NotUnderstood`."""
        try:
            envelope = read_request(headers.get("Content-Type", ""), body)
            inquiries = read_270(envelope.payload)
        except PayerError as fault:
            raise NotUnderstood from fault
        if not inquiries:
            raise NotUnderstood
        is_known = REFUSED_CREDENTIAL not in (envelope.user, envelope.password)
        return Question(inquiries[0], is_known, envelope)

    def answer(self, question: Question, text: str, at: datetime) -> Answer:
        """Return a 271 in its envelope."""
        return self._envelop(question, at, payload=text)

    def refuse(self, question: Question, at: datetime) -> Answer:
        """Return an envelope that says so; its status is 200, as the rule has it."""
        return self._envelop(question, at, error="UnAuthorized")

    def fail(self, question: Question, at: datetime) -> Answer:
        """Return an envelope with an error and without a payload."""
        return self._envelop(question, at, error="Receiver")

    def cut(self, answer: Callable[[str], Answer], text: str) -> Answer:
        """Return a whole envelope around half a 271."""
        return answer(text[: len(text) // 2])

    def _envelop(self, question: Question, at: datetime, payload: str = "", error: str = "") -> Answer:
        asked: Envelope = question.repeated
        reply = Envelope(payload, str(uuid4()), at, asked.receiver, asked.sender, error_code=error)
        headers, body = self.wrap(reply)
        return Answer(200, headers, body)


@dataclass(frozen=True, slots=True)
class JsonForm:
    """JSON of a clearinghouse, whose trace number is its own."""

    read_inquiry: Callable[[dict[str, Any]], Inquiry270]
    tell: Callable[[str, dict[str, Any]], dict[str, Any]]
    trace_type: str = OWN

    def read(self, headers: Mapping[str, str], body: bytes) -> Question:
        """Return what is asked; raises `NotUnderstood`."""
        try:
            document = json.loads(body)
            inquiry = self.read_inquiry(document)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as fault:
            raise NotUnderstood from fault
        return Question(inquiry, REFUSED_CREDENTIAL not in headers.get("Authorization", "").split(), document)

    def answer(self, question: Question, text: str, at: datetime) -> Answer:
        """Return a 271 told in JSON."""
        return in_json(200, self.tell(text, question.repeated))

    def refuse(self, question: Question, at: datetime) -> Answer:
        """Return status 401."""
        return in_json(401, {"message": "The key is not known."})

    def fail(self, question: Question, at: datetime) -> Answer:
        """Return an object with none of the parts of an answer."""
        return in_json(200, {"error": {"code": "INTERNAL", "message": "The payer's system is at fault."}})

    def cut(self, answer: Callable[[str], Answer], text: str) -> Answer:
        """Return half a JSON document."""
        whole = answer(text)
        return whole._replace(body=whole.body[: len(whole.body) // 2])


def in_json(status: int, document: object) -> Answer:
    """Return a JSON document as an answer."""
    body = json.dumps(document, indent=1).encode()
    return Answer(status, {"Content-Type": "application/json"}, body)


# Where each form is spoken, by what a connection calls it.
ADDRESSES: Mapping[str, str] = MappingProxyType(
    {
        "mime": "/x12/mime",
        "soap": "/x12/soap",
        "plans": "/json/2026-06-01/eligibility-check",
        "benefits_information": "/json/2024-04-01/change/medicalnetwork/eligibility/v3",
    }
)
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        ADDRESSES["mime"]: CoreForm(wrap_reply_mime),
        ADDRESSES["soap"]: CoreForm(wrap_reply_soap),
        ADDRESSES["plans"]: JsonForm(read_plans_inquiry, lambda text, asked: tell_plans(text)),
        ADDRESSES["benefits_information"]: JsonForm(
            read_benefits_inquiry, lambda text, asked: tell_benefits(text, asked.get("controlNumber", ""))
        ),
    }
)
