"""Answers what is no HTTP with a status alone: the server's own words would repeat what was sent."""

from __future__ import annotations

import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEADERS = b"Connection: close\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n"


class Listener(ThreadWorker):  # type: ignore[misc]
    """The process that answers, with threads."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Let the status of a refusal through, and none of its text."""
        super().handle_error(req, _StatusAlone(client), addr, exc)


class _StatusAlone:
    """A socket through which of a whole response only the first line gets out."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, response: bytes) -> None:
        """Send the status line, and headers that promise nothing after them."""
        status = response.partition(b"\r\n")[0]
        self._client.sendall(status + b"\r\n" + HEADERS)
