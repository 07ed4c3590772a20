"""A desk with the shipped rulebook and the invented clinic, and questions of an invented person."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.config import Settings
from service.hearing import Hearing
from service.rules import open_desk
from service.verify import Desk, known, verify

AT = datetime(2026, 2, 20, 15, 2, tzinfo=UTC)
CALL = {"channel": "phone", "representative": "J. D.", "reference": "CALL-123", "at": "2026-02-20T14:02:00Z"}


@cache
def desk() -> Desk:
    return open_desk(Settings.from_env({}))


def request(payer: str = "medicare", level: str = "iop", **more: Any) -> dict[str, Any]:
    member_id = "1EG4TE5MK73" if payer == "medicare" else "W123456789"
    return {
        "payer": payer,
        "member": {
            "member_id": member_id,
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1957-03-02",
        },
        "level_of_care": level,
        "start_date": "2026-03-02",
        **({"weeks": 2} if level in ("rtc", "ip") else {}),
        **more,
    }


def answer(body: dict[str, Any], at: datetime = AT, hearing: Hearing = ()) -> dict[str, Any]:
    """Return the answer to a request as it travels, still without sentences."""
    inquiry, warnings = load_inquiry(body, known(desk(), at))
    outcome = verify(desk(), inquiry, at=at, warnings=warnings, hearing=hearing)
    return {"request": body, **dump_outcome(outcome)}


MET = {"told_by": CALL, "deductible": {"individual": {"limit": "283.00", "met": "0.00"}}}
