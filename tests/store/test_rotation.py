"""The data key is rotated while others work, and that is cut off: whatever is kept stays read and found."""

from __future__ import annotations

import base64
import os
import random
import secrets
import sqlite3
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import LargeBinary, update

from service.config import HOUSE, SettingError, Settings
from service.office import open_store_of
from service.rotation import PACE, CannotRotate, Pace
from service.security.crypto import kid_of, make_vault
from service.security.data_key import read_data_keys
from service.store import cases, idempotency, rotation, tables
from service.store.idempotency import Kept, Refusal
from service.store.rotation import SEALED, Round, Unreadable, rotating_alone, seal_anew
from service.store.session import Store, transaction
from tests.databases import SQLITE
from tests.store.rotating import (
    BEGUN,
    BODY,
    DONE,
    a_claim,
    faults,
    fill,
    keep_one,
    left_behind,
    rotate_now,
    settle_in,
)

PEOPLE = 8


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation whose data key stands in a file."""
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_DATABASE_URL": database_url})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The store of the installation, with people in it."""
    with closing(open_store_of(settings)) as opened:
        fill(opened, PEOPLE)
        settle_in(opened)
        yield opened


def test_every_sealed_column_is_sealed_anew() -> None:
    published = {"rulebooks.files"}
    sealed = {
        str(column)
        for table in tables.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.type.length is None
    }
    assert {str(part.table.c[name]) for part in SEALED for name in part.columns} == sealed - published
    indexes = {
        str(column)
        for table in tables.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_index")
    }
    # How often signing in failed is forgotten soon by itself.
    assert {str(part.table.c[name]) for part in SEALED for name in part.indexes} == indexes - {
        "sign_in_failures.name_index"
    }


def test_everything_is_read_and_found_before_a_rotation_and_after_two(
    settings: Settings, store: Store
) -> None:
    assert faults(store, PEOPLE) == []
    kids = [store.vault.kid]
    for _ in range(2):
        done = rotate_now(settings, store)
        assert done.replaced == kids[-1:]
        assert sum(done.rows.values()) >= 4 * PEOPLE + 2
        kids.append(store.vault.kid)
        assert faults(store, PEOPLE) == []
        assert left_behind(store, PEOPLE) == []
    assert len(set(kids)) == 3
    with closing(open_store_of(settings)) as opened:
        assert len(opened.vault.ring()) == 1
        assert faults(opened, PEOPLE) == []


def test_everything_is_read_and_found_at_every_step_by_a_process_that_was_there_before(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[str]] = []
    with closing(open_store_of(settings)) as service:
        monkeypatch.setattr(rotation, "AT_A_TIME", 6)
        # Between one batch and the next.
        monkeypatch.setattr(
            "service.store.rotation.time.sleep", lambda _: found.append(faults(service, PEOPLE))
        )
        rotate_now(settings, store)
        assert len(found) > 4 * PEOPLE // 6
        assert [one for one in found if one] == []
        assert left_behind(service, PEOPLE) == []


