"""Whether the patient is covered at all: active, inactive, or not to be told."""

from __future__ import annotations

from datetime import date

import pytest

from tests.payers.x12.build import (
    ACTIVE,
    FIRST,
    dependent,
    interchange,
    reply,
    status,
    subscriber,
    told,
    transaction,
)

BEHAVIORAL = (
    "MH",
    "A4",
    "A6",
    "A7",
    "A8",
    "AI",
    "AJ",
    "AK",
    "BB",
    "BC",
    "CE",
    "CF",
    "CG",
    "CH",
    "CI",
    "CJ",
    "RT",
)
ENTITY = ("LS*2120", "NM1*VN*2*INVENTED CARVE OUT*****PI*CARVE1", "PER*IC*INTAKE*TE*8005550123", "LE*2120")
PAST = "RD8*20250101-20251231"
PRESENT = "RD8*20260101-20261231"


@pytest.mark.parametrize("code", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("service_type", ["30", "", "1", *BEHAVIORAL])
def test_an_active_line_for_the_plan_or_a_behavioral_type_is_active(code: str, service_type: str) -> None:
    assert status(f"EB*{code}**{service_type}") == "active"


@pytest.mark.parametrize("code", ["6", "7", "8"])
@pytest.mark.parametrize("service_type", ["30", ""])
def test_an_inactive_line_for_the_plan_is_inactive(code: str, service_type: str) -> None:
    assert status(f"EB*{code}**{service_type}") == "inactive"


def test_an_inactive_line_for_another_service_does_not_end_the_coverage() -> None:
    assert status("EB*6**88", ACTIVE) == "active"


def test_an_inactive_line_beside_an_active_one_of_the_same_period_and_part_is_inactive() -> None:
    assert status(ACTIVE, "EB*6**30") == "inactive"


@pytest.mark.parametrize("service_type", ["88", "35", "AL"])
def test_an_active_line_for_pharmacy_dental_or_vision_alone_is_not_medical_coverage(
    service_type: str,
) -> None:
    said = told(reply(f"EB*1**{service_type}"))
    assert (said["status"], said["reasons"]) == ("undetermined", ["not_medical"])


def test_pharmacy_beside_the_plan_is_active() -> None:
    assert status("EB*1**88^30") == "active"


def test_nothing_said_of_coverage_is_undetermined() -> None:
    assert status("EB*B*IND*30***27*5") == "undetermined"
    assert status() == "undetermined"


@pytest.mark.parametrize(
    ("own", "on", "expected"),
    [
        (["DTP*346*D8*20260301"], "2026-02-28", "inactive"),
        (["DTP*346*D8*20260301"], "2026-03-01", "active"),
        (["DTP*346*D8*20260101", "DTP*347*D8*20260630"], "2026-06-30", "active"),
        (["DTP*346*D8*20260101", "DTP*347*D8*20260630"], "2026-07-01", "inactive"),
        (["DTP*356*D8*20260101", "DTP*357*D8*20260630"], "2026-07-01", "inactive"),
        ([f"DTP*291*{PRESENT}"], "2026-12-31", "active"),
        ([f"DTP*291*{PRESENT}"], "2027-01-01", "inactive"),
        ([f"DTP*307*{PRESENT}"], "2025-12-31", "inactive"),
        (["DTP*291*RD8*20260101-99991231"], "2090-01-01", "active"),
        (["DTP*346*D8*20260101", "DTP*347*D8*30000101"], "3100-01-01", "active"),
        (["DTP*442*D8*20260101"], "2026-07-01", "active"),
    ],
)
def test_coverage_holds_within_the_dates_of_the_plan_both_inclusive(
    own: list[str], on: str, expected: str
) -> None:
    said = told(reply(ACTIVE, own=own), date_of_service=date.fromisoformat(on))
    assert said["status"] == expected
    assert ("dates" in said["reasons"]) == (expected == "inactive")


@pytest.mark.parametrize(
    "own", [["DTP*291*RD8*20260101-99991231"], ["DTP*346*D8*20260101", "DTP*347*D8*30000101"]]
)
def test_an_end_beyond_all_time_is_no_end(own: list[str]) -> None:
    plan = told(reply(ACTIVE, own=own))["plan"]
    assert (plan["coverage_start"], plan["coverage_end"]) == ("2026-01-01", None)


@pytest.mark.parametrize(
    ("of_the_line", "of_the_patient", "expected"),
    [(PAST, PRESENT, "inactive"), (PRESENT, PAST, "active")],
)
def test_the_dates_of_the_line_come_before_those_of_the_patient(
    of_the_line: str, of_the_patient: str, expected: str
) -> None:
    assert status(ACTIVE, f"DTP*291*{of_the_line}", own=[f"DTP*291*{of_the_patient}"]) == expected


@pytest.mark.parametrize("qualifier", ["291", "292", "307"])
def test_a_line_that_ended_is_inactive_by_its_dates(qualifier: str) -> None:
    said = told(reply(ACTIVE, f"DTP*{qualifier}*{PAST}"))
    assert (said["status"], said["reasons"]) == ("inactive", ["dates"])


def test_the_day_of_the_last_visit_is_no_end_of_coverage() -> None:
    assert status(ACTIVE, "DTP*304*D8*20250101") == "active"


def test_an_inactive_line_whose_own_dates_are_past_says_nothing_of_today() -> None:
    assert status("EB*6**30", f"DTP*291*{PAST}") == "undetermined"
    assert status("EB*6**30", f"DTP*291*{PRESENT}") == "inactive"


def test_an_active_line_that_holds_wins_over_an_inactive_one_of_another_period() -> None:
    lines = ("EB*6**30", f"DTP*291*{PAST}", ACTIVE, f"DTP*291*{PRESENT}")
    assert status(*lines) == "active"
    assert status(*lines, date_of_service=date(2025, 3, 1)) == "inactive"


def test_an_active_part_wins_over_an_inactive_one_of_another_part() -> None:
    assert status("EB*6***MA", "EB*1***MB") == "active"
    assert status("EB*6**30*MA", "EB*1**30*MB") == "active"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("outpatient", "undetermined"),
        ("intensive_outpatient", "undetermined"),
        ("partial_hospitalization", "undetermined"),
        ("inpatient", "active"),
    ],
)
def test_part_a_makes_nobody_active_for_outpatient_care(asked: str, expected: str) -> None:
    for line in ("EB*1***MA", "EB*1**30*MA"):
        assert status(line, level_of_care=asked) == expected


