"""The channel `x12`: an eligibility inquiry (270) in a CAQH CORE envelope, and the reply (271) to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar
from uuid import NAMESPACE_OID, uuid5

from payers.answers import refusal_of
from payers.base import Ask
from payers.core import Envelope, unwrap, wrap_mime, wrap_soap
from payers.eligibility import EligibilityAdapter, find_people
from payers.errors import PayerRefused, UnreadableReply
from payers.http import Answer, Letter
from payers.x12.dates import askable_date
from payers.x12.inquiry import Inquiry270
from payers.x12.model import Party, Reading
from payers.x12.reader import read_271
from payers.x12.service_types import group_service_types, service_types
from payers.x12.writer import HIGHEST_CONTROL_NUMBER, TRACE, clean, write_270
from schemas.model import Person

SEXES: Mapping[str | None, str] = MappingProxyType({"female": "F", "male": "M"})
# Of any other relationship nothing is said: the code for it speaks of adults alone.
RELATIONSHIPS: Mapping[str, str] = MappingProxyType({"spouse": "01", "child": "19"})


class X12Adapter(EligibilityAdapter):
    """Asks a payer, or whoever answers for it, in X12 over a CORE connection of either form."""

    channel: ClassVar[str] = "x12"
    # An envelope that reports a failure may come with a status of failure too.
    readable_statuses: ClassVar[frozenset[int]] = EligibilityAdapter.readable_statuses | {400, 500}

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        """Return a letter for each inquiry; raises `PayerRefused` without credentials, `UnknownPayer`."""
        if not (self.credentials.user and self.credentials.password):
            raise PayerRefused("credentials")
        connection = self.connection
        inquiries = inquiries_270(
            ask,
            self.payer_id(ask),
            sender=connection.sender,
            receiver=connection.receiver,
            sender_qualifier=connection.sender_qualifier,
            receiver_qualifier=connection.receiver_qualifier,
            test=connection.test,
        )
        return tuple(self._letter(inquiry, ask) for inquiry in inquiries)

    def accept(self, answer: Answer) -> str:
        """Return the X12 that the envelope holds; raises what the envelope says is wrong.

        With a status of failure the envelope says more than the status, if there is one.
        """
        try:
            return unwrap(answer.headers.get("Content-Type", ""), answer.body).payload
        except UnreadableReply:
            if answer.status < HTTPStatus.BAD_REQUEST:
                raise
        raise refusal_of(answer.status, answer.headers)

    def reading(self, text: str) -> Reading:
        """Return what stands in a 271."""
        return read_271(text)

    def _letter(self, inquiry: Inquiry270, ask: Ask) -> Letter:
        at = _asked_at(ask)
        envelope = Envelope(
            payload=write_270(inquiry),
            # An id that follows from the trace makes the same question the same bytes.
            payload_id=str(uuid5(NAMESPACE_OID, inquiry.trace)),
            at=at,
            sender=inquiry.sender,
            receiver=inquiry.receiver,
            user=self.credentials.user or "",
            password=self.credentials.password or "",
        )
        headers, body = (wrap_soap if self.connection.form == "soap" else wrap_mime)(envelope)
        return Letter(headers, body, inquiry.trace, at, _subject(inquiry), ask.fresh, ask.within)


def inquiries_270(
    ask: Ask,
    payer_id: str,
    *,
    sender: str = "",
    receiver: str = "",
    sender_qualifier: str = "ZZ",
    receiver_qualifier: str = "ZZ",
    test: bool = False,
) -> tuple[Inquiry270, ...]:
    """Return the inquiries that put a question to whom this id names, as many as its service types need.

    The clinic's NPI and the payer's id stand for a sender and a receiver that are not given. Raises
    `ValueError` where the question has no time.
    """
    asked_at = _asked_at(ask)
    levels = [phase.level_of_care for phase in ask.inquiry.phases]
    codes = service_types(levels, ask.inquiry.condition, ask.service_types)
    subscriber, dependent, relationship = _people(ask.inquiry.member)
    first = Inquiry270(
        payer_name=ask.payer.name if ask.administrator is None else ask.administrator.name,
        payer_id=payer_id,
        provider_name=ask.site.name,
        npi=ask.site.npi,
        subscriber=subscriber,
        dependent=dependent,
        relationship=relationship,
        sex=SEXES.get(ask.inquiry.member.sex, ""),
        service_types=(),
        date_of_service=askable_date(ask.dates, asked_at),
        trace="",
        control_number=0,
        sender=sender or ask.site.npi,
        receiver=receiver or payer_id,
        sender_qualifier=sender_qualifier,
        receiver_qualifier=receiver_qualifier,
        test=test,
        at=asked_at,
    )
    groups = enumerate(group_service_types(codes, ask.at_once), start=1)
    return tuple(_numbered(first, group, ask.trace, number) for number, group in groups)


def _asked_at(ask: Ask) -> datetime:
    if ask.asked_at is None:
        raise ValueError("An inquiry that goes out needs the time at which it is asked.")
    return ask.asked_at


def _numbered(inquiry: Inquiry270, codes: tuple[str, ...], trace: str, number: int) -> Inquiry270:
    """Return an inquiry with its service types, a trace of its own as it travels, and a number made of that.

    The first has the question's trace, the others `-2`, `-3` and so on after it.
    """
    suffix = "" if number == 1 else f"-{number}"
    own = clean(trace, TRACE - len(suffix)) + suffix
    digest = int.from_bytes(blake2b(own.encode(), digest_size=8).digest())
    return replace(
        inquiry, service_types=codes, trace=own, control_number=digest % HIGHEST_CONTROL_NUMBER + 1
    )


def _people(member: Person) -> tuple[Party, Party | None, str | None]:
    """Return the subscriber, the dependent and the relationship, as a 270 wants them.

    A dependent has no id in a 270. So whoever has one of their own is asked about as a subscriber, and
    as a dependent only who shares the subscriber's.
    """
    subscriber, dependent = find_people(member)
    if dependent is None:
        return _party(subscriber, subscriber.member_id), None, None
    relationship = RELATIONSHIPS.get(member.relationship)
    holder = replace(_party(subscriber, subscriber.member_id), birth_date=None)
    return holder, _party(dependent, None), relationship


def _party(person: Person, member_id: str | None) -> Party:
    return Party(
        name=person.last_name or "",
        first_name=person.first_name or "",
        id=member_id or "",
        id_qualifier="MI" if member_id else "",
        birth_date=person.birth_date,
    )


def _subject(inquiry: Inquiry270) -> bytes:
    """Return what is asked, without what differs each time it is asked."""
    still = datetime.min.replace(tzinfo=UTC)
    return write_270(replace(inquiry, trace="-", control_number=1, at=still)).encode()
