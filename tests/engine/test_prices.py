"""Where an allowed amount comes from, and how a schedule's row becomes the price of a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from schemas.model import Fact, Fee, LevelBenefits, Period, WageIndex
from tests.engine.builders import (
    IOP,
    OP,
    PROFILE,
    SITE,
    answer,
    codes,
    coinsurance,
    per_diem,
    phase,
    plan,
    published,
    reported,
    sessions,
    told,
)

FIFTH = coinsurance("0.20", published)
UNINDEXED = replace(SITE, wage_index=None)


def level(*fees, share=FIFTH, **more):
    return LevelBenefits(
        covered=published(True), deductible_applies=published(False), fees=fees, **share, **more
    )


def ask(*phases, at_level=IOP, benefit, site=SITE, **more):
    return answer(
        *phases, rules=plan(witness="published", **{at_level: benefit}), site=site, trace=True, **more
    )


def allowed(d):
    return d.estimate.trace[0].allowed


# --- which amount is the first that exists


def test_an_amount_that_was_told_comes_first():
    site = replace(SITE, contracted_rates={IOP: Fact(15000, PROFILE)})
    heard = plan(**{IOP: LevelBenefits(allowed_amount=told(11000))})
    d = ask(sessions(1), benefit=level(per_diem(20000)), site=site, told_benefits=heard)
    assert allowed(d) == 11000
    assert "allowed_amount_told" in codes(d.steps)


def test_an_amount_that_was_reported_speaks_of_the_member_too():
    site = replace(SITE, contracted_rates={IOP: Fact(15000, PROFILE)})
    heard = plan(witness="reported", **{IOP: LevelBenefits(allowed_amount=reported(11000))})
    assert allowed(ask(sessions(1), benefit=level(), site=site, reported_benefits=heard)) == 11000


def test_a_contracted_rate_comes_before_a_published_amount():
    site = replace(SITE, contracted_rates={IOP: Fact(15000, PROFILE)})
    published_level = replace(level(), allowed_amount=published(20000))
    d = ask(sessions(1), benefit=published_level, site=site)
    # 20 % of 150.
    assert (allowed(d), d.estimate.expected) == (15000, 3000)
    assert "allowed_amount_contracted" in codes(d.steps)


def test_a_contracted_rate_is_no_rate_out_of_network():
    site = replace(SITE, contracted_rates={IOP: Fact(15000, PROFILE)})
    benefit = replace(level(), allowed_amount=published(20000))
    rules = plan(witness="published", **{IOP: benefit})
    out = replace(rules, networks={"out": rules.networks["in"]})
    assert allowed(answer(sessions(1), rules=out, site=site, network="out", trace=True)) == 20000


def test_the_published_schedule_comes_after_both():
    d = ask(sessions(1), benefit=level(per_diem(20000)))
    assert allowed(d) == 20000
    assert "allowed_amount_from_schedule" in codes(d.steps)


def test_no_amount_is_ever_invented():
    d = ask(sessions(1), benefit=level())
    assert (allowed(d), d.estimate.expected) == (None, None)
    assert "allowed_amount_unknown" in codes(d.estimate.assumptions)


# --- program days


@pytest.mark.parametrize(
    ("minutes", "services", "expected"),
    # 3 services below 4 hours, 4 from then on; what a phase says of its services counts first.
    [(180, None, 12774), (239, None, 12774), (240, None, 16738), (180, 4, 16738), (300, 3, 12774)],
)
def test_a_program_day_is_priced_by_its_services(minutes, services, expected):
    asked = phase(weeks=1, minutes_per_day=minutes, services_per_day=services)
    benefit = level(per_diem(12774), per_diem(16738, services=(4, None)))
    assert allowed(ask(asked, benefit=benefit)) == expected


def test_a_day_of_fewer_services_than_any_row_has_no_price():
    asked = phase(weeks=1, services_per_day=2)
    assert allowed(ask(asked, benefit=level(per_diem(12774)))) is None


def test_the_sites_wage_index_adjusts_three_fifths_of_the_rate():
    # 127.74 x (0.60 x 1.0173 + 0.40) = 127.74 x 1.01038 = 129.0659..., half-up 129.07; 20 %: 25.81.
    site = replace(SITE, wage_index=Fact(Decimal("1.0173"), PROFILE))
    d = ask(sessions(1), benefit=level(per_diem(12774)), site=site)
    assert (allowed(d), d.estimate.expected) == (12907, 2581)
    adjusted = next(step for step in d.steps if step.code == "allowed_amount_adjusted")
    assert (adjusted.params, PROFILE in adjusted.citations) == ({"amount": "129.07"}, True)


def test_a_rate_that_does_not_follow_wages_is_not_adjusted():
    site = replace(SITE, wage_index=Fact(Decimal("1.5"), PROFILE))
    row = replace(per_diem(10000), wage_adjusted=False)
    assert allowed(ask(sessions(1), benefit=level(row), site=site)) == 10000


def test_without_an_index_the_national_rate_is_expected_and_a_tenth_either_way_possible():
    e = ask(sessions(1), benefit=level(per_diem(10000)), site=UNINDEXED).estimate
    assert (e.low, e.expected, e.high) == (1800, 2000, 2200)
    assert [(a.code, a.moves) for a in e.assumptions if a.moves] == [("wage_index_unknown", 400)]


def test_a_community_center_ranges_from_its_areas_index_to_the_national_figure():
    # 0.60 x 0.85 + 0.40 = 0.91: from 20 % of 91 to 20 % of 100.
    benefit = level(per_diem(10000), wage_index=WageIndex(published(Decimal("0.85"))))
    e = ask(sessions(1), benefit=benefit, site=UNINDEXED).estimate
    assert (e.low, e.expected, e.high) == (1820, 2000, 2000)
    assert "wage_index_of_area" in codes(e.assumptions)


def test_an_area_above_the_national_figure_widens_the_range_upwards():
    # 0.60 x 1.10 + 0.40 = 1.06.
    benefit = level(per_diem(10000), wage_index=WageIndex(published(Decimal("1.10"))))
    e = ask(sessions(1), benefit=benefit, site=UNINDEXED).estimate
    assert (e.low, e.expected, e.high) == (2000, 2000, 2120)


def test_a_hospital_ranges_from_its_areas_index_to_the_states_floor():
    # Area 0.85: 0.91. Floor 1.20: 1.12.
    index = WageIndex(published(Decimal("0.85")), published(Decimal("1.20")))
    e = ask(sessions(1), benefit=level(per_diem(10000), wage_index=index), site=UNINDEXED).estimate
    assert (e.low, e.expected, e.high) == (1820, 2000, 2240)


# --- a published amount of an earlier year


def test_each_session_has_the_rate_that_is_in_force_on_its_date():
    old, new = (plan(witness="published", **{IOP: level(per_diem(cents))}) for cents in (10000, 20000))
    rules = (Period(date(2025, 1, 1), old), Period(date(2026, 3, 4), new))
    e = answer(sessions(3), rules=rules, trace=True).estimate
    assert [line.allowed for line in e.trace] == [10000, 20000, 20000]


def test_an_amount_published_for_an_earlier_time_is_carried_forward_by_name():
    # Published through 4 March: Friday 6 is 90, 100 or 110. 20 + 20 + (18, 20, 22).
    row = per_diem(10000, through=date(2026, 3, 4))
    e = ask(sessions(3), benefit=level(row)).estimate
    assert (e.low, e.expected, e.high) == (5800, 6000, 6200)
    carried = next(a for a in e.assumptions if a.code == "allowed_amount_carried_forward")
    assert (carried.moves, carried.params["on"]) == (400, "2026-03-06")
    assert carried.citations


def test_an_amount_of_the_rulebook_itself_is_carried_forward_too():
    benefit = replace(level(), allowed_amount=published(10000, through=date(2026, 3, 4)))
    e = ask(sessions(3), benefit=benefit).estimate
    assert (e.low, e.expected, e.high) == (5800, 6000, 6200)


# --- outpatient visits


VISITS = (
    Fee("90791", published(18000), service="evaluation"),
    Fee("90837", published(15000), service="individual", minutes_from=53),
    Fee("90834", published(10000), service="individual", minutes_from=38, minutes_to=52),
    Fee("90832", published(8000), service="individual", minutes_from=16, minutes_to=37),
    Fee("90853", published(3000), service="group"),
    Fee("90847", published(11000), service="family"),
)
RATES = published({"lcsw": Decimal("0.75"), "np": Decimal("0.85")})


@pytest.mark.parametrize(
    ("minutes", "service", "code", "cents"),
    [
        (60, "individual", "90837", 15000),
        (53, "individual", "90837", 15000),
        (52, "individual", "90834", 10000),
        (38, "individual", "90834", 10000),
        (37, "individual", "90832", 8000),
        (16, "individual", "90832", 8000),
        (60, "group", "90853", 3000),
        (60, "family", "90847", 11000),
        (60, "evaluation", "90791", 18000),
    ],
)
def test_a_visit_is_priced_by_its_service_and_minutes(minutes, service, code, cents):
    d = ask(
        phase(OP, weeks=1, minutes_per_day=minutes, service=service),
        at_level=OP,
        benefit=level(*VISITS),
        at=datetime(2026, 2, 20, 15, tzinfo=UTC),
    )
    assert (allowed(d), d.phases[0].billing.value.codes) == (cents, (code,))


def test_a_visit_too_short_for_any_row_has_no_price():
    d = ask(phase(OP, weeks=1, minutes_per_day=15), at_level=OP, benefit=level(*VISITS))
    assert allowed(d) is None


def test_the_first_visit_may_be_an_evaluation():
    d = ask(phase(OP, weeks=3, include_evaluation=True), at_level=OP, benefit=level(*VISITS))
    assert [line.allowed for line in d.estimate.trace] == [18000, 15000, 15000]


def visit(clinician=None, usual=None):
    site = replace(SITE, usual_clinician=usual)
    benefit = level(*VISITS, clinician_rates=RATES)
    return ask(phase(OP, weeks=1, clinician=clinician), at_level=OP, benefit=benefit, site=site)


@pytest.mark.parametrize(
    ("clinician", "cents"),
    # 75 % and 85 % of 150.
    [("physician", 15000), ("psychologist", 15000), ("lcsw", 11250), ("np", 12750)],
)
def test_a_clinicians_share_of_the_rate_is_applied(clinician, cents):
    assert allowed(visit(clinician)) == cents


def test_the_sites_usual_clinician_is_taken_where_the_phase_names_none():
    assert (allowed(visit(usual="lcsw")), allowed(visit("physician", "lcsw"))) == (11250, 15000)


@pytest.mark.parametrize(
    ("clinician", "code"), [(None, "clinician_unknown"), ("mhc", "clinician_rate_unknown")]
)
def test_an_unknown_clinician_ranges_from_the_lowest_fraction_to_the_full_rate(clinician, code):
    # 20 % of 112.50 to 20 % of 150.
    e = visit(clinician).estimate
    assert (e.low, e.expected, e.high) == (2250, 3000, 3000)
    assert code in codes(e.assumptions)


def test_a_hospitals_visit_has_a_facility_part_that_is_not_priced_here():
    d = ask(phase(OP, weeks=1), at_level=OP, benefit=level(*VISITS, facility_fee=published(True)))
    assert allowed(d) is None
    assert ("facility_fee_unpriced", None) in [(a.code, a.moves) for a in d.estimate.assumptions]
