"""Batches over HTTP: put up as a file, done in the background, told as a file; one result a row."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from schemas.problem import BadRequest
from service import record
from service.jobs import batch_work
from service.jobs.batch import KIND
from service.jobs.outgoing import IDS, RESULT_COLUMNS
from service.jobs.worker import Lost
from service.office import Office
from service.record import Caller, right_now
from service.security.keys import add_key
from service.store import batches, leases
from service.store.session import transaction

V1 = "/v1/batches"
LISTED = "/v1/verifications?limit=100"
CSV, LINES = "text/csv", "application/x-ndjson"
HEADER = "external_id,payer,member_id,first_name,last_name,birth_date,level_of_care,start_date\n"
GOOD = "EHR-{0},cigna,W00000000{0},Luz,Ensayo,1990-01-01,iop,2026-12-01\n"
BAD = "EHR-{0},no such payer,W00000000{0},Luz,Ensayo,1990-13-01,iop,2026-12-01\n"


def office_of(client: FlaskClient) -> Office:
    found: Office = client.application.extensions["office"]
    return found


def put_up(client: FlaskClient, text: str, media: str = CSV, at: str = V1, **headers: str) -> dict[str, Any]:
    answer = client.post(at, data=text.encode(), content_type=media, headers=headers)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"{V1}/{made['id']}"
    return made


def work(client: FlaskClient) -> None:
    while batch_work.work_once(office_of(client)):
        pass


def numbers(client: FlaskClient) -> dict[str, float]:
    """How many rows are counted, by how they were settled."""
    lines = [line for line in client.get("/metrics").text.splitlines() if "batch_rows_total{" in line]
    counted = {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines}
    return {"done": 0.0, "refused": 0.0} | counted


def rows_of(client: FlaskClient, made: Mapping[str, Any]) -> list[dict[str, str]]:
    answer = client.get(f"{V1}/{made['id']}/results?format=csv")
    assert (answer.status_code, answer.mimetype) == (200, CSV)
    return list(csv.DictReader(StringIO(answer.text)))


def test_a_batch_is_answered_in_the_background_and_every_row_has_a_result(client: FlaskClient) -> None:
    made = put_up(client, HEADER + GOOD.format(1) + BAD.format(2) + "a,b,c,d,e,f,g,h,i\n")
    assert (made["state"], made["progress"]["rows"], made["seconds_left"]) == ("working", 3, None)
    before = numbers(client)
    work(client)
    assert numbers(client) == {"done": before["done"] + 1, "refused": before["refused"] + 1}
    shown = client.get(f"{V1}/{made['id']}").json
    assert shown["state"] == "done"
    assert (shown["progress"]["done"], shown["progress"]["refused"], shown["seconds_left"]) == (1, 2, 0)
    found = rows_of(client, made)
    assert tuple(found[0]) == (*RESULT_COLUMNS, *IDS)
    assert [(one["row"], one["external_id"], one["status"], one["errors"]) for one in found] == [
        ("1", "EHR-1", "complete", ""),
        ("2", "EHR-2", "refused", "/member/birth_date not_a_date; /payer unknown_payer"),
        ("3", "", "refused", "/ row_not_readable"),
    ]
    assert client.get(f"/v1/verifications/{found[0]['verification_id']}").json["payer"]["id"] == "cigna"


def test_json_lines_come_back_as_whole_answers_in_the_language_asked_for(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = put_up(client, json.dumps(request_body | {"external_id": "A"}), LINES)
    work(client)
    answer = client.get(f"{V1}/{made['id']}/results", headers={"Accept-Language": "es"})
    (line,) = answer.text.splitlines()
    told = json.loads(line)
    assert (told["row"], told["status"], told["external_id"]) == (1, "complete", "A")
    assert told["call_script"][0]["question"].startswith("¿")
    assert "Prueba" not in line
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_same_content_twice_is_one_batch_unless_told_otherwise(client: FlaskClient) -> None:
    text = HEADER + GOOD.format(4)
    made = put_up(client, text)
    work(client)
    same = put_up(client, text)
    assert (same["id"], same["state"]) == (made["id"], "done")
    assert put_up(client, text, at=f"{V1}?again=true")["id"] != made["id"]


def test_one_key_puts_up_one_batch(client: FlaskClient) -> None:
    text, key = HEADER + GOOD.format(5), {"Idempotency-Key": "a-batch"}
    made = put_up(client, text, at=f"{V1}?again=true", **key)
    assert put_up(client, text, at=f"{V1}?again=true", **key)["id"] == made["id"]
    other = client.post(V1, data=HEADER + GOOD.format(6), content_type=CSV, headers=key)
    assert other.status_code == 422


def test_a_cancelled_batch_keeps_what_is_done_and_begins_nothing_more(client: FlaskClient) -> None:
    work(client)
    made = put_up(client, HEADER + "".join(GOOD.format(number) for number in (7, 8, 9)))
    batch_work.work_once(office_of(client), most=1)
    shown = client.post(f"{V1}/{made['id']}/cancel").json
    assert shown["state"] == "cancelled"
    assert (shown["progress"]["done"], shown["progress"]["cancelled"]) == (1, 2)
    assert batch_work.work_once(office_of(client)) is False
    assert [one["row"] for one in rows_of(client, made)] == ["1"]


def test_a_row_has_one_result_whoever_dies_over_it(client: FlaskClient) -> None:
    work(client)
    made = put_up(client, HEADER + GOOD.format(1) + GOOD.format(3))
    here, now = office_of(client), right_now()
    with transaction(here.store) as session:  # somebody takes both, and is slower than the lease
        slow = leases.lease(session, KIND, 2, now - leases.LEASE - timedelta(seconds=1))
        batch = batches.get(session, made["id"])
    assert [item.number for item in slow] == [1, 2]
    work(client)
    for item in slow:  # and comes too late
        with pytest.raises(Lost):
            batch_work.answer(batch, here, item)
    found = rows_of(client, made)
    assert [(one["row"], one["status"]) for one in found] == [("1", "complete"), ("2", "complete")]
    for one in found:
        listed = client.get("/v1/verifications", query_string={"case_id": one["case_id"]}).json["items"]
        assert [item["id"] for item in listed] == [one["verification_id"]]


def test_what_becomes_of_one_row_holds_up_none_of_those_that_are_taken_with_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(client)
    made = put_up(client, HEADER + "".join(GOOD.format(number) for number in range(1, 6)))
    here, draft, number = office_of(client), record.draft_new, iter(range(1, 100))
    kept = len(client.get(LISTED).json["items"])

    def draft_and_interfere(office: Office, caller: Caller, body: Any) -> record.Draft:
        match next(number):
            case 2:  # somebody else comes first with this row
                with transaction(here.store) as session:
                    [other] = [one for one in batches.items_of(session, made["id"]) if one.number == 2]
                    batches.redirect(session, other, None, right_now())
            case 4:
                raise BadRequest([record.UNKNOWN_CASE])
        return draft(office, caller, body)

    monkeypatch.setattr(record, "draft_new", draft_and_interfere)
    assert batch_work.work_once(here)
    assert [one["row"] for one in rows_of(client, made)] == ["1", "3", "4", "5"]
    work(client)
    found = rows_of(client, made)
    assert [(one["row"], one["status"]) for one in found] == [(str(row), "complete") for row in range(1, 6)]
    assert len({one["verification_id"] for one in found}) == 5
    assert len(client.get(LISTED).json["items"]) == kept + 5


@pytest.mark.parametrize("text", ["", "payer,Luz Ensayo\n", HEADER])
def test_a_batch_without_rows_is_refused_and_nothing_of_it_is_repeated(
    client: FlaskClient, text: str
) -> None:
    answer = client.post(V1, data=text, content_type=CSV)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json["errors"]] == ["batch_not_readable"]
    assert "Ensayo" not in answer.text


def test_what_is_neither_csv_nor_json_lines_is_not_taken(client: FlaskClient) -> None:
    assert client.post(V1, json={}).status_code == 415


def test_every_row_counts_as_a_question_about_its_member(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    throttle = client.application.extensions["throttle"]
    monkeypatch.setattr(throttle, "count_member", lambda _, body: counted.append(body["member"]["member_id"]))
    put_up(client, HEADER + GOOD.format(6) + GOOD.format(7))
    assert counted == ["W000000006", "W000000007"]


def test_a_client_sees_its_own_batches_alone(app: Flask, client: FlaskClient) -> None:
    made = put_up(client, HEADER + GOOD.format(2))
    other = app.test_client()
    token = add_key(app.extensions["office"].store, "another", ("batches:*",), datetime.now(UTC))
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    doors = (("GET", ""), ("GET", "/results"), ("GET", "/errors"), ("GET", "/refused"), ("POST", "/cancel"))
    for method, at in doors:
        assert other.open(f"{V1}/{made['id']}{at}", method=method).status_code == 404
    assert other.get(V1).json["items"] == []
    assert put_up(other, HEADER + GOOD.format(2))["id"] != made["id"]


def test_batches_are_listed_the_last_first_each_with_how_far_it_is(client: FlaskClient) -> None:
    first, second = (put_up(client, HEADER + GOOD.format(1), at=f"{V1}?again=true") for _ in range(2))
    page = client.get(f"{V1}?limit=1").json
    assert page["items"] == [client.get(f"{V1}/{second['id']}").json]
    page = client.get(f"{V1}?limit=1&cursor={page['next']}").json
    assert [one["id"] for one in page["items"]] == [first["id"]]
    assert page["items"][0]["progress"]["waiting"] == 1
    work(client)


def test_a_header_of_other_names_is_mapped_and_the_mapping_is_a_part_of_what_is_put_up(
    client: FlaskClient,
) -> None:
    text = (HEADER + GOOD.format(2)).replace("birth_date", "Patient DOB").replace("external_id", "Notes")
    refused = client.post(V1, data=text, content_type=CSV)
    assert "columns that a batch has not (1, 6)" in refused.json["errors"][0]["message"]
    at, key = f"{V1}?map=Patient%20DOB:birth_date&map=Notes:", {"Idempotency-Key": "a-mapping"}
    made = put_up(client, text, at=at, **key)
    assert put_up(client, text, at=f"{V1}?map=Notes:&map=patient%20dob:birth_date")["id"] == made["id"]
    other = f"{V1}?map=Patient%20DOB:birth_date&map=Notes:external_id"
    assert client.post(other, data=text, content_type=CSV, headers=key).status_code == 422
    assert put_up(client, text, at=other)["id"] != made["id"]
    work(client)
    assert [(one["status"], one["external_id"]) for one in rows_of(client, made)] == [("complete", "")]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("DOB:Luz%20Ensayo", "no column of a batch (1)"),
        ("no-colon", "no column of a batch (1)"),
        ("payer:&map=member_id:payer&map=site:payer", "twice: payer"),
        ("DOB:birth_date", "a header that the file has not (1)"),
    ],
)
def test_a_mapping_that_cannot_be_says_what_is_wrong_and_repeats_nothing(
    client: FlaskClient, said: str, message: str
) -> None:
    answer = client.post(f"{V1}?map={said}", data=HEADER + GOOD.format(3), content_type=CSV)
    assert answer.status_code == 422
    assert message in answer.json["errors"][0]["message"]
    assert "Ensayo" not in answer.text


def test_the_template_is_a_header(client: FlaskClient) -> None:
    answer = client.get(f"{V1}/template")
    assert (answer.mimetype, answer.text.startswith("external_id,payer,")) == (CSV, True)
    refused = client.post(V1, data=answer.data, content_type=CSV)
    assert "from 1 to" in refused.json["errors"][0]["message"]


def test_results_are_a_workbook_too_with_what_to_mend_in_a_second_sheet(client: FlaskClient) -> None:
    made = put_up(client, HEADER + GOOD.format(4) + BAD.format(5))
    work(client)
    answer = client.get(f"{V1}/{made['id']}/results?format=xlsx", headers={"Accept-Language": "es"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="results.xlsx"'
    book = ZipFile(BytesIO(answer.data))
    answers, to_mend = (book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
    assert client.get(f"{V1}/{made['id']}/results?format=csv").text.split(",")[-1].strip() in answers
    assert "EHR-4" in answers
    assert "Fecha de nacimiento no es un día del calendario" in to_mend
    assert "Ensayo" not in answers + to_mend


def test_rows_to_mend_come_back_as_they_were_put_up_and_errors_without_them(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = put_up(client, HEADER + GOOD.format(6) + BAD.format(7) + "x,=1,c,d,e,f,g,h,i\n")
    work(client)
    answer = client.get(f"{V1}/{made['id']}/refused")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (CSV, "no-store")
    found = list(csv.DictReader(StringIO(answer.text)))
    assert [(one["row"], one["last_name"], one["birth_date"]) for one in found] == [
        ("2", "Ensayo", "1990-13-01"),
        ("3", "e", "f"),
    ]
    assert found[1]["payer"] == "'=1"
    assert "quotes that do not end" in found[1]["errors"]
    told = client.get(f"{V1}/{made['id']}/errors")
    assert [line.split(",")[:4] for line in told.text.splitlines()[1:]] == [
        ["2", "EHR-7", "/member/birth_date", "not_a_date"],
        ["2", "EHR-7", "/payer", "unknown_payer"],
        ["3", "", "/", "row_not_readable"],
    ]
    assert "Ensayo" not in told.text


def test_json_lines_to_mend_come_back_as_json_lines_that_can_be_sent_again(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    bad = request_body | {"payer": "nobody at all", "external_id": "A"}
    made = put_up(client, json.dumps(bad) + "\n{no JSON\n", LINES)
    work(client)
    answer = client.get(f"{V1}/{made['id']}/refused", headers={"Accept-Language": "es"})
    first, second = (json.loads(line) for line in answer.text.splitlines())
    assert (answer.mimetype, first["row"], first["member"]) == (LINES, 1, bad["member"])
    assert first["errors"][0]["message"].startswith("Seguro no es un seguro que conozca")
    assert second["line"] == "{no JSON"
    mended = put_up(client, json.dumps(first | {"payer": "medicare"}), LINES)
    work(client)
    assert [one["status"] for one in rows_of(client, mended)] == ["complete"]
