"""A row is verified by the service's own worker: once, for whoever put it up, whatever happens on the way."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from payers.switchboard import Switchboard
from service import record
from service.jobs import lists, worker
from service.jobs.worker import work_once
from service.office import Office
from service.record import Caller
from service.store import batches, cases, trail, verifications
from service.store.leases import ASKING_LEASE
from service.store.pages import Page
from service.store.session import transaction
from service.store.tables import cases as case_table
from service.store.tables import verifications as verification_table
from service.store.verifications import Verification
from tests.jobs.conftest import ANA, about, codes, done, put_up, rows_of
from tests.verify.desk import NOW, told

LUZ = {
    "date": "11/23/2026",
    "payer": "Florida Blue",
    "member_id": "XJBH12345678",
    "first_name": "Luz",
    "last_name": "Ensayo",
    "birth_date": "01/31/1990",
    "level_of_care": "op",
}


def verification(office: Office, row: dict[str, Any]) -> Verification:
    with transaction(office.store) as session:
        found = verifications.get(session, row["verification_id"])
    assert found is not None
    return found


def how_many(office: Office) -> tuple[int, int]:
    """How many cases and verifications there are."""
    with transaction(office.store) as session:
        counted = (select(func.count()).select_from(table) for table in (case_table, verification_table))
        one, two = (session.connection.execute(query).scalar_one() for query in counted)
    return one, two


def on_file(office: Office, **more: Any) -> Verification:
    """Luz, on file with a call that confirmed her membership."""
    body = {
        "payer": "florida-blue",
        "member": {
            "member_id": "XJBH12345678",
            "first_name": "Luz",
            "last_name": "Ensayo",
            "birth_date": "1990-01-31",
        },
        "level_of_care": "outpatient",
        "start_date": "2026-11-23",
        "told_benefits": told("2026-11-20T15:02:00Z", active=True),
        **more,
    }
    draft = record.draft_new(office, ANA, body)
    with transaction(office.store) as session:
        record.keep(session, draft)
    return draft.verification


# --- somebody new


def test_a_row_opens_a_case_and_is_answered_for_the_day_of_the_appointment(office: Office) -> None:
    [row] = done(office, about("ppo-full"))
    assert (row["state"], codes(row), row["checked_by"]) == ("done", ["first_time"], "reported")
    assert (row["day"], row["time"], row["levels"]) == ("2026-11-23", "09:30", ["intensive_outpatient"])
    made = verification(office, row)
    assert (made.start_date.isoformat(), made.made_by, made.client_id) == ("2026-11-23", "ana", "client-1")
    assert made.case_id == row["case_id"]
    with transaction(office.store) as session:
        events, _ = trail.page_of(session, trail.Filter(subject=made.id), Page())
        case = cases.get(session, made.case_id)
    assert [(one.action, one.actor_name) for one in events] == [("verification.create", "ana")]
    assert case is not None
    assert case.label == "Ana P."


def test_the_same_rows_twice_on_one_day_are_one_list_and_verified_once(office: Office) -> None:
    first = put_up(office, LUZ)
    assert put_up(office, dict(reversed(LUZ.items()))) == first
    while work_once(office):
        pass
    assert put_up(office, LUZ) == first
    assert not work_once(office)
    assert how_many(office) == (1, 1)
    assert put_up(office, LUZ | {"time": "10:00"}) != first
    with time_machine.travel(record.right_now() + timedelta(days=1), tick=True):
        assert put_up(office, LUZ) != first


def test_a_list_of_a_client_that_sees_its_own_alone_is_its_own(office: Office) -> None:
    one, other = (Caller(name, name, name) for name in ("client-2", "client-3"))
    assert put_up(office, LUZ, caller=one) != put_up(office, LUZ, caller=other)
    while work_once(office):
        pass
    assert how_many(office) == (2, 2)


def test_two_rows_of_one_new_person_are_one_case_however_many_work(office: Office) -> None:
    times = [f"{hour}:00" for hour in range(8, 16)]
    list_id = put_up(office, *(LUZ | {"time": time} for time in times))

    def work(_: int) -> None:
        while work_once(office):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    rows = rows_of(office, list_id)
    assert [row["state"] for row in rows] == ["done"] * len(times)
    assert how_many(office) == (1, len(times))


# --- somebody on file


def test_a_row_goes_on_with_the_case_and_what_was_told_is_not_lost(office: Office) -> None:
    before = on_file(office)
    [row] = done(office, LUZ)
    assert (row["case_id"], codes(row), row["checked_by"]) == (before.case_id, ["unchanged"], "told")
    made = verification(office, row)
    assert (made.replaces, made.told, made.kind) == (before.id, before.told, "verified_again")
    assert how_many(office) == (1, 2)


def test_a_row_without_a_level_asks_for_the_care_that_is_left(office: Office) -> None:
    asked = [
        {"level_of_care": "php", "start_date": "2026-11-09", "weeks": 3},
        {"level_of_care": "iop", "weeks": 6},
    ]
    on_file(office, level_of_care=None, start_date=None, phases=asked)
    for day, weeks in (("2026-11-23", 1), ("2026-11-24", 1), ("2026-11-25", 1)):
        [row] = done(office, LUZ | {"date": day, "level_of_care": ""})
        first, second = verification(office, row).request["phases"]
        assert (first["level_of_care"], first["start_date"], first["weeks"]) == ("php", day, weeks)
        assert (second["level_of_care"], second["weeks"]) == ("iop", 6)


def test_care_that_is_asked_about_every_day_ends_when_it_was_to_end(office: Office) -> None:
    on_file(office, start_date="2026-11-23", weeks=2)
    weeks = []
    for day in ("2026-11-24", "2026-11-25", "2026-11-30", "2026-12-01", "2026-12-06"):
        [row] = done(office, LUZ | {"date": day, "level_of_care": ""})
        weeks.append(verification(office, row).request["phases"][0]["weeks"])
    assert weeks == [2, 2, 1, 1, 1]


def test_a_level_that_the_row_names_is_what_is_asked_for(office: Office) -> None:
    asked = [
        {"level_of_care": "php", "start_date": "2026-11-23", "weeks": 3},
        {"level_of_care": "iop", "weeks": 6},
    ]
    on_file(office, level_of_care=None, start_date=None, phases=asked)
    [row] = done(office, LUZ | {"level_of_care": "IOP"})
    [phase] = verification(office, row).request["phases"]
    assert (phase["level_of_care"], phase["start_date"], phase["weeks"]) == ("iop", "2026-11-23", 6)
    [row] = done(office, LUZ | {"level_of_care": "outpatient"})
    [phase] = verification(office, row).request["phases"]
    assert phase == {"level_of_care": "outpatient", "start_date": "2026-11-23"}


@pytest.mark.parametrize(("asked", "row"), [("iop", "Intensive outpatient"), ("intensive_outpatient", "IOP")])
def test_a_level_that_is_under_way_goes_on_however_it_is_written(
    office: Office, asked: str, row: str
) -> None:
    on_file(office, level_of_care=asked, start_date="2026-11-09", weeks=5)
    [made] = done(office, LUZ | {"level_of_care": row})
    assert verification(office, made).request["phases"][0]["weeks"] == 3


def test_a_row_without_a_level_of_somebody_new_is_not_readable(office: Office) -> None:
    [row] = done(office, LUZ | {"level_of_care": ""})
    assert (row["state"], codes(row)) == ("not_readable", ["not_readable"])
    assert [(one["field"], one["code"]) for one in row["errors"]] == [("level_of_care", "care_missing")]


def test_what_only_the_whole_question_shows_is_told_at_a_column_of_the_row(office: Office) -> None:
    [row] = done(office, LUZ | {"level_of_care": "RTC"})
    assert (row["state"], row["attempt"]) == ("not_readable", 0)
    assert [(one["field"], one["code"]) for one in row["errors"]] == [("level_of_care", "weeks_missing")]
    on_file(office)
    [row] = done(office, LUZ | {"level_of_care": "RTC"})
    assert [(one["field"], one["code"]) for one in row["errors"]] == [("level_of_care", "weeks_missing")]


def test_a_case_that_is_closed_is_not_taken_up_again(office: Office) -> None:
    before = on_file(office)
    with transaction(office.store) as session:
        cases.change(session, before.case_id, {"status": "discharged"}, NOW)
    [row] = done(office, LUZ)
    assert row["case_id"] != before.case_id


def test_a_twin_on_the_same_card_is_somebody_else(office: Office) -> None:
    before = on_file(office)
    [row] = done(office, LUZ | {"first_name": "Sol"})
    assert row["case_id"] != before.case_id


# --- rows that cannot be read, payers that cannot be asked


def test_every_fault_of_every_bad_row_is_told_and_good_rows_go_on(office: Office) -> None:
    bad = LUZ | {"payer": "nobody at all", "birth_date": "31/01/1990", "time": "late", "last_name": ""}
    first, second = done(office, bad, LUZ)
    assert {one["field"]: one["code"] for one in first["errors"]} == {
        "payer": "unknown_payer",
        "birth_date": "not_a_date",
        "time": "not_a_time_of_day",
        "last_name": "required",
    }
    assert all(one["message"] for one in first["errors"])
    assert first["typed"]["birth_date"] == "31/01/1990"
    assert second["state"] == "done"
    assert how_many(office) == (1, 1)


def test_a_bad_row_is_mended_in_its_place_and_then_done(office: Office) -> None:
    list_id = put_up(office, LUZ | {"payer": "nobody at all"})
    for payer, state in (("still nobody", "not_readable"), ("BCBS of Florida", "waiting")):
        with transaction(office.store) as session:
            item = batches.item_of(session, list_id, 1)
            assert item is not None
            mended = lists.mend(session, office.desk, item, {"payer": payer})
        assert lists.row_of(mended)["state"] == state
    assert work_once(office)
    [row] = rows_of(office, list_id)
    assert (row["state"], row["errors"]) == ("done", [])
    with transaction(office.store) as session:
        item = batches.item_of(session, list_id, 1)
        assert item is not None
        with pytest.raises(lists.NotNow):
            lists.mend(session, office.desk, item, {"payer": "cigna"})


def test_a_payer_that_is_down_is_told_and_can_be_asked_again(office: Office) -> None:
    list_id = put_up(office, about("unable-always"))
    assert work_once(office)
    [row] = rows_of(office, list_id)
    assert codes(row) == ["payer_not_reachable", "membership_not_confirmed"]
    assert (row["state"], row["checked_by"]) == ("done", "not_reached")
    first = verification(office, row)
    with transaction(office.store) as session:
        item = batches.item_of(session, list_id, 1)
        assert item is not None
        lists.ask_again(session, item)
    assert work_once(office)
    [again] = rows_of(office, list_id)
    assert verification(office, again).replaces == first.id


def test_a_row_that_is_asked_again_is_compared_with_what_was_there_before_its_list(office: Office) -> None:
    on_file(office)
    list_id = put_up(office, LUZ | {"payer": "aetna"})
    for _ in range(2):
        assert work_once(office)
        [row] = rows_of(office, list_id)
        assert codes(row)[0] == "payer_changed"
        with transaction(office.store) as session:
            item = batches.item_of(session, list_id, 1)
            assert item is not None
            lists.ask_again(session, item)


# --- whatever happens


def test_a_worker_that_dies_after_asking_leaves_nothing_and_the_next_has_one_result(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = put_up(office, LUZ)
    asked: list[str] = []
    with monkeypatch.context() as killing:
        killing.setattr(
            worker, "_keep", lambda *_: asked.append("killed") or (_ for _ in ()).throw(SystemExit)
        )
        with pytest.raises(SystemExit):
            work_once(office)
    assert (asked, how_many(office)) == (["killed"], (0, 0))
    assert not work_once(office)
    with time_machine.travel(record.right_now() + ASKING_LEASE + timedelta(seconds=30), tick=True):
        assert work_once(office)
    [row] = rows_of(office, list_id)
    assert (row["state"], row["attempt"], how_many(office)) == ("done", 2, (1, 1))


def test_a_worker_that_comes_too_late_keeps_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id = put_up(office, LUZ)
    draft = worker._draft

    def slowly(office: Office, job: worker.Job) -> record.Draft:
        monkeypatch.setattr(worker, "_draft", draft)
        with time_machine.travel(record.right_now() + ASKING_LEASE + timedelta(seconds=30), tick=True):
            assert work_once(office)  # another has taken the row meanwhile
        return draft(office, job)

    monkeypatch.setattr(worker, "_draft", slowly)
    assert work_once(office)
    [row] = rows_of(office, list_id)
    assert (row["state"], row["attempt"], how_many(office)) == ("done", 2, (1, 1))
    assert verification(office, row).id == row["newest_verification_id"]


def test_a_fault_of_ours_is_tried_again_a_few_times_and_stops_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    list_id = put_up(office, LUZ | {"last_name": "Zqsentinel"}, about("ppo-full"))
    draft = worker._draft

    def faulty(office: Office, job: worker.Job) -> record.Draft:
        if job.item.number == 1:
            raise RuntimeError("Zqsentinel")
        return draft(office, job)

    monkeypatch.setattr(worker, "_draft", faulty)
    with caplog.at_level(logging.DEBUG):
        began = record.right_now()
        for seconds in range(0, 160, 40):
            with time_machine.travel(began + timedelta(seconds=seconds), tick=True):
                while work_once(office):
                    pass
    states = [row["state"] for row in rows_of(office, list_id)]
    assert states == ["failed", "done"]
    assert "Zqsentinel" not in caplog.text
    assert caplog.text.count("RuntimeError") == batches.MOST_ATTEMPTS


def test_nobody_is_asked_who_is_not_reached(office: Office) -> None:
    alone = replace(office, desk=replace(office.desk, switchboard=Switchboard((), lambda _: None)))  # type: ignore[arg-type,return-value]
    [row] = done(alone, about("ppo-full"))
    assert (codes(row), row["checked_by"]) == (["membership_not_confirmed"], "published")
