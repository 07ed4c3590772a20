"""The story over HTTP: what a status, a body and a payer that says "later" come to."""

from __future__ import annotations

import gzip
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
import responses

from payers.base import Heard
from payers.connections import Connection
from payers.errors import PayerError, PayerRefused, PayerUnreachable, UnreadableReply
from payers.http import Answer
from tests.payers.postman import MEMBER, NOON, SECRET, URL, Curious, ask, letter, postman


@pytest.fixture
def payer() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as payer:
        yield payer


def reason(**terms: Any) -> str:
    """Why a letter to a payer had no answer."""
    with pytest.raises(PayerError) as caught:
        ask(postman(**terms))
    assert isinstance(caught.value, PayerUnreachable | PayerRefused | UnreadableReply)
    return caught.value.reason


def test_a_reply_comes_back_word_for_word_with_the_trace_and_time_of_its_letter(
    payer: responses.RequestsMock,
) -> None:
    payer.post(URL, body="  ISA*00~\r\n")
    assert postman().send((letter(trace="T7"),)) == (Heard("  ISA*00~\r\n", "T7", NOON),)
    sent = payer.calls[0].request
    assert sent.body == f"T7 {MEMBER}".encode()
    assert sent.headers["Authorization"] == SECRET


def test_every_letter_is_put_and_answered_in_turn(payer: responses.RequestsMock) -> None:
    payer.add_callback("POST", URL, lambda request: (200, {}, request.body))
    heard = postman().send((letter("one", "T1"), letter("two", "T2")))
    assert [(one.text, one.trace) for one in heard] == [("T1 one", "T1"), ("T2 two", "T2")]


def test_no_letters_have_no_answers_and_ask_nobody(payer: responses.RequestsMock) -> None:
    assert postman().send(()) == ()
    assert len(payer.calls) == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, "empty"),
        (206, "not_an_answer"),
        (301, "address"),
        (307, "address"),
        (400, "inquiry"),
        (401, "credentials"),
        (403, "credentials"),
        (404, "address"),
        (405, "address"),
        (408, "timed_out"),
        (410, "address"),
        (413, "inquiry"),
        (415, "inquiry"),
        (418, "inquiry"),
        (422, "inquiry"),
        (429, "throttled"),
        (500, "failing"),
        (501, "failing"),
        (503, "failing"),
        (599, "failing"),
    ],
)
def test_a_status_that_is_no_success_has_its_meaning(
    payer: responses.RequestsMock, status: int, expected: str
) -> None:
    payer.post(URL, status=status, body=MEMBER)
    assert reason() == expected


def test_a_redirect_is_never_followed(payer: responses.RequestsMock) -> None:
    payer.post(URL, status=307, headers={"Location": "https://elsewhere.example/"})
    elsewhere = payer.post("https://elsewhere.example/", body="caught you")
    assert reason() == "address"
    assert elsewhere.call_count == 0


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_payer_that_stumbles_is_asked_again(payer: responses.RequestsMock, status: int) -> None:
    payer.post(URL, status=status)
    payer.post(URL, status=status)
    payer.post(URL, body="yes")
    assert ask(postman()) == "yes"
    assert len(payer.calls) == 3


@pytest.mark.parametrize(("status", "times"), [(429, 3), (503, 3), (400, 1), (401, 1), (413, 1), (500, 1)])
def test_a_payer_is_asked_three_times_at_most_and_once_where_that_is_final(
    payer: responses.RequestsMock, status: int, times: int
) -> None:
    payer.post(URL, status=status, headers={"Retry-After": "0"} if status == 413 else {})
    reason()
    assert len(payer.calls) == times


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["16", format_datetime(NOON + timedelta(days=99999)), "9" * 4000])
def test_a_pause_that_does_not_fit_in_the_time_left_is_not_waited_for(
    payer: responses.RequestsMock, status: int, after: str
) -> None:
    payer.post(URL, status=status, headers={"Retry-After": after})
    assert reason() == "throttled"
    assert len(payer.calls) == 1


@pytest.mark.parametrize("after", ["soon", "", "-3", "9" * 5000, "Mon, 99 Foo 99999 99:99:99 GMT"])
def test_a_pause_that_cannot_be_read_counts_as_not_asked_for(
    payer: responses.RequestsMock, after: str
) -> None:
    payer.post(URL, status=429, headers={"Retry-After": after})
    payer.post(URL, body="yes")
    assert ask(postman()) == "yes"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "text/plain", "empty"),
        (b" \r\n\t", "application/json", "empty"),
        (b"ISA*00~", "text/html; charset=utf-8", "html"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><p>Sign in", "text/plain", "html"),
        (b"<HTML><body>", "application/json", "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html>', "application/xml", "html"),
        (b"<!-- gateway --><html>", "text/plain", "html"),
        (b"x" * 10_000_001, "text/plain", "too_large"),
    ],
)
def test_a_body_that_cannot_be_an_answer_is_not_read(
    payer: responses.RequestsMock, body: bytes, content_type: str, expected: str
) -> None:
    payer.post(URL, body=body, content_type=content_type)
    assert reason() == expected


def test_ten_million_bytes_are_read(payer: responses.RequestsMock) -> None:
    payer.post(URL, body=b"x" * 10_000_000)
    assert len(ask(postman())) == 10_000_000


