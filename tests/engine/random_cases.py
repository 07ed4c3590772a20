"""Random cases for the money identities: plans of every shape, told or published, with or without gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from schemas.model import (
    Accumulator,
    Accumulators,
    Copay,
    Determination,
    Fact,
    LevelBenefits,
    Limit,
    Payer,
    Period,
    Phase,
    Secondary,
    SecondaryRule,
    Then,
)
from tests.engine.builders import (
    IOP,
    OP,
    PHP,
    PROFILE,
    RULEBOOK,
    SITE,
    answer,
    network,
    published,
    says,
    told,
)

CALLED = date(2026, 2, 20)
RATES = tuple(Decimal(rate) for rate in ("0", "0.10", "0.125", "0.20", "0.333", "0.50", "1"))
MEDIGAP = {"f": ("1", "1", None, None), "g": ("1", "0", None, None), "n": ("1", "0", 2000, None)}
MEDIGAP |= {"k": ("0.50", "0", None, 5000), "l": ("0.75", "0", None, 30000)}
SECONDS = (None, None, "zero_share", "medicaid", "coordination", *MEDIGAP)
OUTSIDE = replace(SITE, charges={level: Fact(45000, PROFILE) for level in (OP, IOP, PHP)})


@dataclass(frozen=True)
class Pot:
    """A pot in cents: a `limit` of `None` is unknown, of -1: none exists; met or remaining may be unknown."""

    limit: int | None
    met: int | None = None
    remaining: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a plan says of one level, in cents."""

    allowed: int | None
    copay: Copay | None
    rate: Decimal | None
    applies: bool | None
    then: Then | None
    most: int | None
    limit: Limit | None


@dataclass(frozen=True)
class Case:
    """One random question with all that is known of the plan."""

    phases: tuple[Phase, ...]
    terms: Terms
    pots: tuple[Pot | None, ...]
    carried: bool = False
    year: tuple[int, int] = (1, 1)
    second: str | None = None
    network: str = "in"
    said: bool = True
    raised: int = 0
    by: int = 1
    other: Terms | None = None


def phases_in() -> st.SearchStrategy[tuple[Phase, ...]]:
    """One phase or two, at any level, that may cross the turn of a plan year."""
    one = st.tuples(st.sampled_from((OP, IOP, PHP)), st.integers(1, 4), st.integers(1, 7))

    def lay(start: int, shapes: list[tuple[str, int, int]]) -> tuple[Phase, ...]:
        first = date(2025, 11, 1) + timedelta(days=start)
        return tuple(
            Phase(level, first if index == 0 else None, weeks, days, 180)
            for index, (level, weeks, days) in enumerate(shapes)
        )

    return st.builds(lay, st.integers(0, 240), st.lists(one, min_size=1, max_size=2))


def copays_in() -> st.SearchStrategy[Copay | None]:
    """A copay of any unit, or none."""
    units = st.sampled_from(("session", "day", "week", "admission"))
    most = st.one_of(st.none(), st.integers(1, 5))
    return st.one_of(st.none(), st.builds(Copay, st.integers(0, 30000), units, most))


def terms_in(*, known: bool) -> st.SearchStrategy[Terms]:
    """The terms of a level; unless `known`, anything may be unknown."""
    maybe: Any = (lambda strategy: strategy) if known else (lambda strategy: st.one_of(st.none(), strategy))
    then = st.builds(
        Then,
        st.integers(0, 6),
        copays_in(),
        st.one_of(st.none(), st.sampled_from(RATES)),
        st.booleans(),
    )
    periods = st.sampled_from(("plan_year", "calendar_year", "state_fiscal_year", "month", "lifetime"))
    limit = st.builds(
        Limit, st.integers(0, 20), st.just("session"), periods, maybe(st.integers(0, 10)), st.booleans()
    )
    return st.builds(
        Terms,
        maybe(st.integers(1, 60000)),
        copays_in(),
        st.one_of(st.none(), st.sampled_from(RATES)),
        maybe(st.booleans()),
        st.one_of(st.none(), st.none(), then),
        st.one_of(st.none(), st.none(), st.integers(0, 20000)),
        st.one_of(st.none(), limit),
    )


