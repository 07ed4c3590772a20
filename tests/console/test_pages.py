"""What staff see and do, page by page, without a script: sign in, verify, read the answer, enter a call."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payers.sandbox.reply import write_271
from payers.sandbox.roster import BY_KEY
from service.office import Office
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction
from tests.api.staff import PASSWORD, take_in
from tests.console.conftest import signed_in
from tests.payers.sandbox.asking import inquiry_about

ROOM = "/console"
TYPED = {
    "payer": "florida-blue",
    "member_id": "XJBH12345678",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "1987-03-02",
    "relationship": "self",
    "level_of_care": "intensive_outpatient",
    "start_date": "2026-12-07",
    "site": "two-tier",
    "condition": "mental_health",
    "modality": "in_person",
}
LEVEL = "/told_benefits/levels/intensive_outpatient"


def words_of(page: str) -> str:
    """What can be read on a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def verify(client: FlaskClient, **typed: str) -> Any:
    """Verify somebody, in a case of their own whoever is on file."""
    return client.post(f"{ROOM}/verify", data=TYPED | {"case": "new"} | typed)


# --- the door


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(stranger: FlaskClient) -> None:
    for page in ("/", "/verify", "/second-factor"):
        answer = stranger.get(f"{ROOM}{page}")
        assert (answer.status_code, answer.location) == (303, f"{ROOM}/sign-in")


