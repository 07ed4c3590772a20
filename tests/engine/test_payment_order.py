"""Which coverage pays first: a question of its own, answered or to be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.model import OtherCoverage, Payer, Secondary
from tests.engine.builders import IOP, answer, codes, copay, covered_level, plan, told


def ask(line=None, **facts):
    said = replace(plan(**{IOP: covered_level(**copay(10))}), **facts)
    second = (
        {"secondary": Secondary("second"), "second_payer": Payer("second", "Second", line)} if line else {}
    )
    return answer(told_benefits=said, **second)


def test_one_coverage_alone_raises_no_question():
    assert ask().coordination is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("medicaid", "medicaid_pays_last"),
        ("medigap", "medigap_after_medicare"),
        ("commercial", "confirm_payment_order"),
        ("tricare", "confirm_payment_order"),
    ],
)
def test_the_line_of_a_second_payer_says_whether_the_order_must_be_asked(line, code):
    step = ask(line).coordination
    assert (step.code, step.params) == (code, {"payer": "Second"})


@pytest.mark.parametrize(
    ("primary", "code"),
    [
        (True, "other_coverage_pays_first"),
        (False, "other_coverage_pays_second"),
        (None, "confirm_payment_order"),
    ],
)
def test_what_was_told_of_another_coverage_comes_before_all_that(primary, code):
    step = ask("medicaid", other_coverage=told(OtherCoverage("Other", primary=primary))).coordination
    assert (step.code, step.params) == (code, {"payer": "Other"})
    assert step.citations


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
