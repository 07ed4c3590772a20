"""How bytes travel to one address: a session, its repeats, and the time that a check may take on it.

A time-out for each read does not bound a reply that comes a byte a second, neither its headers nor its
body. So a check carries a watch that knows the socket in use, and can shut it from another thread.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from random import SystemRandom
from threading import Lock
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, InvalidHeader

from payers.answers import MOST_BYTES, Answer, flaw_of, refusal_of, trouble_of
from payers.connections import Connection
from payers.errors import PayerError, PayerUnreachable, UnreadableReply

CONNECT_SECONDS = 5.0
SHORTEST_SECONDS = 0.01
REPEATS = 2
REPEATED_STATUSES = frozenset({429, 502, 503, 504})
CHUNK = 1 << 16

_chance = SystemRandom()


class Watch:
    """The time that is left to one check, the socket that it has in use, and whether it was cut off."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = Lock()
        self._handle: socket.socket | None = None
        self.is_cut = False

    def left(self) -> float:
        """Return the seconds that are left, never below zero."""
        return max(0.0, self._ends - time.monotonic())

    def take(self, used: socket.socket) -> None:
        """Remember a socket as the one in use; shut it at once where the time is up."""
        # A handle of our own on the same stream: TLS and the end of the headers put others in its place.
        handle = socket.fromfd(used.fileno(), used.family, used.type)
        with self._lock:
            self._drop()
            self._handle = handle
        if not self.left():
            self.cut()

    def release(self) -> None:
        """Forget the socket, which may go on to serve another check."""
        with self._lock:
            self._drop()

    def cut(self) -> None:
        """Shut the socket in use, so that whoever waits on it stops waiting."""
        self.is_cut = True
        with self._lock, suppress(OSError):
            if self._handle is not None:
                self._handle.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


_watch: ContextVar[Watch] = ContextVar("watch")


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Show the watch whatever socket is used until this ends."""
    before = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(before)
        watch.release()


class WatchedConnection(HTTPConnection):
    """A connection that shows its socket to the watch of the check that uses it."""

    def _new_conn(self) -> socket.socket:
        watch = _watch.get()
        self.timeout = max(SHORTEST_SECONDS, min(CONNECT_SECONDS, watch.left()))
        made = super()._new_conn()
        watch.take(made)
        return made

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request; a socket that an earlier check left open is shown to the watch first."""
        if self.sock is not None:
            _watch.get().take(self.sock)
        super().request(*args, **kwargs)


class WatchedTLSConnection(WatchedConnection, HTTPSConnection):
    """The same under TLS; its socket is shown before the handshake."""


class WatchedPool(HTTPConnectionPool):
    """A pool of watched connections."""

    ConnectionCls = WatchedConnection


class WatchedTLSPool(HTTPSConnectionPool):
    """A pool of watched connections under TLS."""

    ConnectionCls = WatchedTLSConnection


class Patience(Retry):
    """Repeats while the pause before the next attempt fits in the time that is left to the check."""

    # All that is repeated is in the list of statuses already, with or without this header.
    RETRY_AFTER_STATUS_CODES = frozenset()

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Patience:
        """Return the patience that remains; raises `MaxRetryError` where there is no time for a pause."""
        again = super().increment(method, url, response, error, *args, **kwargs)
        if again.pause(response) >= _watch.get().left():
            return again.new(total=0).increment(method, url, response, error, *args, **kwargs)
        return again

    def pause(self, response: BaseHTTPResponse | None) -> float:
        """Return the seconds to wait: those that the payer asks for, else those of the backoff."""
        asked_for = self.get_retry_after(response) if response is not None else None
        return asked_for or self.get_backoff_time()

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait before the next attempt, and never past the end of the check."""
        time.sleep(min(self.pause(response), _watch.get().left()))

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the payer asks for; what cannot be read counts as not said."""
        with suppress(InvalidHeader, ValueError, OverflowError):
            return super().get_retry_after(response)
        return None

    def get_backoff_time(self) -> float:
        """Return the seconds of the backoff; even the first repeat waits a little, each check differently."""
        return super().get_backoff_time() or _chance.uniform(0, self.backoff_jitter)


class WatchedAdapter(HTTPAdapter):
    """The session's way to the network, over watched connections."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools watched ones."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": WatchedPool, "https": WatchedTLSPool}


class StayingSession(requests.Session):
    """A session that never goes elsewhere, nor reads on to find out where elsewhere would be."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Know of no other address."""


def open_session(connection: Connection) -> requests.Session:
    """Return a session that nothing of this machine's surroundings changes, and that keeps no cookies."""
    pause = min(0.5, connection.seconds / 30)
    patience = Patience(
        total=REPEATS,
        other=0,  # TLS that fails once fails again
        allowed_methods=frozenset({"POST"}),  # an eligibility inquiry changes nothing
        status_forcelist=REPEATED_STATUSES,
        backoff_factor=pause,
        backoff_jitter=pause,
        raise_on_status=False,
    )
    session = StayingSession()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers["User-Agent"] = "openvob"
    adapter = WatchedAdapter(pool_connections=1, pool_maxsize=connection.at_most, max_retries=patience)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def post(
    session: requests.Session,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    readable: Collection[int],
    watch: Watch,
) -> Answer:
    """Put a body to an address and return what came back; raises a `PayerError` where that is no answer."""
    if not watch.left():
        raise PayerUnreachable("timed_out")
    outcome: Answer | PayerError
    with watching(watch):
        try:
            with session.post(
                url,
                data=body,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, watch.left() or SHORTEST_SECONDS),
            ) as response:
                outcome = _read(response, readable)
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            outcome = trouble_of(error, time_is_up=not watch.left())
    if watch.is_cut:
        # To the library a stream that we shut looks like one that came to its end.
        outcome = PayerUnreachable("timed_out")
    if isinstance(outcome, PayerError):
        # Out here it has no context: the library's exception holds the request, and with it the member.
        raise outcome
    return outcome


def _read(response: requests.Response, readable: Collection[int]) -> Answer | PayerError:
    status, headers = response.status_code, response.headers
    if status not in readable:
        return refusal_of(status, headers)
    read = bytearray()
    for chunk in response.iter_content(CHUNK):
        read += chunk
        if len(read) > MOST_BYTES:
            break
    body = bytes(read)
    flaw = flaw_of(headers.get("Content-Type", ""), body)
    if flaw is not None:
        # A status of its own says more than a page that decorates it.
        return refusal_of(status, headers) if status >= 400 else UnreadableReply(flaw)
    return Answer(status, headers, body)
