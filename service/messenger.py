"""Wakes the workers of `vob jobs work`, wherever they run: one word over a broker, and nothing else.

The word may be lost, and so may the broker: a clock says the same every few seconds (`vob jobs beat`), and
what there is to do stands in the database.
"""

from __future__ import annotations

import logging
import ssl
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery import Celery

DRAIN = "drain"
PULSE_SECONDS = 5.0
"""Every so many seconds the clock wakes somebody; a word that nobody took by then is forgotten."""

QUEUE = "openvob"
CONNECT_SECONDS = 1.0
PAUSE_SECONDS = 5.0
logger = logging.getLogger(__name__)


def open_broker(address: str) -> Celery:
    """The library's application for a broker: late acknowledgements, no results, nothing but names sent."""
    # A service that works in the background itself starts sooner without the library.
    from celery import Celery

    app = Celery("openvob", broker=address, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_transport_options=_options(address),
        broker_use_ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED} if address.startswith("rediss:") else None,
        enable_utc=True,
        timezone="UTC",
    )
    return app


def _options(address: str) -> dict[str, Any]:
    if not address.startswith("redis"):
        return {}
    return {
        "global_keyprefix": f"{QUEUE}:",
        # A word that a worker took with it into its death is said again: it does not matter by whom.
        "visibility_timeout": 120,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_keepalive": True,
        "max_retries": 0,
    }


class Messenger:
    """Stands where the threads of `service.workers` would, and leaves the work to others."""

    def __init__(self, address: str) -> None:
        self._app = open_broker(address)
        self._silent_until = 0.0

    def learn(self, work: object, rounds: object = ()) -> None:
        """Know what there is to be done; the workers know it themselves."""

    def start(self) -> None:
        """Begin; the workers have begun already, or will."""

    def wake(self) -> None:
        """Say that something was put up; where the broker does not answer, the clock will say so."""
        now = time.monotonic()
        if now < self._silent_until:
            return
        try:
            self._app.send_task(DRAIN, expires=PULSE_SECONDS, ignore_result=True, retry=False)
        except Exception as error:  # whatever a broker's library raises: nothing is lost
            self._silent_until = now + PAUSE_SECONDS
            logger.warning("the workers could not be woken: %s", type(error).__name__)

    def end(self) -> None:
        """Say nothing more."""
        self._silent_until = float("inf")

    def stop(self) -> None:
        """Let go of the broker."""
        self.end()
        self._app.close()
