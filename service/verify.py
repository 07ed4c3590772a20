"""The one door: asks every witness, decides, and says what the answer was made from.

API, console, widget, batch and command line all enter here: first `hear`, which may leave the machine,
then `verify`, which does not. Nothing is stored here, and nothing is read from a clock: the same desk,
inquiry, hearing and time give the same answer, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from payers.base import Ask
from payers.kept import keeps_results
from payers.medicaid_plans import find_medicaid_plans
from payers.plan_years import missing_years
from payers.registry import find_adapter, find_payer, list_payers
from payers.rulebook import Rulebook
from payers.switchboard import Switchboard
from schemas.inquiry import load_inquiry
from schemas.known import Known, PayerCard, SiteCard
from schemas.model import Determination, Fact, Inquiry, Payer, Period, Site, Step
from schemas.problem import FieldError
from service.clinic import Clinic
from service.engine import ENGINE_VERSION
from service.engine.brief import Brief
from service.engine.calendar import age_on
from service.engine.determine import determine
from service.engine.episode import LaidPhase, lay_episode
from service.engine.order import arrange
from service.federal_holidays import federal_holidays
from service.hearing import Hearing, Reported, bring, listen, new_trace, read_hearing

NOBODY = Switchboard()
NOTHING_HEARD = Reported()


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers are made from: the published rules, the clinic's profile, and lines to payers."""

    rulebook: Rulebook
    clinic: Clinic
    switchboard: Switchboard = field(default=NOBODY, compare=False)


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
        arrange=partial(arrange, partial(_order_rules, desk.rulebook)),
    )


@keeps_results
def _order_rules(rulebook: Rulebook, on: date) -> Mapping[str, Fact[Any]]:
    """Return the rules of the order of coverages; a rulebook never changes, so neither do they."""
    return rulebook.order_rules(on)


@keeps_results
def _payer_cards(rulebook: Rulebook) -> Mapping[str, PayerCard]:
    """Return the payers as cards; a rulebook never changes, so neither do they."""
    return {payer.id: _payer_card(rulebook, payer) for payer in list_payers(rulebook)}


_SITES: dict[str, Mapping[str, SiteCard]] = {}


def _site_cards(desk: Desk) -> Mapping[str, SiteCard]:
    """Return the sites as cards; a profile never changes under its digest."""
    if desk.clinic.digest not in _SITES:
        _SITES.clear()
        cards = {key: SiteCard(key, site.networks) for key, site in desk.clinic.sites.items()}
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
        called=identity.called,
        member_id_pattern=shape.pattern.pattern if shape else None,
        member_id_strict=shape.strict if shape else False,
        member_id_hint=shape.hint if shape else None,
    )


def is_asked_live(desk: Desk, inquiry: Inquiry) -> bool:
    """Say whether answering an inquiry goes to a payer: it has a connection, and nothing forbids it."""
    wanted = inquiry.live and inquiry.payer_reply is None and inquiry.as_of is None
    return wanted and desk.switchboard.connection_to(inquiry.payer) is not None


def hear(desk: Desk, inquiry: Inquiry, *, at: datetime, fresh: bool = False) -> Hearing:
    """Ask the payer live, or take the reply that was brought along; empty where there is neither.

    The only step that leaves the machine. It takes a connection's seconds at most, and raises nothing;
    `fresh` wants an answer of now.
    """
    if inquiry.payer_reply is not None:
        return bring(inquiry.payer_reply, "x12_271", at)
    if not is_asked_live(desk, inquiry):
        return ()
    ask = replace(question(desk, inquiry, at), trace=new_trace(), fresh=fresh)
    return listen(desk.switchboard, ask)


def question(desk: Desk, inquiry: Inquiry, at: datetime) -> Ask:
    """Return the question that a live channel is asked, and that its replies are read for."""
    identity = desk.rulebook.identity(inquiry.payer)
    site = desk.clinic.site_for(inquiry.site, inquiry.payer)
    laid = lay_episode(inquiry.phases, site.closed_days)
    terms = identity.inquiry
    # Each phase is read for the day it begins, wherever that was left to the calendar.
    phases = tuple(replace(one.phase, start_date=one.dates[0]) for one in laid)
    return Ask(
        inquiry=replace(inquiry, phases=phases),
        payer=identity.payer,
        site=site,
        dates=tuple(sorted(on for phase in laid for on in phase.dates)),
        network=inquiry.network or "in",
        asked_at=at,
        service_types=terms.service_types if terms is not None else (),
        at_once=terms.at_once if terms is not None else 1,
    )


def read_heard(desk: Desk, inquiry: Inquiry, hearing: Hearing, at: datetime) -> Reported:
    """Return what was heard, read for an inquiry."""
    return read_hearing(hearing, question(desk, inquiry, at)) if hearing else NOTHING_HEARD


def unusable_reply(desk: Desk, inquiry: Inquiry, hearing: Hearing, at: datetime) -> FieldError | None:
    """Return what is wrong with a reply that was brought along, where it cannot be used."""
    if inquiry.payer_reply is None:
        return None
    steps = {step.code for step in read_heard(desk, inquiry, hearing, at).steps}
    if "payer_reply_wrong_member" in steps:
        message = "content is about somebody else: compare name, birth date and member id with the member."
        return FieldError("/payer_reply/content", "reply_of_another_member", message)
    if "payer_reply_unreadable" in steps:
        message = "content must be a whole 271, from its ISA to its IEA, with an answer in it."
        return FieldError("/payer_reply/content", "reply_not_readable", message)
    return None


