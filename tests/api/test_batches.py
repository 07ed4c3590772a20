"""Batches over HTTP: put up as a file, done in the background, told as a file; one result a row."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.jobs import batch_work
from service.jobs.batch import KIND
from service.jobs.outgoing import IDS, RESULT_COLUMNS
from service.office import Office
from service.record import right_now
from service.security.keys import add_key
from service.store import leases
from service.store.session import transaction

V1 = "/v1/batches"
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
    assert [item.number for item in slow] == [1, 2]
    work(client)
    for item in slow:  # and comes too late
        batch_work.do(here, item, batch_work.answer)
    found = rows_of(client, made)
    assert [(one["row"], one["status"]) for one in found] == [("1", "complete"), ("2", "complete")]
    for one in found:
        listed = client.get("/v1/verifications", query_string={"case_id": one["case_id"]}).json["items"]
        assert [item["id"] for item in listed] == [one["verification_id"]]


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
    for method, at in (("GET", ""), ("GET", "/results"), ("POST", "/cancel")):
        assert other.open(f"{V1}/{made['id']}{at}", method=method).status_code == 404
    assert put_up(other, HEADER + GOOD.format(2))["id"] != made["id"]
