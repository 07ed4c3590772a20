"""Errors: all of them in one answer, each naming field and fix, none repeating what was sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import validate

from schemas.inquiry import load_inquiry
from schemas.problem import ERROR_CODES, PROBLEMS, BadRequest, Complaints, FieldError, problem, read_shape
from schemas.shapes import Items, Shape, Text
from tests.schemas.bodies import KNOWN, LEAST, care, errors, least, member, message, told

ROOT = Path(__file__).resolve().parents[2]
CODE_IN_MESSAGE = re.compile(r"""["']([a-z_]+): (?:is|are|must|holds|cannot|has)\b""")
CODE_IN_CALL = re.compile(r"""(?:complaints\.add|FieldError)\(\s*[^,]+?,\s*"([a-z_]+)\"""", re.DOTALL)
CODE_OF_A_PICTURE = re.compile(r"""UnusablePicture\("([a-z_]+)"\)""")
SENTINEL = "Zyxwv-98765-Sentinel"


def test_every_bad_field_is_named_in_one_answer() -> None:
    body = {
        "payer": "medicair",
        "site": "nowhere",
        "memberr": {},
        "member": {"member_id": "1EG4TE5MK73", "first_name": 3, "birth_date": "2030-01-01"},
        "phases": [
            None,
            {"level_of_care": "iop", "start_date": "2026-12-01", "weeks": 105, "hours_per_day": 25},
            {"level_of_care": "php", "start_date": "2026-11-01", "days_per_week": 3, "weekdays": ["mon"]},
            {"level_of_care": "rtc", "start_date": "2036-11-01"},
        ],
        "told_benefits": {
            "told_by": {"channel": "fax", "at": "2026-11-20T15:02:00"},
            "coverage_start": "2026-02-01",
            "coverage_end": "2026-01-01",
            "deductible": {"individual": {"limit": 1500.0, "met": "1"}},
            "levels": {"iop": {}, "intensive_outpatient": {"copay": {"amount": 40}, "coinsurance": 0.2}},
        },
    }
    assert errors(body) == {
        "/payer": "unknown_payer",
        "/site": "unknown_site",
        "/memberr": "unknown_field",
        "/member/first_name": "not_text",
        "/member/last_name": "required",
        "/member/birth_date": "birth_date_in_future",
        "/phases/0": "null_not_allowed",
        "/phases/1/weeks": "out_of_range",
        "/phases/1/hours_per_day": "hours_out_of_range",
        "/phases/2/start_date": "phases_run_backwards",
        "/phases/2/weekdays": "weekdays_do_not_match",
        "/phases/3/start_date": "start_date_too_far",
        "/phases/3/weeks": "weeks_missing",
        "/told_benefits/told_by/channel": "not_a_choice",
        "/told_benefits/told_by/at": "time_without_zone",
        "/told_benefits/coverage_end": "ends_before_start",
        "/told_benefits/deductible/individual/limit": "not_exact_money",
        "/told_benefits/deductible/individual/met": "not_exact_money",
        "/told_benefits/levels/iop": "unknown_field",
        "/told_benefits/levels/intensive_outpatient/copay/amount": "not_exact_money",
        "/told_benefits/levels/intensive_outpatient/coinsurance": "not_exact_rate",
    }


@pytest.mark.parametrize("body", [None, [], "text", 3, [LEAST]])
def test_a_body_that_is_no_object_is_told_so(body: Any) -> None:
    found = errors(body)
    assert found[""] == "not_an_object"


def test_errors_come_in_the_order_of_the_body() -> None:
    phases = [{"level_of_care": "op", "weeks": 0} for _ in range(11)]
    phases[0]["start_date"] = "2026-12-01"
    with pytest.raises(BadRequest) as caught:
        load_inquiry(care(*phases), KNOWN)
    assert [error.pointer for error in caught.value.errors] == [
        f"/phases/{index}/weeks" for index in range(11)
    ]


def test_a_message_names_the_field_and_the_fix() -> None:
    assert message(least(weeks=105)) == "weeks must be from 1 to 104."
    assert message(least(weekdays=["mon", "xx"])) == (
        "weekdays[1] must be one of: mon, tue, wed, thu, fri, sat, sun."
    )
    assert message(least(payer=...)) == "payer is missing; give a value, or give coverages instead."
    telling = told(deductible={"individual": {"limit": "1500"}})
    assert message(least(told_benefits=telling)) == (
        'limit must be dollars in quotes with exactly two places, such as "40.00".'
    )


def test_unknown_fields_are_answered_with_the_known_ones() -> None:
    assert message(member(surname="x")).startswith("surname is not a field here; the fields are: member_id, ")


def test_an_unknown_key_that_may_be_data_is_not_repeated() -> None:
    assert errors(least(**{"1EG4TE5MK73": 1, "Ana Prueba": 2})) == {"/-": "unknown_field"}
    assert message(least(**{"1EG4TE5MK73": 1})).startswith("A key is not a field here; ")


