"""Threads that do what waits in the database: woken when something is put up, and looking by themselves.

They know nothing of what they do: `work` does some of it and says whether there was any. Looking again
after a few seconds finds what another process put up, and what one that was killed had taken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Condition, Lock, Thread

# How long whoever found nothing to do waits before looking again, where nobody says that there is.
LOOK_SECONDS = 5.0
logger = logging.getLogger(__name__)

Work = Callable[[], bool]


class Workers:
    """So many threads, begun when they are first needed; at the end what is under way has `seconds`."""

    def __init__(self, at_a_time: int, seconds: float, work: Work | None = None) -> None:
        self._at_a_time, self._seconds, self._work = at_a_time, seconds, work
        self._changed = Condition()
        self._calls, self._ends_at = 0, float("inf")
        self._threads: list[Thread] = []

    def learn(self, work: Work) -> None:
        """Say what there is to be done."""
        self._work = work

    def start(self) -> None:
        """Begin to look for work, and go on looking."""
        self.wake()

    def wake(self) -> None:
        """Say that something was put up."""
        with self._changed:
            if self._work is None or self._is_ending():
                return
            self._calls += 1
            self._changed.notify_all()
            while len(self._threads) < self._at_a_time:
                name = f"worker-{len(self._threads) + 1}"
                self._threads.append(Thread(target=self._run, args=(self._work,), daemon=True, name=name))
                self._threads[-1].start()

    def end(self) -> None:
        """Take nothing on any more; what is under way goes on."""
        with self._changed:
            self._ends_at = min(self._ends_at, time.monotonic() + self._seconds)
            self._changed.notify_all()

    def stop(self) -> None:
        """End, and wait for what is under way as long as it has; the rest is taken up by whoever is next."""
        self.end()
        for thread in self._threads:
            thread.join(max(0.0, self._ends_at - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            logger.warning("the service ends with rows under way; they are taken up again")

    def _is_ending(self) -> bool:
        return self._ends_at != float("inf")

    def _run(self, work: Work) -> None:
        while not self._is_ending():
            seen = self._calls
            if _found_some(work):
                continue
            with self._changed:
                if self._calls == seen and not self._is_ending():
                    self._changed.wait(LOOK_SECONDS)


class NowAndThen:
    """Does something at most once in so many seconds, however often and by however many it is called."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._last = seconds, float("-inf")
        self._lock = Lock()

    def do(self, work: Callable[[], object]) -> None:
        """Do it if it is time; what goes wrong is logged, and tried again the next time."""
        with self._lock:
            now = time.monotonic()
            if now - self._last < self._seconds:
                return
            self._last = now
        try:
            work()
        except Exception as error:  # such as a database that does not answer
            logger.warning("what is done now and then could not be done: %s", type(error).__name__)


def _found_some(work: Work) -> bool:
    try:
        return work()
    except Exception as error:  # a database that does not answer: it is tried again
        logger.warning("work in the background could not be done: %s", type(error).__name__)
        return False
