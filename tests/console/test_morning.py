"""The morning list, without a script: put up, exceptions first, mended, asked again; and calls to make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service import record
from service.config import HOUSE, Settings
from service.jobs.worker import work_once
from service.record import Caller
from service.store import cases, trail
from service.store.pages import Page
from service.store.session import transaction
from tests.console.conftest import UNLIMITED, signed_in
from tests.console.test_pages import ROOM, words_of

HEAD = "time,insurance,member id,first name,last name,date of birth,level of care"
MORNING = f"{ROOM}/morning"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation whose lines lead to a sandbox payer, all but one; rows are done by hand."""
    instance = tmp_path_factory.mktemp("instance")
    with Sandbox(slow_seconds=0.1) as payer:
        profile = instance / "clinic.yaml"
        example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
        lines = write_connections(payer.url).partition("  - id: sandbox-benefits")[0]
        profile.write_text(f"{example}\n{lines}", "utf-8")
        places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_CLINIC_PROFILE": str(profile)}
        by_hand = {"OPENVOB_JOBS_THREADS": "0"}
        yield Settings.from_env({**sandbox_credentials(), **places, **UNLIMITED, **by_hand})


def row(number: int, time: str = "9:30 AM", **more: str) -> str:
    """The line about somebody invented."""
    said = {
        "payer": "Florida Blue",
        "id": f"XJBH{number:08}",
        "first": "Ana",
        "last": f"Prueba{number}",
        "level": "IOP",
    }
    said |= {"born": "03/02/1987"} | more
    names = ("payer", "id", "first", "last", "born", "level")
    return ",".join([time, *(said[name] for name in names)])


def about(key: str, time: str = "9:30 AM") -> str:
    """The line about a member of the sandbox's roster."""
    person = BY_KEY[key].person
    said = (
        BY_KEY[key].payer,
        person.member_id,
        person.first_name,
        person.last_name,
        person.birth_date,
        "IOP",
    )
    return ",".join([time, *map(str, said)])


def put_up(client: FlaskClient, *rows: str, head: str = HEAD, **typed: Any) -> TestResponse:
    return client.post(MORNING, data={"rows": "\n".join([head, *rows]), "day": today(client), **typed})


def today(client: FlaskClient) -> str:
    zone = client.application.extensions["office"].desk.clinic.zone
    return datetime.now(zone).date().isoformat()


def work(client: FlaskClient) -> None:
    while work_once(client.application.extensions["office"]):
        pass


def on_file(client: FlaskClient, number: int, **more: Any) -> str:
    """Somebody on file whose membership was confirmed on a call; returns the case."""
    office = client.application.extensions["office"]
    a_day_ago = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    by = {"channel": "phone", "representative": "J. D.", "reference": "CALL-1", "at": a_day_ago}
    member = {
        "member_id": f"XJBH{number:08}",
        "first_name": "Ana",
        "last_name": f"Prueba{number}",
        "birth_date": "1987-03-02",
    }
    body = {
        "payer": "florida-blue",
        "member": member,
        "level_of_care": "intensive_outpatient",
        "start_date": today(client),
        "told_benefits": {"told_by": by, "active": True},
        **more,
    }
    draft = record.draft_new(office, Caller("c-1", "luz"), body)
    with transaction(office.store) as session:
        record.keep(session, draft)
    return draft.verification.case_id


# --- putting a list up


def test_without_a_list_the_page_says_so_and_offers_the_form(app: Flask) -> None:
    page = signed_in(app, "empty", "admissions").get(MORNING).text
    assert "No list has been put up today." in page
    assert '<textarea id="rows"' in page
    assert "Morning list" in page.partition("<nav")[2].partition("</nav>")[0]