def test_text_is_bounded_and_plain() -> None:
    assert errors(member(first_name="A" * 81)) == {"/member/first_name": "too_long"}
    assert errors(member(first_name="   ")) == {"/member/first_name": "empty"}
    assert errors(member(first_name="A\x00")) == {"/member/first_name": "control_characters"}
    assert errors(member(first_name="A\ud800")) == {"/member/first_name": "control_characters"}
    assert errors(member(sex=1)) == {"/member/sex": "not_text"}
    assert errors(least(trace="true")) == {"/trace": "not_a_boolean"}
    assert errors(least(live=1)) == {"/live": "not_a_boolean"}


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "20261201", "2026-12-1", "2026-W10-1", 20261201])
def test_a_day_is_written_one_way(day: Any) -> None:
    assert errors(least(start_date=day)) == {"/start_date": "not_a_date"}


def test_the_exception_itself_names_places_and_codes_only() -> None:
    with pytest.raises(BadRequest, match=r"^/member/first_name: too_long$"):
        load_inquiry(member(first_name=SENTINEL * 9), KNOWN)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [path, *(leaf for key, item in value.items() for leaf in _leaves(item, (*path, key)))]
    if isinstance(value, list):
        return [path, *(leaf for key, item in enumerate(value) for leaf in _leaves(item, (*path, key)))]
    return [path]


def _replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    if isinstance(value, dict):
        return {
            key: _replaced(item, path[1:], other) if key == path[0] else item for key, item in value.items()
        }
    return [_replaced(item, path[1:], other) if key == path[0] else item for key, item in enumerate(value)]


FULL = {
    **{name: value for name, value in LEAST.items() if name not in ("level_of_care", "start_date")},
    "site": "cmhc",
    "plan": "x",
    "network": "in",
    "external_id": "E",
    "phases": [{"level_of_care": "iop", "start_date": "2026-12-01", "weekdays": ["mon", "tue", "wed"]}],
    "secondary": {"payer": "medigap", "plan": "g", "member_id": "M"},
    "told_benefits": told(
        active=True,
        coverage_start="2026-01-01",
        deductible={"individual": {"limit": "1.00", "met": "0.00"}, "family": None},
        other_coverage={"name": "Other", "member_id": "O"},
        levels={
            "outpatient": {
                "copay": {"amount": "1.00"},
                "limit": {"units": 3},
                "authorization": {"criteria": ["LOCUS"], "documents": ["plan of care"]},
            }
        },
    ),
}


def everything_said(body: Any) -> tuple[tuple[FieldError, ...], str]:
    """The errors of a request, and every word that they and the exception say."""
    try:
        load_inquiry(body, KNOWN)
    except BadRequest as bad:
        words = [f"{error.pointer} {error.code} {error.message}" for error in bad.errors]
        return bad.errors, " ".join([*words, str(bad)])
    return (), ""


WRONG = st.sampled_from(
    [
        SENTINEL,
        SENTINEL * 40,
        [SENTINEL],
        {"value": SENTINEL},
        {SENTINEL: 1},
        f"{SENTINEL}\x00",
        f"2026-{SENTINEL}",
    ]
)


@settings(max_examples=150, deadline=None)
@given(paths=st.lists(st.sampled_from(_leaves(FULL)), min_size=1, max_size=4), wrong=WRONG)
def test_no_error_repeats_what_was_sent(paths: list[tuple[Any, ...]], wrong: Any) -> None:
    body: Any = FULL
    for path in paths:
        try:
            body = _replaced(body, path, wrong)
        except TypeError:
            continue  # an earlier replacement took the place away
    found, said = everything_said(body)
    assert "Sentinel" not in said
    assert all(error.code in ERROR_CODES and error.code != "not_valid" for error in found)


def test_every_code_that_is_used_is_listed_and_every_listed_code_is_used() -> None:
    used = set()
    for folder in ("schemas", "service"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for pattern in (CODE_IN_MESSAGE, CODE_IN_CALL, CODE_OF_A_PICTURE):
                used |= {*pattern.findall(text)}
    # A file that is no JSON at all, or larger than any may be, is named by the problem's own code.
    assert used - PROBLEMS.keys() - {"picture_heavy"} == ERROR_CODES.keys()


def test_the_page_of_errors_lists_exactly_the_codes_there_are() -> None:
    page = (ROOT / "docs" / "api-errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", page, flags=re.MULTILINE)
    expected = {code: f"{status} | {title}" for code, (status, title) in PROBLEMS.items()} | dict(ERROR_CODES)
    assert dict(rows) == expected
    assert len(rows) == len(expected)


def test_a_problem_is_a_problem_document() -> None:
    error = FieldError("/weeks", "out_of_range", "weeks must be from 1 to 104.")
    assert problem("invalid_fields", "One field.", instance="urn:x", errors=[error]) == {
        "type": "urn:openvob:problem:invalid-fields",
        "title": "Some fields cannot be used as they are",
        "status": 422,
        "detail": "One field.",
        "instance": "urn:x",
        "errors": [{"pointer": "/weeks", "code": "out_of_range", "message": "weeks must be from 1 to 104."}],
    }
    assert problem("not_found")["detail"] == "There is nothing here."
    assert "errors" not in problem("not_found")


def test_a_message_without_a_code_is_still_answered() -> None:
    class Odd(Shape):
        name = Text(9, validate=validate.Length(max=2))
        names = Items(Text(9), most=2)

    complaints = Complaints()
    assert read_shape(Odd(), {"name": "abc", "names": ["ab"]}, complaints) == {"names": ["ab"]}
    assert complaints.found == [FieldError("/name", "not_valid", "name is not valid.")]
