"""What the benches ask: Original Medicare, intensive outpatient, with the deductible told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 2, 20, 15, tzinfo=UTC)
# For a service that is asked: each request counted like any other, and never one too many.
OFTEN = {f"OPENVOB_RATE_{kind}": "100000000/second" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
TOLD_BY = {
    "channel": "phone",
    "representative": "J. D.",
    "reference": "CALL-123",
    "at": "2026-02-20T15:02:00Z",
}
# Everything is told, so that one simulation answers it, however long the episode.
TOLD_REQUEST: dict[str, Any] = {
    "payer": "cigna",
    "site": "cmhc",
    "member": {
        "member_id": "ZZ-0000-TEST",
        "first_name": "Luz",
        "last_name": "Ensayo",
        "birth_date": "1990-01-01",
    },
    "level_of_care": "iop",
    "start_date": "2026-03-02",
    "told_benefits": {
        "told_by": TOLD_BY,
        "active": True,
        "plan_year_start": "01-01",
        "deductible": {"individual": {"limit": "1500.00", "met": "200.00"}, "family": None},
        "out_of_pocket_max": {"individual": {"limit": "6000.00", "met": "200.00"}, "family": None},
        "levels": {
            "intensive_outpatient": {
                "covered": True,
                "prior_authorization": "not_required",
                "coinsurance": "0.20",
                "deductible_applies": True,
                "limit": None,
            }
        },
    },
}
REQUEST: dict[str, Any] = {
    "payer": "medicare",
    "site": "cmhc",
    "member": {
        "member_id": "1EG4TE5MK73",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1957-03-02",
    },
    "level_of_care": "iop",
    "start_date": "2026-03-02",
    "told_benefits": {
        "told_by": TOLD_BY,
        "deductible": {"individual": {"limit": "283.00", "met": "0.00"}},
    },
}
