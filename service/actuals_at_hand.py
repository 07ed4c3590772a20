"""What payers paid, for the request at hand: taken in, typed, listed and measured, and noted in the trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.actuals.importing import Importer, Taken, take_in
from service.actuals.keeping import ADDED, Given, in_order, keep
from service.actuals.matching import Matcher
from service.actuals.measuring import Measured, measure_all, propose_all
from service.actuals.tables import read_typed
from service.at_hand import caller, clinic_day, office
from service.casework.file import ACTUAL
from service.casework.rates import Proposal
from service.noting import note
from service.record import right_now
from service.store import cases, records
from service.store.records import Record
from service.store.session import Session, transaction


class NotHere(Exception):
    """There is no such case that the caller may see."""


def take(content: bytes) -> Taken:
    """Take in a file of what was paid; raises `UnusableFile`."""
    who = caller()
    return take_in(Importer(office(), who.name, who.reach, right_now(), note), content)


def draft(case_id: str, said: Any) -> Given:
    """Read a session that somebody typed; raises `NotHere`, or `BadRequest` with everything wrong with it."""
    with transaction(office().store) as session:
        if cases.status_of(session, case_id, caller().reach) is None:
            raise NotHere
    on, level, stated = read_typed(said, clinic_day())
    planned = Matcher(office(), caller().reach).find_planned(case_id, on, level)
    return Given(1, on, replace(planned, level=level or planned.level), (stated,))


def keep_typed(session: Session, case_id: str, given: Given) -> Record:
    """Keep a session that was typed, as the first thing in its transaction; raises `NotHere`."""
    done = keep(session, case_id, (given,), caller().name, right_now(), ADDED)
    if done is None:
        raise NotHere
    note(session, "actual.create", done[0].record.id)
    return done[0].record


def of_case(case_id: str) -> list[Record]:
    """What was paid for the sessions of a case, by their day; raises `NotHere`."""
    with transaction(office().store) as session:
        if cases.status_of(session, case_id, caller().reach) is None:
            raise NotHere
        found = records.of_case(session, case_id, ACTUAL)
        note(session, "actual.list", case_id)
    return [*in_order(found)]


def measured() -> Measured:
    """How good estimates were, of the cases that the caller may see."""
    with transaction(office().store) as session:
        note(session, "actual.measure")
    return measure_all(office().store, caller().reach)


def proposed() -> list[Proposal]:
    """The contracted rates that paid sessions speak against, of the cases that the caller may see."""
    with transaction(office().store) as session:
        note(session, "actual.measure")
    return propose_all(office(), caller().reach)
