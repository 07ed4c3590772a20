"""The envelopes of a CORE connection: both forms, whatever form comes back, and what their errors mean."""

from __future__ import annotations

import html
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesParser

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.core import Envelope, read_request, unwrap, wrap_mime, wrap_reply_mime, wrap_reply_soap, wrap_soap
from payers.errors import PayerError, PayerRefused, PayerUnreachable, UnreadableReply

X12 = 'ISA*00*AN "INVENTED" <PLAN> & SONS~SE*2*0001~\r\n'
REQUEST = Envelope(
    payload=X12,
    payload_id="6f1c2b9e-0000-5000-8000-00000000abcd",
    at=datetime(2026, 2, 20, 15, 4, 5, tzinfo=UTC),
    sender="CENTER",
    receiver="IHP01",
    user="center",
    password="a <secret> & more",
)
REPLY = replace(REQUEST, sender="IHP01", receiver="CENTER", user="", password="", error_code="Success")
WRAPS = {"mime": wrap_mime, "soap": wrap_soap}
REPLIES = {"mime": wrap_reply_mime, "soap": wrap_reply_soap}
FORMS = ("mime", "soap")


def reply_in(form: str, envelope: Envelope) -> tuple[str, bytes]:
    headers, body = REPLIES[form](envelope)
    return headers["Content-Type"], body


def soap_around(inside: str) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/>'
        f"<s:Body>{inside}</s:Body></s:Envelope>"
    ).encode()


# --- requests -----------------------------------------------------------------------------------


def test_a_mime_request_is_a_form_with_the_fields_that_the_rule_names() -> None:
    headers, body = wrap_mime(REQUEST)
    message = BytesParser().parsebytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body)
    assert message.get_content_type() == "multipart/form-data"
    parts = message.get_payload()
    assert isinstance(parts, list)
    assert [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True).decode())
        for part in parts
    ] == [
        ("PayloadType", "X12_270_Request_005010X279A1"),
        ("ProcessingMode", "RealTime"),
        ("PayloadID", REQUEST.payload_id),
        ("TimeStamp", "2026-02-20T15:04:05Z"),
        ("UserName", "center"),
        ("Password", "a <secret> & more"),
        ("SenderID", "CENTER"),
        ("ReceiverID", "IHP01"),
        ("CORERuleVersion", "2.2.0"),
        ("Payload", X12),
    ]


