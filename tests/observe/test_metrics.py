"""Metrics: they count what happened, add up over processes, and are shown to whoever may see them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from payers.exchange import REST_SECONDS
from payers.rulebook import load_rulebook_from_files
from service.observe.metrics import (
    CONTENT_TYPE,
    DETERMINATIONS,
    count_determination,
    note_rulebook,
    write_metrics,
)
from service.office import Office
from service.security.keys import add_key
from tests.observe.watching import Numbers
from tests.verify.desk import NOW
from tests.verify.lines import about

V1 = "/v1/verifications"
ROOT = Path(__file__).resolve().parents[2]
CIGNA = 'connection="sandbox-mime"'
BREAKER = f"openvob_payer_breaker{{{CIGNA}}}"


def changes(before: dict[str, float], after: dict[str, float], beginning: str) -> dict[str, float]:
    """What became more, of the numbers that begin so."""
    return {
        name: value - before.get(name, 0.0)
        for name, value in after.items()
        if name.startswith(beginning) and value != before.get(name, 0.0)
    }


def post(client: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(V1, json=body)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


# --- requests


def test_requests_are_counted_and_timed_by_the_rule_of_their_address(
    client: FlaskClient, numbers: Numbers
) -> None:
    before = numbers()
    client.get("/v1/payers/medicare")
    client.get("/v1/payers/cigna")
    client.get("/v1/payers/zquintana")
    client.open("/zquintana", method="ZQUINTANA")
    after = numbers()
    rule = 'route="/v1/payers/<payer_id>"'
    assert changes(before, after, "openvob_requests_total") == {
        f'openvob_requests_total{{method="GET",{rule},status="200"}}': 2,
        f'openvob_requests_total{{method="GET",{rule},status="404"}}': 1,
        'openvob_requests_total{method="other",route="none",status="404"}': 1,
        # What is read first was not counted yet when it was written.
        'openvob_requests_total{method="GET",route="/metrics",status="200"}': 1,
    }
    assert changes(before, after, f"openvob_request_seconds_count{{{rule}") == {
        f"openvob_request_seconds_count{{{rule}}}": 3
    }


# --- answers and payers


def test_a_determination_is_counted_by_what_it_says(client: FlaskClient, numbers: Numbers) -> None:
    before = numbers()
    made = post(client, about("ppo-full"))
    certainty, coverage = made["estimate"]["certainty"], made["phases"][0]["coverage"]["status"]
    assert changes(before, numbers(), "openvob_determinations_total") == {
        f'openvob_determinations_total{{certainty="{certainty}",coverage="{coverage}",'
        f'payer="{made["request"]["payer"]}",status="complete"}}': 1
    }


def test_phases_that_are_covered_differently_count_as_one_that_is_mixed() -> None:
    def count(coverage: str) -> float:
        return DETERMINATIONS.labels("cigna", coverage, "range", "complete")._value.get()

    before = {name: count(name) for name in ("covered", "mixed")}
    count_determination("cigna", ["covered", "covered"], "range", "complete")
    count_determination("cigna", ["covered", "undetermined"], "range", "complete")
    assert {name: count(name) - before[name] for name in before} == {"covered": 1, "mixed": 1}


def test_a_refused_request_determines_nothing(client: FlaskClient, numbers: Numbers) -> None:
    before = numbers()
    assert client.post(V1, json={"payer": "zquintana"}).status_code == 422
    assert changes(before, numbers(), "openvob_determinations_total") == {}


@pytest.mark.usefixtures("new_lines")
@pytest.mark.parametrize(
    ("whom", "result"),
    [
        ("ppo-full", "answered"),
        ("hanging", "timed_out"),
        ("fault", "failing"),
        ("garbage", "reply_unreadable"),
        ("wrong-member", "reply_wrong_member"),
    ],
)
def test_what_came_of_asking_a_payer_is_counted(
    client: FlaskClient, numbers: Numbers, whom: str, result: str
) -> None:
    before = numbers()
    post(client, about(whom))
    after = numbers()
    [(name, more)] = changes(before, after, "openvob_payer_calls_total").items()
    assert f'result="{result}"' in name
    assert 'connection="sandbox-' in name
    assert more == 1
    alarms = changes(before, after, "openvob_wrong_member_total")
    assert len(alarms) == (whom == "wrong-member")


@pytest.mark.usefixtures("new_lines")
def test_nobody_asked_counts_no_call(client: FlaskClient, numbers: Numbers) -> None:
    before = numbers()
    made = post(client, about("ppo-full", live=False))
    client.get(f"{V1}/{made['id']}/replay")
    assert changes(before, numbers(), "openvob_payer_calls_total") == {}


class AtOnce(Executor):
    """Works while the caller waits."""

    def submit(self, work: Any, /, *args: Any, **more: Any) -> Any:
        """Do it."""
        return work(*args, **more)


@pytest.mark.usefixtures("new_lines")
def test_an_answer_that_was_not_waited_for_counts_when_it_is_given_and_when_it_is_whole(
    app: Flask, client: FlaskClient, numbers: Numbers
) -> None:
    app.extensions["office"] = replace(app.extensions["office"], background=AtOnce())
    before = numbers()
    answer = client.post(V1, json=about("ppo-full"), headers={"Prefer": "respond-async"})
    assert answer.json["status"] == "pending_live"
    counted = changes(before, numbers(), "openvob_determinations_total")
    assert sorted(name.rpartition("status=")[2] for name in counted) == ['"complete"}', '"pending_live"}']


@pytest.mark.usefixtures("new_lines")
def test_a_payer_that_is_left_alone_is_shown_and_does_not_make_the_service_unready(
    client: FlaskClient, numbers: Numbers
) -> None:
    assert numbers()[BREAKER] == 0
    assert client.get("/readyz").json["payers"] == []
    body = about("fault", payer="cigna")
    for _ in range(5):
        post(client, body)
    assert numbers()[BREAKER] == 2
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ready")
    assert ready.json["payers"] == ["sandbox-mime"]
    before = numbers()
    post(client, body)
    [resting] = changes(before, numbers(), "openvob_payer_calls_total")
    assert 'result="resting"' in resting
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=REST_SECONDS)):
        assert numbers()[BREAKER] == 1
        assert client.get("/readyz").json["payers"] == []


# --- the rulebook, the build


def test_the_age_of_the_rulebook_is_the_age_of_what_was_looked_up_last(app: Flask, numbers: Numbers) -> None:
    office: Office = app.extensions["office"]
    sources = [
        source["retrieved"]
        for payer in office.desk.rulebook.data.payers.values()
        for source in payer["sources"].values()
    ]
    newest = date.fromisoformat(max(sources))
    assert office.desk.rulebook.looked_up == newest
    assert numbers()["openvob_rulebook_age_days"] == (NOW.date() - newest).days
    note_rulebook(date(2026, 1, 1), date(2026, 3, 2))
    assert b"openvob_rulebook_age_days 60.0" in write_metrics()


def test_a_rulebook_without_a_source_has_no_age() -> None:
    assert load_rulebook_from_files({}).looked_up is None


def test_the_version_that_runs_is_told(numbers: Numbers) -> None:
    [(name, value)] = [(name, value) for name, value in numbers().items() if "build_info" in name]
    assert name.startswith('openvob_build_info{version="1.')
    assert value == 1


# --- who may see them


def test_metrics_are_text_that_is_not_kept_on_the_way(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.content_type) == (200, CONTENT_TYPE)
    assert answer.headers["Cache-Control"] == "no-store"


def test_metrics_need_a_key_of_their_own_unless_a_setting_opens_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    office: Office = app.extensions["office"]
    stranger = app.test_client()
    token = add_key(office.store, "watcher", ("metrics:read",), datetime.now(UTC))
    other = add_key(office.store, "desk", ("payers:read",), datetime.now(UTC))
    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics", headers={"Authorization": f"Bearer {other}"}).status_code == 403
    assert stranger.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    monkeypatch.setitem(app.config, "METRICS_OPEN", True)
    assert stranger.get("/metrics").status_code == 200
    assert stranger.get("/v1/cases").status_code == 401


# --- several processes

COUNTING = """
from service.observe.metrics import count_call, note_breakers
count_call("core", "x12", None)
count_call("core", "x12", "payer_busy")
note_breakers({"core": STATE})
"""
STOOD = 'openvob_payer_breaker{connection="core"}'
SUMMING = "import sys; from service.observe.metrics import *; sys.stdout.buffer.write(write_metrics())"


def test_what_two_processes_counted_adds_up_in_a_third_and_how_one_stood_is_forgotten_with_it(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def start(code: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=ROOT, text=True, **pipes)

    def told() -> set[str]:
        with start(SUMMING) as process:
            lines, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        return set(lines.splitlines())

    with ExitStack() as stack:
        counting = {}
        for state in ("closed", "open"):
            code = COUNTING.replace("STATE", repr(state)) + "print(flush=True); input()"
            counting[state] = stack.enter_context(start(code))
            assert counting[state].stdout.readline() == "\n"
        call = 'openvob_payer_calls_total{channel="x12",connection="core",result="%s"} 2.0'
        calls = {call % "answered", call % "busy"}
        assert calls | {f"{STOOD} 2.0"} <= told()
        counting["open"].communicate("\n", timeout=30)
        assert calls | {f"{STOOD} 0.0"} <= told()
        counting["closed"].communicate("\n", timeout=30)
        assert calls <= (last := told())
        assert not any(line.startswith(STOOD) for line in last)
