"""Deductible and out-of-pocket maximum: limit, what is left of it and what was met, without guessing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.payers.x12.build import (
    FIRST_OF_LEVEL,
    eb,
    level,
    pot,
    told_level,
    warned,
    warnings_of,
)

KINDS = {"deductible": "C", "out_of_pocket_max": "G"}


def limit(amount: str, service_type: str = "30", scope: str = "IND", kind: str = "C", **elements: str) -> str:
    """What a pot holds in a calendar year, in network."""
    return eb(kind, service_type, scope, **({"period": "23", "network": "Y"} | elements), amount=amount)


def left(amount: str, service_type: str = "30", scope: str = "IND", kind: str = "C", **elements: str) -> str:
    """What remains of a pot, in network."""
    return limit(amount, service_type, scope, kind, **({"period": "29"} | elements))


def met(amount: str, service_type: str = "30", scope: str = "IND", kind: str = "C", **elements: str) -> str:
    """What was paid into a pot in the year to date, in network."""
    return limit(amount, service_type, scope, kind, **({"period": "24"} | elements))


def figures(found: dict[str, Any] | None) -> tuple[Any, Any, Any]:
    """Limit, remaining and met of a pot that somebody spoke of."""
    assert found is not None
    return found["limit"], found["remaining"], found["met"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scope", "name"), [("IND", "individual"), ("FAM", "family")])
def test_a_pot_has_its_limit_and_what_is_left_and_the_difference_was_met(
    kind: str, scope: str, name: str
) -> None:
    code = KINDS[kind]
    said = level(limit("1500", scope=scope, kind=code), left("700.5", scope=scope, kind=code))
    assert figures(pot(said, kind, name)) == ("1500.00", "700.50", "799.50")


def test_individual_and_family_are_told_apart() -> None:
    said = level(limit("1500"), limit("3000", scope="FAM"), left("2000", scope="FAM"))
    assert figures(pot(said, "deductible"))[0] == "1500.00"
    assert figures(pot(said, "deductible", "family")) == ("3000.00", "2000.00", "1000.00")


def test_a_family_pot_says_nothing_of_the_individual_one() -> None:
    said = level(limit("3000", scope="FAM"))
    assert pot(said, "deductible") is None
    assert pot(said, "out_of_pocket_max", "family") is None


def test_a_pot_of_one_kind_says_nothing_of_the_other() -> None:
    assert pot(level(limit("3000", kind="G")), "deductible") is None


@pytest.mark.parametrize("scope", ["EMP", "ESP", "ECH"])
def test_a_tier_is_no_pot(scope: str) -> None:
    said = level(limit("3000", scope=scope))
    assert pot(said, "deductible") is pot(said, "deductible", "family") is None


def test_a_blank_scope_is_treated_as_individual() -> None:
    said = level(limit("1500", scope=""), left("700", scope=""))
    assert figures(pot(said, "deductible")) == ("1500.00", "700.00", "800.00")
    assert pot(said, "deductible", "family") is None


def test_a_blank_scope_is_reported_as_unspecified() -> None:
    assert "unspecified" in str(told_level(limit("1500", scope="")))


@pytest.mark.parametrize("period", ["21", "22", "23", "25", ""])
def test_every_period_that_a_limit_comes_in_is_a_limit(period: str) -> None:
    assert figures(pot(level(limit("1500", period=period)), "deductible"))[0] == "1500.00"


def test_a_limit_alone_says_nothing_of_what_is_left() -> None:
    assert figures(pot(level(limit("1500")), "deductible")) == ("1500.00", None, None)


def test_what_is_left_may_stand_alone() -> None:
    assert figures(pot(level(left("300")), "deductible")) == (None, "300.00", None)


def test_what_was_met_is_as_the_payer_says() -> None:
    said = told_level(limit("1500"), left("700"), met("800"))
    assert figures(pot(said["level"], "deductible")) == ("1500.00", "700.00", "800.00")
    assert warned(said) == set()


def test_three_figures_that_disagree_are_a_warning_and_what_is_left_counts() -> None:
    said = told_level(limit("1500"), met("600"), left("750"))
    assert warned(said) == {"limits_disagree"}
    assert figures(pot(said["level"], "deductible"))[:2] == ("1500.00", "750.00")


def test_a_pot_that_was_met_in_full_has_nothing_left() -> None:
    said = told_level(limit("1500"), left("0"), limit("3000", scope="FAM"), left("3000", scope="FAM"))
    assert figures(pot(said["level"], "deductible")) == ("1500.00", "0.00", "1500.00")
    assert warned(said) == set()


@pytest.mark.parametrize("raw", ["99999.99", "999999.99", "9000000", "9999999.99", "99999999"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_huge_figure_means_that_there_is_no_limit(kind: str, raw: str) -> None:
    found = pot(level(limit(raw, kind=KINDS[kind])), kind)
    assert found is not None
    assert (found["limit"], found["reason"]) == (None, "no_limit")


@pytest.mark.parametrize("raw", ["99999.98", "100000", "999999.98", "8999999.99"])
def test_a_large_figure_is_a_figure(raw: str) -> None:
    found = pot(level(limit(raw)), "deductible")
    assert found is not None
    assert float(found["limit"]) == float(raw)
    assert found.get("reason") is None


@pytest.mark.parametrize(("scope", "other"), [("IND", "FAM"), ("FAM", "IND")])
def test_a_zero_beside_a_figure_of_the_other_scope_is_a_placeholder(scope: str, other: str) -> None:
    said = told_level(limit("0", scope=scope), left("0", scope=scope), limit("3000", scope=other))
    names = {"IND": "individual", "FAM": "family"}
    assert pot(said["level"], "deductible", names[scope]) is None
    assert figures(pot(said["level"], "deductible", names[other]))[0] == "3000.00"
    assert {one["segment"] for one in warnings_of(said, "zero_placeholder")} <= {14, 15}
    assert warned(said) == {"zero_placeholder"}


def test_a_deductible_of_zero_for_all_is_a_deductible_of_zero() -> None:
    said = told_level(limit("0"), left("0"), limit("0", scope="FAM"))
    assert figures(pot(said["level"], "deductible")) == ("0.00", "0.00", "0.00")
    assert warned(said) == set()


@pytest.mark.parametrize("scopes", [["IND"], ["FAM"], ["IND", "FAM"]])
def test_an_out_of_pocket_limit_of_zero_is_always_a_placeholder(scopes: list[str]) -> None:
    said = told_level(*(line("0", scope=scope, kind="G") for scope in scopes for line in (limit, left)))
    assert pot(said["level"], "out_of_pocket_max") is None
    assert pot(said["level"], "out_of_pocket_max", "family") is None
    assert warned(said) == {"zero_placeholder"}


@pytest.mark.parametrize(
    ("better", "worse"), [("A8", "MH"), ("A8", "30"), ("MH", "30"), ("MH", ""), ("30", ""), ("CH", "A8")]
)
def test_a_pot_is_that_of_the_best_rank_else_of_the_plan(better: str, worse: str) -> None:
    said = level(limit("2000", worse), limit("500", better), left("1900", worse))
    assert figures(pot(said, "deductible")) == ("500.00", None, None)


@pytest.mark.parametrize("service_type", ["30", ""])
def test_a_pot_is_inherited_from_the_plan(service_type: str) -> None:
    said = level(eb("1", "A8"), limit("2000", service_type))
    assert figures(pot(said, "deductible"))[0] == "2000.00"


@pytest.mark.parametrize("service_type", ["98", "48", "88", "A7"])
def test_a_pot_of_another_service_is_not_inherited(service_type: str) -> None:
    assert pot(level(limit("2000", service_type)), "deductible") is None


@pytest.mark.parametrize(("asked_for", "expected"), [("in", "1500.00"), ("out", "4000.00")])
def test_each_network_has_its_own_pot(asked_for: str, expected: str) -> None:
    said = level(limit("1500"), limit("4000", network="N"), network=asked_for)
    assert figures(pot(said, "deductible"))[0] == expected


def test_a_limit_of_the_network_and_a_rest_of_both_belong_together() -> None:
    said = level(limit("1500"), left("600", network="W"))
    assert figures(pot(said, "deductible")) == ("1500.00", "600.00", "900.00")


def test_the_own_network_comes_before_both_for_each_figure() -> None:
    said = told_level(limit("1500"), limit("9000", network="W"), left("600"), left("8000", network="W"))
    assert figures(pot(said["level"], "deductible")) == ("1500.00", "600.00", "900.00")


def test_a_pot_that_states_no_network_counts_where_no_other_does() -> None:
    assert figures(pot(level(limit("1500", network="")), "deductible"))[0] == "1500.00"
    both = level(limit("1500", network=""), limit("1800", network="W"))
    assert figures(pot(both, "deductible"))[0] == "1800.00"


@pytest.mark.parametrize("service_type", ["96", "98", "30", "", "42"])
def test_the_deductible_of_part_b_counts_whatever_service_it_was_put_on(service_type: str) -> None:
    lines = (limit("283", service_type, part="MB"), left("100", service_type, part="MB"))
    for asked in ("outpatient", "intensive_outpatient", "partial_hospitalization"):
        assert figures(pot(level(*lines, asked=asked), "deductible")) == ("283.00", "100.00", "183.00")


def test_the_deductible_of_part_a_is_for_inpatient_care_alone() -> None:
    line = limit("1736", part="MA")
    assert pot(level(line), "deductible") is None
    assert figures(pot(level(line, asked="inpatient"), "deductible"))[0] == "1736.00"


def test_a_pot_whose_own_dates_are_past_is_set_aside() -> None:
    said = level(
        limit("900"), "DTP*291*RD8*20250101-20251231", limit("1500"), "DTP*291*RD8*20260101-20261231"
    )
    assert figures(pot(said, "deductible"))[0] == "1500.00"


def test_an_amount_that_is_no_number_is_a_warning_and_no_figure() -> None:
    said = told_level(limit("NONE"), left("300"))
    assert figures(pot(said["level"], "deductible")) == (None, "300.00", None)
    assert [one["segment"] for one in warnings_of(said, "amount_not_readable")] == [FIRST_OF_LEVEL]
