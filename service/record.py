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

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from schemas.merge import merge_told_json
from schemas.model import Inquiry
from schemas.problem import BadRequest, FieldError
from schemas.sources import moment
from service.changes import list_changes
from service.office import Office
from service.security.crypto import external_index, member_index, person_index
from service.store import cases, verifications
from service.store.session import Session, new_id, transaction
from service.store.verifications import Indexes, Verification
from service.verify import Desk, Outcome, known, verify

Body = Mapping[str, Any]
Tellings = Sequence[Body]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an id to keep, and a name for timelines."""

    id: str
    name: str


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


def answer(desk: Desk, body: Any, told: Tellings, at: datetime) -> Outcome:
    """Answer a request, and what was told later, as of a time; raises `BadRequest` with every error."""
    inquiry, warnings = load_inquiry(body, known(desk, at), told)
    return verify(desk, inquiry, at=at, warnings=warnings)


def draft_new(office: Office, caller: Caller, body: Any) -> Draft:
    """Answer a new request; it belongs to the case it names, or opens one. Raises `BadRequest`."""
    now = datetime.now(UTC).replace(microsecond=0)
    outcome = answer(office.desk, body, (), now)
    if outcome.inquiry.as_of is not None:
        outcome = answer(_desk_as_of(office, outcome.inquiry.as_of), body, (), now)
    case_id = outcome.inquiry.case_id
    opens = None
    if case_id is None:
        opens = _new_case(outcome.inquiry, caller, now)
        case_id = opens.id
    elif not _has_case(office, case_id):
        raise BadRequest(
            [FieldError("/case_id", "unknown_case", "case_id must be the id of a case kept here.")]
        )
    verification = _verification(outcome, body, (), now, case_id, caller)
    row = verifications.sealed_row(office.store.vault, verification, _indexes(office, outcome.inquiry))
    return Draft(verification, row, opens)


def draft_told(office: Office, caller: Caller, before: Verification, telling: Body) -> Draft:
    """Answer again with what was told now, a valid telling; all older tellings are kept."""
    return _draft_again(office, caller, before, (*before.told, telling), "benefits_told")


def draft_reverified(office: Office, caller: Caller, before: Verification) -> Draft:
    """Ask the same again, as of now."""
    return _draft_again(office, caller, before, before.told, "verified_again")


def keep(session: Session, draft: Draft) -> None:
    """Write a draft: its case, and the verification."""
    v = draft.verification
    if draft.opens is not None:
        cases.add(session, draft.opens)
    else:
        cases.begin_verifying(session, v.case_id, v.created_at)
    verifications.add(session, draft.row)


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
    outcome = answer(desk, kept.request, kept.told, kept.created_at)
    again = {**dump_outcome(outcome), "changes": kept.answer["changes"]}
    return replace(kept, status=outcome.status, rulebook_digest=desk.rulebook.digest, answer=again)


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


def _draft_again(office: Office, caller: Caller, before: Verification, told: Tellings, kind: str) -> Draft:
    now = datetime.now(UTC).replace(microsecond=0)
    outcome = answer(office.desk, before.request, told, now)
    verification = _verification(outcome, before.request, told, now, before.case_id, caller, kind, before)
    row = verifications.sealed_row(office.store.vault, verification, _indexes(office, outcome.inquiry))
    return Draft(verification, row, None)


def _verification(
    outcome: Outcome,
    body: Body,
    told: Tellings,
    at: datetime,
    case_id: str,
    caller: Caller,
    kind: str = "verification_made",
    before: Verification | None = None,
) -> Verification:
    answered = dump_outcome(outcome)
    own = body.get("told_benefits")
    return Verification(
        id=new_id(),
        case_id=case_id,
        created_at=at,
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
        request={name: value for name, value in body.items() if name != "told_benefits"},
        told=[*([own] if own else []), *told],
        answer={**answered, "changes": list_changes(before.answer, answered) if before else []},
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
    )


def _has_case(office: Office, case_id: str) -> bool:
    with transaction(office.store) as session:
        return cases.status_of(session, case_id) is not None


def _indexes(office: Office, inquiry: Inquiry) -> Indexes:
    vault, member = office.store.vault, inquiry.member
    return Indexes(
        member=member_index(vault, member.member_id),
        person=person_index(vault, member.last_name, member.birth_date),
        external=external_index(vault, inquiry.external_id),
    )
