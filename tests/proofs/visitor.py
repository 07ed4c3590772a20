"""Somebody who calls a service at every door, and looks through what comes back for marks."""

from __future__ import annotations

import http.client
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.proofs.marks import Searched

SECONDS = 60


@dataclass
class Seen:
    """What came back: statuses by door, what was looked through, and at which doors a payer was heard."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    headers: Searched = field(default_factory=Searched)
    refusals: Searched = field(default_factory=Searched)
    silent: Searched = field(default_factory=Searched)
    numbers: Searched = field(default_factory=Searched)
    heard: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(
        self,
        door: str,
        status: int,
        headers: str,
        body: bytes,
        *,
        is_silent: bool = False,
        shows: bool = False,
    ) -> None:
        """Note an answer; a refusal is searched whole, unless it `shows` what was typed, as a form does.

        So is a good answer that should hold nobody (`is_silent`).
        """
        with self._lock:
            self.statuses[door][status] += 1
            self.headers.search(headers.encode("utf-8", "surrogateescape"), f"{door} {status}")
            if status >= 400 and not shows:
                self.refusals.search(body, f"{door} {status}")
            elif is_silent:
                self.silent.search(body, f"{door} {status}")

    def requests(self) -> int:
        """How many were answered."""
        return sum(count for statuses in self.statuses.values() for count in statuses.values())


@dataclass
class Visitor:
    """Calls a service at `address` with a key; whatever comes back is noted."""

    address: str
    key: str
    seen: Seen
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def call(
        self,
        door: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        is_silent: bool = False,
        shows: bool = False,
        **more: Any,
    ) -> requests.Response:
        """Send a request, note what comes back under the name of its door, and return it."""
        said: dict[str, Any] = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        sent = {**more, "headers": said, "timeout": SECONDS, "allow_redirects": False}
        try:
            answer = self.session.request(method, f"{self.address}{path}", **sent)
        except requests.ConnectionError:  # a connection that a refusal ended may be taken up once too often
            answer = self.session.request(method, f"{self.address}{path}", **sent)
        shown = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        told, body = f"{answer.reason}\n{shown}", answer.content
        self.seen.note(door, answer.status_code, told, body, is_silent=is_silent, shows=shows)
        return answer

    def make(self, door: str, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """Post something, and return what was made; empty where it was refused."""
        answer = self.call(door, "POST", path, json=body, headers=headers)
        made: dict[str, Any] = answer.json() if answer.status_code == 201 else {}
        if made.get("eligibility", {}).get("basis") == "reported":
            self.seen.heard[door] += 1
        return made

    def speak_raw(self, door: str, text: bytes) -> None:
        """Send bytes that no client would, and note what comes back, if anything does."""
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=SECONDS)
        connection.connect()
        connection.sock.sendall(text)
        answer = http.client.HTTPResponse(connection.sock)
        try:
            answer.begin()
            body, status, shown = answer.read(), answer.status, str(answer.headers)
        except (http.client.HTTPException, OSError):
            body, status, shown = b"", 0, ""
        finally:
            connection.close()
        self.seen.note(door, status, shown, body)
