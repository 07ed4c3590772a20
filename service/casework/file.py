"""A case with everything that is known of it, read in one go and worked out for a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from schemas.problem import BadRequest
from service.casework.authorizations import Ledger, keep_ledger, read_authorization
from service.casework.calendar import Session, sessions_of_case
from service.federal_holidays import federal_holidays
from service.store import cases, records, verifications
from service.store.cases import CLOSED, Case
from service.store.pages import HIGHEST_LIMIT, Page
from service.store.records import Record
from service.store.session import Session as StoreSession
from service.store.session import Store, transaction
from service.store.verifications import Verification
from service.verify import Desk

AUTHORIZATION, QUOTE, CONTACT, CONFIRMATION = "authorization", "quote", "contact", "confirmation"
ACTUAL = "actual"
"""What was paid for a session: there are as many as sessions, and no day of a case depends on them."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case on a day: its newest verification, what is recorded of it, and how its sessions stand."""

    case: Case
    latest: Verification | None
    records: Sequence[Record]
    sessions: Sequence[Session]
    ledger: Ledger
    today: date
    earlier: Sequence[Verification] = ()

    def of_kind(self, kind: str) -> list[Record]:
        """The records of a kind, oldest first."""
        return [record for record in self.records if record.kind == kind]

    @property
    def answer(self) -> Mapping[str, Any]:
        """What was answered last; raises `LookupError` where nobody asked yet."""
        if self.latest is None:
            raise LookupError
        return self.latest.answer


def open_case(
    session: StoreSession, desk: Desk, case_id: str, at: datetime, reach: str | None
) -> CaseFile | None:
    """Open the file of a case, or `None` where there is none that the caller may see."""
    case = cases.get(session, case_id, reach)
    return None if case is None else _file_of(session, desk, case, at, reach)


def open_cases(store: Store, desk: Desk, at: datetime, reach: str | None) -> Iterator[CaseFile]:
    """Open the file of every case that is not closed, the newest first, some in each transaction."""
    page: Page | None = Page(limit=HIGHEST_LIMIT)
    while page is not None:
        with transaction(store) as session:
            found, following = cases.page_of(session, cases.Filter(client=reach), page)
            files = [_file_of(session, desk, case, at, reach) for case in found if case.status not in CLOSED]
        yield from files
        page = None if following is None else replace(page, cursor=following)


def open_on(session: StoreSession, desk: Desk, latest: Verification, at: datetime) -> Ledger:
    """How the sessions of a case stand at a time with a verification that is its newest one."""
    found = records.of_case(session, latest.case_id, AUTHORIZATION)
    sessions = _sessions(desk, latest, verifications.begun_before(session, latest))
    return _ledger(desk, latest, sessions, found, at.astimezone(desk.clinic.zone).date())


def _file_of(session: StoreSession, desk: Desk, case: Case, at: datetime, reach: str | None) -> CaseFile:
    ids = verifications.ids_of_case(session, case.id, reach)
    latest = verifications.get(session, ids[0], reach) if ids else None
    earlier = verifications.begun_before(session, latest) if latest is not None else []
    return lay_out(desk, case, latest, records.of_case(session, case.id, but=ACTUAL), at, earlier)


def lay_out(
    desk: Desk,
    case: Case,
    latest: Verification | None,
    found: Sequence[Record],
    at: datetime,
    earlier: Sequence[Verification] = (),
) -> CaseFile:
    """Lay out what was read: plan the sessions, and count authorizations against them."""
    today = at.astimezone(desk.clinic.zone).date()
    if latest is None:
        return CaseFile(case, None, found, (), Ledger(), today, ())
    sessions = _sessions(desk, latest, earlier)
    return CaseFile(
        case, latest, found, sessions, _ledger(desk, latest, sessions, found, today), today, earlier
    )


def _ledger(
    desk: Desk, latest: Verification, sessions: Sequence[Session], found: Sequence[Record], today: date
) -> Ledger:
    asked = [read_authorization(one.id, one.status, one.data) for one in found if one.kind == AUTHORIZATION]
    last = sessions[-1].on if sessions else today
    holidays = federal_holidays(min(today, latest.start_date).year - 1, max(today, last).year + 1)
    return keep_ledger(latest.answer, sessions, asked, today, holidays)


def _sessions(desk: Desk, latest: Verification, earlier: Sequence[Verification]) -> Sequence[Session]:
    try:
        return sessions_of_case(desk, latest, earlier)
    except BadRequest:  # a site is gone from the profile, or a payer from the rulebook
        return ()
