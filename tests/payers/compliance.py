"""What every adapter must keep: give the fixtures and pass. Passing is what makes an adapter.

Whatever the channel, three fixtures:

class TestMyAdapter(AdapterCompliance):
    @pytest.fixture
    def adapter(self): ...        # the adapter, its payer on loopback or in memory
    @pytest.fixture
    def answered(self): ...       # an `Ask` that the payer answers
    @pytest.fixture
    def refused(self): ...        # an `Ask` whose answer cannot be had

A live channel over HTTP, two; what is asked and what goes wrong is the suite's affair:

class TestMyLiveAdapter(LiveCompliance):
    @pytest.fixture
    def connect(self):            # the adapter, on the terms given: url, seconds, at_most, keep_seconds
        return lambda **terms: MyAdapter(invented_connection("my-channel", **terms), CREDENTIALS)
    @pytest.fixture
    def speak(self): ...          # the text of a 271 -> the headers and the body in which the channel says it

What the channel declares in its capabilities it must tell of each scenario; on the rest it must be silent.
"""

from __future__ import annotations

from time import monotonic

import pytest

from payers.base import Reply
from schemas.model import Benefits, Fact
from tests.payers.asking import AskingCompliance, Connect, attempt, hear
from tests.payers.bad_days import (
    BAD_DAYS,
    GOOD_OVER_SOCKETS,
    SECONDS,
    SLACK,
    URL,
    WRONG_MEMBER,
    BadDay,
    Speak,
    answering,
)
from tests.payers.promises import AdapterCompliance, each
from tests.payers.said import PARTS, read_said
from tests.payers.scenarios import (
    ASKED_AT,
    CREDENTIALS,
    IN_NETWORK,
    LATER,
    MEMBER,
    REFUSALS,
    SCENARIOS,
    Scenario,
    invented_connection,
)
from tests.payers.sentinels import Listener, find_sentinels

__all__ = [
    "CREDENTIALS",
    "AdapterCompliance",
    "Connect",
    "LiveCompliance",
    "Speak",
    "each",
    "invented_connection",
]

EACH_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS, ids=repr)
EACH_REFUSAL = pytest.mark.parametrize("scenario", [*REFUSALS, LATER], ids=repr)
EACH_BAD_DAY = pytest.mark.parametrize("day", BAD_DAYS, ids=repr)
EACH_BAD_REPLY_TOO = pytest.mark.parametrize("day", [*BAD_DAYS, WRONG_MEMBER], ids=repr)


class LiveCompliance(AskingCompliance):
    """Subclass it, give the two fixtures, and pass."""

    @pytest.fixture
    def listener(self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Listener:
        return Listener(caplog, capsys)

    # --- what a reply says ---------------------------------------------------------------------

    @EACH_SCENARIO
    def test_it_tells_what_the_payer_said(self, connect: Connect, speak: Speak, scenario: Scenario) -> None:
        adapter, reply = hear(connect, speak, scenario)
        tells = adapter.capabilities.tells
        expected = {name: (told,) for name, told in scenario.said.items() if PARTS[name].subject in tells}
        told = read_said(reply, scenario.ask())
        wrong = {name: (told.get(name), one) for name, one in expected.items() if told.get(name) != one}
        assert wrong == {}, f"told, and said: {wrong}"

    @EACH_SCENARIO
    def test_it_guesses_nothing(self, connect: Connect, speak: Speak, scenario: Scenario) -> None:
        adapter, reply = hear(connect, speak, scenario)
        told = read_said(reply, scenario.ask())
        assert sorted(set(told) - set(scenario.said)) == [], "nobody said that"
        undeclared = {name for name in told if PARTS[name].subject not in adapter.capabilities.tells}
        assert undeclared == set(), "the capabilities do not declare that"

    @EACH_SCENARIO
    def test_every_fact_is_reported_and_names_its_place_and_day(
        self, connect: Connect, speak: Speak, scenario: Scenario
    ) -> None:
        _, reply = hear(connect, speak, scenario)
        assert {benefits.witness for benefits in each(Benefits, reply)} == {"reported"}
        for fact in each(Fact, reply):
            assert fact.citation.kind == "reported"
            assert fact.citation.locator, f"no place is named for {fact.value!r}"
            assert fact.as_of == ASKED_AT.date()

    @EACH_REFUSAL
    def test_a_payers_no_is_an_answer_that_says_what_to_do(
        self, connect: Connect, speak: Speak, scenario: Scenario
    ) -> None:
        _, reply = hear(connect, speak, scenario)
        assert scenario.warned in [step.code for step in reply.warnings]
        assert list(each(Fact, reply)) == []

    @EACH_SCENARIO
    def test_a_reply_that_was_kept_is_read_again_without_a_connection(
        self, connect: Connect, speak: Speak, scenario: Scenario
    ) -> None:
        adapter, reply = hear(connect, speak, scenario)
        assert [heard.at for heard in reply.heard] == [ASKED_AT] * len(reply.heard) != []
        bare = type(adapter).__new__(type(adapter))
        assert bare.read(reply.heard, scenario.ask()) == reply

    # --- when there is none --------------------------------------------------------------------

    @EACH_BAD_DAY
    def test_a_bad_day_is_one_of_our_errors_and_in_time(
        self, connect: Connect, speak: Speak, day: BadDay
    ) -> None:
        with day.begin(speak) as url:
            adapter = connect(url=url, seconds=SECONDS)
            began = monotonic()
            outcome = attempt(adapter, IN_NETWORK.ask())
            took = monotonic() - began
        assert type(outcome) is day.becomes, f"{type(outcome).__name__} instead of {day.becomes.__name__}"
        assert took <= SECONDS + SLACK, f"a check of at most {SECONDS} s took {took:.2f} s"

    def test_a_reply_about_somebody_else_is_never_used(self, connect: Connect, speak: Speak) -> None:
        with WRONG_MEMBER.begin(speak) as url:
            outcome = attempt(connect(url=url), IN_NETWORK.ask())
        assert type(outcome) is WRONG_MEMBER.becomes, f"{type(outcome).__name__} instead of WrongMember"

    # --- who is never seen ---------------------------------------------------------------------

    @EACH_SCENARIO
    def test_a_member_is_seen_by_the_payer_alone(
        self, connect: Connect, speak: Speak, scenario: Scenario, listener: Listener
    ) -> None:
        ask = scenario.ask()
        with listener.listening(), answering(speak(scenario.text())) as payer:
            adapter = connect(url=URL)
            listener.note(adapter, adapter.build(ask), attempt(adapter, ask))
            put = payer.calls[0].request
        assert str(MEMBER.member_id) in str(put.body), "the payer was asked about nobody"
        assert find_sentinels(str(put.url), *listener.everything()) == []

    @EACH_BAD_REPLY_TOO
    def test_a_member_is_not_seen_on_a_bad_day_either(
        self, connect: Connect, speak: Speak, day: BadDay, listener: Listener
    ) -> None:
        with listener.listening(), day.begin(speak) as url:
            adapter = connect(url=url, seconds=SECONDS / 5)
            listener.note(adapter, attempt(adapter, IN_NETWORK.ask()))
        assert find_sentinels(*listener.everything()) == []

    def test_a_member_is_not_seen_over_real_sockets_either(
        self, connect: Connect, speak: Speak, listener: Listener
    ) -> None:
        with listener.listening(), GOOD_OVER_SOCKETS(speak) as url:
            outcome = attempt(connect(url=url), IN_NETWORK.ask())
            listener.note(outcome)
        assert isinstance(outcome, Reply)
        assert find_sentinels(*listener.everything()) == []
