"""Whose a session is, and which session of which estimate it was: by ids and days, never by names.

A number is an id of the clinic's own, of a case or of a verification, or the id of a case here. The
estimate is that of the answer that stood when the session was given: the newest one made by that day for
care that had begun; where none was made by then, the first one made later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from schemas.problem import BadRequest
from service.casework.actuals import Expected
from service.casework.expected import expect, find_line, level_of
from service.office import Office
from service.record import NotInUse, replay
from service.security.crypto import external_index
from service.store import cases, verifications
from service.store.pages import HIGHEST_LIMIT, Page
from service.store.session import Session, transaction
from service.store.verifications import Filter, Indexes, Summary, Verification

AT_HAND = 100
"""So many answers are kept at hand while a file is read: its claims speak of a case one after the other."""
UNMATCHED, SEVERAL_CASES = "no_such_case", "several_cases"


@dataclass(frozen=True, slots=True)
class Planned:
    """The session of an estimate that was given on a day, or why there is none.

    `context` is what of the answer stands beside it: payer, site, network, certainty, the whole episode.
    """

    level: str | None
    expected: Expected | None
    reason: str | None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Matcher:
    """Finds cases and estimates for one caller; what was looked up is remembered while a file is read."""

    office: Office
    reach: str | None
    _cases: dict[str, list[str]] = field(default_factory=dict)
    _made: dict[str, list[Summary]] = field(default_factory=dict)
    _answers: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)

    def find_case(self, number: str, on: date) -> str:
        """The case of a number on a day; `no_such_case` or `several_cases` where it is not one.

        Of several with the same number that one is meant whose care began last by that day.
        """
        if number not in self._cases:
            with transaction(self.office.store) as session:
                self._cases[number] = find_cases(session, number, self.reach)
        found = self._cases[number]
        if len(found) < 2:
            return found[0] if found else UNMATCHED
        began = {case_id: self._began(case_id, on) for case_id in found}
        last = max((day for day in began.values() if day is not None), default=None)
        newest = [case_id for case_id, day in began.items() if day is not None and day == last]
        return newest[0] if len(newest) == 1 else SEVERAL_CASES

    def find_planned(self, case_id: str, on: date, level: str | None) -> Planned:
        """The planned session of a case on a day, at a level where one is named."""
        stood = self._stood(case_id, on)
        if stood is None:
            return Planned(level, None, "no_estimate")
        answer = self._answer(stood.id)
        if answer is None:
            return Planned(level, None, "estimate_not_repeatable", _context(stood, {}))
        context, place = _context(stood, answer), find_line(answer, on, level)
        if place is None:
            return Planned(level or _level_by(answer, on), None, "no_session_planned", context)
        expected = expect(answer, place)
        reason = "estimate_without_figure" if expected is None else None
        return Planned(level_of(answer, place), expected, reason, context)

    def _began(self, case_id: str, on: date) -> date | None:
        return max((one.start_date for one in self._summaries(case_id) if one.start_date <= on), default=None)

    def _stood(self, case_id: str, on: date) -> Summary | None:
        zone = self.office.desk.clinic.zone
        begun = [one for one in self._summaries(case_id) if one.start_date <= on]
        by_then = [one for one in begun if one.created_at.astimezone(zone).date() <= on]
        return by_then[0] if by_then else begun[-1] if begun else None

    def _summaries(self, case_id: str) -> list[Summary]:
        """The answers of a case, newest first."""
        if case_id not in self._made:
            wanted = Filter(case_id=case_id, client=self.reach)
            with transaction(self.office.store) as session:
                self._made[case_id], _ = verifications.page_of(session, wanted, Page(limit=HIGHEST_LIMIT))
        return self._made[case_id]

    def _answer(self, verification_id: str) -> Mapping[str, Any] | None:
        if verification_id not in self._answers:
            if len(self._answers) >= AT_HAND:
                self._answers.clear()
            with transaction(self.office.store) as session:
                kept = verifications.get(session, verification_id, self.reach)
            self._answers[verification_id] = None if kept is None else traced(self.office, kept)
        return self._answers[verification_id]


def find_cases(session: Session, number: str, reach: str | None) -> list[str]:
    """The cases that a number names, by an id of the clinic's own or by theirs."""
    if _is_id(number) and cases.status_of(session, number, reach) is not None:
        return [number]
    indexes = [external_index(key, number) for key in session.vault.ring()]
    if None in indexes:
        return []
    own = cases.ids_of_external(session, [one for one in indexes if one is not None], reach)
    asked, _ = verifications.search(session, [Indexes(external=one) for one in indexes], Page(), reach)
    return list(dict.fromkeys((*own, *(one.case_id for one in asked))))


def traced(office: Office, kept: Verification) -> Mapping[str, Any] | None:
    """An answer with every session of its estimate: as it was kept, or worked out once more from the same.

    `None` where that does not come to the same figure any more.
    """
    if kept.answer["estimate"]["trace"]:
        return kept.answer
    try:
        again = replay(office, replace(kept, request={**kept.request, "trace": True})).answer
    except (NotInUse, BadRequest):
        return None
    return again if again["estimate"]["expected"] == kept.answer["estimate"]["expected"] else None


def _context(stood: Summary, answer: Mapping[str, Any]) -> dict[str, Any]:
    about = {"verification_id": stood.id, "payer": stood.payer, "site": stood.site}
    if not answer:
        return about
    estimate = answer["estimate"]
    each = [expect(answer, place) for place in range(len(estimate["trace"]))]
    whole = None if None in each else sum(one.patient for one in each if one is not None)
    return {
        **about,
        "network": answer["network"],
        "certainty": estimate["certainty"],
        "sessions": len(estimate["trace"]),
        "episode": whole,
    }


def _level_by(answer: Mapping[str, Any], on: date) -> str | None:
    """The level of the phase that a day without a planned session falls in, or after."""
    day = on.isoformat()
    begun = [phase for phase in answer["phases"] if phase["start_date"] <= day]
    return begun[-1]["level_of_care"] if begun else None


def _is_id(number: str) -> bool:
    try:
        return str(UUID(number)) == number
    except ValueError:
        return False
