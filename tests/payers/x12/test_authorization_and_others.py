"""Who must be asked first, who runs the benefit, and who else pays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.payers.x12.build import FIRST_OF_LEVEL, copay, eb, hints_of, level

NAME = "INVENTED CARVE OUT"


def entity(role: str, name: str = NAME, identifier: str = "*****PI*CARVE1") -> tuple[str, ...]:
    """A 2120 loop with a phone."""
    return ("LS*2120", f"NM1*{role}*2*{name}{identifier}", "PER*IC*INTAKE*TE*8005550123", "LE*2120")


def administrator(*lines: str, **wanted: Any) -> Any:
    return level(*lines, **wanted)["administrator"]


def others(*lines: str) -> list[dict[str, Any]]:
    return list(level(*lines)["other_payers"])


@pytest.mark.parametrize(
    ("code", "expected"),
    [("Y", "required"), ("N", "not_required"), ("U", "undetermined"), ("", "undetermined")],
)
def test_authorization_is_as_a_matching_line_says(code: str, expected: str) -> None:
    assert level(eb("1", "A8", authorization=code))["prior_authorization"] == expected


@pytest.mark.parametrize("lines", [("Y", "N"), ("N", "Y"), ("U", "Y"), ("", "Y")])
def test_required_outweighs_everything_else(lines: tuple[str, str]) -> None:
    first, second = lines
    said = level(eb("1", "A8", authorization=first), copay("25", "MH", authorization=second))
    assert said["prior_authorization"] == "required"


def test_not_required_outweighs_silence() -> None:
    said = level(eb("1", "A8"), copay("25", "A8", authorization="N"))
    assert said["prior_authorization"] == "not_required"


@pytest.mark.parametrize("code", ["1", "A", "B", "CB", "D", "F"])
def test_any_kind_of_matching_line_may_say_it(code: str) -> None:
    assert level(eb(code, "CH", authorization="Y"))["prior_authorization"] == "required"


@pytest.mark.parametrize("service_type", ["A7", "AI", "30", "98", ""])
def test_a_line_of_another_scope_says_nothing(service_type: str) -> None:
    lines = (eb("CB", service_type, authorization="Y"),)
    assert level(*lines)["prior_authorization"] == "undetermined"


def test_not_required_for_another_scope_does_not_cancel() -> None:
    said = level(eb("CB", "A8", authorization="Y"), eb("CB", "98", authorization="N"))
    assert said["prior_authorization"] == "required"


def test_authorization_is_that_of_the_network_asked_for() -> None:
    lines = (eb("1", "A8", authorization="N", network="Y"), eb("1", "A8", authorization="Y", network="N"))
    assert level(*lines)["prior_authorization"] == "not_required"
    assert level(*lines, network="out")["prior_authorization"] == "required"


@pytest.mark.parametrize(
    "message", ["PRECERTIFICATION REQUIRED", "Authorization is needed", "NO AUTHORIZATION NEEDED"]
)
def test_a_message_about_authorization_is_a_hint_and_no_answer(message: str) -> None:
    said = level(eb("1", "A8"), f"MSG*{message}")
    assert said["prior_authorization"] == "undetermined"
    assert said["hints"] == [{"kind": "authorization", "quote": message, "segment": FIRST_OF_LEVEL + 1}]


def test_a_message_about_authorization_elsewhere_is_no_hint() -> None:
    said = level(eb("1", "A8"), eb("1", "A7"), "MSG*PRECERTIFICATION REQUIRED")
    assert hints_of(said, "authorization") == []


@pytest.mark.parametrize("code", ["1", "2", "3", "4", "5", "U", "MC", "CB"])
@pytest.mark.parametrize("role", ["VN", "PR", "2B", "Y2", "X3", "TTP"])
def test_an_administrator_is_named_by_a_line_of_the_level(code: str, role: str) -> None:
    found = administrator(eb(code, "MH"), *entity(role))
    assert found.pop("segment") in {FIRST_OF_LEVEL, FIRST_OF_LEVEL + 2}
    assert found == {"name": NAME, "id": "CARVE1", "phone": "8005550123", "role": role}


def test_an_administrator_may_be_named_for_no_service_in_particular() -> None:
    assert administrator("EB*U", *entity("VN"))["name"] == NAME


@pytest.mark.parametrize("service_type", ["88", "30", "AI", "98"])
def test_an_administrator_of_another_service_is_none_of_this_level(service_type: str) -> None:
    assert administrator(eb("U", service_type), *entity("VN")) is None


@pytest.mark.parametrize("code", ["B", "C", "D", "F", "L", "6"])
def test_another_kind_of_line_names_no_administrator(code: str) -> None:
    assert administrator(eb("1", "A8"), eb(code, "MH"), *entity("VN")) is None


@pytest.mark.parametrize("role", ["P3", "P5", "1P", "13", "IL"])
def test_an_entity_of_another_role_is_no_administrator(role: str) -> None:
    assert administrator(eb("1", "MH"), *entity(role)) is None


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("INVENTED HEALTH PLAN", "*****PI*INV01"),
        ("INVENTED HEALTH PLAN", ""),
        ("ANOTHER NAME OF IT", "*****PI*INV01"),
    ],
)
def test_the_payer_itself_is_no_administrator(name: str, identifier: str) -> None:
    assert administrator(eb("1", "MH"), *entity("PR", name, identifier)) is None


def test_an_administrator_follows_the_condition() -> None:
    lines = (eb("1", "AI"), *entity("VN"))
    assert administrator(*lines) is None
    assert administrator(*lines, condition="substance_use")["name"] == NAME


def test_the_phone_of_an_administrator_is_found_behind_other_addresses() -> None:
    lines = ("LS*2120", f"NM1*VN*2*{NAME}", "PER*IC**UR*EXAMPLE.ORG*TE*8005550124", "LE*2120")
    found = administrator(eb("1", "MH"), *lines)
    assert found["phone"] == "8005550124"
    assert not found["id"]


def test_an_entity_belongs_to_the_line_that_it_stands_under() -> None:
    assert administrator(eb("1", "98"), *entity("VN"), eb("1", "MH")) is None


def test_nobody_else_is_named_where_nobody_was() -> None:
    said = level(eb("1", "A8"))
    assert (said["administrator"], said["other_payers"], said["hints"]) == (None, [], [])


@pytest.mark.parametrize("role", ["PRP", "SEP", "TTP", "PR", "P4", "GP"])
def test_another_payer_is_told_whatever_its_role(role: str) -> None:
    (found,) = others(eb("R", "30"), *entity(role, "INVENTED OTHER PAYER"))
    assert [found[key] for key in ("name", "id", "phone", "role")] == [
        "INVENTED OTHER PAYER",
        "CARVE1",
        "8005550123",
        role,
    ]


@pytest.mark.parametrize(("role", "primary"), [("PRP", True), ("SEP", False), ("TTP", False)])
def test_another_payer_may_pay_first(role: str, primary: bool) -> None:
    (found,) = others(eb("R", "30"), *entity(role))
    assert found["primary"] is primary


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ((eb("R", "30", part="HN"), *entity("PRP")), "medicare_advantage"),
        ((eb("1", "30", part="QM"),), "qmb"),
        ((eb("R", "30", part="MC"), *entity("Y2")), "medicaid_managed_care"),
        ((eb("R", "30"), *entity("SEP")), "other"),
    ],
)
def test_another_payer_has_a_kind(lines: tuple[str, ...], kind: str) -> None:
    assert kind in [found["kind"] for found in others(*lines)]


def test_a_payer_beside_this_one_is_no_administrator() -> None:
    said = level(eb("R", "MH"), *entity("PR", "INVENTED OTHER PAYER"))
    assert said["administrator"] is None
    assert len(said["other_payers"]) == 1


@pytest.mark.parametrize("part", ["", "PR", "HM", "C1", "MH"])
def test_an_ordinary_plan_is_no_other_payer(part: str) -> None:
    assert others(eb("1", "A8", part=part)) == []
