"""The other commands: the rulebook, keys, the database, and what `vob serve` says when it is ready."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from service.cli.serving import describe, try_line
from service.config import Settings
from service.office import open_store_of
from service.security.keys import SCOPES, Doorkeeper
from tests.cli.conftest import Run


def test_the_command_line_starts_without_the_service() -> None:
    """Only what is called is imported: help, and each command, come as fast as they can."""
    heavy = ("flask", "sqlalchemy", "marshmallow", "yaml", "babel", "cryptography", "service.verify")
    code = f"import sys, service.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_is_listed(run: Run) -> None:
    listed = re.findall(r"^  ([a-z][a-z0-9-]+)  ", run("--help").stdout, re.MULTILINE)
    first = [
        "serve",
        "verify",
        "compare",
        "batch",
        "read-271",
        "write-270",
        "jobs",
        "sandbox",
        "payers",
        "rules",
        "plans",
        "actuals",
        "accuracy",
    ]
    assert listed == [*first, "medicaid-plans", "keys", "webhooks", "users", "audit", "hold", "purge", "db"]


def test_a_command_that_does_not_exist_is_bad_input(run: Run) -> None:
    assert run("guess").exit_code == 2


def test_a_new_key_stands_alone_on_standard_output_and_opens_the_door(run: Run, instance: Path) -> None:
    done = run("keys", "add", "--name", "Invented EHR", "--scope", "payers:read")
    assert done.exit_code == 0
    token = done.stdout.removesuffix("\n")
    store = open_store_of(Settings.from_env())
    try:
        client = Doorkeeper(store).authenticate(token)
    finally:
        store.close()
    assert client is not None
    assert (client.name, client.scopes) == ("Invented EHR", ("payers:read",))


def test_a_scope_that_is_not_there_is_bad_input_with_those_that_are(run: Run) -> None:
    done = run("keys", "add", "--name", "Invented EHR", "--scope", "everything")
    assert done.exit_code == 2
    assert all(scope in done.stderr for scope in SCOPES)


def test_the_database_is_made_and_brought_up_to_date(run: Run, instance: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert (instance / "openvob.db").exists()
    assert run("db", "upgrade").stdout == "The database is up to date.\n"


def test_a_data_key_that_is_none_is_said_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENVOB_DATA_KEY", "short")
    done = run("keys", "add", "--name", "Invented EHR")
    assert done.exit_code == 1
    assert done.stderr.startswith("vob: OPENVOB_DATA_KEY must hold")


def test_a_port_that_is_taken_is_said_in_a_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 1
    assert done.stderr.startswith("vob: cannot listen on 127.0.0.1 port")


def test_a_ready_service_says_where_it_is_with_its_key_and_a_line_to_paste(instance: Path) -> None:
    said = describe(Settings.from_env(), "vob_invented", date(2026, 2, 20))
    assert "http://127.0.0.1:8080" in said.splitlines()[0]
    assert "API key made for this installation: vob_invented" in said
    words = shlex.split(said.splitlines()[-1])
    assert words[:3] == ["curl", "-s", "http://127.0.0.1:8080/v1/verifications"]
    assert "Authorization: Bearer vob_invented" in words
    assert json.loads(words[-1])["start_date"] == "2026-03-02"


def test_without_a_key_to_show_it_says_how_to_make_one(instance: Path) -> None:
    said = describe(Settings.from_env({"OPENVOB_HOST": "::"}), None, date(2026, 2, 20))
    assert "vob keys add --name NAME" in said
    assert "http://127.0.0.1:8080" in said


def test_the_line_to_paste_asks_for_a_monday_that_is_still_to_come() -> None:
    for day in range(1, 8):
        words = shlex.split(try_line("http://127.0.0.1:8080", "KEY", date(2026, 2, day)))
        start = date.fromisoformat(json.loads(words[-1])["start_date"])
        assert start.weekday() == 0
        assert 7 < (start - date(2026, 2, day)).days <= 14
