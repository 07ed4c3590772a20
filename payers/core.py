"""CAQH CORE's real-time envelope, version 2.2.0: the cover that an X12 inquiry and its reply travel in.

It comes in two forms, MIME and SOAP, and either is read whatever was sent. What the cover says of an
error is told as one of our exceptions; its own words for it are never shown, they may name a member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from payers.core_mime import read_parts, write_parts
from payers.core_soap import CONTENT_TYPE, REQUEST, RESPONSE, read_soap, write_soap
from payers.errors import PayerError, PayerRefused, PayerUnreachable, UnreadableReply
from payers.x12.segments import decode

RULE_VERSION = "2.2.0"
REAL_TIME = "RealTime"
INQUIRY, ANSWER = "X12_270_Request_005010X279A1", "X12_271_Response_005010X279A1"
ENVELOPE_ERROR = "CoreEnvelopeError"
SUCCESS = "Success"

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Message = tuple[dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds and says. `at` is an aware time, `None` where a received one is not readable.

    `user` and `password` stand in requests only, `error_code` (`Success`, or what is wrong) and
    `error_message` in replies only.
    """

    payload: str = field(repr=False)
    payload_id: str
    at: datetime | None
    sender: str
    receiver: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    error_code: str = ""
    error_message: str = field(default="", repr=False)
    payload_type: str = ""


def wrap_mime(envelope: Envelope) -> Message:
    """Return the headers and the body of a request in the MIME form; same envelope, same bytes."""
    fields = _fields(envelope, envelope.payload_type or INQUIRY)
    credentials = {"UserName": envelope.user, "Password": envelope.password}
    before = ("PayloadType", "ProcessingMode", "PayloadID", "TimeStamp")
    rest = {name: value for name, value in fields.items() if name not in before}
    ordered = {name: fields[name] for name in before} | credentials | rest
    return _in_parts(envelope, ordered)


def wrap_soap(envelope: Envelope) -> Message:
    """Return the headers and the body of a request in the SOAP form; same envelope, same bytes."""
    fields = _fields(envelope, envelope.payload_type or INQUIRY)
    return {"Content-Type": CONTENT_TYPE}, write_soap(REQUEST, fields, (envelope.user, envelope.password))


def wrap_reply_mime(envelope: Envelope) -> Message:
    """Return the headers and the body of a reply in the MIME form."""
    return _in_parts(envelope, _reply_fields(envelope))


def wrap_reply_soap(envelope: Envelope) -> Message:
    """Return the headers and the body of a reply in the SOAP form."""
    return {"Content-Type": CONTENT_TYPE}, write_soap(RESPONSE, _reply_fields(envelope))


def unwrap(content_type: str, body: bytes) -> Envelope:
    """Return the envelope of a reply, whose payload is there.

    Raises `PayerRefused` or `PayerUnreachable` by its error code, `UnreadableReply` where nothing can be
    read. A bare X12 reply is taken for what it is.
    """
    envelope = read_request(content_type, body)
    if envelope.error_code and envelope.error_code.lower() != SUCCESS.lower():
        raise _judge(envelope.error_code)
    if not envelope.payload.strip():
        raise UnreadableReply("not_an_answer")
    return envelope


def read_request(content_type: str, body: bytes) -> Envelope:
    """Return an envelope as it came, in either form; raises `UnreadableReply` where it is neither."""
    bare = body.removeprefix(BYTE_ORDER_MARK).lstrip()
    if bare.startswith(b"ISA"):
        return Envelope(decode(bare), "", None, "", "")
    fields = _read_fields(content_type, bare)
    if not fields.keys() & {"payload", "errorcode"}:
        raise UnreadableReply("not_an_answer")
    said = {name: value.strip() for name, value in fields.items()}
    return Envelope(
        payload=fields.get("payload", "").lstrip(),
        payload_id=said.get("payloadid", ""),
        at=_read_time(said.get("timestamp", "")),
        sender=said.get("senderid", ""),
        receiver=said.get("receiverid", ""),
        user=said.get("username", ""),
        password=said.get("password", ""),
        error_code=said.get("errorcode", ""),
        error_message=said.get("errormessage", ""),
        payload_type=said.get("payloadtype", ""),
    )


def _read_fields(content_type: str, body: bytes) -> Mapping[str, str]:
    """Return the fields by name in small letters; an XML document may itself stand in a part."""
    fields = read_soap(body) if body.startswith(b"<") else read_parts(content_type, body)
    names = {name.lower(): value for name, value in fields.items()}
    if names.keys() & {"payload", "errorcode"}:
        return names
    inner = next((value for value in fields.values() if value.lstrip().startswith("<")), "")
    return {name.lower(): value for name, value in read_soap(inner.lstrip().encode()).items()}


def _fields(envelope: Envelope, payload_type: str) -> dict[str, str]:
    at = envelope.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if envelope.at else ""
    return {
        "PayloadType": payload_type,
        "ProcessingMode": REAL_TIME,
        "PayloadID": envelope.payload_id,
        "TimeStamp": at,
        "SenderID": envelope.sender,
        "ReceiverID": envelope.receiver,
        "CORERuleVersion": RULE_VERSION,
        "Payload": envelope.payload,
    }


def _reply_fields(envelope: Envelope) -> dict[str, str]:
    kind = envelope.payload_type or (ANSWER if envelope.payload else ENVELOPE_ERROR)
    errors = {"ErrorCode": envelope.error_code or SUCCESS, "ErrorMessage": envelope.error_message}
    return _fields(envelope, kind) | errors


def _in_parts(envelope: Envelope, fields: Mapping[str, str]) -> Message:
    """Return a multipart message whose boundary is the payload's id, so that it is the same each time."""
    letters = "".join(letter for letter in envelope.payload_id if letter.isascii() and letter.isalnum())
    content_type, body = write_parts(fields, f"part{letters[:60]}")
    return {"Content-Type": content_type}, body


def _read_time(text: str) -> datetime | None:
    """Return an aware time; one that names no zone is universal."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _judge(error_code: str) -> PayerError:
    """Return what an error code amounts to; whatever is wrong with the envelope is one thing to us."""
    if error_code.lower() == "receiver":
        return PayerUnreachable("failing")
    return PayerRefused("credentials" if error_code.lower() == "unauthorized" else "envelope")
