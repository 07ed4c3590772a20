"""Puts a visitor's question to the rulebook, through the one door, for each of the clinic's sites.

Nobody is named: an adult stands for an age in the middle, somebody under 21 for a youth, so every answer is
what is *usually* so. Of the sites the one counts whose answer is best for the visitor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.known import NETWORKED_LINES
from schemas.model import LEVEL_ALIASES, Determination, Inquiry, Payer, Person, Phase, Site
from schemas.quick_check import ADULT, ASK, DOES_NOT, INCLUDES, UNDER_21
from service.verify import Desk, verify

AGES = {ADULT: 30, UNDER_21: 16}
"""Who stands for an age group: figures of ours."""

USUAL_CARE: Mapping[str, tuple[int, int, int]] = {"op": (12, 1, 60), "iop": (6, 3, 180), "php": (4, 5, 300)}
"""Weeks, days a week and minutes a day that stand for a level: figures of ours."""

ANSWERS = {"covered": INCLUDES, "not_covered": DOES_NOT, "undetermined": ASK}
_BEST = (INCLUDES, ASK, DOES_NOT)
_NETWORKS = ("in", None, "out")


@dataclass(frozen=True, slots=True)
class Found:
    """What one of the clinic's sites may say; `network` is `None` where the profile does not tell."""

    answer: str
    site: Site
    network: str | None
    determination: Determination


def ask_sites(
    desk: Desk, payer: Payer, level: str, age_group: str, sites: Sequence[str], at: datetime
) -> list[Found]:
    """Ask about a level of care at each of some sites; the answer that is best comes first."""
    found = [_ask(desk, payer, level, age_group, site_id, at) for site_id in sites]
    found.sort(key=lambda one: (_BEST.index(one.answer), _NETWORKS.index(one.network)))
    return found


def sites_for(desk: Desk, wanted: str | None, age_group: str) -> list[str]:
    """The sites that take somebody of this age, the default site first; or the one that is wanted."""
    clinic = desk.clinic
    ids = [wanted] if wanted else sorted(clinic.sites, key=lambda one: one != clinic.default_site)
    return [one for one in ids if not clinic.misfits(one, _modality(desk, one), AGES[age_group])]


def _ask(desk: Desk, payer: Payer, level: str, age_group: str, site_id: str, at: datetime) -> Found:
    site = desk.clinic.sites[site_id]
    today = at.astimezone(desk.clinic.zone).date()
    network = site.networks.get(payer.id)
    weeks, days, minutes = USUAL_CARE[level]
    inquiry = Inquiry(
        payer=payer.id,
        member=Person(None, None, None, _born(today, AGES[age_group])),
        phases=(Phase(LEVEL_ALIASES[level], today + timedelta(days=1), weeks, days, minutes),),
        site=site_id,
        network=network,
        modality=_modality(desk, site_id),
        live=False,
        trace=True,
    )
    determined = verify(desk, inquiry, at=at).determination
    is_known = payer.line_of_business not in NETWORKED_LINES or network is not None
    status = determined.phases[0].coverage.status
    return Found(ANSWERS[status], site, (network or "in") if is_known else None, determined)


def _modality(desk: Desk, site_id: str) -> str:
    ways = desk.clinic.places[site_id].modalities
    return ways[0] if ways and "in_person" not in ways else "in_person"


def _born(today: date, age: int) -> date:
    return date(today.year - age, 1, 1)
