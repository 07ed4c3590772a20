"""Every way to be refused, with somebody marked in whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from payers.sandbox.reply import write_271
from tests.payers.sandbox.asking import inquiry_about
from tests.proofs import faulty
from tests.proofs.marks import PLAIN, SPANISH, Marked
from tests.proofs.sentinel_doors import (
    CASES,
    NOWHERE,
    PAYERS,
    SLOW,
    V1,
    a_minute_ago,
    known_to_the_payer,
    request_about,
)
from tests.proofs.visitor import Visitor

TAKES_JSON = {"Content-Type": "application/json"}
NOBODY = {"Authorization": ""}


def refusals(marked: Marked, today: date) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield requests that are refused: door, method, path, and what else is sent."""
    body = request_about(marked, "cigna", today, live=False)
    name, text = marked.person.last_name or "", quote(marked.phrase)
    cut = f'{{"member": {{"last_name": "{name}", "birth_date": "{marked.birth_date}"'.encode()
    deep = ("[" * 5000 + f'"{name}"').encode()
    yield "400 cut off", "POST", V1, {"data": cut, "headers": TAKES_JSON}
    yield "400 no JSON", "PATCH", f"{CASES}/{NOWHERE}", {"data": name.encode(), "headers": TAKES_JSON}
    yield "400 no UTF-8", "POST", V1, {"data": name.encode("latin-1") + b"\xff", "headers": TAKES_JSON}
    yield "400 too deep", "POST", V1, {"data": deep, "headers": TAKES_JSON}
    yield "400 query", "GET", f"{V1}?{text}=1&cursor={text}", {}
    yield "400 query", "GET", f"{CASES}?status={text}&limit={marked.member_id}", {}
    yield "400 query", "GET", f"{V1}?date={marked.birth_date}&date={text}", {}
    for header in ("Idempotency-Key", "Purpose-Of-Use", "X-Request-Id"):
        yield f"header {header}", "POST", CASES, {"json": {}, "headers": {header: f"{marked.word} 1"}}
    yield "header User-Agent", "GET", CASES, {"headers": {"User-Agent": marked.word, "Referer": f"/{text}"}}
    traced = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "baggage": f"who={marked.word}"}
    yield "header tracestate", "GET", CASES, {"headers": {**traced, "tracestate": f"who={marked.word}"}}
    for scheme in ("Bearer", "Basic", marked.word):
        yield (
            "401 wrong key",
            "POST",
            V1,
            {"json": body, "headers": {"Authorization": f"{scheme} {marked.word}"}},
        )
    for path in (f"/v1/{text}", f"{V1}/{text}", f"{CASES}/{marked.member_id}", f"{PAYERS}/{text}"):
        yield "404 address", "GET", path, {}
    yield "404 address", "POST", f"/{text}/{marked.birth_date}?{text}={text}", {"json": body}
    yield "404 payer's plans", "GET", f"{PAYERS}/{marked.word}/plans", {}
    yield (
        "404 told",
        "POST",
        f"{V1}/{NOWHERE}/told",
        {"json": {"told_benefits": marked.telling(a_minute_ago())}},
    )
    yield "405 marked method", PLAIN.upper(), V1, {"json": body}
    yield "405 method", "DELETE", V1, {"json": body}
    yield "413 too large", "POST", V1, {"data": name.encode() * 200_000, "headers": TAKES_JSON}
    yield "415 form", "POST", V1, {"data": {"name": name}}
    yield "415 marked type", "POST", V1, {"json": body, "headers": {"Content-Type": f"text/{marked.word}"}}
    yield from _unusable(marked, body)
    yield from _of_staff(marked)
    yield "500 an error with the body", "POST", V1, {"json": {**body, "external_id": f"{faulty.RAISES}-1"}}
    yield "500 an error of an error", "POST", V1, {"json": {**body, "external_id": f"{faulty.CAUSES}-1"}}
    stated = {"label": marked.phrase, "external_id": f"{faulty.STATES}-1"}
    yield "500 the database's own", "POST", CASES, {"json": stated}
    yield "a library that logs the body", "POST", V1, {"json": {**body, "external_id": f"{faulty.TALKS}-1"}}


