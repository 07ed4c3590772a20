"""A thousand random answers: no number and no yes or no stands without a source or a named assumption."""

from __future__ import annotations

import pytest

from schemas.model import Determination
from service.engine.self_pay import NO_MEMBERSHIP
from tests.verify.desk import ask
from tests.verify.requests import random_request

ANSWERS = 1000


def uncited(d: Determination) -> list[str]:
    """Return what stands in an answer without saying what it rests on."""
    found: list[str] = []
    for phase in d.phases:
        verdict, authorization = phase.coverage, phase.prior_authorization
        if verdict.status != "undetermined" and not any(reason.citations for reason in verdict.reasons):
            found.append(f"{phase.level_of_care} is {verdict.status}")
        if authorization.status != "undetermined" and not authorization.citations:
            found.append(f"authorization of {phase.level_of_care} is {authorization.status}")
        found += [f"a limit of {one.limit.units}" for one in verdict.limits if not one.citations]
    # Whoever pays alone is a member of nothing, which nobody has to confirm.
    said = d.eligibility.status != "undetermined" and d.eligibility != NO_MEMBERSHIP
    if said and not d.eligibility.citations:
        found.append(f"eligibility is {d.eligibility.status}")
    assumed = {assumption.code for assumption in d.estimate.assumptions}
    steps = {step.code for step in d.steps if step.citations}
    for line in d.estimate.trace:
        if line.covered and line.allowed and not line.citations:
            found.append(f"allowed {line.allowed} on {line.date}")
        shared = line.deductible or line.copay or line.coinsurance
        share_assumed = {"cost_share_unknown", "deductible_applies_unknown", "several_shares"} & assumed
        if shared and not line.citations and not share_assumed:
            found.append(f"a share on {line.date}")
        if line.deductible and not (
            {"deductible_stated"} & steps or any(a.startswith("deductible") for a in assumed)
        ):
            found.append(f"a deductible on {line.date}")
        if not line.covered and line.patient and not {"self_pay_rate", "own_price"} & steps:
            found.append(f"self-pay on {line.date}")
    return found


@pytest.mark.parametrize("first", range(0, ANSWERS, 100))
def test_every_figure_of_a_random_answer_rests_on_a_source_or_a_named_assumption(first):
    bare = {
        seed: found
        for seed in range(first, first + 100)
        if (found := uncited(ask(random_request(seed)).determination))
    }
    assert bare == {}


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_low_expected_and_high_never_cross(first):
    for seed in range(first, first + 100):
        e = ask(random_request(seed)).determination.estimate
        known = [amount for amount in (e.low, e.expected, e.high) if amount is not None]
        assert known == sorted(known), seed
