"""Takes in a file of what was paid: read, matched, kept case by case, and told row by row.

Each case goes in a transaction of its own, so that a file that is broken off can be sent again: what is
there already is there once. Nothing that is told says who anybody is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from payers.x12.remittance import is_x12
from service.actuals.entries import Entry, LeftOut
from service.actuals.keeping import IMPORTED, Done, Given, keep
from service.actuals.matching import SEVERAL_CASES, UNMATCHED, Matcher
from service.actuals.remittances import entries_of, read_remittances
from service.actuals.tables import read_table
from service.office import Office
from service.store.session import Session, transaction

X12, CSV = "x12_835", "csv"
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Importer:
    """Who takes in a file, and when; `note` writes what is done with a case into the audit trail."""

    office: Office
    name: str
    reach: str | None
    at: datetime
    note: Callable[[Session, str, str | None], None]

    @property
    def today(self) -> date:
        """The day at the clinic."""
        return self.at.astimezone(self.office.desk.clinic.zone).date()


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a row, or of the day of a claim. `mark` is a keyed hash of a number that was not found."""

    position: int
    outcome: str
    case_id: str | None = None
    on: str | None = None
    level: str | None = None
    mark: str | None = None
    at: int | None = None
    errors: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: its form, each row in order, and what was odd about it."""

    form: str
    rows: Sequence[Row]
    remittances: int = 0
    provider_adjustments: int = 0
    notes: Sequence[tuple[str, Any]] = field(default_factory=tuple)

    @property
    def counts(self) -> Counter[str]:
        """How many rows had which outcome."""
        return Counter(row.outcome for row in self.rows)


def take_in(importer: Importer, content: bytes) -> Taken:
    """Take in a file, recognised by how it begins; raises `UnusableFile`."""
    if not is_x12(content):
        return Taken(CSV, _keep_all(importer, list(read_table(content, importer.today))))
    found = read_remittances(content)
    rows = _keep_all(importer, list(entries_of(found)))
    notes = [(odd.code, odd.at) for one in found for odd in one.oddities]
    adjusted = sum(one.provider_adjustments for one in found)
    return Taken(X12, rows, len(found), adjusted, notes[:MOST_NOTES])


def _keep_all(importer: Importer, entries: Sequence[Entry | LeftOut]) -> list[Row]:
    matcher = Matcher(importer.office, importer.reach)
    rows: list[Row] = []
    by_case: dict[str, list[Given]] = {}
    for entry in entries:
        if isinstance(entry, LeftOut):
            rows.append(Row(entry.position, entry.code, at=entry.at, errors=entry.errors))
            continue
        found = matcher.find_case(entry.number, entry.on)
        if found in (UNMATCHED, SEVERAL_CASES):
            mark = _mark(importer, entry.number)
            rows.append(Row(entry.position, found, on=entry.on.isoformat(), mark=mark))
            continue
        planned = matcher.find_planned(found, entry.on, entry.level)
        by_case.setdefault(found, []).append(Given(entry.position, entry.on, planned, entry.stated))
    for case_id, given in by_case.items():
        rows += _keep_case(importer, case_id, given)
    return sorted(rows, key=lambda row: (row.position, row.on or ""))


def _keep_case(importer: Importer, case_id: str, given: Sequence[Given]) -> Iterator[Row]:
    with transaction(importer.office.store) as session:
        done = keep(session, case_id, given, importer.name, importer.at, IMPORTED)
        if done is not None:
            importer.note(session, "actual.import", case_id)
    if done is None:
        return (Row(one.position, UNMATCHED, on=one.on.isoformat()) for one in given)
    return (_row(case_id, one) for one in done)


def _row(case_id: str, done: Done) -> Row:
    data = done.record.data
    return Row(done.given.position, _whole(done.outcomes), case_id, data["date"], data["level_of_care"])


def _whole(outcomes: Sequence[str]) -> str:
    """What came of a session as a whole: whatever changed it goes before what did not."""
    return next((one for one in ("reversed", "replaced", "kept") if one in outcomes), outcomes[0])


def _mark(importer: Importer, number: str) -> str:
    """A keyed hash of a number, short: it tells one from another, and not whose it is."""
    return importer.office.store.vault.index("claim_number", number).hex()[:12]
