"""The rulebook and the clinic's profile as pages: what is published and how old, what is missing or wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import HOUSE
from service.console.reading import label
from service.explain.page.published import age_of
from service.office import Office
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, words_of

PAYERS = ("aetna", "cigna", "florida-blue", "florida-medicaid", "medicare", "medigap", "unitedhealthcare")
ROLES = ("admissions", "supervisor", "auditor", "administrator")


@pytest.fixture
def profile(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The clinic's profile where a test may change it."""
    before: Office = app.extensions["office"]
    path = tmp_path / "clinic.yaml"
    path.write_bytes((HOUSE / "clinic.example.yaml").read_bytes())
    app.extensions["office"] = replace(before, settings=replace(before.settings, clinic_profile=path))
    yield path
    app.extensions["office"] = before


@pytest.mark.parametrize("role", ROLES)
def test_whoever_signs_in_can_look_things_up(app: Flask, role: str) -> None:
    client = signed_in(app, f"one of {role}", role)
    for page in ("rulebook", "rulebook/medicare", "clinic"):
        assert client.get(f"{ROOM}/{page}").status_code == 200


# --- the rulebook


def test_every_payer_stands_there_with_its_plans_and_what_is_to_be_confirmed(staff: FlaskClient) -> None:
    page = words_of(staff.get(f"{ROOM}/rulebook").text)
    assert re.search(r"Medigap\) Medigap 10 1 .* 1 of its sources", page)
    assert "Original Medicare" in page


def test_a_payer_is_found_by_what_it_is_called(staff: FlaskClient) -> None:
    page = staff.get(f"{ROOM}/rulebook?query=medicaid").text
    assert "/rulebook/florida-medicaid" in page
    assert "/rulebook/cigna" not in page
    assert "No payer is called that." in staff.get(f"{ROOM}/rulebook?query=nobody").text


def test_a_payer_shows_what_is_in_force_each_value_with_its_source(staff: FlaskClient) -> None:
    page = staff.get(f"{ROOM}/rulebook/medicare?date_of_service=2026-12-01").text
    assert re.search(r"Deductible \(individual\)</th><td[^>]*>\$283\.00", page)
    assert "Intensive outpatient program (IOP)" in page
    assert "Partial hospitalization program (PHP) ·" not in page
    cited = set(re.findall(r'href="#(source-\d+)"', page))
    assert cited
    assert cited == set(re.findall(r'<li value="\d+" id="(source-\d+)"', page)), "no more, and no less"
    every = staff.get(f"{ROOM}/rulebook/medicare?level_of_care=all").text
    assert "Partial hospitalization program (PHP) ·" in every


def test_no_field_of_what_is_published_is_without_a_name(staff: FlaskClient) -> None:
    for payer in PAYERS:
        plans = re.findall(r'<option value="([^"]+)"', staff.get(f"{ROOM}/rulebook/{payer}").text)
        for plan in ("", *plans[:1]):
            answer = staff.get(f"{ROOM}/rulebook/{payer}?level_of_care=all&plan={plan}")
            assert answer.status_code == 200, (payer, plan)
            is_told = 'class="published cards"' in answer.text or "Nothing is published here" in answer.text
            assert is_told, (payer, plan)
            assert "pub_" not in answer.text.lower(), (payer, plan)


def test_a_plan_is_found_by_part_of_its_name(staff: FlaskClient) -> None:
    page = staff.get(f"{ROOM}/rulebook/medigap?query=plan+g&plan=g").text
    assert re.search(r'<option value="g" selected>', page)
    assert '<option value="n"' not in page


