"""What came of a row: what somebody has to look at, beside what was answered before, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from schemas.sources import moment
from service.casework.file import QUOTE, open_on
from service.jobs.findings import DEGRADED, find
from service.jobs.following import left_behind
from service.jobs.standing import authorization_findings, quote_findings
from service.office import Office
from service.store import records
from service.store.session import Session
from service.store.verifications import Verification

NOON = time(12)
NOT_REACHED = "not_reached"


def result_of(
    session: Session, office: Office, made: Verification, before: Verification | None, at: str | None = None
) -> dict[str, Any]:
    """The result of a row as it is kept, sealed: what was found `made` beside the one `before`."""
    answer, day, zone = made.answer, made.start_date, office.desk.clinic.zone
    ledger = open_on(session, office.desk, made, datetime.combine(day, NOON, zone))
    threshold = office.settings.quote_threshold_cents
    was = before.answer if before else None
    last = before.created_at.astimezone(zone).date() if before else day
    stands = [
        *left_behind(office.desk, answer, was, ledger.standings, (last, day)),
        *authorization_findings(ledger, day),
        *quote_findings(records.of_case(session, made.case_id, QUOTE), made, threshold),
    ]
    return {
        "findings": find(made.status, answer, was, stands),
        "before": before.id if before else None,
        "day": day.isoformat(),
        "time": at,
        "payer": {"id": answer["payer"]["id"], "name": answer["payer"]["name"]},
        "levels": list(dict.fromkeys(phase["level_of_care"] for phase in answer["phases"])),
        "checked_at": moment(made.created_at),
        "checked_by": _checked_by(made.status, answer),
    }


def _checked_by(status: str, answer: Mapping[str, Any]) -> str:
    """What an answer rests on: the payer's reply, what was told, what is published, or nobody was reached."""
    if status == DEGRADED:
        return NOT_REACHED
    basis = str(answer["eligibility"]["basis"])
    return basis if basis in ("reported", "told") else "published"
