"""Which of several witnesses is believed, field by field, and what never beats what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from schemas.model import (
    AuthorizationTerms,
    Benefits,
    Contact,
    LevelBenefits,
    MedicalBenefits,
)
from service.engine.settle import settle
from tests.engine.builders import (
    IOP,
    PHP,
    answer,
    coinsurance,
    covered_level,
    plan,
    pot,
    pots,
    published,
    reported,
    says,
    sessions,
    told,
)

OLDER, NEWER = date(2026, 2, 1), date(2026, 2, 19)
SILENT = Benefits("silent")


def settled(published_, reported_, told_):
    return settle(published_, reported_, told_, "in")


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


def test_one_witness_alone_is_the_answer():
    rules = says("published", plan_name=published("Plan A"))
    assert settle(rules, None, None, "in") is rules


@pytest.mark.parametrize("said", [told, reported])
def test_what_speaks_of_the_member_beats_what_is_published(said):
    heard = {said.__name__: Benefits(said.__name__, plan_name=said("Plan B"))}
    both = settled(says("published", plan_name=published("Plan A")), heard.get("reported"), heard.get("told"))
    assert (both.plan_name.value, both.witness) == ("Plan B", "settled")


def test_of_two_that_do_the_newer_wins():
    for told_on, reported_on, expected in ((OLDER, NEWER, "reply"), (NEWER, OLDER, "call")):
        both = settled(
            SILENT,
            says("reported", plan_name=reported("reply", reported_on)),
            says("told", plan_name=told("call", told_on)),
        )
        assert both.plan_name.value == expected


def test_of_two_of_the_same_day_what_a_person_was_told_stands():
    both = settled(
        SILENT, says("reported", plan_name=reported("reply")), says("told", plan_name=told("call"))
    )
    assert both.plan_name.value == "call"


def test_the_more_specific_fact_wins_over_the_newer_one():
    # The reply is newer, but inferred from a service type; the call spoke of this level.
    level = settled_level(
        reported_level=LevelBenefits(allowed_amount=reported(20000, NEWER, inferred=True)),
        told_level=LevelBenefits(allowed_amount=told(10000, OLDER)),
    )
    assert level.allowed_amount.value == 10000


@pytest.mark.parametrize(("reported_on", "told_on"), [(OLDER, NEWER), (NEWER, OLDER)])
@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"by_procedure": True}, 20000),
        ({"inferred": True}, 10000),
    ],
)
def test_procedure_beats_level_and_level_beats_service_type_whatever_their_days(
    marks, expected, reported_on, told_on
):
    level = settled_level(
        reported_level=LevelBenefits(allowed_amount=reported(20000, reported_on, **marks)),
        told_level=LevelBenefits(allowed_amount=told(10000, told_on)),
    )
    assert level.allowed_amount.value == expected


def test_of_two_facts_of_the_same_procedure_the_newer_stands():
    for told_on, reported_on, expected in ((OLDER, NEWER, 20000), (NEWER, OLDER, 10000)):
        level = settled_level(
            reported_level=LevelBenefits(allowed_amount=reported(20000, reported_on, by_procedure=True)),
            told_level=LevelBenefits(allowed_amount=told(10000, told_on, by_procedure=True)),
        )
        assert level.allowed_amount.value == expected


def test_what_nobody_said_never_beats_a_fact():
    both = settled(
        says("published", plan_name=published("Plan A")), says("reported"), says("told", active=told(True))
    )
    assert (both.plan_name.value, both.active.value) == ("Plan A", True)


def test_that_there_is_none_is_a_fact():
    both = settled(
        says("published", coverage_end=published(date(2026, 6, 30))),
        None,
        says("told", coverage_end=told(None)),
    )
    assert both.coverage_end.value is None


def test_a_family_limit_said_to_be_none_is_a_fact():
    # The published family deductible of 50 would take 50 of the first session.
    rules = plan(
        pots(pot(None, said=published), pot(5000, 0, said=published)),
        witness="published",
        **{IOP: covered_level(10000, published, **coinsurance("0.20", published))},
    )
    heard = plan(pots(pot(None), pot(None)))
    assert answer(sessions(1), rules=rules, told_benefits=heard).estimate.expected == 2000


def test_levels_that_only_one_witness_knows_are_all_kept():
    both = settled(
        plan(witness="published", **{IOP: covered_level(said=published)}),
        None,
        plan(**{PHP: covered_level()}),
    )
    assert set(both.networks["in"].levels) == {IOP, PHP}


# --- coverage and authorization


def test_a_covered_that_is_only_inferred_never_beats_a_published_not_covered():
    refused = LevelBenefits(covered=published(False))
    inferred = LevelBenefits(covered=reported(True, inferred=True))
    assert settled_level(refused, inferred).covered.value is False


def test_beside_an_inferred_covered_what_was_told_of_the_level_decides():
    refused = LevelBenefits(covered=published(False))
    inferred = LevelBenefits(covered=reported(True, NEWER, inferred=True))
    assert settled_level(refused, inferred, LevelBenefits(covered=told(True, OLDER))).covered.value is True
    assert settled_level(refused, inferred, LevelBenefits(covered=told(False, OLDER))).covered.value is False


def test_a_covered_of_this_level_beats_a_published_not_covered():
    refused = LevelBenefits(covered=published(False))
    assert settled_level(refused, LevelBenefits(covered=reported(True))).covered.value is True


def test_an_inferred_covered_stands_where_nothing_is_published():
    assert settled_level(None, LevelBenefits(covered=reported(True, inferred=True))).covered.value is True


def test_an_inferred_not_covered_beats_a_published_covered():
    inferred = LevelBenefits(covered=reported(False, inferred=True))
    assert settled_level(LevelBenefits(covered=published(True)), inferred).covered.value is False


def settled_authorization(published_=None, reported_=None, told_=None, inferred=False):
    facts = (
        published(published_) if published_ else None,
        reported(reported_, NEWER, inferred=inferred) if reported_ else None,
        told(told_, OLDER) if told_ else None,
    )
    fact = settled_level(*(LevelBenefits(prior_authorization=fact) for fact in facts)).prior_authorization
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("published_", "reported_", "told_", "expected"),
    [
        ("required", None, "not_required", "not_required"),
        ("not_required", "required", None, "required"),
        (None, "not_required", "required", "required"),
        (None, "required", "not_required", "required"),
        (None, "required", "notification", "required"),
        (None, "not_required", "notification", "notification"),
        ("required", "undetermined", None, "required"),
        ("not_required", "undetermined", "required", "required"),
        (None, "undetermined", None, None),
    ],
)
def test_told_and_reported_authorization_beats_published_and_the_more_cautious_wins(
    published_, reported_, told_, expected
):
    assert settled_authorization(published_, reported_, told_) == expected


@pytest.mark.parametrize(("reported_on", "told_on"), [(OLDER, NEWER), (NEWER, OLDER)])
def test_the_more_cautious_authorization_stands_whoever_spoke_last_and_of_what(reported_on, told_on):
    asked = LevelBenefits(prior_authorization=reported("not_required", reported_on, by_procedure=True))
    heard = LevelBenefits(prior_authorization=told("required", told_on))
    fact = settled_level(LevelBenefits(), asked, heard).prior_authorization
    assert (fact.value, fact.citation.kind) == ("required", "told")


def test_an_inferred_none_needed_never_beats_a_published_need():
    assert settled_authorization("required", "not_required", inferred=True) == "required"
    assert settled_authorization("notification", "not_required", inferred=True) == "notification"


def test_authorization_terms_are_settled_one_by_one():
    level = settled_level(
        LevelBenefits(
            authorization=AuthorizationTerms(
                contact=published(Contact("Line")), initial_units=published(10), unit="day"
            )
        ),
        None,
        LevelBenefits(authorization=AuthorizationTerms(initial_units=told(12), unit="visit")),
    )
    terms = level.authorization
    assert (terms.contact.value.name, terms.initial_units.value, terms.unit) == ("Line", 12, "visit")


def test_medical_facts_are_settled_too():
    own = says("published", medical={"outpatient": MedicalBenefits(limited=published(True))})
    heard = says(
        "told",
        medical={
            "outpatient": MedicalBenefits(told(False), told("required")),
            "inpatient": MedicalBenefits(),
        },
    )
    both = settled(own, None, heard).medical
    assert both["outpatient"].limited.value is False
    assert both["outpatient"].prior_authorization.value == "required"
    assert both["inpatient"] == MedicalBenefits()


def test_only_the_network_asked_about_is_settled():
    out = replace(says("told"), networks={"out": plan(**{IOP: covered_level()}).networks["in"]})
    rules = plan(witness="published", **{IOP: LevelBenefits(covered=published(False))})
    inside, outside = (settle(rules, None, out, name).networks for name in ("in", "out"))
    assert (set(inside), inside["in"].levels[IOP].covered.value) == ({"in"}, False)
    assert (set(outside), outside["out"].levels[IOP].covered.value) == ({"out"}, True)
