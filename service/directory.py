"""What the rulebook says of payers, for whoever looks something up: no member, no verdict, only sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from payers import rules_stale, rules_view
from payers.cards import Card, WholeMemberId, read_card
from payers.cards import is_member_id as is_whole_member_id
from payers.errors import UnknownPayer
from payers.identity import PayerIdentity
from payers.medicaid_plans import find_medicaid_plans
from payers.names import plain as plain_name
from schemas.fields import MONEY_NAMES, format_money
from schemas.freshness import REASONS, reasons_to_confirm
from schemas.model import Benefits, Citation, Fact, Payer
from service.verify import Desk

LOCAL = ("local", "approved_by", "holds_until")
SOURCE = ("title", "url", "published", "retrieved", "confidence")


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

    `confirm` says why the payer should confirm what a source says: it is second-hand, old, not read lately,
    or of a time that is over; the same as `vob rules stale` says.
    """
    if _identity(desk, payer_id) is None:
        return None
    shown = rules_view.show(desk.rulebook, payer_id, today)
    uses = Counter((one.holder, one.source) for one in shown)
    reasons: dict[tuple[str, str], set[str]] = {}
    for one in shown:
        found = reasons_to_confirm(one, today, one.through)
        reasons.setdefault((one.holder, one.source), set()).update(found)
    listed = [
        {
            "id": source_id if holder == payer_id else f"{holder}/{source_id}",
            **{name: source[name] for name in SOURCE},
            **({"local": True} if "overlay" in source else {}),
            "values": uses[holder, source_id],
            "confirm": [reason for reason in REASONS if reason in reasons.get((holder, source_id), ())],
        }
        for holder, sources in rules_view.sources_of(desk.rulebook, payer_id)
        for source_id, source in sources.items()
    ]
    return sorted(listed, key=lambda source: source["id"])


def list_medicaid_plans(desk: Desk, county: str, on: date) -> dict[str, Any]:
    """The plans that a Medicaid member who lives in a county may be in on a day, with the county's region.

    `operates` is `yes`, or `not_known` where nobody says; a plan that is not there is not in the list.
    """
    found, sources = find_medicaid_plans(desk.rulebook, county, on), _Sources()
    region = found.region
    return {
        "county": county,
        "date": on.isoformat(),
        "region": None
        if region is None
        else {"value": region.value, "citations": sources.cite(region.citation)},
        "items": [
            {
                "payer": plan.payer_id,
                "name": plan.name,
                "operates": "yes" if plan.is_known else "not_known",
                "members": plan.members,
                "operated_by": plan.operated_by,
                "citations": sources.cite(*plan.citations),
            }
            for plan in found.plans
        ],
        "citations": sources.listed(),
    }


def list_stale(desk: Desk, today: date, payer_id: str | None = None) -> list[dict[str, Any]]:
    """The values in force that a payer should confirm, those first that answer most questions.

    `payer` is `services` where the law says a value of a whole line of business, `programs/…` where a
    program does.
    """
    return [
        {
            "payer": item.shown.payer,
            "where": item.shown.where,
            "when": item.shown.when or None,
            "rows": item.rows,
            "confirm": list(item.reasons),
            "questions": item.answers,
            "ask": item.question,
            "source": {
                "title": item.shown.title,
                "url": item.shown.url,
                "locator": item.shown.at,
                "published": item.shown.published and item.shown.published.isoformat(),
                "retrieved": item.shown.retrieved.isoformat(),
                "confidence": item.shown.confidence,
            },
        }
        for item in rules_stale.stale(desk.rulebook, today)
        if payer_id in (None, item.shown.payer)
    ]


def resolve(desk: Desk, text: str, least: float = 0.0) -> list[Payer]:
    """The payers that what is printed on a card may mean, the likeliest first; none for a whole member id.

    Those less likely than `least` (0 to 1) are left out.
    """
    return [match.payer for match in _read(desk, text).matches if match.score >= least]


def payer_of(desk: Desk, text: str) -> str:
    """The id of the payer whose own name a text is, or that it can only mean; else the text."""
    if text in desk.rulebook.payer_ids:
        return text
    card = _read(desk, text)
    return card.named or card.only or text


def payer_finder(desk: Desk) -> Callable[[str], str]:
    """Return `payer_of` for many rows: of few payers, and finding one takes longer than all the rest."""
    return lru_cache(maxsize=1000)(partial(payer_of, desk))


def is_member_id(desk: Desk, text: str) -> bool:
    """Whether a text holds what looks like a whole member id: it is looked up nowhere."""
    return is_whole_member_id(desk.rulebook, text)


def _read(desk: Desk, text: str) -> Card:
    try:
        return read_card(desk.rulebook, text)
    except WholeMemberId:
        return Card()


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
            cited = {item.name: self.plain(getattr(value, item.name)) for item in fields(value)}
            return {name: part for name, part in cited.items() if name not in LOCAL or part}
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
        if isinstance(value, int) and not isinstance(value, bool) and name in MONEY_NAMES:
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
