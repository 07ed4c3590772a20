"""What is known of a case besides its verifications: kept sealed, found by kind, gone with its case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.store import cases, records
from service.store.purge import Wanted, purge
from service.store.session import Store, transaction
from service.store.tables import case_records
from tests.store.invented import NOW, a_case

LATER = NOW + timedelta(days=1)


@pytest.fixture
def case(store: Store) -> cases.Case:
    made = a_case()
    with transaction(store) as session:
        cases.add(session, made)
    return made


def keep(store: Store, case: cases.Case, **other: str) -> records.Record:
    said = {"kind": "authorization", "status": "submitted"} | other
    record = records.draft(case.id, **said, data={"number": "ZQ-AUTH-77"}, by="front desk", at=NOW)
    with transaction(store) as session:
        records.add(session, record)
    return record


def test_a_record_is_found_as_it_was_kept(store: Store, case: cases.Case) -> None:
    kept = keep(store, case)
    keep(store, case, kind="contact")
    with transaction(store) as session:
        assert records.get(session, case.id, kept.id, "authorization") == kept
        assert records.get(session, case.id, kept.id, "contact") is None
        assert records.get(session, "another", kept.id, "authorization") is None
        assert records.of_case(session, case.id, "authorization") == [kept]
        assert len(records.of_case(session, case.id)) == 2


def test_what_it_says_is_sealed(store: Store, case: cases.Case) -> None:
    keep(store, case)
    with transaction(store) as session:
        (row,) = session.connection.execute(select(case_records)).all()
    assert b"ZQ-AUTH" not in b"".join(str(value).encode() for value in row) + row.data


def test_what_is_known_now_takes_the_place_of_what_was(store: Store, case: cases.Case) -> None:
    kept = keep(store, case)
    with transaction(store) as session:
        now = records.change(session, kept, "approved", {"number": "ZQ-2"}, LATER, due_at=LATER)
    assert now == replace(kept, status="approved", data={"number": "ZQ-2"}, updated_at=LATER, due_at=LATER)
    with transaction(store) as session:
        assert records.of_case(session, case.id) == [now]
        records.remove(session, kept.id)
        assert records.of_case(session, case.id) == []


def test_work_is_found_over_all_open_cases_and_over_those_of_one_client(
    store: Store, case: cases.Case
) -> None:
    closed, other = a_case(status="discharged"), a_case(client_id="client-2")
    with transaction(store) as session:
        cases.add(session, closed)
        cases.add(session, other)
    first, _, third = keep(store, case), keep(store, closed), keep(store, other)
    keep(store, case, status="withdrawn")
    with transaction(store) as session:
        wanted = ("authorization", ("submitted", "approved"), cases.CLOSED)
        assert records.of_open_cases(session, *wanted) == [first, third]
        assert records.of_open_cases(session, *wanted, client="client-2") == [third]


def test_a_record_goes_with_its_case_and_a_newer_one_keeps_it(store: Store) -> None:
    old, young = a_case(status="discharged"), a_case(status="discharged")
    with transaction(store) as session:
        cases.add(session, old)
        cases.add(session, young)
    keep(store, old)
    kept = keep(store, young)
    with transaction(store) as session:
        records.change(session, kept, "approved", {}, LATER)
    gone = list(purge(store, Wanted(LATER, cases.CLOSED), lambda *_: None))
    assert sum(each.cases for each in gone) == 1
    with transaction(store) as session:
        assert records.of_case(session, old.id) == []
        assert len(records.of_case(session, young.id)) == 1
