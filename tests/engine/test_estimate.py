"""What comes back: totals, phases, weeks, sessions, and the figures beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from schemas.model import Accumulator, Citation, Fact, LevelBenefits, Period
from service.engine.estimate import typical
from tests.engine.builders import (
    CALL,
    IOP,
    MONDAY,
    OP,
    PHP,
    PROFILE,
    SITE,
    answer,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    pot,
    pots,
    published,
    says,
    sessions,
    told,
)

FIFTH = coinsurance("0.20")
# Deductible 150, then 20 % of 100: Mon 2 March 100, Wed 50 + 10, Fri 20; Mon 9 20, Wed 20, Fri 20.
TWO_WEEKS = phase(weeks=2)
DEDUCTIBLE = pots(pot(15000, 0), pot(None))


def ask(*phases, said=None, **more):
    known = said or plan(DEDUCTIBLE, pots(pot(100000, 0), pot(None)), **{IOP: covered_level(**FIFTH)})
    return answer(*phases, told_benefits=known, **more).estimate


def test_the_totals_are_those_of_all_sessions():
    e = ask(TWO_WEEKS)
    assert (e.sessions, e.total_allowed, e.expected, e.plan_pays) == (6, 60000, 24000, 36000)
    assert (e.secondary_pays, e.write_off, e.balance_billing, e.self_pay) == (0, 0, 0, 0)


def test_the_first_the_typical_and_the_last_session_are_named():
    e = ask(TWO_WEEKS)
    assert (e.first_session, e.typical_session, e.last_session) == (10000, 2000, 2000)


@pytest.mark.parametrize(
    ("amounts", "expected"), [([5, 3, 3, 5], 5), ([5, 5, 3, 3], 3), ([5, 3, 5], 5), ([1, None, None], None)]
)
def test_typical_is_the_most_frequent_amount_and_of_equals_the_later(amounts, expected):
    assert typical(amounts) == expected


def test_each_calendar_week_has_its_own_line_with_what_is_left_at_its_end():
    weeks = [
        (
            week.week_of,
            week.sessions,
            week.patient,
            week.plan,
            week.deductible_remaining,
            week.out_of_pocket_remaining,
        )
        for week in ask(TWO_WEEKS).by_week
    ]
    assert weeks == [
        (MONDAY, 3, 18000, 12000, 0, 82000),
        (date(2026, 3, 9), 3, 6000, 24000, 0, 76000),
    ]


def test_a_week_without_a_session_has_no_line():
    apart = (phase(OP, weeks=1), phase(OP, date(2026, 3, 16), 1))
    e = ask(*apart, said=plan(**{OP: covered_level(**copay(10))}))
    assert [week.week_of for week in e.by_week] == [MONDAY, date(2026, 3, 16)]


def test_each_phase_has_its_own_line():
    # PHP two days: 100, 50 + 10. Then IOP: three times 20.
    levels = {PHP: covered_level(**FIFTH), IOP: covered_level(**FIFTH)}
    e = ask(phase(PHP, weeks=1, days_per_week=2), phase(start=None, weeks=1), said=plan(DEDUCTIBLE, **levels))
    assert [
        (one.level_of_care, one.sessions, one.allowed, one.patient, one.plan, one.typical_session)
        for one in e.by_phase
    ] == [(PHP, 2, 20000, 16000, 4000, 6000), (IOP, 3, 30000, 6000, 24000, 2000)]


def test_a_phase_whose_coverage_is_not_known_leaves_the_other_one_known():
    e = ask(sessions(3), phase(OP, None, 1), said=plan(**{IOP: covered_level(**copay(10))}))
    assert [(one.allowed, one.patient) for one in e.by_phase] == [(30000, 3000), (None, None)]
    assert (e.expected, e.certainty) == (None, "indicative")


# --- the trace


def test_the_trace_is_there_on_request_only():
    assert ask(TWO_WEEKS).trace == ()
    assert len(ask(TWO_WEEKS, trace=True).trace) == 6


def test_the_trace_has_every_step_of_the_arithmetic_with_its_numbers():
    line = ask(TWO_WEEKS, trace=True).trace[1]
    assert (line.date, line.phase, line.covered, line.allowed) == (date(2026, 3, 4), 0, True, 10000)
    assert (line.deductible, line.copay, line.coinsurance, line.share) == (5000, 0, 1000, 6000)
    assert (line.patient, line.plan, line.secondary, line.write_off) == (6000, 4000, 0, 0)
    assert (line.deductible_remaining, line.out_of_pocket_remaining) == (0, 84000)
    assert line.citations == (CALL,)


def test_the_trace_of_a_session_names_the_facts_of_its_pots():
    page = Citation("told", "Told by phone", None, "CALL-POT")
    pot_ = pots(Accumulator(Fact(10000, page), Fact(0, page)), pot(None))
    e = ask(sessions(1), said=plan(pot_, **{IOP: covered_level(**copay(10))}), trace=True)
    assert page in e.trace[0].citations


def test_the_trace_names_the_facts_of_the_plan_year_of_each_session():
    pages = {year: Citation("published", f"Amounts of {year}") for year in (2025, 2026)}

    def rules(year):
        limit = Accumulator(limit=Fact(10000, pages[year], through=date(year, 12, 31)))
        level = covered_level(10000, published, **coinsurance("0.20", published))
        none = pot(None, said=published)
        return Period(
            date(year, 1, 1), plan(pots(limit, none), pots(none, none), "published", **{IOP: level})
        )

    trace = answer(
        phase(start=date(2025, 12, 29), weeks=1), rules=(rules(2025), rules(2026)), trace=True
    ).estimate.trace
    named = [{year for year, page in pages.items() if page in line.citations} for line in trace]
    assert named == [{2025}, {2025}, {2026}]


# --- self-pay and balance billing


def test_a_good_faith_figure_at_the_self_pay_rate_stands_beside_the_estimate():
    # 6 x 250.
    assert ask(TWO_WEEKS).self_pay_comparison == 150000


def test_without_a_self_pay_rate_there_is_no_such_figure():
    assert ask(TWO_WEEKS, site=replace(SITE, self_pay_rates={})).self_pay_comparison is None


def test_care_that_is_not_covered_has_no_figure_at_a_site_without_a_self_pay_rate():
    refused = plan(**{IOP: LevelBenefits(covered=told(False))})
    e = ask(sessions(1), said=refused, site=replace(SITE, self_pay_rates={}))
    assert (e.expected, e.self_pay, e.formula.code) == (None, None, "formula_self_pay_unknown")


CHARGING = replace(SITE, charges={IOP: Fact(18000, PROFILE)})


def out_of_network(site=CHARGING, line="commercial", allowed=10000, **facts):
    inside = plan(**{IOP: covered_level(allowed, **FIFTH)})
    said = replace(says("told"), networks={"out": inside.networks["in"]}, **facts)
    return answer(sessions(3), told_benefits=said, network="out", site=site, line_of_business=line).estimate


def test_out_of_network_the_charge_above_the_allowance_is_a_line_of_its_own():
    # 3 x (180 - 100); the patient's 3 x 20 are not touched by it.
    e = out_of_network()
    assert (e.balance_billing, e.expected, e.total_allowed) == (24000, 6000, 30000)


def test_a_charge_below_the_allowance_leaves_no_balance():
    assert out_of_network(replace(SITE, charges={IOP: Fact(9000, PROFILE)})).balance_billing == 0


def test_without_a_charge_or_an_allowance_the_balance_is_not_known():
    assert out_of_network(SITE).balance_billing is None
    assert out_of_network(allowed=None).balance_billing is None


def test_a_session_that_the_plan_does_not_cover_has_no_balance():
    inside = plan(**{IOP: LevelBenefits(covered=told(False))})
    said = replace(inside, networks={"out": inside.networks["in"]})
    e = answer(sessions(1), told_benefits=said, network="out", site=CHARGING).estimate
    assert (e.balance_billing, e.self_pay) == (0, 25000)


def test_in_network_nothing_is_billed_above_the_allowance():
    assert ask(TWO_WEEKS, site=CHARGING).balance_billing == 0


@pytest.mark.parametrize("line", ["medicare", "medicaid", "tricare"])
def test_medicare_medicaid_and_tricare_are_never_billed_a_balance(line):
    assert out_of_network(line=line).balance_billing == 0


def test_a_qualified_beneficiary_is_never_billed_a_balance():
    e = out_of_network(line="medicare_advantage", qmb=told(True))
    assert (e.balance_billing, e.expected) == (0, 0)


def test_where_the_payer_forbids_it_nothing_is_billed_above_the_allowance():
    inside = plan(**{IOP: covered_level(**FIFTH)})
    said = replace(says("told"), networks={"out": inside.networks["in"]})
    for forbidden, expected in ((published(False), 0), (published(True), 24000)):
        rules = says("published", balance_billing=forbidden)
        e = answer(sessions(3), rules=rules, told_benefits=said, network="out", site=CHARGING).estimate
        assert e.balance_billing == expected


# --- accumulators as they were stated


def test_the_answer_shows_the_pots_as_stated_and_since_when():
    older, newer = date(2026, 2, 1), date(2026, 2, 19)
    inside = pots(Accumulator(told(10000, older), told(0, newer)), None)
    d = answer(sessions(1), told_benefits=plan(inside, **{IOP: covered_level(**copay(10))}))
    assert d.accumulators["deductible"] == inside
    # The pots of the maximum were told on the day that stands for any call here.
    assert d.accumulators_as_of == date(2026, 2, 20)


def test_published_pots_have_no_day():
    assert answer(sessions(1), rules=plan(witness="published")).accumulators_as_of is None