@pytest.mark.parametrize("text", ["<Envelope>", "<htmlish>", "ISA*<html>"])
def test_what_only_resembles_a_page_is_an_answer(payer: responses.RequestsMock, text: str) -> None:
    payer.post(URL, body=text)
    assert ask(postman()) == text


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_body_is_utf_8_or_else_latin_1(payer: responses.RequestsMock, encoding: str) -> None:
    payer.post(URL, body="Peña".encode(encoding))
    assert ask(postman()) == "Peña"


@pytest.mark.parametrize(
    ("body", "expected"), [(gzip.compress(b"0" * 30_000_000), "too_large"), (b"not gzip", "not_an_answer")]
)
def test_the_bound_holds_for_what_a_body_unfolds_to(
    payer: responses.RequestsMock, body: bytes, expected: str
) -> None:
    payer.post(URL, body=body, headers={"Content-Encoding": "gzip"})
    assert reason() == expected


def test_an_adapter_may_read_the_body_of_a_refusal(payer: responses.RequestsMock) -> None:
    payer.post(URL, status=400, body="no such member")
    assert ask(postman(kind=Curious)) == "no such member"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(400, "<html>", "inquiry"), (400, "", "inquiry"), (500, "<html>", "failing"), (200, "<html>", "html")],
)
def test_a_refusal_without_a_readable_body_means_what_its_status_means(
    payer: responses.RequestsMock, status: int, body: str, expected: str
) -> None:
    payer.post(URL, status=status, body=body)
    assert reason(kind=Curious) == expected


def test_a_payer_that_says_later_is_asked_once_more(payer: responses.RequestsMock) -> None:
    payer.post(URL, body="later")
    payer.post(URL, body="yes")
    assert ask(postman(seconds=0.6)) == "yes"


def test_a_payer_that_says_later_twice_has_answered(payer: responses.RequestsMock) -> None:
    payer.post(URL, body="later")
    assert ask(postman(seconds=0.6)) == "later"
    assert len(payer.calls) == 2


def test_a_payer_that_said_later_has_answered_even_if_it_then_fails(payer: responses.RequestsMock) -> None:
    payer.post(URL, body="later")
    payer.post(URL, status=500)
    assert ask(postman(seconds=0.6)) == "later"


def test_a_payer_that_says_later_is_not_asked_again_without_time_for_it(
    payer: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer.post(URL, body="later")
    monkeypatch.setattr("payers.wire.Watch.left", lambda watch: 0.9)
    assert ask(postman(seconds=15)) == "later"
    assert len(payer.calls) == 1


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (requests.ConnectTimeout(MEMBER), "timed_out"),
        (requests.ReadTimeout(MEMBER), "timed_out"),
        (requests.ConnectionError(MEMBER), "no_connection"),
        (requests.exceptions.ChunkedEncodingError(MEMBER), "no_connection"),
        (requests.exceptions.SSLError(MEMBER), "not_trusted"),
        (requests.exceptions.InvalidURL(MEMBER), "address"),
        (ConnectionResetError(MEMBER), "no_connection"),
    ],
)
def test_no_trouble_with_the_network_brings_a_member_along(
    payer: responses.RequestsMock, caplog: pytest.LogCaptureFixture, trouble: Exception, expected: str
) -> None:
    payer.post(URL, body=trouble)
    with caplog.at_level(logging.DEBUG), pytest.raises(PayerError) as caught:
        ask(postman())
    assert getattr(caught.value, "reason", None) == expected
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert MEMBER not in told
    assert SECRET not in told


def test_a_failed_check_is_one_line_in_the_log_and_says_which_connection_and_why(
    payer: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    payer.post(URL, status=401)
    reason()
    lines = [record.getMessage() for record in caplog.records if record.name == "payers.http"]
    assert lines == ["connection meadow: credentials"]


@pytest.mark.parametrize("secret", ["line\nbreak", "price in €"])
def test_credentials_that_cannot_be_sent_are_refused_and_not_shown(secret: str) -> None:
    unfit = letter()
    unfit.headers["Authorization"] = secret  # type: ignore[index]
    with pytest.raises(PayerRefused, match="credentials") as caught:
        postman("http://127.0.0.1:9/").send((unfit,))
    assert caught.value.__context__ is None


def test_neither_a_letter_nor_an_answer_shows_what_is_in_it() -> None:
    shown = repr(letter()) + repr(Answer(200, {"Set-Cookie": SECRET}, MEMBER.encode()))
    assert MEMBER not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    "url",
    [
        "http://payer.example/",
        "http://192.0.2.1/",
        "ftp://payer.example/",
        "payer.example",
        "https://",
        "https://clinic:sesame@payer.example/",
        "https://payer.example:port/",
        "https://[bad/",
        "",
    ],
)
def test_an_address_where_anybody_could_listen_is_refused_by_the_name_of_its_connection(url: str) -> None:
    with pytest.raises(ValueError, match=r"^Connection 'meadow' needs an https address") as caught:
        postman(url)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]:1/x"])
def test_https_and_this_machine_are_addresses(url: str) -> None:
    assert postman(url).connection == Connection("meadow", "postman", url, keep_seconds=0)
