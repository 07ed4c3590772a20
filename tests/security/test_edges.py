"""Every answer has an id and the headers that keep browsers in bounds; no body is too deep to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from time import perf_counter
from typing import Any

import pytest
from werkzeug.test import TestResponse

from service.config import SettingError, Settings
from service.console.faults import POLICY as CONSOLE_POLICY
from service.security.depth import MOST_DEEP, is_too_deep
from service.security.edges import HEADERS, POLICY, REQUEST_ID, request_id
from service.widget.files import DEMO_POLICY
from service.widget.pages import POLICY as WIDGET_POLICY
from tests.security.conftest import Serve, Served

AN_ID = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
JSON = {"Content-Type": "application/json"}
OUR_ID = re.compile("[0-9a-f]{12}7[0-9a-f]{19}")


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """The service with no proxy in front."""
    return serve(**UNLIMITED)


@pytest.fixture(scope="module")
def behind_two(serve: Serve) -> Served:
    """The service behind two proxies."""
    return serve(**UNLIMITED, OPENVOB_TRUSTED_PROXIES="2")


FOR_EVERY_PAGE = "widget_files.script"
"""The one answer that other sites may read: a script in which nothing of anybody is."""


def answers(served: Served, headers: dict[str, str]) -> Iterator[tuple[str, TestResponse]]:
    """What every route answers to every method, to those with a key and to those without."""
    for rule in served.app.url_map.iter_rules():
        address = re.sub("<uuid:[a-z_]+>", AN_ID, rule.rule)
        address = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", address)
        address = re.sub("<([a-z]+:)?[a-z_]+>", "x", address)
        if rule.endpoint == FOR_EVERY_PAGE:
            continue
        for method in (*sorted(rule.methods or ()), "DELETE"):
            for caller in (served.client, served.stranger):
                answer = caller.open(address, method=method, headers=headers)
                yield f"{method} {address} {answer.status_code}", answer


def test_every_answer_of_every_route_has_an_id_and_the_headers(served: Served) -> None:
    seen = set()
    for name, answer in answers(served, {}):
        seen.add(answer.status_code)
        assert [(key, answer.headers.getlist(key)) for key, _ in HEADERS] == [
            (key, [value]) for key, value in HEADERS
        ], name
        assert OUR_ID.fullmatch(answer.headers[REQUEST_ID]), name
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1, name
        assert answer.headers["Content-Security-Policy"].startswith(policies(answer.request.path)), name
        assert answer.headers.getlist("Cache-Control") == ["no-store"], name
        assert "Strict-Transport-Security" not in answer.headers, name
    assert seen >= {200, 401, 404, 405, 415}


def test_no_answer_lets_another_site_read_it(served: Served) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for name, answer in answers(served, asked):
        assert [key for key, _ in answer.headers if key.lower().startswith("access-control")] == [], name


def test_what_goes_wrong_unforeseen_has_the_headers_too(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setitem(served.app.view_functions, "payers.index", fail)
    answer = served.client.get("/v1/payers")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert OUR_ID.fullmatch(answer.headers[REQUEST_ID])


@pytest.mark.parametrize("sent", ["a", "A-1_b.c", "0" * 64])
def test_a_good_id_of_the_caller_is_kept(served: Served, sent: str) -> None:
    assert served.stranger.get("/healthz", headers={REQUEST_ID: sent}).headers[REQUEST_ID] == sent


@pytest.mark.parametrize("sent", ["", " ", "0" * 65, "a b", "a/b", "a;b", "é", '"a"'])
def test_an_id_of_another_shape_is_replaced(served: Served, sent: str) -> None:
    answer = served.stranger.get("/healthz", headers={REQUEST_ID: sent})
    assert OUR_ID.fullmatch(answer.headers[REQUEST_ID])


def test_no_two_requests_are_given_the_same_id(served: Served) -> None:
    ids = [served.stranger.get("/healthz").headers[REQUEST_ID] for _ in range(3)]
    assert len(set(ids)) == 3


def test_the_id_can_be_asked_for_while_the_request_is_worked_on_and_only_then(served: Served) -> None:
    with served.app.test_request_context(headers={REQUEST_ID: "r-1"}):
        assert request_id() == "r-1"
    assert request_id() is None


def policies(path: str) -> tuple[str, ...]:
    """How the policy of an address begins: its room's own, or the one of everything else."""
    rooms = {"/console/": CONSOLE_POLICY, "/widget/demo": DEMO_POLICY, "/widget/": WIDGET_POLICY}
    return (POLICY, *(policy for room, policy in rooms.items() if path.startswith(room)))


class Page(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))


def violations(text: str, policy: str) -> list[str]:
    """What of a page the policy would not let a browser do."""
    allowed = re.findall("'nonce-([^']+)'", policy)
    found = []
    for tag, attributes in Page(text).elements:
        if tag in ("style", "script") and attributes.get("nonce") not in allowed:
            found.append(f"{tag} without the nonce")
        if tag in ("script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio"):
            found.append(tag)
        found += [name for name in attributes if name == "style" or name.startswith("on") or name == "src"]
        target = attributes.get("href") or ""
        if re.match("[a-z]+:|//", target):
            found.append(f"leads elsewhere: {target}")
    return found


