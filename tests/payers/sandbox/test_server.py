"""The sandbox over real HTTP: every member in every form, every misbehavior, and nobody else's network."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import pytest
import requests

from payers.core import unwrap
from payers.errors import PayerRefused, PayerUnreachable, UnreadableReply
from payers.sandbox.benefits import ADMINISTRATOR
from payers.sandbox.member import Member, Trouble
from payers.sandbox.roster import ROSTER
from payers.sandbox.server import MOST_BYTES, Sandbox
from payers.x12.reader import read_271
from tests.payers.sandbox.asking import (
    BENEFITS,
    FORMS,
    JSON_FORMS,
    MIME,
    PLANS,
    TRACE,
    X12_FORMS,
    Asker,
    member,
    read,
)

EACH_FORM = pytest.mark.parametrize("form", FORMS)
ANSWERED = [one for one in ROSTER if one.trouble is Trouble.NONE]


@EACH_FORM
def test_each_member_is_answered_in_each_form(asker: Asker, form: str) -> None:
    for one in ANSWERED:
        (plain,) = read_271(asker.plain(one.key, date="2026-07-01").text).transactions
        reply = asker.ask(form, one.person)
        assert sorted(line[:13] for line in reply.lines) == sorted(line[:13] for line in plain.lines)
        assert [x[:3] for x in reply.rejections] == [x[:3] for x in plain.rejections]
        assert (reply.person.name, reply.person.birth_date) == (plain.person.name, plain.person.birth_date)
        assert reply.lines or reply.rejections


@pytest.mark.parametrize("form", X12_FORMS)
def test_the_trace_is_echoed_and_the_payer_is_called_as_it_was_asked(asker: Asker, form: str) -> None:
    reply = asker.ask(form, member("ppo-full").person, payer_id="62308")
    assert (reply.trace, reply.echoed, reply.payer.id) == (TRACE, True, "62308")


@pytest.mark.parametrize("form", JSON_FORMS)
def test_json_echoes_no_trace_of_ours(asker: Asker, form: str) -> None:
    reply = asker.ask(form, member("wrong-trace").person)
    assert (reply.trace, reply.echoed) == ("", False)


def test_the_older_json_shape_repeats_the_control_number(asker: Asker) -> None:
    assert asker.about(BENEFITS, "ppo-full").json()["controlNumber"] == "000000123"


@EACH_FORM
def test_a_dependent_is_the_patient_of_the_reply(asker: Asker, form: str) -> None:
    reply = asker.ask(form, member("dependent").person)
    assert reply.patient == "dependent"
    assert (reply.person.first_name, reply.subscriber.first_name) == ("NINA", "OTTO")


@EACH_FORM
def test_the_administrator_answers_with_the_behavioral_benefits(asker: Asker, form: str) -> None:
    medical = asker.ask(form, member("carve-out").person)
    behavioral = asker.ask(form, member("carve-out").person, payer_id=ADMINISTRATOR)
    assert "CH" not in {line.service_type for line in medical.lines if line.code == "B"}
    assert "CH" in {line.service_type for line in behavioral.lines if line.code == "B"}
    assert behavioral.payer.id == ADMINISTRATOR


@EACH_FORM
def test_somebody_unknown_is_not_found(asker: Asker, form: str) -> None:
    stranger = member("corrected-id").stated
    (rejection,) = asker.ask(form, stranger).rejections
    assert (rejection.loop, rejection.code) == ("2100C", "75")


@EACH_FORM
def test_unable_once_is_able_the_second_time_for_each_question(asker: Asker, form: str) -> None:
    person = member("unable-once").person
    for services in (("BB",), ("MH",)):
        first = asker.ask(form, person, services=services)
        second = asker.ask(form, person, services=services)
        assert [(one.loop, one.code) for one in first.rejections] == [("2000A", "42")]
        assert (second.rejections, second.lines != ()) == ((), True)


@EACH_FORM
def test_unable_always_stays_unable(asker: Asker, form: str) -> None:
    for _ in range(2):
        (rejection,) = asker.ask(form, member("unable-always").person).rejections
        assert (rejection.loop, rejection.code) == ("2100A", "42")


@EACH_FORM
def test_too_many_inquiries_are_too_many_once(asker: Asker, form: str) -> None:
    first, second = (asker.about(form, "throttled") for _ in range(2))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "1")
    assert read(form, second).lines


@EACH_FORM
def test_the_slow_one_answers_in_the_end(asker: Asker, form: str) -> None:
    began = time.monotonic()
    reply = asker.ask(form, member("slow").person)
    assert reply.lines
    assert time.monotonic() - began >= 0.1


def test_the_hanging_one_never_answers(asker: Asker) -> None:
    with pytest.raises(requests.ReadTimeout):
        asker.about(MIME, "hanging", timeout=0.1)


def test_the_dripping_one_sends_a_byte_at_a_time(asker: Asker) -> None:
    began = time.monotonic()
    with asker.about(PLANS, "drip", stream=True) as answer:
        first = [answer.raw.read(1) for _ in range(6)]
    assert all(len(byte) == 1 for byte in first)
    assert time.monotonic() - began >= 0.08


@EACH_FORM
def test_the_dying_one_resets_the_connection(asker: Asker, form: str) -> None:
    with pytest.raises(requests.ConnectionError, match="reset"):
        asker.about(form, "dying")


@EACH_FORM
def test_half_a_reply_ends_before_its_announced_length(asker: Asker, form: str) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        asker.about(form, "half-reply")


@pytest.mark.parametrize("form", X12_FORMS)
def test_a_text_cut_off_comes_in_a_whole_envelope(asker: Asker, form: str) -> None:
    answer = asker.about(form, "cut-off")
    payload = unwrap(answer.headers["Content-Type"], answer.content).payload
    assert payload.startswith("ISA")
    assert "~SE*" not in payload


@pytest.mark.parametrize("form", JSON_FORMS)
def test_a_json_document_cut_off_is_none(asker: Asker, form: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(asker.about(form, "cut-off").text)


@EACH_FORM
def test_garbage_makes_no_sense(asker: Asker, form: str) -> None:
    answer = asker.about(form, "garbage")
    assert answer.status_code == 200
    with pytest.raises(UnreadableReply):
        read(form, answer)


@EACH_FORM
def test_a_web_page_comes_as_if_all_were_well(asker: Asker, form: str) -> None:
    answer = asker.about(form, "web-page")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@EACH_FORM
def test_a_fault_is_a_500(asker: Asker, form: str) -> None:
    assert asker.about(form, "fault").status_code == 500


@pytest.mark.parametrize("form", X12_FORMS)
def test_an_error_in_the_envelope_is_the_payer_s_own(asker: Asker, form: str) -> None:
    answer = asker.about(form, "error-envelope")
    assert answer.status_code == 200
    with pytest.raises(PayerUnreachable) as caught:
        read(form, answer)
    assert caught.value.reason == "failing"


@pytest.mark.parametrize("form", JSON_FORMS)
def test_an_error_in_json_is_no_answer(asker: Asker, form: str) -> None:
    answer = asker.about(form, "error-envelope")
    assert answer.status_code == 200
    with pytest.raises(UnreadableReply, match="none of the parts"):
        read(form, answer)


@pytest.mark.parametrize("form", X12_FORMS)
def test_a_wrong_password_is_refused_in_the_envelope(asker: Asker, form: str) -> None:
    answer = asker.about(form, "ppo-full", credential="wrong")
    assert answer.status_code == 200
    with pytest.raises(PayerRefused) as caught:
        read(form, answer)
    assert caught.value.reason == "credentials"


@pytest.mark.parametrize("form", JSON_FORMS)
def test_a_wrong_key_is_a_401(asker: Asker, form: str) -> None:
    assert asker.about(form, "ppo-full", credential="wrong").status_code == 401


@EACH_FORM
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"ISA*", b"<a/>", b"\xff\x00", b"[" * 100_000])
def test_what_is_no_inquiry_is_a_400(
    sandbox: Sandbox, session: requests.Session, form: str, body: bytes
) -> None:
    assert session.post(sandbox.url + form, data=body, timeout=5).status_code == 400


def test_a_post_elsewhere_is_a_404(sandbox: Sandbox, session: requests.Session) -> None:
    assert session.post(f"{sandbox.url}/x12", data=b"ISA", timeout=5).status_code == 404


@pytest.mark.parametrize(("length", "status"), [(None, 411), ("many", 411), (str(MOST_BYTES + 1), 413)])
def test_a_body_of_no_known_fair_length_is_not_taken(
    sandbox: Sandbox, length: str | None, status: int
) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        header = f"Content-Length: {length}\r\n" if length else ""
        connection.sendall(f"POST {MIME} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n".encode())
        assert connection.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())


def test_it_says_what_it_is(sandbox: Sandbox, session: requests.Session) -> None:
    about = session.get(sandbox.url, timeout=5).json()
    assert "invented" in about["what"]
    assert about["inquiries"] == list(FORMS)


def test_the_roster_tells_what_to_ask_with(sandbox: Sandbox, session: requests.Session) -> None:
    cards = session.get(f"{sandbox.url}/roster", timeout=5).json()
    assert [card["key"] for card in cards] == [one.key for one in ROSTER]
    (dependent,) = (card for card in cards if card["key"] == "dependent")
    assert (dependent["member_id"], dependent["birth_date"]) == ("SBX1000005", "2010-04-02")
    assert dependent["subscriber"]["first_name"] == "Otto"


@pytest.mark.parametrize("one", ROSTER, ids=lambda one: one.key)
def test_a_plain_271_is_there_for_whoever_has_a_reply(asker: Asker, one: Member) -> None:
    answer = asker.plain(one.key)
    assert answer.status_code == (200 if one.trouble.leaves_a_reply else 404)
    assert answer.text.startswith("ISA*") is one.trouble.leaves_a_reply


def test_a_plain_271_takes_a_date_and_a_trace(asker: Asker) -> None:
    reply = read_271(asker.plain("ppo-full", date="2031-02-03", trace="MINE").text).transactions[0]
    assert reply.trace == "MINE"
    assert {str(span.start) for span in reply.spans} == {"2031-01-01", "2031-02-03"}


def test_a_plain_271_cut_off_is_cut_off(asker: Asker) -> None:
    assert "~SE*" not in asker.plain("cut-off").text


def test_a_date_that_is_none_is_a_400_and_a_key_that_is_none_a_404(asker: Asker) -> None:
    assert asker.plain("ppo-full", date="soon").status_code == 400
    assert asker.plain("nobody").status_code == 404


def test_nothing_is_logged(asker: Asker, capfd: pytest.CaptureFixture[str]) -> None:
    asker.about(MIME, "ppo-full")
    asker.plain("ppo-full")
    with pytest.raises(requests.ConnectionError):
        asker.about(MIME, "dying")
    assert capfd.readouterr() == ("", "")


def test_nothing_leaves_loopback(monkeypatch: pytest.MonkeyPatch, session: requests.Session) -> None:
    reached: set[str] = set()
    connect = socket.socket.connect

    def remember(self: socket.socket, address: Any) -> None:
        reached.add(address[0])
        connect(self, address)

    def refuse(*_: object) -> str:
        raise AssertionError("a name server was asked")

    monkeypatch.setattr(socket.socket, "connect", remember)
    monkeypatch.setattr(socket, "getfqdn", refuse)
    with Sandbox() as sandbox:
        asker = Asker(sandbox.url, session)
        for form in FORMS:
            asker.about(form, "carve-out")
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert reached == {"127.0.0.1"}


def test_stopping_lets_go_of_the_port_and_of_who_still_waits(session: requests.Session) -> None:
    sandbox = Sandbox()
    sandbox.start()
    asker, ended = Asker(sandbox.url, session), threading.Event()

    def wait() -> None:
        with pytest.raises(requests.ConnectionError):
            asker.about(MIME, "hanging")
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    sandbox.stop()
    assert ended.wait(2)
    waiting.join()
    with pytest.raises(requests.ConnectionError):
        session.get(sandbox.url, timeout=1)


def test_it_also_serves_where_it_stands() -> None:
    sandbox = Sandbox()
    serving = threading.Thread(target=sandbox.serve)
    serving.start()
    assert requests.get(f"{sandbox.url}/", timeout=5, proxies={"http": ""}).status_code == 200
    sandbox.stop()
    serving.join(2)
    assert not serving.is_alive()


def test_a_sandbox_that_never_served_can_be_stopped() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sandbox.url}/", timeout=5, proxies={"http": ""})


def test_how_many_inquiries_are_under_way_at_once_is_told() -> None:
    with Sandbox(seconds=0.2) as payer, requests.Session() as session:
        asker = Asker(payer.url, session)
        threads = [
            threading.Thread(target=asker.ask, args=(MIME, member("ppo-full").person)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        requests.post(f"{payer.url}/elsewhere", data=b"", timeout=5)
        told = requests.get(f"{payer.url}/load", timeout=5).json()
    assert told == {"/x12/mime": {"taken": 3, "under_way": 0, "most": 3}}
