"""Parity flags: behavioral facts that are stricter than the medical ones of the same classification."""

from __future__ import annotations

import pytest

from schemas.model import LevelBenefits, Limit, MedicalBenefits
from tests.engine.builders import IOP, OP, answer, codes, phase, plan, published, told

UNLIMITED = {"limited": published(False), "prior_authorization": published("not_required")}


def flags(level_benefits, medical, *, level=IOP, line="commercial", classification="outpatient"):
    rules = plan(witness="published", **{level: level_benefits})
    facts = {classification: MedicalBenefits(**medical)}
    rules = type(rules)(rules.witness, rules.networks, medical=facts)
    return answer(phase(level, weeks=1), rules=rules, line_of_business=line).parity_flags


STRICT = LevelBenefits(
    limits=(published(Limit(30)),), prior_authorization=published("required"), covered=published(True)
)


@pytest.mark.parametrize("line", ["commercial", "marketplace", "fehb"])
def test_a_limit_or_an_authorization_that_medical_care_has_not_is_flagged(line):
    found = flags(STRICT, UNLIMITED, line=line)
    assert codes(found) == ["parity_limit", "parity_authorization"]
    assert found[0].params == {"level": IOP, "classification": "outpatient"}
    assert len(found[0].citations) == 2


@pytest.mark.parametrize("line", ["medicare", "medicaid", "tricare"])
def test_only_commercial_plans_are_compared(line):
    assert flags(STRICT, UNLIMITED, line=line) == ()


@pytest.mark.parametrize(
    "medical",
    [{"limited": published(True), "prior_authorization": published("required")}, {}],
)
def test_what_medical_care_has_too_or_nobody_stated_is_no_flag(medical):
    assert flags(STRICT, medical) == ()


@pytest.mark.parametrize(
    "own",
    [
        LevelBenefits(),
        LevelBenefits(limits=(published(None),), prior_authorization=published("not_required")),
        LevelBenefits(prior_authorization=published("notification")),
    ],
)
def test_a_level_that_is_not_stricter_is_no_flag(own):
    assert flags(own, UNLIMITED) == ()


@pytest.mark.parametrize("level", ["inpatient", "residential"])
def test_residential_and_inpatient_care_are_held_against_inpatient_medicine(level):
    assert codes(flags(STRICT, UNLIMITED, level=level, classification="inpatient")) == [
        "parity_limit",
        "parity_authorization",
    ]
    assert flags(STRICT, UNLIMITED, level=level) == ()


def test_a_level_is_flagged_once_though_it_appears_twice():
    rules = plan(witness="published", **{IOP: STRICT, OP: LevelBenefits()})
    rules = type(rules)(rules.witness, rules.networks, medical={"outpatient": MedicalBenefits(**UNLIMITED)})
    d = answer(phase(weeks=1), phase(OP, None, 1), phase(start=None, weeks=1), rules=rules)
    assert codes(d.parity_flags) == ["parity_limit", "parity_authorization"]


def test_what_was_told_of_the_level_is_what_is_compared():
    rules = plan(witness="published", **{IOP: STRICT})
    rules = type(rules)(rules.witness, rules.networks, medical={"outpatient": MedicalBenefits(**UNLIMITED)})
    lifted = LevelBenefits(limits=(told(None),), prior_authorization=told("not_required"))
    assert answer(rules=rules, told_benefits=plan(**{IOP: lifted})).parity_flags == ()
