"""The processes that answer: how many, with how many threads, and how they end.

Told to end (SIGTERM, SIGINT), the service takes no connection any more, answers what it has taken, brings the
answers that nobody waits for, links the audit trail to its end and closes. Told again, it ends at once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from service.app import create_app, tell_others
from service.cli.listener import Listener
from service.config import Settings

ANSWERING = 20
"""So many seconds a request that was taken has to be answered: a payer has 15 of them."""

ENDING = 45
"""The end takes no longer, whatever hangs: answering, then what nobody waits for, then the trail."""


class Server(BaseApplication):  # type: ignore[misc]
    """A master that watches, and processes with threads; with an embedded database there is one of them."""

    def __init__(self, settings: Settings, when_ready: Callable[[], None]) -> None:
        self._settings, self._when_ready = settings, when_ready
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve; quietly, with faults on standard error."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "worker_class": _Worker,
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "graceful_timeout": ENDING,
            "loglevel": "warning",
            "when_ready": lambda server: self._when_ready(),
            "worker_exit": lambda server, worker: _close_office(worker),
            # A socket in the home of whoever runs this is nothing that they asked for.
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application, in the process that answers; begin to look for rows, and for what to tell."""
        app = create_app(self._settings)
        app.extensions["office"].workers.start()
        tell_others(app)
        return app

    def run(self) -> None:
        """Serve until told to end."""
        _Master(self).run()


class _Master(Arbiter):  # type: ignore[misc]
    """Ends in good order however it is told to, and at once when it is told again."""

    _is_told = False

    def signal(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal."""
        if sig in (signal.SIGTERM, signal.SIGINT):
            # This is how the library is told that there is no time.
            sig = signal.SIGQUIT if self._is_told else signal.SIGTERM
            self._is_told = True
        super().signal(sig, frame)


class _Worker(Listener):
    """A process that answers, and that shuts its door as soon as it is told to end."""

    def init_signals(self) -> None:
        """Listen to the master alone: Ctrl+C reaches every process, and the master says what follows."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in good order, with time left for what comes after the last answer."""
        self.cfg.set("graceful_timeout", ANSWERING)
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End at once; whatever was written is whole, and whatever was not is not there."""
        os._exit(0)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections, or none; at the end those before the door are let in, and it is shut."""
        is_end = not enabled and not self.alive
        if is_end and self._accepting:
            for listener in self.sockets:
                self._let_in(listener)
        super().set_accept_enabled(enabled)
        if is_end:
            # The library would leave it open until the last answer, and nobody would ever come to it.
            for listener in self.sockets:
                listener.close()

    def _let_in(self, listener: Any) -> None:
        inside = -1
        while inside != self.nr_conns:
            inside = self.nr_conns
            self.accept(listener)


def _close_office(worker: Any) -> None:
    """Close what an application opened in this process, if it came to be."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["office"].close()
