"""Rows wait for a place at the payer they ask; people at the desk, and rows that ask nobody, do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import time_machine

from payers.switchboard import Switchboard
from service.jobs import batch, batch_work
from service.jobs.asking import connection_of, limits_of
from service.jobs.batch import results_of
from service.jobs.worker import work_once
from service.office import Office
from service.record import draft_new, right_now
from service.store import batches
from service.store.leases import A_MINUTE, LATER, Limit
from service.store.session import transaction
from tests.jobs.conftest import ANA, about, codes, put_up, rows_of
from tests.verify.desk import NOW


def with_terms(office: Office, **terms: Any) -> Office:
    """The office with other terms of every connection."""
    connections = {name: replace(one, **terms) for name, one in office.desk.clinic.connections.items()}
    clinic = replace(office.desk.clinic, connections=connections)
    return replace(office, desk=replace(office.desk, clinic=clinic))


def request(office: Office, **more: Any) -> dict[str, Any]:
    member = about("ppo-full")
    names = ("member_id", "first_name", "last_name", "birth_date")
    body = {"payer": "cigna", "member": {name: member[name] for name in names}, "level_of_care": "iop"}
    return {**body, "start_date": "2026-11-23", **more}


def put_up_batch(office: Office, *bodies: dict[str, Any]) -> str:
    content = b"\n".join(map(orjson.dumps, bodies))
    put = batch.draft(office, ANA, content)
    with transaction(office.store) as session:
        batch.keep(session, put, ANA, office.desk, lambda _: None)
    return put.batch.id


def connections_of(office: Office, batch_id: str) -> list[str | None]:
    with transaction(office.store) as session:
        return [item.connection for item in batches.items_of(session, batch_id)]


WHOM: list[tuple[dict[str, Any], str | None]] = [
    ({}, "sandbox-mime"),
    ({"live": False}, None),
    ({"payer_reply": "ISA*"}, None),
    ({"as_of": "2026-11-01"}, None),
    ({"payer": "florida-blue"}, None),
    ({"payer": ["cigna"]}, None),
    ({"payer": None, "coverages": [{"payer": "unitedhealthcare"}]}, "sandbox-soap"),
    ({"payer": None, "coverages": [{}]}, None),
]


def test_a_row_knows_whom_it_asks(office: Office) -> None:
    for more, connection in WHOM:
        body = {name: value for name, value in request(office, **more).items() if value is not None}
        assert connection_of(office.desk, body) == connection, more
    assert [connection_of(office.desk, body) for body in (None, [], "cigna", 7)] == [None] * 4


def test_the_limits_are_those_of_the_profile_at_the_clinics_time_of_day(office: Office) -> None:
    here = with_terms(office, at_most=5.0, per_minute=90.0, quiet_hours=("09:00-10:00",)).desk
    there = NOW.astimezone(here.clinic.zone).replace(hour=9, minute=30)
    assert limits_of(here, there)[0] == Limit("sandbox-mime", 5, 90, is_quiet=True)
    assert limits_of(here, there + timedelta(hours=1))[0] == Limit("sandbox-mime", 5, 90)
    follow = {one.connection for one in limits_of(here, there) if one.follows}
    assert follow == {one.id for one in here.clinic.connections.values() if one.administrators} != set()


def test_rows_are_kept_with_the_connection_that_they_ask(office: Office) -> None:
    batch_id = put_up_batch(office, request(office), request(office, live=False))
    assert connections_of(office, batch_id) == ["sandbox-mime", None]
    assert connections_of(office, put_up(office, about("ppo-full"))) == ["sandbox-mime"]


def test_in_quiet_hours_a_row_waits_and_whoever_asks_at_the_desk_is_answered(office: Office) -> None:
    quiet = with_terms(office, quiet_hours=("00:00-23:59",))
    list_id = put_up(quiet, about("ppo-full"))
    other = {"member": {**request(office)["member"], "member_id": "ZQ1", "first_name": "Luz"}, "live": False}
    batch_id = put_up_batch(quiet, request(office), request(office, **other))
    assert not work_once(quiet)
    assert batch_work.work_once(quiet)
    assert not batch_work.work_once(quiet)
    assert [row["state"] for row in rows_of(quiet, list_id)] == ["waiting"]
    assert [one.number for one in results_of(quiet.store, batch_id)] == [2]
    assert draft_new(quiet, ANA, request(office)).verification.heard
    assert work_once(office)
    [row] = rows_of(office, list_id)
    assert (row["state"], row["checked_by"]) == ("done", "reported")


def test_no_more_rows_are_begun_in_a_minute_than_the_connection_takes(office: Office) -> None:
    slow = with_terms(office, per_minute=1)
    list_id = put_up(slow, about("ppo-full"), about("ppo-full", time="11:00"))
    assert [work_once(slow) for _ in range(2)] == [True, False]
    # A reply might have led to the administrator's connection, later.
    after = A_MINUTE + LATER + timedelta(seconds=1)
    with time_machine.travel(right_now() + after, tick=True):
        assert work_once(slow)
    assert [codes(row) for row in rows_of(slow, list_id)] == [["first_time"], ["unchanged"]]


def test_a_row_that_is_led_elsewhere_meanwhile_takes_its_place_there(office: Office) -> None:
    unconnected = replace(office, desk=replace(office.desk, switchboard=Switchboard()))
    batch_id = put_up_batch(unconnected, request(office))
    list_id = put_up(unconnected, about("ppo-full"))
    assert connections_of(office, batch_id) == connections_of(office, list_id) == [None]
    for do_some, found in ((batch_work.work_once, batch_id), (work_once, list_id)):
        assert do_some(office)
        assert connections_of(office, found) == ["sandbox-mime"]
        with transaction(office.store) as session:
            assert batches.progress(session, [found])[found] == {batches.WAITING: 1}
        assert do_some(office)
        with transaction(office.store) as session:
            [item] = batches.items_of(session, found)
        assert (item.state, item.attempt) == (batches.DONE, 1)
