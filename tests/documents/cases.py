"""Verifications of invented people, of many kinds, as documents are made from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.documents import Matter
from service.explain import Locale
from service.explain.page import Reader
from service.verify import hear, known, verify
from tests.explain.desk import AT, CALL, MET, desk, request
from tests.payers.x12.build import coinsurance, copay, interchange, subscriber, transaction

AN_ID = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
LUIS = {"first_name": "Luis", "last_name": "Inventado", "birth_date": "1985-02-01"}
ANA = {
    "member_id": "XJB123456789",
    "first_name": "Ana María",
    "last_name": "Prueba Inventada",
    "birth_date": "1987-03-02",
    "sex": "female",
    "relationship": "spouse",
    "group_number": "G-77",
    "subscriber": LUIS,
}
LONG_NAME = {"first_name": "María de los Ángeles" * 3, "last_name": "Prueba Inventada Larguísima " * 2}
STEP_DOWN = [
    {"level_of_care": "php", "start_date": "2026-03-02", "weeks": 3, "days_per_week": 5, "hours_per_day": 5},
    {"level_of_care": "iop", "weeks": 8, "days_per_week": 3, "hours_per_day": 3},
]
EVERY_LEVEL = [
    {"level_of_care": "ip", "start_date": "2026-10-05", "weeks": 1},
    {"level_of_care": "rtc", "weeks": 4},
    {"level_of_care": "php", "weeks": 4},
    {"level_of_care": "iop", "weeks": 8},
    {"level_of_care": "op", "weeks": 12},
    {"level_of_care": "iop", "weeks": 2},
]
POT = {
    "individual": {"limit": "1500.00", "met": "420.00"},
    "family": {"limit": "3000.00", "remaining": "10.00"},
}
TOLD_ALL: Mapping[str, Any] = {
    "told_by": CALL,
    "active": True,
    "coverage_start": "2026-01-01",
    "coverage_end": None,
    "plan_year_start": "01-01",
    "plan_name": "Invented Options 1",
    "plan_type": "PPO",
    "funding": "self_funded",
    "exchange": False,
    "network_status": "in",
    "gap_exception": False,
    "deductible": POT,
    "deductible_carries_over": False,
    "out_of_pocket_max": {"individual": {"limit": "6000.00", "met": "700.00"}, "family": None},
    "out_of_pocket_includes_deductible": True,
    "administrator": {"name": "Invented Behavioral Care", "phone": "800-555-0101", "id": "IBC01"},
    "other_coverage": None,
    "cobra": {"status": "elected", "paid_through": "2026-06-30"},
    "claims": {
        "payer_id": "INV01",
        "address": "PO Box 1, Nowhere FL",
        "timely_filing_days": 180,
        "assignment_of_benefits": True,
    },
    "levels": {
        "partial_hospitalization": {
            "covered": True,
            "prior_authorization": "required",
            "coinsurance": "0.20",
            "deductible_applies": True,
            "allowed_amount": "425.00",
        },
        "intensive_outpatient": {
            "covered": True,
            "prior_authorization": "required",
            "authorization": {
                "phone": "800-555-0101",
                "criteria": ["LOCUS"],
                "initial_units": 10,
                "unit": "day",
                "review_every_days": 14,
                "retro_allowed": False,
                "number": "A-1",
                "submitted_at": "2026-02-20T15:00:00Z",
            },
            "copay": {"amount": "40.00", "per": "day"},
            "coinsurance": None,
            "deductible_applies": False,
            "allowed_amount": "285.00",
            "rate_basis": "contract",
            "limit": {"units": 60, "unit": "day", "period": "plan_year", "used": 3},
            "exclusions": None,
        },
    },
    "out_of_network": {
        "deductible": {"individual": {"limit": "3000.00", "met": "0.00"}, "family": None},
        "levels": {},
    },
}


def _in_phases(
    payer: str, phases: list[dict[str, Any]], member: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    body = {
        name: value for name, value in request(payer).items() if name not in ("level_of_care", "start_date")
    }
    return {**body, "member": {**body["member"], **member}, "phases": phases, **more}


def _reply() -> dict[str, Any]:
    own = (copay("40.00", "MH"), coinsurance("0.20", "MH"))
    content = interchange(transaction(subscriber("EB*1**30^MH", *own), answered="20260219"))
    member = {"member_id": "M000001", "first_name": "Ana", "last_name": "Prueba", "birth_date": "1990-05-17"}
    return {**request("cigna"), "member": member, "payer_reply": {"format": "x12_271", "content": content}}


BODIES: Mapping[str, dict[str, Any]] = {
    "medicare": request(told_benefits={**MET, "active": True}),
    "medicare, nobody confirmed": request(),
    "medicare with a second coverage": request(secondary={"payer": "medigap", "plan": "g"}),
    "florida blue, all unknown": request("florida-blue"),
    "florida blue, all told": _in_phases("florida-blue", STEP_DOWN, ANA, told_benefits=TOLD_ALL),
    "out of network": request("aetna", network="out", told_benefits={**TOLD_ALL, "network_status": "out"}),
    "no benefits outside": request("aetna", told_benefits={"told_by": CALL, "out_of_network": None}),
    "a payer's reply": _reply(),
    "inactive": request("cigna", told_benefits={"told_by": CALL, "active": False}),
    "medicaid": request("florida-medicaid"),
    "paid alone": request(site="virtual", told_benefits={**MET, "active": True}),
    "self-pay": {**request("self-pay"), "member": LUIS},
    "every level, long names": _in_phases(
        "florida-blue", EVERY_LEVEL, LONG_NAME, told_benefits={**TOLD_ALL, "plan_name": "Invented Plan " * 9}
    ),
}


@cache
def shown(name: str) -> dict[str, Any]:
    """One of these verifications, as it is shown."""
    return answer(BODIES[name])


def answer(body: Mapping[str, Any], at: datetime = AT) -> dict[str, Any]:
    """A request, answered, as a verification of it is shown."""
    inquiry, warnings = load_inquiry(body, known(desk(), at))
    hearing = hear(desk(), inquiry, at=at)
    outcome = verify(desk(), inquiry, at=at, warnings=warnings, hearing=hearing)
    asked = {name: value for name, value in body.items() if name != "payer_reply"}
    made = {"id": AN_ID, "created_at": "2026-02-20T15:02:00Z", "request": asked}
    return {**made, **dump_outcome(outcome)}


def matter(name: str, locale: Locale = "en", **more: Any) -> Matter:
    """What a document about one of these verifications is made from."""
    return matter_of(shown(name), locale, **more)


def matter_of(found: Mapping[str, Any], locale: Locale, **more: Any) -> Matter:
    """What a document about a verification is made from."""
    told = found["request"].get("told_benefits")
    return Matter(found, [told] if told else [], "ana.recepcion", desk().clinic, Reader(locale), **more)
