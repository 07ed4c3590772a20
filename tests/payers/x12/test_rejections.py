"""What a payer could not or would not look up, and what is to be done about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.payers.x12.build import (
    ACTIVE,
    CLINIC,
    DEPENDENT,
    PAYER,
    SUBSCRIBER,
    dependent,
    eb,
    interchange,
    level,
    reply,
    subscriber,
    told,
    told_level,
    transaction,
    warnings_of,
)

CLASSES = {
    "retry_later": ("42", "80"),
    "fix_patient_data": ("58", "64", "65", "67", "71", "72", "73", "75", "77"),
    "more_identifiers": ("68", "76"),
    "provider_setup": ("41", "43", "44", "45", "46", "47", "48", "50", "51"),
    "payer_setup": ("79", "T4"),
    "date_out_of_range": ("62", "63"),
}
AAA = "AAA*N**{}*C"


def rejected(*segments: str) -> dict[str, Any]:
    return told(interchange(transaction(segments)))


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, codes in CLASSES.items() for code in codes]
)
def test_a_rejection_says_what_to_do_about_it(kind: str, code: str) -> None:
    (found,) = told(reply(AAA.format(code)))["rejections"]
    assert (found["code"], found["class"], found["follow_up"]) == (code, kind, "C")
    assert found["meaning"]


@pytest.mark.parametrize(
    "code", ["04", "15", "35", "49", "52", "56", "57", "60", "61", "66", "74", "78", "97"]
)
def test_every_other_rejection_has_a_class_and_a_meaning_too(code: str) -> None:
    (found,) = told(reply(AAA.format(code)))["rejections"]
    assert found["class"] in CLASSES
    assert found["meaning"]


@pytest.mark.parametrize("valid", ["N", "Y"])
@pytest.mark.parametrize("follow_up", ["C", "N", "P", "R", "S", "W", "X", "Y"])
def test_a_request_is_rejected_whether_it_was_valid_or_not(valid: str, follow_up: str) -> None:
    said = told(reply(ACTIVE, own=[f"AAA*{valid}**75*{follow_up}"]))
    assert said["status"] == "undetermined"
    assert [one["follow_up"] for one in said["rejections"]] == [follow_up]


@pytest.mark.parametrize(
    ("segments", "loop", "segment"),
    [
        ([PAYER[0], "AAA*Y**42*Y"], "2000A", 6),
        ([*PAYER, "AAA*N**79*C"], "2100A", 7),
        ([*PAYER, *CLINIC, "AAA*N**51*C"], "2100B", 9),
        ([*PAYER, *CLINIC, "HL*3*2*22*0", *SUBSCRIBER, "AAA*N**72*C"], "2100C", 12),
        (dependent("AAA*N**58*C"), "2100D", 16),
    ],
)
def test_a_rejection_is_told_with_its_loop_and_makes_nobody_inactive(
    segments: list[str], loop: str, segment: int
) -> None:
    said = rejected(*segments)
    assert [(one["loop"], one["segment"]) for one in said["rejections"]] == [(loop, segment)]
    assert said["status"] == "undetermined"


def test_a_rejection_outweighs_an_inactive_line() -> None:
    assert told(reply("EB*6**30", own=["AAA*N**42*R"]))["status"] == "undetermined"


def test_a_rejected_subscriber_leaves_a_dependent_undetermined() -> None:
    said = rejected(*dependent(ACTIVE, of_subscriber=["AAA*N**75*C"]))
    assert (said["patient"], said["status"]) == ("dependent", "undetermined")


def test_several_rejections_are_told_in_order() -> None:
    said = told(reply(own=["AAA*N**72*C", "AAA*N**73*C", "AAA*Y**42*P"]))
    assert [(one["code"], one["class"]) for one in said["rejections"]] == [
        ("72", "fix_patient_data"),
        ("73", "fix_patient_data"),
        ("42", "retry_later"),
    ]


def test_nothing_is_rejected_where_nothing_says_so() -> None:
    assert told(reply(ACTIVE))["rejections"] == []


def test_a_rejected_line_leaves_the_status_and_is_told_with_its_loop() -> None:
    said = told(reply(ACTIVE, "EB*B*IND*A8***27*40*****Y", "AAA*N**53*N"))
    assert said["status"] == "active"
    assert [(one["loop"], one["code"], one["segment"]) for one in said["rejections"]] == [("2110C", "53", 15)]


def test_a_rejected_line_of_a_dependent_is_told_with_its_loop() -> None:
    said = rejected(*dependent(ACTIVE, "EB*B*IND*A8***27*40*****Y", "AAA*N**53*N"))
    assert (said["status"], [one["loop"] for one in said["rejections"]]) == ("active", ["2110D"])


def test_a_rejected_line_is_no_benefit_of_a_level() -> None:
    lines = ("EB*B*IND*A8***27*40*****Y", "AAA*N**53*N", "EB*B*IND*MH***27*25*****Y")
    said = told_level(*lines)
    assert [line["amount"] for line in said["level"]["copays"]] == ["25.00"]
    assert warnings_of(said, "line_rejected") != []


def test_a_rejected_line_is_still_among_the_lines() -> None:
    said = told_level("EB*B*IND*A8***27*40*****Y", "AAA*N**53*N")
    assert [line["code"] for line in said["benefits"]] == ["1", "B"]


def test_a_rejected_line_asks_for_no_authorization() -> None:
    assert level(eb("1", "A8", authorization="Y"), "AAA*N**53*N")["prior_authorization"] == "undetermined"


def test_the_patient_of_a_rejection_is_known_by_the_loops_that_are_there() -> None:
    assert rejected(*subscriber("AAA*N**75*C"))["patient"] == "subscriber"
    assert rejected(*dependent("AAA*N**67*C", named=DEPENDENT))["patient"] == "dependent"
