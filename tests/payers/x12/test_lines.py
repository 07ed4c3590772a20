"""Every EB is kept as it was sent: codes, repetitions, and whom and what the transaction is about."""

from __future__ import annotations

import pytest

from tests.payers.x12.build import (
    ACTIVE,
    DEPENDENT,
    FIRST,
    TRACE,
    dependent,
    described,
    interchange,
    reply,
    subscriber,
    told,
    transaction,
    warnings_of,
)


def test_every_line_is_kept_in_order_with_its_segment() -> None:
    said = told(
        reply("EB*1**30", "MSG*A NOTE", "EB*P", "MSG*NO GUARANTEE", "EB*D*IND*UC", "EB*B*IND*98***27*30")
    )
    assert [(line["segment"], line["code"]) for line in said["benefits"]] == [
        (FIRST, "1"),
        (FIRST + 2, "P"),
        (FIRST + 4, "D"),
        (FIRST + 5, "B"),
    ]


def test_repeated_service_types_are_a_line_each_and_one_accumulator() -> None:
    said = told(reply(ACTIVE, "EB*C*IND*MH^A8^98***29*500*****Y"))
    lines = said["benefits"][1:]
    assert [line["service_type"] for line in lines] == ["MH", "A8", "98"]
    assert {line["segment"] for line in lines} == {line["accumulator"] for line in lines} == {FIRST + 1}


def test_service_types_written_as_components_are_a_line_each_too() -> None:
    said = told(reply(ACTIVE, "EB*C*IND*MH:A8***29*500*****Y"))
    lines = said["benefits"][1:]
    assert [line["service_type"] for line in lines] == ["MH", "A8"]
    assert {line["accumulator"] for line in lines} == {FIRST + 1}


def test_a_line_without_a_service_type_is_a_line() -> None:
    (line,) = told(reply("EB*1"))["benefits"]
    assert not line["service_type"]


@pytest.mark.parametrize(
    ("line", "key", "raw"),
    [
        ("EB*ZQ*IND*MH", "code", "ZQ"),
        ("EB*B*IND*Q0***27*40", "service_type", "Q0"),
        ("EB*B*IND*MH***27*40*****Q", "network", "Q"),
    ],
)
def test_an_unknown_code_is_kept_raw_with_a_warning_that_names_the_segment(
    line: str, key: str, raw: str
) -> None:
    said = told(reply(ACTIVE, line))
    assert said["benefits"][1][key] == raw
    assert [one["segment"] for one in warnings_of(said, "unknown_code")] == [FIRST + 1]


@pytest.mark.parametrize(
    "line",
    [
        "EB*B*QQQ*MH***27*40",
        "EB*B*IND*MH*Q1**27*40",
        "EB*B*IND*MH***77*40",
        "EB*F*IND*MH***23***QX*30",
        "EB*1*IND*MH********Q",
    ],
)
def test_an_unknown_code_in_any_element_is_a_warning(line: str) -> None:
    said = told(reply(ACTIVE, line))
    assert [one["segment"] for one in warnings_of(said, "unknown_code")] == [FIRST + 1]
    assert len(said["benefits"]) == 2


def test_known_codes_are_no_warning() -> None:
    lines = ("EB*1*IND*BG^5^62^UC", "EB*A*FAM*A8*PR**35**.2***U*W", "EB*F*IND*A6***23***VS*30")
    assert told(reply(ACTIVE, *lines))["warnings"] == []


def test_an_amount_that_is_no_number_is_a_warning_and_no_copay() -> None:
    said = told(reply(ACTIVE, "EB*B*IND*MH***27*FORTY*****Y"), level_of_care="outpatient")
    assert [one["segment"] for one in warnings_of(said, "amount_not_readable")] == [FIRST + 1]
    assert said["level"]["copays"] == []


def test_the_patient_is_the_subscriber_where_there_is_no_dependent() -> None:
    assert told(reply(ACTIVE))["patient"] == "subscriber"


@pytest.mark.parametrize(
    "named", [DEPENDENT, ("NM1*IL*1*PRUEBA*LUIS****MI*M000001",), ("NM1*QC*1*PRUEBA*LUIS",), ()]
)
def test_the_patient_is_a_dependent_by_the_loop_and_not_by_the_name(named: tuple[str, ...]) -> None:
    said = told(interchange(transaction(dependent(ACTIVE, named=named))))
    assert (said["patient"], said["status"]) == ("dependent", "active")


def test_the_lines_of_the_subscriber_say_nothing_of_the_dependent() -> None:
    said = told(interchange(transaction(dependent("EB*6**30", of_subscriber=[ACTIVE]))))
    assert (said["patient"], said["status"]) == ("dependent", "inactive")


def test_two_patients_of_one_transaction_are_never_mixed() -> None:
    second = ["HL*4*2*22*0", "TRN*2*T0002*9INVENTED", "NM1*IL*1*PRUEBA*EVA****MI*M000002", "EB*6**30"]
    said = described(interchange(transaction(subscriber(ACTIVE, *second))))["transactions"]
    assert [(one["trace"], one["status"]) for one in said] == [("T0001", "active"), ("T0002", "inactive")]
    assert [len(one["benefits"]) for one in said] == [1, 1]


@pytest.mark.parametrize(
    ("traces", "trace"),
    [
        (["TRN*2*OURS*9INVENTED"], "OURS"),
        (["TRN*1*THEIRS*9PAYER", "TRN*2*OURS*9INVENTED"], "OURS"),
        (["TRN*1*THEIRS*9PAYER", "TRN*1*OTHERS*9CLEARING"], "THEIRS"),
        ([], None),
    ],
)
def test_the_trace_is_the_echo_of_ours_else_the_first(traces: list[str], trace: str | None) -> None:
    assert told(reply(ACTIVE, traces=traces))["trace"] == trace


def test_the_trace_of_a_dependent_stands_in_the_loop_of_the_dependent() -> None:
    assert told(interchange(transaction(dependent(ACTIVE))))["trace"] == TRACE.split("*")[2]


def test_the_payer_is_named_with_its_id() -> None:
    assert told(reply(ACTIVE))["payer"] == {"name": "INVENTED HEALTH PLAN", "id": "INV01"}


def test_the_plan_is_that_of_the_active_line_and_of_the_patient() -> None:
    own = ["REF*6P*GRP7", "DTP*346*D8*20260101", "DTP*347*D8*20261231"]
    assert told(reply("EB*1**30*PR*INVENTED PPO", own=own))["plan"] == {
        "name": "INVENTED PPO",
        "insurance_type": "PR",
        "group_number": "GRP7",
        "coverage_start": "2026-01-01",
        "coverage_end": "2026-12-31",
    }


def test_what_is_not_said_of_the_plan_is_null() -> None:
    assert set(told(reply(ACTIVE))["plan"].values()) == {None}


def test_without_a_level_there_is_no_level_and_every_line_still() -> None:
    said = told(reply(ACTIVE, "EB*B*IND*MH***27*25*****Y"))
    assert said["level"] is None
    assert len(said["benefits"]) == 2


def test_the_name_of_the_patient_is_nowhere_in_the_description() -> None:
    said = str(told(interchange(transaction(dependent(ACTIVE))), level_of_care="outpatient"))
    assert not any(word in said for word in ("PRUEBA", "LUIS", "M000001", "20100517", "2010-05-17"))
