"""The channel `rulebook`: what a payer publishes, asked of the rules on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from payers.base import Ask, Capabilities, PayerAdapter, Reply
from payers.rulebook import Rulebook
from schemas.model import Period, Site


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question as the rulebook takes it; nothing of the member but the age."""

    payer_id: str
    plan_id: str | None
    site: Site
    condition: str
    modality: str
    network: str | None
    age_on: Callable[[date], int | None]
    dates: tuple[date, ...]


class RulebookAdapter(PayerAdapter[Lookup, tuple[Period, ...]]):
    """Answers from the rulebook; never leaves the machine and knows nobody's membership."""

    channel: ClassVar[str] = "rulebook"
    capabilities: ClassVar[Capabilities] = Capabilities(
        witness="published",
        tells=frozenset({"coverage", "prior_authorization", "cost_share", "fees"}),
        leaves_the_machine=False,
    )

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def build(self, ask: Ask) -> Lookup:
        """Return what the rules hang on."""
        inquiry = ask.inquiry
        return Lookup(
            payer_id=ask.payer.id,
            plan_id=inquiry.plan,
            site=ask.site,
            condition=inquiry.condition,
            modality=inquiry.modality,
            network=ask.network or inquiry.network,
            age_on=ages_of(inquiry.member.birth_date),
            dates=ask.dates,
        )

    def send(self, message: Lookup) -> tuple[Period, ...]:
        """Look the question up; raises `UnknownPayer`."""
        return self.rulebook.published(
            message.payer_id,
            message.plan_id,
            site=message.site,
            condition=message.condition,
            modality=message.modality,
            age_on=message.age_on,
            dates=message.dates,
            network=message.network,
        )

    def read(self, raw: tuple[Period, ...], ask: Ask) -> Reply:
        """Return the periods as they are: the rulebook speaks our language."""
        return Reply(raw)


def ages_of(birth_date: date | None) -> Callable[[date], int | None]:
    """Return what tells the age in whole years on a date; without a birth date nobody knows."""

    def age_on(day: date) -> int | None:
        if birth_date is None:
            return None
        had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
        return day.year - birth_date.year - (not had_birthday)

    return age_on
