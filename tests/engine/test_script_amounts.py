"""The call script asks for amounts, limits and pots until somebody who speaks of the member stated them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.model import (
    Accumulator,
    Fact,
    Fee,
    LevelBenefits,
    Limit,
)
from tests.engine.builders import (
    IOP,
    OP,
    PROFILE,
    SITE,
    network,
    per_diem,
    phase,
    plan,
    pot,
    pots,
    published,
    says,
    told,
)
from tests.engine.questions import POTS, asked, level_told, open_questions


def test_an_allowed_amount_is_asked_only_of_a_commercial_plan_that_stated_none():
    benefit = level_told()
    unknown = plan(**{IOP: replace(benefit.networks["in"].levels[IOP], allowed_amount=None)})
    contracted = replace(SITE, contracted_rates={IOP: Fact(15000, PROFILE)})
    assert "allowed_amount" in asked(told_benefits=unknown)
    assert "allowed_amount" not in asked(told_benefits=benefit)
    assert "allowed_amount" not in asked(told_benefits=unknown, site=contracted)
    out = replace(unknown, networks={"out": unknown.networks["in"]})
    assert "allowed_amount" in asked(told_benefits=out, site=contracted, network="out")
    scheduled = plan(witness="published", **{IOP: LevelBenefits(fees=(per_diem(10000),))})
    assert "allowed_amount" not in asked(told_benefits=unknown, rules=scheduled)


# --- limits


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((told(None),), False),
        ((told(Limit(30, used=0)),), False),
        ((told(Limit(30)),), True),
        ((told(Limit(30, used=3)), told(Limit(5))), True),
        ((), True),
    ],
)
def test_a_limit_is_asked_about_where_it_or_its_use_is_not_known(limits, expected):
    assert ("limit" in open_questions(limits=limits)) is expected


def test_medicaid_is_asked_about_a_limit_only_where_its_schedule_has_one():
    row = Fee("H2019", published(2187), "HR", service="individual")
    for limit, expected in ((None, False), (published(Limit(104, "unit")), True)):
        level = LevelBenefits(covered=published(True), fees=(replace(row, limit=limit),))
        rules = plan(witness="published", **{OP: level})
        own = asked(phase(OP, weeks=1), rules=rules, line_of_business="medicaid")
        assert ("limit" in own) is expected


# --- pots


def asked_pots(deductible, out_of_pocket=None):
    heard = says("told", network(deductible, out_of_pocket or pots(pot(None), pot(None))))
    return [code for code in asked(told_benefits=heard) if code in POTS]


def test_a_pot_is_asked_about_until_what_is_met_or_remains_was_stated():
    assert asked_pots(pots(pot(10000), pot(None))) == ["deductible_individual"]
    assert asked_pots(pots(pot(10000, 0), pot(None))) == []
    assert asked_pots(pots(Accumulator(remaining=told(0)), pot(None))) == []


def test_a_family_pot_told_alone_leaves_no_individual_one_to_ask():
    assert asked_pots(pots(None, pot(20000, 0))) == []
    assert asked_pots(pots(None, Accumulator(remaining=told(0)))) == []
    assert asked_pots(pots(None, pot(None))) == ["deductible_individual"]
