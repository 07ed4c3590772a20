"""What is particular to the clearinghouse channel: how its requests are written, what its JSON refuses.

What every live channel keeps is held by the compliance suite, in `test_live_adapters`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from payers.adapters.clearinghouse import ClearinghouseAdapter
from payers.base import Ask
from payers.clearinghouse.request import control_number
from payers.connections import Connection, Credentials
from payers.errors import (
    PayerError,
    PayerRefused,
    UnreadableReply,
)
from schemas.model import Benefits, Contact, Payer, Person, Phase
from tests.payers.clearinghouse.replies import benefit, flat_reply, plans_reply
from tests.payers.invented import CMHC, inquiry

URL = "https://clearinghouse.example.test/eligibility"
KEY = "Key not-a-secret"
ASKED_AT = datetime(2026, 2, 20, 15, 4, tzinfo=UTC)
CONNECTION = Connection(
    "sandbox", "clearinghouse", URL, form="plans", payers={"marigold": "INV01"}, seconds=0.6
)
ASK = Ask(
    inquiry(),
    Payer("marigold", "Marigold Health", "commercial"),
    CMHC,
    (date(2026, 2, 23),),
    network="in",
    asked_at=ASKED_AT,
    trace="t-0001",
)
PLANS = plans_reply(coPayment=[benefit("MH", amount="40.00", timePeriod="VISIT")])
FLAT = flat_reply()
REPLIES = {"plans": PLANS, "benefits_information": FLAT}
FORMS = pytest.mark.parametrize("form", REPLIES)


def with_member(ask: Ask, **changes: Any) -> Ask:
    return replace(ask, inquiry=replace(ask.inquiry, member=replace(ask.inquiry.member, **changes)))


def with_levels(ask: Ask, *levels: str) -> Ask:
    phases = tuple(Phase(level, date(2026, 3, 2), 4, 3, 180) for level in levels)
    return replace(ask, inquiry=replace(ask.inquiry, phases=phases))


def rejected(code: str, location: str = "SUBSCRIBER") -> dict[str, Any]:
    error = {"code": code, "followupAction": "Please Correct and Resubmit", "location": location}
    return {"id": "ec_invented", "errors": [error]}


class InventedClearinghouse:
    """A clearinghouse that answers over HTTP with `answer`; it keeps every request that reaches it."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answer: Callable[[], Any] = lambda: PLANS
        self.status = 200

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert request.headers["Content-Type"] == "application/json"
        self.heard.append(json.loads(request.body or b""))
        self.keys.append(request.headers["Authorization"])
        return self.status, {"Content-Type": "application/json"}, json.dumps(self.answer())


@pytest.fixture
def house() -> Iterator[InventedClearinghouse]:
    invented = InventedClearinghouse()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        network.add_callback(responses.POST, URL, invented)
        yield invented


def adapter_for(key: str | None = KEY, **changes: Any) -> ClearinghouseAdapter:
    return ClearinghouseAdapter(replace(CONNECTION, **changes), Credentials(key=key))


# --- what goes out ------------------------------------------------------------------------------


def test_the_request_has_the_shape_of_the_connection_and_the_key_as_it_was_given(
    house: InventedClearinghouse,
) -> None:
    adapter_for().check(ASK)
    house.answer = lambda: FLAT
    adapter_for(form="benefits_information").check(ASK)
    plans, flat = house.heard
    assert house.keys == [KEY, KEY]
    assert (plans["payerId"], flat["tradingPartnerServiceId"]) == ("INV01", "INV01")
    assert plans["encounter"]["services"] == [{"system": "STC", "value": "MH"}]
    assert flat["encounter"] == {"serviceTypeCodes": ["MH"], "dateOfService": "20260223"}
    assert flat["controlNumber"] == control_number("t-0001")
    assert plans["externalPatientId"] == flat["externalPatientId"] == "t-0001"


def test_the_numbers_an_inquiry_is_found_by_hold_nothing_of_the_member(
    house: InventedClearinghouse,
) -> None:
    numbers = []
    for ask in (ASK, with_member(ASK, member_id="M999999", first_name="Eva")):
        for form in REPLIES:
            (letter,) = adapter_for(form=form).build(ask)
            sent = json.loads(letter.body)
            numbers.append((sent.get("controlNumber"), sent["externalPatientId"], letter.trace))
    assert numbers[:2] == numbers[2:]


def test_each_group_of_service_types_is_a_letter_with_a_trace_of_its_own() -> None:
    wide = with_levels(ASK, "partial_hospitalization", "residential")
    letters = adapter_for().build(wide)
    assert [letter.trace for letter in letters] == ["t-0001", "t-0001-2", "t-0001-3"]
    asked = [json.loads(letter.body)["encounter"]["services"] for letter in letters]
    assert asked == [[{"system": "STC", "value": code}] for code in ("BB", "MH", "RT")]
    assert len({letter.subject for letter in letters}) == 3
    assert len(adapter_for().build(replace(wide, at_once=2))) == 2


def test_who_administers_the_benefit_is_asked_instead_of_the_payer(house: InventedClearinghouse) -> None:
    adapter_for().check(replace(ASK, administrator=Contact("Behavioral Administrator", id="BHADM")))
    assert [asked["payerId"] for asked in house.heard] == ["BHADM"]