def test_a_list_is_shown_at_once_and_done_without_whoever_put_it_up(staff: FlaskClient) -> None:
    answer = put_up(staff, row(1), row(2, "10:30"))
    assert answer.status_code == 303
    page = staff.get(answer.location).text
    assert "0 of 2 checked." in words_of(page)
    assert f'hx-get="{answer.location}/progress"' in page
    assert 'role="status"' in page
    assert f'href="{answer.location}"' in page  # without a script: load it again
    work(staff)
    done = staff.get(answer.location).text
    assert "hx-get" not in done
    assert "All 2 are done. To look at: 2." in words_of(done)
    assert staff.get(MORNING).text.count('class="about-row"') == done.count('class="about-row"')


def test_the_open_page_hears_how_far_it_is_and_gets_the_rows_when_it_is_done(staff: FlaskClient) -> None:
    at = put_up(staff, row(3), row(4)).location
    work_once(staff.application.extensions["office"])
    first = staff.get(f"{at}/progress")
    assert (first.status_code, "1 of 2 checked." in words_of(first.text)) == (200, True)
    assert "day-rows" not in first.text
    work(staff)
    last = staff.get(f"{at}/progress")
    assert last.status_code == 286
    assert 'id="day-rows" hx-swap-oob="true"' in last.text


def test_a_file_is_as_good_as_what_is_pasted_in_either_language(staff: FlaskClient) -> None:
    head = "Hora\tSeguro\tNúmero de miembro\tNombre\tApellidos\tFecha de nacimiento\tNivel de atención"
    text = "\n".join([head, row(5, "14:15").replace(",", "\t")])
    answer = staff.post(
        MORNING, data={"day": today(staff), "file": (BytesIO(text.encode("utf-8-sig")), "citas.tsv")}
    )
    assert answer.status_code == 303
    assert "2:15 PM Ana P. Florida Blue IOP" in words_of(staff.get(answer.location).text)


def test_a_file_to_fill_in_can_be_filled_in_and_put_up(staff: FlaskClient) -> None:
    for language, name in (("en", "Member ID"), ("es", "Número de miembro")):
        answer = staff.get(f"{MORNING}/template.csv?language={language}")
        head = answer.get_data(as_text=True).removeprefix("\ufeff").strip()
        assert name in head.split(",")
        values = f"{today(staff)},9:00,cigna,,U{language}1234567,Ana,Prueba,1987-03-02,IOP,,"
        put = staff.post(MORNING, data={"rows": f"{head}\n{values}"})
        assert put.status_code == 303, words_of(put.text)
    staff.get(f"{MORNING}?language=en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing was pasted or uploaded."),
        ("Ana,Prueba,9:30", "The first line has to name the columns"),
        (HEAD, "there is no row"),
        ("time,insurance,last name\n9:30,Cigna,Prueba", "does not name: Member ID, First name, Birth date."),
        ("\n".join([HEAD, *[row(1)] * 201]), "at most 200 rows"),
    ],
)
def test_what_is_no_list_is_said_and_stays_as_it_was_typed(staff: FlaskClient, text: str, said: str) -> None:
    answer = staff.post(MORNING, data={"rows": text})
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert 'role="alert"' in answer.text
    assert text.splitlines()[-1:] == [] or text.splitlines()[-1] in answer.text


def test_a_day_that_is_none_is_said(staff: FlaskClient) -> None:
    answer = put_up(staff, row(1), day="2026-02-30")
    assert (answer.status_code, "not a day of the calendar" in answer.text) == (422, True)


def test_the_same_list_twice_on_a_day_is_one(staff: FlaskClient) -> None:
    assert put_up(staff, row(6)).location == put_up(staff, row(6) + "\n\n").location


# --- exceptions first


