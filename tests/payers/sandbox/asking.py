"""Asks the sandbox about a member in each of its forms, and reads what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import requests

from payers.clearinghouse.reading import read_reply
from payers.core import Envelope, unwrap, wrap_mime, wrap_soap
from payers.sandbox.member import Member
from payers.sandbox.roster import BY_KEY
from payers.x12.inquiry import Inquiry270
from payers.x12.model import Party, Transaction
from payers.x12.reader import read_271
from payers.x12.writer import write_270
from schemas.model import Person

ON = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
TRACE = "TRACE0001"
NPI = "1234567893"

MIME, SOAP = "/x12/mime", "/x12/soap"
PLANS = "/json/2026-06-01/eligibility-check"
BENEFITS = "/json/2024-04-01/change/medicalnetwork/eligibility/v3"
X12_FORMS, JSON_FORMS = (MIME, SOAP), (PLANS, BENEFITS)
FORMS = (*X12_FORMS, *JSON_FORMS)


def inquiry_about(
    person: Person, payer_id: str = "SBXPAYER", services: tuple[str, ...] = ("MH",)
) -> Inquiry270:
    """The 270 about a person of the roster."""
    patient = party_of(person)
    subscriber = party_of(person.subscriber) if person.subscriber else None
    return Inquiry270(
        payer_name="SANDBOX",
        payer_id=payer_id,
        provider_name="EXAMPLE CLINIC",
        npi=NPI,
        subscriber=subscriber or patient,
        dependent=patient if subscriber else None,
        relationship="19" if subscriber else None,
        sex="",
        service_types=services,
        date_of_service=ON,
        trace=TRACE,
        control_number=7,
        sender="CLINIC",
        receiver="SANDBOX",
        sender_qualifier="ZZ",
        receiver_qualifier="ZZ",
        test=True,
        at=AT,
    )


def party_of(person: Person) -> Party:
    """The person as a 270 names them."""
    return Party(
        person.last_name or "", person.first_name or "", person.member_id or "", "MI", person.birth_date
    )


@dataclass(frozen=True)
class Asker:
    """Puts inquiries to the sandbox."""

    url: str
    session: requests.Session

    def post(
        self,
        form: str,
        person: Person,
        *,
        payer_id: str = "SBXPAYER",
        services: tuple[str, ...] = ("MH",),
        credential: str = "sesame",
        **more: Any,
    ) -> requests.Response:
        """Put an inquiry about somebody in a form."""
        headers, body = WRITERS[form](inquiry_about(person, payer_id, services), credential)
        more.setdefault("timeout", 5)
        return self.session.post(self.url + form, data=body, headers=headers, **more)

    def ask(self, form: str, person: Person, **more: Any) -> Transaction:
        """Put an inquiry, and return the one reply that is read out of the answer."""
        answer = self.post(form, person, **more)
        assert answer.status_code == 200
        return read(form, answer)

    def about(self, form: str, key: str, **more: Any) -> requests.Response:
        """Put an inquiry about a member of the roster."""
        return self.post(form, member(key).person, **more)

    def plain(self, key: str, **query: str) -> requests.Response:
        """Get the plain 271 of a member."""
        return self.session.get(f"{self.url}/271/{key}", params=query, timeout=5)


def member(key: str) -> Member:
    """A member of the roster."""
    return BY_KEY[key]


def read(form: str, answer: requests.Response) -> Transaction:
    """The one reply in an answer."""
    if form in X12_FORMS:
        reading = read_271(unwrap(answer.headers["Content-Type"], answer.content).payload)
    else:
        reading = read_reply(answer.text)
    assert reading.oddities == ()
    (transaction,) = reading.transactions
    return transaction


def _enveloped(wrap: Callable[[Envelope], tuple[dict[str, str], bytes]]) -> Any:
    def write(inquiry: Inquiry270, credential: str) -> tuple[dict[str, str], bytes]:
        asked = Envelope(write_270(inquiry), "payload-1", AT, "CLINIC", "SANDBOX", "user", credential)
        return wrap(asked)

    return write


def _in_plans(inquiry: Inquiry270, credential: str) -> tuple[dict[str, str], bytes]:
    def person(party: Party) -> dict[str, Any]:
        name = {"firstName": party.first_name, "lastName": party.name}
        return {"name": {"person": name}, "dateOfBirth": str(party.birth_date)}

    asked: dict[str, Any] = {
        "payerId": inquiry.payer_id,
        "provider": {"name": {"organization": inquiry.provider_name}, "npi": inquiry.npi},
        "subscriber": person(inquiry.subscriber) | {"memberId": inquiry.subscriber.id},
        "encounter": {
            "services": [{"system": "STC", "value": code} for code in inquiry.service_types],
            "dates": {"service": {"start": str(inquiry.date_of_service)}},
        },
    }
    if inquiry.dependent:
        asked["dependent"] = person(inquiry.dependent) | {"relationToSubscriber": "CHILD"}
    return _in_json(asked, credential)


def _in_benefits(inquiry: Inquiry270, credential: str) -> tuple[dict[str, str], bytes]:
    def person(party: Party) -> dict[str, Any]:
        born = f"{party.birth_date:%Y%m%d}"
        return {"firstName": party.first_name, "lastName": party.name, "dateOfBirth": born}

    asked = {
        "controlNumber": "000000123",
        "tradingPartnerServiceId": inquiry.payer_id,
        "provider": {"organizationName": inquiry.provider_name, "npi": inquiry.npi},
        "subscriber": person(inquiry.subscriber) | {"memberId": inquiry.subscriber.id},
        "dependents": [person(inquiry.dependent)] if inquiry.dependent else [],
        "encounter": {
            "serviceTypeCodes": list(inquiry.service_types),
            "dateOfService": f"{inquiry.date_of_service:%Y%m%d}",
        },
    }
    return _in_json(asked, credential)


def _in_json(asked: dict[str, Any], credential: str) -> tuple[dict[str, str], bytes]:
    body = json.dumps(asked).encode()
    return {"Content-Type": "application/json", "Authorization": f"Key {credential}"}, body


WRITERS = {
    MIME: _enveloped(wrap_mime),
    SOAP: _enveloped(wrap_soap),
    PLANS: _in_plans,
    BENEFITS: _in_benefits,
}
