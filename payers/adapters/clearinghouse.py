"""The channel `clearinghouse`: an eligibility inquiry as JSON over HTTP, in either of two shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from payers.base import Ask
from payers.clearinghouse.reading import read_reply
from payers.clearinghouse.request import Question, benefits_information_request, plans_request
from payers.eligibility import EligibilityAdapter, find_people
from payers.errors import PayerRefused, UnreadableReply
from payers.http import Answer, Letter
from payers.x12.dates import askable_date
from payers.x12.model import Reading
from payers.x12.service_types import group_service_types, service_types
from payers.x12.status import rejects_patient

WRITERS: Mapping[str, Callable[[Question], dict[str, Any]]] = MappingProxyType(
    {"plans": plans_request, "benefits_information": benefits_information_request}
)
BAD_REQUEST = 400


class ClearinghouseAdapter(EligibilityAdapter):
    """Asks a payer, or whoever answers for it, as JSON; the connection's form is the shape."""

    channel: ClassVar[str] = "clearinghouse"
    # A request of either shape cannot set the number that payers echo.
    echoes_trace: ClassVar[bool] = False
    readable_statuses: ClassVar[frozenset[int]] = EligibilityAdapter.readable_statuses | {BAD_REQUEST}

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        """Return a letter for each inquiry; raises `PayerRefused` without a key, `UnknownPayer`."""
        if not self.credentials.key:
            raise PayerRefused("credentials")
        if ask.asked_at is None:
            raise ValueError("An inquiry that goes out needs the time at which it is asked.")
        asked_at = ask.asked_at
        questions = ask_questions(ask, self.payer_id(ask), asked_at)
        return tuple(self._letter(question, asked_at, ask) for question in questions)

    def accept(self, answer: Answer) -> str:
        """Return the reply; one that refuses the request is none, unless it holds the payer's own reasons."""
        text = super().accept(answer)
        if answer.status == BAD_REQUEST and not _rejects(text):
            raise PayerRefused("inquiry")
        return text

    def reading(self, text: str) -> Reading:
        """Return what stands in a reply of either shape."""
        return read_reply(text)

    def _letter(self, question: Question, at: datetime, ask: Ask) -> Letter:
        headers = {
            "Authorization": self.credentials.key or "",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        subject = self._write(replace(question, trace=""))
        body = self._write(question)
        return Letter(headers, body, question.trace, at, subject, ask.fresh, ask.within)

    def _write(self, question: Question) -> bytes:
        return json.dumps(WRITERS[self.connection.form](question)).encode()


def ask_questions(ask: Ask, payer_id: str, asked_at: datetime) -> tuple[Question, ...]:
    """Return the questions that are put to whom this id names, as many as its service types need.

    Each has a trace of its own: the asker's, then `-2`, `-3` and so on.
    """
    levels = [phase.level_of_care for phase in ask.inquiry.phases]
    codes = service_types(levels, ask.inquiry.condition, ask.service_types)
    subscriber, dependent = find_people(ask.inquiry.member)
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


def _rejects(text: str) -> bool:
    """Say whether a text holds the reasons for which a payer rejects an inquiry."""
    try:
        found = read_reply(text).transactions
    except UnreadableReply:
        return False
    return any(rejects_patient(rejection) for one in found for rejection in one.rejections)
