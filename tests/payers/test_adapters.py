"""The story every adapter tells, and the rulebook's adapter held against the compliance suite."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

import pytest

from payers.adapters.rulebook import RulebookAdapter, ages_of
from payers.base import Ask, Capabilities, PayerAdapter, Reply
from payers.errors import MissingIdentifiers
from payers.rulebook import Rulebook
from schemas.model import Person
from tests.payers.compliance import AdapterCompliance
from tests.payers.invented import CMHC, ask, inquiry

DATES = (date(2026, 3, 2), date(2026, 7, 20))


class TestRulebookAdapter(AdapterCompliance):
    @pytest.fixture
    def adapter(self, rulebook: Rulebook) -> PayerAdapter[Any, Any]:
        return RulebookAdapter(rulebook)

    @pytest.fixture
    def answered(self, rulebook: Rulebook) -> Ask:
        return Ask(inquiry(), rulebook.payer("marigold"), CMHC, DATES, "in")

    @pytest.fixture
    def refused(self, answered: Ask) -> Ask:
        return replace(answered, payer=replace(answered.payer, id="nobody"))

    def test_it_answers_what_the_rulebook_publishes(
        self, adapter: PayerAdapter[Any, Any], answered: Ask, rulebook: Rulebook
    ) -> None:
        assert adapter.check(answered).periods == ask(rulebook, DATES)

    def test_the_network_of_the_request_holds_where_none_was_settled(
        self, adapter: PayerAdapter[Any, Any], answered: Ask
    ) -> None:
        open_ask = replace(answered, network=None, inquiry=inquiry(network="in"))
        assert adapter.check(open_ask) == adapter.check(answered)


class Stages(PayerAdapter[str, str]):
    """An adapter that only tells which stage it was in."""

    channel: ClassVar[str] = "stages"
    capabilities: ClassVar[Capabilities] = Capabilities(
        witness="reported", tells=frozenset(), needs=frozenset({"member_id", "last_name"})
    )

    def __init__(self) -> None:
        self.seen: list[str] = []

    def build(self, ask: Ask) -> str:
        self.seen.append("build")
        return "question"

    def send(self, message: str) -> str:
        self.seen.append(f"send {message}")
        return "answer"

    def read(self, raw: str, ask: Ask) -> Reply:
        self.seen.append(f"read {raw}")
        return Reply(())


def test_a_check_builds_then_sends_then_reads(rulebook: Rulebook) -> None:
    adapter = Stages()
    adapter.check(Ask(inquiry(), rulebook.payer("marigold"), CMHC, DATES))
    assert adapter.seen == ["build", "send question", "read answer"]


def test_what_is_missing_of_the_member_is_named_before_anything_is_built(rulebook: Rulebook) -> None:
    adapter = Stages()
    nameless = inquiry(member=Person(None, "Ana", None, None))
    with pytest.raises(MissingIdentifiers, match="last_name, member_id") as caught:
        adapter.check(Ask(nameless, rulebook.payer("marigold"), CMHC, DATES))
    assert caught.value.fields == ("last_name", "member_id")
    assert adapter.seen == []


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1957, 3, 2), date(2026, 3, 1), 68),
        (date(1957, 3, 2), date(2026, 3, 2), 69),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (None, date(2026, 3, 1), None),
    ],
)
def test_an_age_is_that_of_the_last_birthday(born: date | None, on: date, age: int | None) -> None:
    assert ages_of(born)(on) == age
