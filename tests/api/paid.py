"""Somebody at an invented clinic with an estimate that was worked out by hand, and what was paid for it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.payers.x12.remittances import claim, line, remittance

TOLD = {
    "told_by": {
        "channel": "phone",
        "representative": "J. D.",
        "reference": "C-1",
        "at": "2026-10-30T14:00:00Z",
    },
    "active": True,
    "deductible": {"individual": {"limit": "1000.00", "met": "800.00"}, "family": None},
    "out_of_pocket_max": {"individual": {"limit": "5000.00", "met": "100.00"}, "family": None},
    "levels": {
        "intensive_outpatient": {
            "covered": True,
            "coinsurance": "0.20",
            "deductible_applies": True,
            "copay": None,
        }
    },
}
"""200.00 of the deductible are left, then 20 %; 415.00 are allowed: 243.00, then 83.00 a session."""

DAYS = ("2026-11-02", "2026-11-04", "2026-11-06", "2026-11-09", "2026-11-11", "2026-11-13")
CSV, X12 = "text/csv", "application/edi-x12"
HEADER = "external_id,date_of_service,allowed,patient,deductible,copay,coinsurance,status\n"


def about(external_id: str, **more: Any) -> dict[str, Any]:
    """The request whose estimate is of six IOP days from November 2."""
    return {
        "payer": "aetna",
        "site": "hospital",
        "member": {
            "member_id": "W123456789",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1990-03-02",
        },
        "level_of_care": "iop",
        "start_date": "2026-11-02",
        "weeks": 2,
        "external_id": external_id,
        "told_benefits": TOLD,
        **more,
    }


def open_case(client: FlaskClient, external_id: str, **more: Any) -> str:
    """The id of a case with that request."""
    made = client.post("/v1/verifications", json=about(external_id, **more))
    assert made.status_code == 201, made.json
    return str(made.json["case_id"])


def send(client: FlaskClient, content: str, media: str = X12) -> dict[str, Any]:
    """Take in a file, and what came of it."""
    answer = client.post("/v1/actuals", data=content.encode(), content_type=media)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def kept_of(client: FlaskClient, case_id: str) -> list[dict[str, Any]]:
    """What was paid for the sessions of a case."""
    found: list[dict[str, Any]] = client.get(f"/v1/cases/{case_id}/actuals").json["items"]
    return found


def on(day: str, **more: Any) -> str:
    """A service line of a day."""
    return line(day.replace("-", ""), **more)


def paid_as_estimated(number: str, **more: Any) -> str:
    """The 835 that pays all six days as they were estimated."""
    first = on(DAYS[0], paid="172", adjustments=("CO*45*185", "PR*1*200**2*43"))
    return remittance(
        claim(number, first, *map(on, DAYS[1:]), charge="3600", paid="1832", patient="658"), **more
    )