def _of_staff(marked: Marked) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield what somebody might send to the doors of staff who types a member's data there."""
    name, text = marked.person.last_name, quote(marked.phrase)
    for password in (marked.phrase, marked.word):
        yield "POST session: wrong", "POST", "/v1/session", {"json": {"name": name, "password": password}}
    yield "POST session: wrong", "POST", "/v1/session", {"json": {"name": name, name: marked.member()}}
    yield "session cookie", "GET", "/v1/session", {"headers": {"Cookie": f"session={marked.word}"}}
    yield "GET audit events", "GET", f"/v1/audit-events?actor={text}&subject={marked.word}", {}
    yield "GET audit events", "GET", f"/v1/audit-events?action={text}&cursor={text}", {}
    typed = {"name": marked.phrase, "password": marked.word, "last_name": name}
    yield "console: sign in", "POST", "/console/sign-in", {"data": typed, "shows": True}
    yield "console: nobody signed in", "POST", "/console/verify", {"data": typed, "headers": NOBODY}
    yield "console: nobody signed in", "GET", f"/console/verify?name={text}", {"headers": NOBODY}
    yield "console: no such page", "GET", f"/console/{text}", {"headers": NOBODY}
    yield "422 user", "POST", "/v1/users", {"json": {"name": name, "role": name, "password": marked.phrase}}
    yield (
        "422 key",
        "POST",
        "/v1/keys",
        {"json": {"name": name, "scopes": [name], "origins": [marked.phrase]}},
    )
    yield "404 user", "PATCH", f"/v1/users/{NOWHERE}", {"json": {"password": f"{marked.phrase} {text}"}}
    yield "404 key", "POST", f"/v1/keys/{text}/renew", {"json": {name: name}}
    origin = {"Origin": f"https://{marked.word}.example", "Access-Control-Request-Headers": marked.word}
    yield "another origin", "OPTIONS", V1, {"headers": origin}
    yield "another origin", "GET", PAYERS, {"headers": origin}


def _unusable(marked: Marked, body: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    name = marked.person.last_name
    for field in (*body, "plan", "site", "weeks", "case_id", "as_of", "phases", "told_benefits", "network"):
        yield "422 a mark in a field", "POST", V1, {"json": {**body, field: name}}
        yield "422 a mark in a field", "POST", V1, {"json": {**body, field: {name: [name]}}}
    yield "422 unknown field", "POST", V1, {"json": {**body, name: name, SPANISH: {PLAIN: name}}}
    member = {**body["member"], name: 1, "sex": name, "birth_date": f"{marked.birth_date}T00:00"}
    yield "422 member", "POST", V1, {"json": {**body, "member": member}}
    yield "422 case", "POST", CASES, {"json": {name: 1, "label": marked.phrase * 40, "status": name}}
    yield "422 search", "POST", f"{V1}/search", {"json": {"last_name": name, SPANISH: name}}
    yield "422 comparison", "POST", "/v1/comparisons", {"json": {name: {}, "request": body, "plans": [name]}}
    reply = {"format": "x12_271", "content": f"ISA*{name}*{marked.birth_date:%Y%m%d}~"}
    yield "422 brought 271", "POST", V1, {"json": {**body, "payer_reply": reply}}
    other = replace(inquiry_about(Marked(marked.number + 1).person), date_of_service=date(2026, 11, 1))
    text = write_271(known_to_the_payer(marked.number + 1), other, datetime.now(UTC))
    about_another = {"format": "x12_271", "content": text}
    yield "422 brought 271 of another", "POST", V1, {"json": {**body, "payer_reply": about_another}}
    yield (
        "422 key with another body",
        "POST",
        CASES,
        {
            "json": {"label": name},
            "headers": {"Idempotency-Key": f"{Marked(0).word}-case"},
        },
    )


def be_refused(visitor: Visitor, marked: Marked, today: date) -> None:
    """Be refused in every way that needs no help from outside."""
    for door, method, path, sent in refusals(marked, today):
        visitor.call(door, method, path, **sent)
    _come_twice_at_once(visitor, marked, today)
    name = (marked.person.last_name or "").encode()
    for line in (
        b"GET /" + name + b" HTTP/9.9",
        name + b" / HTTP/1.1",
        b"GET /" + name * 2000 + b" HTTP/1.1",
        b"GET / HTTP/1.1\r\nHost: h\r\n" + name + b"\r\n",
        b"POST /v1/cases HTTP/1.1\r\nHost: h\r\nContent-Length: " + name,
        b"POST /v1/cases HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " + name,
        b"GET / HTTP/1.1\r\nHost: h\r\nX: " + name * 3000,
    ):
        visitor.speak_raw("no HTTP", line + b"\r\n\r\n")


def _come_twice_at_once(visitor: Visitor, marked: Marked, today: date) -> None:
    """Send one key twice while the payer takes its time: 409 for the second."""
    asked: dict[str, Any] = {
        "json": request_about(Marked(SLOW), "cigna", today),
        "headers": {"Idempotency-Key": f"{marked.word}-twice"},
    }

    def send(_: int) -> None:
        visitor.call("409 a key that is in use", "POST", V1, **asked)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, range(2)))
