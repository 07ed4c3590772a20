"""What is a clearinghouse's reply at all; and that nothing else than our own error ever comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.clearinghouse.reading import read_reply
from payers.errors import UnreadableReply
from payers.x12.segments import MOST_BYTES
from tests.payers.clearinghouse.replies import (
    active,
    benefit,
    flat_reply,
    plans_reply,
    status,
    transaction_of,
)

ENTITY = {"type": "VENDOR", "name": {"organization": "Inventada"}, "contacts": [{"phoneNumbers": ["1"]}]}
FULL_PLANS = plans_reply(
    statuses=[status(dates={"plan": {"start": "2026-01-01", "end": "2026-12-31"}})],
    coPayment=[benefit(amount="40", messages=["THERAPY"], relatedEntities=[ENTITY])],
    limitations=[benefit(serviceLimits=[{"delivery": {"quantity": {"value": "3", "qualifier": "DAYS"}}}])],
    invalidEntries={"deductible": [benefit()]},
) | {"dependent": {"name": {"person": {"lastName": "PRUEBA"}}}, "errors": [{"code": "42"}]}
FULL_FLAT = flat_reply(
    active(
        benefitsDateInformation={"plan": "20260101-20261231"},
        additionalInformation=[{"description": "THERAPY"}],
        benefitsRelatedEntities=[{"entityIdentifier": "Vendor", "contactInformation": {"contacts": [{}]}}],
        benefitsServiceDelivery=[{"quantity": "3"}],
    ),
    dependents=[{"firstName": "LUIS", "aaaErrors": [{"code": "72"}]}],
    subscriberTraceNumbers=[{"traceTypeCode": "2", "referenceIdentification": "T"}],
    planStatus=[{"statusCode": "1"}],
)

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\ud800", "9" * 5000, "2026-02-30", "\x00", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places_in(document: Any) -> list[tuple[Any, Any]]:
    """Every object or list of a document, with each of its keys."""
    keys: list[Any] = []
    if isinstance(document, dict):
        keys = list(document)
    elif isinstance(document, list):
        keys = list(range(len(document)))
    found = [(document, key) for key in keys]
    for key in keys:
        found += places_in(document[key])
    return found


@pytest.mark.parametrize("original", [FULL_PLANS, FULL_FLAT], ids=["plans", "benefits_information"])
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_whatever_stands_anywhere_in_a_reply_it_is_read_or_refused(
    original: Any, data: st.DataObject
) -> None:
    document = json.loads(json.dumps(original))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places_in(document)))
        holder[key] = data.draw(ANYTHING)
    try:
        (transaction,) = read_reply(json.dumps(document)).transactions
    except UnreadableReply:
        return
    # What was read can be stored and shown.
    repr(transaction).encode()
    for line in transaction.lines:
        "".join(str(value) for value in line[:13]).encode()


@settings(max_examples=50, deadline=None)
@given(st.text() | ANYTHING.map(json.dumps))
def test_whatever_text_comes_it_is_read_or_refused(text: str) -> None:
    reason = ""
    try:
        read_reply(text)
    except UnreadableReply as refused:
        reason = refused.reason
    assert reason in ("", "empty", "not_json", "not_an_answer")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \ufeff\n", "empty"),
        ("ISA*00*", "not_json"),
        ('{"plans": [', "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"plans":' * 50_000, "not_json"),
        ("null", "not_an_answer"),
        ("[]", "not_an_answer"),
        ("7", "not_an_answer"),
        ("{}", "not_an_answer"),
        ('{"plans": null}', "not_an_answer"),
        ('{"message": "Forbidden"}', "not_an_answer"),
        ('{"errors": [{"message": "bad"}]}', "not_an_answer"),
        ('"' + "x" * MOST_BYTES + '"', "too_large"),
        ('"' + "é" * (MOST_BYTES // 2) + '"', "too_large"),
    ],
)
def test_what_is_no_reply_says_why(text: str, reason: str) -> None:
    with pytest.raises(UnreadableReply) as caught:
        read_reply(text)
    assert caught.value.reason == reason


def test_a_refusal_holds_nothing_of_the_reply() -> None:
    with pytest.raises(UnreadableReply) as caught:
        read_reply('{"subscriber": {"lastName": "PRUEBA"')
    error: BaseException | None = caught.value
    while error is not None:
        assert "PRUEBA" not in f"{error} {vars(error)}"
        error = error.__context__


def test_a_byte_order_mark_does_no_harm() -> None:
    assert len(read_reply("\ufeff" + json.dumps(plans_reply())).transactions) == 1


def test_a_number_stays_as_it_was_written() -> None:
    text = '{"subscriber": {"memberId": 7}, "benefitsInformation": [{"code": "C", "benefitAmount": %s}]}'
    for written in ("1500.10", "9" * 5000, "1e999", "NaN"):
        (transaction,) = read_reply(text % written).transactions
        assert transaction.lines[0].amount == written


def test_half_a_character_becomes_a_blank() -> None:
    reply = plans_reply(coPayment=[benefit(amount="1", messages=["CALL\ud800FIRST\x00NOW"])])
    assert transaction_of(reply).lines[1].detail.messages[0].text == "CALL FIRST NOW"


def test_a_reply_without_benefits_is_an_answer_about_somebody() -> None:
    reply = plans_reply()
    reply["plans"] = []
    assert transaction_of(reply).lines == ()
    assert transaction_of(flat_reply() | {"benefitsInformation": []}).lines == ()


def test_a_rejection_alone_is_an_answer_in_either_shape() -> None:
    assert transaction_of({"id": "x", "errors": [{"code": "42"}]}).rejections
    assert transaction_of({"reassociationKey": "1", "payer": {"aaaErrors": [{"code": "42"}]}}).rejections
