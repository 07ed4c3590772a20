"""What a request is held against: the payers of the rulebook, the clinic's sites, and today.

Ids that are not known are answered with the nearest that are; never with what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from difflib import SequenceMatcher

from schemas.model import Benefits, Fact, HeldCoverage, Step
from schemas.people import has_shape, plain_id
from schemas.plan_names import plan_key

# Lines of business whose plans have networks; elsewhere a provider takes part or does not.
NETWORKED_LINES = ("medicare_advantage", "marketplace", "commercial", "tricare", "fehb")
SUGGESTIONS = 3
# From coverages, the member's birth date, the parents, an injury and a day to the indexes of those that pay.
Arrange = Callable[[tuple[HeldCoverage, ...], date, str | None, str | None, date], Sequence[int]]


@dataclass(frozen=True, slots=True)
class PayerCard:
    """A payer as far as a request needs it: names, plans by id and by what they are called, member ids."""

    id: str
    name: str
    line_of_business: str
    aliases: tuple[str, ...] = ()
    plans: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    member_id_pattern: str | None = None
    member_id_strict: bool = False
    member_id_hint: str | None = None


@dataclass(frozen=True, slots=True)
class SiteCard:
    """A site and its networks: `in` or `out` by payer id, or by `payer/plan` where plans differ."""

    id: str
    networks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Payers and sites by id, the site that is meant where none is named, and the clinic's date.

    `arrange` puts coverages in the order in which they pay; without it they stay as they were sent.
    """

    payers: Mapping[str, PayerCard]
    sites: Mapping[str, SiteCard]
    default_site: str
    today: date
    zone: tzinfo = UTC
    arrange: Arrange | None = field(default=None, compare=False)


def suggest_payers(known: Known, text: str) -> str:
    """Say which payers of the rulebook come nearest to a text."""
    names = {card.id: (card.id, card.name, *card.aliases) for card in known.payers.values()}
    return f"is not a payer of the rulebook; the nearest are: {', '.join(nearest(text, names))}"


def suggest_sites(known: Known, text: str) -> str:
    """Say which sites of the clinic come nearest to a text."""
    ids = nearest(text, {site: (site,) for site in known.sites})
    return f"is not a site of the clinic's profile; the nearest are: {', '.join(ids)}"


def nearest(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the ids whose names come nearest to a text, best first."""
    wanted = text.casefold()
    scores = {
        key: max(SequenceMatcher(None, wanted, name.casefold()).ratio() for name in called)
        for key, called in names.items()
    }
    return sorted(scores, key=lambda key: (-scores[key], key))[:SUGGESTIONS]


def member_id_fits(card: PayerCard, member_id: str) -> bool:
    """Say whether a member id has the shape this payer is known to use; true where none is known."""
    return card.member_id_pattern is None or has_shape(member_id, card.member_id_pattern)


def written_member_id(card: PayerCard, member_id: str | None, warnings: list[Step]) -> str | None:
    """Return an id as this payer writes it, with a warning where its shape is unusual."""
    if member_id is None:
        return None
    if card.member_id_strict:
        return plain_id(member_id)
    if not member_id_fits(card, member_id):
        warnings.append(Step("member_id_unusual", {"payer": card.name, "hint": card.member_id_hint}))
    return member_id


def find_plan(card: PayerCard, plan: str | None, warnings: list[Step]) -> str | None:
    """Return a plan's id, however its id or name is written; warn where the library lacks it."""
    if plan is None or plan in card.plans:
        return plan
    if (found := card.called.get(plan_key(plan))) is not None:
        return found
    warnings.append(Step("plan_not_in_library", {"payer": card.name, "plan": plan}))
    return plan


def find_network(site: SiteCard, payer: str, plan: str | None, told: Benefits | None) -> str | None:
    """Return the network that a call or the clinic's profile says, the call first; `None` if neither does."""
    said: Fact[str] | None = told.network_status if told else None
    if said is not None:
        return said.value
    return site.networks.get(f"{payer}/{plan}") or site.networks.get(payer)
