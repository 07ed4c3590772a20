"""What a payer is asked about for each level of care, and how much of it at once."""

from __future__ import annotations

import pytest

from payers.x12.service_types import group_service_types, service_types
from schemas.model import CONDITIONS, LEVELS_OF_CARE


@pytest.mark.parametrize(
    ("level", "mental_health", "substance_use"),
    [
        ("outpatient", ("MH",), ("AI",)),
        ("intensive_outpatient", ("MH",), ("AI",)),
        ("partial_hospitalization", ("BB", "MH"), ("BB", "AI")),
        ("residential", ("RT", "MH"), ("AI",)),
        ("inpatient", ("A7", "MH"), ("AI",)),
    ],
)
def test_a_level_is_asked_by_its_own_service_type_before_the_general_one(
    level: str, mental_health: tuple[str, ...], substance_use: tuple[str, ...]
) -> None:
    assert service_types([level], "mental_health") == mental_health
    assert service_types([level], "substance_use") == substance_use


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("level", LEVELS_OF_CARE)
def test_every_level_and_condition_has_something_to_ask(level: str, condition: str) -> None:
    assert service_types([level], condition)


def test_several_levels_are_asked_in_order_and_nothing_twice() -> None:
    levels = ["partial_hospitalization", "intensive_outpatient", "residential", "outpatient"]
    assert service_types(levels, "mental_health") == ("BB", "MH", "RT")


def test_only_what_the_payer_takes_is_asked() -> None:
    assert service_types(["partial_hospitalization"], "mental_health", ("30", "MH", "A7")) == ("MH",)


def test_the_whole_plan_is_asked_about_where_the_payer_takes_nothing_narrower() -> None:
    assert service_types(["partial_hospitalization"], "substance_use", ("30", "98")) == ("30",)
    assert service_types([], "mental_health") == ("30",)


@pytest.mark.parametrize(
    ("at_once", "groups"),
    [
        (0, (("BB",), ("MH",), ("RT",))),
        (1, (("BB",), ("MH",), ("RT",))),
        (2, (("BB", "MH"), ("RT",))),
        (9, (("BB", "MH", "RT"),)),
    ],
)
def test_as_many_are_asked_at_once_as_the_payer_takes(
    at_once: int, groups: tuple[tuple[str, ...], ...]
) -> None:
    assert group_service_types(("BB", "MH", "RT"), at_once) == groups