@pytest.mark.parametrize(
    ("asked", "expected"), [("intensive_outpatient", "inactive"), ("inpatient", "active")]
)
def test_an_ended_part_b_is_not_saved_by_part_a_for_outpatient_care(asked: str, expected: str) -> None:
    assert status("EB*1***MA", "EB*6***MB", level_of_care=asked) == expected


def test_the_date_of_service_is_the_one_asked_for() -> None:
    own = [f"DTP*291*{PRESENT}", "DTP*472*D8*20260301"]
    assert status(ACTIVE, own=own, date_of_service=date(2025, 3, 1)) == "inactive"


def test_the_date_of_service_is_else_the_one_of_the_reply() -> None:
    own = [f"DTP*291*{PAST}", "DTP*472*D8*20250301"]
    assert status(ACTIVE, own=own) == "active"


def test_the_date_of_service_is_else_the_day_of_the_answer() -> None:
    segments = subscriber(ACTIVE, own=[f"DTP*291*{PAST}"])
    for answered, expected in (("20251231", "active"), ("20260101", "inactive")):
        assert told(interchange(transaction(segments, answered=answered)))["status"] == expected


@pytest.mark.parametrize("code", ["U", "V", "W"])
def test_only_an_entity_to_contact_is_undetermined_with_that_entity(code: str) -> None:
    said = told(reply(f"EB*{code}**30", *ENTITY))
    assert (said["status"], said["reasons"]) == ("undetermined", ["contact"])
    contact = said["contact"]
    assert contact["segment"] in {FIRST, FIRST + 2}
    assert [contact[key] for key in ("name", "id", "phone", "role")] == [
        "INVENTED CARVE OUT",
        "CARVE1",
        "8005550123",
        "VN",
    ]


def test_nobody_is_to_be_contacted_where_coverage_was_told() -> None:
    assert told(reply(ACTIVE, "EB*U**88", *ENTITY))["contact"] is None


def test_a_contact_without_a_name_is_undetermined_all_the_same() -> None:
    said = told(reply("EB*V**30"))
    assert (said["status"], said["contact"]) == ("undetermined", None)


def test_a_dependent_has_a_status_of_its_own_dates() -> None:
    segments = dependent(ACTIVE, own=[f"DTP*291*{PAST}"], of_subscriber=[f"DTP*291*{PRESENT}"])
    assert told(interchange(transaction(segments)))["status"] == "inactive"