def test_the_page_for_people_does_nothing_that_its_policy_forbids(served: Served) -> None:
    page = served.stranger.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert violations(page.text, policy) == []
    assert [tag for tag, _ in Page(page.text).elements if tag == "style"] == ["style"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_the_nonce_is_another_one_every_time(served: Served) -> None:
    policies = {served.stranger.get("/docs").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3
    assert all(len(re.findall("'nonce-([^']+)'", policy)[0]) >= 22 for policy in policies)


@pytest.mark.parametrize(
    "text",
    [
        "<style>a {}</style>",
        '<style nonce="other">a {}</style>',
        '<script nonce="n">1</script>',
        '<p style="color: red">',
        '<p onclick="x()">',
        '<img src="a.png">',
        '<a href="https://elsewhere.example">',
        '<a href="//elsewhere.example">',
    ],
)
def test_a_violation_is_seen(text: str) -> None:
    assert violations(text, f"{POLICY}; style-src 'nonce-n'")


def test_without_trusted_proxies_what_they_would_say_is_ignored(served: Served) -> None:
    answer = served.stranger.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


def test_over_https_the_browser_is_told_to_stay_there(served: Served, behind_two: Served) -> None:
    direct = served.stranger.get("/healthz", base_url="https://vob.example")
    forwarded = behind_two.stranger.get("/healthz", headers={"X-Forwarded-Proto": "https, https"})
    for answer in (direct, forwarded):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_exactly_as_many_proxies_as_were_set_are_believed(behind_two: Served) -> None:
    # The caller adds what it likes on the left; the hop that counts is the second from the right.
    claimed = behind_two.stranger.get("/healthz", headers={"X-Forwarded-Proto": "https, http, http"})
    assert "Strict-Transport-Security" not in claimed.headers
    too_few = behind_two.stranger.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in too_few.headers


@pytest.mark.parametrize("number", ["-1", "11", "one", "1.0"])
def test_a_number_of_proxies_that_cannot_be_is_refused(number: str) -> None:
    with pytest.raises(SettingError, match="OPENVOB_TRUSTED_PROXIES"):
        Settings.from_env({"OPENVOB_TRUSTED_PROXIES": number})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[" * MOST_DEEP + b"]" * MOST_DEEP, False),
        (b"[" * (MOST_DEEP + 1) + b"]" * (MOST_DEEP + 1), True),
        (b'{"a":' * MOST_DEEP + b"1" + b"}" * MOST_DEEP, False),
        (b'{"a":' * (MOST_DEEP + 1) + b"1" + b"}" * (MOST_DEEP + 1), True),
        (b'[{"a":' * (MOST_DEEP // 2) + b"[]" + b"}]" * (MOST_DEEP // 2), True),
        (b"[" + b"[]," * 1000 + b"[]]", False),
        (b'["' + b"[" * 1000 + b'"]', False),
        (b'["\\"' + b"[" * 1000 + b'"]', False),
        (b'["\\\\",' + b"[" * 1000, True),
        (b'"a", "' + b"[" * 1000, False),
        (b'"\\', False),
        (b'["\xc3\xa9' + b"[" * 1000 + b'"]', False),
        (b"", False),
    ],
)
def test_depth_is_that_of_lists_and_objects_and_strings_have_none(body: bytes, expected: bool) -> None:
    assert is_too_deep(body) is expected


@pytest.mark.parametrize("part", [b"[],", b'"",', b'"\\"', b"\\", b'"[', b"]", b'[{"a":"\\\\"}],'])
def test_a_large_body_is_looked_through_once(part: bytes) -> None:
    brackets = b"[]" * MOST_DEEP
    small, large = (brackets + part * (size // len(part)) for size in (100_000, 800_000))

    def fastest(body: bytes) -> float:
        runs = []
        for _ in range(3):
            began = perf_counter()
            is_too_deep(body)
            runs.append(perf_counter() - began)
        return min(runs)

    # Eight times the size takes eight times as long, not sixty-four; on a busy machine not at once.
    assert any(fastest(large) < 24 * fastest(small) + 0.001 for _ in range(10))


@pytest.mark.parametrize("depth", [MOST_DEEP + 1, 300, 1100, 100_000])
def test_a_body_nested_too_deep_is_malformed(served: Served, depth: int) -> None:
    for data in ("[" * depth + "]" * depth, '{"member":' * depth + "1" + "}" * depth):
        answer = served.client.post("/v1/verifications", data=data, headers=JSON)
        assert answer.status_code == 400 or (answer.status_code == 413 and len(data) > 1024 * 1024)
        assert answer.mimetype == "application/problem+json"
    assert (
        served.client.post("/v1/cases", data="[" * depth, headers=JSON)
        .json["type"]
        .endswith("malformed-body")
    )


def test_a_body_at_the_limit_is_read_and_its_fields_are_named(served: Served) -> None:
    data = '{"a":' * MOST_DEEP + "1" + "}" * MOST_DEEP
    assert served.client.post("/v1/verifications", data=data, headers=JSON).status_code == 422


def test_the_body_of_a_stranger_is_not_looked_at(served: Served) -> None:
    answer = served.stranger.post("/v1/verifications", data="[" * 1000, headers=JSON)
    assert answer.status_code == 401
