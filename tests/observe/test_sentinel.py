"""Whatever is said of a member, by a caller or by a payer, stands in no log line and in no metric."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from flask.testing import FlaskClient

from payers.sandbox import answers
from payers.sandbox.roster import BY_KEY
from tests.verify.lines import about, visits_noted

V1 = "/v1/verifications"
MARKS = ("zquintana", "zqana", "zq1eg4te5", "1931-07-19", "19310719", "zqlabel", "zqcall")
PERSON = {
    "member_id": "ZQ1EG4TE5",
    "first_name": "Zqana",
    "last_name": "Zquintana",
    "birth_date": "1931-07-19",
}
TOLD = {
    "told_by": {
        "channel": "phone",
        "representative": "ZQLABEL",
        "reference": "ZQCALL",
        "at": "2026-11-20T15:02:00Z",
    },
    "active": True,
}


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.lower()]


def seen(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> str:
    """Everything that whoever watches the service sees, and that there is something to see."""
    logged = capsys.readouterr().err
    told = client.get("/metrics").get_data(as_text=True)
    assert '"event":"request"' in logged
    assert "openvob_requests_total{" in told
    return logged + told


@pytest.fixture(autouse=True)
def _talkative(client: FlaskClient) -> None:
    logging.getLogger().setLevel(logging.DEBUG)


def test_nothing_that_a_caller_says_is_seen(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    body: dict[str, Any] = {**about("ppo-full", member=PERSON), "external_id": "ZQLABEL", "live": False}
    made = client.post(V1, json=body, headers={"Idempotency-Key": "ZQLABEL"})
    assert made.status_code == 201, made.json
    client.post(f"{V1}/{made.json['id']}/told", json=TOLD)
    client.post(f"{V1}/search", json={"last_name": "Zquintana", "birth_date": "1931-07-19"})
    client.post("/v1/cases", json={"label": "ZQLABEL"})
    client.post(V1, json={**body, "payer": "Zquintana", "plan": "ZQLABEL", "zquintana": 1})
    client.post(V1, data='{"Zquintana', headers={"Content-Type": "application/json"})
    client.get("/v1/payers/zquintana?text=ZQLABEL")
    client.open(
        "/Zquintana/1931-07-19",
        method="ZQANA",
        headers={"User-Agent": "ZQLABEL", "X-Request-ID": "Zqana Zquintana"},
    )
    assert marks_in(seen(client, capsys)) == []


@pytest.mark.usefixtures("new_lines")
@pytest.mark.parametrize("whom", ["ppo-full", "not-found", "hanging", "fault", "garbage", "wrong-member"])
def test_nothing_that_a_payer_is_asked_or_says_is_seen(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, whom: str
) -> None:
    model = BY_KEY[whom]
    names = {name: value for name, value in PERSON.items() if name != "birth_date"}
    person = replace(model.person, **names, birth_date=date(1931, 7, 19))
    states = replace(person, birth_date=date(1961, 12, 31)) if whom == "wrong-member" else None
    known = {**answers.BY_MEMBER_ID, PERSON["member_id"]: replace(model, person=person, states=states)}
    monkeypatch.setattr(answers, "BY_MEMBER_ID", MappingProxyType(known))
    with visits_noted(monkeypatch) as came:
        assert client.post(V1, json=about(whom, member=PERSON)).status_code == 201
    assert came
    assert marks_in(seen(client, capsys)) == []


def test_nothing_of_a_fault_of_our_own_is_seen_but_its_place(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(str(PERSON))

    monkeypatch.setattr("service.record.verify", fail)
    assert client.post(V1, json=about("ppo-full", member=PERSON, live=False)).status_code == 500
    told = seen(client, capsys)
    assert "RuntimeError" in told
    assert marks_in(told) == []
