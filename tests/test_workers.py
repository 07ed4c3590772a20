"""Threads that do what waits in the database: woken at once, looking by themselves, ending in good order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from service import workers as module
from service.workers import NowAndThen, Workers

LONG = 20.0
NEVER = 3600.0


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, and not for ever."""
    end = time.monotonic() + LONG
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    assert holds()


@pytest.fixture
def looks_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by himself within this test."""
    monkeypatch.setattr(module, "LOOK_SECONDS", NEVER)


@pytest.fixture
def made() -> Iterator[list[Workers]]:
    """What a test makes is ended, whatever happens."""
    all_of_them: list[Workers] = []
    yield all_of_them
    for one in all_of_them:
        one.stop()


def start(
    made: list[Workers], work: Callable[[], bool], at_a_time: int = 2, seconds: float = LONG
) -> Workers:
    made.append(Workers(at_a_time, seconds, work))
    return made[-1]


@pytest.mark.usefixtures("looks_never")
def test_whoever_is_woken_begins_at_once_and_goes_on_while_there_is_any(made: list[Workers]) -> None:
    waiting = [1, 2, 3]
    done: list[int] = []

    def work() -> bool:
        if waiting:
            done.append(waiting.pop())
            return True
        return False

    workers = start(made, work, at_a_time=1)
    workers.wake()
    until(lambda: len(done) == 3)
    waiting.append(4)
    began = time.monotonic()
    workers.wake()
    until(lambda: len(done) == 4)
    assert time.monotonic() - began < LONG / 4


def test_what_another_process_put_up_is_found_without_being_woken(
    made: list[Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    looked: list[int] = []
    start(made, lambda: bool(looked.append(1))).start()
    until(lambda: len(looked) > 10)


@pytest.mark.usefixtures("looks_never")
def test_so_many_work_at_a_time_and_none_where_there_are_none(made: list[Workers]) -> None:
    gate, inside = Event(), list[int]()

    def work() -> bool:
        inside.append(1)
        gate.wait(LONG)
        return False

    start(made, work, at_a_time=0).wake()
    assert inside == []
    workers = start(made, work, at_a_time=3)
    workers.wake()
    workers.wake()
    until(lambda: len(inside) == 3)
    gate.set()


def test_the_end_waits_for_what_is_under_way_and_takes_nothing_on(made: list[Workers]) -> None:
    gate, begun, done = Event(), Event(), list[int]()

    def work() -> bool:
        begun.set()
        gate.wait(LONG)
        done.append(1)
        return True

    workers = start(made, work, at_a_time=1)
    workers.wake()
    assert begun.wait(LONG)
    workers.end()
    gate.set()
    workers.stop()
    workers.wake()
    assert done == [1]


def test_the_end_does_not_wait_for_ever(made: list[Workers], caplog: pytest.LogCaptureFixture) -> None:
    gate, begun = Event(), Event()

    def work() -> bool:
        begun.set()
        return gate.wait(LONG)

    workers = start(made, work, at_a_time=1, seconds=0.05)
    workers.wake()
    assert begun.wait(LONG)
    began = time.monotonic()
    workers.stop()
    assert time.monotonic() - began < LONG / 4
    assert "they are taken up again" in caplog.text
    gate.set()


@pytest.mark.usefixtures("looks_never")
def test_work_that_fails_is_tried_again_and_says_nothing_of_what_it_was(
    made: list[Workers], caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[int] = []

    def work() -> bool:
        tried.append(1)
        raise RuntimeError("Zqsentinel")

    workers = start(made, work, at_a_time=1)
    with caplog.at_level(logging.DEBUG):
        workers.wake()
        until(lambda: len(tried) == 1)
        workers.wake()
        until(lambda: len(tried) == 2)
        workers.stop()
    assert "RuntimeError" in caplog.text
    assert "Zqsentinel" not in caplog.text


# --- what is done now and then


def test_what_is_done_now_and_then_is_done_once_in_its_time_however_many_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now, done = [100.0], list[float]()
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    each_minute = NowAndThen(60)
    for moment in (100.0, 100.0, 159.9, 160.0, 200.0):
        now[0] = moment
        each_minute.do(lambda: done.append(now[0]))
    assert done == [100.0, 160.0]
    now[0] = 220.0
    with caplog.at_level(logging.WARNING):
        each_minute.do(lambda: 1 // 0)
    assert "ZeroDivisionError" in caplog.text
    now[0] = 280.0
    each_minute.do(lambda: done.append(now[0]))
    assert done[-1] == 280.0
