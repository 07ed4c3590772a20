"""Desks whose lines lead to a sandbox payer, and requests about the people of its roster."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest

from payers.connections import Connection, Credentials
from payers.sandbox import server
from payers.sandbox.answers import answer_visitor
from payers.sandbox.forms import ADDRESSES
from payers.sandbox.profile import ADMINISTRATOR
from payers.sandbox.roster import BY_KEY
from payers.switchboard import Switchboard
from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.cli.sandbox import request_about
from service.verify import Desk, Outcome, hear, known, verify
from tests.verify.desk import NOW, desk

# A Monday of the month that is asked in, so that the payer is asked about the very day.
START = date(2026, 11, 23)
CREDENTIALS = Credentials("invented-user", "invented-password", "invented-key")
CHANNELS = {"mime": "x12", "soap": "x12", "plans": "clearinghouse", "benefits_information": "clearinghouse"}
PAYERS = ("aetna", "cigna", "florida-blue", "florida-medicaid", "medicare", "unitedhealthcare")
# What the sandbox calls a payer makes no difference to it.
CALLED = dict.fromkeys(PAYERS, "SBXPAYER")


def line_to(url: str, form: str = "mime", **terms: Any) -> Connection:
    """A connection to a sandbox about every payer of its roster and the administrator that it knows."""
    usual: dict[str, Any] = {
        "payers": CALLED,
        "administrators": (ADMINISTRATOR,),
        "sender": "CLINIC",
        "receiver": "SANDBOX",
        "seconds": 1.0,
        "keep_seconds": 0,
    }
    return Connection(f"line-{form}", CHANNELS[form], url + ADDRESSES[form], form, **{**usual, **terms})


def desk_with(*lines: Connection, credentials: Credentials = CREDENTIALS) -> Desk:
    """The shipped desk with these lines, none of them called yet."""
    return replace(desk(), switchboard=Switchboard(lines, lambda _: credentials))


def about(key: str, **more: Any) -> dict[str, Any]:
    """The request about a member of the roster."""
    return {**request_about(BY_KEY[key], START), **more}


def reply_text(key: str, at: datetime = NOW) -> str:
    """The 271 about a member of the roster, as a portal would give it."""
    return answer_visitor(f"/271/{key}", {"date": START.isoformat()}, at).body.decode()


def brought(key: str, at: datetime = NOW) -> dict[str, str]:
    """The `payer_reply` of a request that brings the 271 about a member of the roster."""
    return {"format": "x12_271", "content": reply_text(key, at)}


def ask_live(of: Desk, body: dict[str, Any], at: datetime = NOW) -> Outcome:
    """Answer a request as it travels, from what the payer says too."""
    inquiry, warnings = load_inquiry(body, known(of, at))
    return verify(of, inquiry, at=at, warnings=warnings, hearing=hear(of, inquiry, at=at))


def answer_live(of: Desk, body: dict[str, Any], at: datetime = NOW) -> dict[str, Any]:
    """The same as it travels, with its status."""
    outcome = ask_live(of, body, at)
    return {"status": outcome.status, **dump_outcome(outcome)}


def codes(answer: dict[str, Any], part: str) -> list[str]:
    """The codes of the warnings, steps or next steps of an answer."""
    return [step["code"] for step in answer[part]]


def only(answer: dict[str, Any], part: str, code: str) -> dict[str, Any]:
    """The one step of a part of an answer that has a code."""
    [found] = [step for step in answer[part] if step["code"] == code]
    step: dict[str, Any] = found
    return step


@contextmanager
def nobody_called(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every way out of the machine, and fail where one was tried, however that was taken."""
    tried: list[str] = []

    def refuse(way: str) -> Callable[..., Any]:
        def refused(*_: Any, **__: Any) -> Any:
            tried.append(way)
            raise OSError("nobody is called here")

        return refused

    with monkeypatch.context() as patched:
        for owner, way in (
            (socket.socket, "connect"),
            (socket.socket, "connect_ex"),
            (socket.socket, "sendto"),
            (socket, "getaddrinfo"),
        ):
            patched.setattr(owner, way, refuse(way))
        yield
    assert tried == [], tried


class Visit(NamedTuple):
    """An inquiry that came to a sandbox: at which address, and in what words."""

    path: str
    body: bytes


@contextmanager
def visits_noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Visit]]:
    """Note every inquiry that comes to a sandbox of this process."""
    came: list[Visit] = []
    answer = server.answer_inquiry

    def note(path: str, headers: Any, body: bytes, *rest: Any) -> Any:
        came.append(Visit(path, body))
        return answer(path, headers, body, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(server, "answer_inquiry", note)
        yield came
