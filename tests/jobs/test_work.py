"""What waits is done until there is none or the time is up; what is done by the clock has a name."""

from __future__ import annotations

from threading import Lock
from typing import Any

import pytest

from service.jobs import work
from service.jobs.work import ROUNDS, Round, drain, go_round, work_once

OFFICE: Any = object()


class Rows:
    """So many rows wait; each call does one."""

    def __init__(self, waiting: int) -> None:
        self.waiting, self.done, self._lock = waiting, 0, Lock()

    def work_once(self, office: object) -> bool:
        """Do one, if there is any."""
        assert office is OFFICE
        with self._lock:
            if self.waiting == self.done:
                return False
            self.done += 1
            return True


def with_work(monkeypatch: pytest.MonkeyPatch, *kinds: Rows) -> None:
    monkeypatch.setattr(work, "WORK", [kind.work_once for kind in kinds])


def test_all_that_waits_is_done_and_others_are_called_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, calls = Rows(25), list[int]()
    with_work(monkeypatch, rows)
    assert drain(lambda: OFFICE, 3, 60.0, lambda: calls.append(rows.done)) is False
    assert (rows.done, len(calls)) == (25, 1)


def test_nobody_is_called_where_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = list[int]()
    with_work(monkeypatch, Rows(0))
    assert drain(lambda: OFFICE, 3, 60.0, lambda: calls.append(1)) is False
    assert calls == []


def test_whoever_has_no_time_left_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(5)
    with_work(monkeypatch, rows)
    assert drain(lambda: OFFICE, 2, 0.0, lambda: None) is True
    assert rows.done == 0


def test_a_database_that_does_not_answer_ends_it_and_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(office: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr(work, "WORK", [fail])
    assert drain(lambda: OFFICE, 2, 60.0, lambda: None) is False


def test_what_is_more_urgent_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    urgent, other = Rows(1), Rows(1)
    with_work(monkeypatch, urgent, other)
    assert work_once(OFFICE)
    assert (urgent.done, other.done) == (1, 0)
    assert work_once(OFFICE)
    assert (other.done, work_once(OFFICE)) == (1, False)


def test_a_round_is_gone_by_its_name_and_one_that_is_not_known_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[object] = []
    monkeypatch.setattr(work, "ROUNDS", (Round("one", 1.0, gone.append), Round("two", 1.0, lambda _: None)))
    go_round(OFFICE, "one")
    go_round(OFFICE, "three")
    assert gone == [OFFICE]


def test_every_round_has_a_name_of_its_own_and_is_not_gone_all_the_time() -> None:
    assert len({one.name for one in ROUNDS}) == len(ROUNDS)
    assert all(one.seconds >= 5 for one in ROUNDS)
