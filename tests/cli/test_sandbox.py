"""`vob sandbox`: it serves, says where, ends when it is interrupted, and what it offers can be tried."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from payers.sandbox.member import Member
from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import ROSTER
from schemas.inquiry import load_inquiry
from schemas.model import Inquiry
from service.cli.sandbox import _environment, curl_line, lines_to_try, request_about
from service.clinic import load_clinic_from_bytes
from service.config import CONNECTION_VARIABLES, HOUSE, Settings
from service.connections import credentials_of
from service.production import refuse_unfit
from service.verify import known
from tests.cli.conftest import Run
from tests.verify.desk import NOW, desk

ADDRESS, KEY = "http://127.0.0.1:8080", "vob_invented"
TODAY = NOW.date()
PATIENCE = 20
EACH_MEMBER = pytest.mark.parametrize("member", ROSTER, ids=lambda member: member.key)


def inquiry_of(body: dict[str, Any]) -> Inquiry:
    inquiry, _ = load_inquiry(body, known(desk(), NOW))
    return inquiry


def bodies(today: date) -> list[dict[str, Any]]:
    """The bodies of the lines to paste."""
    curls = [line for line in lines_to_try(ADDRESS, KEY, today) if line.startswith("curl")]
    return [json.loads(shlex.split(line)[-1]) for line in curls]


# --- what it offers to try


def test_the_lines_to_try_name_every_member_with_what_it_shows() -> None:
    lines = list(lines_to_try(ADDRESS, KEY, TODAY))
    assert ADDRESS in lines[0]
    assert [line for line in lines if line.startswith("# ")] == [
        f"# {member.key} ({member.payer}): {member.shows}" for member in ROSTER
    ]
    assert sum(line.startswith("curl ") for line in lines) == len(ROSTER)


@EACH_MEMBER
def test_what_is_asked_about_a_member_is_a_request_that_can_be_answered(member: Member) -> None:
    inquiry = inquiry_of(request_about(member, TODAY + timedelta(days=1)))
    person = inquiry.member
    assert (inquiry.payer, inquiry.condition) == (member.payer, member.condition)
    assert [phase.level_of_care for phase in inquiry.phases] == [member.level_of_care]
    for name in ("member_id", "first_name", "last_name", "birth_date", "relationship"):
        assert getattr(person, name) == getattr(member.person, name), name
    assert (person.subscriber is None) == (member.person.subscriber is None)


def test_every_line_can_be_pasted_on_every_day_of_a_week() -> None:
    for days in range(7):
        today = TODAY + timedelta(days=days)
        for body in bodies(today):
            inquiry = inquiry_of(body)
            start = inquiry.phases[0].start_date
            assert start is not None
            assert start.weekday() == 0
            assert today < start <= today + timedelta(days=7)


@pytest.mark.parametrize("today", [date(2026, 11, 30), date(2026, 12, 31)])
def test_care_begins_in_the_month_that_payers_are_asked_about(today: date) -> None:
    starts = {date.fromisoformat(body["start_date"]) for body in bodies(today)}
    assert {(start.year, start.month) for start in starts} == {(today.year, today.month)}


def test_whoever_shows_cost_sharing_is_asked_about_where_it_is_shown() -> None:
    asked = {member.key: inquiry_of(request_about(member, TODAY + timedelta(days=1))) for member in ROSTER}
    assert asked["procedure-lines"].network == "in"


def test_a_line_to_paste_survives_a_shell() -> None:
    body = {"name": 'O\'Neil "Nora" $HOME `x`'}
    words = shlex.split(curl_line(ADDRESS, KEY, body))
    assert words[:3] == ["curl", "-s", f"{ADDRESS}/v1/verifications"]
    assert f"Authorization: Bearer {KEY}" in words
    assert json.loads(words[-1]) == body


# --- the profile that leads to it


def test_its_profile_reaches_every_payer_of_the_roster_and_has_all_it_proves_itself_with() -> None:
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    clinic = load_clinic_from_bytes(f"{example}\n{write_connections(ADDRESS)}".encode())
    reached = {payer for line in clinic.connections.values() for payer in line.payers}
    assert reached == {member.payer for member in ROSTER}
    assert all(name.startswith(CONNECTION_VARIABLES) for name in sandbox_credentials())
    settings = Settings.from_env(sandbox_credentials())
    for line in clinic.connections.values():
        credentials = credentials_of(settings, line.id)
        assert credentials.key if line.channel == "clearinghouse" else credentials.user
        assert line.test
        assert line.url.startswith(ADDRESS)


def test_the_service_beside_it_is_never_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVOB_ENVIRONMENT", "production")
    monkeypatch.setenv("OPENVOB_WORKERS", "4")
    settings = Settings.from_env(_environment(tmp_path, tmp_path / "clinic.yaml"))
    refuse_unfit(settings)
    assert (settings.is_production, settings.workers) == (False, 1)


# --- serving


@contextmanager
def running(instance: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, ended whatever happens."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "sandbox", *options]
    process = subprocess.Popen(
        command,
        cwd=HOUSE,
        env={**os.environ, "OPENVOB_INSTANCE_PATH": str(instance)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests may have told all below to pass over interruptions.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_serves_says_where_and_ends_when_it_is_interrupted(instance: Path) -> None:
    with running(instance, "--port", "0") as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        [url] = re.findall(r"http://127\.0\.0\.1:\d+", said)
        with requests.Session() as session:
            session.trust_env = False
            roster = session.get(f"{url}/roster", timeout=PATIENCE).json()
        assert [one["key"] for one in roster] == [member.key for member in ROSTER]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest.strip(), errors) == (0, "", "")
    assert not instance.exists()


def test_a_port_that_is_taken_is_said_in_a_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("sandbox", "--port", str(port))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"vob: cannot listen on 127.0.0.1 port {port}: ")


def test_a_port_that_is_none_is_bad_input(run: Run) -> None:
    assert run("sandbox", "--port", "65536").exit_code == 2


def test_with_a_service_everything_is_there_to_try(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("OPENVOB_PORT", str(free.getsockname()[1]))
    with running(instance, "--port", "0", "--with-service") as process:
        assert process.stdout is not None
        # Each member has a blank line, a word on it, and a line to paste.
        said = [process.stdout.readline() for _ in range(2 + 3 * len(ROSTER))]
        line = next(one for one in said if one.startswith("curl "))
        words = shlex.split(line)
        headers = dict(one.split(": ", 1) for one in words if ": " in one and not one.startswith("{"))
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(words[2], data=words[-1], headers=headers, timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["eligibility"]["basis"]) == ("complete", "reported")
    assert process.returncode == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(words[2], timeout=1)