def test_a_dependent_is_asked_about_under_the_subscriber_whose_id_they_share() -> None:
    holder = Person("m-123456", "Eva", "Prueba", date(1965, 1, 1))
    (letter,) = adapter_for().build(with_member(ASK, relationship="child", subscriber=holder))
    sent = json.loads(letter.body)
    assert sent["subscriber"]["name"]["person"]["firstName"] == "Eva"
    assert sent["dependent"]["name"]["person"]["firstName"] == "Ana"


@pytest.mark.parametrize(
    "changes",
    [
        {"relationship": "child", "subscriber": Person("M000000", "Eva", "Prueba", None)},
        {"relationship": "child", "subscriber": Person(None, "Eva", "Prueba", None)},
        {"relationship": "child", "subscriber": None},
        {"relationship": "self", "subscriber": Person("M123456", "Eva", "Prueba", None)},
    ],
)
def test_whoever_has_an_id_of_their_own_is_asked_about_as_a_subscriber(changes: dict[str, Any]) -> None:
    (letter,) = adapter_for().build(with_member(ASK, **changes))
    sent = json.loads(letter.body)
    assert sent["subscriber"]["name"]["person"]["firstName"] == "Ana"
    assert "dependent" not in sent


@FORMS
def test_the_same_question_has_the_same_subject_whenever_it_is_asked(form: str) -> None:
    (first,) = adapter_for(form=form).build(ASK)
    later = replace(ASK, trace="t-0002", asked_at=ASKED_AT + timedelta(minutes=3), fresh=True)
    (again,) = adapter_for(form=form).build(later)
    (other,) = adapter_for(form=form).build(with_member(ASK, birth_date=date(1991, 5, 17)))
    assert first.subject == again.subject
    assert first.body != again.body
    assert (again.fresh, again.at) == (True, ASKED_AT + timedelta(minutes=3))
    assert other.subject != first.subject


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_nothing_is_sent(house: InventedClearinghouse, key: str | None) -> None:
    with pytest.raises(PayerRefused) as caught:
        adapter_for(key).check(ASK)
    assert caught.value.reason == "credentials"
    assert house.heard == []


def test_an_inquiry_without_a_time_does_not_go_out() -> None:
    with pytest.raises(ValueError, match="needs the time"):
        adapter_for().build(replace(ASK, asked_at=None))


# --- what comes back ----------------------------------------------------------------------------


def benefits_of(adapter: ClearinghouseAdapter, ask: Ask = ASK) -> Benefits:
    (period,) = adapter.check(ask).periods
    return period.benefits


def test_a_fact_cites_the_place_in_the_reply(house: InventedClearinghouse) -> None:
    (copay,) = benefits_of(adapter_for()).networks["in"].levels["intensive_outpatient"].copay
    assert copay.citation.locator == "/plans/0/benefits/coPayment/0"


def test_a_rejection_that_comes_as_a_refused_request_is_an_answer_too(house: InventedClearinghouse) -> None:
    house.status, house.answer = 400, lambda: rejected("72")
    assert "rejected_fix_patient_data" in [step.code for step in adapter_for().check(ASK).warnings]


@pytest.mark.parametrize(
    ("code", "body", "kind", "reason"),
    [
        (400, {"message": "Bad", "errors": [{"message": "name"}]}, PayerRefused, "inquiry"),
        (400, PLANS, PayerRefused, "inquiry"),
        (413, {"message": "Large"}, PayerRefused, "inquiry"),
        (422, rejected("72"), PayerRefused, "inquiry"),
        (401, {"message": "Who"}, PayerRefused, "credentials"),
        (403, {"message": "No"}, PayerRefused, "credentials"),
        (200, {"message": "Hello"}, UnreadableReply, "not_an_answer"),
        (200, [PLANS], UnreadableReply, "not_an_answer"),
    ],
)
def test_what_is_no_answer_says_why(
    house: InventedClearinghouse, code: int, body: Any, kind: type[PayerError], reason: str
) -> None:
    house.status, house.answer = code, lambda: body
    with pytest.raises(kind) as caught:
        adapter_for().check(ASK)
    assert getattr(caught.value, "reason", "") == reason


def test_the_trace_of_the_clearinghouse_does_not_make_a_reply_somebody_elses(
    house: InventedClearinghouse,
) -> None:
    echo = {"type": "REFERENCED_TRANSACTION", "referenceIdentification": "CLEARING01"}
    house.answer = lambda: PLANS | {"meta": {"subscriberTraceNumbers": [echo]}}
    assert benefits_of(adapter_for()).active is not None


@pytest.mark.parametrize(
    ("rejections", "later"),
    [
        ([("42", "PAYER")], True),
        ([("80", "PAYER"), ("42", "SUBSCRIBER")], True),
        ([("42", "PAYER"), ("75", "SUBSCRIBER")], False),
        ([("75", "SUBSCRIBER")], False),
        ([("42", "SUBSCRIBER_BENEFITS")], False),
    ],
)
def test_only_what_is_all_about_now_means_later(rejections: list[tuple[str, str]], later: bool) -> None:
    errors = [{"code": code, "location": location} for code, location in rejections]
    text = json.dumps({"id": "ec_invented", "errors": errors})
    assert adapter_for().says_later(text) is later


def test_a_reply_is_kept_unless_it_rejects_the_inquiry() -> None:
    adapter = adapter_for()
    assert adapter.keeps(json.dumps(PLANS))
    assert not adapter.keeps(json.dumps(rejected("75")))
    assert adapter.keeps(json.dumps(PLANS | rejected("60", "SUBSCRIBER_BENEFITS")))
