"""Which lines speak of a level of care: the most specific first, for the network and place asked for."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

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

THERAPY = "90791 90792 90832 90834 90837 90839 90846 90847 90853"
RANKS = {
    ("outpatient", "mental_health"): [f"HC {THERAPY}", "CF A6", "A8", "MH"],
    ("outpatient", "substance_use"): [f"HC {THERAPY}", "CJ", "AI AJ AK"],
    ("intensive_outpatient", "mental_health"): ["HC S9480", "CH", "A8", "MH"],
    ("intensive_outpatient", "substance_use"): ["HC H0015", "CJ", "AI AJ AK"],
    ("partial_hospitalization", "mental_health"): ["HC H0035 S0201 G0410 G0411", "BB", "BC", "CH", "MH"],
    ("partial_hospitalization", "substance_use"): ["HC H0035 S0201", "BB", "CJ", "AI AJ AK"],
    ("residential", "mental_health"): ["RT", "CG", "MH"],
    ("residential", "substance_use"): ["CI", "AI AJ AK"],
    ("inpatient", "mental_health"): ["A7", "CE CG", "MH"],
    ("inpatient", "substance_use"): ["CI", "AI AJ AK"],
}
STEPS = [(*terms, better, worse) for terms, ranks in RANKS.items() for better, worse in pairwise(ranks)]
EVERY_RANK = [(*terms, rank) for terms, ranks in RANKS.items() for rank in ranks]
FOREIGN = [
    ("intensive_outpatient", "mental_health", ["HC H0015 H0035 90853", "BB A6 CF CJ AI A7 RT 98 30 A4 A9"]),
    ("intensive_outpatient", "substance_use", ["HC S9480 H0035", "CH A8 MH CI BB 98 30"]),
    ("partial_hospitalization", "substance_use", ["HC G0410 G0411 H0015", "BC CH MH A8"]),
    ("residential", "mental_health", ["HC S9480 H0035", "A7 CE CH A8 AI"]),
    ("inpatient", "mental_health", ["RT CF A8 48"]),
]


def copays_of(rank: str, amount: str = "40") -> list[str]:
    """A copay line for every code of a rank."""
    kind, _, codes = rank.partition(" ")
    if kind == "HC":
        return [copay(amount, procedure=f"HC:{code}") for code in codes.split()]
    return [copay(amount, service_type) for service_type in rank.split()]


@pytest.mark.parametrize(("asked", "condition", "rank"), EVERY_RANK)
def test_all_lines_of_a_rank_speak_of_the_level(asked: str, condition: str, rank: str) -> None:
    lines = copays_of(rank)
    said = level(*lines, asked=asked, condition=condition)
    assert segments_of(said["copays"]) == list(range(FIRST_OF_LEVEL, FIRST_OF_LEVEL + len(lines)))


@pytest.mark.parametrize(("asked", "condition", "better", "worse"), STEPS)
def test_a_better_rank_is_chosen_wherever_it_stands(
    asked: str, condition: str, better: str, worse: str
) -> None:
    said = level(*copays_of(worse, "99"), *copays_of(better, "40"), asked=asked, condition=condition)
    assert {line["amount"] for line in said["copays"]} == {"40.00"}


@pytest.mark.parametrize(("asked", "condition", "foreign"), FOREIGN)
def test_codes_of_other_levels_say_nothing_of_this_one(
    asked: str, condition: str, foreign: list[str]
) -> None:
    lines = [line for rank in foreign for line in copays_of(rank)]
    said = level(*lines, asked=asked, condition=condition)
    assert said["copays"] == []


def test_modifiers_are_no_part_of_a_procedure() -> None:
    (line,) = level(copay("40", procedure="HC:S9480:HK:HQ"))["copays"]
    assert (line["procedure"], line["service_type"]) == ("S9480", None)


def test_the_rank_is_that_of_the_network_asked_for() -> None:
    said = level(copay("60", "A8", "N"), copay("25", "MH", "Y"))
    assert segments_of(said["copays"]) == [FIRST_OF_LEVEL + 1]


@pytest.mark.parametrize(("asked_for", "segment"), [("in", 0), ("out", 1)])
def test_each_network_has_its_own_lines(asked_for: str, segment: int) -> None:
    said = level(copay("40", "A8", "Y"), copay("80", "A8", "N"), network=asked_for)
    assert segments_of(said["copays"]) == [FIRST_OF_LEVEL + segment]
    assert said["network"] == said["copays"][0]["network"] == asked_for


@pytest.mark.parametrize("asked_for", ["in", "out"])
def test_a_line_for_both_networks_matches_either(asked_for: str) -> None:
    (line,) = level(copay("40", "A8", "W"), network=asked_for)["copays"]
    assert line["network"] == "both"


@pytest.mark.parametrize("code", ["U", ""])
def test_a_line_that_states_no_network_matches_where_no_other_does(code: str) -> None:
    (line,) = level(copay("40", "A8", code))["copays"]
    assert line["network"] == "not_stated"


@pytest.mark.parametrize("code", ["U", ""])
@pytest.mark.parametrize("stated", ["Y", "W"])
def test_a_line_that_states_no_network_gives_way_to_one_that_does(code: str, stated: str) -> None:
    said = level(copay("40", "A8", code), copay("50", "A8", stated))
    assert segments_of(said["copays"]) == [FIRST_OF_LEVEL + 1]


def test_a_stated_line_of_another_kind_does_not_silence_an_unstated_one() -> None:
    said = level(copay("40", "A8", ""), coinsurance(".2", "A8", "Y"))
    assert [line["network"] for line in (*said["copays"], *said["coinsurances"])] == ["not_stated", "in"]


@pytest.mark.parametrize(("asked_for", "own"), [("in", "Y"), ("out", "N")])
def test_the_own_network_comes_before_both_for_the_same_period(asked_for: str, own: str) -> None:
    said = level(copay("40", "A8", "W"), copay("50", "A8", own), network=asked_for)
    assert segments_of(said["copays"]) == [FIRST_OF_LEVEL + 1]


def test_another_period_for_both_networks_stands_beside_the_own_network() -> None:
    said = level(copay("40", "A8", "W", period="26"), copay("50", "A8", "Y", period="27"))
    assert sorted(line["per"] for line in said["copays"]) == ["admission", "session"]


@pytest.mark.parametrize("qualifier", ["291", "292", "348"])
def test_lines_whose_own_dates_are_past_are_set_aside_before_any_rank(qualifier: str) -> None:
    end = [f"DTP*{qualifier}*RD8*20250101-20251231"]
    if qualifier == "348":
        end = ["DTP*348*D8*20250101", "DTP*349*D8*20251231"]
    lines = (copay("60", "A8"), *end, copay("25", "MH"))
    assert [line["amount"] for line in level(*lines)["copays"]] == ["25.00"]
    past = level(*lines, date_of_service=date(2025, 3, 1))
    assert [line["amount"] for line in past["copays"]] == ["60.00"]


@pytest.mark.parametrize(
    ("places", "modality", "applies"),
    [
        (["02"], "in_person", False),
        (["10"], "in_person", False),
        (["02", "10"], "in_person", False),
        (["02", "10"], "telehealth", True),
        (["11"], "telehealth", False),
        (["11", "53"], "telehealth", False),
        (["11"], "in_person", True),
        (["10", "11"], "in_person", True),
        (["10", "11"], "telehealth", True),
        ([], "in_person", True),
        ([], "telehealth", True),
    ],
)
def test_a_line_for_places_applies_to_those_alone(places: list[str], modality: str, applies: bool) -> None:
    lines = (copay("40", "A8"), *(f"III*ZZ*{place}" for place in places))
    said = level(*lines, modality=modality)
    assert segments_of(said["copays"]) == ([FIRST_OF_LEVEL] if applies else [])
    assert (hints_of(said, "place") == []) == applies


def test_a_line_for_another_place_gives_way_to_the_next_rank() -> None:
    said = level(copay("0", "A8"), "III*ZZ*02", copay("25", "MH"))
    assert [line["amount"] for line in said["copays"]] == ["25.00"]


def test_the_place_of_a_line_is_told() -> None:
    (line,) = level(copay("40", "A8"), "III*ZZ*53")["copays"]
    assert line["place_of_service"] in ("53", ["53"])


@pytest.mark.parametrize("asked", ["outpatient", "intensive_outpatient", "partial_hospitalization"])
def test_part_a_does_not_speak_of_outpatient_care_and_part_b_does(asked: str) -> None:
    said = level(copay("400", "MH", part="MA"), copay("20", "MH", part="MB"), asked=asked)
    assert [line["amount"] for line in said["copays"]] == ["20.00"]


def test_part_b_does_not_speak_of_inpatient_care_and_part_a_does() -> None:
    said = level(copay("400", "MH", part="MA"), copay("20", "MH", part="MB"), asked="inpatient")
    assert [line["amount"] for line in said["copays"]] == ["400.00"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("intensive_outpatient", "PARTIAL HOSPITALIZATION ONLY"),
        ("intensive_outpatient", "Applies to PHP"),
        ("intensive_outpatient", "RESIDENTIAL TREATMENT"),
        ("partial_hospitalization", "INTENSIVE OUTPATIENT PROGRAM"),
        ("partial_hospitalization", "IOP"),
        ("intensive_outpatient", "INPATIENT HOSPITAL"),
        ("outpatient", "INTENSIVE OUTPATIENT PROGRAM"),
    ],
)
def test_a_line_whose_message_names_another_level_is_set_aside_with_a_warning(
    asked: str, message: str
) -> None:
    said = told_level(copay("40", "MH"), f"MSG*{message}", asked=asked)
    assert said["level"]["copays"] == []
    assert [one["segment"] for one in warnings_of(said, "other_level_named")] in (
        [FIRST_OF_LEVEL],
        [FIRST_OF_LEVEL + 1],
    )


@pytest.mark.parametrize(
    "message", ["INTENSIVE OUTPATIENT", "PHP AND IOP", "EACH DAY", "SHIPHPACKAGE, TRIOPACK", ""]
)
def test_a_line_whose_message_names_this_level_or_none_is_kept(message: str) -> None:
    said = told_level(copay("40", "A8"), *([f"MSG*{message}"] if message else []))
    (line,) = said["level"]["copays"]
    assert line["notes"] == ([message] if message else [])
    assert warnings_of(said, "other_level_named") == []


@pytest.mark.parametrize(
    "message", ["OUTPATIENT AND PHP", "OUTPATIENT AND INTENSIVE OUTPATIENT", "NON-RESIDENTIAL TREATMENT"]
)
def test_outpatient_care_is_named_by_the_word_alone_and_not_within_another_name(message: str) -> None:
    assert segments_of(level(copay("40", "MH"), f"MSG*{message}", asked="outpatient")["copays"]) == [14]


def test_a_line_that_names_another_level_gives_way_to_the_next_rank() -> None:
    said = level(copay("40", "A8"), "MSG*PARTIAL HOSPITALIZATION", copay("25", "MH"))
    assert [line["amount"] for line in said["copays"]] == ["25.00"]


def test_the_message_of_one_line_does_not_reach_the_next() -> None:
    said = level(eb("D", "A8"), "MSG*PARTIAL HOSPITALIZATION", copay("40", "A8"))
    assert [line["notes"] for line in said["copays"]] == [[]]
