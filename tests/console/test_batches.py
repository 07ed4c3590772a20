"""Batches as pages, without a script: put up, columns chosen, begun, followed, mended, ended."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.config import Settings
from service.jobs import batch_work
from service.store.session import transaction
from tests.api.test_batches import BAD, GOOD, HEADER
from tests.console.conftest import UNLIMITED, signed_in
from tests.console.test_pages import ROOM, words_of

BATCHES = f"{ROOM}/batches"
OTHER_HEADER = "MRN,Insurance,Member #,First,Last,Patient DOB,LOC,Start,Notes\n"
OTHER_ROW = "EHR-{0},cigna,W00000000{0},Luz,Ensayo,1990-01-01,iop,2026-12-01,a secret\n"
IDS = "([0-9a-f]{8}-[0-9a-f-]{27})"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation whose rows are done by hand, and which takes little at once."""
    instance = tmp_path_factory.mktemp("instance")
    places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_JOBS_THREADS": "0"}
    made = Settings.from_env({**places, **UNLIMITED})
    return replace(made, max_batch_bytes=100_000, max_body_bytes=1_000)


def put_up(client: FlaskClient, text: str) -> TestResponse:
    file = (BytesIO(text.encode()), "patients.csv")
    return client.post(BATCHES, data={"file": file}, content_type="multipart/form-data")


def file_of(client: FlaskClient, text: str) -> str:
    """Put a file up and return the address of its page."""
    answer = put_up(client, text)
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location)


def begin(client: FlaskClient, text: str, **typed: str) -> str:
    """Put a file up, begin it as it is guessed, and return the address of the batch: the only one at work."""
    while work(client):
        pass
    at = file_of(client, text)
    answer = client.post(at, data={"do": "begin", **columns_of(client.get(at).text), **typed})
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location)


def columns_of(page: str) -> dict[str, str]:
    """What the page has chosen for each column."""
    selects = re.findall(r'<select id="(column-\d+)"(.*?)</select>', page, re.DOTALL)
    chosen = ((name, re.search(r'value="(\w*)" selected', within)) for name, within in selects)
    return {name: found[1] if found else "" for name, found in chosen}


def work(client: FlaskClient, most: int = 10) -> bool:
    return batch_work.work_once(client.application.extensions["office"], most)


def test_without_a_batch_the_page_says_so_and_offers_the_form(app: Flask) -> None:
    page = signed_in(app, "empty", "admissions").get(BATCHES).text
    assert "No batch has been put up yet." in page
    assert 'type="file"' in page
    assert client_template(app).startswith("external_id,payer,")


def client_template(app: Flask) -> str:
    return signed_in(app, "empty", "admissions").get(f"{BATCHES}/template.csv").text


def test_a_file_with_other_names_is_guessed_looked_over_and_begun(staff: FlaskClient) -> None:
    at = file_of(staff, OTHER_HEADER + OTHER_ROW.format(1) + OTHER_ROW.format(2).replace("1990", "1790"))
    page = staff.get(at).text
    assert list(columns_of(page).values()) == [
        *("external_id", "payer", "member_id", "first_name", "last_name", "birth_date"),
        *("level_of_care", "start_date", ""),
    ]
    text = words_of(page)
    assert "Row 1 EHR-1 ✓ can be verified" in text
    assert "Row 2 EHR-2 ✎ to mend Birth date is more than 130 years ago." in text
    assert "a secret" not in page
    assert "Ensayo" not in page
    answer = staff.post(at, data={"do": "begin", **columns_of(page)})
    assert answer.status_code == 303
    assert staff.get(at).status_code == 404  # the file is gone
    work(staff)
    page = words_of(staff.get(answer.location).text)
    assert "Done: each of the 2 rows has a result." in page
    assert "answered 1 to mend 1" in page
    assert "Row 2 EHR-2 Birth date is more than 130 years ago." in page


def test_what_was_chosen_is_checked_again_and_a_column_chosen_twice_is_named(staff: FlaskClient) -> None:
    at = file_of(staff, OTHER_HEADER + OTHER_ROW.format(3))
    chosen = columns_of(staff.get(at).text) | {"column-9": "birth_date"}
    for do, status in (("check", 200), ("begin", 422)):
        answer = staff.post(at, data={"do": do, **chosen})
        assert answer.status_code == status
        assert "Two columns are read as the same: Birth date." in words_of(answer.text)
        assert columns_of(answer.text)["column-9"] == "birth_date"
    less = words_of(staff.post(at, data={"do": "check", **chosen, "column-9": "", "column-2": ""}).text)
    assert "No column is read as: Insurance." in less
    assert "Row 1 EHR-3 ✎ to mend Insurance is missing; give a value." in less


def test_the_same_file_twice_leads_to_the_batch_there_is_or_is_begun_again(staff: FlaskClient) -> None:
    text = HEADER + GOOD.format(4)
    first = begin(staff, text)
    at = file_of(staff, text)
    columns = columns_of(staff.get(at).text)
    page = staff.post(at, data={"do": "begin", **columns}).text
    assert "The same file was put up today already" in words_of(page)
    assert first in page
    again = staff.post(at, data={"do": "begin", "again": "true", **columns})
    assert again.status_code == 303
    assert again.location != first
    assert begin(staff, text, **{"column-1": ""}) not in (first, again.location)  # another mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Choose a file first."),
        (" \n", "There is nothing in the file."),
        (HEADER, "A batch has from 1 to 100000 rows below its header."),
        ("PK\x03\x04...", "This is a workbook."),
    ],
)
def test_what_is_no_batch_is_said_at_once_and_nothing_of_it_is_kept(
    staff: FlaskClient, text: str, said: str
) -> None:
    before = staff.get(BATCHES).text.count("/put-away")
    answer = put_up(staff, text)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert staff.get(BATCHES).text.count("/put-away") == before


