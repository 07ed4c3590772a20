"""A server on the loopback that behaves as badly as it is told to, over real sockets."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any

DRIP_SECONDS = 0.01


class Visit:
    """One connection that a client made: its socket, and how many there were before it."""

    def __init__(self, server: BadServer, connection: socket.socket, number: int) -> None:
        self.server = server
        self.connection = connection
        self.number = number
        self._buffer = b""

    def read(self) -> bytes:
        """Read one request, headers and body; empty where the client went away."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return b""
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        while len(rest) < length:
            if not self._more():
                return b""
            rest = self._buffer.partition(b"\r\n\r\n")[2]
        self._buffer = rest[length:]
        self.server.requests.append(head + b"\r\n\r\n" + rest[:length])
        return self.server.requests[-1]

    def _more(self) -> bool:
        read = self.connection.recv(65536)
        self._buffer += read
        return bool(read)

    def say(self, text: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(text)

    def drip(self, piece: bytes) -> None:
        """Send a piece every now and then until the client goes away."""
        while not self.server.stopped.wait(DRIP_SECONDS):
            self.say(piece)


Behavior = Callable[[Visit], object]


class BadServer(ThreadingTCPServer):
    """Meets every visit with one behavior; counts visits, keeps requests, knows how many visits are over."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, behavior: Behavior, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self.behavior = behavior
        self.tls = tls
        self.requests: list[bytes] = []
        self.visits = 0
        self.over = 0
        self.stopped = Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}/inquiries"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Meet one visit; that the client goes away in the middle is its right."""
        self.visits += 1
        number = self.visits
        with suppress(OSError), request:
            connection = request if self.tls is None else self.tls.wrap_socket(request, server_side=True)
            with connection:
                self.behavior(Visit(self, connection, number))
        self.over += 1


@contextmanager
def serving(behavior: Behavior, tls: ssl.SSLContext | None = None) -> Iterator[BadServer]:
    """Run a server as long as the block runs."""
    with BadServer(behavior, tls) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


def reply(body: bytes = b"yes", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole response."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answers(visit: Visit) -> None:
    """Answer every request, as a good server would."""
    while visit.read():
        visit.say(reply())


def is_silent(visit: Visit) -> None:
    """Take a request and say nothing, until the client goes away."""
    visit.read()
    visit.connection.recv(1)


def breaks(visit: Visit) -> None:
    """Take a request and reset the connection."""
    visit.read()
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drips_headers(visit: Visit) -> None:
    """Never come to the end of the headers."""
    visit.read()
    visit.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    visit.drip(b".")


def drips_body(visit: Visit) -> None:
    """Never come to the end of the body."""
    visit.read()
    visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    visit.drip(b".")


def drips_last_body(visit: Visit) -> None:
    """Never come to the end of the body, nor say where it is: it ends with the connection."""
    visit.read()
    visit.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    visit.drip(b".")


def drips_handshake(visit: Visit) -> None:
    """Announce a long record of the TLS handshake, and never come to its end."""
    visit.say(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xf0")
    visit.drip(b"\x03")
