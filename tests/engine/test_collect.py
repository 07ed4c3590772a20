"""What may be collected at the first session, when, or that nothing may be."""

from __future__ import annotations

from dataclasses import replace

from schemas.model import Copay, LevelBenefits
from tests.engine.builders import (
    IOP,
    MONDAY,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    plan,
    pot,
    pots,
    published,
    says,
    sessions,
    told,
)


def collected(said, **more):
    c = answer(sessions(3), told_benefits=said, **more).collect
    return c.amount, c.when, c.allowed, codes(c.reasons)


def level(**more):
    return plan(**{IOP: covered_level(**{**copay(25), **more})})


def test_a_known_share_is_collected_at_the_first_session():
    assert collected(level()) == (2500, MONDAY, "yes", [])


def test_an_estimate_is_collected_with_a_warning():
    said = plan(pots(pot(10000), pot(None)), **{IOP: covered_level(**coinsurance("0.20"))})
    assert collected(said) == (10000, MONDAY, "yes", ["collect_is_an_estimate"])


def test_nothing_is_collected_where_nothing_is_due():
    assert collected(level(copay=(told(Copay(0)),))) == (0, None, "no", ["collect_nothing_due"])


def test_before_coverage_is_known_the_answer_is_to_ask():
    assert collected(plan()) == (None, None, "ask", ["collect_after_coverage_known"])


def test_before_the_share_is_known_the_answer_is_to_ask():
    said = plan(**{IOP: covered_level()})
    assert collected(said) == (None, None, "ask", ["collect_after_share_known"])


def test_care_that_is_not_covered_is_collected_only_after_notice():
    said = plan(**{IOP: LevelBenefits(covered=told(False))})
    assert collected(said) == (25000, MONDAY, "ask", ["collect_only_after_notice"])


def test_a_protection_against_bills_is_named_where_care_is_not_covered():
    said = plan(**{IOP: LevelBenefits(covered=told(False))})
    for allowed, expected in ((False, ["billing_protection"]), (True, [])):
        rules = says("published", balance_billing=published(allowed))
        assert collected(said, rules=rules)[3] == ["collect_only_after_notice", *expected]


def test_where_the_copay_is_all_a_patient_may_be_asked_for_that_is_said():
    rules = says("published", copay_is_all=published(True))
    assert collected(level(), rules=rules) == (2500, MONDAY, "yes", ["collect_copay_only"])
    nothing = level(copay=(told(Copay(0)),))
    assert collected(nothing, rules=rules) == (0, None, "no", ["collect_nothing_due"])


def test_where_it_is_not_all_nothing_is_said_of_it():
    rules = says("published", copay_is_all=published(False))
    assert collected(level(), rules=rules) == (2500, MONDAY, "yes", [])


def test_a_qualified_beneficiary_is_never_asked_to_pay():
    said = replace(plan(**{IOP: covered_level(**coinsurance("0.20"))}), qmb=told(True))
    assert collected(said, line_of_business="medicare") == (0, None, "no", ["qmb_owes_nothing"])
