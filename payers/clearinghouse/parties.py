"""Who is spoken of in a JSON reply: the payer, the patient, and whom a benefit refers to, in either shape."""

from __future__ import annotations

from collections.abc import Iterable

from payers.clearinghouse.document import Object, below, each_object, find_object, find_text, text_of
from payers.clearinghouse.notes import Notes
from payers.clearinghouse.words import as_word
from payers.x12.model import Entity, Party

# NM108 by what JSON calls an id; of several the first that is stated counts.
IDENTIFIERS = (
    ("identification", "PI"),
    ("payorIdentification", "PI"),
    ("payerId", "PI"),
    ("naicId", "NI"),
    ("naic", "NI"),
    ("npi", "XX"),
    ("memberId", "MI"),
    ("serviceProviderNumber", "SV"),
    ("facilityId", "FA"),
    ("tin", "FI"),
    ("federalTaxpayersIdNumber", "FI"),
    ("ein", "24"),
    ("employersId", "24"),
    ("etin", "46"),
)
TELEPHONES = frozenset(("TELEPHONE", "TE", "WORK_PHONE_NUMBER", "WP"))
ADDRESSES = frozenset(("UNIFORM_RESOURCE_LOCATOR_URL", "UNIFORM_RESOURCE_LOCATOR", "URL", "UR"))


def read_payer(payer: Object) -> Party:
    """Return the payer as it calls itself."""
    identity, qualifier = _identity(payer)
    name = _organization(payer) or find_text(payer, "name") or find_text(payer, "lastName")
    return Party(name=name, id=identity, id_qualifier=qualifier)


def read_person(person: Object, group_number: str, at: str, notes: Notes) -> Party:
    """Return a subscriber or a dependent, whose name may stand in an object of its own."""
    name = find_object(person, "name", "person") or person
    member_id = find_text(person, "memberId")
    return Party(
        name=find_text(name, "lastName") or _organization(person),
        first_name=find_text(name, "firstName"),
        id=member_id,
        id_qualifier="MI" if member_id else "",
        birth_date=notes.day(person.get("dateOfBirth"), below(at, "dateOfBirth")),
        group_number=group_number,
    )


def read_named_entity(entity: Object, at: str, notes: Notes) -> Entity:
    """Return somebody whose ids and contacts each have a name."""
    person = find_object(entity, "name", "person")
    identity, qualifier = _identity(entity)
    contacts = [contact for _, contact in each_object(entity.get("contacts"), at)]
    return Entity(
        role=notes.code("NM101", entity.get("type"), at),
        name=_organization(entity)
        or _full_name(find_text(person, "firstName"), find_text(person, "lastName")),
        id=identity,
        id_qualifier=qualifier,
        phone=_first(text for contact in contacts for text in _listed(contact, "phoneNumbers")),
        url=_first(text for contact in contacts for text in _listed(contact, "urls")),
        at=at,
    )


def read_coded_entity(entity: Object, at: str, notes: Notes) -> Entity:
    """Return somebody whose id comes with its qualifier, and whose contacts name their mode."""
    information = find_object(entity, "contactInformation")
    contacts = [contact for _, contact in each_object(information.get("contacts"), at)]
    by_mode = [
        (as_word(find_text(contact, "communicationMode")), find_text(contact, "communicationNumber"))
        for contact in contacts
    ]
    return Entity(
        role=notes.code("NM101", entity.get("entityIdentifier"), at),
        name=_full_name(find_text(entity, "entityFirstname"), find_text(entity, "entityName")),
        id=find_text(entity, "entityIdentificationValue"),
        id_qualifier=find_text(entity, "entityIdentification"),
        phone=_first(number for mode, number in by_mode if mode in TELEPHONES),
        url=_first(number for mode, number in by_mode if mode in ADDRESSES),
        at=at,
    )


def _identity(holder: Object) -> tuple[str, str]:
    stated = ((find_text(holder, name), qualifier) for name, qualifier in IDENTIFIERS)
    return next((one for one in stated if one[0]), ("", ""))


def _organization(holder: Object) -> str:
    return find_text(holder, "name", "organization")


def _full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def _listed(contact: Object, name: str) -> list[str]:
    values = contact.get(name)
    return [text_of(value) for value in values] if isinstance(values, list) else [text_of(values)]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
