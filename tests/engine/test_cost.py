"""Cost sharing, to the cent, against figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.engine.builders import (
    answer,
    medicare_years,
    network,
    phase,
    pot,
    pots,
    says,
    told,
)


def told_deductible(limit: int, met: int, on: date):
    inside = network(pots(pot(limit, met, lambda value: told(value, on))), pots(None, None))
    return says("told", inside)


def test_an_original_medicare_iop_takes_the_deductible_first_and_then_a_fifth():
    d = answer(
        rules=medicare_years(),
        line_of_business="medicare",
        told_benefits=told_deductible(28300, 0, date(2026, 2, 20)),
    )
    e = d.estimate
    assert (e.sessions, e.total_allowed, e.expected) == (24, 306576, 83959)
    assert (e.low, e.high, e.certainty) == (83959, 83959, "exact")
    assert (e.first_session, e.typical_session) == (12774, 2555)
    assert d.phases[0].coverage.status == "covered"
    assert d.phases[0].prior_authorization.status == "not_required"


def test_an_unknown_deductible_ranges_from_met_to_not_met():
    e = answer(rules=medicare_years(), line_of_business="medicare").estimate
    assert (e.low, e.expected, e.high, e.certainty) == (61320, 83959, 83959, "estimated")


def test_a_new_year_brings_its_own_rate_and_takes_its_deductible_anew():
    e = answer(
        phase(start=date(2025, 12, 1)),
        rules=medicare_years(),
        line_of_business="medicare",
        told_benefits=told_deductible(25700, 25700, date(2025, 11, 20)),
        at=datetime(2025, 11, 20, 15, tzinfo=UTC),
    ).estimate
    assert (e.total_allowed, e.expected, e.certainty) == (283476, 79339, "exact")


def test_a_year_without_published_amounts_carries_the_last_ones_forward_by_name():
    e = answer(
        phase(start=date(2026, 12, 1)),
        rules=medicare_years(),
        line_of_business="medicare",
        told_benefits=told_deductible(28300, 28300, date(2026, 11, 20)),
        at=datetime(2026, 11, 20, 15, tzinfo=UTC),
    ).estimate
    assert e.expected == 83959
    assert e.low is not None
    assert e.high is not None
    assert e.low < 83959 < e.high
    assert e.certainty == "estimated"
    codes = {assumption.code for assumption in e.assumptions}
    assert codes == {"allowed_amount_carried_forward", "deductible_limit_carried_forward"}
