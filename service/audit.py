"""Keeps the audit trail linked while the service runs: one sealer a process."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic

from service.store import audit
from service.store.session import Store

# When to look after something was written: soon, for all that comes with it, and again for transactions
# that took their time.
SOON, AGAIN = 0.2, (0.8, 9.0)
# Most transactions are short: what they write is looked for often, and what took its time now and then.
SHORT = timedelta(seconds=2)
FAR_EVERY = 20.0
logger = logging.getLogger(__name__)


class Sealer:
    """Links what is written to the trail within a second of its being committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written, self._ended = Event(), Event()
        self._thread: Thread | None = None
        self._far_at = 0.0

    def wake(self) -> None:
        """Say that something was, or is about to be, committed."""
        if self._thread is None:
            self._thread = Thread(target=self._run, daemon=True, name="audit-sealer")
            self._thread.start()
        self._written.set()

    def catch_up(self) -> None:
        """Link what a process that was killed left behind, or what a backup caught before it was linked."""
        self._seal(far=True)

    def stop(self) -> None:
        """End, with everything linked that is committed."""
        self._ended.set()
        self._written.set()
        if self._thread is not None:
            self._thread.join()
        self._seal(far=True, waits=True)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._written.wait()
            self._written.clear()
            self._ended.wait(SOON)
            self._seal()
            for seconds in AGAIN:
                if self._written.wait(seconds):
                    break
                self._seal(far=seconds == AGAIN[-1])

    def _seal(self, *, far: bool = False, waits: bool = False) -> None:
        far = far or monotonic() >= self._far_at
        back = audit.LOOK_BACK if far else SHORT
        try:
            while audit.seal(self._store, datetime.now(UTC), waits=waits, back=back) == audit.AT_A_TIME:
                pass
            if far:
                self._far_at = monotonic() + FAR_EVERY
        except Exception as error:  # it is tried again; what waits is told by a check of the trail
            logger.warning("the audit trail could not be linked: %s", type(error).__name__)