def test_whoever_signs_in_comes_to_the_work_list_and_out_again(app: Flask, stranger: FlaskClient) -> None:
    take_in(app, "luz", "admissions")
    answer = stranger.post(f"{ROOM}/sign-in", data={"name": "luz", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, f"{ROOM}/home")
    page = stranger.get(f"{ROOM}/")
    assert "Work list" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    assert stranger.post(f"{ROOM}/sign-out", data={"csrf_token": token[1]}).location == f"{ROOM}/sign-in"
    assert stranger.get(f"{ROOM}/").status_code == 303


def test_what_is_wrong_at_the_door_is_said_in_a_sentence_and_the_name_stays(stranger: FlaskClient) -> None:
    answer = stranger.post(f"{ROOM}/sign-in", data={"name": "nobody", "password": "not the password"})
    assert answer.status_code == 401
    assert "The name, the password or the code is not right." in answer.text
    assert 'value="nobody"' in answer.text
    assert "not the password" not in answer.text


def test_a_form_of_another_site_changes_nothing(staff: FlaskClient) -> None:
    del staff.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = verify(staff)
    assert answer.status_code == 403
    assert "This form is too old" in answer.text


def test_a_key_opens_no_page(app: Flask, stranger: FlaskClient) -> None:
    key = app.extensions["office"].settings.api_key_file.read_text().strip()
    answer = stranger.get(f"{ROOM}/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403


def test_a_role_that_sees_no_member_is_told_so(app: Flask) -> None:
    answer = signed_in(app, "the auditor", "auditor").get(f"{ROOM}/")
    assert answer.status_code == 403
    assert "Your role may not do this" in answer.text


# --- verify and read


def test_what_is_typed_becomes_an_answer_in_order_of_importance(staff: FlaskClient) -> None:
    asked = verify(staff)
    assert asked.status_code == 303, asked.text
    answer = staff.get(asked.location)
    assert answer.status_code == 200
    read = words_of(answer.text.partition("<main")[2])
    order = [
        "Membership not confirmed",
        "Ana P. · Florida Blue · IOP · two-tier · from Mon Dec 7, 2026",
        "Coverage unknown, ask the plan",
        "Do next",
        "Questions for the payer",
        "Who said it",
        "Sources",
    ]
    places = [read.index(text) for text in order]
    assert places == sorted(places)


@pytest.mark.parametrize("typed", ["Florida Blue", "florida blue", "FLORIDA-BLUE", "BCBS of Florida"])
def test_a_payer_is_found_by_what_it_is_called(staff: FlaskClient, typed: str) -> None:
    asked = verify(staff, payer=typed)
    assert asked.status_code == 303, words_of(asked.text)
    assert "Florida Blue" in staff.get(asked.location).text


def test_faults_stand_beside_their_fields_and_nothing_that_was_typed_is_lost(staff: FlaskClient) -> None:
    answer = verify(staff, payer="nobody", birth_date="2087-01-01", weeks="many", member_id="")
    assert answer.status_code == 422
    for name in ("payer", "birth_date", "weeks"):
        assert f'id="{name}-fault"' in answer.text
        assert re.search(f'aria-describedby="[^"]*{name}-fault"', answer.text)
        assert f'href="#{name}"' in answer.text
    read = words_of(answer.text)
    assert "Birth date has not come yet." in read
    assert "Weeks has to be a whole number." in read
    assert "Insurance is no insurance that the rulebook knows" in read
    assert 'value="many"' in answer.text
    assert 'value="Prueba"' in answer.text


def test_what_was_typed_is_shown_as_text_whatever_it_is(staff: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    shown = verify(staff, payer=evil)
    assert shown.status_code == 422
    assert "<script>" not in shown.text
    asked = verify(staff, first_name="<b>Ana</b>")
    assert "<b>" not in staff.get(asked.location).text


def test_the_numbers_of_sources_lead_to_them(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc").location).text
    cited = set(re.findall(r'href="#(source-\d+)"', page))
    assert cited
    assert cited <= set(re.findall(r'id="(source-\d+)"', page))


def test_the_cost_of_every_week_stands_in_a_table_beside_the_picture(staff: FlaskClient) -> None:
    page = staff.get(verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc").location).text
    table = page.partition('aria-labelledby="by-week"><table')[2].partition("</table>")[0]
    weeks = re.findall(r'<th scope="row">', table.partition("<tfoot")[0])
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2, "one for wide windows, one for phones"
    assert [drawn.count('class="patient"') for drawn in drawings] == [len(weeks)] * 2
    assert "303.04" in words_of(table)


# --- what else can be said of the care and the coverage


def test_a_step_down_plan_is_priced_level_by_level(staff: FlaskClient) -> None:
    asked = verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc", level_of_care="step_down")
    assert asked.status_code == 303, words_of(asked.text)
    assert "PHP → IOP → OP" in words_of(staff.get(asked.location).text)
    assert staff.get(f"{asked.location}/compare").text.partition("</svg>")[0].count("<polyline") == 4


def test_a_second_coverage_goes_with_the_first(staff: FlaskClient) -> None:
    asked = verify(
        staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc", second_payer="medigap", second_plan="g"
    )
    assert asked.status_code == 303, words_of(asked.text)
    assert "Medigap" in staff.get(asked.location).text
    wrong = verify(staff, second_payer="nobody at all")
    assert wrong.status_code == 422
    assert 'id="second_payer-fault"' in wrong.text


def test_a_271_that_is_at_hand_is_the_payers_reply(staff: FlaskClient) -> None:
    person = BY_KEY["ppo-full"].person
    asked = replace(inquiry_about(person), date_of_service=date(2026, 12, 7))
    text = write_271(BY_KEY["ppo-full"], asked, datetime.now(UTC))
    typed = TYPED | {
        "case": "new",
        "payer": "cigna",
        "member_id": str(person.member_id),
        "first_name": str(person.first_name),
        "last_name": str(person.last_name),
        "birth_date": str(person.birth_date),
    }
    answer = staff.post(f"{ROOM}/verify", data=typed | {"reply": (BytesIO(text.encode()), "reply.271")})
    assert answer.status_code == 303, words_of(answer.text)
    assert "Membership not confirmed" not in staff.get(answer.location).text
    broken = staff.post(f"{ROOM}/verify", data=typed | {"reply": (BytesIO(b"\xff no 271"), "reply.271")})
    assert broken.status_code == 422
    assert "The payer's file is not a whole 271." in words_of(broken.text)


def test_somebody_on_file_is_offered_before_a_second_case_is_opened(staff: FlaskClient) -> None:
    somebody = TYPED | {"member_id": "XJBH99912345", "first_name": "Eva"}
    first = staff.post(f"{ROOM}/verify", data=somebody)
    assert first.status_code == 303, words_of(first.text)
    offered = staff.post(f"{ROOM}/verify", data=somebody | {"weeks": "6"})
    assert offered.status_code == 200
    assert "This member is on file already" in offered.text
    assert '<input type="hidden" name="weeks" value="6">' in offered.text, "nothing that was typed is lost"
    case = re.search(r'name="case" value="([0-9a-f-]{36})"', offered.text)
    assert case
    added = staff.post(f"{ROOM}/verify", data=somebody | {"weeks": "6", "case": case[1]})
    assert added.status_code == 303
    assert staff.get(f"{ROOM}/").text.count("Eva P.") == 1
    another = staff.post(f"{ROOM}/verify", data=somebody | {"case": "new"})
    assert another.status_code == 303
    assert staff.get(f"{ROOM}/").text.count("Eva P.") == 2
    nowhere = staff.post(f"{ROOM}/verify", data=somebody | {"case": "019ab1f0"})
    assert nowhere.status_code == 422


# --- the call


def test_what_a_representative_said_settles_the_answer(staff: FlaskClient) -> None:
    before = verify(staff).location
    said = {
        f"{LEVEL}/covered": "yes",
        f"{LEVEL}/prior_authorization": "required",
        f"{LEVEL}/copay/amount": "40",
        f"{LEVEL}/copay/per": "session",
        "/told_benefits/active": "yes",
        "/told_benefits/deductible/individual/limit": "1,500",
        "/told_benefits/deductible/individual/met": "$1500.00",
        "none:/told_benefits/deductible/family": "1",
        "channel": "phone",
        "representative": "J. D.",
        "reference": "CALL-123",
    }
    answer = staff.post(f"{before}/told", data=said)
    assert answer.status_code == 303, words_of(answer.text)
    assert answer.location != before
    read = words_of(staff.get(answer.location).text)
    assert "Membership not confirmed" not in read
    assert "Prior authorization required" in read
    assert "Told by phone" in read or "CALL-123" in read


def test_what_cannot_be_is_refused_and_the_call_stays_as_it_was_typed(staff: FlaskClient) -> None:
    before = verify(staff).location
    said = {f"{LEVEL}/copay/amount": "forty", f"{LEVEL}/coinsurance": "250%", "reference": "CALL-124"}
    answer = staff.post(f"{before}/told", data=said)
    assert answer.status_code == 422
    assert 'value="forty"' in answer.text
    assert 'value="CALL-124"' in answer.text
    assert answer.text.count('role="alert"') == 1


def test_to_verify_again_leads_to_a_new_answer(staff: FlaskClient) -> None:
    before = verify(staff).location
    again = staff.post(f"{before}/again")
    assert again.status_code == 303
    assert again.location != before


# --- the work list


def test_a_new_case_is_the_first_of_the_work_list_and_leads_to_its_answer(
    staff: FlaskClient,
) -> None:
    made = verify(staff, first_name="Sol").location
    page = staff.get(f"{ROOM}/").text
    first = re.search(r'<th scope="row"[^>]*><a href="([^"]+)">([^<]+)</a> · <a href="([^"]+)">', page)
    assert first
    assert first[1].startswith(f"{ROOM}/cases/")
    assert first.groups()[1:] == ("Sol P.", made)


def test_what_is_not_here_is_said_so(staff: FlaskClient) -> None:
    nowhere = f"{ROOM}/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert staff.get(nowhere).status_code == 404
    assert staff.post(f"{nowhere}/told").status_code == 404
    assert staff.post(f"{nowhere}/again").status_code == 404


# --- both languages, and what a page may load


def test_a_page_speaks_spanish_where_the_browser_does_or_it_was_chosen(
    staff: FlaskClient, stranger: FlaskClient
) -> None:
    assert "Iniciar sesión" in stranger.get(f"{ROOM}/sign-in", headers={"Accept-Language": "es-US"}).text
    made = verify(staff).location
    page = staff.get(f"{made}?language=es")
    assert '<html lang="es">' in page.text
    assert "Membresía sin confirmar" in page.text
    assert "Lista de trabajo" in staff.get(f"{ROOM}/").text, "it stays chosen"
    assert "Work list" in staff.get(f"{ROOM}/?language=en").text


def test_a_page_loads_nothing_but_its_own_style_and_script(staff: FlaskClient) -> None:
    for address in ("/", "/verify", "/second-factor", verify(staff).location.removeprefix(ROOM)):
        answer = staff.get(f"{ROOM}{address}")
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'self'")
        assert re.findall(r"<script(?! src=)", answer.text) == []
        assert " style=" not in answer.text
        assert " on" not in "".join(re.findall(r"<[^>]+>", answer.text)).lower().replace(" one-time", "")
        loaded = re.findall(r'<(?:link|img|script)[^>]+(?:href|src)="([^"]+)"', answer.text)
        assert loaded
        assert all(address.startswith(f"{ROOM}/static/") for address in loaded)


def test_its_style_may_be_kept_for_a_while_and_a_page_never(staff: FlaskClient) -> None:
    with staff.get(f"{ROOM}/static/console.css") as style:
        assert "max-age=3600" in style.headers["Cache-Control"]
    assert staff.get(f"{ROOM}/").headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_owned_up_to_and_says_nothing_of_the_member(
    staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("Zquintana")

    monkeypatch.setattr("service.record.verify", fail)
    answer = verify(staff)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "urn:uuid:" in answer.text
    assert "Zquintana" not in answer.text


# --- care plans side by side


def test_usual_care_plans_stand_side_by_side_with_what_they_add_up_to(staff: FlaskClient) -> None:
    made = verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc").location
    page = staff.get(f"{made}/compare")
    assert page.status_code == 200
    read = words_of(page.text)
    for name in ("OP", "IOP", "PHP", "PHP → IOP → OP", "Total", "What it adds up to"):
        assert name in read
    assert page.text.partition("</svg>")[0].count("<polyline") == 4
    for row in ("Coverage", "Prior authorization", "Hours a week", "Weeks", "Typical week", "Largest week"):
        assert row in read
    assert "What could change it" in read
    sums = re.findall(r"\$([\d,]+\.\d\d)", page.text.partition("<polyline")[2])
    assert sums
    assert staff.get(f"{ROOM}/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44/compare").status_code == 404


def test_a_comparison_takes_what_was_told_into_account(staff: FlaskClient) -> None:
    before = verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc").location
    said = {
        "/told_benefits/deductible/individual/met": "283.00",
        "/told_benefits/deductible/individual/limit": "283",
    }
    after = staff.post(f"{before}/told", data=said).location
    first_days = [
        re.search(r"First day.*?<td[^>]*>([\d.,]+)</td>", staff.get(f"{made}/compare").text, re.DOTALL)
        for made in (before, after)
    ]
    assert first_days[0]
    assert first_days[1]
    assert first_days[0][1] != first_days[1][1]


# --- the audit trail


def test_every_page_with_members_leaves_its_event(app: Flask, staff: FlaskClient) -> None:
    office: Office = app.extensions["office"]

    def newest() -> str:
        with transaction(office.store) as session:
            return trail.page_of(session, trail.Filter(), Page(limit=1))[0][0].action

    made = verify(staff).location
    assert newest() == "verification.create"
    for address, action in (
        (f"{ROOM}/", "case.list"),
        (made, "verification.read"),
        (f"{made}/compare", "comparison.create"),
    ):
        staff.get(address)
        assert newest() == action
    staff.post(f"{made}/told", data={"/told_benefits/active": "yes"})
    assert newest() == "verification.tell"
    staff.post(f"{made}/again")
    assert newest() == "verification.reverify"


WORKS = {
    "birth_date": "1957-03-02",
    "second_payer": "cigna",
    "second_basis": "active_employment",
    "second_relationship": "spouse",
}


def test_what_the_order_of_two_hangs_on_puts_them_in_it(staff: FlaskClient) -> None:
    work = {**WORKS, "employer_size": "20_to_99"}
    asked = verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc", **work)
    assert asked.status_code == 303, words_of(asked.text)
    page = words_of(staff.get(asked.location).text)
    assert "Order of payment: Cigna Healthcare → Original Medicare." in page
    assert "the employer has 20 employees or more" in page


def test_what_is_not_known_of_the_order_is_asked_on_the_answer(staff: FlaskClient) -> None:
    asked = verify(staff, payer="medicare", member_id="1EG4TE5MK73", site="cmhc", **WORKS)
    page = words_of(staff.get(asked.location).text)
    assert "To ask: Does the employer behind Cigna Healthcare have 20 employees or more?" in page


def test_a_fault_in_what_the_order_hangs_on_stands_beside_its_field(staff: FlaskClient) -> None:
    wrong = verify(staff, second_payer="nobody at all", second_birthday="31-31")
    assert wrong.status_code == 422
    assert 'id="second_payer-fault"' in wrong.text
    assert 'id="second_birthday-fault"' in wrong.text
