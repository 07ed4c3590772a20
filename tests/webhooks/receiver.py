"""A receiver on this machine that has bad days, and verifies what it is sent with the library of others."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep
from typing import Any

from standardwebhooks import Webhook

HANG_UP, SLOW = "hang up", "slow"
Mood = Callable[[int, dict[str, Any]], int | str]


@dataclass
class Heard:
    """One request as it came: what it was answered, and what it says."""

    id: str
    answered: int | str
    payload: dict[str, Any]
    signatures: int
    path: str


@dataclass
class Receiver:
    """What was heard, and in which `mood` the next one is answered: a status, `HANG_UP` or `SLOW`.

    Where the secrets are known, every request is verified with each of them; one that fails is a fault.
    """

    server: ThreadingHTTPServer
    mood: Mood = lambda number, payload: 204
    headers: dict[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    heard: list[Heard] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    slow_seconds: float = 0.4
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/hooks?token=zq"

    @property
    def taken(self) -> list[Heard]:
        """What it said yes to."""
        return [one for one in self.heard if one.answered == 204]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Hear one request, and answer as the mood is."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = dict(handler.headers.items())
        with self.lock:
            payload = json.loads(body)
            answer = self.mood(len(self.heard), payload)
            for secret in self.secrets:
                try:
                    payload = Webhook(secret).verify(body, headers)
                except Exception as error:
                    self.faults.append(f"{type(error).__name__}: {error}")
            signatures = len(headers["webhook-signature"].split(" "))
            self.heard.append(Heard(headers["webhook-id"], answer, payload, signatures, handler.path))
        if answer == HANG_UP:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if answer == SLOW:
            sleep(self.slow_seconds)
            answer = 204
        handler.send_response(int(answer))
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def receiving(port: int = 0, **terms: Any) -> Iterator[Receiver]:
    """A receiver, on these terms from its first moment, that listens as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.take(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # whoever sent it did not wait

    with Server(("127.0.0.1", port), Handler) as server:
        made = Receiver(server, **terms)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
