"""The invented payer over HTTP, on good days and on bad ones, and what a bad one has to come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from threading import Timer
from typing import NamedTuple

import responses

from payers.errors import PayerError, PayerUnreachable, UnreadableReply, WrongMember
from tests.payers.bad_server import (
    BadServer,
    Behavior,
    Visit,
    breaks,
    drips_body,
    drips_headers,
    reply,
    serving,
)
from tests.payers.scenarios import IN_NETWORK, MEMBER, SOMEBODY_ELSES_BIRTH_DATE

URL = "https://payer.example.test/inquiries"
# What one check may take, and what a machine that has other things to do may add to it.
SECONDS, SLACK = 0.5, 0.3
# A payer that never ends gives up then, or an adapter that waits for it would wait for ever.
GIVES_UP_AFTER = SECONDS + 2 * SLACK

Spoken = tuple[dict[str, str], bytes]
Speak = Callable[[str], Spoken]


@contextmanager
def answering(spoken: Spoken, status: int = 200) -> Iterator[responses.RequestsMock]:
    """Answer everything that is put to `URL` with headers and a body, and keep what was put."""
    headers, body = spoken
    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        network.add_callback(responses.POST, URL, lambda request: (status, headers, body))
        yield network


@contextmanager
def on_loopback(behavior: Behavior) -> Iterator[BadServer]:
    """Meet visits with one behavior over real sockets, until the time is up for any adapter."""
    with serving(behavior) as server:
        timer = Timer(GIVES_UP_AFTER, server.stopped.set)
        timer.start()
        try:
            yield server
        finally:
            timer.cancel()


class BadDay(NamedTuple):
    """What goes wrong, which of our errors it is to become, and where it happens (gives the address)."""

    name: str
    becomes: type[PayerError]
    begin: Callable[[Speak], AbstractContextManager[str]]

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Said:
    """A bad day on which the payer does answer: this, made of what it would say on a good one."""

    spoil: Callable[[Speak], Spoken]
    status: int = 200

    @contextmanager
    def __call__(self, speak: Speak) -> Iterator[str]:
        with answering(self.spoil(speak), self.status):
            yield URL


@dataclass(frozen=True, slots=True)
class Done:
    """A bad day over real sockets."""

    behave: Callable[[Visit, bytes], object]

    @contextmanager
    def __call__(self, speak: Speak) -> Iterator[str]:
        good = respond(speak(IN_NETWORK.text()))
        with on_loopback(lambda visit: self.behave(visit, good)) as server:
            yield server.url


def respond(spoken: Spoken) -> bytes:
    """Return a whole response, after which the connection ends."""
    headers, body = spoken
    lines = (f"{name}: {' '.join(value.split())}" for name, value in headers.items())
    return reply(body, "200 OK", "Connection: close", *lines)


def in_full(visit: Visit, good: bytes) -> None:
    """Say what a good day brings."""
    visit.read()
    visit.say(good)


def in_half(visit: Visit, good: bytes) -> None:
    """End the connection in the middle of the answer."""
    visit.read()
    visit.say(good[: -len(good) // 4])


def never(visit: Visit, good: bytes) -> None:
    """Take an inquiry and say nothing."""
    visit.read()
    visit.server.stopped.wait()


def at_length(visit: Visit, good: bytes) -> None:
    """Take most of the time only to say that there is none now, as often as one is asked."""
    visit.read()
    visit.server.stopped.wait(SECONDS * 0.4)
    visit.say(reply(b"", "503 Service Unavailable", "Connection: close"))


def _as_on_a_good_day(speak: Speak) -> Spoken:
    return speak(IN_NETWORK.text())


def _about_somebody_else(speak: Speak) -> Spoken:
    return speak(IN_NETWORK.text(replace(MEMBER, birth_date=SOMEBODY_ELSES_BIRTH_DATE)))


def _truncated(speak: Speak) -> Spoken:
    headers, body = _as_on_a_good_day(speak)
    return headers, body[: len(body) // 2]


def _garbage(speak: Speak) -> Spoken:
    return _as_on_a_good_day(speak)[0], bytes(range(256)) * 8


def _a_web_page(speak: Speak) -> Spoken:
    return {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Please sign in.</body></html>"


def _no_more_now(speak: Speak) -> Spoken:
    return {"Content-Type": "text/plain", "Retry-After": "60"}, b"Too many inquiries."


def _a_fault(speak: Speak) -> Spoken:
    return {"Content-Type": "text/plain"}, b"The system is at fault."


WRONG_MEMBER = BadDay("wrong_member", WrongMember, Said(_about_somebody_else))
SILENCE = BadDay("loopback_silence", PayerUnreachable, Done(never))
GOOD_OVER_SOCKETS = Done(in_full)

BAD_DAYS = (
    BadDay("truncated", UnreadableReply, Said(_truncated)),
    BadDay("garbage", UnreadableReply, Said(_garbage)),
    BadDay("web_page_with_200", UnreadableReply, Said(_a_web_page)),
    BadDay("too_many_inquiries_429", PayerUnreachable, Said(_no_more_now, 429)),
    BadDay("fault_500", PayerUnreachable, Said(_a_fault, 500)),
    BadDay("loopback_reset", PayerUnreachable, Done(lambda visit, good: breaks(visit))),
    BadDay("loopback_half", PayerUnreachable, Done(in_half)),
    SILENCE,
    BadDay("loopback_headers_drip", PayerUnreachable, Done(lambda visit, good: drips_headers(visit))),
    BadDay("loopback_body_drips", PayerUnreachable, Done(lambda visit, good: drips_body(visit))),
    BadDay("loopback_time_is_used_up", PayerUnreachable, Done(at_length)),
)
