"""What every adapter keeps, whatever its channel; `tests.payers.compliance` says how to use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import pytest

from payers.base import Ask, PayerAdapter, Reply
from payers.errors import MissingIdentifiers, PayerError
from schemas.model import Benefits, Fact, LevelBenefits, Step

CITED_AS = {"published": "published", "reported": "reported", "told": "told"}
SUBJECTS = frozenset({"eligibility", "accumulators", "coverage", "prior_authorization", "cost_share", "fees"})


def each(kind: type[Any], value: Any) -> Iterator[Any]:
    """Everything of one kind inside a value."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for inner in value:
            yield from each(kind, inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from each(kind, getattr(value, field.name))


class AdapterCompliance:
    """Subclass it, give the three fixtures, and pass."""

    @pytest.fixture
    def adapter(self) -> PayerAdapter[Any, Any]:
        raise AssertionError("give an adapter")

    @pytest.fixture
    def answered(self) -> Ask:
        raise AssertionError("give an ask that is answered")

    @pytest.fixture
    def refused(self) -> Ask:
        raise AssertionError("give an ask whose answer cannot be had")

    @pytest.fixture
    def reply(self, adapter: PayerAdapter[Any, Any], answered: Ask) -> Reply:
        return adapter.check(answered)

    def test_it_says_what_it_can_do(self, adapter: PayerAdapter[Any, Any], answered: Ask) -> None:
        assert adapter.channel == adapter.channel.lower()
        assert adapter.capabilities.witness in CITED_AS
        assert adapter.capabilities.tells <= SUBJECTS
        assert all(hasattr(answered.inquiry.member, name) for name in adapter.capabilities.needs)

    def test_its_periods_cover_every_date_that_was_asked(self, reply: Reply, answered: Ask) -> None:
        starts = [period.starts for period in reply.periods]
        assert starts == sorted(set(starts))
        assert starts[0] <= min(answered.dates)

    def test_it_speaks_as_its_own_witness(self, adapter: PayerAdapter[Any, Any], reply: Reply) -> None:
        assert {benefits.witness for benefits in each(Benefits, reply)} == {adapter.capabilities.witness}

    def test_every_fact_cites_where_it_was_said(self, adapter: PayerAdapter[Any, Any], reply: Reply) -> None:
        facts = list(each(Fact, reply))
        assert facts
        for fact in facts:
            assert fact.citation.kind == CITED_AS[adapter.capabilities.witness]
            assert fact.citation.title

    def test_it_keeps_silent_on_what_it_cannot_tell(
        self, adapter: PayerAdapter[Any, Any], reply: Reply
    ) -> None:
        tells = adapter.capabilities.tells
        for benefits in each(Benefits, reply):
            if "eligibility" not in tells:
                assert (benefits.active, benefits.coverage_start, benefits.coverage_end) == (None, None, None)
            for level in each(LevelBenefits, benefits):
                self.check_silence(level, tells)

    def check_silence(self, level: LevelBenefits, tells: frozenset[str]) -> None:
        if "coverage" not in tells:
            assert level.covered is None
        if "prior_authorization" not in tells:
            assert level.prior_authorization is None
        if "cost_share" not in tells:
            assert (level.copay, level.coinsurance) == ((), ())
        if "fees" not in tells:
            assert level.fees == ()

    def test_the_same_question_gets_the_same_answer(
        self, adapter: PayerAdapter[Any, Any], answered: Ask, reply: Reply
    ) -> None:
        assert adapter.check(answered) == reply

    def test_its_answer_holds_no_identifier_of_the_member(self, reply: Reply, answered: Ask) -> None:
        spoken = [str(step) for step in each(Step, reply)] + [
            str(fact.citation) for fact in each(Fact, reply)
        ]
        assert self.secrets_in(" ".join(spoken), answered) == []

    def test_what_cannot_be_had_is_one_of_our_errors_and_names_no_member(
        self, adapter: PayerAdapter[Any, Any], refused: Ask
    ) -> None:
        with pytest.raises(PayerError) as caught:
            adapter.check(refused)
        assert str(caught.value)
        assert self.secrets_in(f"{caught.value} {caught.value!r}", refused) == []

    def test_a_missing_identifier_is_named_and_nothing_is_sent(
        self, adapter: PayerAdapter[Any, Any], answered: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_: Any) -> None:
            raise AssertionError("sent all the same")

        monkeypatch.setattr(adapter, "send", refuse)
        for name in adapter.capabilities.needs:
            nothing: dict[str, Any] = {name: None}
            bare = replace(answered.inquiry.member, **nothing)
            with pytest.raises(MissingIdentifiers, match=name):
                adapter.check(replace(answered, inquiry=replace(answered.inquiry, member=bare)))

    def secrets_in(self, text: str, ask: Ask) -> list[str]:
        """Identifiers of the member that a text holds."""
        member = ask.inquiry.member
        born = member.birth_date.isoformat() if isinstance(member.birth_date, date) else None
        secrets = (member.member_id, member.first_name, member.last_name, born)
        return [secret for secret in secrets if secret and secret in text]
