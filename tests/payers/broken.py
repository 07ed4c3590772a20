"""Adapters that each break one promise, as adapters commonly do, and keep all the others."""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import requests

from payers.answers import Answer
from payers.base import Ask, Heard, Reply
from payers.errors import PayerError, PayerUnreachable, WrongMember
from payers.http import Letter
from payers.x12.model import Line, Reading, Transaction
from payers.x12.witness import make_reply
from schemas.model import Fact, Step
from tests.payers.elsewhere import ElsewhereAdapter, read_page, read_transaction


class _Straightforward(ElsewhereAdapter):
    """Puts its letter by itself, with the library as it comes; what it needs of the answer it takes."""

    patience: float | None = None

    def send(self, message: tuple[Letter, ...]) -> tuple[Heard, ...]:
        """Put the letter, unless the same was heard before."""
        (letter,) = message
        known = None if letter.fresh else self.exchange.recall(letter.subject)
        if known is not None:
            return (known,)
        heard = Heard(self.accept(self.put(letter)), letter.trace, letter.at)
        if self.says_later(heard.text):
            self.put(letter)
        if self.keeps(heard.text):
            self.exchange.keep(letter.subject, heard)
        return (heard,)

    def put(self, letter: Letter) -> Answer:
        """Put the letter and return what comes back."""
        response = requests.post(
            self.connection.url, data=letter.body, headers=dict(letter.headers), timeout=self.patience
        )
        response.raise_for_status()
        return Answer(response.status_code, response.headers, response.content)


class LetsTheLibraryRaise(_Straightforward):
    """Raises what the library raises."""

    patience = 0.4


class WaitsAsLongAsItTakes(_Straightforward):
    """Has no time-out, though it translates what is raised."""

    def put(self, letter: Letter) -> Answer:
        """Put the letter for however long it takes."""
        with suppress(requests.RequestException):
            return super().put(letter)
        raise PayerUnreachable("no_connection")


class WaitsForEachByte(WaitsAsLongAsItTakes):
    """Has a time-out for each read and takes it for one of the whole."""

    patience = 0.75


class NamesTheMemberInErrors(ElsewhereAdapter):
    """Says in its errors whom it was asking about."""

    def send(self, message: tuple[Letter, ...]) -> tuple[Heard, ...]:
        """Put the letter; of a failure it tells too much."""
        try:
            return super().send(message)
        except PayerError as failure:
            failure.add_note(f"asked with {message[0].body!r}")
            raise


class LogsTheMember(ElsewhereAdapter):
    """Logs whom it asks about, where it thinks that nobody looks."""

    def send(self, message: tuple[Letter, ...]) -> tuple[Heard, ...]:
        """Put the letter, and log it."""
        logging.getLogger("broken").debug("asking", extra={"question": message[0].body})
        return super().send(message)


class PrintsTheReply(ElsewhereAdapter):
    """Prints what comes back."""

    def accept(self, answer: Answer) -> str:
        """Return the reply, once it is printed."""
        print(answer.body.decode("latin-1"))  # noqa: T201
        return super().accept(answer)


class WarnsWithAName(ElsewhereAdapter):
    """Has a warning for staff, and the member in it."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says, with a warning more."""
        reply = super().read(raw, ask)
        return replace(reply, warnings=(*reply.warnings, Step("seen", {"who": ask.inquiry.member.last_name})))


class GuessesACapability(ElsewhereAdapter):
    """Takes silence on authorization for "not required"."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says, and more."""
        return make_reply([_guessed(heard.text) for heard in raw], ask, raw, echoes_trace=False)


class DeclaresMoreThanItTells(ElsewhereAdapter):
    """Says that it tells of authorizations, and never does."""

    capabilities = replace(
        ElsewhereAdapter.capabilities,
        tells=ElsewhereAdapter.capabilities.tells | {"prior_authorization"},
    )


class TakesARejectionForInactive(ElsewhereAdapter):
    """Says of a member who was not found that they are not insured."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says, or that there is no insurance where there is no page."""
        page = read_page(raw[0].text)
        if "refused" not in page:
            return super().read(raw, ask)
        gone = {"family": ask.inquiry.member.last_name, "given": ask.inquiry.member.first_name}
        row = {"kind": "inactive", "care": "30"}
        page = gone | {"born": str(ask.inquiry.member.birth_date), "days": ["", ""], "rows": [row]}
        return super().read((replace(raw[0], text=json.dumps(page)),), ask)


class BelievesAnyReply(ElsewhereAdapter):
    """Never looks whom a reply is about."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says, of whomever."""
        born = str(ask.inquiry.member.birth_date).replace("-", "")
        text = re.sub(r'"born": "\d+"', f'"born": "{born}"', raw[0].text)
        return replace(super().read((replace(raw[0], text=text),), ask), heard=raw)


class KeepsWhatIsSaidOfOthers(ElsewhereAdapter):
    """Calls every question to a payer the same."""

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        """Return the letter, with a subject that forgets the member."""
        return tuple(replace(letter, subject=b"plan") for letter in super().build(ask))


class CitesNothing(ElsewhereAdapter):
    """Does not say where in a reply anything stands."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says, from nowhere."""
        reply: Reply = _without_places(super().read(raw, ask))
        return reply


class ReadsByItsConnection(ElsewhereAdapter):
    """Needs its connection to read."""

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says of a payer that the connection reaches."""
        if ask.payer.id not in self.connection.payers:
            raise WrongMember("nobody")
        return super().read(raw, ask)


def _guessed(text: str) -> Reading:
    transaction: Transaction = read_transaction(read_page(text))
    lines: tuple[Line, ...] = tuple(line._replace(authorization="N") for line in transaction.lines)
    return Reading((replace(transaction, lines=lines),))


def _without_places(value: Any) -> Any:
    if isinstance(value, Fact):
        return replace(value, citation=replace(value.citation, locator=None))
    if isinstance(value, tuple):
        return tuple(_without_places(one) for one in value)
    if isinstance(value, dict):
        return {name: _without_places(one) for name, one in value.items()}
    names = getattr(value, "__dataclass_fields__", ())
    if not names or isinstance(value, Heard | Step):
        return value
    return replace(value, **{name: _without_places(getattr(value, name)) for name in names})