def test_a_soap_request_has_the_fields_in_its_body_and_the_credentials_in_its_header() -> None:
    headers, body = wrap_soap(REQUEST)
    assert headers == {"Content-Type": 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"'}
    assert b"<Payload><![CDATA[ISA*00*" in body
    soap, core = "http://www.w3.org/2003/05/soap-envelope", "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
    security = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    token = f"{{{security}}}UsernameToken"
    root = fromstring(body)
    assert root.tag == f"{{{soap}}}Envelope"
    user, password = root.find(f"{{{soap}}}Header/{{{security}}}Security/{token}")
    assert (user.text, password.text) == ("center", "a <secret> & more")
    assert password.get("Type").endswith("#PasswordText")
    envelope = root.find(f"{{{soap}}}Body/{{{core}}}COREEnvelopeRealTimeRequest")
    assert [(field.tag, field.text) for field in envelope] == [
        ("PayloadType", "X12_270_Request_005010X279A1"),
        ("ProcessingMode", "RealTime"),
        ("PayloadID", REQUEST.payload_id),
        ("TimeStamp", "2026-02-20T15:04:05Z"),
        ("SenderID", "CENTER"),
        ("ReceiverID", "IHP01"),
        ("CORERuleVersion", "2.2.0"),
        ("Payload", X12.replace("\r\n", "\n")),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_envelope_is_the_same_bytes(form: str) -> None:
    assert WRAPS[form](REQUEST) == WRAPS[form](replace(REQUEST))


@pytest.mark.parametrize("form", FORMS)
def test_a_request_is_received_as_it_was_sent(form: str) -> None:
    headers, body = WRAPS[form](REQUEST)
    received = read_request(headers["Content-Type"], body)
    sent = replace(REQUEST, payload_type="X12_270_Request_005010X279A1")
    assert replace(received, payload=received.payload.strip()) == replace(sent, payload=X12.strip())


def test_a_time_stamp_is_universal_whatever_the_zone() -> None:
    west = timezone(timedelta(hours=-5))
    _, body = wrap_mime(replace(REQUEST, at=datetime(2026, 2, 28, 22, 0, tzinfo=west)))
    assert b"2026-03-01T03:00:00Z" in body


def test_an_envelope_shows_neither_what_it_holds_nor_its_credentials() -> None:
    shown = repr(replace(REQUEST, error_message="Ana Prueba is not known"))
    assert [word for word in ("ISA", "center", "secret", "Prueba") if word in shown] == []


# --- replies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_payload_of_a_reply_comes_out_of_either_form(form: str) -> None:
    envelope = unwrap(*reply_in(form, REPLY))
    assert envelope.payload.strip() == X12.strip()
    assert (envelope.error_code, envelope.payload_id) == ("Success", REPLY.payload_id)
    assert (envelope.sender, envelope.receiver, envelope.at) == ("IHP01", "CENTER", REPLY.at)
    assert envelope.payload_type == "X12_271_Response_005010X279A1"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("content_type", ["", "text/plain", "text/xml", "application/octet-stream"])
def test_a_reply_is_read_by_what_it_is_and_not_by_what_it_is_called(form: str, content_type: str) -> None:
    _, body = reply_in(form, REPLY)
    assert unwrap(content_type, b"\r\n" + body).payload.strip() == X12.strip()


@pytest.mark.parametrize("form", FORMS)
def test_an_end_of_character_data_in_a_payload_does_not_end_it(form: str) -> None:
    odd = "ISA*]]>*]]]]>*<![CDATA[*~"
    assert unwrap(*reply_in(form, replace(REPLY, payload=odd))).payload == odd


def test_a_bare_reply_is_taken_for_what_it_is() -> None:
    assert unwrap("text/plain", b"\xef\xbb\xbf \nISA*00*~").payload == "ISA*00*~"


def test_a_soap_document_in_a_part_without_a_name_is_read() -> None:
    _, soap = reply_in("soap", REPLY)
    body = b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + soap + b"\r\n--b--\r\n"
    assert unwrap('multipart/related; boundary="b"', body).payload.strip() == X12.strip()


def test_names_of_fields_are_known_in_any_case_and_parts_may_be_encoded() -> None:
    body = (
        b'--b\nContent-Disposition: form-data; name="PAYLOADID"\n\n 17 \n'
        b"--b\nContent-Disposition: form-data; name=payload\nContent-Transfer-Encoding: base64\n"
        b"\nSVNBKjAwKn4=\n--b--"
    )
    envelope = unwrap("multipart/form-data; boundary=b", body)
    assert (envelope.payload, envelope.payload_id) == ("ISA*00*~", "17")


@pytest.mark.parametrize("layer", [html.escape, lambda text: f"<![CDATA[{text}]]>"], ids=["escaped", "data"])
def test_a_second_layer_of_escapes_is_undone(layer: object) -> None:
    assert callable(layer)
    _, body = reply_in("soap", replace(REPLY, payload=layer(X12)))
    assert unwrap("application/soap+xml", body).payload.strip() == X12.strip()


def test_an_ampersand_of_the_payload_itself_is_left_alone() -> None:
    plain = "ISA*BED & BOARD*A&B;C&amp D~"
    assert unwrap(*reply_in("soap", replace(REPLY, payload=plain))).payload == plain


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-02-30T00:00:00Z"])
def test_a_time_stamp_that_cannot_be_read_is_not_known(stamp: str) -> None:
    _, body = reply_in("mime", REPLY)
    assert unwrap("", body.replace(b"2026-02-20T15:04:05Z", stamp.encode())).at is None


def test_a_time_stamp_without_a_zone_is_universal() -> None:
    _, body = reply_in("mime", REPLY)
    assert unwrap("", body.replace(b":05Z", b":05")).at == REPLY.at


# --- errors -------------------------------------------------------------------------------------

REASONS = {
    "UnAuthorized": (PayerRefused, "credentials"),
    "Unauthorized": (PayerRefused, "credentials"),
    "VersionMismatch": (PayerRefused, "envelope"),
    "SenderIDIllegal": (PayerRefused, "envelope"),
    "PayloadIDRequired": (PayerRefused, "envelope"),
    "PayloadTypeNotUnderstood": (PayerRefused, "envelope"),
    "ChecksumMismatched": (PayerRefused, "envelope"),
    "Sender": (PayerRefused, "envelope"),
    "SomethingNobodyKnows": (PayerRefused, "envelope"),
    "Receiver": (PayerUnreachable, "failing"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", REASONS)
def test_an_error_code_is_told_as_one_of_our_errors_and_its_words_are_not(code: str, form: str) -> None:
    kind, reason = REASONS[code]
    failed = replace(REPLY, error_code=code, error_message="Ana Prueba, M123456, is not known")
    with pytest.raises(PayerError) as caught:
        unwrap(*reply_in(form, failed))
    assert type(caught.value) is kind
    assert caught.value.reason == reason  # type: ignore[attr-defined]
    assert "Prueba" not in f"{caught.value} {caught.value!r}"


def test_an_error_without_a_payload_says_so_in_its_type() -> None:
    content_type, body = reply_in("mime", replace(REPLY, payload="", error_code="Receiver"))
    assert read_request(content_type, body).payload_type == "CoreEnvelopeError"


@pytest.mark.parametrize("code", ["success", " Success\n", ""])
def test_success_is_success_however_it_is_written(code: str) -> None:
    _, body = reply_in("mime", REPLY)
    assert unwrap("", body.replace(b"Success", code.encode())).payload.strip() == X12.strip()


def fault(code: str, subcode: str = "") -> bytes:
    below = f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>" if subcode else ""
    return soap_around(
        f"<s:Fault><s:Code><s:Value>{code}</s:Value>{below}</s:Code>"
        "<s:Reason><s:Text>Ana Prueba</s:Text></s:Reason></s:Fault>"
    )


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (fault("s:Receiver"), PayerUnreachable, "failing"),
        (fault("s:Sender"), PayerRefused, "envelope"),
        (fault("s:VersionMismatch"), PayerRefused, "envelope"),
        (fault("s:MustUnderstand"), PayerRefused, "envelope"),
        (fault("s:Sender", "wsse:FailedAuthentication"), PayerRefused, "credentials"),
        (fault("s:Sender", "wsse:InvalidSecurityToken"), PayerRefused, "credentials"),
        (soap_around("<s:Fault><faultcode>s:Server</faultcode></s:Fault>"), PayerUnreachable, "failing"),
        (soap_around("<s:Fault><faultcode>s:Client</faultcode></s:Fault>"), PayerRefused, "envelope"),
        (soap_around("<s:Fault/>"), PayerRefused, "envelope"),
    ],
)
def test_a_fault_is_told_like_an_error_code(body: bytes, kind: type[PayerError], reason: str) -> None:
    with pytest.raises(kind) as caught:
        unwrap("application/soap+xml", body)
    assert caught.value.reason == reason  # type: ignore[attr-defined]


BOMB = b'<!DOCTYPE b [<!ENTITY a "ISA"><!ENTITY b "&a;&a;">]>' + soap_around(
    "<COREEnvelopeRealTimeResponse><Payload>&b;</Payload></COREEnvelopeRealTimeResponse>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\x1f",
        b"hello",
        b"{}",
        b"<html><body>Ana Prueba</body></html>",
        b"<a><b></a>",
        BOMB,
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        soap_around(""),
        soap_around(
            "<COREEnvelopeRealTimeResponse><ErrorCode>Success</ErrorCode></COREEnvelopeRealTimeResponse>"
        ),
        soap_around("<COREEnvelopeRealTimeResponse/>"),
        b"<a>" * 50_000,
        b"<a>" * 50_000 + b"</a>" * 50_000,
        b"--",
        b"--b",
        b"--b\r\n--b--",
        b"-" * 300_000,
        b"--b\r\n\r\n" * 50_000,
        b"--b\r\nContent-Disposition: form-data" + b"; a=b" * 100_000 + b"; name=Payload\r\n\r\nISA\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="PayloadID"\r\n\r\n1\r\n--b--',
        b'--b\r\nContent-Disposition: form-data; name="Payload"\r\n\r\n  \r\n--b--',
    ],
)
@pytest.mark.parametrize("content_type", ["", "multipart/form-data; boundary=b", "application/soap+xml"])
def test_what_holds_no_envelope_is_not_an_answer(body: bytes, content_type: str) -> None:
    with pytest.raises(UnreadableReply) as caught:
        unwrap(content_type, body)
    assert caught.value.reason == "not_an_answer"


HEADERS = (
    "",
    "multipart/form-data; boundary=b",
    'multipart/form-data; boundary*0="b',
    "multipart/x; boundary=",
)


@settings(max_examples=150)
@given(
    st.sampled_from(FORMS), st.integers(0, 1200), st.binary(max_size=12), st.sampled_from(HEADERS) | st.text()
)
def test_no_damage_makes_it_fail_with_anything_but_our_errors(
    form: str, at: int, damage: bytes, content_type: str
) -> None:
    own, body = reply_in(form, REPLY)
    broken = body[:at] + damage + body[at + len(damage) :]
    for header in (own, content_type):
        with suppress(PayerError):
            unwrap(header, broken)


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from(HEADERS))
def test_no_bytes_make_it_fail_with_anything_but_our_errors(body: bytes, content_type: str) -> None:
    for opening in (b"", b"<", b"--b\r\n", b'--b\r\nContent-Disposition: form-data; name="Payload'):
        with suppress(PayerError):
            unwrap(content_type, opening + body)
