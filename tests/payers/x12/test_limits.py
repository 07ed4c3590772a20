"""How many visits or days a payer allows, in every way that payers write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.payers.x12.build import FIRST_OF_LEVEL, eb, level


def visits(
    quantity: str, period: str = "23", counted: str = "VS", service_type: str = "A8", **more: str
) -> str:
    """A limit of so many visits in network, as an EB alone."""
    elements = {"network": "Y"} | more
    return eb("F", service_type, period=period, counted=counted, quantity=quantity, **elements)


def only(*lines: str) -> dict[str, Any]:
    (found,) = level(*lines)["limits"]
    return dict(found)


def number(value: Any) -> Any:
    """A quantity as an exact number, however it is written; `None` where it was not stated."""
    return None if value is None else Decimal(str(value))


def counts(found: dict[str, Any]) -> tuple[Any, Any]:
    """Allowed and left."""
    return number(found["units"]), number(found["remaining"])


def test_a_limit_written_in_the_line_is_told() -> None:
    found = only(visits("30"))
    assert counts(found) == (30, None)
    assert [found[key] for key in ("unit", "period", "service_type", "procedure", "network", "segment")] == [
        "visit",
        "calendar_year",
        "A8",
        None,
        "in",
        FIRST_OF_LEVEL,
    ]
    assert found["notes"] == []


def test_a_limit_written_below_the_line_is_told_alike() -> None:
    found = only(eb("F", "A8", network="Y"), "HSD*VS*30***23*1")
    assert counts(found) == (30, None)
    assert (found["unit"], found["period"]) == ("visit", "calendar_year")


def test_a_limit_written_both_ways_is_one_limit() -> None:
    assert counts(only(visits("30"), "HSD*VS*30***23*1")) == (30, None)


@pytest.mark.parametrize(
    ("line", "below", "unit"),
    [
        (visits("10", counted="DY"), (), "day"),
        (eb("F", "A8"), ("HSD*DY*10***23*1",), "day"),
        (eb("F", "A8"), ("HSD*HS*10***23*1",), "hour"),
    ],
)
def test_a_limit_has_its_unit(line: str, below: tuple[str, ...], unit: str) -> None:
    found = only(line, *below)
    assert (found["unit"], number(found["units"])) == (unit, 10)


@pytest.mark.parametrize(("code", "period"), [("23", "calendar_year"), ("32", "lifetime"), ("34", "month")])
def test_a_limit_has_its_period(code: str, period: str) -> None:
    assert only(visits("30", code))["period"] == period


def test_what_is_left_stands_in_a_line_of_its_own() -> None:
    found = only(visits("30"), visits("22", "29"))
    assert counts(found) == (30, 22)
    assert found["period"] == "calendar_year"


def test_what_is_left_may_stand_alone() -> None:
    found = only(visits("22", "29"))
    assert counts(found) == (None, 22)
    assert found["period"] is None


def test_what_was_used_tells_what_is_left() -> None:
    found = only(visits("30"), visits("8", counted="99"))
    assert counts(found) == (30, 22)
    assert number(found["used"]) == 8


def test_what_is_left_may_be_stated_for_both_networks() -> None:
    assert counts(only(visits("30"), visits("22", "29", network="W"))) == (30, 22)


def test_visits_and_days_are_limits_of_their_own() -> None:
    found = level(visits("30"), visits("10", counted="DY"))["limits"]
    assert {one["unit"]: number(one["units"]) for one in found} == {"visit": 30, "day": 10}


def test_a_limit_of_another_service_is_none_of_this_level() -> None:
    assert level(visits("30", service_type="A6"), visits("60", service_type="98"))["limits"] == []


def test_a_limit_of_another_network_is_none_of_this_one() -> None:
    assert level(visits("30", network="N"))["limits"] == []


def test_a_limitation_without_a_number_is_no_limit() -> None:
    assert level(eb("F", "A8"), "MSG*SUBJECT TO REVIEW")["limits"] == []


def test_a_limit_of_a_procedure_names_it() -> None:
    found = only(visits("30", service_type="", procedure="HC:S9480"), "MSG*COMBINED WITH PHP AND IOP")
    assert (found["service_type"], found["procedure"]) == (None, "S9480")
    assert found["notes"] == ["COMBINED WITH PHP AND IOP"]