def test_exceptions_come_first_in_groups_and_the_rest_is_folded(staff: FlaskClient) -> None:
    for number in (11, 12, 13):
        on_file(staff, number)
    at = put_up(
        staff,
        *(row(number) for number in (11, 12)),
        about("unable-always", "9:10"),
        about("inactive", "9:20"),
        row(13, payer="Aetna"),
        row(14, born="yesterday"),
        about("ppo-full"),
    ).location
    work(staff)
    page = staff.get(at).text
    read = words_of(page)
    order = [
        "All 7 are done. To look at: 4.",
        "Could not be read 1",
        "Coverage is inactive 1",
        "9:20 AM Juan I. UnitedHealthcare IOP The coverage is inactive.",
        "Another insurance or plan 1",
        "The insurance was Florida Blue; the list says Aetna.",
        "Payer not reachable 1",
        "The payer was asked and could not answer.",
        "As before, or the first time and nothing to do 3",
    ]
    assert [text for text in order if text not in read] == [], read
    places = [read.index(text) for text in order]
    assert places == sorted(places)
    folded = page.partition('<details class="quiet-rows">')[2].partition("</table>")[0]
    assert folded.count("what was told") == 2
    assert "the payer's reply · first time" in words_of(unescaped(folded))
    assert page.count(">Verify again<") == 1


def unescaped(text: str) -> str:
    return text.replace("&#39;", "'")


def test_what_happened_since_is_what_a_row_leads_to(staff: FlaskClient) -> None:
    on_file(staff, 21)
    at = put_up(staff, row(21)).location
    work(staff)
    first = re.findall(r'href="(/console/verifications/[^"]+)"', staff.get(at).text)
    again = staff.post(f"{first[0]}/again").location
    page = staff.get(at).text
    assert again in page
    assert first[0] not in page
    assert "answered again since" in page


def test_a_row_that_cannot_be_read_is_mended_where_it_stands(staff: FlaskClient) -> None:
    at = put_up(staff, row(31, born="31/01/1990", payer="Nobody at all"), row(32)).location
    page = staff.get(at).text
    for name in ("payer", "birth_date"):
        assert f'aria-describedby="r1-{name}-fault"' in page
    assert 'value="31/01/1990"' in page
    assert 'id="r1-first_name" name="first_name" value="Ana"' in page
    still = staff.post(f"{at}/rows/1", data={"payer": "Florida Blue"})
    assert still.location == f"{at}#row-1"
    assert "r1-payer-fault" not in staff.get(at).text
    assert "r1-birth_date-fault" in staff.get(at).text
    staff.post(f"{at}/rows/1", data={"birth_date": "1990-01-31"})
    assert "Could not be read" not in staff.get(at).text
    work(staff)
    assert "All 2 are done." in staff.get(at).text
    assert staff.post(f"{at}/rows/1", data={"payer": "cigna"}).status_code == 303  # it is done already
    assert staff.post(f"{at}/rows/7", data={}).status_code == 404


def test_a_payer_that_was_not_reached_is_asked_again_with_one_press(staff: FlaskClient) -> None:
    at = put_up(staff, about("fault")).location
    work(staff)
    assert "Payer not reachable" in staff.get(at).text
    assert staff.post(f"{at}/rows/1/again").location == f"{at}#row-1"
    assert "0 of 1 checked." in words_of(staff.get(at).text)
    work(staff)
    assert "Payer not reachable" in staff.get(at).text


def test_all_whose_payer_was_not_reached_are_asked_again_with_one_press(staff: FlaskClient) -> None:
    at = put_up(staff, about("fault"), about("unable-always", "10:00"), row(81)).location
    work(staff)
    assert f'action="{at}/again"' in staff.get(at).text
    assert staff.post(f"{at}/again").location == at
    assert "1 of 3 checked." in words_of(staff.get(at).text)
    work(staff)
    assert "All 3 are done." in staff.get(at).text
    nowhere = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert staff.post(f"{MORNING}/{nowhere}/again").status_code == 404


def test_earlier_lists_are_found(staff: FlaskClient) -> None:
    first = put_up(staff, row(41)).location
    put_up(staff, row(42))
    assert first in staff.get(MORNING).text
    assert staff.get(f"{MORNING}/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44").status_code == 404
    assert staff.get(f"{MORNING}/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44/progress").status_code == 404


