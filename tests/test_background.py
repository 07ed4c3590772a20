"""Work that nobody waits for: how much there is of it, and what becomes of it when the service ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from threading import Event

import pytest

from service.background import Background
from service.observe.metrics import BACKGROUND, WAITING, WORKING

LONG = 20


def counted() -> tuple[float, float]:
    """How much waits and is worked at in this process."""
    waiting, working = (BACKGROUND.labels(state)._value.get() for state in (WAITING, WORKING))
    return waiting, working


@pytest.fixture
def gate() -> Iterator[Event]:
    """What work waits for; it is opened in the end, whatever happens."""
    opened = Event()
    yield opened
    opened.set()


def until_counted(wanted: tuple[float, float]) -> None:
    """Wait until so much is counted, and not for ever."""
    end = time.monotonic() + LONG
    while counted() != wanted and time.monotonic() < end:
        time.sleep(0.005)
    assert counted() == wanted


def test_what_waits_and_what_is_worked_at_is_counted(gate: Event) -> None:
    waiting, working = counted()
    background = Background(2, LONG)
    futures = [background.submit(gate.wait, LONG) for _ in range(5)]
    until_counted((waiting + 3, working + 2))
    gate.set()
    assert all(future.result(LONG) for future in futures)
    until_counted((waiting, working))
    background.shutdown()


def test_work_that_fails_is_done_too() -> None:
    before = counted()
    background = Background(1, LONG)
    failed = background.submit(int, "no number")
    assert isinstance(failed.exception(LONG), ValueError)
    until_counted(before)
    background.shutdown()


def test_at_the_end_what_is_left_is_done_first(caplog: pytest.LogCaptureFixture) -> None:
    background = Background(1, LONG)
    futures = [background.submit(time.sleep, 0.05) for _ in range(3)]
    background.shutdown()
    assert all(future.done() and not future.cancelled() for future in futures)
    assert caplog.records == []


def test_what_takes_too_long_is_left_undone_and_said_so(
    gate: Event, caplog: pytest.LogCaptureFixture
) -> None:
    before = counted()
    background = Background(1, 0.1)
    first, second = (background.submit(gate.wait, LONG) for _ in range(2))
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        background.shutdown()
    assert time.monotonic() - began < LONG / 2
    assert [(record.levelname, vars(record)["count"]) for record in caplog.records] == [("WARNING", 2)]
    assert second.cancelled()
    gate.set()
    assert first.result(LONG)
    until_counted(before)


def test_after_the_end_nothing_is_taken_on() -> None:
    before = counted()
    background = Background(1, LONG)
    background.shutdown()
    with pytest.raises(RuntimeError):
        background.submit(time.sleep, 0)
    assert counted() == before
