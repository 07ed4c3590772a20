"""Which coverage pays first: a question of its own, answered or to be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.model import OtherCoverage, Payer, Secondary
from tests.engine.builders import IOP, ORDER_RULES, answer, codes, copay, covered_level, plan, told


def ask(line=None, order_rules=ORDER_RULES, **facts):
    said = replace(plan(**{IOP: covered_level(**copay(10))}), **facts)
    second = (
        {"secondary": Secondary("second"), "second_payer": Payer("second", "Second", line)} if line else {}
    )
    return answer(told_benefits=said, order_rules=order_rules, **second)


def test_one_coverage_alone_raises_no_question():
    assert ask().coordination is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("medicaid", "medicaid_pays_last"),
        ("tricare", "tricare_after"),
    ],
)
def test_the_line_of_a_second_payer_settles_the_order_by_a_rule_with_its_source(line, code):
    order = ask(line).coordination
    (step,) = order.reasons
    assert (order.status, order.step.params) == ("settled", {"order": "Invented Health → Second"})
    assert (step.code, step.params) == (code, {"payer": "Second"})
    assert step.citations


def test_two_plans_of_which_nothing_was_said_are_to_be_asked():
    order = ask("commercial").coordination
    assert (order.status, codes([order.step])) == ("ask", ["payment_order_open"])
    assert [(one.code, one.answers) for one in order.questions] == [
        ("ask_relationship", "/coverages/1/subscriber/relationship")
    ]


def test_without_its_rule_in_the_rulebook_no_order_is_settled():
    assert ask("medicaid", order_rules={}).coordination.status == "ask"


@pytest.mark.parametrize(
    ("primary", "code", "status"),
    [
        (True, "other_coverage_pays_first", "settled"),
        (False, "other_coverage_pays_second", "settled"),
        (None, "confirm_payment_order", "ask"),
    ],
)
def test_what_was_told_of_another_coverage_comes_before_all_that(primary, code, status):
    order = ask("medicaid", other_coverage=told(OtherCoverage("Other", primary=primary))).coordination
    assert (order.step.code, order.step.params, order.status) == (code, {"payer": "Other"}, status)
    assert codes(order.reasons) == [code, "medicaid_pays_last"]
    assert order.step.citations


def test_what_was_told_of_a_coverage_against_a_rule_is_asked_again():
    said = told(OtherCoverage("Second", primary=True))
    order = ask("medicaid", other_coverage=said).coordination
    assert (order.status, codes(order.questions)) == ("ask", ["ask_payment_order"])
    assert ask(
        "medicaid", other_coverage=told(OtherCoverage("Second", primary=False))
    ).coordination.status == ("settled")


def test_an_answer_asked_in_another_order_than_the_rules_settle_says_so():
    d = answer(
        told_benefits=plan(**{IOP: covered_level(**copay(10))}),
        line_of_business="medicaid",
        secondary=Secondary("second"),
        second_payer=Payer("second", "Second", "medicare"),
    )
    assert [place.coverage for place in d.coordination.order] == [1, 0]
    (warning,) = (step for step in d.warnings if step.code == "asked_in_other_order")
    assert warning.params == {"first": "Second", "asked": "Invented Health"}


def test_that_there_is_no_other_coverage_leaves_nothing_to_order():
    assert ask(other_coverage=told(None)).coordination is None


def test_other_payers_are_listed_with_their_sources():
    d = ask(
        other_coverage=told(OtherCoverage("Other")),
        medicare_advantage=told(OtherCoverage("Advantage")),
        managed_care_plan=told(None),
    )
    assert [fact.value.name for fact in d.other_payers] == ["Advantage", "Other"]
    assert codes(d.phases[0].coverage.reasons) == ["enrolled_in_medicare_advantage"]
