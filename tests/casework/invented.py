"""A case of an invented person, with what was answered and what is recorded of it, laid out for a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from schemas.determination import dump_outcome
from service.casework.file import CaseFile, lay_out
from service.casework.keeping import Writer, draft_new
from service.record import answer
from service.store.cases import Case
from service.store.records import Record
from service.store.session import new_id
from service.store.verifications import Verification
from tests.explain.desk import CALL, desk, request

ASKED_AT = datetime(2026, 2, 20, 15, 2, tzinfo=UTC)
PAYERS = ("medicare", "cigna", "florida-blue", "aetna", "simply-healthcare", "childrens-medical-services")
WRITER = Writer("ana", ASKED_AT, PAYERS)
SUPERVISOR = Writer("sofia", ASKED_AT, PAYERS, may_override=True)
# Monday to Friday of three weeks; then Monday, Wednesday and Friday of eight.
STEP_DOWN = [
    {"level_of_care": "php", "start_date": "2026-03-02", "weeks": 3, "days_per_week": 5, "hours_per_day": 5},
    {"level_of_care": "iop", "weeks": 8, "days_per_week": 3, "hours_per_day": 3},
]
ACTIVE = {"told_by": CALL, "active": True}


def required(level: str = "intensive_outpatient", **more: Any) -> dict[str, Any]:
    """What a representative says of a level that needs authorization."""
    return {**ACTIVE, "levels": {level: {"covered": True, "prior_authorization": "required"}}, **more}


def verified(told: Mapping[str, Any] | None = None, **asked: Any) -> Verification:
    """What was answered to a question about the invented person."""
    body = request(**{"payer": "cigna", "site": "virtual", "modality": "telehealth"} | asked)
    outcome = answer(desk(), body, [told] if told else [], ASKED_AT)
    return Verification(
        id=new_id(),
        case_id="case-1",
        created_at=ASKED_AT,
        status="complete",
        approval="none",
        payer=outcome.payer.id,
        plan=None,
        site=outcome.inquiry.site,
        start_date=outcome.determination.phases[0].start_date,
        replaces=None,
        kind="verification_made",
        made_by="ana",
        client_id="client-1",
        rulebook_digest="sha256:aa",
        profile_digest="sha256:bb",
        engine_version="1",
        request=body,
        told=[told] if told else [],
        answer={**dump_outcome(outcome), "changes": []},
    )


CASE = Case("case-1", "verifying", "ana", "Ana P.", "EHR-77", ASKED_AT, ASKED_AT, "ana", "client-1")


def file_on(day: str, latest: Verification | None, *found: Record) -> CaseFile:
    """The case with this answer and these records, at noon of a day."""
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=17)
    return lay_out(desk(), CASE, latest, found, at)


def recorded(kind: str, latest: Verification | None, writer: Writer = WRITER, **said: Any) -> Record:
    """A record as it is kept when somebody says this."""
    return draft_new(file_on("2026-02-20", latest), kind, said, writer)


def approved(level: str, first: str, units: int | None, **more: Any) -> dict[str, Any]:
    """An authorization that was approved from a day on."""
    said: dict[str, Any] = {
        "level_of_care": level,
        "payer": "cigna",
        "status": "approved",
        "valid_from": first,
    }
    return said | ({} if units is None else {"units_approved": units}) | more