def test_what_is_done_with_a_list_stands_in_the_trail_and_names_nobody(staff: FlaskClient) -> None:
    at = put_up(staff, row(51, last="Zqsentinel", born="never")).location
    staff.get(at)
    staff.post(f"{at}/rows/1", data={"birth_date": "1987-03-02"})
    work(staff)
    staff.post(f"{at}/rows/1/again")
    with transaction(staff.application.extensions["office"].store) as session:
        events, _ = trail.page_of(session, trail.Filter(subject=at.rpartition("/")[2]), Page())
    assert {event.action for event in events} == {"batch.create", "batch.read", "batch.mend", "batch.again"}
    assert "Zqsentinel" not in repr(events)


def test_what_is_in_a_row_is_shown_as_text(staff: FlaskClient) -> None:
    page = staff.get(put_up(staff, row(61, first="<b>Ana</b>", born="<i>")).location).text
    assert "<b>Ana" not in page
    assert "<i>" not in page


# --- calls to make again


def call(client: FlaskClient, case_id: str, **typed: str) -> TestResponse:
    due = datetime.now(client.application.extensions["office"].desk.clinic.zone) - timedelta(minutes=5)
    said = {"due_at": due.strftime("%Y-%m-%dT%H:%M"), "about": "Ask about the new card"}
    return client.post(f"{ROOM}/cases/{case_id}/call-backs", data=said | typed)


def of_calls(page: str) -> str:
    return words_of(page.partition('<section aria-labelledby="calls">')[2].partition("</section>")[0])


def test_a_row_gets_a_call_and_every_try_is_noted_with_one_press(staff: FlaskClient) -> None:
    case_id = on_file(staff, 71)
    at = put_up(staff, row(71)).location
    work(staff)
    form = f'action="{ROOM}/cases/{case_id}/call-backs"'
    assert form in staff.get(at).text
    asked = call(staff, case_id, list=at.rpartition("/")[2], owner="luz")
    assert asked.location == at
    page = staff.get(at).text
    assert "Ask about the new card overdue · looked after by luz · tries: 0" in of_calls(page)
    [one] = re.findall(rf'action="({ROOM}/cases/{case_id}/call-backs/[^"]+)" class="actions"', page)
    staff.post(one, data={"outcome": "left_message"})
    assert "tries: 1; the last: Left a message," in of_calls(staff.get(at).text)
    zone = staff.application.extensions["office"].desk.clinic.zone
    later = datetime.now(zone) + timedelta(days=2)
    staff.post(one, data={"outcome": "on_hold", "due_at": later.strftime("%Y-%m-%dT14:30")})
    held = of_calls(staff.get(at).text)
    assert "2:30 PM" in held.partition("Later 1")[2]
    assert "tries: 2; the last: On hold," in held
    staff.post(one, data={"outcome": "reached"})
    assert of_calls(staff.get(at).text) == ""


def test_a_call_without_a_time_comes_back_as_it_was_typed(staff: FlaskClient) -> None:
    answer = call(staff, on_file(staff, 72), due_at="soon", about="Zq card")
    assert answer.status_code == 422
    assert 'id="due_at-fault"' in answer.text
    assert 'value="Zq card"' in answer.text


def test_a_call_is_made_for_cases_that_there_are(staff: FlaskClient) -> None:
    nowhere = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert call(staff, nowhere).status_code == 404
    assert staff.post(f"{ROOM}/cases/{nowhere}/call-backs/{nowhere}", data={}).status_code == 404
    case_id = on_file(staff, 73)
    assert call(staff, case_id).location == MORNING
    with transaction(staff.application.extensions["office"].store) as session:
        cases.change(session, case_id, {"status": "not_admitted"}, datetime.now(UTC))
    assert case_id not in staff.get(MORNING).text
