"""`vob keys rotate` says what it does, and what to do where it cannot."""

from __future__ import annotations

import base64
import re
import secrets
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from service.config import Settings
from service.office import open_store_of
from service.rotation import Pace
from service.security.keys import Doorkeeper
from service.store.rotation import rotating_alone
from service.store.session import transaction
from service.store.tables import audit_events
from tests.cli.conftest import Run

KEY = re.compile("[0-9a-f]{8}")


@pytest.fixture(autouse=True)
def _nobody_else_is_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.cli.data_keys.PACE", Pace(noticed=0.0, committed=0.0))


def a_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_a_rotation_tells_what_it_did_and_can_be_followed_by_another(run: Run, instance: Path) -> None:
    token = run("keys", "add", "--name", "front desk").stdout.strip()
    kids: list[str] = []
    for _ in range(2):
        done = run("keys", "rotate")
        assert done.exit_code == 0, done.output
        begun, sealing, sealed, in_use, aside = done.stdout.splitlines()
        new = KEY.findall(begun)[0]
        assert begun == f"A new data key, {new}, stands in data.key. Running processes notice it."
        assert sealing == f"Sealing everything anew with data key {new}; this takes 0 s or more."
        assert sealed.startswith("Sealed anew: ")
        assert KEY.findall(in_use)[0] == new
        assert in_use.endswith("is retired.")
        assert aside.startswith("The retired keys are in data.key.retired: ")
        kids.append(new)
    assert f"{kids[0]} is retired" in in_use
    assert len((instance / "data.key.retired").read_text().split()) == 2
    with closing(open_store_of(Settings.from_env())) as store:
        assert Doorkeeper(store).authenticate(token) is not None
        with transaction(store) as session:
            told = select(audit_events.c.actor, audit_events.c.subject, audit_events.c.purpose)
            rows = session.connection.execute(told.where(audit_events.c.action == "keys.rotate")).all()
    assert [tuple(row) for row in rows] == [("vob", kid, "operations") for kid in kids]
    assert run("audit", "verify").stdout.startswith("The trail holds: 3 linked, 0 waiting")


def test_with_a_key_from_the_environment_it_says_what_to_set(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = a_key(), a_key()
    monkeypatch.setenv("OPENVOB_DATA_KEY", old)
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert (
        "OPENVOB_DATA_KEY must hold the new key first and then, after a comma, the one in use"
        in refused.stderr
    )
    monkeypatch.setenv("OPENVOB_DATA_KEY", f"{old},{new}")
    assert "is to take over: it must come first" in run("keys", "rotate").stderr
    monkeypatch.setenv("OPENVOB_DATA_KEY", f"{new},{old}")
    done = run("keys", "rotate")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("Leave it alone in OPENVOB_DATA_KEY")
    again = run("keys", "rotate")
    assert again.stdout.splitlines()[-2].endswith("is in use; no other was left to retire.")
    monkeypatch.setenv("OPENVOB_DATA_KEY", new)
    assert run("audit", "verify").exit_code == 0


def test_a_rotation_beside_another_is_refused(run: Run, instance: Path) -> None:
    run("keys", "add", "--name", "front desk")
    with closing(open_store_of(Settings.from_env())) as store, rotating_alone(store, instance) as is_alone:
        assert is_alone
        refused = run("keys", "rotate")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "vob: another rotation of the data key is running; let it end.\n"


def test_a_file_that_cannot_be_replaced_is_named_and_nothing_is_begun(
    run: Run, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("keys", "add", "--name", "front desk")
    before = (instance / "data.key").read_text()

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert "Permission denied" in refused.stderr
    assert (instance / "data.key").read_text() == before
    assert sorted(path.name for path in instance.glob(".data.key*")) == []


def test_no_key_is_ever_printed(run: Run, instance: Path) -> None:
    run("keys", "add", "--name", "front desk")
    old = (instance / "data.key").read_text().strip()
    done = run("keys", "rotate")
    new = (instance / "data.key").read_text().strip()
    assert old != new
    assert not {old, new} & set(re.split(r"\s", done.output))
