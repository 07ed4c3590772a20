"""How a contact travels: whom a clinic may speak to about a case, how, in which language, on whose consent.

What a consent covers is in its text and version; nothing here speaks of an illness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.fields import Day
from schemas.problem import Complaints
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, about

RELATIONS = ("patient", "guardian", "policyholder", "other")
CHANNELS = ("phone", "text", "email", "letter", "in_person")
AUTHORITIES = ("own", "parent", "legal_guardian", "court_order", "power_of_attorney", "none")
LANGUAGES = ("en", "es", "ht", "pt", "other")
MOST_CONSENTS = 20


class ConsentSchema(Shape):
    """A consent that was given, and whether it still holds."""

    text = Text(4000, required=True, metadata=about("What was agreed to, word for word."))
    version = Text(40, required=True, metadata=about("Which version of the text."))
    given_on = Day(required=True)
    given_by = Text(160, required=True, metadata=about("Who gave it."))
    revoked_on = Day()


class CaseContactSchema(Shape):
    """Somebody a clinic may speak to about a case, or must not."""

    relation = Choice(RELATIONS, required=True)
    name = Text(160, required=True)
    language = Choice(LANGUAGES, load_default="en")
    safe_channel = Choice(CHANNELS, metadata=about("The way that is safe; without it, nobody knows."))
    phone = Text(40)
    email = Text(160)
    address = Text(300)
    authority = Choice(AUTHORITIES, metadata=about("By what right this person decides for the patient."))
    do_not_contact = Flag(load_default=False)
    consents = Items(Part(ConsentSchema()), most=MOST_CONSENTS)


CONTACT = CaseContactSchema()
# Where a safe way leads; a letter is handed over where there is no address.
WHERE = {"phone": "phone", "text": "phone", "email": "email", "letter": "address"}


def check_contact(one: Mapping[str, Any], complaints: Complaints) -> None:
    """Complain of a contact that could not be reached as it says, or a consent that ended too early."""
    needed = WHERE.get(one.get("safe_channel", ""))
    if needed is not None and one.get(needed) is None:
        complaints.add(f"/{needed}", "required", "is missing; the safe channel needs it")
    for index, consent in enumerate(one.get("consents", ())):
        given, revoked = consent.get("given_on"), consent.get("revoked_on")
        if given is not None and revoked is not None and revoked < given:
            place = f"/consents/{index}/revoked_on"
            complaints.add(place, "ends_before_start", "must not be before given_on; check both")
