"""The call script: what is still open, in the order a representative works, and where answers go."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from schemas.model import (
    AuthorizationTerms,
    Citation,
    Claims,
    Contact,
    Copay,
    Fact,
    LevelBenefits,
)
from tests.engine.builders import (
    IOP,
    OP,
    answer,
    copay,
    covered_level,
    per_diem,
    phase,
    plan,
    published,
    says,
    told,
)
from tests.engine.questions import MEMBER, POTS, asked, level_told, open_questions


def test_where_nobody_knows_anything_everything_is_asked_in_the_order_a_representative_works():
    assert asked() == [
        *MEMBER,
        "administrator",
        "covered",
        "prior_authorization",
        "authorization_phone",
        "authorization_criteria",
        "authorization_initial_units",
        "authorization_review_every_days",
        "authorization_retro_allowed",
        "copay",
        "coinsurance",
        "deductible_applies",
        "allowed_amount",
        "limit",
        "billing",
        *POTS,
        "claims",
    ]


def test_each_question_is_filled_in_and_points_to_where_its_answer_goes():
    script = answer().call_script
    own = next(each for each in script if each.code == "ask_copay")
    assert own.answers == f"/told_benefits/levels/{IOP}/copay"
    assert own.params == {
        "payer": "Invented Health",
        "date": "2026-03-02",
        "level": IOP,
        "hours": "9",
        "days": "3",
    }
    contact = next(each for each in script if each.code == "ask_authorization_phone")
    assert contact.answers == f"/told_benefits/levels/{IOP}/authorization/phone"


def test_out_of_network_the_answers_go_to_their_own_place():
    script = {each.code: each.answers for each in answer(network="out").call_script}
    assert script["ask_copay"] == f"/told_benefits/out_of_network/levels/{IOP}/copay"
    assert script["ask_deductible_family"] == "/told_benefits/out_of_network/deductible/family"
    assert script["ask_active"] == "/told_benefits/active"


def test_what_was_answered_leaves_the_script():
    facts = {
        "active": told(True),
        "coverage_start": told(None),
        "coverage_end": told(None),
        "plan_year_start": told((1, 1)),
        "funding": told("self_funded"),
        "network_status": told("in"),
        "administrator": told(Contact("Carve-out")),
        "claims": told(Claims()),
    }
    assert asked(told_benefits=replace(level_told(), **facts)) == []


def test_what_is_only_published_of_membership_is_asked_all_the_same():
    rules = says("published", active=published(True), funding=published("fully_insured"))
    assert {"active", "funding"} <= set(asked(rules=rules))


def test_medicare_and_medicaid_have_no_plan_year_funding_or_carve_out_to_ask_about():
    for line in ("medicare", "medicaid"):
        own = asked(line_of_business=line)
        assert own[0] == "active"
        assert not {*MEMBER[1:], "administrator", "allowed_amount", "claims"} & set(own)


def test_codes_for_the_claim_are_asked_for_where_none_are_published():
    assert "billing" in asked(line_of_business="medicare")
    priced = plan(
        witness="published", **{IOP: LevelBenefits(covered=published(True), fees=(per_diem(12774),))}
    )
    assert "billing" not in asked(rules=priced, line_of_business="medicare")


def test_what_a_payer_must_be_asked_first_comes_first():
    first = ("medicare_advantage", "qmb", "other_coverage", "managed_care_plan")
    rules = says("published", ask_first=first)
    assert asked(rules=rules, line_of_business="medicare")[:5] == [*first, "active"]
    heard = says("told", qmb=told(False), medicare_advantage=told(None))
    assert asked(rules=rules, told_benefits=heard, line_of_business="medicare")[:3] == [
        "other_coverage",
        "managed_care_plan",
        "active",
    ]


def test_a_level_that_appears_twice_is_asked_about_once():
    own = asked(phase(weeks=1), phase(OP, None, 1), phase(start=None, weeks=1))
    assert own.count("covered") == 2


# --- the level


def test_a_level_of_which_all_was_told_leaves_nothing_open():
    assert open_questions() == []


def test_of_a_level_that_is_not_covered_nothing_more_is_asked():
    heard = plan(**{IOP: LevelBenefits(covered=told(False))})
    own = asked(told_benefits=heard)
    assert not {"covered", "copay", "prior_authorization", *POTS} & set(own)
    assert own[-1] == "claims"


def test_a_published_no_is_asked_again_where_its_source_is_second_hand():
    cited = Citation("published", "Broker's summary", None, "p. 1", None, None, "secondary")
    rules = plan(witness="published", **{IOP: LevelBenefits(covered=Fact(False, cited))})
    assert "covered" in asked(rules=rules)


def test_a_level_published_without_a_word_on_telehealth_is_asked_about():
    rules = plan(witness="published", **{IOP: covered_level(said=published, **copay(10, said=published))})
    assert "covered" not in asked(rules=rules)
    assert "covered" in asked(rules=rules, modality="telehealth")
    assert "covered" not in asked(
        rules=rules, told_benefits=plan(**{IOP: LevelBenefits(covered=told(True))}), modality="telehealth"
    )


@pytest.mark.parametrize(
    ("status", "level", "expected"),
    [
        ("required", IOP, True),
        ("notification", IOP, True),
        ("not_required", IOP, False),
        (None, IOP, True),
        ("required", OP, True),
        (None, OP, False),
    ],
)
def test_how_an_authorization_goes_is_asked_where_one_may_be_needed(status, level, expected):
    benefit = LevelBenefits(prior_authorization=told(status) if status else None)
    own = asked(phase(level, weeks=1), told_benefits=plan(**{level: benefit}))
    assert ("authorization_criteria" in own) is expected


def test_terms_of_an_authorization_that_are_known_are_not_asked():
    terms = AuthorizationTerms(contact=told(Contact("Line")), criteria=published(("ASAM",)))
    own = asked(told_benefits=level_told(prior_authorization=told("required"), authorization=terms))
    assert [code for code in own if code.startswith("authorization")] == [
        "authorization_initial_units",
        "authorization_review_every_days",
        "authorization_retro_allowed",
    ]


def test_a_told_copay_alone_leaves_no_coinsurance_to_ask_and_the_other_way_round():
    assert open_questions(copay=(told(Copay(1000)),), coinsurance=()) == []
    assert open_questions(copay=(), coinsurance=(told(Decimal("0.2")),)) == []


def test_a_published_no_to_a_copay_leaves_the_coinsurance_to_ask():
    rules = plan(witness="published", **{IOP: LevelBenefits(copay=(published(None),))})
    assert "coinsurance" in asked(rules=rules)
    assert "copay" not in asked(rules=rules)


def test_several_copays_that_nothing_tells_apart_are_asked_about():
    assert open_questions(copay=(told(None), told(None)), coinsurance=(told(None),)) == ["copay"]


def test_a_share_from_a_second_hand_source_is_asked_for():
    cited = Citation("published", "Broker's summary", None, "p. 1", None, None, "secondary")
    level = covered_level(copay=(Fact(Copay(4000), cited),), coinsurance=(Fact(None, cited),))
    own = asked(rules=plan(witness="published", **{IOP: level}))
    assert {"copay", "coinsurance"} <= set(own)


def test_no_question_is_asked_twice():
    answers = [each.answers for each in answer(phase(weeks=1), phase(OP, None, 1)).call_script]
    assert len(answers) == len(set(answers))


def test_several_coinsurances_that_nothing_tells_apart_are_asked_about():
    two = (told(Decimal("0.1")), told(Decimal("0.2")))
    assert open_questions(copay=(), coinsurance=two) == ["coinsurance"]
