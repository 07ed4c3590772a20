"""`vob rules`: whether the rulebook is sound, what it says, what has grown old, what changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from service.config import Settings
from service.office import open_store_of
from service.rules import open_rulebook, stale
from service.store import audit, cases, verifications
from service.store.rulebooks import PROFILE, RULEBOOK, put_in_use
from service.store.session import Store, transaction
from service.store.verifications import Indexes, sealed_row
from tests.cli.conftest import Run
from tests.store.invented import NOW, a_case, a_verification

BROKEN = "payer: {id: broken\n"
TODAY = date(2026, 11, 26)


@pytest.fixture
def store(instance: Path) -> Iterator[Store]:
    """An installation in which nothing happened yet."""
    opened = open_store_of(Settings.from_env())
    yield opened
    opened.close()


def test_the_shipped_rulebook_is_sound(run: Run) -> None:
    done = run("rules", "check")
    assert done.exit_code == 0, done.stdout
    sound, counted, designs, *warnings = done.stdout.splitlines()
    assert sound == "The rulebook is sound."
    assert re.match(r"\d+ payers, \d+ programs, [\d,]+ plans.*, [\d,]+ values in force, [\d,]+ s", counted)
    assert "plans of tables have a design for today" in designs
    assert all(line.startswith("Warning: ") for line in warnings)


def test_a_new_payers_file_says_line_by_line_what_is_still_to_be_done(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVOB_RULES_PATH", str(tmp_path))
    done = run("rules", "new", "example-health")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "example-health.yaml"))
    todo = run("rules", "check")
    assert todo.exit_code == 1
    assert re.search(r"^example-health\.yaml:\d+: payer\.name: Must not be empty\.$", todo.stdout, re.M)
    assert run("rules", "new", "example-health").exit_code == 2, "what is there is not written over"
    assert run("rules", "new", "Example Health").exit_code == 2


def test_the_schema_and_the_matrix_are_printed(run: Run) -> None:
    assert '"title": "OpenVOB program file"' in run("rules", "schema", "program-file").stdout
    assert run("rules", "coverage").stdout.startswith("# What the rulebook covers\n")


def test_a_rulebook_that_is_not_sound_is_told_by_file_and_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setenv("OPENVOB_RULES_PATH", str(tmp_path))
    done = run("rules", "check")
    assert done.exit_code == 1
    assert re.match(r"broken\.yaml:\d+:", done.stdout)
    assert run("rules", "show", "broken").exit_code == 1


def test_a_payers_rules_are_shown_with_their_sources(run: Run) -> None:
    done = run("rules", "show", "medicare", "--on", "2026-03-02", "--all")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    place = lines.index("services.intensive_outpatient.minimum_hours_per_week")
    assert lines[place + 1].strip() == "9"
    assert lines[place + 2].strip().startswith("from 2024-01-01; ")


def test_a_payers_page_says_whom_to_call_what_is_published_and_what_to_ask(run: Run) -> None:
    done = run("rules", "show", "medicare", "--on", "2026-03-02")
    assert done.exit_code == 0, done.stderr
    page = " ".join(done.stdout.split())
    assert page.startswith("ORIGINAL MEDICARE Medicare · medicare · Also called: ")
    assert re.search(r"INTENSIVE OUTPATIENT PROGRAM \(IOP\) .*Coverage: yes \[\d+\]", page)
    assert "Deductible (individual): $283.00" in page
    assert re.search(r"Nobody says; ask: Which clinical criteria decide on \w+", page)
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", page.partition(" SOURCES ")[0])}
    listed = {int(number) for number in re.findall(r"^  \[(\d+)\]", done.stdout, re.M)}
    assert cited == listed, "every number has its source, and no source is for nothing"
    assert not re.search(r"pub_|rule_|ask_", page), "everything has words"


def test_the_page_of_a_plan_is_in_spanish_too(run: Run) -> None:
    done = run("rules", "show", "medigap", "--plan", "Plan G", "--language", "es", "--on", "2026-03-02")
    assert done.exit_code == 0, done.stderr
    assert "A QUIÉN LLAMAR" in done.stdout
    assert "Nadie lo dice; pregunte: ¿" in done.stdout
    assert run("rules", "show", "medigap", "--plan", "nothing").exit_code == 2
    assert run("rules", "show", "medigap", "--site", "nowhere").exit_code == 2


def test_a_payer_that_is_not_there_is_bad_input_with_the_nearest(run: Run) -> None:
    done = run("rules", "show", "medicaer")
    assert done.exit_code == 2
    assert "medicare" in done.stderr


def test_what_has_grown_old_is_listed_with_its_reason(run: Run) -> None:
    done = run("rules", "stale", "--payer", "aetna", "--on", "2026-11-26")
    assert done.exit_code == 0
    page = " ".join(done.stdout.split())
    assert "how many questions (payer, plan, level of care) it answers" in page
    assert re.search(
        r" \d+ Aetna · Partial hospitalization program \(PHP\) · prior authorization: required Old: confirm",
        page,
    )
    assert "Ask: Is prior authorization required for the partial hospitalization program (PHP)" in page
    spanish = " ".join(run("rules", "stale", "--payer", "aetna", "--language", "es").stdout.split())
    assert "Pregunte: ¿" in spanish


def test_what_has_grown_old_is_ranked_by_the_stored_answers_that_rest_on_it(run: Run, store: Store) -> None:
    (one, *_) = (item for item in stale(open_rulebook(Settings.from_env()), TODAY) if item.shown.url)
    for kind, digest in ((RULEBOOK, "sha256:aa"), (PROFILE, "sha256:bb")):
        put_in_use(store, kind, digest, {}, NOW)
    cited = {"title": one.shown.title, "url": one.shown.url, "locator": one.shown.at}
    with transaction(store) as session:
        case = a_case()
        cases.add(session, case)
        for _ in range(2):
            made = a_verification(case.id, answer={"citations": [cited]})
            verifications.add(session, sealed_row(session.vault, made, Indexes()))
    page = " ".join(run("rules", "stale", "--on", f"{TODAY}").stdout.split())
    assert "how many of the newest 2 stored answers rest on it" in page
    assert page.index(" 2 ") < page.index(cited["title"].split(",")[0]) < page.index(" 0 ")
    with transaction(store) as session:
        events = session.connection.execute(select(audit.audit_events.c.action)).scalars().all()
    assert events == ["verification.count"], "whoever reads answers leaves a mark in the trail"


def test_what_a_new_year_changes_is_listed(run: Run) -> None:
    done = run("rules", "diff", "2025-12-31", "2026-01-01")
    assert done.exit_code == 0
    page = " ".join(done.stdout.split())
    assert "ORIGINAL MEDICARE" in page
    assert "in network: deductible (individual) rises from $257.00 to $283.00." in page
    assert (
        "Intensive outpatient program (IOP), at a community mental health center: "
        "the payment rate of APC 5851 rises from $111.24 to $127.74."
    ) in page
    assert "more of fees/medicare-physician-florida.csv; --all lists them." in page
    every = " ".join(
        run("rules", "diff", "2025-12-31", "2026-01-01", "--all", "--language", "es").stdout.split()
    )
    assert "la tarifa de APC 5851: sube de $111.24 a $127.74." in every
    assert "--all" not in every
    same = run("rules", "diff", "2025-12-31", "2025-12-31").stdout
    assert same == "Nothing changes between the two dates.\n"


def test_a_date_that_is_none_is_bad_input(run: Run) -> None:
    assert run("rules", "diff", "2025-12-31", "soon").exit_code == 2