def pots_in(*, known: bool) -> st.SearchStrategy[tuple[Pot | None, ...]]:
    """Deductible and out-of-pocket maximum, individual and family; nobody may have spoken of one."""
    amounts = st.integers(0, 300000)
    spoken = [
        st.just(Pot(-1)),
        st.builds(Pot, amounts, amounts),
        st.builds(Pot, amounts, st.none(), amounts),
    ]
    gaps = [] if known else [st.none(), st.builds(Pot, amounts), st.just(Pot(None, 100))]
    one = st.one_of(*spoken, *gaps)
    return st.tuples(one, one, one, one)


def cases(*, known: bool) -> st.SearchStrategy[Case]:
    """Cases in which everything is known and there is one coverage, or cases of every kind."""
    plain: dict[str, Any] = {
        "phases": phases_in(),
        "terms": terms_in(known=known),
        "pots": pots_in(known=known),
        "year": st.sampled_from(((1, 1), (1, 1), (7, 1), (4, 15))),
    }
    if known:
        plain |= {"raised": st.integers(0, 3), "by": st.sampled_from((1, 999, 5000, 40000))}
    else:
        plain |= {
            "carried": st.booleans(),
            "second": st.sampled_from(SECONDS),
            "network": st.sampled_from(("in", "in", "out")),
            "said": st.booleans(),
            "other": terms_in(known=False),
        }
    return st.builds(Case, **plain)


def determine_case(case: Case) -> Determination:
    """Ask the engine."""
    say = told if case.said else published
    inside = _inside(case, case.terms, say)
    plan = replace(
        says("told" if case.said else "published"),
        networks={case.network: inside},
        plan_year_start=say(case.year),
    )
    more: dict[str, Any] = {"told_benefits": plan} if case.said else {"rules": plan}
    return answer(
        *case.phases,
        trace=True,
        site=OUTSIDE,
        network=case.network,
        line_of_business="medicare" if case.second in ("zero_share", *MEDIGAP) else "commercial",
        **more,
        **_second(case),
    )


def _inside(case: Case, terms: Terms, say: Any) -> Any:
    first, second, third, fourth = case.pots
    level = LevelBenefits(
        covered=say(True),
        copay=(say(terms.copay),),
        coinsurance=(say(terms.rate),),
        coinsurance_max=say(terms.most) if terms.most is not None else None,
        deductible_applies=say(terms.applies) if terms.applies is not None else None,
        then=say(terms.then) if terms.then else None,
        allowed_amount=_amount(case, terms, say),
        limits=(say(terms.limit),) if terms.limit else (),
    )
    return network(
        Accumulators(_pot(first, say), _pot(second, say)),
        Accumulators(_pot(third, say), _pot(fourth, say)),
        **{OP: level, IOP: level, PHP: level},
    )


def _amount(case: Case, terms: Terms, say: Any) -> Any:
    if terms.allowed is None:
        return None
    through = date(2025, 12, 31) if case.carried else None
    return say(terms.allowed, through=through)


def _pot(pot: Pot | None, say: Any) -> Accumulator | None:
    if pot is None:
        return None
    if pot.limit == -1:
        return Accumulator(limit=say(None))
    return Accumulator(
        say(pot.limit) if pot.limit is not None else None,
        say(pot.met) if pot.met is not None else None,
        say(pot.remaining) if pot.remaining is not None else None,
    )


def _second(case: Case) -> dict[str, Any]:
    if case.second is None:
        return {}
    kind = "supplement" if case.second in MEDIGAP else case.second
    line = {"supplement": "medigap", "coordination": "commercial"}.get(kind, "medicaid")
    rule = SecondaryRule(kind, citation=RULEBOOK)
    if case.second in MEDIGAP:
        share, deductible, visit, most = MEDIGAP[case.second]
        rule = replace(
            rule,
            coinsurance=published(Decimal(share)),
            deductible=published(Decimal(deductible)),
            office_visit_copay=published(visit) if visit else None,
            yearly_limit=published(most) if most else None,
        )
    benefits = says("published", secondary=rule if kind != "coordination" else None)
    benefits = replace(benefits, networks={case.network: _inside(case, case.other or case.terms, published)})
    return {
        "secondary": Secondary("second"),
        "second_payer": Payer("second", "Second", line),
        "second_published": (Period(date.min, benefits),),
    }
