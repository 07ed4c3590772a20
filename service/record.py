"""Asks, decides and remembers: a verification's way from the request to the stored whole.

What is here works on plain requests and plain answers; whoever shows them, a route or a page, adds
only its form. A draft is answered and not yet kept: what may be refused is refused before anything
is written, and `keep` writes all of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from schemas.coverages import told_with
from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from schemas.merge import merge_told_json
from schemas.model import Inquiry
from schemas.problem import BadRequest, FieldError
from schemas.sources import moment
from service.changes import list_changes
from service.hearing import Hearing, dump_hearing, load_hearing
from service.observe.metrics import count_determination
from service.office import Office
from service.store import cases, verifications
from service.store.session import Session, new_id, transaction
from service.store.verifications import PENDING, Verification
from service.store.webhook_events import tell_verifications
from service.verify import Desk, Outcome, hear, is_asked_live, known, unusable_reply, verify

Body = Mapping[str, Any]
Tellings = Sequence[Body]
# What of a request is kept apart from it.
KEPT_APART = ("told_benefits", "payer_reply")


UNKNOWN_CASE = FieldError("/case_id", "unknown_case", "case_id must be the id of a case kept here.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an id to keep, a name for timelines, and whose records they see (`None`: everybody's)."""

    id: str
    name: str
    reach: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A verification that is answered and not yet kept, with the case it opens.

    `row` is sealed already: what becomes of the answer from here on, such as sentences, is not kept.
    """

    verification: Verification
    row: Mapping[str, Any]
    opens: cases.Case | None


class NotInUse(Exception):
    """No rulebook was in use yet on the day asked for."""


def answer(desk: Desk, body: Any, told: Tellings, at: datetime, hearing: Hearing = ()) -> Outcome:
    """Answer a request as of a time from what was told and heard; raises `BadRequest` with every error."""
    inquiry, warnings = load_inquiry(body, known(desk, at), told)
    return verify(desk, inquiry, at=at, warnings=warnings, hearing=hearing)


def draft_new(office: Office, caller: Caller, body: Any, *, waits: bool = True) -> Draft:
    """Answer a new request; it belongs to the case it names, or opens one. Raises `BadRequest`.

    Where a payer is asked live its answer is waited for, unless nobody `waits`: then the draft is
    pending, and `service.pending` brings the rest.
    """
    now = right_now()
    inquiry, warnings = load_inquiry(body, known(office.desk, now))
    desk = office.desk
    if inquiry.as_of is not None:
        desk = _desk_as_of(office, inquiry.as_of)
        inquiry, warnings = load_inquiry(body, known(desk, now))
    case_id = inquiry.case_id
    if case_id is not None and not _has_case(office, case_id, caller.reach):
        raise BadRequest([UNKNOWN_CASE])
    pending = not waits and is_asked_live(desk, inquiry)
    hearing = () if pending else hear(desk, inquiry, at=now)
    _refuse_unusable_reply(desk, inquiry, hearing, now)
    outcome = verify(desk, inquiry, at=now, warnings=warnings, hearing=hearing, is_pending=pending)
    opens = _new_case(outcome.inquiry, caller, now) if case_id is None else None
    made = Made(outcome, body, (), now, hearing)
    verification = _verification(made, opens.id if opens is not None else str(case_id), caller)
    return _draft(office, verification, opens)


def draft_told(office: Office, caller: Caller, before: Verification, telling: Body) -> Draft:
    """Answer again with what was told now, a valid telling; older tellings and what was heard are kept."""
    told = (*before.told, telling)
    heard = load_hearing(before.heard)
    if before.status == PENDING:  # whoever has something to tell can wait for the payer too
        now = right_now()
        heard = hear(office.desk, load_inquiry(before.request, known(office.desk, now), told)[0], at=now)
    return _draft_again(office, caller, before, told, "benefits_told", heard)


def draft_reverified(office: Office, caller: Caller, before: Verification) -> Draft:
    """Ask the same again, as of now; a reply that was brought by hand stands until a payer is asked."""
    return draft_changed(office, caller, before, before.request)


def draft_changed(
    office: Office, caller: Caller, before: Verification, body: Body, *, is_same_coverage: bool = True
) -> Draft:
    """Ask something else about the same person, such as care from another day. Raises `BadRequest`.

    What was told, and a reply that was brought, hold for the coverage that they were about alone.
    """
    now, told = right_now(), before.told if is_same_coverage else ()
    inquiry, _ = load_inquiry(body, known(office.desk, now), told)
    if is_asked_live(office.desk, inquiry):
        heard = hear(office.desk, inquiry, at=now, fresh=True)
    else:
        brought = (one for one in load_hearing(before.heard) if one.was_brought)
        heard = tuple(brought) if is_same_coverage else ()
    return _draft_again(office, caller, replace(before, request=body), told, "verified_again", heard)


def right_now() -> datetime:
    """Return the time to the second, as it is kept."""
    return datetime.now(UTC).replace(microsecond=0)


def _refuse_unusable_reply(desk: Desk, inquiry: Inquiry, hearing: Hearing, at: datetime) -> None:
    """Refuse a reply that was brought along and cannot be used, as any other field that cannot be."""
    error = unusable_reply(desk, inquiry, hearing, at)
    if error is not None:
        raise BadRequest([error])


def keep(session: Session, *drafts: Draft) -> None:
    """Write drafts: each one's case, verification, what is told of it; `BadRequest` where a case is gone."""
    cases.add(session, *(draft.opens for draft in drafts if draft.opens is not None))
    old = [draft.verification for draft in drafts if draft.opens is None]
    for v in sorted(old, key=lambda one: one.case_id):  # whoever holds several takes them in one order
        if not cases.begin_verifying(session, v.case_id, v.created_at):
            raise BadRequest([UNKNOWN_CASE])  # it was purged since it was looked for
    verifications.add(session, *(draft.row for draft in drafts))
    tell_verifications(session, [draft.verification for draft in drafts], right_now())


