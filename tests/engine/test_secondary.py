"""What a second coverage takes of the share that the primary payer leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from schemas.model import Payer, Period, Secondary, SecondaryRule
from tests.engine.builders import (
    IOP,
    OP,
    RULEBOOK,
    answer,
    codes,
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


def first(deductible=None, level=IOP, **more):
    """A primary that allows 100 a session and leaves 20 %, after a deductible where it has one."""
    return plan(
        pots(deductible, pot(None)) if deductible else None, **{level: covered_level(**FIFTH, **more)}
    )


def second(line, rule=None, *, levels=None, name="Second Health", **more):
    benefits = replace(levels or says("published"), secondary=rule)
    return {
        "secondary": Secondary("second"),
        "second_payer": Payer("second", name, line),
        "second_published": (Period(date.min, benefits),),
        **more,
    }


def ask(*phases, said=None, **more):
    return answer(*phases, told_benefits=said or first(), trace=True, **more)


def parts(d):
    line = d.estimate.trace[0]
    return line.patient, line.plan, line.secondary, line.write_off


# --- QMB


def qmb(levels=None):
    return second("medicaid", SecondaryRule("zero_share", citation=RULEBOOK), levels=levels)


def medicaid_rate(cents):
    return plan(witness="published", **{IOP: covered_level(cents, published, **copay(0, said=published))})


def test_a_qualified_medicare_beneficiary_owes_nothing_and_may_not_be_billed():
    d = ask(sessions(3), line_of_business="medicare", **qmb())
    assert (d.estimate.low, d.estimate.expected, d.estimate.high) == (0, 0, 0)
    assert (d.collect.amount, d.collect.allowed, codes(d.collect.reasons)) == (0, "no", ["qmb_owes_nothing"])
    assert "second_zero_share" in codes(d.steps)


@pytest.mark.parametrize(("rate", "paid", "written_off"), [(1500, 1500, 500), (9000, 2000, 0)])
def test_medicaid_pays_the_lesser_of_its_own_rate_and_the_share_and_the_rest_is_written_off(
    rate, paid, written_off
):
    d = ask(sessions(1), line_of_business="medicare", **qmb(medicaid_rate(rate)))
    assert parts(d) == (0, 8000, paid, written_off)


def test_without_medicaids_own_rate_its_part_and_the_write_off_are_not_known():
    d = ask(sessions(1), line_of_business="medicare", **qmb())
    assert parts(d) == (0, 8000, None, None)
    assert (d.estimate.secondary_pays, d.estimate.write_off) == (None, None)


def test_where_the_primary_leaves_nothing_nothing_is_left_to_split():
    said = plan(**{IOP: covered_level(**coinsurance("0"))})
    d = ask(sessions(1), said=said, line_of_business="medicare", **qmb())
    assert parts(d) == (0, 10000, 0, 0)


def test_a_told_qmb_status_is_enough_without_a_second_payer():
    said = replace(first(), qmb=told(True))
    d = ask(sessions(1), said=said, line_of_business="medicare")
    assert (d.estimate.expected, d.collect.allowed) == (0, "no")


def test_a_told_qmb_status_beats_a_supplement():
    d = ask(
        sessions(1),
        said=replace(first(), qmb=told(True)),
        line_of_business="medicare_advantage",
        **second("medigap", supplement()),
    )
    assert parts(d)[0] == 0


def test_a_told_no_to_qmb_changes_nothing():
    d = ask(sessions(1), said=replace(first(), qmb=told(False)), line_of_business="medicare")
    assert d.estimate.expected == 2000


def test_qmb_is_medicares_alone_behind_a_commercial_plan_it_is_medicaid():
    d = ask(sessions(1), **qmb())
    assert (d.estimate.low, d.estimate.expected, d.estimate.high) == (0, None, 2000)


# --- other Medicaid


def test_full_medicaid_behind_medicare_may_leave_nothing_or_all_of_the_share():
    d = ask(sessions(3), line_of_business="medicare", **second("medicaid"))
    e = d.estimate
    assert (e.low, e.expected, e.high) == (0, None, 6000)
    assert [(a.code, a.moves) for a in e.assumptions] == [("secondary_medicaid_unknown", 6000)]
    assert e.formula.code == "formula_second_coverage_unknown"


def test_medicaid_takes_nothing_where_the_primary_leaves_nothing():
    said = plan(**{IOP: covered_level(**coinsurance("0"))})
    d = ask(sessions(1), said=said, **second("medicaid"))
    assert (d.estimate.expected, parts(d)) == (0, (0, 10000, 0, 0))


def test_a_programme_that_pays_premiums_alone_takes_nothing_of_a_session():
    rule = SecondaryRule("premium_only", citation=RULEBOOK)
    d = ask(sessions(1), line_of_business="medicare", **second("medicaid", rule))
    assert (d.estimate.expected, d.estimate.certainty) == (2000, "exact")


# --- Medigap


def supplement(share="1", deductible="0", visit=None, limit=None, **more):
    return SecondaryRule(
        "supplement",
        published(Decimal(share)),
        published(Decimal(deductible)),
        published(visit) if visit is not None else None,
        published(limit, **more) if limit is not None else None,
        RULEBOOK,
    )


def medigap(*phases, said=None, **rule):
    return ask(
        *phases,
        said=said,
        line_of_business="medicare",
        **second("medigap", supplement(**rule), name="Medigap"),
    )


def test_a_supplement_pays_the_coinsurance_but_not_the_deductible():
    # Deductible 60 of the first 100: the patient keeps 60; 20 % of 40 is paid; then 20 is paid.
    d = medigap(sessions(2), said=first(pot(6000, 0)))
    assert [line.patient for line in d.estimate.trace] == [6000, 0]
    assert (d.estimate.secondary_pays, d.estimate.certainty) == (800 + 2000, "exact")


def test_plans_c_and_f_pay_the_deductible_too():
    d = medigap(sessions(2), said=first(pot(6000, 0)), deductible="1")
    assert (d.estimate.expected, d.estimate.secondary_pays) == (0, 8800)


def test_a_primary_share_that_is_not_known_stays_unknown_behind_a_supplement():
    d = medigap(sessions(1), said=plan(**{IOP: covered_level(None, **FIFTH)}))
    assert parts(d)[0] is None


def test_plan_n_leaves_at_most_its_copay_of_an_office_visit():
    # 20 % of 150 is 30: low 0, expected and high 20.
    level = {OP: covered_level(15000, **FIFTH)}
    e = medigap(phase(OP, weeks=1), said=plan(**level), visit=2000).estimate
    assert (e.low, e.expected, e.high) == (0, 2000, 2000)
    assert [(a.code, a.moves) for a in e.assumptions] == [("office_visit_copay_range", 2000)]


def test_plan_n_leaves_the_coinsurance_where_that_is_less():
    # 20 % of 60 is 12.
    level = {OP: covered_level(6000, **FIFTH)}
    e = medigap(phase(OP, weeks=1), said=plan(**level), visit=2000).estimate
    assert (e.low, e.expected, e.high) == (0, 1200, 1200)


def test_plan_n_leaves_nothing_of_a_program_day():
    e = medigap(sessions(3), visit=2000).estimate
    assert (e.low, e.expected, e.high, e.certainty) == (0, 0, 0, "exact")


@pytest.mark.parametrize(("share", "left"), [("0.50", 1000), ("0.75", 500)])
def test_plans_k_and_l_pay_a_half_and_three_quarters_of_the_coinsurance(share, left):
    # Low: the yearly limit is met, so all of it is paid.
    e = medigap(sessions(1), share=share, limit=50000).estimate
    assert (e.low, e.expected, e.high) == (0, left, left)
    assert codes(e.assumptions) == ["secondary_limit_met_unknown"]


def test_after_its_yearly_limit_plan_k_pays_all_of_the_coinsurance():
    # 10 left each time, 25 in the year: 10, 10, 5, 0.
    d = medigap(sessions(4), share="0.50", limit=2500)
    assert [line.patient for line in d.estimate.trace] == [1000, 1000, 500, 0]


def test_the_deductible_stays_the_patients_and_does_not_count_toward_the_yearly_limit():
    # Deductible 100 takes the first session whole; of the next ones 10, then 5 are left of the 15.
    d = medigap(sessions(4), said=first(pot(10000, 0)), share="0.50", limit=1500)
    assert [line.patient for line in d.estimate.trace] == [10000, 1000, 500, 0]


def of_year(limit):
    return replace(says("published"), secondary=supplement("0.50", limit=limit))


def test_the_yearly_limit_is_that_of_each_calendar_year():
    # Limit 10 in 2025, 30 in 2026. Wed 31 Dec: 10; Fri 2, Sat 3, Sun 4 January: 30; Mon 5: 0.
    weekdays = ("mon", "wed", "fri", "sat", "sun")
    d = ask(
        phase(start=date(2025, 12, 31), weeks=1, days_per_week=5, weekdays=weekdays),
        line_of_business="medicare",
        secondary=Secondary("medigap", "k"),
        second_payer=Payer("medigap", "Medigap", "medigap"),
        second_published=(
            Period(date(2025, 1, 1), of_year(1000)),
            Period(date(2026, 1, 1), of_year(3000)),
        ),
        at=datetime(2025, 12, 20, 15, tzinfo=ZoneInfo("UTC")),
    )
    assert [line.patient for line in d.estimate.trace] == [1000, 1000, 1000, 1000, 0]


def test_a_yearly_limit_of_an_earlier_year_is_carried_forward_by_name():
    d = medigap(sessions(1), share="0.50", limit=50000, through=date(2025, 12, 31))
    assert "secondary_limit_carried_forward" in codes(d.estimate.assumptions)


def test_a_supplement_acts_only_on_sessions_that_the_primary_covers():
    d = medigap(sessions(1), said=plan(**{IOP: covered_level(covered=told(False))}))
    assert (parts(d), d.estimate.self_pay) == ((25000, 0, 0, 0), 25000)
