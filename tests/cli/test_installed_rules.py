"""`vob rules install`, `use`, `installed`: the clinic's own rules, at once in whatever runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from payers.rule_files import digest_of_files, read_files
from service.config import Settings
from service.first_run import prepare
from service.office import open_store_of
from service.store import audit
from service.store.pages import Page
from service.store.session import transaction
from service.store.trail import Filter, page_of
from tests.api.local_rules import AETNA, ASKED, write_set
from tests.cli.conftest import Run
from tests.cli.test_serving import Service, free_port, serving
from tests.databases import Databases, needs_postgresql


def shown(run: Run) -> str:
    """What answers from the database say of an authorization, and whether it is the clinic's own."""
    done = run("rules", "show", "aetna", "--on", "2026-03-02", "--in-use", "--all")
    lines = done.stdout.splitlines()
    place = lines.index("services.intensive_outpatient.prior_authorization")
    return f"{lines[place + 1].strip()} {'local' if lines[place + 2].endswith('local)') else 'published'}"


def test_a_set_is_installed_listed_and_gone_back_from(run: Run, tmp_path: Path) -> None:
    first = shown(run)
    ours, other = write_set(tmp_path / "ours"), write_set(tmp_path / "other", AETNA.replace("p. 2", "p. 3"))
    digests = [digest_of_files(read_files(one)) for one in (ours, other)]
    for directory, digest in zip((ours, other), digests, strict=True):
        done = run("rules", "install", str(directory))
        assert (done.exit_code, done.stdout) == (0, f"The set is in use: {digest}\n")
    assert shown(run) == "notification local"
    listed = run("rules", "installed").stdout.splitlines()
    assert [line.split()[0] for line in listed] == digests[::-1]
    assert ["in use since" in line for line in listed] == [True, False]

    assert run("rules", "use", digests[0].removeprefix("sha256:")[:12]).exit_code == 0
    assert run("rules", "installed").stdout.startswith(digests[0])
    assert run("rules", "use", "built-in").stdout == "The built-in rules are in use.\n"
    assert shown(run) == first


def test_a_set_with_faults_is_not_installed_and_each_is_named_by_file_and_line(
    run: Run, tmp_path: Path
) -> None:
    run("rules", "install", str(write_set(tmp_path / "ours")))
    faulty = AETNA.replace("value: notification", "value: perhaps").replace("source: letter", "source: rumor")
    done = run("rules", "install", str(write_set(tmp_path / "faulty", faulty)))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "faulty/aetna.yaml:6: services.intensive_outpatient.prior_authorization[0].value:" in done.stderr
    unmet = AETNA.replace("{prior_authorization: notification}", "{prior_authorization: required}")
    done = run("rules", "install", str(write_set(tmp_path / "unmet", unmet)))
    assert done.exit_code == 2
    assert "unmet/aetna.yaml:8: examples[0]: prior_authorization is notification, not required" in done.stderr
    assert shown(run) == "notification local"
    assert len(run("rules", "installed").stdout.splitlines()) == 1
    (tmp_path / "empty").mkdir()
    assert run("rules", "install", str(tmp_path / "empty")).exit_code == 2


def test_a_digest_that_names_no_set_or_several_is_bad_input(run: Run) -> None:
    assert "Nothing was installed" in run("rules", "installed").stdout
    assert run("rules", "use", "abc").exit_code == 2


def test_what_is_put_in_use_is_in_the_audit_trail(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):  # putting in use what is in use changes nothing
        run("rules", "install", str(write_set(tmp_path / "ours")))
    run("rules", "use", "built-in")
    store = open_store_of(Settings.from_env())
    with transaction(store) as session:
        found = page_of(session, Filter(), Page())[0]
        assert audit.check(session, found[0].at).fault is None
    store.close()
    assert [event.action for event in found] == ["rules.use", "rules.install"]


def test_an_installed_set_that_does_not_fit_keeps_the_service_from_starting_and_says_the_way_out(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("rules", "install", str(write_set(tmp_path / "ours")))
    base = write_set(tmp_path / "base", AETNA.replace("commercial", "marketplace"))
    monkeypatch.setenv("OPENVOB_RULES_PATH", str(base))
    done = run("serve")
    assert done.exit_code == 1
    assert "overlays/1-installed/aetna.yaml:1: payer.line_of_business" in done.stderr
    assert "vob rules use built-in" in done.stderr


def test_directories_of_the_settings_are_laid_over_the_built_in_rules(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVOB_RULES_PATH", f"{os.pathsep}{write_set(tmp_path / 'ours')}")
    assert run("rules", "check").exit_code == 0
    assert shown(run) == "notification local"
    write_set(tmp_path / "ours", AETNA.replace("value: notification", "value: perhaps"))
    assert run("rules", "check").stdout.startswith("overlays/1-ours/aetna.yaml:6:")


# --- a service of two processes


@needs_postgresql
def test_a_running_service_of_two_processes_answers_from_an_installed_set_at_once(
    postgresql_databases: Databases, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = tmp_path / "instance"
    with postgresql_databases.database(instance) as url:
        environment = {
            "OPENVOB_INSTANCE_PATH": str(instance),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_WORKERS": "2",
            "OPENVOB_PORT": free_port(),
            **{f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")},
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        key = prepare(Settings.from_env()).api_key
        assert key is not None
        with serving(environment, key) as service:
            before = ask_often(service)
            assert run("rules", "install", str(write_set(tmp_path / "ours"))).exit_code == 0
            after = ask_often(service)
            assert run("rules", "use", "built-in").exit_code == 0
            again = ask_often(service)
            replayed = json.loads(service.get(f"/v1/verifications/{before[0]['id']}/replay"))
    statuses = [
        {answer["phases"][0]["prior_authorization"]["status"] for answer in answers}
        for answers in (before, after, again)
    ]
    assert statuses == [statuses[0], {"notification"}, statuses[0]]
    assert replayed == before[0]


def ask_often(service: Service) -> list[dict[str, object]]:
    """Answers over connections of their own, open together: both processes take some."""
    sent = [service.send("POST", "/v1/verifications", ASKED) for _ in range(8)]
    answers = [json.loads(one.getresponse().read()) for one in sent]
    for one in sent:
        one.close()
    return answers
