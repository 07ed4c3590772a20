"""Brings the live answers that nobody waited for: the whole takes the place of what was published and told.

An answer that does not come, for the process that awaited it is gone, is overdue after a while; whoever
looks then is answered without it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.hearing import Hearing, dump_hearing, interrupt
from service.office import Office
from service.record import answer, count_outcome, right_now
from service.store import audit, cases, verifications
from service.store.session import transaction
from service.store.verifications import PENDING, Verification
from service.store.webhook_events import tell_verifications
from service.verify import hear, known

OVERDUE = timedelta(seconds=60)
ACTION, PURPOSE = "verification.complete", "payment"


def complete(office: Office, pending: Verification) -> Verification:
    """Ask the payer for a verification that awaits its live answer, and put the whole in its place."""
    inquiry, _ = load_inquiry(pending.request, known(office.desk, pending.created_at), pending.told)
    return _complete(office, pending, hear(office.desk, inquiry, at=right_now()))


def follow(office: Office, kept: Verification) -> None:
    """Let the live answer of a verification that awaits it be brought, while nobody waits."""
    if kept.status == PENDING:
        office.background.submit(complete, office, kept)
    else:
        office.senders.wake()


def settle_overdue(office: Office, kept: Verification) -> Verification:
    """Return a verification as it is now: one whose live answer is overdue is answered without it."""
    if kept.status != PENDING or right_now() - kept.created_at < OVERDUE:
        return kept
    return _complete(office, kept, interrupt(office.desk.switchboard, kept.payer, right_now()))


def _complete(office: Office, pending: Verification, hearing: Hearing) -> Verification:
    with transaction(office.store) as session:
        # What was published when it was asked stays what it is answered from, as a replay does it.
        desk = office.desk_of(session, pending.rulebook_digest, pending.profile_digest) or office.desk
    outcome = answer(desk, pending.request, pending.told, pending.created_at, hearing)
    whole = replace(
        pending,
        status=outcome.status,
        answer={**dump_outcome(outcome), "changes": pending.answer["changes"]},
        heard=dump_hearing(hearing),
    )
    with transaction(office.store) as session:
        # What is told of one case is told in its order: nobody else writes about it meanwhile.
        if cases.take(session, whole.case_id) and verifications.complete(session, whole):
            count_outcome(outcome)
            tell_verifications(session, [whole], right_now())
            # Nobody is calling now: it is done for whoever asked.
            made = audit.Event(right_now(), whole.client_id, whole.made_by, ACTION, whole.id, PURPOSE)
            audit.add(session, made)
            office.sealer.wake()
            office.senders.wake()
            return whole
        return verifications.get(session, pending.id) or whole
