"""Two plans of one person: the second pays the lesser of what it would have paid first and what is left."""

from __future__ import annotations

from dataclasses import replace

from schemas.model import Benefits, Citation, Fact, Payer, Secondary
from tests.engine.builders import (
    IOP,
    answer,
    codes,
    coinsurance,
    covered_level,
    plan,
    pot,
    pots,
    sessions,
    told,
)

FIFTH = coinsurance("0.20")


def first(deductible=None):
    """A primary that allows 100 a session and leaves 20 %, after a deductible where it has one."""
    return plan(pots(deductible, pot(None)) if deductible else None, **{IOP: covered_level(**FIFTH)})


def ask(*phases, said=None, **more):
    return answer(*phases, told_benefits=said or first(), trace=True, **more)


def parts(d):
    line = d.estimate.trace[0]
    return line.patient, line.plan, line.secondary, line.write_off


def other(rate="0.20", allowed=10000, **more):
    return plan(**{IOP: covered_level(allowed, **coinsurance(rate), **more)})


def coordinated(told_of_second=None, said=None, count=1, **more):
    extra = {
        "secondary": Secondary("second", told=told_of_second),
        "second_payer": Payer("second", "Second Health", "commercial"),
    }
    return ask(sessions(count), said=said, **{**extra, **more})


def test_a_commercial_plan_pays_what_it_would_have_paid_first_if_that_is_less():
    # It would pay 10 % of 100, the primary leaves 20: 10 of them.
    d = coordinated(other("0.90"))
    assert (parts(d), d.estimate.certainty) == ((1000, 8000, 1000, 0), "exact")


def test_a_commercial_plan_pays_no_more_than_the_primary_left():
    assert parts(coordinated(other("0.20"))) == (0, 8000, 2000, 0)


def test_what_the_second_plan_would_pay_follows_its_own_deductible():
    # Second: 150 of deductible: first session all of it, second 50 + 20 % of 50: it would pay 0, then 40.
    d = coordinated(plan(pots(pot(15000, 0), pot(None)), **{IOP: covered_level(**FIFTH)}), count=2)
    assert [line.secondary for line in d.estimate.trace] == [0, 2000]


def test_what_the_second_plan_does_not_cover_it_does_not_pay():
    d = coordinated(plan(**{IOP: covered_level(covered=told(False))}))
    assert parts(d) == (2000, 8000, 0, 0)


def test_the_second_plan_has_its_own_plan_year():
    # Its year turns on 1 March; told in February that its deductible is met; it begins anew.
    heard = plan(pots(pot(10000, 10000), pot(None)), **{IOP: covered_level(**FIFTH)})
    d = coordinated(replace(heard, plan_year_start=told((3, 1))))
    assert parts(d) == (2000, 8000, 0, 0)


def test_a_second_plan_of_which_nobody_spoke_may_pay_all_or_nothing():
    d = coordinated(None, count=3)
    assert (d.estimate.low, d.estimate.expected, d.estimate.high) == (0, None, 6000)
    assert "secondary_benefits_unknown" in codes(d.estimate.assumptions)


def test_what_the_first_payer_reported_is_not_what_the_second_one_would_pay():
    heard = Benefits("reported", networks=first().networks)
    d = answer(
        sessions(3),
        reported_benefits=heard,
        secondary=Secondary("second"),
        second_payer=Payer("second", "Second Health", "commercial"),
    )
    assert (d.estimate.low, d.estimate.expected, d.estimate.high) == (0, None, 6000)
    assert "secondary_benefits_unknown" in codes(d.estimate.assumptions)


def test_all_that_the_second_plan_leaves_unknown_is_one_assumption():
    # Primary all known. Second: deductible 900, met not said: met: pays 20; not met: pays nothing of 3 x 100.
    d = coordinated(
        plan(pots(pot(90000), pot(None)), **{IOP: covered_level(**FIFTH)}),
        said=first(pot(50000, 50000)),
        count=3,
    )
    e = d.estimate
    assert (e.low, e.expected, e.high) == (0, 6000, 6000)
    assert [(a.code, dict(a.params), a.moves) for a in e.assumptions] == [
        ("secondary_benefits_unknown", {}, 6000)
    ]


def test_a_second_plan_whose_allowed_amount_is_not_known_is_taken_to_allow_the_same_by_name():
    d = coordinated(other("0.90", allowed=None))
    assert (d.estimate.expected, d.estimate.certainty) == (1000, "estimated")
    assert codes(d.estimate.assumptions) == ["secondary_allowed_assumed"]


def test_a_primary_share_that_is_not_known_stays_unknown_behind_a_second_plan():
    assert parts(coordinated(other(), said=plan(**{IOP: covered_level(None, **FIFTH)})))[0] is None


def test_what_a_second_plan_pays_rests_on_a_source():
    page = Citation("told", "Told by phone", None, "CALL-SECOND")
    heard = plan(**{IOP: covered_level(said=lambda value: Fact(value, page), **FIFTH)})
    d = coordinated(heard)
    assert d.estimate.secondary_pays == 2000
    assert page in next(step for step in d.steps if step.code == "second_coordination").citations
