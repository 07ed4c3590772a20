"""Small makers of inquiries, sites and witnesses, so that each test states only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from schemas.coordination_file import PLAIN_RULES
from schemas.model import (
    Accumulator,
    Accumulators,
    Benefits,
    Citation,
    Contact,
    Copay,
    Determination,
    Fact,
    Fee,
    Inquiry,
    LevelBenefits,
    NetworkBenefits,
    Payer,
    Period,
    Person,
    Phase,
    ProgramRules,
    Site,
)
from service.engine.brief import Brief
from service.engine.determine import determine

RULEBOOK = Citation(
    "published", "Invented schedule", "https://example.org/schedule", "row 1", date(2026, 1, 1)
)
CALL = Citation("told", "Told by phone", None, "CALL-1", None, date(2026, 2, 20))
REPLY = Citation("reported", "Invented reply", None, "EB segment 7", None, date(2026, 2, 20))
PROFILE = Citation("profile", "Invented clinic profile")
HOURS = {"intensive_outpatient": (9, 20), "partial_hospitalization": (20, None)}
IOP, PHP, OP = "intensive_outpatient", "partial_hospitalization", "outpatient"
ADULT = date(1957, 3, 2)
MONDAY = date(2026, 3, 2)


def published(value: Any, **more: Any) -> Fact[Any]:
    return Fact(value, RULEBOOK, **more)


def told(value: Any, as_of: date | None = date(2026, 2, 20), **more: Any) -> Fact[Any]:
    return Fact(value, CALL, as_of=as_of, **more)


def reported(value: Any, as_of: date | None = date(2026, 2, 20), **more: Any) -> Fact[Any]:
    return Fact(value, REPLY, as_of=as_of, **more)


def pot(limit: int | None, met: int | None = None, said: Any = told) -> Accumulator:
    """A pot with a limit (`None`: there is none) and, where given, what is met of it, in cents."""
    return Accumulator(limit=said(limit), met=said(met) if met is not None else None)


def pots(individual: Accumulator | None, family: Accumulator | None = None) -> Accumulators:
    return Accumulators(individual, family)


NO_POTS = pots(pot(None, said=published), pot(None, said=published))
SAYS = {"told": told, "reported": reported, "published": published}


def network(
    deductible: Accumulators = NO_POTS, out_of_pocket: Accumulators = NO_POTS, **levels: Any
) -> NetworkBenefits:
    return NetworkBenefits(deductible, out_of_pocket, levels)


def says(witness: str, inside: NetworkBenefits | None = None, **facts: Any) -> Benefits:
    return Benefits(witness, networks={"in": inside} if inside is not None else {}, **facts)


def plan(
    deductible: Accumulators | None = None,
    out_of_pocket: Accumulators | None = None,
    witness: str = "told",
    **levels: LevelBenefits,
) -> Benefits:
    """What a witness says of a plan that has no deductible and no maximum, unless they are given."""
    none = pots(pot(None, said=SAYS[witness]), pot(None, said=SAYS[witness]))
    return says(witness, network(deductible or none, out_of_pocket or none, **levels))


def copay(dollars: int, per: str = "session", most: int | None = None, said: Any = told) -> dict[str, Any]:
    return {"copay": (said(Copay(dollars * 100, per, most)),), "coinsurance": (said(None),)}


def coinsurance(rate: str, said: Any = told) -> dict[str, Any]:
    return {"copay": (said(None),), "coinsurance": (said(Decimal(rate)),)}


def covered_level(allowed: int | None = 10000, said: Any = told, **more: Any) -> LevelBenefits:
    """A covered level whose deductible applies, with an allowed amount in cents."""
    terms: dict[str, Any] = {"covered": said(True), "deductible_applies": said(True), **more}
    return LevelBenefits(allowed_amount=said(allowed) if allowed is not None else None, **terms)


def phase(level: str = IOP, start: date | None = MONDAY, weeks: int = 8, **more: Any) -> Phase:
    days, minutes = {IOP: (3, 180), PHP: (5, 300), OP: (1, 60)}.get(level, (7, 60))
    return Phase(
        level, start, weeks, more.pop("days_per_week", days), more.pop("minutes_per_day", minutes), **more
    )


def sessions(count: int) -> Phase:
    """One week of so many program days, from Monday 2 March 2026."""
    return phase(weeks=1, days_per_week=count)


def codes(items: Iterable[Any]) -> list[str]:
    """The codes of steps, assumptions or questions, in their order."""
    return [item.code for item in items]


# Rules of the order of coverages, as the rulebook has them, each from an invented source.
ORDER_VALUES: dict[str, Any] = {
    "working_aged": {"age": 65, "employees": 20},
    "disabled": {"employees": 100},
    "esrd": {"months": 30},
    "coordination_center": Contact("Invented center", "800-555-0100"),
    **dict.fromkeys(PLAIN_RULES, True),
}
ORDER_RULES = {name: Fact(value, replace(RULEBOOK, locator=name)) for name, value in ORDER_VALUES.items()}
SITE = Site(
    "clinic",
    "Invented clinic",
    "1234567893",
    "cmhc",
    county="Miami-Dade",
    locality="04",
    wage_index=Fact(Decimal("1.0000"), PROFILE),
    self_pay_rates={
        level: Fact(cents, PROFILE) for level, cents in ((OP, 15000), (IOP, 25000), (PHP, 40000))
    },
)
MEMBER = Person("1EG4TE5MK73", "Ana", "Prueba", ADULT)


def brief(
    *phases: Phase,
    rules: Benefits | tuple[Period, ...] | None = None,
    line_of_business: str = "commercial",
    site: Site = SITE,
    told_benefits: Benefits | None = None,
    reported_benefits: Benefits | None = None,
    birth_date: date = ADULT,
    at: datetime = datetime(2026, 2, 20, 15, tzinfo=UTC),
    **more: Any,
) -> Brief:
    inquiry_terms = {
        key: more.pop(key)
        for key in ("condition", "modality", "trace", "secondary", "coverages", "parents", "injury")
        if key in more
    }
    inquiry = Inquiry(
        payer="invented",
        member=replace(MEMBER, birth_date=birth_date),
        phases=phases or (phase(),),
        site=site.id,
        told=told_benefits,
        **inquiry_terms,
    )
    periods = rules if isinstance(rules, tuple) else (Period(date.min, rules or says("published")),)
    return Brief(
        inquiry=inquiry,
        payer=Payer("invented", "Invented Health", line_of_business),
        site=site,
        network=more.pop("network", "in"),
        published=periods,
        now=at,
        zone=ZoneInfo("America/New_York"),
        reported=reported_benefits,
        hours=HOURS,
        **{"order_rules": ORDER_RULES, **more},
    )


def answer(*phases: Phase, **more: Any) -> Determination:
    return determine(brief(*phases, **more))


def per_diem(cents: int, through: date | None = None, services: tuple[int, int | None] = (3, 3)) -> Fee:
    return Fee(
        code="5851",
        amount=published(cents, through=through),
        services_from=services[0],
        services_to=services[1],
        wage_adjusted=True,
    )


def medicare(deductible: int = 28300, rate: int = 12774, year: int = 2026, **more: Any) -> Benefits:
    """A witness like Original Medicare's: IOP at a community mental health center for one year."""
    through = date(year, 12, 31)
    level = LevelBenefits(
        covered=published(True),
        prior_authorization=published("not_required"),
        copay=(published(None),),
        coinsurance=(published(Decimal("0.20")),),
        deductible_applies=published(True),
        fees=(per_diem(rate, through), per_diem(16738, through, (4, None))),
        rules=ProgramRules(
            provider_types=published(("cmhc", "hospital_outpatient")), minimum_hours_per_week=published(9)
        ),
        **more,
    )
    limit = Accumulator(limit=published(deductible, through=through))
    inside = network(pots(limit, pot(None, said=published)), NO_POTS, **{IOP: level})
    return says("published", inside)


def medicare_years() -> tuple[Period, ...]:
    return (
        Period(date(2025, 1, 1), medicare(25700, 11124, 2025)),
        Period(date(2026, 1, 1), medicare(28300, 12774, 2026)),
    )
