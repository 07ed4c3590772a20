"""An answer at once, and the payer's own at the same address when it comes, or when it is overdue."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payers.sandbox import server
from payers.sandbox.server import Sandbox
from payers.switchboard import Switchboard
from service import pending
from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from service.store import verifications as kept
from service.store.session import transaction
from service.store.verifications import Verification
from tests.verify.desk import NOW, told
from tests.verify.lines import CREDENTIALS, about, brought, codes, line_to, nobody_called, visits_noted

V1 = "/v1/verifications"
AT_ONCE = {"Prefer": "respond-async"}
LONG_ENOUGH = 5.0


class Later(Executor):
    """Does what was submitted when it is told to, and not before."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, fn, args))
        return future

    def do(self) -> None:
        """Do all that is waiting."""
        while self.waiting:
            future, fn, args = self.waiting.pop(0)
            future.set_result(fn(*args))


@pytest.fixture(autouse=True, scope="module")
def _on_a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(slow_seconds=0.1) as payer:
        yield payer.url


@pytest.fixture
def office(app: Flask, url: str) -> Iterator[Office]:
    """The office of the service, with a line to the sandbox; the rest is done when it is told to."""
    before: Office = app.extensions["office"]
    board = Switchboard((line_to(url),), lambda _: CREDENTIALS)
    ours = replace(before, desk=replace(before.desk, switchboard=board), background=Later())
    app.extensions["office"] = ours
    yield ours
    app.extensions["office"] = before


@pytest.fixture
def later(office: Office) -> Later:
    assert isinstance(office.background, Later)
    return office.background


def ask(client: FlaskClient, body: dict[str, Any] | None = None, **headers: str) -> TestResponse:
    answer = client.post(V1, json=body or about("ppo-full"), headers={**AT_ONCE, **headers})
    assert answer.status_code == 201, answer.json
    return answer


def get(client: FlaskClient, id_: str, etag: str | None = None) -> TestResponse:
    return client.get(f"{V1}/{id_}", headers={"If-None-Match": etag} if etag else {})


def after(made: dict[str, Any], **time: float) -> time_machine.travel:
    """So long after something was made."""
    return time_machine.travel(datetime.fromisoformat(made["created_at"]) + timedelta(**time))


def row_of(office: Office, id_: str) -> Verification:
    with transaction(office.store) as session:
        found = kept.get(session, id_)
    assert found is not None
    return found


# --- at once


