"""The sandbox's server: plain HTTP on loopback, able to be slow, to drip, to hang and to break off.

It keeps no log, for a log would hold members' ids, and it makes no connection of its own.
"""

from __future__ import annotations

import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payers.sandbox.answers import Turns, answer_inquiry, answer_visitor
from payers.sandbox.forms import ADDRESSES, Answer, in_json
from payers.sandbox.member import Trouble

MOST_BYTES = 1_000_000
# Closing with this on sends a reset instead of a farewell.
NO_FAREWELL = struct.pack("ii", 1, 0)


class Sandbox:
    """An invented payer at `url`; a context manager that serves while it lasts.

    `slow_seconds` is how long the slow member takes, `drip_seconds` how long each byte of the dripping
    one, and `seconds` what every answer takes. Port 0 takes any that is free.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        slow_seconds: float = 3.0,
        drip_seconds: float = 1.0,
        seconds: float = 0.0,
    ) -> None:
        self._server = _Server((host, port), _Desk)
        self._server.slow_seconds, self._server.drip_seconds = slow_seconds, drip_seconds
        self._server.seconds = seconds
        self._thread: Thread | None = None
        self._serves = False

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def load(self) -> dict[str, dict[str, int]]:
        """By address: the inquiries taken, those under way, and the most that ever were."""
        return self._server.load.told()

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._serves = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and break off every connection."""
        if self._serves:
            self._server.shutdown()
            self._serves = False
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._server.close_all()

    def serve(self) -> None:
        """Serve until interrupted, or stopped from another thread."""
        self._serves = True
        try:
            self._server.serve_forever(0.1)
        except KeyboardInterrupt:
            return
        finally:
            self._server.close_all()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Load:
    """Counts the inquiries at each address: taken, under way now, and the most that were at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    @contextmanager
    def count(self, path: str) -> Iterator[None]:
        """Count an inquiry for as long as it is answered."""
        with self._lock:
            self._taken[path] += 1
            self._under_way[path] += 1
            self._most[path] = max(self._most[path], self._under_way[path])
        try:
            yield
        finally:
            with self._lock:
                self._under_way[path] -= 1

    def told(self) -> dict[str, dict[str, int]]:
        """What was counted, by address."""
        with self._lock:
            return {
                path: {"taken": taken, "under_way": self._under_way[path], "most": self._most[path]}
                for path, taken in sorted(self._taken.items())
            }


class _Server(ThreadingHTTPServer):
    """One thread a connection; remembers the open ones so that it can leave none behind."""

    daemon_threads = True
    slow_seconds = 3.0
    drip_seconds = 1.0
    seconds = 0.0

    def __init__(self, address: tuple[str, int], desk: type[_Desk]) -> None:
        super().__init__(address, desk)
        self.turns, self.load = Turns(), Load()
        self.is_stopping = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        # HTTPServer's own would look the name up.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, and remember it."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection, and forget it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke: whoever broke it knows."""

    def close_all(self) -> None:
        """Let go of the port and of every connection."""
        self.is_stopping.set()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Desk(BaseHTTPRequestHandler):
    """Takes one request after the other, and delivers each answer as it is meant to arrive."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Sandbox", ""
    timeout = 60
    # Headers and body go out apart; the second must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer whoever looks around."""
        address = urlsplit(self.path)
        if address.path == "/load":
            self._deliver(in_json(200, self.server.load.told()))
            return
        self._deliver(answer_visitor(address.path, dict(parse_qsl(address.query)), datetime.now(UTC)))

    def do_POST(self) -> None:
        """Answer an inquiry."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._deliver(
                in_json(413 if length.isdigit() else 411, {"message": "No body of a known, fair length."})
            )
            return
        body = self.rfile.read(int(length))
        path = urlsplit(self.path).path
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = answer_inquiry(path, headers, body, self.server.turns, datetime.now(UTC))
        # Only what is answered is counted by its address: any other would be a name of the caller's choice.
        with self.server.load.count(path) if path in ADDRESSES.values() else nullcontext():
            self.server.is_stopping.wait(self.server.seconds)
            self._deliver(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no log."""

    def _deliver(self, answer: Answer) -> None:
        """Send an answer, with whatever goes wrong on the way."""
        ways: dict[Trouble, Callable[[Answer], None]] = {
            Trouble.SLOW: self._send_slowly,
            Trouble.HANGING: self._hang,
            Trouble.DRIP: self._drip,
            Trouble.RESET: self._reset,
            Trouble.HALF: self._send_half,
        }
        ways.get(answer.trouble, self._send)(answer)

    def _send(self, answer: Answer) -> None:
        self._send_headers(answer)
        self.wfile.write(answer.body)

    def _send_headers(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()

    def _send_slowly(self, answer: Answer) -> None:
        self.server.is_stopping.wait(self.server.slow_seconds)
        self._send(answer)

    def _hang(self, answer: Answer) -> None:
        """Never answer; the thread is let go when the server stops."""
        self.close_connection = True
        self.server.is_stopping.wait()

    def _drip(self, answer: Answer) -> None:
        self.close_connection = True
        self._send_headers(answer)
        for number in range(len(answer.body)):
            self.wfile.write(answer.body[number : number + 1])
            if self.server.is_stopping.wait(self.server.drip_seconds):
                return

    def _reset(self, answer: Answer) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_FAREWELL)
        socket.close(self.connection.detach())

    def _send_half(self, answer: Answer) -> None:
        self.close_connection = True
        self._send_headers(answer)
        self.wfile.write(answer.body[: len(answer.body) // 2])