def lay_request(desk: Desk, body: Mapping[str, Any], at: datetime) -> tuple[LaidPhase, ...]:
    """Lay the care of a valid request, as it stood at a time, out on the calendar of its site."""
    inquiry, _ = load_inquiry(body, known(desk, at))
    return lay_episode(inquiry.phases, desk.clinic.sites[inquiry.site].closed_days)


def verify(
    desk: Desk,
    inquiry: Inquiry,
    *,
    at: datetime,
    warnings: Sequence[Step] = (),
    hearing: Hearing = (),
    is_pending: bool = False,
) -> Outcome:
    """Answer an inquiry as of an aware UTC time, from rules, profile and what was heard alone.

    `is_pending` says that a live answer is still awaited, and may change this one.
    """
    payer = find_payer(desk.rulebook, inquiry.payer)
    site = desk.clinic.site_for(inquiry.site, payer.id)
    network = inquiry.network or "in"
    settled = inquiry if inquiry.network == network else replace(inquiry, network=network)
    laid = lay_episode(settled.phases, site.closed_days)
    dates = tuple(sorted(on for phase in laid for on in phase.dates))
    reported = read_heard(desk, settled, hearing, at)
    awaited = (Step("pending_live", {"payer": payer.name}),) if is_pending else ()
    brief = Brief(
        inquiry=settled,
        payer=payer,
        site=site,
        network=network,
        published=ask_rulebook(desk.rulebook, settled, payer, site, dates),
        reported=reported.benefits,
        now=at,
        zone=desk.clinic.zone,
        holidays=federal_holidays(at.year - 1, dates[-1].year + 1),
        hours=_hours(desk.rulebook, dates[0]),
        warnings=(*warnings, *awaited, *reported.steps, *_own_warnings(desk, settled, dates)),
        administrator_heard=reported.has_administrator,
        laid=laid,
        local_plans=_local_plans(desk.rulebook, payer.id, site.county, dates[0]),
        network_assumed=any(step.code == "network_defaulted" for step in warnings),
        **_second(desk, settled, dates),
    )
    return Outcome(
        inquiry=settled,
        payer=payer,
        plan=_plan(desk.rulebook, inquiry),
        determination=determine(brief),
        status="pending_live" if is_pending else "degraded" if reported.is_degraded else "complete",
        produced_by=produced_by(desk, inquiry, at),
    )


def ask_rulebook(
    rulebook: Rulebook, inquiry: Inquiry, payer: Payer, site: Site, dates: tuple[date, ...]
) -> tuple[Period, ...]:
    """Return the published witness for the dates of an episode."""
    adapter: Any = find_adapter("rulebook")
    answer = adapter(rulebook).check(Ask(inquiry, payer, site, dates, inquiry.network))
    return tuple(answer.periods)


@keeps_results
def _hours(rulebook: Rulebook, on: date) -> Mapping[str, tuple[int, int | None]]:
    """Return the weekly hours that make a level; a rulebook never changes, so neither do they."""
    return {level: band.value for level, band in rulebook.hours_bands(on).items()}


@keeps_results
def _local_plans(rulebook: Rulebook, payer: str, county: str | None, on: date) -> tuple[str, ...]:
    """Return the Medicaid plans of a county, where this payer's members may be in one of them instead."""
    if county is None or "managed_care_plan" not in rulebook.identity(payer).ask_first:
        return ()
    plans = find_medicaid_plans(rulebook, county, on).plans
    return tuple(f"{one.name} ({one.operated_by})" if one.operated_by else one.name for one in plans)


def _own_warnings(desk: Desk, inquiry: Inquiry, dates: tuple[date, ...]) -> list[Step]:
    """Warn of what the clinic's profile and the plan library say of the care."""
    age = age_on(born, dates[0]) if (born := inquiry.member.birth_date) is not None else None
    own = desk.clinic.misfits(inquiry.site, inquiry.modality, age)
    return [*own, *missing_years(desk.rulebook, inquiry, dates)]


def _second(desk: Desk, inquiry: Inquiry, dates: tuple[date, ...]) -> dict[str, Any]:
    """Return what the second coverage publishes, where there is one."""
    if inquiry.secondary is None and not inquiry.coverages:
        return {}
    rules = {"order_rules": _order_rules(desk.rulebook, inquiry.phases[0].start_date or dates[0])}
    if inquiry.secondary is None:
        return rules
    payer = find_payer(desk.rulebook, inquiry.secondary.payer)
    site = desk.clinic.site_for(inquiry.site, payer.id)
    asked = replace(inquiry, payer=payer.id, plan=inquiry.secondary.plan)
    published = ask_rulebook(desk.rulebook, asked, payer, site, dates)
    return {**rules, "second_payer": payer, "second_published": published, "second_site": site}


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


@keeps_results
def _digests(rulebook: Rulebook, payer: str, second: str | None) -> Mapping[str, str]:
    """Return the digest of each file that has a say in the answers of one payer, or two."""
    names = {*rulebook.files_of(payer)}
    if second is not None:
        names |= {*rulebook.files_of(second), *rulebook.files_of_order}
    return {name: rulebook.digests[name] for name in sorted(names)}
