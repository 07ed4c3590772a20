"""The steps of an answer: one for each thing it rests on, each once, with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from schemas.model import (
    Accumulator,
    Billing,
    Certification,
    Citation,
    Copay,
    Fact,
    LevelBenefits,
    Period,
    Step,
    Then,
)
from tests.engine.builders import (
    CALL,
    IOP,
    OP,
    PHP,
    PROFILE,
    RULEBOOK,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    per_diem,
    phase,
    plan,
    pot,
    pots,
    published,
    sessions,
    told,
)


def explained(said=None, *phases, **more):
    return answer(*(phases or (sessions(3),)), told_benefits=said, **more).steps


def level(**more):
    return plan(**{IOP: covered_level(**{**copay(10), **more})})


def one(steps, code):
    (found,) = [step for step in steps if step.code == code]
    return found


def test_price_share_and_pots_are_explained_with_their_sources():
    said = plan(pots(pot(10000, 2500), pot(None)), **{IOP: covered_level(**coinsurance("0.20"))})
    steps = explained(said)
    assert codes(steps) == [
        "allowed_amount_told",
        "coinsurance",
        "deductible_first",
        "self_pay_rate",
        "deductible_stated",
        "deductible_none",
        "out_of_pocket_none",
        "out_of_pocket_none",
    ]
    assert one(steps, "coinsurance").params == {"rate": "0.20"}
    assert one(steps, "deductible_stated").params == {
        "scope": "individual",
        "limit": "100.00",
        "met": "25.00",
        "remaining": None,
    }
    assert all(step.citations == (CALL,) for step in steps if step.code != "self_pay_rate")
    assert one(steps, "self_pay_rate").citations == (PROFILE,)


def test_a_copay_and_a_waived_deductible_are_explained():
    steps = explained(level(deductible_applies=told(False)))
    assert one(steps, "copay").params == {"amount": "10.00", "per": "session", "max_units": None}
    assert "deductible_waived" in codes(steps)


def test_that_there_is_no_share_is_explained():
    free = {"copay": (told(None),), "coinsurance": (told(None),)}
    assert one(explained(level(**free)), "no_share").citations == (CALL,)


def test_what_the_share_changes_into_is_explained():
    then = told(Then(10, Copay(3000), None, deductible_applies=False))
    assert one(explained(level(then=then)), "share_changes").params == {"after": 10}
    assert "share_changes" not in codes(explained(level(then=told(None))))


def test_whether_the_deductible_applies_is_not_explained_where_nobody_said():
    steps = codes(explained(level(deductible_applies=None)))
    assert not {"deductible_first", "deductible_waived"} & set(steps)


def test_a_share_of_an_old_source_is_to_be_confirmed_and_its_remark_is_passed_on():
    cited = Citation("published", "Old summary", None, None, date(2019, 5, 1))
    benefit = covered_level(
        copay=(Fact(Copay(1000), cited, note="copay_of_office_visit"),),
        coinsurance=(Fact(None, cited, note="no_coinsurance_stated"),),
    )
    steps = codes(explained(plan(**{IOP: benefit})))
    assert steps[1:5] == ["copay", "copay_of_office_visit", "confirm_old_source", "no_coinsurance_stated"]


def test_a_rate_that_changes_is_explained_for_each_of_its_prices():
    def rules(cents):
        fees = (per_diem(cents),)
        return plan(
            witness="published",
            **{
                IOP: LevelBenefits(
                    covered=published(True),
                    deductible_applies=published(False),
                    fees=fees,
                    **coinsurance("0.2", published),
                )
            },
        )

    steps = answer(
        sessions(3), rules=(Period(date.min, rules(10000)), Period(date(2026, 3, 4), rules(20000)))
    ).steps
    prices = [step.params["amount"] for step in steps if step.code == "allowed_amount_from_schedule"]
    assert prices == ["100.00", "200.00"]


def test_the_self_pay_rate_of_what_is_not_covered_is_explained():
    steps = explained(plan(**{IOP: LevelBenefits(covered=told(False))}))
    assert codes(steps) == ["self_pay_rate"]
    assert one(steps, "self_pay_rate").citations == (PROFILE,)


def test_a_level_without_a_self_pay_rate_has_none_to_explain():
    stay = plan(inpatient=LevelBenefits(covered=told(False)))
    assert explained(stay, phase("inpatient", weeks=1)) == ()


def test_where_coverage_is_not_known_neither_price_nor_share_is_explained():
    # What stays is the clinic's own price, which self-pay is compared with.
    assert codes(explained(plan(**{IOP: LevelBenefits(**copay(10))}))) == ["self_pay_rate"]


def test_notes_certification_referral_and_exclusions_are_passed_on():
    separate = Step("professional_services_separate", {}, (RULEBOOK,))
    steps = explained(
        rules=plan(
            witness="published",
            **{
                IOP: LevelBenefits(
                    notes=(separate,),
                    certification=published(Certification("physician", 20, 18)),
                    referral_required=published(True),
                    exclusions=published("Court-ordered care"),
                )
            },
        )
    )
    assert separate in steps
    assert one(steps, "certification_needed").params == {"by": "physician", "hours": 20, "days": 18}
    assert one(steps, "exclusions_stated").params == {"text": "Court-ordered care"}
    assert "referral_required" in codes(steps)


def test_that_no_referral_is_needed_and_nothing_is_excluded_are_facts():
    steps = codes(explained(level(referral_required=told(False), exclusions=told(None))))
    assert "referral_not_required" in steps
    assert "exclusions_stated" not in steps


def test_a_pot_of_which_nobody_stated_anything_is_not_explained():
    benefit = covered_level(said=published, **copay(10, said=published))
    rules = plan(pots(Accumulator(), None), witness="published", **{IOP: benefit})
    steps = codes(explained(rules=rules))
    assert not {"deductible_stated", "deductible_none"} & set(steps)
    assert "out_of_pocket_none" in steps


def test_what_remains_of_a_pot_is_explained_as_it_was_stated():
    left = Accumulator(remaining=told(4000))
    said = plan(pots(left, pot(None)), **{IOP: covered_level(**copay(10))})
    assert one(explained(said), "deductible_stated").params["remaining"] == "40.00"


def test_a_remark_on_a_limit_is_passed_on():
    limit = Accumulator(limit=published(None, note="no_deductible_on_this_plan"))
    said = plan(pots(limit, pot(None)), **{IOP: covered_level(**copay(10))})
    assert "no_deductible_on_this_plan" in codes(explained(said))


def test_what_two_phases_share_is_said_once():
    levels = {name: covered_level(**copay(10)) for name in (IOP, PHP, OP)}
    steps = explained(plan(**levels), phase(PHP, weeks=1), phase(start=None, weeks=1), phase(OP, None, 1))
    assert codes(steps).count("copay") == 1
    assert codes(steps).count("allowed_amount_told") == 1


def test_a_level_that_is_covered_for_a_while_only_explains_both_rates():
    said = replace(level(), coverage_end=told(date(2026, 3, 3)))
    assert {"copay", "self_pay_rate"} <= set(codes(explained(said)))


def test_the_codes_a_payer_wants_on_the_claim_are_its_own():
    told_codes = told(Billing(("H0015",), ("0906",)))
    d = answer(sessions(1), told_benefits=level(billing=told_codes))
    assert d.phases[0].billing == told_codes
    assert answer(sessions(1), told_benefits=level()).phases[0].billing is None


def test_a_coinsurance_of_nothing_is_no_step_of_its_own():
    free = {"copay": (told(None),), "coinsurance": (told(Decimal(0)),)}
    assert "coinsurance" not in codes(explained(level(**free)))
