"""Clients that write to a service which is killed again and again, and ask until they are answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from threading import Event, Lock
from typing import Any

import requests

from tests.store.desk import REQUEST

SECONDS = 20
TELLING = {
    "told_benefits": {
        "told_by": {
            "channel": "phone",
            "representative": "J. D.",
            "reference": "CALL-123",
            "at": "2026-11-20T15:02:00Z",
        },
        "active": True,
    }
}


@dataclass(frozen=True, slots=True)
class Write:
    """One write: where to, what, and under which idempotency key."""

    number: int
    path: str
    body: dict[str, Any]

    @property
    def key(self) -> str:
        """The idempotency key, the same however often it is sent."""
        return f"write-{self.number}"


@dataclass
class Clients:
    """So many threads that write; `address` is where the service is, while `is_up`."""

    key: str
    writes: int
    random: Random
    address: str = ""
    is_up: Event = field(default_factory=Event)
    acknowledged: dict[int, str] = field(default_factory=dict)
    unanswered: set[int] = field(default_factory=set)
    claimed: list[Write] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    @property
    def are_done(self) -> bool:
        """Whether each write was answered, or waits for its claim to lapse."""
        return len(self.acknowledged) + len(self.claimed) + len(self.refused) >= self.writes

    def run(self, pool: ThreadPoolExecutor, threads: int) -> None:
        """Begin to write."""
        for _ in range(threads):
            pool.submit(self._work)

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (write := self._next()) is not None:
                self.is_up.wait()
                while not self.send(session, write):
                    self.is_up.wait()

    def _next(self) -> Write | None:
        with self._lock:
            number = next(self._numbers)
            if number >= self.writes:
                return None
            kind = number % 5
            if kind == 4:
                return Write(number, "/v1/cases", {"label": f"Ana {number}"})
            known = [made for each, made in self.acknowledged.items() if each % 5 < 3]
            if kind == 3 and known:
                return Write(number, f"/v1/verifications/{self.random.choice(known)}/told", TELLING)
            return Write(number, "/v1/verifications", REQUEST)

    def send(self, session: requests.Session, write: Write) -> bool:
        """Send a write; say whether there is an answer to it that is worth keeping."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": write.key}
        try:
            answer = session.post(
                f"{self.address}{write.path}", json=write.body, headers=headers, timeout=SECONDS
            )
        except requests.RequestException:
            self._note_unanswered(write)
            return False
        self.statuses[str(answer.status_code)] += 1
        if answer.status_code == 201:
            self.acknowledged[write.number] = answer.json()["id"]
        elif answer.status_code == 409:
            # Claimed by a request that was killed; the claim lapses after a while.
            self.claimed.append(write)
        elif answer.status_code == 503:
            time.sleep(0.1)
            return False
        else:
            self.refused.append(f"{write.path} was answered {answer.status_code}: {answer.text[:200]}")
        return True

    def _note_unanswered(self, write: Write) -> None:
        self.unanswered.add(write.number)
        self.statuses["no answer"] += 1
        time.sleep(0.02)

    def send_claimed(self) -> None:
        """Send what found its key claimed by a request that died, now that the claims have lapsed."""
        again, self.claimed = self.claimed, []
        with requests.Session() as session:
            session.trust_env = False
            for write in again:
                self.send(session, write)
