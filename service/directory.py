"""What the rulebook says of payers, for whoever looks something up: no member, no verdict, only sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from payers import rules_view
from payers.errors import UnknownPayer
from payers.identity import PayerIdentity
from payers.names import plain as plain_name
from payers.registry import resolve as resolve_payers
from schemas.fields import format_money
from schemas.model import Benefits, Citation, Fact, Payer
from service.verify import Desk

# Fields that hold whole cents; every other whole number is a count.
MONEY = frozenset(
    {
        "limit",
        "met",
        "remaining",
        "amount",
        "coinsurance_max",
        "allowed_amount",
        "office_visit_copay",
        "yearly_limit",
    }
)


SOURCE = ("title", "url", "published", "retrieved", "confidence")
CONFIRM = ("secondary", "old", "carried_forward")
"""Why a source's values should be confirmed with the payer."""


class UnknownSite(Exception):
    """The clinic has no such site."""


def list_payers(desk: Desk, query: str | None = None) -> list[dict[str, Any]]:
    """Every payer that is called something with `query` in it, by id."""
    wanted = plain_name(query or "")
    found = (desk.rulebook.identity(payer_id) for payer_id in desk.rulebook.payer_ids)
    return [
        _payer(identity.payer)
        for identity in found
        if any(wanted in plain_name(name) for name in identity.names())
    ]


def find_payer(desk: Desk, payer_id: str) -> dict[str, Any] | None:
    """One payer with its names and its ids in networks, or `None`."""
    identity = _identity(desk, payer_id)
    if identity is None:
        return None
    sources = _Sources()
    shape = identity.member_id
    return {
        **_payer(identity.payer),
        "aliases": list(identity.aliases),
        "ids": [
            {"network": one.network, "id": one.id, "citations": sources.cite(one.citation)}
            for one in identity.ids
        ],
        "member_id": None
        if shape is None
        else {"hint": shape.hint, "strict": shape.strict, "citations": sources.cite(shape.citation)},
        "plans": len(identity.plans),
        "citations": sources.listed(),
    }


def list_sources(desk: Desk, payer_id: str, today: date) -> list[dict[str, Any]] | None:
    """What a payer's answers rest on, with how many values are in force of each; `None` for no such payer.

    `confirm` says why the payer should confirm what a source says: it is second-hand, old, or of a year
    that is over; the same as `vob rules stale` says.
    """
    if _identity(desk, payer_id) is None:
        return None
    shown = rules_view.show(desk.rulebook, payer_id, today)
    uses = Counter((one.payer, one.source) for one in shown)
    reasons: dict[tuple[str, str], set[str]] = {}
    for item in rules_view.stale(desk.rulebook, today):
        reasons.setdefault((item.shown.payer, item.shown.source), set()).update(item.reasons)
    return [
        {
            "id": source_id if holder == payer_id else f"{holder}/{source_id}",
            **{name: source[name] for name in SOURCE},
            "values": uses[holder, source_id],
            "confirm": [reason for reason in CONFIRM if reason in reasons.get((holder, source_id), ())],
        }
        for holder, sources in rules_view.sources_of(desk.rulebook, payer_id)
        for source_id, source in sorted(sources.items())
    ]


def resolve(desk: Desk, text: str) -> list[dict[str, Any]]:
    """The payers that what is printed on a card may mean, the likeliest first."""
    return [
        {"payer": _payer(match.payer), "score": match.score, "matched": match.matched}
        for match in resolve_payers(desk.rulebook, text)
    ]


def payer_of(desk: Desk, text: str) -> str:
    """The id of the payer that a text names, if it can only be that one; else the text."""
    if text in desk.rulebook.payer_ids:
        return text
    found = resolve(desk, text)
    if len(found) == 1 or (found and found[0]["score"] > found[1]["score"]):
        return str(found[0]["payer"]["id"])
    return text


def find_benefits(
    desk: Desk, payer_id: str, *, plan: str | None, level: str | None, on: date, site: str | None
) -> dict[str, Any] | None:
    """What is published for a plan at a site on a day, each fact with its sources; `None` for no such payer.

    Raises `UnknownSite` for a site that the clinic does not have.
    """
    identity = _identity(desk, payer_id)
    if identity is None:
        return None
    site_id = site or desk.clinic.default_site
    if site_id not in desk.clinic.sites:
        raise UnknownSite
    place = desk.clinic.site_for(site_id, payer_id)
    periods = desk.rulebook.published(
        payer_id, plan, site=place, condition=None, modality=None, age_on=lambda _: None, dates=[on]
    )
    known = identity.find_plan(plan) if plan is not None else None
    sources = _Sources()
    said = _said(periods[0].benefits, level, sources) if periods else {}
    return {
        "payer": _payer(identity.payer),
        "plan": None
        if plan is None
        else {"id": known.id if known else plan, "name": known.name if known else None},
        "site": place.id,
        "date_of_service": on.isoformat(),
        "benefits": said,
        "citations": sources.listed(),
    }


def _said(benefits: Benefits, level: str | None, sources: _Sources) -> dict[str, Any]:
    said: dict[str, Any] = sources.plain(benefits)
    del said["witness"]
    for network in said.get("networks", {}).values():
        levels = network.get("levels", {})
        network["levels"] = {name: levels[name] for name in levels if level in (None, name)}
    return said


def _identity(desk: Desk, payer_id: str) -> PayerIdentity | None:
    try:
        return desk.rulebook.identity(payer_id)
    except UnknownPayer:
        return None


def _payer(payer: Payer) -> dict[str, Any]:
    return {"id": payer.id, "name": payer.name, "line_of_business": payer.line_of_business}


class _Sources:
    """Numbers the citations of one answer, and writes its facts with the numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}

    def cite(self, *citations: Citation) -> list[int]:
        return [self._numbers.setdefault(citation, len(self._numbers)) for citation in citations]

    def listed(self) -> list[dict[str, Any]]:
        return [self.plain(citation) for citation in self._numbers]

    def plain(self, value: Any, name: str = "") -> Any:
        """A value as it travels; what nobody said is left out."""
        if isinstance(value, Fact):
            return self._fact(value, name)
        if isinstance(value, Citation):
            return {item.name: self.plain(getattr(value, item.name)) for item in fields(value)}
        if is_dataclass(value) and not isinstance(value, type):
            pairs: Iterable[tuple[str, Any]] = (
                (item.name, getattr(value, item.name)) for item in fields(value)
            )
            return self._object(pairs)
        if isinstance(value, Mapping):
            return self._object(value.items())
        if isinstance(value, tuple | list | frozenset):
            return [
                self.plain(item, name) for item in (sorted(value) if isinstance(value, frozenset) else value)
            ]
        if isinstance(value, int) and not isinstance(value, bool) and name in MONEY:
            return format_money(value)
        if isinstance(value, date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    def _fact(self, fact: Fact[Any], name: str) -> dict[str, Any]:
        written = {"value": self.plain(fact.value, name), "citations": self.cite(fact.citation)}
        extra = {"through": self.plain(fact.through), "note": fact.note}
        return written | {key: value for key, value in extra.items() if value is not None}

    def _object(self, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        written = {str(name): self.plain(value, str(name)) for name, value in pairs}
        return {name: value for name, value in written.items() if value is not None and value not in ([], {})}
