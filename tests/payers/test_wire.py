"""What sockets do to a check: it ends in its time, its place is free again, and nobody else is spoken to."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from threading import Event
from typing import Any

import pytest

from payers.errors import PayerError
from payers.wire import Watch
from tests.payers.bad_server import (
    Behavior,
    Visit,
    answers,
    breaks,
    drips_body,
    drips_handshake,
    drips_headers,
    drips_last_body,
    is_silent,
    reply,
    serving,
)
from tests.payers.postman import Postman, ask, letter, postman

SECONDS = 0.2
SLACK = 0.5  # for a machine that has other things to do


def outcome(adapter: Postman) -> str:
    """What a check comes to: the text of the answer, or why there is none."""
    try:
        return ask(adapter)
    except PayerError as error:
        failure = error
    assert (failure.__cause__, failure.__context__) == (None, None)
    return str(getattr(failure, "reason", failure))


def outcome_and_seconds(adapter: Postman) -> tuple[str, float]:
    started = time.monotonic()
    return outcome(adapter), time.monotonic() - started


def at_first(behavior: Behavior) -> Behavior:
    """Behave badly on the first visit, and well from then on."""
    return lambda visit: behavior(visit) if visit.number == 1 else answers(visit)


def until(condition: Callable[[], bool]) -> bool:
    """Whether something comes true within a moment."""
    ends = time.monotonic() + SLACK
    while not condition() and time.monotonic() < ends:
        time.sleep(0.005)
    return condition()


@pytest.mark.parametrize("behavior", [is_silent, drips_headers, drips_body, drips_last_body])
def test_a_slow_payer_is_left_in_time_and_the_place_is_free_again(behavior: Behavior) -> None:
    with serving(at_first(behavior)) as server:
        adapter = postman(server.url, seconds=SECONDS, at_most=1)
        with closing(adapter.exchange):
            said, seconds = outcome_and_seconds(adapter)
            assert said == "timed_out"
            assert SECONDS / 2 < seconds < SECONDS + SLACK
            assert until(lambda: outcome(adapter) == "yes")
            assert until(lambda: server.over == 1)


def test_a_slow_payer_on_a_connection_kept_open_is_left_in_time_too() -> None:
    def slows_down(visit: Visit) -> None:
        visit.read()
        visit.say(reply())
        drips_headers(visit)

    with serving(at_first(slows_down)) as server:
        adapter = postman(server.url, seconds=SECONDS, at_most=1)
        with closing(adapter.exchange):
            assert outcome(adapter) == "yes"
            assert outcome_and_seconds(adapter)[1] < SECONDS + SLACK
            assert until(lambda: server.over == 1)
            assert until(lambda: outcome(adapter) == "yes")


def test_nothing_is_sent_when_the_time_is_up() -> None:
    with serving(answers) as server:
        exchange = postman(server.url).exchange
        with closing(exchange), pytest.raises(PayerError, match="in time"):
            exchange.put({}, b"", {200}, Watch(0))
        time.sleep(0.05)  # for a visit to be noticed
        assert server.visits == 0


def test_the_time_is_that_of_all_letters_together() -> None:
    def takes_its_time(visit: Visit) -> None:
        while visit.read():
            visit.server.stopped.wait(SECONDS * 0.6)
            visit.say(reply())

    with serving(takes_its_time) as server:
        adapter = postman(server.url, seconds=SECONDS)
        with closing(adapter.exchange), pytest.raises(PayerError, match="in time"):
            adapter.send((letter("one"), letter("two"), letter("three")))
        assert len(server.requests) < 3


def test_a_slow_handshake_is_left_in_time() -> None:
    with serving(drips_handshake) as server:
        adapter = postman(server.url.replace("http:", "https:"), seconds=SECONDS, at_most=1)
        with closing(adapter.exchange):
            said, seconds = outcome_and_seconds(adapter)
            assert said == "timed_out"
            assert seconds < SECONDS + SLACK
            assert until(lambda: server.over == 1)
            assert until(lambda: outcome(adapter) == "timed_out")


def test_a_slow_name_server_does_not_hold_up_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = Event()
    real = socket.getaddrinfo

    def looks_up(*args: Any) -> Any:
        let_go.wait(5)
        return real(*args)

    monkeypatch.setattr(socket, "getaddrinfo", looks_up)
    with serving(answers) as server:
        said, seconds = outcome_and_seconds(postman(server.url, seconds=SECONDS))
        assert said == "timed_out"
        assert seconds < SECONDS + SLACK
        let_go.set()
        assert until(lambda: server.over == 1)
        assert server.requests == []


def test_a_name_that_nobody_has_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def finds_nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", finds_nobody)
    assert outcome(postman(seconds=1)) == "no_connection"


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert outcome(postman(f"http://127.0.0.1:{port}/", seconds=1)) == "no_connection"


def test_a_connection_that_always_breaks_is_no_connection() -> None:
    with serving(breaks) as server:
        assert outcome(postman(server.url, seconds=1)) == "no_connection"
        assert server.visits == 3


def test_a_connection_that_breaks_once_is_made_again() -> None:
    with serving(at_first(breaks)) as server:
        adapter = postman(server.url)
        with closing(adapter.exchange):
            assert outcome(adapter) == "yes"


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", b"SSH-2.0-Nobody\r\n", b""]
)
def test_a_reply_that_breaks_off_is_no_connection(said: bytes) -> None:
    def breaks_off(visit: Visit) -> None:
        visit.read()
        visit.say(said)

    with serving(breaks_off) as server:
        assert outcome(postman(server.url, seconds=1)) == "no_connection"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("200 OK", "too_large"), ("307 Redirect\r\nLocation: /elsewhere", "address"), ("500 Oh", "failing")],
)
def test_a_body_without_an_end_is_not_read_on(status: str, expected: str) -> None:
    def floods(visit: Visit) -> None:
        visit.read()
        visit.say(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode())
        while True:
            visit.say(b"x" * 1_000_000)

    with serving(floods) as server:
        assert outcome(postman(server.url)) == expected
        assert until(lambda: server.over == 1)


def test_a_pause_that_the_payer_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("payers.wire.time.sleep", slept.append)

    def throttles(visit: Visit) -> None:
        visit.read()
        visit.say(reply(b"", "429 Too Many Requests", "Retry-After: 7"))
        answers(visit)

    with serving(throttles) as server:
        adapter = postman(server.url)
        with closing(adapter.exchange):
            assert outcome(adapter) == "yes"
    assert slept == [7]


def test_a_pause_of_our_own_grows_and_differs_from_check_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("payers.wire.time.sleep", slept.append)

    def fails(visit: Visit) -> None:
        while visit.read():
            visit.say(reply(b"", "503 Service Unavailable"))

    with serving(fails) as server:
        for _ in range(2):
            adapter = postman(server.url)
            with closing(adapter.exchange):
                assert outcome(adapter) == "failing"
    first, second, third, fourth = slept
    assert 0 < first < 0.5
    assert 1 <= second < 1.5
    assert {first, second}.isdisjoint({third, fourth})


def test_a_connection_is_used_again_and_no_cookie_goes_back() -> None:
    def bakes(visit: Visit) -> None:
        while visit.read():
            visit.say(reply(b"yes", "200 OK", "Set-Cookie: seen=before; Path=/"))

    with serving(bakes) as server:
        adapter = postman(server.url)
        with closing(adapter.exchange):
            assert [outcome(adapter), outcome(adapter)] == ["yes", "yes"]
        assert server.visits == 1
        assert b"cookie" not in server.requests[1].lower()


def test_nothing_of_the_surroundings_changes_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answers) as server, serving(answers) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        adapter = postman(server.url)
        with closing(adapter.exchange):
            assert outcome(adapter) == "yes"
        assert (server.visits, proxy.visits) == (1, 0)
