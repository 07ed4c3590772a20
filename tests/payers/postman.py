"""The plainest adapter over HTTP: it sends the letters it is given, and nobody is in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from payers.base import Ask, Capabilities, Heard, Reply
from payers.connections import Connection, Credentials
from payers.http import HttpAdapter, Letter

URL = "https://payer.example/inquiries"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
# What must never be seen where it does not belong.
MEMBER = "ZEBEDEE-TESTPERSON"
SECRET = "sesame-and-open"  # invented


class Postman(HttpAdapter):
    """Takes the word `later` for a payer that wants to be asked again, `rejected` for one that says no."""

    channel: ClassVar[str] = "postman"
    capabilities: ClassVar[Capabilities] = Capabilities("reported", frozenset())

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        return ()

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        return Reply((), heard=raw)

    def says_later(self, text: str) -> bool:
        return text == "later"

    def keeps(self, text: str) -> bool:
        return text != "rejected"


class Curious(Postman):
    """Reads what comes with statuses that are none of success."""

    readable_statuses: ClassVar[frozenset[int]] = frozenset({200, 400, 500})


def postman(url: str = URL, kind: type[Postman] = Postman, **terms: Any) -> Postman:
    """Return an adapter for an address, on other terms than the usual where they are given."""
    connection = Connection("meadow", "postman", url, **{"keep_seconds": 0, **terms})
    return kind(connection, Credentials(user="clinic", password=SECRET))


def letter(question: str = MEMBER, trace: str = "T1", *, fresh: bool = False) -> Letter:
    """Return a letter that asks about somebody."""
    headers = {"Content-Type": "text/plain", "Authorization": SECRET}
    return Letter(headers, f"{trace} {question}".encode(), trace, NOON, question.encode(), fresh)


def ask(adapter: Postman, question: str = MEMBER, trace: str = "T1", *, fresh: bool = False) -> str:
    """Send one letter and return the text of the answer."""
    (heard,) = adapter.send((letter(question, trace, fresh=fresh),))
    return heard.text