def test_whoever_does_not_wait_is_answered_before_the_payer_is(
    client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nobody_called(monkeypatch):
        answer = ask(client)
    assert answer.json["status"] == "pending_live"
    assert answer.headers["Location"] == f"{V1}/{answer.json['id']}"
    assert answer.headers["Preference-Applied"] == "respond-async"
    [warning] = [one for one in answer.json["warnings"] if one["code"] == "pending_live"]
    assert warning["params"] == {"payer": "Cigna Healthcare"}
    assert warning["message"]
    assert answer.json["eligibility"]["basis"] == "none"


def test_what_is_published_and_told_is_answered_already(client: FlaskClient, later: Later) -> None:
    facts = told(levels={"intensive_outpatient": {"covered": True, "copay": {"amount": "30.00"}}})
    answer = ask(client, about("ppo-full", told_benefits=facts)).json
    assert answer["status"] == "pending_live"
    assert answer["phases"][0]["coverage"]["status"] == "covered"
    assert answer["phases"][0]["prior_authorization"]["status"] == "not_required"


@pytest.mark.parametrize("prefer", ["respond-async, wait=10", "wait=10, Respond-Async", "respond-async; x=1"])
def test_the_preference_is_seen_among_others(client: FlaskClient, later: Later, prefer: str) -> None:
    assert ask(client, Prefer=prefer).json["status"] == "pending_live"


@pytest.mark.parametrize("prefer", ["", "wait=10", "return=minimal", "respond-asynchronously"])
def test_whoever_prefers_something_else_waits(client: FlaskClient, later: Later, prefer: str) -> None:
    answer = ask(client, Prefer=prefer)
    assert (answer.json["status"], answer.json["eligibility"]["basis"]) == ("complete", "reported")
    assert "Preference-Applied" not in answer.headers
    assert later.waiting == []


@pytest.mark.parametrize(
    "terms", [{"live": False}, {"as_of": NOW.date().isoformat()}, {"payer_reply": brought("ppo-full")}]
)
def test_where_nobody_is_asked_there_is_nothing_to_wait_for(
    client: FlaskClient, later: Later, terms: dict[str, Any]
) -> None:
    assert ask(client, about("ppo-full", **terms)).json["status"] == "complete"
    assert later.waiting == []


# --- and then


def test_the_payers_answer_takes_its_place_at_the_same_address(client: FlaskClient, later: Later) -> None:
    made = ask(client).json
    first = get(client, made["id"])
    assert first.json == made
    assert get(client, made["id"], first.headers["ETag"]).status_code == 304
    later.do()
    second = get(client, made["id"], first.headers["ETag"])
    assert second.status_code == 200
    assert second.headers["ETag"] != first.headers["ETag"]
    assert (second.json["status"], second.json["eligibility"]["basis"]) == ("complete", "reported")
    assert "pending_live" not in codes(second.json, "warnings")
    assert get(client, made["id"], second.headers["ETag"]).status_code == 304
    for part in ("id", "case_id", "created_at", "request", "replaces", "changes"):
        assert second.json[part] == made[part], part


def test_it_is_what_whoever_waits_is_answered(client: FlaskClient, later: Later) -> None:
    made = ask(client).json
    later.do()
    late = get(client, made["id"]).json
    waited = client.post(V1, json=about("ppo-full")).json
    own = ("id", "case_id", "created_at", "produced_by")
    assert {name: value for name, value in late.items() if name not in own} == {
        name: value for name, value in waited.items() if name not in own
    }


def test_it_comes_by_itself(client: FlaskClient, app: Flask, office: Office) -> None:
    with ThreadPoolExecutor(1) as pool:
        app.extensions["office"] = replace(office, background=pool)
        made = ask(client).json
    # Leaving the pool waits for what it does.
    assert get(client, made["id"]).json["status"] == "complete"


def test_a_payer_that_is_slow_holds_nobody_up(
    client: FlaskClient, app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, arrived = Event(), Event()
    answer = server.answer_inquiry

    def wait_at_the_gate(*asked: Any) -> Any:
        arrived.set()
        assert gate.wait(LONG_ENOUGH)
        return answer(*asked)

    monkeypatch.setattr(server, "answer_inquiry", wait_at_the_gate)
    with ThreadPoolExecutor(1) as pool:
        app.extensions["office"] = replace(office, background=pool)
        made = ask(client).json
        assert arrived.wait(LONG_ENOUGH)
        assert get(client, made["id"]).json["status"] == "pending_live"
        gate.set()
    assert get(client, made["id"]).json["status"] == "complete"


def test_a_payer_that_cannot_answer_degrades_what_was_pending(client: FlaskClient, later: Later) -> None:
    made = ask(client, about("fault")).json
    later.do()
    answer = get(client, made["id"]).json
    assert (answer["status"], codes(answer, "warnings")[0]) == ("degraded", "payer_failing")
    assert answer["phases"] == made["phases"]


def test_a_pending_answer_is_listed_once_and_as_such(client: FlaskClient, later: Later) -> None:
    made = ask(client).json
    assert made["id"] in ids(client, "pending_live")
    later.do()
    assert made["id"] not in ids(client, "pending_live")
    assert ids(client, "complete").count(made["id"]) == 1


def ids(client: FlaskClient, status: str) -> list[str]:
    return [item["id"] for item in client.get(f"{V1}?status={status}&limit=200").json["items"]]


# --- overdue


def test_an_answer_that_does_not_come_within_a_minute_is_given_up(
    client: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(client).json
    first = get(client, made["id"])
    with after(made, seconds=50):
        assert get(client, made["id"]).json == made
    with after(made, seconds=90), nobody_called(monkeypatch):
        second = get(client, made["id"])
        again = get(client, made["id"])
    assert second.json["status"] == "degraded"
    assert second.headers["ETag"] != first.headers["ETag"]
    assert codes(second.json, "warnings") == [
        "payer_interrupted" if code == "pending_live" else code for code in codes(made, "warnings")
    ]
    assert "ask_again_later" in codes(second.json, "next_steps")
    assert second.json["phases"] == made["phases"]
    assert again.json == second.json


def test_what_was_given_up_is_forgotten_when_it_is_verified_again_without_a_connection(
    client: FlaskClient, app: Flask, office: Office
) -> None:
    made = ask(client).json
    app.extensions["office"] = replace(office, desk=replace(office.desk, switchboard=Switchboard()))
    with after(made, seconds=90):
        assert get(client, made["id"]).json["status"] == "degraded"
        again = client.post(f"{V1}/{made['id']}/reverify").json
    # Nobody was asked this time, so nobody failed to answer.
    assert again["status"] == "complete"
    assert "payer_interrupted" not in codes(again, "warnings")


def test_an_answer_that_comes_too_late_changes_nothing(
    client: FlaskClient, office: Office, later: Later
) -> None:
    made = ask(client).json
    with after(made, seconds=90):
        given_up = get(client, made["id"]).json
        later.do()
        assert get(client, made["id"]).json == given_up


def test_an_answer_that_came_is_never_given_up(client: FlaskClient, later: Later) -> None:
    made = ask(client).json
    later.do()
    answered = get(client, made["id"]).json
    with after(made, days=1):
        assert get(client, made["id"]).json == answered


def test_whoever_completes_second_gets_what_the_first_wrote(
    client: FlaskClient, office: Office, later: Later
) -> None:
    made = ask(client).json
    awaited = row_of(office, made["id"])
    first = pending.complete(office, awaited)
    second = pending.complete(office, awaited)
    assert second == first
    assert row_of(office, made["id"]) == first
    with after(made, seconds=90):
        assert pending.settle_overdue(office, awaited) == first


# --- what is done with a pending one


def test_staff_tell_more_of_a_pending_one_and_the_payer_is_heard_for_the_new_one(
    client: FlaskClient, later: Later
) -> None:
    made = ask(client).json
    facts = {"told_benefits": told(coverage_start="2026-03-01")}
    told_more = client.post(f"{V1}/{made['id']}/told", json=facts)
    assert told_more.status_code == 201, told_more.json
    assert told_more.json["replaces"] == made["id"]
    assert (told_more.json["status"], told_more.json["eligibility"]["basis"]) == ("complete", "reported")
    assert "coverage_start" in [one["about"] for one in told_more.json["disagreements"]]
    assert "pending_live" not in codes(told_more.json, "warnings")
    later.do()
    assert get(client, made["id"]).json["status"] == "complete"
    assert get(client, told_more.json["id"]).json == told_more.json


def test_a_pending_one_can_be_verified_again(client: FlaskClient, later: Later) -> None:
    made = ask(client).json
    again = client.post(f"{V1}/{made['id']}/reverify")
    assert (again.status_code, again.json["status"], again.json["replaces"]) == (201, "complete", made["id"])
    assert {"pointer": "/eligibility/basis", "before": "none", "after": "reported"} in again.json["changes"]


def test_a_replay_is_equal_while_it_is_pending_and_afterwards(
    client: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(client).json
    address = f"{V1}/{made['id']}"
    with nobody_called(monkeypatch):
        assert client.get(f"{address}/replay").json == made
    later.do()
    with nobody_called(monkeypatch):
        assert client.get(f"{address}/replay").json == client.get(address).json


def test_a_repeated_request_is_answered_as_the_first_was_and_asks_once(
    client: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"Idempotency-Key": "pending-once"}
    first = ask(client, **key)
    second = ask(client, **key)
    assert second.json == first.json
    assert second.headers["Location"] == first.headers["Location"]
    assert len(later.waiting) == 1
    later.do()
    with visits_noted(monkeypatch) as came:
        assert ask(client, **key).json == first.json
    assert (came, later.waiting) == ([], [])
    assert get(client, first.json["id"]).json["status"] == "complete"


# --- and a service that was started anew in between


def restarted(settings: Settings) -> tuple[FlaskClient, Office]:
    key = prepare(settings).api_key
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client, app.extensions["office"]


def test_what_is_given_up_after_the_rulebook_was_corrected_can_still_be_replayed(
    settings: Settings, tmp_path: Path, our_instance: Path, our_database_url: str, url: str
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(settings.rules_path, rules)
    ours = replace(
        settings,
        instance_path=our_instance,
        database_url=our_database_url,
        data_key_file=our_instance / "data.key",
        rules_path=rules,
    )
    client, office = restarted(ours)
    board = Switchboard((line_to(url),), lambda _: CREDENTIALS)
    desk = replace(office.desk, switchboard=board)
    client.application.extensions["office"] = replace(office, desk=desk, background=Later())
    made = ask(client, about("medicare-parts")).json
    office.sealer.stop()
    office.store.close()
    file = rules / "medicare.yaml"
    file.write_text(file.read_text("utf-8").replace('"283.00"', '"284.00"'), "utf-8")
    client, office = restarted(ours)
    try:
        with after(made, seconds=90):
            given_up = get(client, made["id"]).json
            assert given_up["status"] == "degraded"
            assert client.get(f"{V1}/{made['id']}/replay").json == given_up
    finally:
        office.sealer.stop()
        office.store.close()


def test_nothing_is_asked_for_whoever_is_refused(client: FlaskClient, later: Later) -> None:
    refused = client.post(V1, json=about("ppo-full", site="nowhere"), headers=AT_ONCE)
    assert refused.status_code == 422
    assert later.waiting == []
