"""Work that goes on after its request was answered, so many at a time; how much there is of it is told.

Where the service ends, what is left is waited for, and not without end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from threading import Lock
from typing import Any

from service.observe.metrics import WAITING, WORKING, note_background

logger = logging.getLogger(__name__)


class Background(Executor):
    """Threads for callers who do not wait; at the end what is left has so many `seconds`."""

    def __init__(self, at_a_time: int, seconds: float) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(at_a_time, thread_name_prefix="background")
        self._lock = Lock()
        self._left: set[Future[Any]] = set()
        # Both are there before there is any work, so that its first is seen as a change.
        note_background(WAITING, 0)
        note_background(WORKING, 0)

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Do the work as soon as a thread is free; raises `RuntimeError` once the end has begun."""
        with self._lock:
            # Counted first: a thread that is free begins before this one goes on.
            note_background(WAITING, 1)
            try:
                future = self._threads.submit(_work, work, args, more)
            except RuntimeError:
                note_background(WAITING, -1)
                raise
            self._left.add(future)
        future.add_done_callback(self._forget)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing on any more, and wait for what is left as long as it has."""
        with self._lock:
            self._threads.shutdown(wait=False, cancel_futures=False)
            left = set(self._left)
        if wait and not cancel_futures:
            _, left = wait_for(left, self._seconds)
            if left:
                logger.warning("the service ends with work left undone", extra={"count": len(left)})
        self._threads.shutdown(wait=False, cancel_futures=wait or cancel_futures)

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._left.discard(future)
        if future.cancelled():
            note_background(WAITING, -1)


def _work(work: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Any:
    note_background(WAITING, -1)
    note_background(WORKING, 1)
    try:
        return work(*args, **more)
    finally:
        note_background(WORKING, -1)
