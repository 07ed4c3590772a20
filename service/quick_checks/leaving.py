"""What a visitor leaves becomes a case, somebody to speak to, and a call to make: all at once, or nothing.

Nobody is looked up on the way, so that the answer is the same, and as soon, whoever is named. The same thing
sent twice is one case: what showed that a browser asked is also what it is known by.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.contact import CONTACT as CONTACT_SHAPE
from schemas.sources import moment
from service import call_backs
from service.casework.file import CONTACT
from service.explain import Locale
from service.quick_checks.consent import consent_of
from service.quick_checks.saying import phrase
from service.store import cases, records
from service.store.cases import Case
from service.store.records import Record
from service.store.session import Session, new_id
from service.verify import Desk

KIND = "website"
"""The record of a case that holds what was left on the clinic's website."""

KEPT = "kept"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another, on the telephone either."""

Left = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """Through whose key it came: the client of a site, by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case that a visitor opens, with its records; not yet kept."""

    reference: str
    case: Case
    records: tuple[Record, ...]


def draft(desk: Desk, left: Left, sender: Sender, locale: Locale, at: datetime) -> Arrival:
    """Draft the case of a valid contact, with what was agreed to word for word."""
    reference, case_id = make_reference(), new_id()
    consent = {**consent_of(desk.clinic, locale), "language": locale, "accepted_at": moment(at)}
    case = Case(
        id=case_id,
        status="inquiry",
        owner=None,
        label=f"{left['first_name']} {left['last_name'][:1]}. ({reference})",
        external_id=None,
        created_at=at,
        updated_at=at,
        opened_by=sender.name,
        client_id=sender.id,
    )
    said = {**_said(left), "source": KIND, "reference": reference, "language": locale, "consent": consent}
    return Arrival(
        reference,
        case,
        (
            records.draft(case_id, KIND, KEPT, said, by=sender.name, at=at),
            records.draft(case_id, CONTACT, KEPT, _contact(desk, left, consent, at), by=sender.name, at=at),
            call_backs.draft(case_id, _call(reference, left, at), by=sender.name, at=at),
        ),
    )


def keep(session: Session, arrival: Arrival) -> None:
    """Keep a case that a visitor opened."""
    cases.add(session, arrival.case)
    for record in arrival.records:
        records.add(session, record)


def make_reference() -> str:
    """A code that says nothing of anybody: `KM7P-2Q9D`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _said(left: Left) -> dict[str, Any]:
    person = {name: left.get(name) for name in ("first_name", "last_name", "member_id")}
    return {
        "asking_for": left["asking_for"],
        "your_name": left.get("your_name"),
        "person": {**person, "birth_date": left["birth_date"].isoformat()},
        "reach": {name: left.get(name) for name in ("channel", "phone", "email", "best_time")},
        "check": dict(left["check"]),
    }


def _contact(desk: Desk, left: Left, consent: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Whoever asked, as somebody to speak to; a website cannot tell who decides for whom."""
    is_patient = left["asking_for"] == "self"
    name = f"{left['first_name']} {left['last_name']}" if is_patient else left["your_name"]
    agreed = {
        "text": consent["text"],
        "version": consent["version"],
        "given_on": at.astimezone(desk.clinic.zone).date(),
        "given_by": name,
    }
    reach = {one: left[one] for one in ("phone", "email") if one in left}
    dumped: dict[str, Any] = CONTACT_SHAPE.dump(
        {
            "relation": "patient" if is_patient else "other",
            "name": name,
            "language": consent["language"],
            "safe_channel": left["channel"],
            "do_not_contact": False,
            "consents": [agreed],
            **reach,
        }
    )
    return dumped


def _call(reference: str, left: Left, at: datetime) -> dict[str, Any]:
    """The call to make, in the words of the desk."""
    about = phrase(
        "en",
        "desk_call",
        reference=reference,
        channel=phrase("en", f"page_channel_{left['channel']}"),
        time=phrase("en", f"page_best_time_{left['best_time']}"),
        care_name=phrase("en", f"care_name_{left['check']['level_of_care']}"),
    )
    return {"about": about, "due_at": at, "owner": KIND}
