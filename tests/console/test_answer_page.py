"""The answer page: one line first, every figure with its sources, witnesses side by side, the call."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.store import trail
from service.store import verifications as kept
from service.store.pages import Page
from service.store.session import transaction
from tests.console.conftest import signed_in
from tests.console.test_pages import LEVEL, ROOM, verify, words_of

MEDICARE = {"payer": "medicare", "member_id": "1EG4TE5MK73", "site": "cmhc"}
TOLD = {
    f"{LEVEL}/covered": "yes",
    f"{LEVEL}/prior_authorization": "required",
    f"{LEVEL}/coinsurance": "20",
    f"{LEVEL}/deductible_applies": "yes",
    "/told_benefits/active": "yes",
    "/told_benefits/deductible/individual/limit": "1500",
    "/told_benefits/deductible/individual/met": "200",
    "/told_benefits/out_of_pocket_max/individual/limit": "4000",
    "/told_benefits/out_of_pocket_max/individual/met": "200",
    "channel": "phone",
    "representative": "J. D.",
    "reference": "CALL-123",
}


def of(page: str, mark: str, end: str) -> str:
    """The part of a page from one mark to another."""
    found = page.partition(mark)[2].partition(end)[0]
    assert found, mark
    return found


def verdict(page: str) -> str:
    return words_of("<" + of(page, 'class="verdict"', "</p>"))


def count_of_verifications(app: Flask) -> int:
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        return len(kept.page_of(session, kept.Filter(), Page(limit=200))[0])


# --- the verdict


def test_the_verdict_is_one_line_whose_amount_has_its_sources(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, **MEDICARE).location).text
    line = verdict(page)
    assert "● This plan covers this care" in line
    assert "○ No prior authorization" in line
    assert re.search(r"\$1,065\.98 for 8 weeks \(estimated\)\s*(\[\d+\]\s*)+", line)
    assert page.index('class="verdict"') < page.index('class="tiles"') < page.index("Do next")


def test_phases_that_differ_are_each_said_with_their_level(staff: FlaskClient) -> None:
    line = verdict(staff.get(verify(staff, **MEDICARE, level_of_care="step_down").location).text)
    assert line.count("covers this care") == 1, "what all share is said once"


def test_what_is_not_covered_says_so_and_promises_no_amount(staff: FlaskClient) -> None:
    asked = verify(staff, **MEDICARE, level_of_care="residential", weeks="4")
    page = staff.get(asked.location).text
    assert "○ This plan does not cover this care" in verdict(page)
    assert "$" not in verdict(page)
    assert "<svg" not in page


def test_every_amount_of_the_tiles_and_every_table_has_the_numbers_of_its_sources(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, **MEDICARE).location).text
    tile = of(page, 'class="tile cost"', "</div>")
    lines = re.findall(r"<(?:li|h2)>(.*?)</(?:li|h2)>", tile)
    assert lines
    assert [line for line in lines if "$" in line and 'class="cite"' not in line] == []
    assert 'class="cite"' in of(page, "These figures rest on", "</caption>")
    steps = re.findall(r"<li>(.*?)</li>", of(page, "<h2>Do next</h2>", "</section>"))
    assert [step for step in steps if "$" in step and 'class="cite"' not in step] == []
    pots = of(page, "pots cards", "</table>")
    assert re.findall(r'role="rowheader">([^<]*)<a class="cite"', pots), "each pot has its own"
    described = set(re.findall(r'aria-describedby="(source-\d+)"', page))
    assert described <= set(re.findall(r'<li id="(source-\d+)"', page))


def test_where_deductible_and_maximum_stand_is_a_table(staff: FlaskClient) -> None:
    made = staff.post(f"{verify(staff, site='cmhc').location}/told", data=TOLD).location
    pots = words_of("<" + of(staff.get(made).text, "pots cards", "</table>"))
    assert re.search(r"Deductible \(individual\).*\$1,500\.00 \$200\.00 \$1,300\.00", pots)


def test_a_new_plan_year_is_marked_where_it_begins(staff: FlaskClient) -> None:
    made = staff.post(f"{verify(staff, site='cmhc').location}/told", data=TOLD).location
    page = staff.get(made).text
    assert "A new plan year begins on Fri Jan 1, 2027" in words_of(page)
    drawing = of(page, "<svg", "</svg>")
    assert 'class="turn"' in drawing
    assert drawing.count('<polyline class="deductible_remaining"') == 2, "it starts anew"
    within = verify(staff, site="cmhc", start_date="2027-03-01").location
    spring = staff.post(f"{within}/told", data=TOLD).location
    assert 'class="turn"' not in staff.get(spring).text


def test_a_picture_says_in_a_sentence_what_it_shows(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, **MEDICARE).location).text
    said = words_of("<" + of(page, "<desc", "</desc>"))
    assert "8 weeks: the patient pays most, $303.04, in the week of Dec 7, 2026" in said
    assert "A new plan year begins on Jan 1, 2027." in said


# --- who says so


def test_each_witness_has_its_line(staff: FlaskClient) -> None:
    before = verify(staff, site="cmhc").location
    assert "Payer's reply: not connected" in words_of(staff.get(before).text)
    made = staff.post(f"{before}/told", data=TOLD | {"at": "2026-11-20T10:02"}).location
    read = words_of(staff.get(made).text)
    assert "Told on the phone by J. D. on Fri Nov 20, 2026 at 10:02" in read, "as the clinic's clock had it"
    assert "reference CALL-123" in read


def test_where_witnesses_differ_they_stand_side_by_side(staff: FlaskClient) -> None:
    before = verify(staff, **MEDICARE).location
    assert "Where sources disagree" not in staff.get(before).text
    said = {"/told_benefits/deductible/individual/limit": "300", "/told_benefits/active": "yes"}
    page = staff.get(staff.post(f"{before}/told", data=said).location).text
    table = of(page, 'aria-labelledby="differences"', "</table>")
    heads = re.findall(r'role="columnheader">([^<]*)<', table)
    assert heads == ["About", "Published", "Told", "Payer&#39;s reply", "Taken as"]
    row = words_of("<" + of(table, "<tbody", "</tbody>"))
    assert re.search(r"Deductible \(individual\).*\$283\.00 \[\d+\] \$300\.00 \[\d+\] – \$300\.00", row)
    assert 'href="#differences"' in page


# --- the call


def preview(client: FlaskClient, made: str, **typed: str) -> Any:
    return client.post(f"{made}/told/preview", data=typed, headers={"HX-Request": "true"})


def test_what_is_typed_settles_the_verdict_and_nothing_is_kept(app: Flask, staff: FlaskClient) -> None:
    made = verify(staff, site="cmhc").location
    before = count_of_verifications(app)
    answer = preview(staff, made, **TOLD)
    assert answer.status_code == 200
    said = words_of(answer.text)
    assert "If you save this" in said
    assert "● Covered" in said
    assert "■ Prior authorization required" in said
    assert "$3,632.00 for 8 weeks" in said
    assert answer.text.count("✓ answered") == 7
    assert count_of_verifications(app) == before
    assert "Membership not confirmed" in staff.get(made).text, "the answer itself is as it was"


def test_a_preview_is_noted_as_such_and_as_no_change(app: Flask, staff: FlaskClient) -> None:
    made = verify(staff, site="cmhc").location
    preview(staff, made, **TOLD)
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        newest = trail.page_of(session, trail.Filter(), Page(limit=1))[0][0]
    assert (newest.action, newest.subject) == ("verification.preview", made.rsplit("/", 1)[-1])


def test_what_cannot_be_read_yet_is_named_and_the_verdict_stands_as_it_is(staff: FlaskClient) -> None:
    made = verify(staff, site="cmhc").location
    answer = preview(staff, made, **{f"{LEVEL}/copay/amount": "forty", "/told_benefits/active": "yes"})
    assert answer.status_code == 200
    said = words_of(answer.text)
    assert "Cannot be read yet: Amount has to be an amount, such as 40 or 40.50." in said
    assert "As it stands now" in said
    assert "Coverage unknown, ask the plan" in said


def test_the_numbers_of_a_preview_lead_to_its_own_sources(staff: FlaskClient) -> None:
    answer = preview(staff, verify(staff, **MEDICARE).location, **{"/told_benefits/active": "yes"})
    cited = set(re.findall(r'href="#([\w-]+-\d+)"', answer.text))
    assert cited
    assert cited <= set(re.findall(r'<li id="(seen-source-\d+)"', answer.text))


def test_a_part_of_a_page_is_refused_in_a_part(staff: FlaskClient, stranger: FlaskClient) -> None:
    made = verify(staff, site="cmhc").location
    over = preview(stranger, made, **TOLD)
    assert over.status_code == 401
    assert "what you typed is still here" in over.text
    assert "<html" not in over.text
    nowhere = f"{ROOM}/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert preview(staff, nowhere).status_code == 404


def test_an_auditor_previews_nothing(app: Flask, staff: FlaskClient) -> None:
    made = verify(staff, site="cmhc").location
    assert preview(signed_in(app, "an auditor", "auditor"), made, **TOLD).status_code == 403


def test_a_form_that_is_refused_keeps_everything_its_faults_beside_their_fields(staff: FlaskClient) -> None:
    wrong = TOLD | {f"{LEVEL}/copay/amount": "forty", "at": "2026-11-20T10:02", "channel": "portal"}
    answer = staff.post(f"{verify(staff, site='cmhc').location}/told", data=wrong)
    assert answer.status_code == 422
    for text in ("forty", "1500", "CALL-123", "J. D.", "2026-11-20T10:02"):
        assert f'value="{text}"' in answer.text
    assert '<option value="portal" selected>' in answer.text
    field = of(answer.text, f'name="{LEVEL}/copay/amount"', "</span>")
    assert 'aria-invalid="true"' in field
    assert "Amount has to be an amount" in field


def test_a_time_that_is_none_is_refused_beside_its_field(staff: FlaskClient) -> None:
    answer = staff.post(f"{verify(staff, site='cmhc').location}/told", data=TOLD | {"at": "yesterday"})
    assert answer.status_code == 422
    assert "When is not a day and a time." in words_of(answer.text)


def test_questions_that_decide_come_before_those_about_cost(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, site="cmhc").location).text
    call = of(page, 'id="call"', "</section>")
    groups = re.findall(r"<h3>([^<]+)</h3>", call)
    assert groups[0] == "First: the membership"
    assert groups.index("Then: is this care covered") < groups.index("Then: the authorization")
    assert groups.index("Then: the authorization") < groups.index("Then: what it costs")


def test_the_time_of_the_call_is_now_unless_somebody_says_otherwise(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, site="cmhc").location).text
    shown = re.search(r'name="at" type="datetime-local" value="([^"]+)"', page)
    assert shown
    here = datetime.now(UTC) - timedelta(hours=5)  # Florida, in winter or an hour off in summer
    assert abs(datetime.fromisoformat(shown[1]).replace(tzinfo=UTC) - here) < timedelta(hours=2)


@pytest.mark.parametrize("status", ["not_connected"])
def test_words_of_a_witness_are_there_in_spanish_too(staff: FlaskClient, status: str) -> None:
    page = staff.get(f"{verify(staff, site='cmhc').location}?language=es").text
    assert "Respuesta del pagador: sin conexión" in words_of(page), status
    staff.get(f"{ROOM}/?language=en")
