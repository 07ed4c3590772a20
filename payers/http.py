"""The story over HTTP: each letter is put in turn, and what the payer says comes back word for word.

An adapter writes the letters (`build`) and reads the replies (`read`); in between it may open the
envelope of an answer (`accept`) and say what a reply asks for (`says_later`, `keeps`). How time, repeats,
failing payers and repeated questions are dealt with is the same for all of them, and is not theirs to see.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_result, wait_fixed

from payers.answers import Answer, decode
from payers.base import Ask, Heard, PayerAdapter, Reply
from payers.connections import Connection, Credentials
from payers.errors import PayerError
from payers.exchange import Exchange
from payers.wire import Watch

__all__ = ["Answer", "Exchange", "HttpAdapter", "Letter"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One inquiry ready to go: what is sent, the trace the payer echoes, and when it is put (aware).

    `subject` is what is asked, without trace and time: equal subjects are the same question. A `fresh` letter
    is never answered by what was heard earlier. `within` bounds the check more tightly than the connection.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    trace: str
    at: datetime
    subject: bytes = field(repr=False)
    fresh: bool = False
    within: float | None = None


class _Said(NamedTuple):
    text: str
    status: int


class HttpAdapter(PayerAdapter[tuple[Letter, ...], tuple[Heard, ...]]):
    """Puts a question over one connection; `readable_statuses` are those whose body `accept` is given."""

    readable_statuses: ClassVar[frozenset[int]] = frozenset({200, 201, 202})

    def __init__(
        self, connection: Connection, credentials: Credentials, exchange: Exchange | None = None
    ) -> None:
        require_safe_address(connection)
        self.connection = connection
        self.credentials = credentials
        self.exchange = exchange or Exchange(connection)

    @property
    def state(self) -> str:
        """How the payer is treated, as the exchange has it."""
        return self.exchange.state

    def check(self, ask: Ask) -> Reply:
        """Ask a payer and return what it says; a reply that cannot be used is not remembered."""
        self.require_identifiers(ask)
        message = self.build(ask)
        raw = self.send(message)
        try:
            return self.read(raw, ask)
        except PayerError:
            self.exchange.forget(letter.subject for letter in message)
            raise

    def accept(self, answer: Answer) -> str:
        """Return the text of the reply, out of its envelope; raises a `PayerError` where there is none."""
        return decode(answer.body)

    def says_later(self, text: str) -> bool:
        """Whether the payer itself answers that it should be asked again in a moment."""
        return False

    def keeps(self, text: str) -> bool:
        """Whether the reply may answer the same question for a while; a rejection is not worth it."""
        return True

    def send(self, message: tuple[Letter, ...]) -> tuple[Heard, ...]:
        """Put each letter in turn, all within the connection's seconds, and return what was heard.

        Raises a `PayerError` where any letter has no answer; what the others brought is kept for next time.
        """
        kept = [None if letter.fresh else self.exchange.recall(letter.subject) for letter in message]
        known = tuple(heard for heard in kept if heard is not None)
        if len(known) == len(message):
            return known
        pairs = tuple(zip(message, kept, strict=True))
        try:
            return self.exchange.run(
                lambda watch: tuple(heard or self._hear(letter, watch) for letter, heard in pairs),
                min((letter.within for letter in message if letter.within is not None), default=None),
            )
        except PayerError as failure:
            reason = getattr(failure, "reason", type(failure).__name__)
            logger.warning("connection %s: %s", self.connection.id, reason)
            raise

    def _hear(self, letter: Letter, watch: Watch) -> Heard:
        """Put one letter and return what is heard, keeping it where it is worth that."""
        said = self._ask(letter, watch)
        heard = Heard(said.text, letter.trace, letter.at)
        if said.status < 300 and not self.says_later(said.text) and self.keeps(said.text):
            self.exchange.keep(letter.subject, heard)
        return heard

    def _ask(self, letter: Letter, watch: Watch) -> _Said:
        """Put one letter, and once more where the payer says so and there is time."""
        said: list[_Said] = []

        def ask_once() -> _Said:
            try:
                answer = self.exchange.put(letter.headers, letter.body, self.readable_statuses, watch)
                said.append(_Said(self.accept(answer), answer.status))
            except PayerError:
                # "Later" is an answer; that the second attempt brings none does not take it away.
                if not said:
                    raise
            return said[-1]

        pause = min(1.0, self.connection.seconds / 15)
        once_more = Retrying(
            retry=retry_if_result(lambda last: self.says_later(last.text)),
            stop=lambda state: state.attempt_number == 2 or watch.left() <= pause,
            wait=wait_fixed(pause),
            retry_error_callback=lambda _: said[-1],
        )
        return once_more(ask_once)


def require_safe_address(connection: Connection) -> None:
    """Refuse an address where members' data would travel in clear; `ValueError` names the connection."""
    if not _is_safe(connection.url):
        raise ValueError(
            f"Connection {connection.id!r} needs an https address without a user name in it"
            " (or http to this machine itself)."
        )


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or port == 0 or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
