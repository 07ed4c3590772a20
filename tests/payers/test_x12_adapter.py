"""What is particular to the x12 channel: how its inquiries are written, and what its envelopes say.

What every live channel keeps is held by the compliance suite, in `test_live_adapters`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from payers.adapters.x12 import X12Adapter, inquiries_270
from payers.base import Ask
from payers.connections import Connection, Credentials
from payers.core import Envelope, read_request, wrap_reply_mime, wrap_reply_soap
from payers.errors import PayerError, PayerRefused, PayerUnreachable, UnreadableReply
from payers.x12.inquiry import Inquiry270
from payers.x12.inquiry_reader import read_270
from schemas.model import Contact, Payer, Person, Phase
from tests.payers.invented import ADULT, CMHC, inquiry

URL = "https://payer.example.test/core"
ASKED_AT = datetime(2026, 2, 20, 15, 4, tzinfo=UTC)
CONNECTION = Connection(
    "sandbox",
    "x12",
    URL,
    payers={"marigold": "IHP01"},
    administrators=("BHADM",),
    sender="CENTER",
    receiver="IHP01",
    test=True,
    seconds=0.6,
)
CREDENTIALS = Credentials(user="center", password="not-a-secret")
ASK = Ask(
    inquiry(),
    Payer("marigold", "Marigold Health", "commercial"),
    CMHC,
    (date(2026, 2, 23),),
    network="in",
    asked_at=ASKED_AT,
    trace="t-0001",
)
ACTIVE = ("EB*1*IND*30**SAMPLE PLAN", "EB*B*IND*MH***27*40*****Y", "EB*C*IND*30***29*750*****Y")


def with_member(ask: Ask, **changes: Any) -> Ask:
    return replace(ask, inquiry=replace(ask.inquiry, member=replace(ask.inquiry.member, **changes)))


def with_levels(ask: Ask, *levels: str) -> Ask:
    phases = tuple(Phase(level, date(2026, 3, 2), 4, 3, 180) for level in levels)
    return replace(ask, inquiry=replace(ask.inquiry, phases=phases))


def answer_271(asked: Inquiry270, *segments: str) -> str:
    """A 271 to an inquiry about a subscriber, with these segments at its end."""
    person = asked.subscriber
    body = (
        "ST*271*0001*005010X279A1",
        "BHT*0022*11*1*20260220*1504",
        "HL*1**20*1",
        f"NM1*PR*2*MARIGOLD HEALTH*****PI*{asked.payer_id}",
        "HL*2*1*21*1",
        f"NM1*1P*2*AN INVENTED CENTER*****XX*{asked.npi}",
        "HL*3*2*22*0",
        f"TRN*2*{asked.trace}*9234567893",
        f"NM1*IL*1*{person.name}*{person.first_name}****MI*{person.id}",
        *((f"DMG*D8*{person.birth_date:%Y%m%d}",) if person.birth_date else ()),
        "DTP*346*D8*20260101",
        *segments,
    )
    blank = " " * 10
    partners = f"ZZ*{'IHP01':15}*ZZ*{'CENTER':15}"
    header = f"ISA*00*{blank}*00*{blank}*{partners}*260220*1504*^*00501*000000001*0*T*:~"
    group = "GS*HB*IHP01*CENTER*20260220*1504*1*X*005010X279A1~"
    return f"{header}{group}{'~'.join(body)}~SE*{len(body) + 1}*0001~GE*1*1~IEA*1*000000001~"


class InventedPayer:
    """A payer that answers over HTTP with what `answer` says; it keeps every inquiry that reaches it."""

    def __init__(self) -> None:
        self.heard: list[Inquiry270] = []
        self.envelopes: list[Envelope] = []
        self.answer: Callable[[Inquiry270], str] = lambda asked: answer_271(asked, *ACTIVE)
        self.error_code = "Success"
        self.status = 200

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        content_type = request.headers["Content-Type"]
        assert isinstance(request.body, bytes)
        envelope = read_request(content_type, request.body)
        (asked,) = read_270(envelope.payload)
        self.envelopes.append(envelope)
        self.heard.append(asked)
        reply = replace(envelope, payload=self.answer(asked), error_code=self.error_code, payload_type="")
        wrap = wrap_reply_soap if "soap" in content_type else wrap_reply_mime
        return (self.status, *wrap(reply))


@pytest.fixture
def payer() -> Iterator[InventedPayer]:
    invented = InventedPayer()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        network.add_callback(responses.POST, URL, invented)
        yield invented


def adapter_for(**changes: Any) -> X12Adapter:
    return X12Adapter(replace(CONNECTION, **changes), CREDENTIALS)


# --- what goes out ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["mime", "soap"])
def test_the_payer_gets_the_inquiry_in_the_form_of_the_connection(payer: InventedPayer, form: str) -> None:
    adapter_for(form=form).check(ASK)
    (asked,), (envelope,) = payer.heard, payer.envelopes
    assert (asked.payer_name, asked.payer_id) == ("MARIGOLD HEALTH", "IHP01")
    assert (asked.provider_name, asked.npi) == ("AN INVENTED CENTER", "1234567893")
    assert asked.service_types == ("MH",)
    assert (asked.sender, asked.receiver, asked.test, asked.at) == ("CENTER", "IHP01", True, ASKED_AT)
    assert (envelope.user, envelope.password, envelope.at) == ("center", "not-a-secret", ASKED_AT)
    assert (envelope.sender, envelope.receiver) == ("CENTER", "IHP01")


def test_each_group_of_service_types_is_a_letter_with_a_trace_and_a_number_of_its_own(
    payer: InventedPayer,
) -> None:
    wide = with_levels(ASK, "partial_hospitalization", "intensive_outpatient", "residential")
    letters = adapter_for().build(wide)
    asked = inquiries_270(wide, "IHP01")
    assert [letter.trace for letter in letters] == ["T-0001", "T-0001-2", "T-0001-3"]
    assert [one.service_types for one in asked] == [("BB",), ("MH",), ("RT",)]
    assert len({one.control_number for one in asked}) == 3
    assert len({letter.subject for letter in letters}) == 3
    assert len(adapter_for().build(replace(wide, at_once=2))) == 2
    assert payer.heard == []


def test_only_service_types_that_the_payer_takes_go_out() -> None:
    (asked,) = inquiries_270(replace(ASK, service_types=("30", "98")), "IHP01")
    assert asked.service_types == ("30",)


def test_a_long_trace_still_tells_inquiries_apart() -> None:
    wide = with_levels(replace(ASK, trace="t" * 60), "partial_hospitalization")
    assert [one.trace for one in inquiries_270(wide, "IHP01")] == ["T" * 50, "T" * 48 + "-2"]


def test_who_administers_the_benefit_is_asked_instead_of_the_payer(payer: InventedPayer) -> None:
    adapter_for().check(replace(ASK, administrator=Contact("Behavioral Administrator", id="BHADM")))
    assert [(asked.payer_id, asked.payer_name) for asked in payer.heard] == [
        ("BHADM", "BEHAVIORAL ADMINISTRATOR")
    ]


def test_the_clinic_and_the_payer_stand_for_a_sender_and_a_receiver_that_are_not_given() -> None:
    (asked,) = inquiries_270(ASK, "IHP01")
    assert (asked.sender, asked.receiver, asked.test) == ("1234567893", "IHP01", False)


@pytest.mark.parametrize(
    ("dates", "asked"),
    [
        ((date(2026, 3, 30), date(2026, 2, 23)), date(2026, 2, 23)),
        ((date(2026, 3, 2),), date(2026, 2, 28)),
        ((date(2024, 1, 1),), date(2025, 2, 20)),
    ],
)
def test_the_payer_is_asked_about_a_day_that_payers_answer_for(dates: tuple[date, ...], asked: date) -> None:
    (one,) = inquiries_270(replace(ASK, dates=dates), "IHP01")
    assert one.date_of_service == asked


def test_the_same_question_has_the_same_subject_whenever_it_is_asked() -> None:
    (first,) = adapter_for().build(ASK)
    later = replace(ASK, trace="t-0002", asked_at=ASKED_AT + timedelta(minutes=3), fresh=True)
    (again,) = adapter_for().build(later)
    assert first.subject == again.subject
    assert first.body != again.body
    assert (first.fresh, again.fresh) == (False, True)
    assert again.at == ASKED_AT + timedelta(minutes=3)


@pytest.mark.parametrize(
    "other",
    [
        with_member(ASK, first_name="Eva"),
        with_levels(ASK, "residential"),
    ],
)
def test_another_question_has_another_subject(other: Ask) -> None:
    assert adapter_for().build(other)[0].subject != adapter_for().build(ASK)[0].subject


HOLDER = Person("M-123 456", "Oscar", "Prueba", date(1960, 1, 2))


@pytest.mark.parametrize(
    ("changes", "asked_as"),
    [
        ({}, ("ANA", None, None)),
        ({"relationship": "self", "subscriber": HOLDER}, ("ANA", None, None)),
        ({"relationship": "child", "subscriber": None}, ("ANA", None, None)),
        ({"relationship": "child", "subscriber": HOLDER}, ("OSCAR", "ANA", "19")),
        ({"relationship": "spouse", "subscriber": HOLDER}, ("OSCAR", "ANA", "01")),
        ({"relationship": "other", "subscriber": HOLDER}, ("OSCAR", "ANA", None)),
        ({"relationship": "child", "subscriber": HOLDER, "member_id": None}, ("OSCAR", "ANA", "19")),
        ({"relationship": "child", "subscriber": HOLDER, "member_id": "M777"}, ("ANA", None, None)),
        (
            {"relationship": "child", "subscriber": replace(HOLDER, member_id=None)},
            ("ANA", None, None),
        ),
    ],
)
def test_only_who_shares_the_subscribers_id_is_asked_about_as_a_dependent(
    changes: dict[str, Any], asked_as: tuple[str, str | None, str | None]
) -> None:
    (one,) = inquiries_270(with_member(ASK, **changes), "IHP01")
    dependent = one.dependent.first_name.upper() if one.dependent else None
    assert (one.subscriber.first_name.upper(), dependent, one.relationship) == asked_as
    assert one.patient.birth_date == ADULT
    assert one.dependent is None or (one.subscriber.birth_date, one.dependent.id) == (None, "")


@pytest.mark.parametrize(
    ("sex", "said"), [("female", "F"), ("male", "M"), ("other", ""), ("unknown", ""), (None, "")]
)
def test_a_sex_that_a_270_has_no_word_for_is_not_said(sex: str | None, said: str) -> None:
    assert inquiries_270(with_member(ASK, sex=sex), "IHP01")[0].sex == said


def test_a_question_without_a_time_does_not_go_out() -> None:
    with pytest.raises(ValueError, match="needs the time"):
        inquiries_270(replace(ASK, asked_at=None), "IHP01")


@pytest.mark.parametrize(
    "credentials", [Credentials(), Credentials(user="center"), Credentials(password="x")]
)
def test_without_credentials_nothing_is_sent(payer: InventedPayer, credentials: Credentials) -> None:
    with pytest.raises(PayerRefused) as caught:
        X12Adapter(CONNECTION, credentials).check(ASK)
    assert caught.value.reason == "credentials"
    assert payer.heard == []


# --- what comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["mime", "soap"])
def test_what_the_payer_says_is_kept_word_for_word(payer: InventedPayer, form: str) -> None:
    (heard,) = adapter_for(form=form).check(ASK).heard
    assert heard.text == answer_271(payer.heard[0], *ACTIVE)
    assert (heard.trace, heard.at) == ("T-0001", ASKED_AT)


@pytest.mark.parametrize(
    ("rejections", "times"), [(("AAA*Y**80*R",), 2), (("AAA*Y**42*R", "AAA*N**71*C"), 1)]
)
def test_only_what_is_all_about_now_is_asked_once_more(
    payer: InventedPayer, rejections: tuple[str, ...], times: int
) -> None:
    payer.answer = lambda asked: answer_271(asked, *rejections)
    adapter_for().check(ASK)
    assert len(payer.heard) == times


def test_a_rejected_benefit_leaves_the_reply_worth_keeping(payer: InventedPayer) -> None:
    adapter = adapter_for()
    payer.answer = lambda asked: answer_271(asked, *ACTIVE, "AAA*N**42*R")
    adapter.check(ASK)
    adapter.check(ASK)
    assert len(payer.heard) == 1


def test_a_reply_that_is_cut_off_is_not_kept() -> None:
    asked = inquiries_270(ASK, "IHP01")[0]
    whole = answer_271(asked, *ACTIVE)
    assert adapter_for().keeps(whole)
    assert not adapter_for().keeps(whole.partition("SE*")[0])


@pytest.mark.parametrize("form", ["mime", "soap"])
@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        ("UnAuthorized", PayerRefused, "credentials"),
        ("SenderIDIllegal", PayerRefused, "envelope"),
        ("Receiver", PayerUnreachable, "failing"),
    ],
)
def test_what_an_envelope_says_is_wrong_is_one_of_our_errors(
    payer: InventedPayer, form: str, status: int, code: str, kind: type[PayerError], reason: str
) -> None:
    payer.error_code, payer.status = code, status
    payer.answer = lambda _: ""
    with pytest.raises(kind) as caught:
        adapter_for(form=form).check(ASK)
    assert caught.value.reason == reason  # type: ignore[attr-defined]
    assert "Prueba" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, b"hello", UnreadableReply, "not_an_answer"),
        (400, b"hello", PayerRefused, "inquiry"),
        (500, b"<html>no</html>", PayerUnreachable, "failing"),
        (401, b"hello", PayerRefused, "credentials"),
    ],
)
def test_without_an_envelope_the_status_says_what_is_wrong(
    status: int, body: bytes, kind: type[PayerError], reason: str
) -> None:
    with responses.RequestsMock() as network:
        network.add(responses.POST, URL, body=body, status=status, content_type="text/plain")
        with pytest.raises(kind) as caught:
            adapter_for().check(ASK)
    assert caught.value.reason == reason  # type: ignore[attr-defined]


@pytest.mark.parametrize("segments", ["TA1*000000001*260220*1504*R*024~", "GS*FA*A*B~ST*999*0001~SE*2*0001~"])
def test_an_acknowledgement_instead_of_an_answer_is_no_answer(payer: InventedPayer, segments: str) -> None:
    def acknowledge(asked: Inquiry270) -> str:
        text = answer_271(asked)
        return text[: text.index("GS*")] + segments + "IEA*1*000000001~"

    payer.answer = acknowledge
    with pytest.raises(UnreadableReply) as caught:
        adapter_for().check(ASK)
    assert caught.value.reason == "syntax_rejected"
