"""What nobody confirmed, membership, network, plan year, is named, and no figure is surer than that."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.engine.builders import (
    IOP,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    published,
    reported,
    says,
    sessions,
    told,
)


def three(e):
    return e.low, e.expected, e.high


def test_where_coverage_is_not_known_no_figure_is():
    d = answer(sessions(3))
    e = d.estimate
    assert (three(e), e.certainty) == ((None, None, None), "indicative")
    assert (e.total_allowed, e.plan_pays, e.formula.code) == (None, None, "formula_coverage_unknown")


def test_a_member_whom_nobody_confirmed_is_never_better_than_estimated():
    level = covered_level(10000, published, **coinsurance("0.20", published))
    e = answer(sessions(3), rules=plan(witness="published", **{IOP: level})).estimate
    assert (three(e), e.certainty) == ((6000, 6000, 6000), "estimated")
    assert [(one.code, one.params) for one in e.assumptions] == [
        ("membership_not_confirmed", {"payer": "Invented Health"})
    ]


@pytest.mark.parametrize(
    "heard",
    [
        {"told_benefits": says("told", active=told(True))},
        {"told_benefits": plan()},
        {"reported_benefits": says("reported", plan_name=reported("Plan A"))},
    ],
)
def test_told_or_reported_facts_that_speak_of_the_member_lift_that(heard):
    level = covered_level(10000, published, **coinsurance("0.20", published))
    e = answer(sessions(3), rules=plan(witness="published", **{IOP: level}), **heard).estimate
    assert e.certainty == "exact"


def test_a_witness_that_says_nothing_lifts_nothing():
    level = covered_level(10000, published, **coinsurance("0.20", published))
    rules = plan(witness="published", **{IOP: level})
    e = answer(sessions(3), rules=rules, told_benefits=says("told")).estimate
    assert codes(e.assumptions) == ["membership_not_confirmed"]


def test_a_network_that_was_assumed_is_named():
    said = plan(**{IOP: covered_level(**copay(10))})
    e = answer(sessions(1), told_benefits=said, network_assumed=True).estimate
    assert [(a.code, a.params) for a in e.assumptions] == [("network_assumed", {"network": "in"})]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("commercial", ["plan_year_assumed"]), ("medicare", []), ("medicaid", [])],
)
def test_a_plan_year_that_turns_in_the_episode_and_that_nobody_stated_is_named(line, expected):
    said = plan(**{IOP: covered_level(**copay(10))})
    e = answer(
        phase(start=date(2026, 12, 28), weeks=1),
        told_benefits=said,
        line_of_business=line,
        at=datetime(2026, 12, 20, 15, tzinfo=UTC),
    ).estimate
    assert codes(e.assumptions) == expected
