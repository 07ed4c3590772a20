"""What is no HTTP is answered by the server itself, and none of it comes back."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.errors import InvalidHeader, InvalidRequestLine, InvalidRequestMethod, LimitRequestLine

from service.cli.listener import Listener

NAME = "Zquintana"


def answer_to(fault: BaseException) -> bytes:
    """What a client is sent whose request cannot be read."""
    listener: Any = Listener.__new__(Listener)
    listener.log = SimpleNamespace(warning=lambda *_: None, exception=lambda *_: None, debug=lambda *_: None)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        listener.handle_error(None, ours, ("127.0.0.1", 1), fault)
        ours.shutdown(socket.SHUT_WR)
        return theirs.makefile("rb").read()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (InvalidRequestLine(NAME), b"400 Bad Request"),
        (InvalidRequestMethod(NAME), b"400 Bad Request"),
        (InvalidHeader(NAME), b"400 Bad Request"),
        (LimitRequestLine(9, 8), b"414 URI Too Long"),
        (RuntimeError(NAME), b"500 Internal Server Error"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_http_is_answered_with_a_status_alone(fault: BaseException, status: bytes) -> None:
    head, _, body = answer_to(fault).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert b"Content-Length: 0" in head
    assert body == b""
    assert NAME.encode() not in head
