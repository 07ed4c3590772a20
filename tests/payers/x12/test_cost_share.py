"""Copays and coinsurance of a level: from one rank, in the payer's own units, and never from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payers.x12.build import (
    FIRST_OF_LEVEL,
    coinsurance,
    copay,
    eb,
    hints_of,
    level,
    segments_of,
    told_level,
    warnings_of,
)


def test_a_copay_is_told_with_all_that_tells_it_apart() -> None:
    (line,) = level(copay("40", "A8"), "MSG*SPECIALIST", "MSG*PER DAY OF CARE")["copays"]
    assert line == {
        "amount": "40.00",
        "per": "session",
        "service_type": "A8",
        "procedure": None,
        "place_of_service": None,
        "network": "in",
        "notes": ["SPECIALIST", "PER DAY OF CARE"],
        "segment": FIRST_OF_LEVEL,
    }


def test_a_coinsurance_is_told_with_all_that_tells_it_apart() -> None:
    (line,) = level(coinsurance(".2", procedure="HC:S9480"))["coinsurances"]
    assert line == {
        "rate": "0.20",
        "service_type": None,
        "procedure": "S9480",
        "place_of_service": None,
        "network": "in",
        "notes": [],
        "segment": FIRST_OF_LEVEL,
    }


@pytest.mark.parametrize(
    ("period", "per"),
    [("27", "session"), ("7", "day"), ("35", "week"), ("36", "admission"), ("26", "admission")],
)
def test_the_unit_of_a_copay_is_the_payers(period: str, per: str) -> None:
    said = told_level(copay("40", "A8", period=period))
    assert [line["per"] for line in said["level"]["copays"]] == [per]
    assert warnings_of(said, "unit_not_stated") == []


@pytest.mark.parametrize("period", ["", "23", "34", "6"])
def test_any_other_unit_is_a_session_with_a_warning(period: str) -> None:
    said = told_level(copay("40", "A8", period=period))
    assert [line["per"] for line in said["level"]["copays"]] == ["session"]
    assert [one["segment"] for one in warnings_of(said, "unit_not_stated")] == [FIRST_OF_LEVEL]


@pytest.mark.parametrize(
    ("raw", "amount"),
    [("40", "40.00"), ("40.5", "40.50"), ("0", "0.00"), (".50", "0.50"), ("1200", "1200.00")],
)
def test_an_amount_has_its_cents(raw: str, amount: str) -> None:
    assert [line["amount"] for line in level(copay(raw, "A8"))["copays"]] == [amount]


@pytest.mark.parametrize(
    ("raw", "rate"),
    [(".2", "0.20"), ("0.2", "0.20"), (".125", "0.125"), (".33333", "0.33333"), ("0", "0.00"), ("1", "1.00")],
)
def test_a_rate_is_the_share_of_the_patient_and_is_never_rounded(raw: str, rate: str) -> None:
    said = told_level(coinsurance(raw, "A8"))
    assert [line["rate"] for line in said["level"]["coinsurances"]] == [rate]
    assert warnings_of(said, "percent_above_one") == []


@pytest.mark.parametrize(("raw", "rate"), [("20", "0.20"), ("12.5", "0.125"), ("100", "1.00")])
def test_a_rate_above_one_is_a_percent_with_a_warning(raw: str, rate: str) -> None:
    said = told_level(coinsurance(raw, "A8"))
    assert [line["rate"] for line in said["level"]["coinsurances"]] == [rate]
    assert [one["segment"] for one in warnings_of(said, "percent_above_one")] == [FIRST_OF_LEVEL]


@pytest.mark.parametrize("better", [copay("40", "A8"), coinsurance(".2", "A8")])
def test_the_rank_is_chosen_once_and_the_other_kind_elsewhere_is_a_hint(better: str) -> None:
    is_copay = better.startswith("EB*B")
    said = level(better, coinsurance(".5", "MH") if is_copay else copay("25", "MH"))
    chosen, other = ("copays", "coinsurances") if is_copay else ("coinsurances", "copays")
    assert segments_of(said[chosen]) == [FIRST_OF_LEVEL]
    assert said[other] == []
    assert hints_of(said, "cost_share") == [FIRST_OF_LEVEL + 1]


def test_both_kinds_of_the_chosen_rank_are_told() -> None:
    said = level(copay("40", "A8"), coinsurance(".2", "A8"), coinsurance(".5", "MH"))
    assert segments_of(said["copays"]) == [FIRST_OF_LEVEL]
    assert segments_of(said["coinsurances"]) == [FIRST_OF_LEVEL + 1]


@pytest.mark.parametrize("service_type", ["30", "98"])
def test_cost_sharing_is_never_inherited_and_only_hinted_at(service_type: str) -> None:
    said = level(eb("1", "A8"), copay("30", service_type), coinsurance(".2", service_type))
    assert (said["copays"], said["coinsurances"]) == ([], [])
    assert {FIRST_OF_LEVEL + 1, FIRST_OF_LEVEL + 2} <= set(hints_of(said, "cost_share"))


def test_nothing_said_is_no_copay_and_not_a_copay_of_nothing() -> None:
    said = level(eb("1", "A8"))
    assert (said["copays"], said["coinsurances"]) == ([], [])


def test_a_copay_of_nothing_that_was_said_is_told() -> None:
    assert [line["amount"] for line in level(copay("0", "A8"))["copays"]] == ["0.00"]


def test_several_copays_are_alternatives_and_all_are_told() -> None:
    lines = (
        copay("25", "A8"),
        "MSG*PRIMARY CARE",
        copay("40", "A8"),
        "MSG*SPECIALIST",
        copay("55", "A8"),
        "III*ZZ*22",
    )
    said = level(*lines)["copays"]
    assert [(line["amount"], line["notes"]) for line in said] == [
        ("25.00", ["PRIMARY CARE"]),
        ("40.00", ["SPECIALIST"]),
        ("55.00", []),
    ]


LINES: list[tuple[str, ...]] = [
    (copay("40", "A8"), "MSG*SPECIALIST"),
    (copay("25", "A8", "W"),),
    (copay("30", "98"),),
    (coinsurance(".2", "A8", authorization="Y"), "MSG*PRECERTIFICATION REQUIRED"),
    (eb("C", "30", period="23", amount="1500", network="Y"),),
    (eb("C", "30", period="29", amount="700", network="W"),),
    (eb("G", "30", "FAM", period="23", amount="6000"),),
    (eb("I", "BC"),),
    (eb("1", "MH"), "LS*2120", "NM1*VN*2*INVENTED CARVE OUT*****PI*CARVE1", "LE*2120"),
]


def without_places(value: Any) -> Any:
    """A description whose lists have no order and whose entries no segment."""
    if isinstance(value, dict):
        return {key: without_places(one) for key, one in value.items() if key != "segment"}
    return sorted(map(without_places, value), key=repr) if isinstance(value, list) else value


@settings(max_examples=25, deadline=None)
@given(st.permutations(LINES))
def test_the_order_of_lines_says_nothing(lines: list[tuple[str, ...]]) -> None:
    def ordered(groups: list[tuple[str, ...]]) -> Any:
        return without_places(level(*(segment for group in groups for segment in group)))

    assert ordered(lines) == ordered(LINES)
