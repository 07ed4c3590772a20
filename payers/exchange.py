"""The gate of one connection: who may ask now, for how long, and what is answered without asking.

One exchange serves a connection in a process, whatever the number of threads. It lets so many checks in at
a time and queues nobody, keeps away from a payer that failed several times in a row, ends every check in
its time, and remembers replies for a while.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from threading import Lock, Thread
from typing import Any, TypeVar

from cachetools import TTLCache
from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitMemoryStorage,
)

from payers.answers import Answer
from payers.base import CLOSED, HALF, OPEN, Heard
from payers.connections import Connection
from payers.errors import PayerUnreachable
from payers.wire import Watch, open_session, post

FAILURES_IN_A_ROW = 5
REST_SECONDS = 30.0
MOST_KEPT = 1024
COUNTED = frozenset({"timed_out", "no_connection", "failing", "not_trusted"})

T = TypeVar("T")


class _Failed(Exception):
    """Tells the breaker that a check failed, and nothing else."""


class Exchange:
    """What all checks over one connection share: session, breaker, number under way, replies kept."""

    def __init__(self, connection: Connection) -> None:
        self.session = open_session(connection)
        self._url = connection.url
        self._seconds = connection.seconds
        # The last moments are for winding up: what was cut off ends, and its place is free again.
        self._winding_up = min(0.2, connection.seconds / 20)
        self._at_most = connection.at_most
        self._under_way = 0
        self._lock = Lock()
        self._circuit = CircuitMemoryStorage(STATE_CLOSED)
        self._breaker = CircuitBreaker(FAILURES_IN_A_ROW, REST_SECONDS, state_storage=self._circuit)
        self._kept: TTLCache[bytes, Heard] = TTLCache(MOST_KEPT, connection.keep_seconds)
        self._key = secrets.token_bytes(blake2b.MAX_KEY_SIZE)

    @property
    def state(self) -> str:
        """How the payer is treated: asked, left alone, or tried again with the next question."""
        if self._circuit.state == STATE_CLOSED:
            return CLOSED
        return OPEN if self._circuit.state == STATE_OPEN and self._rests() else HALF

    def recall(self, subject: bytes) -> Heard | None:
        """Return what was heard lately on the same subject."""
        with self._lock:
            return self._kept.get(self._key_of(subject))

    def keep(self, subject: bytes, heard: Heard) -> None:
        """Remember what was heard on a subject, for as long as the connection says."""
        with self._lock:
            self._kept[self._key_of(subject)] = heard

    def forget(self, subjects: Iterable[bytes]) -> None:
        """Forget what was heard on subjects, for it was no use."""
        with self._lock:
            for subject in subjects:
                self._kept.pop(self._key_of(subject), None)

    def put(self, headers: Mapping[str, str], body: bytes, readable: Collection[int], watch: Watch) -> Answer:
        """Put a body to the connection's address; raises a `PayerError` where there is no answer to read."""
        return post(self.session, self._url, headers, body, readable, watch)

    def run(self, work: Callable[[Watch], T], within: float | None = None) -> T:
        """Do the work of one check in its own thread and return its outcome, or raise it, in time.

        The time is the connection's, or what is `within` if that is less. Raises `PayerUnreachable`:
        `busy` or `resting` at once, `timed_out` when the time is up.
        """
        seconds = self._seconds if within is None else min(within, self._seconds)
        watch = Watch(max(0.0, seconds - self._winding_up))
        self._enter()
        failed = False
        try:
            return self._outcome(work, watch)
        except PayerUnreachable as failure:
            failed = failure.reason in COUNTED
            raise
        finally:
            self._report(failed)

    def close(self) -> None:
        """Close the connections that are kept open for later checks."""
        self.session.close()

    def _key_of(self, subject: bytes) -> bytes:
        return blake2b(subject, key=self._key).digest()

    def _enter(self) -> None:
        """Take a place, or raise why there is none."""
        with self._lock:
            if self._rests():
                raise PayerUnreachable("resting")
            if self._under_way >= self._at_most:
                raise PayerUnreachable("busy")
            self._under_way += 1
            if self._breaker.current_state == STATE_OPEN:
                self._breaker.half_open()

    def _leave(self) -> None:
        with self._lock:
            self._under_way -= 1

    def _rests(self) -> bool:
        """Whether the payer is left alone: it failed lately, or one check is finding out if it still does."""
        state, since = self._circuit.state, self._circuit.opened_at
        if state == STATE_OPEN and since is not None:
            return datetime.now(UTC) < since + timedelta(seconds=REST_SECONDS)
        return state == STATE_HALF_OPEN

    def _report(self, failed: bool) -> None:
        """Tell the breaker how a check ended."""

        # The breaker holds a lock while it calls, so it is told afterwards and never calls a payer itself.
        def repeat_the_outcome() -> None:
            if failed:
                raise _Failed

        with suppress(_Failed, CircuitBreakerError):
            self._breaker.call(repeat_the_outcome)

    def _outcome(self, work: Callable[[Watch], T], watch: Watch) -> T:
        outcome: Future[T] = Future()
        # Not a pool's thread: one that a name server holds up must not hold up the end of the process.
        worker = Thread(target=self._do, args=(work, watch, outcome), daemon=True)
        try:
            worker.start()
        except RuntimeError:
            self._leave()
            raise PayerUnreachable("busy") from None
        wait({outcome}, watch.left())
        if not outcome.done():
            watch.cut()
            wait({outcome}, self._winding_up)
        if not outcome.done():
            raise PayerUnreachable("timed_out")
        return outcome.result()

    def _do(self, work: Callable[[Watch], T], watch: Watch, outcome: Future[Any]) -> None:
        # The place is given back before the outcome is told: who hears it may ask again at once.
        try:
            result = work(watch)
        except BaseException as error:
            self._leave()
            outcome.set_exception(error)
        else:
            self._leave()
            outcome.set_result(result)
