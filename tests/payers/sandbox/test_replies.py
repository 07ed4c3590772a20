"""The replies as texts: sound X12, days that follow the date of service, and the same lines in JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pyx12.x12file import X12Reader

from payers.clearinghouse.reading import read_reply
from payers.sandbox.answers import find_member
from payers.sandbox.as_benefits import tell_benefits
from payers.sandbox.as_plans import tell_plans
from payers.sandbox.benefits import ADMINISTRATOR
from payers.sandbox.member import Member
from payers.sandbox.reply import OWN, days_around, write_271
from payers.sandbox.roster import ROSTER
from payers.x12.model import Detail, Line, Span, Transaction
from payers.x12.reader import read_271
from schemas.model import Person
from tests.payers.sandbox.asking import AT, ON, TRACE, inquiry_about, member

EACH_MEMBER = pytest.mark.parametrize("one", ROSTER, ids=lambda one: one.key)
EACH_SHAPE = pytest.mark.parametrize(
    "tell", [tell_plans, lambda text: tell_benefits(text, "000000123")], ids=["plans", "benefits_information"]
)

Tell = Callable[[str], dict[str, Any]]


def text_about(one: Member, on: date = ON) -> str:
    """The 271 about a member for a date of service."""
    return write_271(one, replace(inquiry_about(one.person), date_of_service=on), AT)


def read(text: str) -> Transaction:
    (transaction,) = read_271(text).transactions
    return transaction


@EACH_MEMBER
def test_the_envelope_and_the_counts_are_right(one: Member) -> None:
    text = text_about(one)
    reader = X12Reader(io.StringIO(text))
    assert sum(1 for _ in reader) == text.count("~")
    assert reader.pop_errors() == []


@EACH_MEMBER
def test_a_reply_is_read_without_anything_odd(one: Member) -> None:
    reading = read_271(text_about(one))
    assert (reading.oddities, reading.transactions[0].oddities) == ((), ())
    assert reading.transactions[0].broken is None


@EACH_MEMBER
def test_a_reply_states_its_person_and_echoes_the_trace(one: Member) -> None:
    reply = read(text_about(one))
    if one.refusal and one.refusal.loop < "2100C":
        assert (reply.person.name, reply.trace) == ("", "")
    else:
        assert reply.person.name == str(one.stated.last_name).upper()
        assert reply.person.birth_date == one.stated.birth_date
        assert (reply.trace == TRACE) is one.echoes_trace


def test_a_trace_of_somebody_else_is_told_as_an_echo_all_the_same() -> None:
    reply = read(text_about(member("wrong-trace")))
    assert reply.echoed
    assert reply.trace not in ("", TRACE)


def test_the_wrong_member_differs_by_the_birth_date_and_the_corrected_one_by_the_id() -> None:
    wrong, corrected = member("wrong-member"), member("corrected-id")
    assert wrong.stated == replace(wrong.person, birth_date=date(1961, 12, 31))
    assert corrected.stated == replace(corrected.person, member_id="SBX3000129")


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 7, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_coverage_is_this_year_s_ended_last_year_or_begins_next_month(on: date) -> None:
    def span(key: str) -> Span:
        return next(span for span in read(text_about(member(key), on)).spans if span.qualifier != "472")

    year = on.year
    assert span("ppo-full")[1:3] == (date(year, 1, 1), date(year, 12, 31))
    assert span("ended-coverage")[1:3] == (date(year - 1, 1, 1), date(year - 1, 12, 31))
    start, end = span("future-coverage")[1:3]
    assert start is not None
    assert start > on
    assert (start.day, end) == (1, None)


def test_next_month_is_next_month_at_the_end_of_a_long_one() -> None:
    assert days_around(date(2026, 1, 31))["starts_later"] == "20260201"
    assert days_around(date(2026, 12, 31))["starts_later"] == "20270101"


@EACH_MEMBER
@EACH_SHAPE
def test_json_and_x12_carry_the_same_lines(one: Member, tell: Tell) -> None:
    text = text_about(one)
    ours, told = read(text), read_reply(json.dumps(tell(text))).transactions[0]
    assert told.oddities == ()
    assert sorted(map(said, told.lines)) == sorted(map(said, ours.lines))
    assert [one[:3] for one in told.rejections] == [one[:3] for one in ours.rejections]
    assert told.payer.id == ours.payer.id
    assert told.subscriber == ours.subscriber
    assert told.patient == ours.patient
    assert told.person.birth_date == ours.person.birth_date
    assert sorted(spans(told.spans)) == sorted(spans(ours.spans))


def said(line: Line) -> tuple[object, ...]:
    """What a line says, wherever it stands."""
    detail: Detail = line.detail
    return (
        line[:13],
        sorted(spans(detail.spans)),
        sorted(message.text for message in detail.messages),
        sorted(detail.places),
        [quantity[:4] for quantity in detail.quantities],
        [(entity.role, entity.name, entity.id, entity.phone) for entity in detail.entities],
    )


def spans(of: tuple[Span, ...]) -> list[tuple[str, str]]:
    """Days, whatever names them: one shape has a single name for where something begins and ends."""
    return [(str(span.start), str(span.end)) for span in of]


@EACH_SHAPE
def test_json_knows_what_it_is_made_from(tell: Tell) -> None:
    text = text_about(member("ppo-full"))
    assert tell(text)["x12"] == text


@EACH_SHAPE
def test_a_clearinghouse_s_own_trace_is_told_as_no_echo(tell: Tell) -> None:
    person = member("ppo-full").person
    text = write_271(member("ppo-full"), inquiry_about(person), AT, OWN)
    assert not read_271(text).transactions[0].echoed
    assert read_reply(json.dumps(tell(text))).transactions[0].trace == ""


def test_somebody_unknown_is_answered_with_their_own_data_and_nothing_of_the_roster() -> None:
    stranger = Person("X1*~:^", "Né", "O'Nadie{date}", date(2000, 1, 1))
    inquiry = inquiry_about(stranger)
    reply = read(write_271(find_member(inquiry), inquiry, AT))
    assert [(one.loop, one.code, one.follow_up) for one in reply.rejections] == [("2100C", "75", "C")]
    assert (reply.person.name, reply.person.id) == ("O'NADIE{DATE}", "X1")
    assert reply.lines == ()


@pytest.mark.parametrize("member_id", ["SBX1000001", " sbx1000001 "])
def test_a_member_is_found_by_the_id_however_it_is_typed(member_id: str) -> None:
    person = replace(member("ppo-full").person, member_id=member_id, last_name="Whoever")
    assert find_member(inquiry_about(person)) is member("ppo-full")


def test_the_administrator_knows_its_own_member_and_nobody_else() -> None:
    own = find_member(inquiry_about(member("carve-out").person, ADMINISTRATOR))
    assert own.lines == member("carve-out").administrator_lines
    other = find_member(inquiry_about(member("ppo-full").person, ADMINISTRATOR))
    assert other.refusal
    assert "*75*" in other.refusal.segment
