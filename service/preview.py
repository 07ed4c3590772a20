"""What an answer would be with something that is being told: worked out, and nothing of it kept.

Nobody is asked for it: it rests on what was heard already, and awaits what is awaited.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.changes import list_changes
from service.hearing import load_hearing
from service.office import Office
from service.record import Body, right_now
from service.store.verifications import PENDING, Verification
from service.verify import known, verify


def preview_told(office: Office, before: Verification, telling: Body) -> Verification:
    """The verification as it would be with a valid telling; it keeps the id of the one it would replace.

    Raises `BadRequest` where the request itself cannot be answered any more.
    """
    now, desk = right_now(), office.desk
    told = (*before.told, telling)
    inquiry, warnings = load_inquiry(before.request, known(desk, now), told)
    hearing = load_hearing(before.heard)
    pending = before.status == PENDING
    outcome = verify(desk, inquiry, at=now, warnings=warnings, hearing=hearing, is_pending=pending)
    answered = dump_outcome(outcome)
    return replace(
        before,
        status=outcome.status,
        created_at=now,
        approval="none",
        replaces=before.id,
        told=told,
        answer={**answered, "changes": list_changes(before.answer, answered)},
    )
