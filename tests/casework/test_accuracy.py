"""How good estimates were, and which rates are to be corrected: figures worked out by hand."""

from __future__ import annotations

from typing import Any

from service.casework.accuracy import Sample, measure, median, rounded
from service.casework.rates import Allowed, propose

KEY = ("aetna", "intensive_outpatient", "exact")
RATES = {("cmhc", "aetna", "intensive_outpatient"): 40_000}


def sample(expected: int, actual: int, **more: Any) -> Sample:
    about: dict[str, Any] = {"case_id": "c", "verification_id": "v", "denied": False, "causes": {}}
    return Sample(
        payer=KEY[0], level=KEY[1], certainty=KEY[2], expected=expected, actual=actual, **{**about, **more}
    )


def test_shares_median_and_bias_of_ten_sessions() -> None:
    # Off by 0, 4, 5, 6, 10, 11, 30, 40, 50 and -100 of 100.00: 3 within 5 %, 5 within 10 %.
    off = [0, 400, 500, 600, 1_000, 1_100, 3_000, 4_000, 5_000, -10_000]
    said = measure(sample(10_000 - one, 10_000) for one in off)[KEY].sessions.shown()
    assert (said["n"], said["enough"]) == (10, True)
    assert (said["within_5_percent"], said["within_10_percent"]) == (300, 500)
    assert said["within_10_dollars"] == 500
    # The middle two of 0 4 5 6 10 11 30 40 50 100 are 10.00 and 11.00; the sum of all is 56.00.
    assert (said["median_error"], said["bias"]) == (1_050, 560)


def test_fewer_than_ten_are_too_few_to_say() -> None:
    said = measure([sample(1_000, 1_000)] * 9)[KEY].sessions.shown()
    assert (said["n"], said["enough"], said["bias"], said["within_5_percent"]) == (9, False, None, None)


def test_of_nothing_owed_only_nothing_is_within() -> None:
    said = measure([sample(0, 0)] * 5 + [sample(100, 0)] * 5)[KEY].sessions.shown()
    assert (said["within_5_percent"], said["within_10_dollars"]) == (500, 1_000)


def test_an_episode_counts_once_every_session_of_its_estimate_was_decided() -> None:
    whole = [sample(1_000, 1_200, sessions=2, episode=2_000) for _ in range(2)]
    half = [sample(1_000, 1_200, sessions=2, episode=2_000, verification_id="w")]
    other = [sample(1_000, 900, sessions=1, episode=1_000, case_id="d")]
    assert measure([*whole, *half, *other])[KEY].episodes.differences == [400, -100]


def test_denials_and_causes_are_counted() -> None:
    group = measure(
        [
            sample(1_000, 0, denied=True, causes={"denial": -1_000}),
            sample(1_000, 1_300, causes={"rate": 100, "benefit": 200}),
            sample(1_000, 900, causes={"rate": -100}),
        ]
    )[KEY]
    assert group.denied == 1
    assert group.causes == {"denial": [-1_000], "rate": [100, -100], "benefit": [200]}


def test_means_are_rounded_half_up_and_medians_too() -> None:
    assert (rounded(5, 2), rounded(-5, 2), rounded(4, 3)) == (3, -3, 1)
    assert (median([5]), median([1, 4])) == (5, 3)


def allowed(day: int, amount: int = 41_500, **more: Any) -> Allowed:
    said: dict[str, Any] = {"codes": "H0015", "expected": 40_000} | more
    return Allowed("cmhc", "aetna", "intensive_outpatient", on=f"2026-12-{day:02d}", amount=amount, **said)


def test_three_sessions_in_a_row_that_agree_propose_a_rate() -> None:
    assert propose([allowed(1), allowed(2)], RATES) == []
    (found,) = propose([allowed(9, 41_500), allowed(2, 39_000), allowed(4), allowed(7)], RATES)
    assert (found.old, found.new, found.sessions, found.since) == (40_000, 41_500, 3, "2026-12-04")
    assert found.snippet == (
        'sites:\n  - id: cmhc\n    contracted_rates:\n      aetna:\n        intensive_outpatient: "415.00"\n'
    )


def test_a_rate_that_is_the_profiles_is_not_proposed_and_an_older_run_is_over() -> None:
    assert propose([allowed(day, 40_000) for day in (1, 2, 3)], RATES) == []
    assert propose([allowed(1), allowed(2), allowed(3), allowed(4, 40_000)], RATES) == []


def test_a_hole_in_the_profile_is_filled_and_a_published_amount_is_no_hole() -> None:
    (found,) = propose([allowed(day, expected=None) for day in (1, 2, 3)], {})
    assert (found.old, found.new) == (None, 41_500)
    assert propose([allowed(day) for day in (1, 2, 3)], {}) == []


def test_where_procedures_are_paid_differently_no_one_rate_is_written() -> None:
    both = [
        allowed(day, codes=code, amount=amount) for day in (1, 2, 3) for code, amount in (("A", 1), ("B", 2))
    ]
    found = propose(both, RATES)
    assert [(one.codes, one.new, one.snippet) for one in found] == [("A", 1, None), ("B", 2, None)]
