"""The shipped rulebook and the example clinic, and short ways to ask them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from payers.rulebook import load_rulebook
from schemas.inquiry import load_inquiry
from service.clinic import load_clinic
from service.verify import Desk, Outcome, known, verify

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
ANA = {"member_id": "1EG4TE5MK73", "first_name": "Ana", "last_name": "Prueba", "birth_date": "1957-03-02"}
LUZ = {"member_id": "ZZ-0000-TEST", "first_name": "Luz", "last_name": "Ensayo", "birth_date": "1990-01-01"}
TEO = {**LUZ, "first_name": "Teo", "birth_date": "2010-01-01"}


@lru_cache(maxsize=1)
def desk() -> Desk:
    return Desk(load_rulebook(), load_clinic(ROOT / "clinic.example.yaml"))


def ask(body: dict[str, Any], at: datetime = NOW, of: Desk | None = None) -> Outcome:
    """Answer a request as it travels."""
    asked = of or desk()
    inquiry, warnings = load_inquiry(body, known(asked, at))
    return verify(asked, inquiry, at=at, warnings=warnings)


def medicare(**more: Any) -> dict[str, Any]:
    return {"payer": "medicare", "member": ANA, "level_of_care": "iop", "start_date": "2026-03-02", **more}


def told(at: str = "2026-02-20T15:02:00Z", **facts: Any) -> dict[str, Any]:
    return {
        "told_by": {"channel": "phone", "representative": "J. D.", "reference": "CALL-123", "at": at},
        **facts,
    }


def told_deductible(limit: str, met: str, at: str) -> dict[str, Any]:
    return told(at, deductible={"individual": {"limit": limit, "met": met}})
