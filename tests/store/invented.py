"""An invented case and its verification, to be kept and found again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from service.store import cases
from service.store.session import new_id
from service.store.verifications import Verification

NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)


def a_case(**changes: Any) -> cases.Case:
    values: dict[str, Any] = {
        "id": new_id(),
        "status": "inquiry",
        "owner": "front desk",
        "label": "zq-label",
        "external_id": "EHR-ZQ77",
        "created_at": NOW,
        "updated_at": NOW,
        "opened_by": "front desk",
        "client_id": "client-1",
    }
    return cases.Case(**values | changes)


def a_verification(case_id: str, **changes: Any) -> Verification:
    values: dict[str, Any] = {
        "id": new_id(),
        "case_id": case_id,
        "created_at": NOW,
        "status": "complete",
        "approval": "none",
        "payer": "medicare",
        "plan": None,
        "site": "cmhc",
        "start_date": date(2026, 12, 1),
        "replaces": None,
        "kind": "verification_made",
        "made_by": "front desk",
        "client_id": new_id(),
        "rulebook_digest": "sha256:aa",
        "profile_digest": "sha256:bb",
        "engine_version": "1.0.0",
        "request": {"member": {"last_name": "Zquintana", "member_id": "MARK1EG4"}},
        "told": [{"told_by": {"representative": "ZQTOLD"}}],
        "answer": {"echo": "Zquintana"},
    }
    return Verification(**values | changes)
