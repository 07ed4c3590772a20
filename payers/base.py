"""How a payer is asked, whatever the channel: build the question, send it, read the reply.

An adapter fills in the three verbs and declares what it can tell. What it cannot tell it leaves
`None`; it never guesses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar

from payers.errors import MissingIdentifiers
from schemas.model import Contact, Inquiry, Payer, Period, Site, Step

Message = TypeVar("Message")
Raw = TypeVar("Raw")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter declares of itself.

    `witness` is what its `Benefits` are called, `tells` the subjects it can speak of (`eligibility`,
    `accumulators`, `coverage`, `prior_authorization`, `cost_share`, `fees`), `needs` the fields of the
    member without which it cannot ask, `leaves_the_machine` whether anything goes over a network.
    """

    witness: str
    tells: frozenset[str]
    needs: frozenset[str] = frozenset()
    leaves_the_machine: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one payer: the inquiry, the payer, the site, and every date it is about.

    What goes out also needs `asked_at`, an aware time, and a `trace` that the payer echoes; `fresh` asks
    for an answer of now, not one that is a few minutes old. `service_types` are those the payer is known
    to take (empty: not known), `at_once` how many of them in one inquiry. `administrator` is whom a
    reply named to be asked instead, `within` how many seconds are left for it (`None`: the connection's).
    """

    inquiry: Inquiry
    payer: Payer
    site: Site
    dates: tuple[date, ...]
    network: str | None = None
    asked_at: datetime | None = None
    trace: str = ""
    fresh: bool = False
    service_types: tuple[str, ...] = ()
    at_once: int = 1
    administrator: Contact | None = None
    within: float | None = None


# How the breaker of a channel stands: a payer is asked, left alone, or tried again with the next question.
CLOSED, OPEN, HALF = "closed", "open", "half"


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply as it came, word for word, with the trace number that it answers and when it was heard."""

    text: str = field(repr=False)
    trace: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a payer said: its benefits by period, what was odd about it, and the words it was said in."""

    periods: tuple[Period, ...]
    warnings: tuple[Step, ...] = ()
    heard: tuple[Heard, ...] = ()


class PayerAdapter(ABC, Generic[Message, Raw]):
    """Puts a question to a payer through one channel."""

    channel: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @property
    def state(self) -> str:
        """How the payer is treated; a channel that keeps no breaker asks each time."""
        return CLOSED

    def check(self, ask: Ask) -> Reply:
        """Ask a payer and return what it says; raises a `PayerError` where no answer can be had."""
        self.require_identifiers(ask)
        message = self.build(ask)
        raw = self.send(message)
        return self.read(raw, ask)

    def require_identifiers(self, ask: Ask) -> None:
        """Refuse, by name and never by value, what the channel needs of the member and was not given."""
        missing = [
            name for name in sorted(self.capabilities.needs) if getattr(ask.inquiry.member, name) is None
        ]
        if missing:
            raise MissingIdentifiers(self.channel, missing)

    @abstractmethod
    def build(self, ask: Ask) -> Message:
        """Return the question in the channel's own form; touches nothing outside."""

    @abstractmethod
    def send(self, message: Message) -> Raw:
        """Put the question and return the reply as it came."""

    @abstractmethod
    def read(self, raw: Raw, ask: Ask) -> Reply:
        """Return what the reply says; touches nothing outside."""
