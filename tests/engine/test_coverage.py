"""Whether a level is covered: membership, program rules, and the only facts that lift them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from schemas.model import AgeBand, Citation, Fact, LevelBenefits, OtherCoverage, Period, ProgramRules, Step
from service.engine.coverage import level_for
from tests.engine.builders import (
    HOURS,
    IOP,
    MONDAY,
    OP,
    PHP,
    SITE,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    published,
    reported,
    says,
    sessions,
    told,
)


def ask(*phases, rules=None, covered=True, level=IOP, heard=None, **more):
    """Coverage of a published level under program rules."""
    benefit = covered_level(
        10000,
        published,
        covered=published(covered) if covered is not None else None,
        rules=ProgramRules(**{name: published(value) for name, value in (rules or {}).items()}),
        **coinsurance("0.20", published),
    )
    said = plan(witness="published", **{level: benefit})
    return answer(*phases, rules=said, told_benefits=heard, trace=True, **more)


def verdict(d, index=0):
    coverage = d.phases[index].coverage
    return coverage.status, codes(coverage.reasons)


# --- eligibility


def test_nobody_is_called_active_whom_nobody_confirmed():
    rules = says("published", active=published(True))
    e = answer(rules=rules).eligibility
    assert (e.status, e.basis, e.citations) == ("undetermined", "none", ())


@pytest.mark.parametrize(
    ("active", "start", "end", "status"),
    [
        (True, None, None, "active"),
        (True, MONDAY, MONDAY, "active"),
        (True, date(2026, 3, 3), None, "inactive"),
        (True, None, date(2026, 3, 1), "inactive"),
        (False, None, None, "inactive"),
    ],
)
def test_a_told_member_is_active_within_the_dates_of_coverage(active, start, end, status):
    heard = says("told", active=told(active), coverage_start=told(start), coverage_end=told(end))
    e = answer(told_benefits=heard).eligibility
    assert (e.status, e.basis, e.coverage_start, e.coverage_end) == (status, "told", start, end)


def test_a_reported_member_names_the_reply():
    d = answer(reported_benefits=says("reported", active=reported(True)))
    assert (d.eligibility.status, d.eligibility.basis) == ("active", "reported")


# --- membership


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"active": told(False)}, "member_inactive"),
        ({"coverage_start": told(date(2026, 4, 1))}, "before_coverage_start"),
        ({"coverage_end": told(date(2026, 2, 28))}, "after_coverage_end"),
        ({"medicare_advantage": told(OtherCoverage("A"))}, "enrolled_in_medicare_advantage"),
        ({"managed_care_plan": told(OtherCoverage("B"))}, "enrolled_in_managed_care"),
    ],
)
def test_a_payer_does_not_pay_for_whom_it_does_not_cover(facts, code):
    heard = replace(plan(**{IOP: covered_level(**copay(10))}), **facts)
    assert verdict(answer(told_benefits=heard)) == ("not_covered", [code])


def test_dates_and_plans_said_to_be_none_refuse_nothing():
    facts = ("coverage_start", "coverage_end", "medicare_advantage", "managed_care_plan")
    heard = replace(plan(**{IOP: covered_level(**copay(10))}), **{name: told(None) for name in facts})
    assert verdict(answer(told_benefits=heard)) == ("covered", ["level_covered_confirmed"])


def test_each_refused_session_carries_its_own_reason():
    # Coverage from Wednesday 4 to Thursday 5 March: Monday is before it, Friday after it.
    heard = replace(
        plan(**{IOP: covered_level(**copay(10))}),
        coverage_start=told(date(2026, 3, 4)),
        coverage_end=told(date(2026, 3, 5)),
    )
    d = answer(sessions(3), told_benefits=heard, trace=True)
    reasons = [line.reason for line in d.estimate.trace]
    assert reasons == ["before_coverage_start", None, "after_coverage_end"]
    assert [(w.code, w.params["date"]) for w in d.warnings] == [("coverage_changes", "2026-03-04")]


# --- what is published and told of the level


def test_a_published_covered_is_covered():
    assert verdict(ask()) == ("covered", ["level_covered"])


def test_of_a_level_that_nobody_spoke_of_nothing_is_known():
    assert verdict(ask(covered=None)) == ("undetermined", ["coverage_not_published"])


def test_a_level_that_is_not_covered_costs_the_self_pay_rate():
    d = ask(sessions(1), covered=False)
    assert verdict(d) == ("not_covered", ["level_not_covered"])
    assert (d.estimate.expected, d.estimate.trace[0].reason) == (25000, "level_not_covered")


def test_a_source_may_name_its_own_reason_for_a_no():
    level = LevelBenefits(covered=published(False, note="not_a_benefit"))
    assert verdict(answer(rules=plan(witness="published", **{IOP: level})))[1] == ["not_a_benefit"]


def test_a_second_hand_no_is_to_be_confirmed():
    cited = Citation("published", "Broker's summary", confidence="secondary")
    level = LevelBenefits(covered=Fact(False, cited))
    reasons = verdict(answer(rules=plan(witness="published", **{IOP: level})))[1]
    assert reasons == ["level_not_covered", "confirm_secondary_source"]


def test_a_source_may_remark_on_a_yes():
    level = covered_level(covered=told(True, note="covered_as_day_treatment"), **copay(10))
    reasons = verdict(answer(told_benefits=plan(**{IOP: level})))[1]
    assert reasons == ["level_covered_confirmed", "covered_as_day_treatment"]


# --- program rules


RULES = {
    "setting_not_covered": {"provider_types": ("hospital_outpatient",)},
    "hours_below_minimum": {"minimum_hours_per_week": 10},
    "age_not_covered": {"ages": AgeBand(None, 21)},
    "condition_not_covered": {"conditions": ("substance_use",)},
    "modality_not_covered": {"modalities": ("telehealth",)},
}


@pytest.mark.parametrize(("code", "rules"), RULES.items())
def test_a_broken_program_rule_refuses_the_level(code, rules):
    d = ask(rules=rules)
    assert verdict(d) == ("not_covered", [code])
    assert d.phases[0].coverage.reasons[0].citations


def test_every_broken_rule_is_named():
    everything = {name: value for rule in RULES.values() for name, value in rule.items()}
    assert verdict(ask(rules=everything)) == ("not_covered", list(RULES))


@pytest.mark.parametrize(
    "rules",
    [
        {"provider_types": ("cmhc",)},
        {"minimum_hours_per_week": 9},
        {"ages": AgeBand(18, None)},
        {"conditions": ("mental_health",)},
        {"modalities": ("in_person",)},
    ],
)
def test_a_rule_that_holds_refuses_nothing(rules):
    assert verdict(ask(rules=rules)) == ("covered", ["level_covered"])


@pytest.mark.parametrize("rules", RULES.values())
def test_only_a_fact_about_this_level_lifts_a_rule(rules):
    active = says("told", active=told(True))
    inferred = plan(**{IOP: LevelBenefits(covered=told(True, inferred=True))})
    own = plan(**{IOP: LevelBenefits(covered=told(True))})
    statuses = [verdict(ask(rules=rules, heard=heard))[0] for heard in (active, inferred, own)]
    assert statuses == ["not_covered", "not_covered", "covered"]


def test_a_rule_that_was_lifted_is_named_with_both_sources():
    d = ask(rules=RULES["setting_not_covered"], heard=plan(**{IOP: LevelBenefits(covered=told(True))}))
    lifted = d.phases[0].coverage.reasons[1]
    assert (lifted.code, lifted.params) == ("rule_lifted", {"rule": "setting_not_covered"})
    assert [cited.kind for cited in lifted.citations] == ["published", "told"]


def test_the_settings_that_would_be_covered_are_named():
    step = ask(rules=RULES["setting_not_covered"], site=replace(SITE, provider_type="freestanding"))
    params = step.phases[0].coverage.reasons[0].params
    assert params == {"setting": "freestanding", "settings": ["hospital_outpatient"]}


def test_too_few_hours_name_the_level_they_would_be():
    # 3 days of 2 hours and 20 minutes are 7 hours: outpatient.
    d = ask(phase(minutes_per_day=140), rules={"minimum_hours_per_week": 9})
    assert d.phases[0].coverage.reasons[0].params == {"hours": "7", "minimum": 9, "level": OP}
    assert d.warnings == ()


@pytest.mark.parametrize(("hours", "level"), [("8.5", OP), ("9", IOP), ("19.9", IOP), ("20", PHP)])
def test_hours_a_week_stand_for_a_level(hours, level):
    assert level_for(Decimal(hours), {**HOURS, "inpatient": (0, None)}) == level


def test_without_bands_any_hours_are_outpatient():
    assert level_for(Decimal(30), None) == OP


@pytest.mark.parametrize(
    ("band", "born", "status"),
    [
        # On 2 March 2026 one born on 2 March 2008 is 18, one born a day later 17.
        (AgeBand(18, None), date(2008, 3, 2), "covered"),
        (AgeBand(18, None), date(2008, 3, 3), "not_covered"),
        (AgeBand(None, 18), date(2008, 3, 2), "not_covered"),
        (AgeBand(None, 18), date(2008, 3, 3), "covered"),
    ],
)
def test_an_age_band_includes_its_first_year_and_excludes_its_end(band, born, status):
    assert verdict(ask(sessions(1), rules={"ages": band}, birth_date=born))[0] == status


def test_an_age_that_nobody_knows_refuses_nothing():
    assert verdict(ask(rules={"ages": AgeBand(None, 21)}, birth_date=None))[0] == "covered"


def test_an_age_limit_is_held_against_each_session_not_the_first_one():
    # Below 21 only; 21 on Wednesday 4 March 2026. Monday covered, Wednesday and Friday not.
    d = ask(sessions(3), rules={"ages": AgeBand(below=21)}, birth_date=date(2005, 3, 4))
    assert d.estimate.expected == 2000 + 2 * 25000


def test_one_born_on_a_leap_day_comes_of_age_on_the_first_of_march():
    d = ask(
        phase(start=date(2025, 2, 26), weeks=1, days_per_week=7),
        rules={"ages": AgeBand(21, None)},
        birth_date=date(2004, 2, 29),
    )
    # 26, 27, 28 February: 20 years old. From 1 March: 21.
    assert [line.covered for line in d.estimate.trace] == [False] * 3 + [True] * 4


# --- telehealth


def by(modality, **more):
    return verdict(ask(modality=modality, **more))


@pytest.mark.parametrize("modality", ["telehealth", "hybrid"])
def test_a_level_published_without_a_word_on_telehealth_is_not_known_by_telehealth(modality):
    assert by(modality) == ("undetermined", ["modality_not_published"])


def test_notes_on_coverage_and_authorization_stand_beside_the_verdict_they_speak_of():
    notes = {"coverage_notes": (Step("area", {}),), "authorization_notes": (Step("other_list", {}),)}
    for covered, status in ((published(True), "covered"), (None, "undetermined")):
        benefit = covered_level(10000, published, covered=covered, **notes)
        d = answer(rules=plan(witness="published", **{IOP: benefit}))
        assert (d.phases[0].coverage.status, d.phases[0].coverage.reasons[-1].code) == (status, "area")
        assert codes(d.phases[0].prior_authorization.reasons)[-1] == "other_list"
        assert not {"area", "other_list"} & set(codes(d.steps))


def test_who_confirmed_the_level_is_not_told_the_notes_on_its_coverage():
    benefit = covered_level(10000, published, coverage_notes=(Step("area", {}),))
    rules = plan(witness="published", **{IOP: benefit})
    d = answer(rules=rules, told_benefits=plan(witness="told", **{IOP: LevelBenefits(covered=told(True))}))
    assert codes(d.phases[0].coverage.reasons) == ["level_covered_confirmed"]


@pytest.mark.parametrize("modality", ["telehealth", "hybrid"])
def test_a_level_published_for_telehealth_is_covered_by_it(modality):
    assert by(modality, rules={"modalities": ("in_person", "telehealth")})[0] == "covered"


def test_a_hybrid_program_needs_telehealth_to_be_a_benefit():
    assert by("hybrid", rules={"modalities": ("in_person",)})[0] == "not_covered"
    assert by("hybrid", rules={"modalities": ("hybrid",)})[0] == "covered"


def test_a_told_covered_answers_for_telehealth_too():
    assert by("telehealth", heard=plan(**{IOP: LevelBenefits(covered=told(True))}))[0] == "covered"


def test_before_the_first_published_date_nothing_is_known():
    rules = (Period(date(2027, 1, 1), plan(witness="published", **{IOP: covered_level(said=published)})),)
    assert verdict(answer(rules=rules)) == ("undetermined", ["coverage_not_published"])
