"""The order of coverages: each rule on both sides of its threshold, and what was not said is asked."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.model import (
    COVERAGE_BASES,
    CUSTODIES,
    ENTITLEMENTS,
    LINES_OF_BUSINESS,
    PARENTS,
    RELATIONSHIPS,
    Coordination,
    Fact,
    HeldCoverage,
    Payer,
)
from service.engine.order import order_coverages
from service.engine.order_medicare import is_aged, month_of
from service.engine.order_pair import Situation
from tests.engine.builders import IOP, ORDER_RULES, RULEBOOK, answer, codes, copay, covered_level, phase, plan

ON = date(2026, 12, 7)
AGED, YOUNG = date(1959, 3, 2), date(1981, 3, 2)


def held(name, line="commercial", **more):
    return HeldCoverage(Payer(name.lower(), name, line), **more)


def own(name, basis="active_employment", **more):
    return held(name, relationship="self", basis=basis, **more)


def of_parent(name, **more):
    return held(name, relationship="child", **more)


MEDICARE = held("Medicare", "medicare")
DISABLED = replace(MEDICARE, entitlement="disability")
MEDICAID = held("Medicaid", "medicaid")
MEDIGAP = held("Medigap", "medigap")
ADVANTAGE = held("Advantage", "medicare_advantage")
TRICARE = held("Tricare", "tricare")


def order(*coverages, born=AGED, on=ON, rules=ORDER_RULES, **more) -> Coordination:
    return order_coverages(Situation(coverages, on, rules, born, **more))


def names(coordination):
    assert coordination.status == "settled"
    return [place.payer.name for place in coordination.order]


def asked(coordination):
    assert coordination.status == "ask"
    return [(one.code, one.answers) for one in coordination.questions if one.needed]


# --- Medicare and a plan through work


def test_from_20_employees_a_working_persons_plan_pays_before_medicare_and_below_after_it():
    plans = {n: own("Plan", employees=(n, n + 1)) for n in (19, 20)}
    assert names(order(MEDICARE, plans[19])) == ["Medicare", "Plan"]
    d = order(MEDICARE, plans[20])
    assert names(d) == ["Plan", "Medicare"]
    (step,) = d.reasons
    assert step.params == {"medicare": "Medicare", "payer": "Plan", "employees": 20, "age": 65}
    assert step.citations == (ORDER_RULES["working_aged"].citation,)


def test_an_employers_size_that_was_not_said_is_asked():
    assert asked(order(MEDICARE, own("Plan"))) == [("ask_employer_size", "/coverages/1/employer_size")]


@pytest.mark.parametrize(
    ("employees", "first"),
    [((20, None), "Plan"), ((0, 20), "Medicare"), ((100, 500), "Plan"), ((19, 21), None), ((0, None), None)],
)
def test_a_span_of_employees_settles_what_all_of_it_agrees_on(employees, first):
    d = order(MEDICARE, own("Plan", employees=employees))
    assert (names(d)[0] if d.status == "settled" else None) == first


def test_a_spouses_work_counts_for_the_aged_and_anybody_elses_does_not():
    spouse, other = (
        held("Plan", relationship=word, basis="active_employment", employees=(50, 51))
        for word in ("spouse", "other")
    )
    assert names(order(MEDICARE, spouse)) == ["Plan", "Medicare"]
    assert names(order(MEDICARE, other)) == ["Medicare", "Plan"]
    unsaid = replace(spouse, relationship=None)
    assert asked(order(MEDICARE, unsaid)) == [("ask_relationship", "/coverages/1/subscriber/relationship")]


def test_how_a_plan_is_held_is_asked_before_how_large_the_employer_is():
    assert asked(order(held("Plan"), MEDICARE)) == [("ask_coverage_basis", "/coverages/0/basis")]


@pytest.mark.parametrize("basis", ["retiree", "cobra", "individual"])
@pytest.mark.parametrize("born", [AGED, YOUNG])
def test_medicare_pays_before_a_plan_that_is_not_of_current_work(basis, born):
    d = order(DISABLED, own("Plan", basis, employees=(500, 501)), born=born)
    assert (names(d), codes(d.reasons)) == (["Medicare", "Plan"], [f"medicare_before_{basis}"])


def test_a_marketplace_plan_is_an_individual_one():
    assert names(order(held("Plan", "marketplace"), MEDICARE)) == ["Medicare", "Plan"]


def test_somebody_is_aged_from_the_first_of_the_month_in_which_65_is_attained_the_day_before_the_birthday():
    assert is_aged(date(1961, 12, 2), date(2026, 12, 1), 65)
    assert not is_aged(date(1961, 12, 2), date(2026, 11, 30), 65)
    assert is_aged(date(1961, 12, 1), date(2026, 11, 1), 65)
    assert not is_aged(date(1961, 12, 1), date(2026, 10, 31), 65)
    assert is_aged(date(1964, 2, 29), date(2029, 2, 1), 65)


def test_from_100_employees_a_familys_plan_pays_before_medicare_for_disability_and_below_after_it():
    plans = {
        n: held("Plan", relationship="spouse", basis="active_employment", employees=(n, n + 1))
        for n in (99, 100)
    }
    assert names(order(DISABLED, plans[99], born=YOUNG)) == ["Medicare", "Plan"]
    assert names(order(DISABLED, plans[100], born=YOUNG)) == ["Plan", "Medicare"]
    unsaid = replace(plans[99], employees=None)
    assert asked(order(DISABLED, unsaid, born=YOUNG)) == [("ask_employer_size", "/coverages/1/employer_size")]


def test_why_somebody_under_65_has_medicare_is_asked():
    d = order(MEDICARE, own("Plan", employees=(500, 501)), born=YOUNG)
    assert asked(d) == [("ask_entitlement", "/coverages/0/entitlement")]


def test_with_kidney_failure_a_group_plan_of_any_kind_pays_first_for_30_months_and_then_medicare():
    plan_of = own("Plan", "cobra", employees=(5, 6))
    starts = {30: date(2024, 7, 31), 31: date(2024, 6, 1)}
    assert {n: month_of(start, ON) for n, start in starts.items()} == {30: 30, 31: 31}
    found = {
        n: names(order(replace(MEDICARE, entitlement="esrd", esrd_start=start), plan_of, born=YOUNG))
        for n, start in starts.items()
    }
    assert found == {30: ["Plan", "Medicare"], 31: ["Medicare", "Plan"]}


@pytest.mark.parametrize("start", [None, date(2027, 1, 1)])
def test_when_kidney_failure_gave_a_right_to_medicare_is_asked(start):
    medicare = replace(MEDICARE, entitlement="esrd", esrd_start=start)
    assert asked(order(medicare, own("Plan"), born=YOUNG)) == [("ask_esrd_start", "/coverages/0/esrd_start")]


def test_medicare_that_was_rightly_first_before_kidney_failure_is_asked_about():
    began = replace(DISABLED, esrd_start=date(2026, 1, 1))
    assert asked(order(began, own("Plan", "retiree"), born=YOUNG)) == [
        ("ask_payment_order", "/coverages/0/place")
    ]
    working = own("Plan", employees=(500, 501))
    assert codes(order(began, working, born=YOUNG).reasons) == ["esrd_period"]
    later = replace(DISABLED, esrd_start=date(2027, 1, 1))
    assert codes(order(later, working, born=YOUNG).reasons) == ["large_plan_and_disability"]


def test_what_could_turn_the_order_is_worth_asking_and_holds_nothing_up():
    d = order(MEDICARE, own("Plan", employees=(20, 21)))
    assert [(one.code, one.needed) for one in d.questions] == [("ask_injury", False), ("ask_esrd", False)]
    assert codes(order(MEDICARE, own("Plan", employees=(20, 21)), injury="none").questions) == ["ask_esrd"]
    hurt = order(MEDICARE, MEDIGAP, injury="no_fault")
    assert codes(hurt.reasons) == ["injury_insurer_first", "medigap_after_medicare"]


def test_an_open_order_beside_medicare_names_who_tells():
    assert codes(order(MEDICARE, own("Plan")).reasons) == ["call_coordination_center"]


# --- public programs


def test_medicaid_pays_last_and_tricare_before_it():
    assert names(order(MEDICAID, TRICARE, held("Plan"))) == ["Plan", "Tricare", "Medicaid"]
    assert names(order(MEDICAID, TRICARE, MEDICARE)) == ["Medicare", "Tricare", "Medicaid"]


def test_on_active_duty_tricare_is_the_only_coverage():
    duty = replace(TRICARE, relationship="self", basis="active_employment")
    assert names(order(held("Plan"), duty)) == ["Tricare", "Plan"]


def test_medigap_pays_after_medicare_and_not_beside_an_advantage_plan():
    assert names(order(MEDIGAP, MEDICARE)) == ["Medicare", "Medigap"]
    d = order(MEDIGAP, ADVANTAGE)
    assert asked(d) == [("ask_medigap_or_advantage", "/coverages/0")]
    assert "medigap_or_advantage" in codes(d.reasons)


def test_an_advantage_plan_stands_in_the_place_of_medicare_which_pays_nothing():
    d = order(MEDICARE, MEDICAID, ADVANTAGE)
    assert names(d) == ["Advantage", "Medicaid", "Medicare"]
    assert [(place.pays, place.is_priced) for place in d.order] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    assert names(order(ADVANTAGE, own("Plan", employees=(20, 21)))) == ["Plan", "Advantage"]


def test_what_follows_from_two_rules_is_settled_without_a_third():
    # The plan before Medicare, Medigap after it: nobody has to say how the plan and Medigap stand.
    assert names(order(MEDIGAP, MEDICARE, own("Plan", employees=(20, 21)))) == ["Plan", "Medicare", "Medigap"]
    assert order(MEDIGAP, MEDICARE, own("Plan", "retiree")).status == "ask"


def test_two_coverages_of_one_program_are_asked_about():
    assert order(MEDICAID, replace(MEDICAID, plan="other")).status == "ask"


# --- two plans


def test_ones_own_plan_pays_before_one_as_a_dependent():
    d = order(held("Spouse's", relationship="spouse"), own("Own", "cobra"), born=YOUNG)
    assert (names(d), codes(d.questions)) == (["Own", "Spouse's"], [])


def test_an_order_by_a_rule_that_plans_only_restate_is_to_be_confirmed_with_them():
    restated = Fact(True, replace(RULEBOOK, confidence="secondary"))
    d = order(
        own("Own"),
        held("Spouse's", relationship="spouse"),
        rules={**ORDER_RULES, "own_before_dependent": restated},
    )
    assert [(one.code, one.needed) for one in d.questions] == [("ask_plans_order", False)]


def test_where_medicare_stands_between_the_dependents_plan_comes_before_ones_own():
    d = order(
        own("Retiree plan", "retiree"),
        held("Spouse's", relationship="spouse", basis="active_employment", employees=(50, 51)),
        MEDICARE,
    )
    assert names(d) == ["Spouse's", "Medicare", "Retiree plan"]


def test_of_parents_together_the_earlier_birthday_in_the_year_pays_first():
    march, september = of_parent("A", birthday=(9, 10)), of_parent("B", birthday=(3, 2))
    assert names(order(march, september, parents="together")) == ["B", "A"]
    day_before = of_parent("C", birthday=(3, 1))
    assert names(order(september, day_before, parents="together")) == ["C", "B"]


def test_of_the_same_birthday_the_longer_plan_pays_first():
    a = of_parent("A", birthday=(3, 2), since=date(2020, 1, 1))
    b = of_parent("B", birthday=(3, 2), since=date(2019, 12, 31))
    assert names(order(a, b, parents="together")) == ["B", "A"]
    assert asked(order(a, replace(b, since=None), parents="together")) == [
        ("ask_effective_date", "/coverages/1/effective_date")
    ]
    assert order(a, replace(b, since=a.since), parents="together").status == "ask"


def test_a_birthday_and_whether_parents_live_together_are_asked():
    a, b = of_parent("A", birthday=(3, 2)), of_parent("B")
    assert asked(order(a, b)) == [("ask_parents", "/parents")]
    assert asked(order(a, b, parents="together")) == [
        ("ask_subscriber_birthday", "/coverages/1/subscriber/birth_date")
    ]


def test_a_court_order_decides_where_it_names_one_parent():
    a, b = of_parent("A", court_order=False), of_parent("B", court_order=True)
    assert names(order(a, b, parents="apart")) == ["B", "A"]
    assert order(replace(a, court_order=True), b, parents="apart").status == "ask"


def test_of_parents_apart_a_court_order_and_then_custody_are_asked():
    a, b = of_parent("A"), of_parent("B")
    assert [code for code, _ in asked(order(a, b, parents="apart"))] == ["ask_court_order"] * 2
    a, b = (replace(one, court_order=False) for one in (a, b))
    assert [code for code, _ in asked(order(a, b, parents="apart"))] == ["ask_custody"] * 2


def test_custody_goes_before_the_spouse_of_whoever_has_it_and_that_before_the_other_parent():
    plans = [
        of_parent(word, court_order=False, custody=word, birthday=(3, day))
        for day, word in ((1, "none"), (2, "spouse"), (3, "sole"))
    ]
    assert names(order(*plans, parents="apart")) == ["sole", "spouse", "none"]


def test_joint_custody_leaves_it_to_the_birthdays():
    plans = [
        of_parent(name, court_order=False, custody="joint", birthday=day)
        for name, day in (("A", (5, 2)), ("B", (5, 1)))
    ]
    d = order(*plans, parents="apart")
    assert (names(d), codes(d.reasons)) == (["B", "A"], ["joint_custody", "birthday"])
    mixed = replace(plans[0], custody="sole")
    assert order(mixed, plans[1], parents="apart").status == "ask"


@pytest.mark.parametrize(
    ("bases", "code"),
    [
        (("retiree", "active_employment"), "active_before_retired"),
        (("cobra", "active_employment"), "cobra_after"),
        (("cobra", "retiree"), "cobra_after"),
    ],
)
def test_current_work_pays_before_retirement_and_both_before_continued_coverage(bases, code):
    d = order(own("First sent", bases[0]), own("Second sent", bases[1]), born=YOUNG)
    assert (names(d), codes(d.reasons)) == (["Second sent", "First sent"], [code])


def test_of_two_jobs_the_longer_coverage_pays_first():
    a, b = own("A", since=date(2020, 1, 2)), own("B", since=date(2020, 1, 1))
    assert names(order(a, b, born=YOUNG)) == ["B", "A"]
    assert asked(order(a, replace(b, basis=None), born=YOUNG)) == [
        ("ask_coverage_basis", "/coverages/1/basis")
    ]


def test_an_individual_policy_beside_another_plan_of_ones_own_is_asked_about():
    assert asked(order(own("A", "individual"), own("B"), born=YOUNG)) == [
        ("ask_payment_order", "/coverages/0/place")
    ]


def test_two_plans_of_one_payer_are_told_apart_by_name():
    a, b = (of_parent("Same", birthday=day, plan=text) for day, text in (((5, 2), "x"), ((5, 1), "y")))
    assert order(a, b, parents="together").step.params == {"order": "Same (y) → Same (x)"}
    a, b = (replace(one, plan=None) for one in (a, b))
    assert order(a, b, parents="together").step.params == {"order": "Same (2) → Same (1)"}


# --- what was said of the order itself


def test_the_order_that_a_payer_told_stands_where_no_rule_tells():
    d = order(own("A", "individual", place=2), own("B", place=1), born=YOUNG)
    assert (names(d), codes(d.reasons)) == (["B", "A"], ["order_was_told"])


def test_the_order_that_a_payer_told_against_a_rule_is_asked_again():
    d = order(replace(MEDICAID, place=1), held("Plan", place=2))
    assert codes(d.reasons) == ["medicaid_pays_last", "order_told_otherwise"]
    assert asked(d) == [("ask_payment_order", "/coverages/0/place")]
    assert names(order(replace(MEDICAID, place=2), held("Plan", place=1))) == ["Plan", "Medicaid"]


def test_orders_that_go_in_a_circle_are_all_asked_again():
    # Told: the retiree's plan before Medigap; by rule: Medigap after Medicare, and that before the plan.
    retiree, medigap = own("Retiree plan", "retiree", place=2), replace(MEDIGAP, place=1)
    assert names(order(MEDICARE, retiree, medigap)) == ["Medicare", "Medigap", "Retiree plan"]
    advantage = replace(ADVANTAGE, place=3)
    circle = order(advantage, replace(retiree, place=1), held("Other", "medicaid", place=2))
    assert circle.status == "ask"


# --- in an answer


def asked_of(*coverages, **more):
    said = plan(**{IOP: covered_level(**copay(10))})
    return answer(told_benefits=said, coverages=coverages, **more)


def test_an_answer_whose_order_is_open_says_that_its_amounts_take_one():
    d = asked_of(held("Plan"), own("Other", since=date(2020, 1, 1)), birth_date=YOUNG)
    assert d.coordination.status == "ask"
    assert "payment_order_assumed" in codes(d.estimate.assumptions)
    settled = asked_of(held("Plan"), MEDICAID, birth_date=YOUNG)
    assert "payment_order_assumed" not in codes(settled.estimate.assumptions)


def test_a_third_coverage_is_named_as_not_in_the_amounts():
    d = asked_of(held("Plan"), TRICARE, MEDICAID, birth_date=YOUNG)
    (warning,) = (step for step in d.warnings if step.code == "third_coverage_not_priced")
    assert warning.params == {"payer": "Medicaid"}


def test_an_order_that_changes_within_the_care_names_the_month():
    # 30 months from October 2023 end with March 2026; care is from 2 March on.
    medicare = replace(MEDICARE, entitlement="esrd", esrd_start=date(2023, 10, 1))
    d = asked_of(own("Plan"), medicare, birth_date=YOUNG)
    (warning,) = (step for step in d.warnings if step.code == "order_changes")
    assert warning.params == {"date": "2026-04-01", "order": "Medicare → Plan"}
    short = asked_of(own("Plan"), medicare, birth_date=YOUNG)
    assert short.coordination.order[0].payer.name == "Plan"
    march = answer(phase(weeks=4), coverages=(own("Plan"), medicare), birth_date=YOUNG)
    assert "order_changes" not in codes(march.warnings)


# --- whatever is said

SOME = st.builds(
    HeldCoverage,
    payer=st.builds(
        Payer, st.sampled_from("abcde"), st.sampled_from("ABCDE"), st.sampled_from(LINES_OF_BUSINESS)
    ),
    relationship=st.none() | st.sampled_from(RELATIONSHIPS),
    birthday=st.none() | st.sampled_from([(1, 1), (2, 29), (12, 31)]),
    custody=st.none() | st.sampled_from(CUSTODIES),
    court_order=st.none() | st.booleans(),
    basis=st.none() | st.sampled_from(COVERAGE_BASES),
    employees=st.none() | st.sampled_from([(19, 20), (20, 21), (99, 100), (100, None), (0, 20)]),
    since=st.none() | st.sampled_from([date(2020, 1, 1), date(2021, 1, 1)]),
    entitlement=st.none() | st.sampled_from(ENTITLEMENTS),
    esrd_start=st.none() | st.sampled_from([date(2024, 6, 1), date(2024, 7, 1)]),
    place=st.none() | st.integers(1, 3),
)
SITUATIONS = st.builds(
    Situation,
    held=st.lists(SOME, min_size=2, max_size=4).map(tuple),
    on=st.just(ON),
    rules=st.just(ORDER_RULES),
    born=st.sampled_from([AGED, YOUNG]),
    parents=st.none() | st.sampled_from(PARENTS),
)
UNSAID = [one.name for one in fields(HeldCoverage) if one.name not in ("payer", "plan")]


@given(SITUATIONS)
def test_the_order_is_a_permutation_of_what_was_sent(s):
    found = order_coverages(s)
    assert sorted(place.coverage for place in found.order) == list(range(len(s.held)))
    assert (found.status == "ask") == any(question.needed for question in found.questions)


@given(SITUATIONS, st.randoms(use_true_random=False))
def test_a_settled_order_does_not_hang_on_the_order_sent(s, random):
    first = order_coverages(s)
    shuffled = list(range(len(s.held)))
    random.shuffle(shuffled)
    again = order_coverages(replace(s, held=tuple(s.held[index] for index in shuffled)))
    assert again.status == first.status
    if first.status == "settled":
        paying = [place.coverage for place in first.order if place.pays]
        assert [shuffled[place.coverage] for place in again.order if place.pays] == paying


@given(SITUATIONS, st.data())
def test_nothing_that_was_not_said_is_ever_settled_by_a_rule_that_needs_it(s, data):
    """A settled order stays as it is, whatever comes to be said of what nobody had said."""
    before = order_coverages(s)
    index = data.draw(st.integers(0, len(s.held) - 1))
    name = data.draw(st.sampled_from([one for one in UNSAID if one not in ("place", "esrd_start")]))
    if before.status != "settled" or getattr(s.held[index], name) is not None:
        return
    more = replace(s.held[index], **{name: data.draw(SAID[name])})
    after = order_coverages(replace(s, held=(*s.held[:index], more, *s.held[index + 1 :])))
    if after.status == "settled" and name not in LATE[more.payer.line_of_business]:
        assert [place.coverage for place in after.order] == [place.coverage for place in before.order]


SAID = {
    "relationship": st.sampled_from(RELATIONSHIPS),
    "birthday": st.sampled_from([(1, 1), (12, 31)]),
    "custody": st.sampled_from(CUSTODIES),
    "court_order": st.booleans(),
    "basis": st.sampled_from(COVERAGE_BASES),
    "employees": st.sampled_from([(19, 20), (100, None)]),
    "since": st.sampled_from([date(2019, 1, 1), date(2022, 1, 1)]),
    "entitlement": st.sampled_from(ENTITLEMENTS),
}
# What is taken as not so until it is said: that TRICARE is of active duty, a court order, kidney failure.
BY_LINE = {
    "tricare": {"relationship", "basis"},
    "medicare": {"entitlement"},
    "medicare_advantage": {"entitlement"},
}
LATE = {line: BY_LINE.get(line, {"court_order"}) for line in LINES_OF_BUSINESS}


WORKING = own("Plan", employees=(20, 21))
PAIRS = {
    "working_aged": ((MEDICARE, WORKING), AGED, {}),
    "medicare_before_retiree": ((MEDICARE, own("Plan", "retiree")), AGED, {}),
    "medicaid_last": ((MEDICAID, held("Plan")), YOUNG, {}),
    "tricare_after": ((TRICARE, held("Plan")), YOUNG, {}),
    "medigap_after_medicare": ((MEDIGAP, MEDICARE), AGED, {}),
    "own_before_dependent": ((own("A"), held("B", relationship="spouse")), YOUNG, {}),
    "birthday": (
        (of_parent("A", birthday=(1, 1)), of_parent("B", birthday=(2, 1))),
        YOUNG,
        {"parents": "together"},
    ),
    "cobra_after": ((own("A", "cobra"), own("B")), YOUNG, {}),
}


@pytest.mark.parametrize("rule", PAIRS)
def test_a_rule_that_is_not_in_the_rulebook_settles_nothing(rule):
    coverages, born, more = PAIRS[rule]
    assert order(*coverages, born=born, **more).status == "settled"
    without = {name: fact for name, fact in ORDER_RULES.items() if name != rule}
    assert order(*coverages, born=born, rules=without, **more).status == "ask"


def test_paying_oneself_is_no_coverage():
    d = order(held("Self-pay", "self_pay"), held("Plan"), born=YOUNG)
    assert names(d) == ["Plan", "Self-pay"]
    assert [place.pays for place in d.order] == [True, False]


def test_medicaid_aside_two_public_coverages_of_one_kind_of_medicare_are_asked_about():
    without = {name: fact for name, fact in ORDER_RULES.items() if name != "advantage_instead_of_medicare"}
    assert asked(order(MEDICARE, ADVANTAGE, rules=without)) == [("ask_payment_order", "/coverages/0/place")]


def test_dependents_of_a_spouse_and_of_a_parent_are_asked_about():
    d = order(of_parent("A"), held("B", relationship="spouse"), born=YOUNG)
    assert asked(d) == [("ask_payment_order", "/coverages/0/place")]


def test_ones_own_plan_stays_first_where_medicare_does_not_stand_between():
    dependent = held("Spouse's", relationship="spouse", basis="active_employment", employees=(5, 6))
    d = order(own("Own", "retiree"), dependent, MEDICARE)
    assert names(d) == ["Medicare", "Own", "Spouse's"]
