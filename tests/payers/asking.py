"""How every live channel asks: whom it reaches, how many questions at a time, and how often the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from threading import Thread
from typing import Any

import pytest
import responses

from payers.base import Ask, PayerAdapter, Reply
from payers.errors import PayerError, PayerUnreachable
from tests.payers.bad_days import SECONDS, URL, Speak, answering, never, on_loopback
from tests.payers.promises import AdapterCompliance
from tests.payers.scenarios import IN_NETWORK, LATER, MEMBER, NOT_FOUND, Scenario

Connect = Callable[..., PayerAdapter[Any, Any]]


def hear(connect: Connect, speak: Speak, scenario: Scenario) -> tuple[PayerAdapter[Any, Any], Reply]:
    """Return an adapter, and what it makes of a scenario."""
    with answering(speak(scenario.text())):
        adapter = connect(url=URL)
        return adapter, adapter.check(scenario.ask())


def attempt(adapter: PayerAdapter[Any, Any], ask: Ask) -> Reply | Exception:
    """Return what a check comes to, whatever that is."""
    try:
        return adapter.check(ask)
    except Exception as error:
        return error


class AskingCompliance(AdapterCompliance):
    """The fixtures of a live channel, and the promises of one that asks."""

    @pytest.fixture
    def connect(self) -> Connect:
        raise AssertionError("give what makes the adapter on given terms")

    @pytest.fixture
    def speak(self) -> Speak:
        raise AssertionError("give what says a 271 as the channel does")

    @pytest.fixture
    def payer(self, speak: Speak) -> Iterator[responses.RequestsMock]:
        with answering(speak(IN_NETWORK.text())) as network:
            yield network

    @pytest.fixture
    def adapter(self, connect: Connect, payer: responses.RequestsMock) -> PayerAdapter[Any, Any]:
        return connect(url=URL)

    @pytest.fixture
    def answered(self) -> Ask:
        return IN_NETWORK.ask()

    @pytest.fixture
    def refused(self, payer: responses.RequestsMock) -> Ask:
        payer.reset()
        payer.post(URL, status=500)
        return IN_NETWORK.ask()

    def test_a_payer_that_the_connection_does_not_reach_is_not_asked(
        self, adapter: PayerAdapter[Any, Any], payer: responses.RequestsMock, answered: Ask
    ) -> None:
        with pytest.raises(PayerError):
            adapter.check(replace(answered, payer=replace(answered.payer, id="somebody-elses-health")))
        assert len(payer.calls) == 0

    def test_one_more_than_may_be_under_way_is_turned_away_at_once(self, connect: Connect) -> None:
        with on_loopback(lambda visit: never(visit, b"")) as server:
            adapter = connect(url=server.url, at_most=1, seconds=SECONDS)
            first = Thread(target=attempt, args=(adapter, IN_NETWORK.ask()))
            first.start()
            while first.is_alive() and not server.visits:
                first.join(0.01)
            outcome = attempt(adapter, IN_NETWORK.ask(fresh=True))
            turned_away_at_once = first.is_alive()
            server.stopped.set()
            first.join()
        assert isinstance(outcome, PayerUnreachable)
        assert (outcome.reason, turned_away_at_once) == ("busy", True)

    def test_the_same_question_is_put_again_only_where_it_has_to_be(
        self, connect: Connect, payer: responses.RequestsMock
    ) -> None:
        adapter, ask = connect(url=URL, keep_seconds=300), IN_NETWORK.ask()
        asked = []
        for again in (ask, replace(ask, trace="SUITE0002"), replace(ask, fresh=True)):
            adapter.check(again)
            asked.append(len(payer.calls))
        assert asked == [1, 1, 2]

    def test_where_nothing_is_kept_every_question_is_put(
        self, connect: Connect, payer: responses.RequestsMock
    ) -> None:
        adapter = connect(url=URL, keep_seconds=0)
        adapter.check(IN_NETWORK.ask())
        adapter.check(IN_NETWORK.ask())
        assert len(payer.calls) == 2

    @pytest.mark.parametrize("name", ["member_id", "birth_date", "date_of_service"])
    def test_another_question_is_not_answered_by_what_was_kept(
        self, connect: Connect, payer: responses.RequestsMock, name: str
    ) -> None:
        ask = IN_NETWORK.ask()
        changes: dict[str, Any] = {"member_id": "ZQ0000000001", "birth_date": date(1999, 9, 9)}
        if name in changes:
            other = replace(MEMBER, **{name: changes[name]})
            another = replace(ask, inquiry=replace(ask.inquiry, member=other))
        else:
            another = replace(ask, dates=(date(2026, 2, 27),))
        adapter = connect(url=URL, keep_seconds=300)
        adapter.check(ask)
        with suppress(PayerError):
            adapter.check(another)
        assert len(payer.calls) == 2

    def test_a_payers_no_is_not_kept(self, connect: Connect, speak: Speak) -> None:
        with answering(speak(NOT_FOUND.text())) as payer:
            adapter = connect(url=URL, keep_seconds=300)
            assert adapter.check(NOT_FOUND.ask()) == adapter.check(NOT_FOUND.ask())
            assert len(payer.calls) == 2

    def test_a_payer_that_cannot_answer_now_is_asked_once_more(self, connect: Connect, speak: Speak) -> None:
        with answering(speak(LATER.text())) as payer:
            connect(url=URL).check(LATER.ask())
            assert len(payer.calls) == 2