def test_a_rotation_gives_others_the_time_to_notice_and_to_commit(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("service.rotation.time.sleep", waited.append)
    rotate_now(settings, store, PACE)
    assert waited[0] == PACE.noticed == 20.0
    assert 50.0 < max(waited) <= PACE.committed == 60.0


def test_a_rotation_that_was_cut_off_goes_on_with_the_same_new_key(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "AT_A_TIME", 5)
        patched.setattr(
            "service.store.rotation.time.sleep", lambda _: begun.append(1) if len(begun) < 4 else 1 / 0
        )
        with pytest.raises(ZeroDivisionError):
            rotate_now(settings, store)
    new, old = (key.kid for key in store.vault.ring())
    with closing(open_store_of(settings)) as restarted:
        assert faults(restarted, PEOPLE) == []
        assert left_behind(restarted, PEOPLE) != []
        done = rotate_now(settings, restarted)
        assert (done.kid, done.replaced) == (new, [old])
        assert (left_behind(restarted, PEOPLE), faults(restarted, PEOPLE)) == ([], [])


def test_a_rotation_that_was_cut_off_after_the_last_step_but_one_puts_the_old_key_aside(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("service.rotation.put_aside", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rotate_now(settings, store)
    kid = store.vault.kid
    with closing(open_store_of(settings)) as restarted:
        done = rotate_now(settings, restarted)
        assert (done.kid, done.replaced, len(restarted.vault.ring())) == (kid, [], 1)
        assert faults(restarted, PEOPLE) == []


def test_what_is_written_during_a_rotation_is_not_lost_and_is_found(settings: Settings, store: Store) -> None:
    ended = Event()

    def write() -> int:
        number = PEOPLE
        with closing(open_store_of(settings)) as service:
            while not ended.is_set() or number < PEOPLE + 10:
                fill(service, 1, first=number)
                with transaction(service) as session:  # a row that is sealed anew meanwhile
                    cases.change(session, "c-00001", {"label": f"label {number}"}, datetime.now(UTC))
                number += 1
                with transaction(service) as session:
                    case = cases.get(session, "c-00001")
                assert case is not None
                assert case.label == f"label {number - 1}"
        return number

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        rotate_now(settings, store, Pace(noticed=0.05, committed=0.3, again=0.05))
        ended.set()
        people = written.result()
    assert people >= PEOPLE + 10
    with transaction(store) as session:
        cases.change(session, "c-00001", {"label": "zq-label"}, datetime.now(UTC))
    assert (faults(store, people), left_behind(store, people)) == ([], [])


def kill_while_rotating(variables: dict[str, str], after: float) -> bool:
    """Rotate in a process of its own, kill it so many seconds later; whether it was still at it."""
    words = [sys.executable, "-m", "tests.store.rotating"]
    environment = {**os.environ, **variables}
    with subprocess.Popen(words, cwd=HOUSE, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == BEGUN
        time.sleep(after)
        process.kill()
        return DONE not in process.stdout.read()


def test_a_rotation_that_is_killed_again_and_again_loses_nothing_and_ends(
    settings: Settings, database_url: str
) -> None:
    people, kills = (
        int(os.environ.get("OPENVOB_TEST_PEOPLE", "24")),
        int(os.environ.get("OPENVOB_TEST_KILLS", "2")),
    )
    variables = {
        "OPENVOB_INSTANCE_PATH": str(settings.instance_path),
        "OPENVOB_DATABASE_URL": database_url,
    }
    with closing(open_store_of(settings)) as service:
        fill(service, people)
        settle_in(service)
        killed = 0
        while killed < kills:
            killed += kill_while_rotating(variables, random.uniform(0.0, 0.018 * people))
            assert faults(service, people) == []
            assert len(service.vault.ring()) <= 2, "no third key is made before the second took over"
        with closing(open_store_of(settings)) as restarted:
            assert faults(restarted, people) == []
            rotate_now(settings, restarted)
            assert (faults(restarted, people), left_behind(restarted, people)) == ([], [])
            assert len(restarted.vault.ring()) == 1
        assert faults(service, people) == []


def test_of_two_rotations_at_once_the_second_is_told(settings: Settings, store: Store) -> None:
    with rotating_alone(store, settings.instance_path) as is_alone, closing(open_store_of(settings)) as other:
        assert is_alone
        with pytest.raises(CannotRotate, match="another rotation"):
            rotate_now(settings, other)
    assert rotate_now(settings, store).replaced


def test_a_value_that_no_key_opens_is_named_by_its_place(settings: Settings, store: Store) -> None:
    foreign = make_vault(bytes(32)).seal(b'"zq"', "cases.label:c-00003")
    with transaction(store) as session:
        at = tables.cases.c.id == "c-00003"
        session.connection.execute(update(tables.cases).where(at).values(label=foreign))
    with pytest.raises(Unreadable, match=r"cases\.label:c-00003"):
        rotate_now(settings, store)


def test_a_process_that_goes_on_with_the_old_key_keeps_it_from_being_retired(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    unaware = replace(store, vault=make_vault(*read_data_keys(settings)))
    numbers = count(PEOPLE)

    def seal_and_be_late(store: Store) -> Round:
        with transaction(unaware) as session:
            keep_one(session, next(numbers))
        return seal_anew(store)

    with monkeypatch.context() as patched:
        patched.setattr("service.rotation.seal_anew", seal_and_be_late)
        patched.setattr("service.rotation.MOST_ROUNDS", 2)
        with pytest.raises(CannotRotate, match="goes on sealing"):
            rotate_now(settings, store)
    assert len(store.vault.ring()) == 2
    assert rotate_now(settings, store).replaced == [unaware.vault.kid]


def test_a_backup_from_before_opens_with_the_retired_key_put_back(
    settings: Settings, store: Store, database_kind: str
) -> None:
    if database_kind != SQLITE:
        return  # what is restored is the same: rows under the key before
    backup = settings.instance_path / "before.db"
    with closing(sqlite3.connect(backup)) as copy, store.engine.connect() as connection:
        connection.connection.driver_connection.backup(copy)
    rotate_now(settings, store)
    rotate_now(settings, store)
    restored = replace(settings, database_url=f"sqlite:///{backup}")
    with pytest.raises(SettingError, match="another data key"):
        open_store_of(restored)
    file = settings.data_key_file
    assert stat.S_IMODE(file.with_name("data.key.retired").stat().st_mode) == 0o600
    file.write_text(file.read_text() + file.with_name("data.key.retired").read_text())
    with closing(open_store_of(restored)) as opened:
        assert faults(opened, PEOPLE) == []
        rotate_now(restored, opened)
        assert (faults(opened, PEOPLE), left_behind(opened, PEOPLE)) == ([], [])
        assert len(opened.vault.ring()) == 1


def test_a_row_that_somebody_holds_is_waited_for_and_never_left_behind(
    settings: Settings, store: Store, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == SQLITE:
        return  # it has one writer, who waits for the other
    taken, done = Event(), Event()

    def hold() -> None:
        with transaction(store) as session:
            cases.change(session, "c-00001", {"status": "quoted"}, datetime.now(UTC))
            taken.set()
            done.wait()

    rounds: list[Round] = []
    monkeypatch.setattr(
        "service.rotation.seal_anew", lambda store: rounds.append(seal_anew(store)) or rounds[-1]
    )
    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(hold)
        taken.wait()
        rotating = pool.submit(rotate_now, settings, store, Pace(noticed=0.0, committed=0.0, again=0.2))
        try:
            while len(rounds) < 3 and not rotating.done():
                time.sleep(0.01)
            assert (rotating.done(), rounds[-1]) == (False, Round(Counter(), 1))
        finally:
            done.set()
        holder.result()
        assert rotating.result().replaced
    assert left_behind(store, PEOPLE) == []


def in_environment(settings: Settings, *data_keys: bytes) -> Settings:
    return replace(settings, data_key=",".join(base64.b64encode(one).decode() for one in data_keys))


def test_keys_from_the_environment_take_over_in_the_documented_order(settings: Settings) -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    with closing(open_store_of(in_environment(settings, old))) as before:
        fill(before, PEOPLE)
        settle_in(before)
        with pytest.raises(CannotRotate, match="must hold the new key first"):
            rotate_now(in_environment(settings, old), before)
    with pytest.raises(SettingError, match="another data key"):
        open_store_of(in_environment(settings, new))
    knows, uses = in_environment(settings, old, new), in_environment(settings, new, old)
    with (
        closing(open_store_of(knows)) as knowing,
        pytest.raises(CannotRotate, match=f"{kid_of(new)} is to take over: it must come first"),
    ):
        rotate_now(knows, knowing)
    with closing(open_store_of(knows)) as knowing, closing(open_store_of(uses)) as using:
        with pytest.raises(CannotRotate, match=f"{using.vault.kid} is to take over: it must come first"):
            rotate_now(knows, knowing)
        fill(knowing, 1, first=PEOPLE)
        fill(using, 1, first=PEOPLE + 1)
        for each in (knowing, using):
            assert faults(each, PEOPLE + 2) == []
    with closing(open_store_of(uses)) as using:
        done = rotate_now(uses, using)
        assert (done.replaced, done.aside) == ([kid_of(old)], None)
    for late in (in_environment(settings, old), knows):
        with pytest.raises(SettingError, match="another data key"):
            open_store_of(late)
    with closing(open_store_of(in_environment(settings, new))) as alone:
        assert (faults(alone, PEOPLE + 2), left_behind(alone, PEOPLE + 2)) == ([], [])


def test_a_repeated_request_meets_its_claim_whichever_key_a_process_knows(
    settings: Settings, store: Store
) -> None:
    old, new = read_data_keys(settings)[0], secrets.token_bytes(32)
    unaware, aware = (replace(store, vault=make_vault(*keys)) for keys in ((old,), (new, old)))
    now = datetime.now(UTC)
    for number, (first, second) in enumerate([(unaware, aware), (aware, unaware)], start=PEOPLE):
        claim = a_claim(first, number)
        assert idempotency.claim(first, claim, now) is None
        assert idempotency.claim(second, a_claim(second, number), now) is Refusal.IN_FLIGHT
        kept = Kept(201, "/v1/verifications/v", BODY)
        with transaction(first) as session:
            idempotency.keep(session, claim, kept)
        assert idempotency.claim(aware, a_claim(aware, number), now) == kept
