"""The channel `clearinghouse`: an eligibility inquiry as JSON over HTTP, in either of two shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from payers.base import Ask, Capabilities, Heard, Reply
from payers.clearinghouse.reading import read_reply
from payers.clearinghouse.request import Question, benefits_information_request, plans_request
from payers.errors import PayerRefused, UnknownPayer, UnreadableReply
from payers.http import Answer, HttpAdapter, Letter
from payers.x12.dates import askable_date
from payers.x12.model import Rejection
from payers.x12.service_types import group_service_types, service_types
from payers.x12.witness import make_reply
from schemas.model import Person
from schemas.people import plain_id

WRITERS: Mapping[str, Callable[[Question], dict[str, Any]]] = MappingProxyType(
    {"plans": plans_request, "benefits_information": benefits_information_request}
)
BAD_REQUEST = 400
# With these the payer says that it cannot answer now, not that it will not.
LATER = frozenset({"42", "80"})
BENEFIT_LOOPS = "2110"


class ClearinghouseAdapter(HttpAdapter):
    """Asks a payer, or whoever answers for it, as JSON; the connection's form is the shape."""

    channel: ClassVar[str] = "clearinghouse"
    capabilities: ClassVar[Capabilities] = Capabilities(
        witness="reported",
        tells=frozenset({"eligibility", "accumulators", "coverage", "prior_authorization", "cost_share"}),
        needs=frozenset({"member_id", "last_name", "first_name", "birth_date"}),
    )
    readable_statuses: ClassVar[frozenset[int]] = HttpAdapter.readable_statuses | {BAD_REQUEST}

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        """Return a letter for each inquiry; raises `PayerRefused` without a key, `UnknownPayer`."""
        if not self.credentials.key:
            raise PayerRefused("credentials")
        if ask.asked_at is None:
            raise ValueError("An inquiry that goes out needs the time at which it is asked.")
        asked_at = ask.asked_at
        questions = ask_questions(ask, self._payer_id(ask), asked_at)
        return tuple(self._letter(question, asked_at, ask.fresh) for question in questions)

    def accept(self, answer: Answer) -> str:
        """Return the reply; one that refuses the request is none, unless it holds the payer's own reasons."""
        text = super().accept(answer)
        if answer.status == BAD_REQUEST and not _rejects(text):
            raise PayerRefused("inquiry")
        return text

    def says_later(self, text: str) -> bool:
        """Say whether the payer could not answer now, and asks for nothing else."""
        codes = {rejection.code for rejection in _rejections(text)}
        return bool(codes) and codes <= LATER

    def keeps(self, text: str) -> bool:
        """Say whether a reply is worth keeping: one that rejects nothing, and is about somebody."""
        return not _rejections(text) and not any(found.broken for found in read_reply(text).transactions)

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the replies say together."""
        readings = [read_reply(heard.text) for heard in raw]
        return make_reply(readings, ask, raw, echoes_trace=False)

    def _payer_id(self, ask: Ask) -> str:
        if ask.administrator is not None and ask.administrator.id:
            return ask.administrator.id
        if ask.payer.id not in self.connection.payers:
            raise UnknownPayer(ask.payer.id)
        return self.connection.payers[ask.payer.id]

    def _letter(self, question: Question, at: datetime, fresh: bool) -> Letter:
        headers = {
            "Authorization": self.credentials.key or "",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        subject = self._write(replace(question, trace=""))
        return Letter(headers, self._write(question), question.trace, at, subject, fresh)

    def _write(self, question: Question) -> bytes:
        return json.dumps(WRITERS[self.connection.form](question)).encode()


def ask_questions(ask: Ask, payer_id: str, asked_at: datetime) -> tuple[Question, ...]:
    """Return the questions that are put to whom this id names, as many as its service types need.

    Each has a trace of its own: the asker's, then `-2`, `-3` and so on.
    """
    levels = [phase.level_of_care for phase in ask.inquiry.phases]
    codes = service_types(levels, ask.inquiry.condition, ask.service_types)
    subscriber, dependent = _people(ask.inquiry.member)
    return tuple(
        Question(
            payer_id=payer_id,
            provider_name=ask.site.name,
            npi=ask.site.npi,
            subscriber=subscriber,
            dependent=dependent,
            service_types=group,
            date_of_service=askable_date(ask.dates, asked_at),
            trace=ask.trace if number == 1 else f"{ask.trace}-{number}",
        )
        for number, group in enumerate(group_service_types(codes, ask.at_once), start=1)
    )


def _people(member: Person) -> tuple[Person, Person | None]:
    """Return the subscriber and the dependent; whoever has an id of their own is a subscriber here."""
    holder = member.subscriber
    if member.relationship == "self" or holder is None or not holder.member_id:
        return member, None
    if plain_id(member.member_id or "") != plain_id(holder.member_id):
        return member, None
    return holder, member


def _rejects(text: str) -> bool:
    try:
        return bool(_rejections(text))
    except UnreadableReply:
        return False


def _rejections(text: str) -> list[Rejection]:
    """Return what a reply rejects of the inquiry; a benefit that is rejected leaves the rest standing."""
    return [
        rejection
        for transaction in read_reply(text).transactions
        for rejection in transaction.rejections
        if not rejection.loop.startswith(BENEFIT_LOOPS)
    ]
