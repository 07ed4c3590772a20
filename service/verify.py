"""The one door: asks every witness, decides, and says what the answer was made from.

API, console, widget, batch and command line all enter here. Nothing is stored here, and nothing is
read from a clock: the same desk, inquiry and time give the same answer, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from payers.base import Ask
from payers.registry import ADAPTERS, find_payer, list_payers
from payers.rulebook import Rulebook
from schemas.known import Known, PayerCard, SiteCard
from schemas.model import Determination, Inquiry, Payer, Period, Site, Step
from service.clinic import Clinic
from service.engine import ENGINE_VERSION
from service.engine.brief import Brief
from service.engine.calendar import age_on
from service.engine.determine import determine
from service.engine.episode import lay_episode
from service.federal_holidays import federal_holidays


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers are made from: the published rules and the clinic's profile."""

    rulebook: Rulebook
    clinic: Clinic


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer with what it was made from. `produced_by` holds digests, version and time."""

    inquiry: Inquiry
    payer: Payer
    plan: Mapping[str, str] | None
    determination: Determination
    status: str
    produced_by: Mapping[str, Any]


def known(desk: Desk, at: datetime) -> Known:
    """Return what a request is held against: payers, sites, and the clinic's date."""
    return Known(
        payers=_payer_cards(desk.rulebook),
        sites=_site_cards(desk),
        default_site=desk.clinic.default_site,
        today=at.astimezone(desk.clinic.zone).date(),
        zone=desk.clinic.zone,
    )


@lru_cache(maxsize=8)
def _payer_cards(rulebook: Rulebook) -> Mapping[str, PayerCard]:
    """Return the payers as cards; a rulebook never changes, so neither do they."""
    return {payer.id: _payer_card(rulebook, payer) for payer in list_payers(rulebook)}


_SITES: dict[str, Mapping[str, SiteCard]] = {}


def _site_cards(desk: Desk) -> Mapping[str, SiteCard]:
    """Return the sites as cards; a profile never changes under its digest."""
    if desk.clinic.digest not in _SITES:
        _SITES.clear()
        cards = {site.id: SiteCard(site.id, site.networks) for site in desk.clinic.sites.values()}
        _SITES[desk.clinic.digest] = cards
    return _SITES[desk.clinic.digest]


def _payer_card(rulebook: Rulebook, payer: Payer) -> PayerCard:
    identity = rulebook.identity(payer.id)
    shape = identity.member_id
    return PayerCard(
        id=payer.id,
        name=payer.name,
        line_of_business=payer.line_of_business,
        aliases=identity.aliases,
        plans={plan.id: plan.name for plan in identity.plans.values()},
        member_id_pattern=shape.pattern.pattern if shape else None,
        member_id_strict=shape.strict if shape else False,
        member_id_hint=shape.hint if shape else None,
    )


def verify(desk: Desk, inquiry: Inquiry, *, at: datetime, warnings: Sequence[Step] = ()) -> Outcome:
    """Answer an inquiry as of an aware UTC time, from the desk's rulebook and profile alone."""
    payer = find_payer(desk.rulebook, inquiry.payer)
    site = desk.clinic.site_for(inquiry.site, payer.id)
    network = inquiry.network or "in"
    settled = inquiry if inquiry.network == network else replace(inquiry, network=network)
    laid = lay_episode(settled.phases, site.closed_days)
    dates = tuple(sorted(on for phase in laid for on in phase.dates))
    brief = Brief(
        inquiry=settled,
        payer=payer,
        site=site,
        network=network,
        published=ask_rulebook(desk.rulebook, settled, payer, site, dates),
        now=at,
        zone=desk.clinic.zone,
        holidays=federal_holidays(at.year - 1, dates[-1].year + 1),
        hours=_hours(desk.rulebook, dates[0]),
        warnings=(*warnings, *_site_warnings(desk.clinic, settled, dates[0])),
        laid=laid,
        network_assumed=any(step.code == "network_defaulted" for step in warnings),
        **_second(desk, settled, dates),
    )
    return Outcome(
        inquiry=settled,
        payer=payer,
        plan=_plan(desk.rulebook, inquiry),
        determination=determine(brief),
        status="complete",
        produced_by=produced_by(desk, inquiry, at),
    )


def ask_rulebook(
    rulebook: Rulebook, inquiry: Inquiry, payer: Payer, site: Site, dates: tuple[date, ...]
) -> tuple[Period, ...]:
    """Return the published witness for the dates of an episode."""
    ask = Ask(inquiry, payer, site, dates, inquiry.network)
    return ADAPTERS["rulebook"](rulebook).check(ask).periods


@lru_cache(maxsize=2048)
def _hours(rulebook: Rulebook, on: date) -> Mapping[str, tuple[int, int | None]]:
    """Return the weekly hours that make a level; a rulebook never changes, so neither do they."""
    return {level: band.value for level, band in rulebook.hours_bands(on).items()}


def _site_warnings(clinic: Clinic, inquiry: Inquiry, on: date) -> list[Step]:
    """Warn where the clinic's own profile says that the site does not work this way, or not at this age."""
    site, place = clinic.sites[inquiry.site], clinic.places[inquiry.site]
    found = []
    if place.modalities and inquiry.modality not in place.modalities:
        params = {"modality": inquiry.modality, "site": site.name}
        found.append(Step("site_does_not_work_this_way", params))
    ages, born = place.ages, inquiry.member.birth_date
    if ages is not None and born is not None:
        age = age_on(born, on)
        too_young = ages.from_age is not None and age < ages.from_age
        if too_young or (ages.below is not None and age >= ages.below):
            found.append(Step("site_does_not_take_this_age", {"site": site.name}))
    return found


def _second(desk: Desk, inquiry: Inquiry, dates: tuple[date, ...]) -> dict[str, Any]:
    """Return what the second coverage publishes, where there is one."""
    if inquiry.secondary is None:
        return {}
    payer = find_payer(desk.rulebook, inquiry.secondary.payer)
    site = desk.clinic.site_for(inquiry.site, payer.id)
    asked = replace(inquiry, payer=payer.id, plan=inquiry.secondary.plan)
    published = ask_rulebook(desk.rulebook, asked, payer, site, dates)
    return {"second_payer": payer, "second_published": published, "second_site": site}


def _plan(rulebook: Rulebook, inquiry: Inquiry) -> Mapping[str, str] | None:
    if inquiry.plan is None:
        return None
    plan = rulebook.identity(inquiry.payer).find_plan(inquiry.plan)
    return (
        {"id": plan.id, "name": plan.name} if plan is not None else {"id": inquiry.plan, "name": inquiry.plan}
    )


def produced_by(desk: Desk, inquiry: Inquiry, at: datetime) -> Mapping[str, Any]:
    """Return the digests of the whole and of each file that can have had a say, the version and the time."""
    second = inquiry.secondary.payer if inquiry.secondary is not None else None
    return {
        "rulebook": desk.rulebook.digest,
        "files": _digests(desk.rulebook, inquiry.payer, second),
        "profile": desk.clinic.digest,
        "engine": ENGINE_VERSION,
        "at": at,
    }


@lru_cache(maxsize=1024)
def _digests(rulebook: Rulebook, payer: str, second: str | None) -> Mapping[str, str]:
    """Return the digest of each file that has a say in the answers of one payer, or two."""
    names = {*rulebook.files_of(payer), *(rulebook.files_of(second) if second is not None else ())}
    return {name: rulebook.digests[name] for name in sorted(names)}
