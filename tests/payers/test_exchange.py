"""The gate of a connection: who is let in, when a payer is left alone, what is answered without asking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
import responses
import time_machine

from payers.errors import PayerError, PayerUnreachable
from payers.exchange import Exchange
from payers.wire import Watch
from tests.payers.bad_server import Visit, reply, serving
from tests.payers.postman import MEMBER, URL, Curious, Postman, ask, letter, postman


@pytest.fixture
def payer() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as payer:
        yield payer


def outcome(adapter: Postman) -> str:
    """What a check comes to: the text of the answer, or why there is none."""
    try:
        return ask(adapter)
    except PayerError as failure:
        return str(getattr(failure, "reason", failure))


def outcomes(adapter: Postman, times: int) -> list[str]:
    return [outcome(adapter) for _ in range(times)]


# The breaker


def test_a_payer_that_fails_five_times_in_a_row_is_left_alone(payer: responses.RequestsMock) -> None:
    payer.post(URL, status=500)
    assert outcomes(postman(), 7) == ["failing"] * 5 + ["resting"] * 2
    assert len(payer.calls) == 5


@pytest.mark.parametrize("status", [200, 204, 401, 404, 429])
def test_only_failures_in_a_row_count_and_an_answer_of_any_kind_breaks_the_row(
    payer: responses.RequestsMock, status: int
) -> None:
    adapter = postman()
    failing = payer.post(URL, status=500)
    outcomes(adapter, 4)
    payer.replace(responses.Response("POST", URL, body="yes", status=status))
    assert outcome(adapter) not in ("failing", "resting")
    payer.replace(failing)
    assert outcomes(adapter, 5) == ["failing"] * 5


@pytest.mark.parametrize(("status", "expected"), [(401, "credentials"), (429, "throttled"), (204, "empty")])
def test_a_payer_that_answers_no_is_not_left_alone(
    payer: responses.RequestsMock, status: int, expected: str
) -> None:
    payer.post(URL, status=status)
    assert outcomes(postman(), 7) == [expected] * 7


def test_after_half_a_minute_one_check_finds_out_that_the_payer_is_well(
    payer: responses.RequestsMock,
) -> None:
    adapter = postman()
    failing = payer.post(URL, status=500)
    outcomes(adapter, 5)
    payer.remove(failing)
    payer.post(URL, body="yes")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=28)):
        assert outcome(adapter) == "resting"
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert outcomes(adapter, 2) == ["yes", "yes"]


def test_a_payer_that_is_still_not_well_is_left_alone_again(payer: responses.RequestsMock) -> None:
    adapter = postman()
    payer.post(URL, status=500)
    outcomes(adapter, 5)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert outcomes(adapter, 3) == ["failing", "resting", "resting"]


def test_while_one_check_finds_out_the_others_leave_the_payer_alone(payer: responses.RequestsMock) -> None:
    adapter = postman()
    failing = payer.post(URL, status=500)
    outcomes(adapter, 5)
    payer.remove(failing)
    meanwhile: list[str] = []

    def answer(_: object) -> tuple[int, dict[str, str], str]:
        meanwhile.append(outcome(adapter))
        return 200, {}, "yes"

    payer.add_callback("POST", URL, answer)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert outcome(adapter) == "yes"
    assert meanwhile == ["resting"]


# Places


def test_as_many_checks_as_may_be_are_under_way_and_the_next_is_turned_away_at_once() -> None:
    came, go = Event(), Event()

    def waits(visit: Visit) -> None:
        visit.read()
        came.set()
        go.wait(5)
        visit.say(reply())

    with serving(waits) as server:
        adapter = postman(server.url, at_most=1)
        heard: list[str] = []
        first = Thread(target=lambda: heard.append(outcome(adapter)))
        with closing(adapter.exchange):
            first.start()
            assert came.wait(5)
            assert outcomes(adapter, 6) == ["busy"] * 6
            go.set()
            first.join()
            assert heard == ["yes"]
            assert outcome(adapter) == "yes"
        assert server.visits == 2


def test_checks_go_on_side_by_side() -> None:
    came = [Event(), Event()]

    def meets(visit: Visit) -> None:
        visit.read()
        came[visit.number - 1].set()
        if all(event.wait(5) for event in came):
            visit.say(reply())

    with serving(meets) as server:
        adapter = postman(server.url, at_most=2)
        heard: list[str] = []
        both = [Thread(target=lambda: heard.append(outcome(adapter))) for _ in came]
        with closing(adapter.exchange):
            for one in both:
                one.start()
            for one in both:
                one.join()
    assert heard == ["yes", "yes"]


def test_a_place_is_free_again_whatever_became_of_the_check() -> None:
    exchange = Exchange(postman(at_most=1).connection)

    def fails(_: Watch) -> None:
        raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError):
            exchange.run(fails)
    assert exchange.run(lambda _: "well") == "well"


def test_a_check_that_no_thread_can_be_had_for_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_start(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    exchange = Exchange(postman(at_most=1).connection)
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", cannot_start)
        with pytest.raises(PayerUnreachable, match="with this payer already"):
            exchange.run(lambda _: "well")
    assert exchange.run(lambda _: "well") == "well"


# What is kept


def test_the_same_question_is_answered_by_what_was_heard_before(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300)
    payer.post(URL, body="yes")
    first = adapter.send((letter(trace="T1"),))
    assert adapter.send((letter(trace="T2"),)) == first
    assert [heard.trace for heard in first] == ["T1"]
    assert len(payer.calls) == 1


def test_another_question_is_put(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300)
    payer.add_callback("POST", URL, lambda request: (200, {}, request.body))
    assert [ask(adapter, "one"), ask(adapter, "two")] == ["T1 one", "T1 two"]


def test_a_fresh_letter_is_put_and_its_answer_is_the_one_kept(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300)
    payer.add_callback("POST", URL, lambda request: (200, {}, request.body))
    asked = [ask(adapter, trace="T1"), ask(adapter, trace="T2", fresh=True), ask(adapter, trace="T3")]
    assert asked == [f"T1 {MEMBER}", f"T2 {MEMBER}", f"T2 {MEMBER}"]


def test_where_nothing_is_to_be_kept_every_question_is_put(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=0)
    payer.post(URL, body="yes")
    outcomes(adapter, 2)
    assert len(payer.calls) == 2


@pytest.mark.parametrize(("text", "status"), [("rejected", 200), ("yes", 400), ("", 200)])
def test_what_is_no_answer_to_use_again_is_not_kept(
    payer: responses.RequestsMock, text: str, status: int
) -> None:
    adapter = postman(kind=Curious, keep_seconds=300)
    payer.post(URL, body=text, status=status)
    outcomes(adapter, 2)
    assert len(payer.calls) == 2


def test_later_is_not_kept(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300, seconds=0.6)
    for text in ("later", "later", "yes"):
        payer.post(URL, body=text)
    assert outcomes(adapter, 2) == ["later", "yes"]


def test_what_was_heard_before_a_letter_failed_need_not_be_asked_again(
    payer: responses.RequestsMock,
) -> None:
    adapter = postman(keep_seconds=300)
    payer.post(URL, body="first")
    payer.post(URL, status=400)
    payer.post(URL, body="second")
    both = (letter("one"), letter("two"))
    with pytest.raises(PayerError):
        adapter.send(both)
    assert [heard.text for heard in adapter.send(both)] == ["first", "second"]
    assert len(payer.calls) == 3


def test_what_is_kept_answers_even_while_the_payer_rests(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300)
    payer.post(URL, body="yes")
    ask(adapter, "one")
    payer.replace(responses.Response("POST", URL, status=500))
    assert outcomes(adapter, 6)[-1] == "resting"
    assert ask(adapter, "one") == "yes"


def test_only_so_much_is_kept(payer: responses.RequestsMock) -> None:
    adapter = postman(keep_seconds=300)
    payer.post(URL, body="yes")
    (heard,) = adapter.send((letter("first"),))
    for number in range(1024):
        adapter.exchange.keep(f"{number}".encode(), heard)
    assert adapter.exchange.recall(b"first") is None
    assert adapter.exchange.recall(b"1023") == heard


def test_what_is_kept_is_found_by_a_key_that_tells_nothing(payer: responses.RequestsMock) -> None:
    payer.post(URL, body="yes")
    adapters = [postman(keep_seconds=300), postman(keep_seconds=300)]
    for adapter in adapters:
        ask(adapter)
    keys = [next(iter(adapter.exchange._kept)) for adapter in adapters]
    assert all(MEMBER.encode() not in key for key in keys)
    assert keys[0] != keys[1]
