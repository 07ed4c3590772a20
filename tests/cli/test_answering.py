"""`vob verify` and `vob compare`: pages and JSON, and every way to be refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("on_the_day_of_the_call")


@pytest.fixture(name="on_the_day_of_the_call")
def _on_the_day_of_the_call() -> Any:
    with time_machine.travel("2026-02-20T16:00:00Z", tick=False):
        yield


def test_a_request_is_answered_by_a_page(run: Run, body: dict[str, Any]) -> None:
    done = run("verify", "-", given=body)
    assert done.exit_code == 0
    assert done.stdout.startswith("◌ MEMBERSHIP NOT CONFIRMED")
    assert "$839.59 for 24 sessions (exact)" in done.stdout
    assert done.stderr == ""


def test_a_request_stands_in_a_file(run: Run, body: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    assert run("verify", str(file)).stdout == run("verify", "-", given=body).stdout


def test_the_page_is_in_the_language_asked_for(run: Run, body: dict[str, Any]) -> None:
    done = run("verify", "-", "--language", "es", given=body)
    assert "$839.59 por 24 sesiones (exacto)" in done.stdout


def test_the_answer_as_json_is_whole_and_has_its_sentences(run: Run, body: dict[str, Any]) -> None:
    answer = json.loads(run("verify", "-", "--json", "--language", "es", given=body).stdout)
    assert answer["request"] == body
    assert answer["status"] == "complete"
    assert answer["estimate"]["expected"] == "839.59"
    reason = answer["phases"][0]["coverage"]["reasons"][0]
    assert reason["message"] == "Este plan cubre este nivel de atención."
    assert answer["call_script"][0]["question"].startswith("¿")


def test_nothing_is_stored(run: Run, body: dict[str, Any], instance: Path) -> None:
    run("verify", "-", given=body)
    assert [path.name for path in instance.rglob("*") if path.is_file() and path.parent.name != "cache"] == []


def test_bad_input_names_every_field_and_no_value(run: Run, body: dict[str, Any]) -> None:
    body["member"] |= {"member_id": "SECRET-ID", "last_name": "", "birth_date": "2999-01-01"}
    done = run("verify", "-", given={**body, "payer": "medicar", "weeks": 999})
    assert done.exit_code == 2
    assert done.stdout == ""
    faults = dict(line.split("  ")[:2] for line in done.stderr.splitlines())
    assert faults == {
        "/member/birth_date": "birth_date_in_future",
        "/member/last_name": "empty",
        "/payer": "unknown_payer",
        "/weeks": "out_of_range",
    }
    assert "SECRET-ID" not in done.output
    assert "2999" not in done.output


def test_a_file_that_is_not_json_is_bad_input(run: Run) -> None:
    done = run("verify", "-", given='{"member": {"first_name": "Ana"')
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "/  malformed_body  The body is not JSON that can be read.\n"


def test_a_file_that_is_not_there_is_bad_input(run: Run) -> None:
    assert run("verify", "no-such-file.json").exit_code == 2


def test_the_rulebook_of_another_day_is_not_to_be_had_without_a_store(run: Run, body: dict[str, Any]) -> None:
    done = run("verify", "-", given={**body, "as_of": "2026-01-15"})
    assert done.exit_code == 2
    assert done.stderr.startswith("/as_of  no_rulebook_in_use  ")


def test_a_profile_that_cannot_be_used_is_no_answer(
    run: Run, body: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "clinic.yaml"
    profile.write_text("clinic: {}\n", encoding="utf-8")
    monkeypatch.setenv("OPENVOB_CLINIC_PROFILE", str(profile))
    done = run("verify", "-", given=body)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("vob: clinic.yaml:1:")
    monkeypatch.setenv("OPENVOB_CLINIC_PROFILE", str(tmp_path / "none.yaml"))
    assert run("verify", "-", given=body).exit_code == 1


@pytest.mark.parametrize(
    ("setting", "value"), [("OPENVOB_RULES_PATH", "no-such-folder"), ("OPENVOB_PORT", "eighty")]
)
def test_an_installation_that_cannot_answer_says_so_in_a_line(
    run: Run, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    done = run("verify", "-", given=body)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("vob: ")


def test_a_fault_of_ours_tells_nothing_of_the_member(
    run: Run, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **more: Any) -> Any:
        raise KeyError("Ana Prueba")

    monkeypatch.setattr("service.cli.answering.verify", fail)
    done = run("verify", "-", given=body)
    assert done.exit_code == 1
    assert "Ana" not in done.output
    assert done.stderr.startswith("vob: Something went wrong on our side (KeyError, ")


def test_care_plans_are_compared_side_by_side(run: Run, body: dict[str, Any]) -> None:
    del body["level_of_care"]
    plans = [
        {"name": "OP", "phases": [{"level_of_care": "op"}]},
        {"name": "IOP", "phases": [{"level_of_care": "iop"}]},
    ]
    done = run("compare", "-", given={"request": body, "plans": plans})
    assert done.exit_code == 0
    assert "839.59" in done.stdout
    items = json.loads(run("compare", "-", "--json", given={"request": body, "plans": plans}).stdout)["items"]
    assert [item["name"] for item in items] == ["OP", "IOP"]
    assert items[1]["phases"][0]["coverage"]["reasons"][0]["message"]


def test_a_bad_comparison_names_every_field(run: Run, body: dict[str, Any]) -> None:
    done = run("compare", "-", given={"request": body, "plans": [{"name": "OP", "phases": []}]})
    assert done.exit_code == 2
    assert done.stderr.startswith("/plans/0/phases  ")
