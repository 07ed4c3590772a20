"""Reads an inquiry in JSON, in either shape, into the words of a 270."""

from __future__ import annotations

import zlib
from datetime import date
from typing import Any

from payers.x12.inquiry import Inquiry270
from payers.x12.model import Party

Json = dict[str, Any]


def read_plans_inquiry(document: Json) -> Inquiry270:
    """Return what a request of the shape `plans` asks; raises what a wrong type raises."""
    encounter = document.get("encounter", {})
    dependent = document.get("dependent")
    return _inquiry(
        payer_id=document["payerId"],
        provider_name=document["provider"].get("name", {}).get("organization", ""),
        npi=document["provider"]["npi"],
        subscriber=_party(document["subscriber"], document["subscriber"].get("name", {}).get("person", {})),
        dependent=_party(dependent, dependent.get("name", {}).get("person", {})) if dependent else None,
        services=[one["value"] for one in encounter.get("services", []) if one["system"] == "STC"],
        on=encounter.get("dates", {}).get("service", {}).get("start"),
        number=document.get("externalPatientId", ""),
    )


def read_benefits_inquiry(document: Json) -> Inquiry270:
    """Return what a request of the shape `benefits_information` asks; raises what a wrong type raises."""
    encounter = document.get("encounter", {})
    dependents = [_party(one, one) for one in document.get("dependents", [])]
    return _inquiry(
        payer_id=document["tradingPartnerServiceId"],
        provider_name=document["provider"].get("organizationName", ""),
        npi=document["provider"]["npi"],
        subscriber=_party(document["subscriber"], document["subscriber"]),
        dependent=dependents[0] if dependents else None,
        services=encounter.get("serviceTypeCodes", []),
        on=encounter.get("dateOfService"),
        number=document.get("controlNumber", ""),
    )


def _inquiry(
    *,
    payer_id: str,
    provider_name: str,
    npi: str,
    subscriber: Party,
    dependent: Party | None,
    services: list[str],
    on: str | None,
    number: str,
) -> Inquiry270:
    """Return the 270 that a clearinghouse would send, under a trace number of its own."""
    control = zlib.crc32(f"{number}|{payer_id}|{','.join(services)}".encode()) % 999_999_999 + 1
    return Inquiry270(
        payer_name="",
        payer_id=payer_id,
        provider_name=provider_name,
        npi=npi,
        subscriber=subscriber,
        dependent=dependent,
        relationship=None,
        sex="",
        service_types=tuple(services),
        date_of_service=date.fromisoformat(on) if on else None,
        trace=f"CLEARING{control:09d}",
        control_number=control,
        sender="CLEARING",
        receiver="SANDBOX",
        sender_qualifier="ZZ",
        receiver_qualifier="ZZ",
        test=True,
        at=None,
    )


def _party(person: Json, name: Json) -> Party:
    born = person.get("dateOfBirth")
    return Party(
        name=name.get("lastName", ""),
        first_name=name.get("firstName", ""),
        id=person.get("memberId", ""),
        birth_date=date.fromisoformat(born) if born else None,
    )
