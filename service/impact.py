"""What another rulebook would change: which open cases' latest answers would be others under it.

Each is answered twice from what was asked, told and heard then, as of that moment and with the clinic's
profile of then: once from the rules that it was answered with, once from the others. So nothing but the
rules can make a difference, and an answer of an earlier version of this service is none. Where both sides say
the same of its payer and of all that payers share, an answer is not made again: it would be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from payers.rulebook import Rulebook
from payers.rules_compare import payers_alike
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
from service.verify import Desk, known

CHANGES, REFUSED, UNKNOWN = "changes", "refused", "unknown"
OUTCOMES = (CHANGES, REFUSED, UNKNOWN)
"""Why a case is listed: another answer; none any more; or nobody can say, for what answered is gone."""

MORE_COVERAGES = ("secondary", "coverages")
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Payers are called the same at any time."""

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
    for (rulebook, profile), group in groupby(sorted(latest, key=_made_from), key=_made_from):
        if rulebook == candidate.digest:
            continue
        with transaction(store) as session:
            then = desk_of(session, rulebook, profile)
        if then is None:
            found += (Affected(of_case[kept.case_id], kept, UNKNOWN) for kept in group)
            continue
        pair = _Pair(then, replace(then, rulebook=candidate))
        compared = (pair.compare(of_case[kept.case_id], kept) for kept in group)
        found += (one for one in compared if one is not None)
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


class _Pair:
    """The desk that answered once, and the same with other rules."""

    def __init__(self, then: Desk, other: Desk) -> None:
        self.then, self.other = then, other
        reads_the_same = _payers(then) == _payers(other)
        self.alike = payers_alike(then.rulebook, other.rulebook) if reads_the_same else frozenset()

    def compare(self, case: Case, kept: Verification) -> Affected | None:
        """Return a case whose answer would be another one; `None` where it would be the same."""
        if self.rests_on_the_same(kept):
            return None
        before, after = (_answer(desk, kept) for desk in (self.then, self.other))
        if isinstance(before, BadRequest):
            return Affected(case, kept, UNKNOWN)
        if isinstance(after, BadRequest):
            errors = [{"pointer": error.pointer, "code": error.code} for error in after.errors]
            return Affected(case, kept, REFUSED, errors=errors)
        changes = list_differences(before, after)
        return Affected(case, kept, CHANGES, changes) if changes else None

    def rests_on_the_same(self, kept: Verification) -> bool:
        """Whether an answer is made from the same on both sides; of several coverages nobody looks closer."""
        return kept.payer in self.alike and not any(kept.request.get(name) for name in MORE_COVERAGES)


def _payers(desk: Desk) -> Any:
    """Return what requests are held against: every payer with its names, its plans and its member ids."""
    return known(desk, ANY_TIME).payers


def _answer(desk: Desk, kept: Verification) -> Mapping[str, Any] | BadRequest:
    try:
        return dump_outcome(answer_again(desk, kept))
    except BadRequest as error:
        return error
