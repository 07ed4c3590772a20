"""The case that the request at hand is about: its file opened, written to, and noted in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.at_hand import caller, office
from service.casework.authorizations import SHORT, PhaseStanding
from service.casework.clocks import Clock, clocks_of, in_order
from service.casework.file import CONTACT, QUOTE, CaseFile, lay_out, open_case, open_cases, open_on
from service.casework.keeping import Writer, draft_change, draft_new, keep_change, keep_new
from service.casework.quotes import approver_of
from service.documents import Matter
from service.explain import Locale
from service.explain.page import Reader
from service.noting import note
from service.pending import settle_overdue
from service.record import present, right_now
from service.security.guard import current_client
from service.security.permissions import APPROVE_UNCONFIRMED, grants
from service.store import card_images, cases, records, timeline, verifications
from service.store.records import Record
from service.store.session import Session, transaction
from service.store.verifications import Verification


class NotHere(Exception):
    """There is no such case, or no such record of it, that the caller may see."""


def threshold() -> int:
    """By how many cents a later answer may differ before a family is told anew."""
    return office().settings.quote_threshold_cents


def file_of(case_id: str, action: str) -> CaseFile:
    """The file of a case, opened for the caller; raises `NotHere`."""
    with transaction(office().store) as session:
        file = _open(session, case_id)
        note(session, action, case_id)
    return file


def file_with(record: Record) -> CaseFile:
    """The file of a record's case as it is once this record is kept; raises `NotHere`."""
    with transaction(office().store) as session:
        file = _open(session, record.case_id)
    others = [one for one in file.records if one.id != record.id]
    found = sorted((*others, record), key=_id_of)
    return lay_out(office().desk, file.case, file.latest, found, right_now(), file.earlier)


def phases_short(latest: Verification) -> Sequence[PhaseStanding]:
    """How each phase of an answer is authorized, where one was entered or a session ahead lacks one."""
    with transaction(office().store) as session:
        ledger = open_on(session, office().desk, latest, right_now())
    matters = ledger.standings or any(one.state in SHORT and one.state != "ask" for one in ledger.phases)
    return ledger.phases if matters else ()


def clocks() -> list[tuple[CaseFile, Clock]]:
    """Every clock of every open case that the caller may see, the soonest first."""
    found = {clock: file for file in _open_files() for clock in clocks_of(file)}
    with transaction(office().store) as session:
        note(session, "case.clocks")
    return [(found[clock], clock) for clock in in_order(found)]


def draft(case_id: str, kind: str, said: Any) -> Record:
    """Draft something new of a case; raises `NotHere`, or `BadRequest` with everything wrong with it."""
    with transaction(office().store) as session:
        file = _open(session, case_id)
    return draft_new(file, kind, said, writer())


def keep(session: Session, record: Record) -> None:
    """Keep what was drafted, as the first thing in its transaction; raises `NotHere` if its case is gone."""
    if not cases.take(session, record.case_id):
        raise NotHere
    keep_new(session, record, writer())
    note(session, f"{record.kind}.create", record.id)


def amend(case_id: str, record_id: str, kind: str, said: Any) -> Record:
    """Change a record of a case; raises `NotHere`, or `BadRequest` with everything wrong with it."""
    with transaction(office().store) as session:
        if not cases.take(session, case_id) or cases.status_of(session, case_id, caller().reach) is None:
            raise NotHere
        before = records.get(session, case_id, record_id, kind)
        if before is None:
            raise NotHere
        record = draft_change(before, said, writer())
        keep_change(session, before, record, writer())
        note(session, f"{kind}.change", record.id)
    return record


def matter_of(verification_id: str, locale: Locale) -> Matter:
    """What a document of a verification is made from, with what its case says; raises `NotHere`."""
    with transaction(office().store) as session:
        found = verifications.get(session, verification_id, caller().reach)
        if found is None:
            raise NotHere
        of_case = records.of_case(session, found.case_id)
        pictures = card_images.of_case(session, found.case_id)
        note(session, "document.create", found.id)
    now, clinic = settle_overdue(office(), found), office().desk.clinic
    return Matter(
        present(now),
        now.told,
        now.made_by,
        clinic,
        Reader(locale, clinic.zone),
        approved_by=approver_of((one for one in of_case if one.kind == QUOTE), found.id),
        contacts=[one.data for one in of_case if one.kind == CONTACT],
        pictures=[picture.side for picture in pictures],
    )


def change_case(case_id: str, changes: Mapping[str, Any]) -> None:
    """Set some of a case's own fields, and tell it in the timeline; raises `NotHere`."""
    at = right_now()
    with transaction(office().store) as session:
        if not cases.take(session, case_id) or cases.status_of(session, case_id, caller().reach) is None:
            raise NotHere
        if changes:
            cases.change(session, case_id, changes, at)
            timeline.add(session, timeline.Event(case_id, at, "case_changed", caller().name, changes))
        note(session, "case.change", case_id)


def writer() -> Writer:
    """Who writes, and what they may."""
    payers = office().desk.rulebook.payer_ids
    may = grants(current_client().scopes, APPROVE_UNCONFIRMED)
    return Writer(caller().name, right_now(), payers, may)


def _open(session: Session, case_id: str) -> CaseFile:
    file = open_case(session, office().desk, case_id, right_now(), caller().reach)
    if file is None:
        raise NotHere
    return file


def _open_files() -> Iterator[CaseFile]:
    return open_cases(office().store, office().desk, right_now(), caller().reach)


def _id_of(record: Record) -> str:
    return record.id