def replay(office: Office, kept: Verification, as_of: date | None = None) -> Verification:
    """The same verification, answered once more from what the store kept.

    Without a day, from the rulebook and profile that answered then: equal to what was answered. With
    one, from the rulebook last in use on that day; raises `NotInUse` where none was yet.
    """
    with transaction(office.store) as session:
        rulebook = kept.rulebook_digest if as_of is None else office.rulebook_in_use_on(session, as_of)
        desk = None if rulebook is None else office.desk_of(session, rulebook, kept.profile_digest)
    if desk is None:
        raise NotInUse
    outcome = answer_again(desk, kept)
    again = {**dump_outcome(outcome), "changes": kept.answer["changes"]}
    return replace(kept, status=outcome.status, rulebook_digest=desk.rulebook.digest, answer=again)


def answer_again(desk: Desk, kept: Verification) -> Outcome:
    """Answer what was asked, told and heard then, as of that moment; raises `BadRequest`."""
    at, hearing = kept.created_at, load_hearing(kept.heard)
    inquiry, warnings = load_inquiry(kept.request, known(desk, at), kept.told)
    pending = kept.status == PENDING
    return verify(desk, inquiry, at=at, warnings=warnings, hearing=hearing, is_pending=pending)


def present(kept: Verification) -> dict[str, Any]:
    """A verification as it is shown, still without sentences; its request with all that was told."""
    request = dict(kept.request)
    if kept.told:
        request["told_benefits"] = merge_told_json(kept.told)
    return {
        "id": kept.id,
        "case_id": kept.case_id,
        "created_at": moment(kept.created_at),
        "status": kept.status,
        "approval": kept.approval,
        "replaces": kept.replaces,
        "request": request,
        **kept.answer,
    }


@dataclass(frozen=True, slots=True)
class Made:
    """An answer with all it was made from."""

    outcome: Outcome
    body: Body
    told: Tellings
    at: datetime
    hearing: Hearing


def _draft_again(
    office: Office, caller: Caller, before: Verification, told: Tellings, kind: str, hearing: Hearing
) -> Draft:
    now = right_now()
    outcome = answer(office.desk, before.request, told, now, hearing)
    made = Made(outcome, before.request, told, now, hearing)
    verification = _verification(made, before.case_id, caller, kind, before)
    return _draft(office, verification, None)


def _draft(office: Office, verification: Verification, opens: cases.Case | None) -> Draft:
    key = office.store.vault.current()  # one for the whole row, whichever takes over meanwhile
    indexes = verifications.indexes_of(key, verification.request)
    return Draft(verification, verifications.sealed_row(key, verification, indexes), opens)


def _verification(
    made: Made,
    case_id: str,
    caller: Caller,
    kind: str = "verification_made",
    before: Verification | None = None,
) -> Verification:
    outcome, answered = made.outcome, dump_outcome(made.outcome)
    count_outcome(outcome)
    own = told_with(made.body, answered)
    return Verification(
        id=new_id(),
        case_id=case_id,
        created_at=made.at,
        status=outcome.status,
        approval="none",
        payer=outcome.payer.id,
        plan=_listed_plan(outcome),
        site=outcome.inquiry.site,
        start_date=outcome.determination.phases[0].start_date,
        replaces=before.id if before else None,
        kind=kind,
        made_by=caller.name,
        client_id=caller.id,
        rulebook_digest=outcome.produced_by["rulebook"],
        profile_digest=outcome.produced_by["profile"],
        engine_version=outcome.produced_by["engine"],
        request={name: value for name, value in made.body.items() if name not in KEPT_APART},
        told=[*([own] if own and own not in made.told else []), *made.told],
        answer={**answered, "changes": list_changes(before.answer, answered) if before else []},
        heard=dump_hearing(made.hearing),
    )


def count_outcome(outcome: Outcome) -> None:
    """Count an answer that is to be kept, by what it says."""
    phases, certainty = outcome.determination.phases, outcome.determination.estimate.certainty
    count_determination(
        outcome.payer.id, (phase.coverage.status for phase in phases), certainty, outcome.status
    )


def _listed_plan(outcome: Outcome) -> str | None:
    """The plan as lists may show it: one of the rulebook's; free text is kept sealed, in the request."""
    unknown = any(step.code == "plan_not_in_library" for step in outcome.determination.warnings)
    return None if unknown else outcome.inquiry.plan


def _desk_as_of(office: Office, day: date) -> Desk:
    with transaction(office.store) as session:
        rulebook = office.rulebook_in_use_on(session, day)
        desk = rulebook and office.desk_of(session, rulebook, office.desk.clinic.digest)
    if not desk:
        message = "as_of must be a day on which a rulebook was in use here already."
        raise BadRequest([FieldError("/as_of", "no_rulebook_in_use", message)])
    return desk


def _new_case(inquiry: Inquiry, caller: Caller, at: datetime) -> cases.Case:
    member = inquiry.member
    label = f"{member.first_name or ''} {(member.last_name or '')[:1]}".strip()
    return cases.Case(
        id=new_id(),
        status="verifying",
        owner=caller.name,
        label=f"{label}." if label else None,
        external_id=inquiry.external_id,
        created_at=at,
        updated_at=at,
        opened_by=caller.name,
        client_id=caller.id,
    )


def _has_case(office: Office, case_id: str, reach: str | None) -> bool:
    with transaction(office.store) as session:
        return cases.status_of(session, case_id, reach) is not None
