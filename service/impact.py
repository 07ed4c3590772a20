"""What another rulebook would change: which open cases' latest answers would be others under it.

Each is answered twice from what was asked, told and heard then, as of that moment and with the clinic's
profile of then: once from the rules that it was answered with, once from the others. So nothing but the
rules can make a difference, and an answer of an earlier version of this service is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from payers.rulebook import Rulebook
from schemas.determination import dump_outcome
from schemas.problem import BadRequest
from schemas.sources import day, moment
from service.differences import list_differences
from service.record import answer_again
from service.store import cases, verifications
from service.store.cases import Case
from service.store.pages import Page
from service.store.session import Session, Store, transaction
from service.store.verifications import Verification
from service.verify import Desk

CHANGES, REFUSED, UNKNOWN = "changes", "refused", "unknown"
OUTCOMES = (CHANGES, REFUSED, UNKNOWN)
"""Why a case is listed: another answer; none any more; or nobody can say, for what answered is gone."""

DeskOf = Callable[[Session, str, str], Desk | None]
"""The desk that answered from a rulebook and a profile, by their digests."""


@dataclass(frozen=True, slots=True)
class Affected:
    """An open case whose latest answer would be another one: what of it, each value with its sources.

    Where the question could not be asked any more, `errors` says why, by field and code.
    """

    case: Case
    verification: Verification
    outcome: str
    changes: Sequence[Mapping[str, Any]] = ()
    errors: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """What was found among some of the open cases, newest first; `answered` says how many have an answer."""

    looked_at: int
    answered: int
    affected: Sequence[Affected]
    following: str | None


def look_at(
    store: Store, desk_of: DeskOf, candidate: Rulebook, page: Page, client: str | None = None
) -> Impact:
    """Look at one page of the open cases; of one client where it is named."""
    with transaction(store) as session:
        opened, following = cases.page_of(session, cases.Filter(client=client, is_open=True), page)
        latest = verifications.latest_whole(session, [case.id for case in opened], client)
    of_case = {case.id: case for case in opened}
    found: list[Affected] = []
    # Those of the same rules one after the other: few desks of the past are kept at a time.
    for kept in sorted(latest, key=_made_from):
        if kept.rulebook_digest == candidate.digest:
            continue
        with transaction(store) as session:
            then = desk_of(session, kept.rulebook_digest, kept.profile_digest)
        affected = _compare(of_case[kept.case_id], kept, then, candidate)
        if affected is not None:
            found.append(affected)
    found.sort(key=lambda one: one.case.id, reverse=True)
    return Impact(len(opened), len(latest), found, following)


def dump(affected: Affected) -> dict[str, Any]:
    """Return what was found of a case as it travels; nothing in it says who the member is."""
    kept = affected.verification
    return {
        "case_id": kept.case_id,
        "case_status": affected.case.status,
        "verification_id": kept.id,
        "answered_at": moment(kept.created_at),
        "payer": kept.payer,
        "plan": kept.plan,
        "levels_of_care": levels_of(affected),
        "start_date": day(kept.start_date),
        "rulebook": kept.rulebook_digest,
        "outcome": affected.outcome,
        "changes": affected.changes,
        "errors": affected.errors,
    }


def levels_of(affected: Affected) -> list[str]:
    """Return the levels of care of an answer, phase by phase."""
    return [phase["level_of_care"] for phase in affected.verification.answer["phases"]]


def _made_from(kept: Verification) -> tuple[str, str]:
    return kept.rulebook_digest, kept.profile_digest


def _compare(case: Case, kept: Verification, then: Desk | None, candidate: Rulebook) -> Affected | None:
    before = None if then is None else _answer(then, kept)
    if then is None or isinstance(before, BadRequest | None):
        return Affected(case, kept, UNKNOWN)
    after = _answer(replace(then, rulebook=candidate), kept)
    if isinstance(after, BadRequest):
        errors = [{"pointer": error.pointer, "code": error.code} for error in after.errors]
        return Affected(case, kept, REFUSED, errors=errors)
    changes = list_differences(before, after)
    return Affected(case, kept, CHANGES, changes) if changes else None


def _answer(desk: Desk, kept: Verification) -> Mapping[str, Any] | BadRequest:
    try:
        return dump_outcome(answer_again(desk, kept))
    except BadRequest as error:
        return error