def test_a_file_that_is_too_large_is_told_how_large_it_may_be(staff: FlaskClient) -> None:
    for size in (100_001, 200_000):
        answer = put_up(staff, "x" * size)
        assert answer.status_code == 413
        assert "The file is larger than" in words_of(answer.text)


def test_a_file_is_its_owners_alone_lies_sealed_and_can_be_put_away(app: Flask, staff: FlaskClient) -> None:
    at = file_of(staff, HEADER + GOOD.format(5))
    other = signed_in(app, "somebody else", "supervisor")
    assert other.get(at).status_code == 404
    assert other.post(f"{at}/put-away").status_code == 404
    assert at not in other.get(BATCHES).text
    assert at in staff.get(BATCHES).text
    store = app.extensions["office"].store
    with transaction(store) as session:
        (raw,) = session.connection.exec_driver_sql(
            f"SELECT data FROM batch_items WHERE batch_id = '{at.rpartition('/')[2]}'"
        ).all()
    assert b"Ensayo" not in raw[0]
    assert staff.post(f"{at}/put-away").status_code == 303
    assert staff.get(at).status_code == 404


def test_rows_to_mend_come_back_whole_and_are_a_batch_again_once_mended(staff: FlaskClient) -> None:
    at = begin(staff, HEADER + GOOD.format(8) + BAD.format(9))
    work(staff)
    answer = staff.get(f"{at}/rows-to-mend")
    assert answer.headers["Cache-Control"] == "no-store"
    header, row = answer.text.splitlines()
    assert header.startswith("row,external_id,payer,")
    assert row.startswith("2,EHR-9,no such payer,")
    assert "Birth date is not a day of the calendar" in row
    assert staff.get(f"{at}/errors.csv").text.splitlines()[1:] == [
        "2,EHR-9,/member/birth_date,not_a_date,"
        '"Birth date is not a day of the calendar; write it as 2026-12-01 or 12/01/2026, month first."',
        "2,EHR-9,/payer,unknown_payer,"
        '"Insurance is no insurance that the rulebook knows; give its id, or what is printed on the card."',
    ]
    mended = answer.text.replace("1990-13-01", "1990-12-01").replace("no such payer", "cigna")
    again = begin(staff, mended)
    work(staff)
    assert "answered 1 to mend 0" in words_of(staff.get(again).text)


def test_a_batch_is_followed_and_its_rows_come_along_once_it_is_done(staff: FlaskClient) -> None:
    at = begin(staff, HEADER + GOOD.format(1) + BAD.format(2) + GOOD.format(3))
    page = staff.get(at).text
    assert "Waiting for its turn." in words_of(page)
    assert f'hx-get="{at}/progress"' in page
    work(staff, 1)
    part = staff.get(f"{at}/progress", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "left 2 rows a minute" in words_of(part.text)
    assert "to-mend" not in part.text
    work(staff)
    part = staff.get(f"{at}/progress", headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert "Row 2 EHR-2" in words_of(part.text)


def test_a_batch_is_cancelled_and_says_what_was_not_begun(staff: FlaskClient) -> None:
    at = begin(staff, HEADER + "".join(GOOD.format(number) for number in (2, 3, 4)))
    work(staff, 1)
    assert "Cancel this batch…" in staff.get(at).text
    assert staff.post(f"{at}/cancel").location == at
    page = words_of(staff.get(f"{at}?language=es").text)
    staff.get(f"{BATCHES}?language=en")
    assert "Cancelado: filas sin empezar: 2. Lo hecho se conserva." in page
    assert "Cancelar este lote" not in page
    assert len(staff.get(f"{at}/results.csv").text.splitlines()) == 2


def test_who_may_not_see_members_sees_no_batch(app: Flask, staff: FlaskClient) -> None:
    at = begin(staff, HEADER + GOOD.format(7) + BAD.format(8))
    auditor = signed_in(app, "an auditor", "auditor")
    for door in (BATCHES, at, f"{at}/rows-to-mend", f"{at}/errors.csv", f"{at}/results.xlsx"):
        assert auditor.get(door).status_code == 403


def test_what_is_done_with_a_file_and_with_rows_is_in_the_trail(app: Flask, staff: FlaskClient) -> None:
    at = begin(staff, HEADER + GOOD.format(9) + BAD.format(9))
    work(staff)
    staff.get(f"{at}/rows-to-mend")
    assert staff.get(f"{at}/results.xlsx").data.startswith(b"PK")
    with transaction(app.extensions["office"].store) as session:
        rows = session.connection.exec_driver_sql("SELECT action FROM audit_events ORDER BY id DESC").all()
    actions = [row[0] for row in rows[:20]]
    assert {"batch.upload", "batch.look_over", "batch.create", "batch.refused", "batch.results"} <= {*actions}
