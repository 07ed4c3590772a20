"""What a clearinghouse is asked: one question about one patient, written in either shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from schemas.model import Person

COMPACT_DAY = "%Y%m%d"
CONTROL_NUMBERS = 10**9 - 1
SEXES: Mapping[str, str] = MappingProxyType({"female": "FEMALE", "male": "MALE"})
# Of any other relationship nothing is said: the word and the code for it speak of adults alone.
RELATIONSHIPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"spouse": ("SPOUSE", "01"), "child": ("CHILD", "19")}
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one patient: the `dependent` where there is one, else the `subscriber`.

    `trace` finds the inquiry again; it holds nothing of the patient, and is empty where a question is only
    compared with others.
    """

    payer_id: str
    provider_name: str
    npi: str
    subscriber: Person = field(repr=False)
    dependent: Person | None = field(repr=False)
    service_types: tuple[str, ...]
    date_of_service: date
    trace: str = ""


def control_number(trace: str) -> str:
    """Return nine digits, never all zero, that follow from a trace."""
    digest = int.from_bytes(blake2b(trace.encode(), digest_size=8).digest())
    return f"{digest % CONTROL_NUMBERS + 1:09}"


def plans_request(question: Question) -> dict[str, Any]:
    """Return the question in the shape `plans`; what is not known is left out."""
    return _stated(
        {
            "payerId": question.payer_id,
            "provider": {"name": {"organization": question.provider_name}, "npi": question.npi},
            "subscriber": _named(question.subscriber, is_patient=question.dependent is None),
            "dependent": _named_dependent(question.dependent),
            "encounter": {
                "services": [{"system": "STC", "value": code} for code in question.service_types],
                "dates": {"service": {"start": question.date_of_service.isoformat()}},
            },
            "externalPatientId": question.trace,
        }
    )


def benefits_information_request(question: Question) -> dict[str, Any]:
    """Return the question in the shape `benefits_information`; what is not known is left out."""
    return _stated(
        {
            "controlNumber": control_number(question.trace) if question.trace else "",
            "tradingPartnerServiceId": question.payer_id,
            "provider": {"organizationName": question.provider_name, "npi": question.npi},
            "subscriber": _flat(question.subscriber, is_patient=question.dependent is None),
            "dependents": _flat_dependents(question.dependent),
            "encounter": {
                "serviceTypeCodes": list(question.service_types),
                "dateOfService": question.date_of_service.strftime(COMPACT_DAY),
            },
            "externalPatientId": question.trace,
        }
    )


def _named(person: Person, *, is_patient: bool) -> dict[str, Any]:
    """Return a subscriber; where somebody else is the patient, no more than finds the policy."""
    found = {"name": _person_name(person), "memberId": person.member_id}
    return _stated(found | _named_traits(person)) if is_patient else _stated(found)


def _named_dependent(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    word, _ = RELATIONSHIPS.get(person.relationship, ("", ""))
    return _stated({"name": _person_name(person), "relationToSubscriber": word} | _named_traits(person))


def _person_name(person: Person) -> dict[str, Any]:
    name = _stated({"firstName": person.first_name, "lastName": person.last_name})
    return {"person": name} if name else {}


def _named_traits(person: Person) -> dict[str, Any]:
    born = person.birth_date.isoformat() if person.birth_date else None
    return {"dateOfBirth": born, "gender": SEXES.get(person.sex or "")}


def _flat(person: Person, *, is_patient: bool) -> dict[str, Any]:
    found = {
        "memberId": person.member_id,
        "firstName": person.first_name,
        "lastName": person.last_name,
    }
    return _stated(found | _flat_traits(person)) if is_patient else _stated(found)


def _flat_dependents(person: Person | None) -> list[dict[str, Any]]:
    if person is None:
        return []
    _, code = RELATIONSHIPS.get(person.relationship, ("", ""))
    found = {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "individualRelationshipCode": code,
    }
    return [_stated(found | _flat_traits(person))]


def _flat_traits(person: Person) -> dict[str, Any]:
    born = person.birth_date.strftime(COMPACT_DAY) if person.birth_date else None
    return {"dateOfBirth": born, "gender": SEXES.get(person.sex or "", "")[:1]}


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stated: an empty value is none."""
    return {name: value for name, value in values.items() if value}