def test_an_old_source_says_so_in_words_and_whom_to_ask(staff: FlaskClient) -> None:
    page = words_of(staff.get(f"{ROOM}/rulebook/florida-blue").text)
    assert re.search(r"Every source.*◐ second-hand; old: confirm with the payer", page)
    assert re.search(r"\d+ years, \d+ months?", page)


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ("2026-11-20", "less than a month"),
        ("2026-10-20", "1 month"),
        ("2026-01-01", "10 months"),
        ("2025-11-20", "1 year"),
        ("2022-09-01", "4 years, 3 months"),
    ],
)
def test_an_age_is_told_in_years_and_months(app: Flask, published: str, said: str) -> None:
    with app.test_request_context("/console/", headers={"Accept-Language": "en"}):
        source = {"published": published, "retrieved": "2026-11-25"}
        assert age_of(source, date(2026, 11, 25), label) == said


def test_what_cannot_be_asked_is_said_beside_its_field(staff: FlaskClient) -> None:
    asked = "date_of_service=never&level_of_care=spa&site=nowhere"
    answer = staff.get(f"{ROOM}/rulebook/medicare?{asked}")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert staff.get(f"{ROOM}/rulebook/nobody").status_code == 404


# --- the clinic


def test_a_site_says_what_it_has_and_what_is_missing(staff: FlaskClient) -> None:
    page = words_of(staff.get(f"{ROOM}/clinic").text)
    assert "NPI 1234567893" in page
    assert re.search(r"Cigna Healthcare 118\.00 285\.00 410\.00", page)
    assert "No contracted rate with UnitedHealthcare for PHP: costs there are estimated without it." in page
    assert "No wage index: an estimate for Medicare shows a range." in page, "of the hospital"
    assert "No faults in the profile's file or in the rulebook." in page
    assert "has changed" not in page


def test_a_file_that_changed_since_the_start_says_so(profile: Path, staff: FlaskClient) -> None:
    profile.write_text(profile.read_text("utf-8") + "\n# a remark\n", "utf-8")
    page = words_of(staff.get(f"{ROOM}/clinic").text)
    assert "The file has changed since the service started; restart it to use it." in page
    assert "No faults" in page


def test_every_fault_of_the_file_as_it_is_now_is_shown_by_its_line(profile: Path, staff: FlaskClient) -> None:
    text = profile.read_text("utf-8").replace('npi: "1234567893"', 'npi: "1234567890"')
    profile.write_text(text.replace("provider_type: cmhc", "provider_type: spa"), "utf-8")
    page = words_of(staff.get(f"{ROOM}/clinic").text)
    assert re.search(r"clinic\.yaml:\d+: sites\[0\]\.npi: Must be an NPI", page)
    assert re.search(r"clinic\.yaml:\d+: sites\[0\]\.provider_type: Must be one of", page)
    assert "NPI 1234567893" in page, "the service goes on with what it has"
    profile.unlink()
    assert "clinic.yaml: No such file" in words_of(staff.get(f"{ROOM}/clinic").text)


def test_a_connection_to_a_payer_of_no_file_is_a_fault_too(profile: Path, staff: FlaskClient) -> None:
    connection = (
        "\nconnections:\n  - id: house\n    channel: x12\n    url: https://eligibility.example.org/core\n"
        '    sender: "TEST0001"\n    receiver: "77027"\n    payers: {nobody: "77027"}\n'
    )
    profile.write_text(profile.read_text("utf-8") + connection, "utf-8")
    assert "connections[0].payers" in words_of(staff.get(f"{ROOM}/clinic").text)


def test_of_hundreds_of_plans_a_page_shows_some_and_says_how_many_more_there_are(staff: FlaskClient) -> None:
    page = staff.get(f"{ROOM}/rulebook/medicare-advantage?plan=h5938-009").text
    assert 100 <= page.count("<option") < 150
    assert re.search(r"\d{3} more: search for the one you want", page)
    assert re.search(r'<option value="h5938-009" selected>', page), "the one that was asked for is there"
    narrowed = staff.get(f"{ROOM}/rulebook/medicare-advantage?query=capital+health").text
    assert re.findall(r'<option value="(h5938-\d+)"', narrowed) == [
        "h5938-001",
        "h5938-006",
        "h5938-008",
        "h5938-009",
    ]
