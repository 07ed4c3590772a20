"""Invented JSON replies of both shapes, about people who do not exist."""

from __future__ import annotations

import json
from typing import Any

from payers.clearinghouse.reading import read_reply
from payers.x12.model import Line, Transaction


def status(**changes: Any) -> dict[str, Any]:
    """A status entry of the shape `plans`: active, for the plan as a whole."""
    entry: dict[str, Any] = {
        "status": "ACTIVE_COVERAGE",
        "coverageLevel": "INDIVIDUAL",
        "service": {"system": "STC", "value": "30", "definition": "Health Benefit Plan Coverage"},
    }
    return entry | changes


def benefit(service_type: str = "MH", **changes: Any) -> dict[str, Any]:
    """A benefit entry of the shape `plans`, in network."""
    entry: dict[str, Any] = {
        "coverageLevel": "INDIVIDUAL",
        "network": {"indicator": "IN_NETWORK"},
        "service": {"system": "STC", "value": service_type},
    }
    return entry | changes


def plans_reply(*, plan: str = "Invented Gold", **benefits: Any) -> dict[str, Any]:
    """A reply of the shape `plans` about Ana Prueba, with the lists of benefits of one plan."""
    return {
        "id": "ec_invented",
        "x12": "",
        "payerId": "INV01",
        "payer": {"type": "PAYER", "name": {"organization": "Invented Health"}, "identification": "INV9"},
        "provider": {"type": "PROVIDER", "npi": "1234567893"},
        "subscriber": {
            "name": {"person": {"firstName": "ANA", "lastName": "PRUEBA"}},
            "memberId": "M123456",
            "dateOfBirth": "1990-05-17",
            "additionalInformation": {"group": {"number": "G-77", "name": "Invented Works"}},
            "dates": {"plan": {"start": "2026-01-01", "end": "2026-12-31"}},
        },
        "plans": [{"name": plan, "benefits": {"statuses": [status()]} | benefits}],
    }


def flat_reply(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A reply of the shape `benefits_information` about Ana Prueba; without entries, active."""
    reply: dict[str, Any] = {
        "controlNumber": "123456789",
        "reassociationKey": "123456789",
        "tradingPartnerServiceId": "INV01",
        "payer": {"entityIdentifier": "Payer", "name": "Invented Health", "payorIdentification": "INV9"},
        "subscriber": {
            "memberId": "M123456",
            "firstName": "ANA",
            "lastName": "PRUEBA",
            "dateOfBirth": "19900517",
        },
        "planInformation": {"groupNumber": "G-77"},
        "planDateInformation": {"planBegin": "20260101", "planEnd": "20261231"},
        "benefitsInformation": list(entries) or [active()],
    }
    return reply | changes


def active(**changes: Any) -> dict[str, Any]:
    """An active line of the shape `benefits_information`."""
    entry: dict[str, Any] = {
        "code": "1",
        "name": "Active Coverage",
        "serviceTypeCodes": ["30"],
        "planCoverage": "Invented Gold",
    }
    return entry | changes


def transaction_of(reply: dict[str, Any]) -> Transaction:
    """Read a reply as it travels, and return its only transaction."""
    (transaction,) = read_reply(json.dumps(reply)).transactions
    return transaction


def lines_of(reply: dict[str, Any], code: str) -> list[Line]:
    """Return the lines of one kind (EB01)."""
    return [line for line in transaction_of(reply).lines if line.code == code]


def line_of(reply: dict[str, Any], code: str) -> Line:
    """Return the only line of a kind (EB01)."""
    (line,) = lines_of(reply, code)
    return line
