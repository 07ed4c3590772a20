"""What to ask about somebody who is on file: the case's own question, from the day of the appointment on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.coverages import SHORT_FORM
from schemas.model import LEVEL_ALIASES
from schemas.people import plain_id
from schemas.phases import CARE_FIELDS
from service.jobs.care import care_left
from service.store import verifications
from service.store.pages import HIGHEST_LIMIT, Page
from service.store.session import Session
from service.store.verifications import Filter, Verification

Body = Mapping[str, Any]
OF_COVERAGE = ("plan", "network")
"""What a request says of its payer's coverage, and what another payer's has nothing to do with."""

OF_COVERAGES = ("coverages", "parents", "injury")
"""What a request says of several coverages: it names the payers, so no other is named beside it."""

KEPT = ("site", "condition", "modality", "secondary", "live", *OF_COVERAGES, *OF_COVERAGE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request about somebody on file; whether it is about the coverage that was asked about last."""

    body: Body
    is_same_coverage: bool
    has_begun: bool


def _id_of(member: Body) -> str:
    return plain_id(member.get("member_id") or "")


def question_about(session: Session, row: Body, latest: Verification, day: date) -> Request:
    """The request that a row makes of a case: what it says, and for the rest what was asked last."""
    before = latest.request
    member = {**before["member"], **row["member"]}
    is_same_payer = row["payer"] == latest.payer
    is_same_id = _id_of(member) == _id_of(before["member"])
    body = {name: before[name] for name in KEPT if name in before}
    if not is_same_payer:
        body = {name: value for name, value in body.items() if name not in (*OF_COVERAGES, *OF_COVERAGE)}
    said = {name: value for name, value in row.items() if name not in ("start_date", "level_of_care")}
    is_list = body.get("coverages") is not None
    body |= {name: value for name, value in said.items() if not (is_list and name in SHORT_FORM)}
    first = _first_of(session, latest)
    phases = care_left(_asked(first.request), first.answer["phases"], day)
    body |= {"member": member, "case_id": latest.case_id, "phases": _at_level(phases, row, day)}
    began = date.fromisoformat(first.answer["phases"][0]["start_date"])
    return Request(body, is_same_payer and is_same_id, began < day)


def _at_level(phases: list[dict[str, Any]], row: Body, day: date) -> list[dict[str, Any]]:
    """The care from the level on that a row names; one that was never asked for stands alone."""
    level, start = row.get("level_of_care"), day.isoformat()
    names = [LEVEL_ALIASES.get(phase["level_of_care"], phase["level_of_care"]) for phase in phases]
    if level is None or level == names[0]:
        return phases
    if level not in names:
        return [{"level_of_care": level, "start_date": start}]
    return care_from(phases[names.index(level) :], start)


def care_from(phases: Sequence[Mapping[str, Any]], start: str) -> list[dict[str, Any]]:
    """The same care, beginning on another day; each phase follows the one before it."""
    first, *rest = ({name: phase[name] for name in phase if name != "start_date"} for phase in phases)
    return [{**first, "start_date": start}, *rest]


def _asked(request: Body) -> list[dict[str, Any]]:
    phases = request.get("phases") or [{name: request[name] for name in CARE_FIELDS if name in request}]
    return [dict(phase) for phase in phases]


def _first_of(session: Session, latest: Verification) -> Verification:
    """The verification that first asked for the care that is asked for last.

    Weeks that are left are rounded up: counted from day to day anew, care would never end.
    """
    wanted = Filter(case_id=latest.case_id)
    lines = {one.id: one for one in verifications.page_of(session, wanted, Page(HIGHEST_LIMIT))[0]}
    chain, last = [latest.id], lines.get(latest.id)
    while last is not None and last.replaces in lines:
        chain.append(str(last.replaces))
        last = lines[str(last.replaces)]
    for one in reversed(chain[1:]):
        found = verifications.get(session, one)
        if found is not None and _is_rest(_levels(latest), _levels(found)):
            return found
    return latest


def _levels(verification: Verification) -> list[str]:
    return [phase["level_of_care"] for phase in verification.answer["phases"]]


def _is_rest(levels: list[str], of: list[str]) -> bool:
    return of[-len(levels) :] == levels
