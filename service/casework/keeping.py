"""Writes what staff and callers say of a case: each kind of record has its shape, its checks, its status.

What cannot be is refused with every error it has, before anything is written. Each change is an event of
the case's timeline, so that what stood there before can be read later.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marshmallow import Schema

from schemas.authorization import AUTHORIZATION, check_authorization
from schemas.confirmation import CONFIRMATION
from schemas.contact import CONTACT, check_contact
from schemas.problem import Complaints, read_shape
from schemas.quote import QUOTE, check_quote
from service.casework import quotes
from service.casework.file import AUTHORIZATION as AN_AUTHORIZATION
from service.casework.file import CONFIRMATION as A_CONFIRMATION
from service.casework.file import CONTACT as A_CONTACT
from service.casework.file import QUOTE as A_QUOTE
from service.casework.file import CaseFile
from service.store import cases, records, timeline
from service.store.records import Record
from service.store.session import Session
from service.store.timeline import Event

SHAPES: Mapping[str, Schema] = {
    AN_AUTHORIZATION: AUTHORIZATION,
    A_QUOTE: QUOTE,
    A_CONTACT: CONTACT,
    A_CONFIRMATION: CONFIRMATION,
}
KINDS = tuple(SHAPES)
# The status of what has none of its own.
KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, which payers there are, and whether they may approve what nobody confirmed."""

    name: str
    at: datetime
    payers: Container[str]
    may_override: bool = False


def draft_new(file: CaseFile, kind: str, said: Any, writer: Writer) -> Record:
    """Draft something new of a case; raises `BadRequest` with everything that is wrong with it.

    A quote is of the case's newest verification.
    """
    complaints = Complaints()
    frozen = _frozen(file, kind, complaints)
    data = _read(kind, said, None, frozen, writer, complaints)
    return records.draft(file.case.id, kind, data.get("status", KEPT), data, by=writer.name, at=writer.at)


def draft_change(before: Record, said: Any, writer: Writer) -> Record:
    """Draft a record in which what is given is changed; null takes away. Raises as `draft_new` does."""
    complaints = Complaints()
    frozen = {name: before.data[name] for name in quotes.FROZEN if name in before.data}
    whole = said
    if isinstance(said, Mapping):
        kept = {name: before.data[name] for name in before.data if name in SHAPES[before.kind].fields}
        whole = {name: value for name, value in {**kept, **said}.items() if value is not None}
    data = _read(before.kind, whole, before, frozen, writer, complaints)
    return replace(before, status=data.get("status", KEPT), data=data, updated_at=writer.at)


def keep_new(session: Session, record: Record, writer: Writer) -> None:
    """Keep a new record, and tell it in the timeline."""
    records.add(session, record)
    _tell(session, record, f"{record.kind}_added", record.data, writer)
    _go_on(session, record, writer)


def keep_change(session: Session, before: Record, record: Record, writer: Writer) -> None:
    """Put a changed record in the place of what stood there, and tell what changed in the timeline."""
    records.change(session, before, record.status, record.data, record.updated_at)
    names = {*record.data, *before.data}
    changed = {
        name: record.data.get(name) for name in names if record.data.get(name) != before.data.get(name)
    }
    _tell(session, record, f"{record.kind}_changed", changed, writer)
    _go_on(session, record, writer)


def _frozen(file: CaseFile, kind: str, complaints: Complaints) -> dict[str, Any]:
    if kind != A_QUOTE:
        return {}
    if file.latest is None:
        complaints.add("", "nothing_verified", "needs a verification of the case first")
        return {}
    return quotes.freeze(file.latest)


def _read(
    kind: str,
    said: Any,
    before: Record | None,
    frozen: Mapping[str, Any],
    writer: Writer,
    complaints: Complaints,
) -> dict[str, Any]:
    loaded = read_shape(SHAPES[kind], said, complaints)
    if kind == AN_AUTHORIZATION:
        check_authorization(loaded, complaints)
        if "payer" in loaded and loaded["payer"] not in writer.payers:
            complaints.add("/payer", "unknown_payer", "is not a payer of the rulebook")
    elif kind == A_CONTACT:
        check_contact(loaded, complaints)
    elif kind == A_QUOTE and frozen:
        check_quote(loaded, complaints)
        quotes.check_against_answer(loaded, frozen["answer"], complaints)
        quotes.check_step(before, loaded, frozen["answer"], writer.may_override, complaints)
    complaints.raise_any()
    data: dict[str, Any] = SHAPES[kind].dump(loaded)
    if before is not None and kind == A_QUOTE:
        quotes.check_agreed(before, data, complaints)
        complaints.raise_any()
    return {**data, **frozen, **(_signed(loaded, writer, before) if kind == A_QUOTE else {})}


def _signed(quote: Mapping[str, Any], writer: Writer, before: Record | None) -> dict[str, Any]:
    """Who approved a quote, and who told it."""
    if quote["status"] in quotes.BEFORE_APPROVAL:
        return {}
    signed = {"approved_by": (before and before.data.get("approved_by")) or writer.name}
    if quote["status"] in ("given", "acknowledged"):
        signed["told_by"] = quote.get("told_by") or writer.name
    return signed


def _tell(session: Session, record: Record, what: str, data: Mapping[str, Any], writer: Writer) -> None:
    told = {name: value for name, value in data.items() if name != "answer"}
    about = {"record": record.id, "status": record.status, "changes": told}
    timeline.add(session, Event(record.case_id, writer.at, what, writer.name, about))


def _go_on(session: Session, record: Record, writer: Writer) -> None:
    """A case is quoted once somebody was told; and whatever is kept of a case is work on it."""
    changes: dict[str, Any] = {}
    if record.kind == A_QUOTE and record.status in ("given", "acknowledged"):
        status = cases.status_of(session, record.case_id)
        changes = {"status": "quoted"} if status in ("inquiry", "verifying") else {}
    cases.change(session, record.case_id, changes, writer.at)
