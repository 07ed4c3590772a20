"""A session that was paid beside its estimate: the difference, and its causes, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.casework.actuals import Actual, Expected, Part, Terms, compare

TWENTY = Terms(0, Decimal("0.20"))
# 415.00 allowed, deductible met, 20 %: 83.00; 3,000.00 left of the out-of-pocket maximum.
PLAIN = Expected(
    patient=8_300,
    allowed=41_500,
    coinsurance=8_300,
    deductible_left=0,
    out_of_pocket_left=300_000,
    terms=TWENTY,
)
# The first session of a year with 200.00 of the deductible left: 200.00 + 20 % of 215.00 = 243.00.
FIRST = Expected(
    patient=24_300,
    allowed=41_500,
    deductible=20_000,
    coinsurance=4_300,
    deductible_left=20_000,
    out_of_pocket_left=300_000,
    terms=TWENTY,
)


def causes(expected: Expected, actual: Actual) -> dict[str, int]:
    found = compare(expected, actual)
    assert sum(part.amount for part in found.causes) == found.difference
    return {part.cause: part.amount for part in found.causes}


def paid(allowed: int, deductible: int = 0, copay: int = 0, coinsurance: int = 0, other: int = 0) -> Actual:
    return Actual(allowed, deductible + copay + coinsurance + other, deductible, copay, coinsurance)


def test_what_was_paid_as_expected_matches_to_a_cent() -> None:
    assert causes(PLAIN, paid(41_500, coinsurance=8_300)) == {"matches": 0}
    assert causes(PLAIN, paid(41_501, coinsurance=8_301)) == {"matches": 1}


def test_another_rate_moves_the_share_that_follows_from_it() -> None:
    # 20 % of 400.00 is 80.00: 3.00 less than expected, all of it because of the rate.
    found = compare(PLAIN, paid(40_000, coinsurance=8_000))
    assert found.causes == (Part("rate", -300),)
    assert (found.difference, found.allowed_difference) == (-300, -1_500)


def test_a_rate_that_moves_nothing_of_the_patients_is_still_named() -> None:
    copay = Expected(4_000, 41_500, copay=4_000, terms=Terms(4_000, Decimal(0)))
    assert causes(copay, paid(40_000, copay=4_000)) == {"rate": 0}


def test_a_deductible_that_was_met_elsewhere_is_the_accumulators() -> None:
    # Met already: 20 % of 415.00 = 83.00 in place of 243.00.
    assert causes(FIRST, paid(41_500, coinsurance=8_300)) == {"accumulator": -16_000}
    # More was left than expected: 300.00 + 20 % of 115.00 = 323.00.
    assert causes(FIRST, paid(41_500, deductible=30_000, coinsurance=2_300)) == {"accumulator": 8_000}


def test_rate_and_deductible_are_told_apart() -> None:
    # At 400.00 the estimate would have said 200.00 + 20 % of 200.00 = 240.00: 3.00 less.
    # The deductible was met: 20 % of 400.00 = 80.00, 160.00 less again.
    assert causes(FIRST, paid(40_000, coinsurance=8_000)) == {"rate": -300, "accumulator": -16_000}


def test_an_out_of_pocket_maximum_that_was_reached_is_the_accumulators() -> None:
    assert causes(PLAIN, paid(41_500)) == {"accumulator": -8_300}


def test_nothing_owed_in_a_plan_without_a_maximum_is_the_benefit() -> None:
    endless = Expected(8_300, 41_500, coinsurance=8_300, deductible_left=0, terms=TWENTY)
    assert causes(endless, paid(41_500)) == {"benefit": -8_300}


def test_a_maximum_that_was_expected_and_not_reached_is_the_accumulators() -> None:
    # 30.00 were left of the maximum; the payer counted otherwise and took the whole 83.00.
    capped = Expected(
        3_000, 41_500, coinsurance=8_300, deductible_left=0, out_of_pocket_left=3_000, terms=TWENTY
    )
    assert causes(capped, paid(41_500, coinsurance=8_300)) == {"accumulator": 5_300}
    assert causes(capped, paid(41_500, coinsurance=3_000)) == {"matches": 0}


def test_other_terms_are_the_benefit() -> None:
    # 30 % of 415.00 = 124.50; a copay of 50.00 in place of 83.00.
    assert causes(PLAIN, paid(41_500, coinsurance=12_450)) == {"benefit": 4_150}
    assert causes(PLAIN, paid(41_500, copay=5_000)) == {"benefit": -3_300}


def test_what_the_patient_owes_beside_cost_sharing_is_the_benefit() -> None:
    assert causes(PLAIN, paid(41_500, coinsurance=8_300, other=1_000)) == {"benefit": 1_000}


def test_three_causes_of_one_difference() -> None:
    # 400.00 allowed: 240.00 (-3.00). Deductible 100.00: 100.00 + 20 % of 300.00 = 160.00 (-80.00).
    # The payer took 30 % of 300.00: 190.00 (+30.00).
    found = causes(FIRST, paid(40_000, deductible=10_000, coinsurance=9_000))
    assert found == {"rate": -300, "accumulator": -8_000, "benefit": 3_000}


def test_a_denial_is_the_whole_difference() -> None:
    assert causes(PLAIN, Actual(0, 0, denied=True)) == {"denial": -8_300}
    assert causes(PLAIN, Actual(None, 60_000, denied=True)) == {"denial": 51_700}


def test_care_that_was_not_expected_to_be_covered_is_the_benefit() -> None:
    refused = Expected(35_000, None, covered=False)
    assert causes(refused, paid(41_500, coinsurance=8_300)) == {"benefit": -26_700}


def test_without_its_parts_a_difference_is_told_from_the_rate_alone() -> None:
    assert causes(PLAIN, Actual(40_000, 9_000)) == {"rate": -300, "parts_not_stated": 1_000}
    # One part that is all of it leaves nothing for the others.
    assert causes(PLAIN, Actual(41_500, 12_450, coinsurance=12_450)) == {"benefit": 4_150}


def test_where_no_session_shows_the_terms_no_benefit_is_blamed() -> None:
    whole = Expected(41_500, 41_500, deductible=41_500, deductible_left=200_000)
    assert causes(whole, paid(41_500, coinsurance=8_300)) == {"accumulator": -33_200}


def test_what_is_allowed_must_be_known() -> None:
    found = compare(PLAIN, Actual(None, 8_300))
    assert (found.reason, found.difference, found.causes) == ("allowed_unknown", None, ())


def test_an_estimate_that_needed_no_allowed_amount_is_compared_by_the_patients_part() -> None:
    copay = Expected(4_000, None, copay=4_000)
    found = compare(copay, paid(41_500, copay=5_000))
    assert (found.difference, found.allowed_difference) == (1_000, None)
    assert found.causes == (Part("benefit", 1_000),)


AMOUNTS = st.integers(0, 60_000)
LEFT = st.none() | AMOUNTS
TERMS = st.none() | st.builds(Terms, AMOUNTS, st.sampled_from([Decimal(0), Decimal("0.2"), Decimal("0.335")]))
EXPECTED = st.builds(Expected, AMOUNTS, LEFT, AMOUNTS, AMOUNTS, AMOUNTS, LEFT, LEFT, st.booleans(), TERMS)
ACTUAL = st.builds(Actual, LEFT, AMOUNTS, LEFT, LEFT, LEFT, st.booleans())


@settings(max_examples=100, deadline=None)
@given(EXPECTED, ACTUAL)
def test_the_causes_add_up_to_the_difference_to_the_cent(expected: Expected, actual: Actual) -> None:
    found = compare(expected, actual)
    if found.reason is None:
        assert sum(part.amount for part in found.causes) == actual.patient - expected.patient
        assert found.causes


@pytest.mark.parametrize("allowed", [38_000, 41_500, 45_000])
def test_with_the_same_pots_and_terms_only_the_rate_is_blamed(allowed: int) -> None:
    deductible = min(allowed, 20_000)
    actual = paid(allowed, deductible=deductible, coinsurance=(allowed - deductible) // 5)
    assert causes(FIRST, actual).keys() <= {"rate", "matches"}
