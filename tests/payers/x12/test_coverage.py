"""Whether a level of care is covered, and whether that rests on the level's own code."""

from __future__ import annotations

import pytest

from tests.payers.x12.build import coinsurance, copay, eb, hints_of, level, reply, told

LAST_RANK = [
    (asked, condition, service_type)
    for asked in ("intensive_outpatient", "partial_hospitalization", "residential")
    for condition, service_type in (("mental_health", "MH"), ("substance_use", "AI"))
]


@pytest.mark.parametrize("code", ["1", "2", "3", "4", "5"])
def test_an_active_line_on_a_matching_rank_is_covered(code: str) -> None:
    assert level(eb(code, "A8"))["covered"] == "covered"


@pytest.mark.parametrize(
    "line",
    [copay("40", "A8"), coinsurance(".2", "A8"), eb("C", "A8", period="23", amount="500", network="Y")],
)
def test_cost_sharing_on_a_matching_rank_means_covered(line: str) -> None:
    assert level(line)["covered"] == "covered"


@pytest.mark.parametrize("code", ["I", "E"])
@pytest.mark.parametrize(
    ("asked", "service_type"),
    [
        ("outpatient", "MH"),
        ("intensive_outpatient", "A8"),
        ("partial_hospitalization", "BB"),
        ("residential", "RT"),
    ],
)
def test_an_exclusion_on_the_best_rank_is_not_covered(code: str, asked: str, service_type: str) -> None:
    assert level(eb(code, service_type), asked=asked)["covered"] == "not_covered"


def test_an_exclusion_on_the_best_rank_outweighs_an_active_line_below() -> None:
    assert level(eb("1", "MH"), copay("25", "MH"), eb("I", "A8"))["covered"] == "not_covered"


def test_an_exclusion_below_does_not_undo_the_best_rank() -> None:
    assert level(eb("1", "A8"), eb("I", "MH"))["covered"] == "covered"


def test_an_exclusion_of_another_service_says_nothing_of_this_one() -> None:
    assert (
        level(eb("1", "A8"), eb("I", "BC"), eb("I", "98"), eb("I", procedure="HC:H0035"))["covered"]
        == "covered"
    )


def test_an_exclusion_by_procedure_is_the_most_specific() -> None:
    assert level(eb("1", "A8"), eb("I", procedure="HC:S9480"))["covered"] == "not_covered"


def test_an_exclusion_out_of_network_leaves_the_network() -> None:
    lines = (eb("1", "A8", network="Y"), eb("I", "A8", network="N"))
    assert level(*lines)["covered"] == "covered"
    assert level(*lines, network="out")["covered"] == "not_covered"


@pytest.mark.parametrize(
    "asked", ["outpatient", "intensive_outpatient", "partial_hospitalization", "residential", "inpatient"]
)
def test_an_active_plan_alone_does_not_cover_a_level(asked: str) -> None:
    said = level(asked=asked)
    assert said["covered"] == "undetermined"
    assert hints_of(said, "coverage") != []


@pytest.mark.parametrize(("asked", "condition", "service_type"), LAST_RANK)
def test_mental_health_alone_does_not_cover_a_program(asked: str, condition: str, service_type: str) -> None:
    said = level(eb("1", service_type), asked=asked, condition=condition)
    assert said["covered"] == "undetermined"
    assert 14 in hints_of(said, "coverage")


@pytest.mark.parametrize("asked", ["outpatient", "inpatient"])
@pytest.mark.parametrize(("condition", "service_type"), [("mental_health", "MH"), ("substance_use", "AI")])
def test_mental_health_alone_covers_what_it_always_includes(
    asked: str, condition: str, service_type: str
) -> None:
    said = level(eb("1", service_type), asked=asked, condition=condition)
    assert (said["covered"], said["inferred"]) == ("covered", True)


def test_mental_health_beside_a_better_rank_is_covered() -> None:
    assert level(eb("1", "MH"), eb("1", "CH"))["covered"] == "covered"


def test_cost_sharing_on_the_last_rank_covers_a_program() -> None:
    assert level(eb("1", "MH"), copay("25", "MH"))["covered"] == "covered"


def test_an_inactive_patient_is_not_covered() -> None:
    said = told(reply("EB*6**30", copay("40", "A8")), level_of_care="intensive_outpatient")
    assert (said["status"], said["level"]["covered"]) == ("inactive", "not_covered")


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("outpatient", copay("40", procedure="HC:90837")),
        ("intensive_outpatient", copay("40", procedure="HC:S9480")),
        ("partial_hospitalization", copay("40", procedure="HC:G0410")),
        ("partial_hospitalization", eb("1", "BB")),
        ("residential", eb("1", "RT")),
        ("inpatient", eb("1", "A7")),
    ],
)
def test_what_rests_on_the_own_code_of_the_level_is_not_inferred(asked: str, line: str) -> None:
    said = level(line, asked=asked)
    assert (said["covered"], said["inferred"]) == ("covered", False)


@pytest.mark.parametrize(
    ("asked", "condition", "service_type"),
    [
        ("outpatient", "mental_health", "A6"),
        ("intensive_outpatient", "mental_health", "CH"),
        ("intensive_outpatient", "mental_health", "A8"),
        ("intensive_outpatient", "substance_use", "CJ"),
        ("partial_hospitalization", "mental_health", "BC"),
        ("residential", "mental_health", "CG"),
        ("residential", "substance_use", "CI"),
        ("inpatient", "mental_health", "CE"),
    ],
)
def test_what_rests_on_less_is_inferred(asked: str, condition: str, service_type: str) -> None:
    said = level(eb("1", service_type), asked=asked, condition=condition)
    assert (said["covered"], said["inferred"]) == ("covered", True)


def test_a_level_carries_its_full_name() -> None:
    assert level()["level_of_care"] == "intensive_outpatient"
