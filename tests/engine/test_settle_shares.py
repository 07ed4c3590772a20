"""The parts of a cost share, and of a pot, come from one witness; the rest stands beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from schemas.model import (
    Accumulator,
    Copay,
    LevelBenefits,
    Limit,
    Then,
)
from service.engine.settle import settle
from tests.engine.builders import (
    IOP,
    answer,
    coinsurance,
    copay,
    covered_level,
    plan,
    pot,
    pots,
    published,
    reported,
    sessions,
    told,
)

OLDER, NEWER = date(2026, 2, 1), date(2026, 2, 19)


def settled_level(published_level=None, reported_level=None, told_level=None):
    levels = (
        plan(witness=name, **({IOP: level} if level else {}))
        for name, level in (
            ("published", published_level),
            ("reported", reported_level),
            ("told", told_level),
        )
    )
    return settle(*levels, "in").networks["in"].levels.get(IOP, LevelBenefits())


def settled_pot(published_pot=None, reported_pot=None, told_pot=None):
    witnesses = (
        plan(pots(each), None, name)
        for name, each in (("published", published_pot), ("reported", reported_pot), ("told", told_pot))
    )
    return settle(*witnesses, "in").networks["in"].deductible.individual


def test_both_parts_of_a_share_come_from_one_witness():
    # Published: $40 and then 20 %. Told: 10 %. A published copay is not added to a told coinsurance.
    level = settled_level(
        LevelBenefits(copay=(published(Copay(4000)),), coinsurance=(published(Decimal("0.20")),)),
        None,
        LevelBenefits(coinsurance=(told(Decimal("0.10")),)),
    )
    assert [fact.value for fact in level.copay] == [None]
    assert [fact.value for fact in level.coinsurance] == [Decimal("0.10")]


def test_a_told_copay_alone_means_that_there_is_no_coinsurance():
    level = settled_level(
        LevelBenefits(**coinsurance("0.20", published)), None, LevelBenefits(copay=(told(Copay(1500)),))
    )
    assert [fact.value for fact in (*level.copay, *level.coinsurance)] == [Copay(1500), None]


def test_the_newer_of_two_shares_of_the_member_stands():
    level = settled_level(
        None,
        LevelBenefits(copay=(reported(Copay(2000), NEWER),)),
        LevelBenefits(coinsurance=(told(Decimal("0.10"), OLDER),)),
    )
    assert [fact.value for fact in level.copay] == [Copay(2000)]


@pytest.mark.parametrize(("reported_on", "told_on"), [(OLDER, NEWER), (NEWER, OLDER)])
@pytest.mark.parametrize(
    ("marks", "expected"), [({"by_procedure": True}, "reported"), ({"inferred": True}, "told")]
)
def test_the_more_specific_share_stands_whatever_its_day(marks, expected, reported_on, told_on):
    level = settled_level(
        None,
        LevelBenefits(copay=(reported(Copay(2000), reported_on, **marks),)),
        LevelBenefits(copay=(told(Copay(1500), told_on),)),
    )
    assert [fact.citation.kind for fact in level.copay] == [expected]


def test_one_line_of_the_procedure_carries_the_whole_share_of_its_witness():
    level = settled_level(
        None,
        LevelBenefits(
            copay=(reported(Copay(2000), OLDER, by_procedure=True),),
            coinsurance=(reported(Decimal("0.20"), OLDER, inferred=True),),
        ),
        LevelBenefits(copay=(told(Copay(1500), NEWER),)),
    )
    assert [fact.value for fact in (*level.copay, *level.coinsurance)] == [Copay(2000), Decimal("0.20")]


def test_a_told_coinsurance_leaves_the_published_cap_of_a_service_standing():
    # 20 % of 100 is 20, capped at 15.
    rules = plan(
        witness="published",
        **{
            IOP: covered_level(
                10000, published, coinsurance_max=published(1500), **coinsurance("0.20", published)
            )
        },
    )
    heard = plan(**{IOP: LevelBenefits(**coinsurance("0.20"))})
    assert answer(sessions(1), rules=rules, told_benefits=heard).estimate.expected == 1500


def test_what_follows_can_be_told_alone():
    # Published $10 a visit; told: after 2 visits $30. 10 + 10 + 30.
    rules = plan(witness="published", **{IOP: covered_level(10000, published, **copay(10, said=published))})
    heard = plan(**{IOP: LevelBenefits(then=told(Then(2, Copay(3000), None, deductible_applies=False)))})
    assert answer(sessions(3), rules=rules, told_benefits=heard).estimate.expected == 5000


def test_of_two_limits_of_the_member_the_newer_stands():
    level = settled_level(
        None,
        LevelBenefits(limits=(reported(Limit(20, used=0), NEWER),)),
        LevelBenefits(limits=(told(Limit(30, used=0), OLDER),)),
    )
    assert [fact.value.units for fact in level.limits] == [20]


@pytest.mark.parametrize(("marks", "units"), [({"by_procedure": True}, 20), ({"inferred": True}, 30)])
def test_the_more_specific_limit_stands_whatever_its_day(marks, units):
    for reported_on, told_on in ((OLDER, NEWER), (NEWER, OLDER)):
        level = settled_level(
            None,
            LevelBenefits(limits=(reported(Limit(20), reported_on, **marks),)),
            LevelBenefits(limits=(told(Limit(30), told_on),)),
        )
        assert [fact.value.units for fact in level.limits] == [units]


def test_published_limits_stand_where_nobody_spoke_of_the_members():
    level = settled_level(LevelBenefits(limits=(published(Limit(30)),)), None, covered_level())
    assert [fact.value.units for fact in level.limits] == [30]


def test_limit_and_remaining_of_one_pot_come_from_the_same_witness():
    # The newer reply states what remains; the told limit is not mixed into it.
    reply = Accumulator(remaining=reported(3000, NEWER))
    chosen = settled_pot(None, reply, Accumulator(told(100000, OLDER), None, told(90000, OLDER)))
    assert (chosen.limit, chosen.remaining.value) == (None, 3000)


def test_of_two_pots_of_the_member_the_newer_stands_whole():
    for reported_on, told_on, expected in ((OLDER, NEWER, (200000, None)), (NEWER, OLDER, (150000, 75000))):
        both = settled_pot(
            None,
            Accumulator(limit=reported(150000, reported_on), remaining=reported(75000, reported_on)),
            Accumulator(limit=told(200000, told_on)),
        )
        assert (both.limit.value, both.remaining.value if both.remaining else None) == expected


def test_a_met_amount_that_was_told_stands_beside_the_limit_that_was_reported():
    # Reported limit 100, told met 60 (newer): 40 left. No share after: 40.
    heard = plan(pots(Accumulator(met=told(6000)), pot(None)), **{IOP: covered_level(**coinsurance("0"))})
    reply = plan(
        pots(pot(10000, said=lambda value: reported(value, OLDER)), pot(None, said=reported)),
        witness="reported",
    )
    e = answer(sessions(3), told_benefits=heard, reported_benefits=reply).estimate
    assert (e.low, e.expected, e.high) == (4000, 4000, 4000)


def test_a_met_amount_stands_beside_the_published_limit():
    chosen = settled_pot(pot(10000, said=published), None, Accumulator(met=told(6000)))
    assert (chosen.limit.value, chosen.met.value) == (10000, 6000)


def test_a_met_amount_without_any_limit_stands_alone():
    chosen = settled_pot(None, None, Accumulator(met=told(6000)))
    assert (chosen.limit, chosen.met.value) == (None, 6000)


def test_a_pot_that_is_empty_says_nothing():
    assert settled_pot(pot(10000, said=published), Accumulator(), None).limit.value == 10000
