"""`vob hold` and `vob purge`: nothing goes unasked, what goes is told, and nothing told says who it was."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.cli.opening import who
from service.config import Settings
from service.office import open_store_of
from service.store import audit, cases, session
from service.store.session import Store, new_id, transaction
from tests.cli.conftest import Run
from tests.store.invented import a_case

MARK = "Zquintana"
OLD = datetime(2019, 12, 31, tzinfo=UTC)
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
BEFORE = ("purge", "--before", "2020-01-01")


@pytest.fixture
def store(instance: Path) -> Iterator[Store]:
    """An installation in which nothing happened yet."""
    opened = open_store_of(Settings.from_env())
    yield opened
    opened.close()


@pytest.fixture
def old(store: Store) -> list[str]:
    """Three cases that were closed long ago, and one that is open."""
    made = [a_case(status=status, label=MARK, created_at=OLD, updated_at=OLD) for status in STATUSES]
    with transaction(store) as session:
        for case in made:
            cases.add(session, case)
    return [case.id for case in made]


STATUSES = ("discharged", "not_admitted", "discharged", "admitted")


def left(store: Store) -> list[str]:
    with transaction(store) as session:
        return sorted(session.connection.execute(select(cases.cases.c.id)).scalars())


def told(store: Store) -> list[tuple[str, str | None]]:
    events = audit.audit_events.c
    with transaction(store) as session:
        rows = session.connection.execute(select(events.action, events.subject).order_by(events.id))
        return [(row.action, row.subject) for row in rows]


def test_nothing_is_removed_without_a_yes(run: Run, store: Store, old: list[str]) -> None:
    done = run(*BEFORE)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{TODAY}: nothing since 2020-01-01, discharged or not_admitted.",
        "3 cases, 0 verifications, 0 changes, 0 answers: would go; --yes removes them.",
        f"The oldest case left: {old[0]}, opened 2019-12-31.",
    ]
    assert (left(store), told(store)) == (old, [])


def test_what_goes_is_told_case_by_case_in_a_trail_that_holds(run: Run, store: Store, old: list[str]) -> None:
    done = run(*BEFORE, "--yes")
    assert done.exit_code == 0, done.stderr
    assert "3 cases, 0 verifications, 0 changes, 0 answers: removed." in done.stdout
    assert f"The oldest case left: {old[3]}, opened 2019-12-31." in done.stdout
    assert left(store) == [old[3]]
    assert told(store) == [("case.purge", case) for case in old[:3]]
    assert run("audit", "verify").stdout == "The trail holds: 3 linked, 0 waiting to be linked.\n"


def test_the_trail_says_who_removed_it_and_what_for(run: Run, store: Store, old: list[str]) -> None:
    run(*BEFORE, "--yes", "--status", "admitted")
    events = audit.audit_events.c
    with transaction(store) as session:
        (row,) = session.connection.execute(select(events.actor, events.actor_name, events.purpose)).all()
    assert tuple(row) == ("vob", who(), "operations")


def test_what_is_held_stays_and_is_named(run: Run, store: Store, old: list[str]) -> None:
    assert run("hold", "add", old[0], "--reason", f"{MARK} v. clinic").exit_code == 0
    done = run(*BEFORE, "--yes")
    assert "2 cases" in done.stdout
    assert f"1 left because of a hold: {old[0]}." in done.stdout
    assert left(store) == [old[0], old[3]]
    assert run("hold", "release", old[0]).stdout == "The hold is released.\n"
    assert run(*BEFORE, "--yes").exit_code == 0
    assert left(store) == [old[3]]
    assert [action for action, _ in told(store)] == [
        "hold.add",
        "case.purge",
        "case.purge",
        "hold.release",
        "case.purge",
    ]
    assert run("audit", "verify").exit_code == 0


def test_the_report_holds_ids_counts_and_days_alone(
    run: Run, store: Store, old: list[str], tmp_path: Path
) -> None:
    run("hold", "add", old[2], "--reason", f"{MARK} v. clinic")
    file = tmp_path / "report.json"
    for words, removed in ((BEFORE, False), ((*BEFORE, "--yes"), True)):
        done = run(*words, "--report", str(file))
        assert json.loads(file.read_text("utf-8")) == {
            "day": TODAY,
            "asked": {"before": "2020-01-01", "statuses": ["discharged", "not_admitted"]},
            "removed": removed,
            "cases": 2,
            "verifications": 0,
            "events": 0,
            "answers": 0,
            "held": [old[2]],
            "oldest_left": {"case": old[2] if removed else old[0], "opened": "2019-12-31"},
        }
        assert MARK not in done.output + file.read_text("utf-8")


def test_a_report_that_cannot_be_written_is_told_before_anything_goes(
    run: Run, store: Store, old: list[str], tmp_path: Path
) -> None:
    done = run(*BEFORE, "--yes", "--report", str(tmp_path / "nowhere" / "report.json"))
    assert done.exit_code == 2
    assert left(store) == old


@pytest.mark.parametrize(
    "words",
    [("--before", "2999-01-01"), ("--before", "soon"), ("--before", "2020-01-01", "--status", "old"), ()],
)
def test_a_purge_that_is_asked_wrongly_removes_nothing(
    run: Run, store: Store, old: list[str], words: tuple[str, ...]
) -> None:
    assert run("purge", *words, "--yes").exit_code == 2
    assert left(store) == old


def test_a_day_that_is_today_is_no_future(run: Run, store: Store, old: list[str]) -> None:
    assert run("purge", "--before", TODAY).exit_code == 0
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert "must not lie in the future" in run("purge", "--before", tomorrow).stderr


def test_holds_are_listed_with_their_reasons_only_where_these_are_asked_for(
    run: Run, store: Store, old: list[str]
) -> None:
    assert run("hold", "list").stdout == ""
    made = run("hold", "add", old[0], "--reason", f"{MARK} v. clinic").stdout
    hold = made.removeprefix("The case is held; the hold is ").removesuffix(".\n")
    line = f"{old[0]}  since {TODAY} by {who()}  hold {hold}"
    assert run("hold", "list").stdout == f"{line}\n"
    assert run("hold", "list", "--reasons").stdout == f"{line}  {MARK} v. clinic\n"


def test_of_several_holds_the_one_to_end_is_named(run: Run, store: Store, old: list[str]) -> None:
    for reason in ("a lawsuit", "an audit"):
        run("hold", "add", old[0], "--reason", reason)
    first, second = (line.split()[-1] for line in run("hold", "list").stdout.splitlines())
    unclear = run("hold", "release", old[0])
    assert unclear.exit_code == 1
    assert first in unclear.stderr
    assert second in unclear.stderr
    done = run("hold", "release", old[0], "--hold", first)
    assert done.stdout == "The hold is released. The case is held for another reason still.\n"
    assert run("hold", "release", old[0]).stdout == "The hold is released.\n"
    assert run("hold", "release", old[0]).exit_code == 1


def test_a_case_that_is_not_there_is_neither_held_nor_released(run: Run, store: Store) -> None:
    for words in (("add", new_id(), "--reason", "a lawsuit"), ("release", new_id())):
        assert run("hold", *words).exit_code == 1
    assert told(store) == []


def test_a_database_that_is_busy_is_told_in_one_line(
    run: Run, store: Store, old: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 1)
    with closing(sqlite3.connect(str(store.engine.url.database))) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run(*BEFORE, "--yes")
        other.rollback()
    assert done.exit_code == 1
    assert done.stderr == "vob: the database does not answer just now (SQLITE_BUSY); try again.\n"
    assert left(store) == old
