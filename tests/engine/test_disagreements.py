"""Where witnesses differ, both values are kept with their sources, and which of them was believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from schemas.model import (
    Accumulator,
    AuthorizationTerms,
    Clock,
    Contact,
    Copay,
    LevelBenefits,
    Limit,
    OtherCoverage,
)
from tests.engine.builders import (
    CALL,
    IOP,
    OP,
    REPLY,
    RULEBOOK,
    answer,
    plan,
    pot,
    pots,
    published,
    reported,
    says,
    told,
)


def differing(**more):
    return answer(**more).disagreements


def about(**more):
    return [each.about for each in differing(**more)]


def test_two_witnesses_who_differ_are_both_kept_with_their_sources():
    (found,) = differing(
        rules=plan(witness="published", **{IOP: LevelBenefits(prior_authorization=published("required"))}),
        told_benefits=plan(**{IOP: LevelBenefits(prior_authorization=told("not_required"))}),
    )
    assert found.about == f"levels/{IOP}/prior_authorization"
    assert found.values == (
        ("published", "required", (RULEBOOK,)),
        ("told", "not_required", (CALL,)),
    )
    assert found.settled == "not_required"


def test_three_witnesses_are_all_kept_where_two_of_them_differ():
    levels = {
        "rules": plan(witness="published", **{IOP: LevelBenefits(covered=published(True))}),
        "reported_benefits": plan(witness="reported", **{IOP: LevelBenefits(covered=reported(False))}),
        "told_benefits": plan(**{IOP: LevelBenefits(covered=told(True))}),
    }
    (found,) = differing(**levels)
    assert [(name, value) for name, value, _ in found.values] == [
        ("published", True),
        ("reported", False),
        ("told", True),
    ]
    assert found.settled is True


def test_witnesses_who_agree_are_no_disagreement():
    level = {"covered": True, "referral_required": False}
    own = {name: published(value) for name, value in level.items()}
    heard = {name: told(value) for name, value in level.items()}
    assert (
        about(
            rules=plan(witness="published", **{IOP: LevelBenefits(**own)}),
            told_benefits=plan(**{IOP: LevelBenefits(**heard)}),
        )
        == []
    )


def test_one_witness_alone_cannot_disagree():
    assert about(rules=plan(witness="published", **{IOP: LevelBenefits(covered=published(True))})) == []


OTHER_BOOK = replace(RULEBOOK, title="Another booklet")


def test_two_sources_that_differ_on_authorization_are_both_kept_and_none_is_believed():
    other = replace(published("required"), citation=OTHER_BOOK)
    level = LevelBenefits(prior_authorization=published("not_required", others=(other,)))
    (found,) = differing(rules=plan(witness="published", **{IOP: level}))
    assert found.about == f"levels/{IOP}/prior_authorization"
    assert found.values == (
        ("published", "not_required", (RULEBOOK,)),
        ("published", "required", (OTHER_BOOK,)),
    )
    assert found.settled == "undetermined"


def test_two_sources_that_differ_on_coverage_are_both_kept_and_the_first_is_believed():
    other = replace(published(False), citation=OTHER_BOOK)
    level = LevelBenefits(covered=published(True, others=(other,)))
    answered = answer(rules=plan(witness="published", **{IOP: level}))
    assert answered.disagreements[0].settled is True
    assert "confirm_sources_disagree" in [step.code for step in answered.phases[0].coverage.reasons]


def test_a_call_settles_what_two_sources_of_the_rulebook_differ_on():
    other = replace(published("required"), citation=OTHER_BOOK)
    level = LevelBenefits(prior_authorization=published("not_required", others=(other,)))
    (found,) = differing(
        rules=plan(witness="published", **{IOP: level}),
        told_benefits=plan(**{IOP: LevelBenefits(prior_authorization=told("required"))}),
    )
    assert [name for name, _, _ in found.values] == ["published", "published", "told"]
    assert found.settled == "required"


def test_two_clocks_of_the_rulebook_are_told_in_days():
    other = replace(published(Clock(7, "calendar_days")), citation=OTHER_BOOK)
    terms = AuthorizationTerms(standard=published(Clock(5, "business_days"), others=(other,)))
    (found,) = differing(rules=plan(witness="published", **{IOP: LevelBenefits(authorization=terms)}))
    assert found.about == f"levels/{IOP}/standard"
    assert [value for _, value, _ in found.values] == [
        {"n": 5, "unit": "business_day"},
        {"n": 7, "unit": "calendar_day"},
    ]


def test_a_level_of_which_only_the_rulebook_speaks_is_no_disagreement():
    rules = plan(witness="published", **{IOP: LevelBenefits(covered=published(True))})
    assert about(rules=rules, told_benefits=plan(**{OP: LevelBenefits(covered=told(False))})) == []


FACTS = {
    "active": (reported(False), told(True), [False, True]),
    "coverage_start": (reported(None), told(date(2026, 1, 1)), [None, "2026-01-01"]),
    "coverage_end": (
        reported(date(2026, 6, 30)),
        told(date(2026, 12, 31)),
        ["2026-06-30", "2026-12-31"],
    ),
    "plan_year_start": (reported((1, 1)), told((7, 1)), ["01-01", "07-01"]),
    "administrator": (reported(Contact("A")), told(Contact("B")), ["A", "B"]),
    "other_coverage": (reported(None), told(OtherCoverage("Other")), [None, "Other"]),
}


@pytest.mark.parametrize("name", FACTS)
def test_facts_of_the_membership_are_compared_and_written_plainly(name):
    theirs, ours, written = FACTS[name]
    found = differing(
        reported_benefits=says("reported", **{name: theirs}), told_benefits=says("told", **{name: ours})
    )
    assert [(each.about, [value for _, value, _ in each.values]) for each in found] == [(name, written)]
    assert found[0].settled == written[1]


LEVEL = {
    "covered": (False, True, [False, True]),
    "deductible_applies": (False, True, [False, True]),
    "allowed_amount": (10000, 15050, ["100.00", "150.50"]),
    "referral_required": (False, True, [False, True]),
}


@pytest.mark.parametrize("name", LEVEL)
def test_facts_of_a_level_are_compared_and_written_plainly(name):
    theirs, ours, written = LEVEL[name]
    (found,) = differing(
        reported_benefits=plan(witness="reported", **{IOP: LevelBenefits(**{name: reported(theirs)})}),
        told_benefits=plan(**{IOP: LevelBenefits(**{name: told(ours)})}),
    )
    assert found.about == f"levels/{IOP}/{name}"
    assert [value for _, value, _ in found.values] == written


def test_a_copay_and_a_coinsurance_are_compared_by_the_first_of_each():
    found = differing(
        reported_benefits=plan(
            witness="reported",
            **{
                IOP: LevelBenefits(
                    copay=(reported(Copay(2000)), reported(Copay(9000))),
                    coinsurance=(reported(Decimal("0.10")),),
                )
            },
        ),
        told_benefits=plan(
            **{IOP: LevelBenefits(copay=(told(Copay(2500, "day", 5)),), coinsurance=(told(Decimal("0.20")),))}
        ),
    )
    assert [(each.about.rsplit("/", 1)[1], [value for _, value, _ in each.values]) for each in found] == [
        (
            "copay",
            [
                {"amount": "20.00", "per": "session", "max_units": None},
                {"amount": "25.00", "per": "day", "max_units": 5},
            ],
        ),
        ("coinsurance", ["0.10", "0.20"]),
    ]


def test_a_limit_differs_by_its_units_not_by_what_is_used_of_it():
    rules = plan(witness="published", **{IOP: LevelBenefits(limits=(published(Limit(30)),))})
    used = plan(**{IOP: LevelBenefits(limits=(told(Limit(30, used=4)),))})
    other = plan(**{IOP: LevelBenefits(limits=(told(Limit(20, used=4)),))})
    assert about(rules=rules, told_benefits=used) == []
    (found,) = differing(rules=rules, told_benefits=other)
    assert found.settled == {"units": 20, "unit": "session", "period": "plan_year"}


def test_pots_are_compared_part_by_part_in_dollars():
    heard = plan(pots(Accumulator(told(100000), told(5000), told(30000)), pot(None)))
    reply = plan(
        pots(Accumulator(reported(100000), reported(6000), reported(50000)), pot(None, said=reported)),
        None,
        "reported",
    )
    found = differing(told_benefits=heard, reported_benefits=reply)
    assert [(each.about, [value for _, value, _ in each.values], each.settled) for each in found] == [
        ("deductible/individual/met", ["60.00", "50.00"], "50.00"),
        ("deductible/individual/remaining", ["500.00", "300.00"], "300.00"),
    ]
    assert [cited for _, _, (cited,) in found[0].values] == [REPLY, CALL]


def test_a_family_maximum_that_only_one_witness_has_is_a_disagreement():
    heard = plan(None, pots(pot(None), pot(None)))
    reply = plan(None, pots(pot(None, said=reported), pot(800000, said=reported)), "reported")
    (found,) = differing(told_benefits=heard, reported_benefits=reply)
    assert (found.about, found.settled) == ("out_of_pocket_max/family/limit", None)


def test_what_was_believed_may_be_what_neither_of_two_said():
    # The newer reply states what remains, so the limits that differ are neither of them believed.
    older, newer = date(2026, 2, 1), date(2026, 2, 19)
    heard = plan(pots(Accumulator(told(100000, older)), pot(None)))
    rules = plan(pots(pot(90000, said=published), pot(None, said=published)), None, "published")
    reply = plan(
        pots(Accumulator(remaining=reported(3000, newer)), pot(None, said=reported)), None, "reported"
    )
    found = differing(rules=rules, told_benefits=heard, reported_benefits=reply)
    assert [(each.about, each.settled) for each in found] == [("deductible/individual/limit", None)]


def test_only_the_network_and_the_levels_asked_about_are_compared():
    rules = plan(witness="published", **{OP: LevelBenefits(covered=published(True))})
    heard = plan(**{OP: LevelBenefits(covered=told(False))})
    assert about(rules=rules, told_benefits=heard) == []
    out = [replace(each, networks={"out": each.networks["in"]}) for each in (rules, heard)]
    assert about(rules=out[0], told_benefits=out[1]) == []
