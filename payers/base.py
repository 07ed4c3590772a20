"""How a payer is asked, whatever the channel: build the question, send it, read the reply.

An adapter fills in the three verbs and declares what it can tell. What it cannot tell it leaves
`None`; it never guesses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, TypeVar

from payers.errors import MissingIdentifiers
from schemas.model import Inquiry, Payer, Period, Site, Step

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
    """One question to one payer: the inquiry, the payer, the site, and every date it is about."""

    inquiry: Inquiry
    payer: Payer
    site: Site
    dates: tuple[date, ...]
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a payer said: its benefits by period, and what was odd about the reply."""

    periods: tuple[Period, ...]
    warnings: tuple[Step, ...] = ()


class PayerAdapter(ABC, Generic[Message, Raw]):
    """Puts a question to a payer through one channel."""

    channel: ClassVar[str]
    capabilities: ClassVar[Capabilities]

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
