"""Events go to public addresses alone, whatever a name leads to and whenever; in bounded time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from service.webhooks import posting
from service.webhooks.addresses import NOT_AN_ADDRESS, NOT_PUBLIC, fault_of, host_of
from service.webhooks.posting import NO_CONNECTION, REFUSED, TIMED_OUT, post
from service.webhooks.posting import NOT_PUBLIC as NOT_PUBLIC_NOW
from tests.webhooks.receiver import receiving

HEADERS = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,a"}
PUBLIC, PRIVATE = "93.184.215.14", "10.1.2.3"


def lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses, one after the other; the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: Any, *more: Any, **said: Any) -> list[Any]:
        asked.append(host)
        found = addresses[min(len(asked), len(addresses)) - 1]
        family = socket.AF_INET6 if ":" in found else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (found, port or 443))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "2130706433",
        "0x7f.1",
        "localhost",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",
    ],
)
@pytest.mark.parametrize("is_production", [True, False])
def test_private_and_reserved_addresses_are_refused_however_they_are_written(
    host: str, is_production: bool
) -> None:
    assert fault_of(f"https://{host}/hooks", is_production=is_production) == NOT_PUBLIC
    assert fault_of(f"https://{host}:8443/hooks", is_production=is_production) == NOT_PUBLIC


@pytest.mark.parametrize("found", [PRIVATE, "::1", "::ffff:10.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_to_a_private_address_is_refused(
    found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(monkeypatch, found)
    assert fault_of("https://hooks.example.org/openvob", is_production=True) == NOT_PUBLIC
    lead(monkeypatch, PUBLIC)
    assert fault_of("https://hooks.example.org/openvob", is_production=True) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/openvob",
        "ftp://hooks.example.org",
        "https://user:secret@hooks.example.org",
        "https://hooks.example.org/#part",
        "https://hooks.example.org:0",
        "https://hooks.example.org:99999",
        "https:///openvob",
        "https://hooks.example.org/a b",
        "https://hooks.example.org/" + "a" * 2000,
        "http://10.0.0.1/openvob",
        "//hooks.example.org",
        "hooks.example.org",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    assert fault_of(url, is_production=False) == NOT_AN_ADDRESS


def test_http_to_this_machine_is_for_development_alone() -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert fault_of(f"http://{host}:9000/hooks", is_production=False) is None
        assert fault_of(f"http://{host}:9000/hooks", is_production=True) == NOT_AN_ADDRESS
    with receiving() as receiver:
        assert post(receiver.url, HEADERS, b"{}", is_production=True).outcome == NOT_PUBLIC_NOW
        assert receiver.heard == []


def test_a_name_that_leads_elsewhere_once_it_is_registered_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: connected.append(address))
    url = "https://hooks.example.org/openvob"
    asked = lead(monkeypatch, PUBLIC, PRIVATE, "::ffff:127.0.0.1", "169.254.169.254")
    assert fault_of(url, is_production=True) is None
    for _ in range(3):
        assert post(url, HEADERS, b"{}", is_production=True).outcome == NOT_PUBLIC_NOW
    assert (asked, connected) == (["hooks.example.org"] * 4, [])


def test_it_is_the_address_that_was_found_public_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    real = socket.getaddrinfo
    asked = lead(monkeypatch, PUBLIC, PRIVATE)
    pretended = socket.getaddrinfo

    def look_up(host: str, *more: Any, **said: Any) -> Any:
        return (real if host == PUBLIC else pretended)(host, *more, **said)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert post("https://hooks.example.org/a", HEADERS, b"{}", is_production=True).outcome == NO_CONNECTION
    assert (asked, connected) == (["hooks.example.org"], [(PUBLIC, 443)])


def test_nobody_is_followed_elsewhere() -> None:
    with receiving() as receiver, receiving() as elsewhere:
        receiver.mood = lambda number, payload: 307
        receiver.headers = {"Location": elsewhere.url}
        said = post(receiver.url, HEADERS, b"{}", is_production=False)
        assert (said.outcome, said.status) == (REFUSED, 307)
        assert (len(receiver.heard), elsewhere.heard) == (1, [])


def test_no_proxy_of_the_surroundings_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(receiver.url, HEADERS, b"{}", is_production=False).status == 204
        assert (len(receiver.heard), proxy.heard) == (1, [])


@contextmanager
def talking(words: bytes) -> Iterator[str]:
    """An address that says the same words over and over, without end."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    while True:
                        connection.sendall(words)
                except OSError:
                    return

        thread = Thread(target=talk, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(5)


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = post(f"http://127.0.0.1:{silent.getsockname()[1]}/", HEADERS, b"{}", is_production=False)
    assert (said.outcome, said.status) == (TIMED_OUT, None)
    assert 250 <= said.milliseconds < 3000
    with talking(b"\r\n" + b"x" * 65536) as url:  # a body that nobody reads
        assert post(url, HEADERS, b"{}", is_production=False).status == 200


def test_headers_that_come_byte_by_byte_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(0.05)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    for _ in range(200):
                        connection.sendall(b"x")
                        try:
                            if not connection.recv(65536):
                                return
                        except TimeoutError:
                            continue
                except OSError:
                    return

        thread = Thread(target=drip, daemon=True)
        thread.start()
        said = post(f"http://127.0.0.1:{server.getsockname()[1]}/", HEADERS, b"{}", is_production=False)
        thread.join(5)
    assert said.outcome == TIMED_OUT
    assert said.milliseconds < 3000


def test_of_an_address_the_host_alone_is_shown() -> None:
    assert host_of("https://Hooks.Example.org:8443/zq-token?key=zq") == "hooks.example.org"
