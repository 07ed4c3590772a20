"""Open cases are verified again when they are due, once a day, by nobody's hand, and stay whose they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from payers.sandbox.roster import BY_KEY
from payers.switchboard import Switchboard
from schemas.reverification import MONTHLY, Terms
from service import record
from service.casework.file import open_case
from service.casework.keeping import Writer, draft_new, keep_new
from service.cli.sandbox import request_about
from service.jobs import reverified, reverifying, schedule
from service.office import Office
from service.record import Caller
from service.store import batches, cases, leases, trail, verifications
from service.store.pages import Page
from service.store.session import transaction
from service.store.verifications import Verification
from tests.jobs.conftest import ANA
from tests.verify.desk import NOW, told

FIRST = datetime.fromisoformat("2026-12-01T10:30:00+00:00")
"""Half past five at the clinic, on the first of a month."""

MEMBER = {"member_id": "XJBH12345678", "first_name": "Luz", "last_name": "Ensayo", "birth_date": "1990-01-31"}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def on_file(office: Office, caller: Caller = ANA, **more: Any) -> Verification:
    """Luz, on file since November with a call that confirmed her membership."""
    body = {
        "payer": "florida-blue",
        "member": MEMBER,
        "level_of_care": "outpatient",
        "start_date": "2026-11-23",
        "weeks": 12,
        "told_benefits": told("2026-11-20T15:02:00Z", active=True),
        **more,
    }
    draft = record.draft_new(office, caller, body)
    with transaction(office.store) as session:
        record.keep(session, draft)
    return draft.verification


def ticked(office: Office, moment: datetime = FIRST) -> list[dict[str, Any]]:
    """What the list of the day has once it was put up and done."""
    with at(moment):
        schedule.tick(office)
        while reverifying.work_once(office):
            pass
        return rows(office)


def rows(office: Office, reach: str | None = None) -> list[dict[str, Any]]:
    day = record.right_now().astimezone(office.desk.clinic.zone).date()
    with transaction(office.store) as session:
        found: list[dict[str, Any]] = reverified.whole(reverified.of_day(session, day, reach))["items"]
    return found


def codes(row: Mapping[str, Any], name: str = "findings") -> list[str]:
    return [one["code"] for one in row[name]]


def newest(office: Office, case_id: str) -> Verification:
    with transaction(office.store) as session:
        found = verifications.get(session, verifications.ids_of_case(session, case_id)[0])
    assert found is not None
    return found


# --- a list a day


def test_on_the_first_of_a_month_an_open_case_is_verified_again_and_nothing_else_is_said(
    office: Office,
) -> None:
    before = on_file(office)
    [row] = ticked(office)
    assert (row["state"], codes(row, "reasons"), codes(row)) == ("done", ["monthly"], ["unchanged"])
    assert (row["case_id"], row["before_verification_id"]) == (before.case_id, before.id)
    made = newest(office, before.case_id)
    assert (made.id, made.replaces, made.told) == (row["verification_id"], before.id, before.told)
    assert made.request["phases"][0]["start_date"] == "2026-12-01"
    assert made.request["phases"][0]["weeks"] == 11
    assert (made.made_by, made.client_id) == ("schedule", "client-1")
    with transaction(office.store) as session:
        events, _ = trail.page_of(session, trail.Filter(subject=made.id), Page())
    assert [(one.action, one.actor_name) for one in events] == [("verification.reverify", "schedule")]


def test_before_its_hour_at_the_clinic_no_list_is_put_up(office: Office) -> None:
    on_file(office)
    for moment, lists in ((FIRST - timedelta(minutes=31), 0), (FIRST - timedelta(minutes=30), 1)):
        ticked(office, moment)
        with transaction(office.store) as session:
            assert len(batches.page_of(session, schedule.KIND, Page())[0]) == lists


def test_the_last_day_of_a_month_is_too_early_and_a_service_that_stood_still_catches_up(
    office: Office,
) -> None:
    on_file(office)
    assert ticked(office, FIRST - timedelta(days=1)) == []
    for days, reasons in ((2, ["monthly"]), (3, [])):
        found = [codes(row, "reasons") for row in ticked(office, FIRST + timedelta(days=days))]
        assert found == ([reasons] if reasons else [])


def test_two_schedulers_at_once_put_up_one_list(office: Office) -> None:
    case_id = on_file(office).case_id
    with at(FIRST):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: schedule.tick(office), range(4)))
        schedule.tick(office)
        with transaction(office.store) as session:
            [one] = batches.page_of(session, schedule.KIND, Page())[0]
            assert [item.case_id for item in batches.items_of(session, one.id)] == [case_id]


def test_a_day_on_which_nothing_is_due_has_a_list_too_and_nobody_looks_again(office: Office) -> None:
    assert ticked(office) == []
    on_file(office)
    assert ticked(office, FIRST + timedelta(hours=2)) == []


def test_a_closed_case_is_never_asked_about_not_even_if_it_was_closed_in_the_meantime(
    office: Office,
) -> None:
    first, second = on_file(office), on_file(office, member=MEMBER | {"member_id": "XJBH87654321"})
    close(office, first, "discharged")
    with at(FIRST):
        schedule.tick(office)
        close(office, second, "not_admitted")
        while reverifying.work_once(office):
            pass
        [row] = rows(office)
    assert (row["case_id"], row["state"], row["passed_over"]) == (second.case_id, "done", "case_closed")
    assert [newest(office, one.case_id).id for one in (first, second)] == [first.id, second.id]


def close(office: Office, one: Verification, status: str) -> None:
    with transaction(office.store) as session:
        cases.change(session, one.case_id, {"status": status}, NOW)


def test_a_case_that_somebody_verified_since_the_list_was_put_up_is_not_asked_about_twice(
    office: Office,
) -> None:
    before = on_file(office)
    with at(FIRST):
        schedule.tick(office)
    with at(FIRST + timedelta(minutes=1)):
        draft = record.draft_reverified(office, ANA, before)
        with transaction(office.store) as session:
            record.keep(session, draft)
        while reverifying.work_once(office):
            pass
        [row] = rows(office)
    assert row["passed_over"] == "asked_meanwhile"
    assert row["verification_id"] == draft.verification.id == newest(office, before.case_id).id


def test_what_the_profile_leaves_out_is_no_reason(office: Office) -> None:
    on_file(office)
    for terms, lists in ((Terms(reasons=()), 0), (Terms(reasons=(MONTHLY,)), 1)):
        clinic = replace(office.desk.clinic, reverification=terms)
        ticked(replace(office, desk=replace(office.desk, clinic=clinic)))
        with transaction(office.store) as session:
            assert len(batches.page_of(session, schedule.KIND, Page())[0]) == lists


# --- whatever happens on the way


def test_a_row_whose_worker_dies_comes_back_and_is_kept_once(office: Office) -> None:
    before = on_file(office)
    with at(FIRST):
        schedule.tick(office)
        with transaction(office.store) as session:
            [item] = leases.lease(session, schedule.KIND, 1, FIRST)
        assert not reverifying.work_once(office)
    with at(FIRST + leases.LEASE):
        assert reverifying.work_once(office)
        reverifying.do(office, item, reverifying.reverify)  # it comes too late, and keeps nothing
        [row] = rows(office)
    assert (row["state"], row["attempt"]) == ("done", 2)
    with transaction(office.store) as session:
        assert len(verifications.ids_of_case(session, before.case_id)) == 2


def test_a_row_that_fails_again_and_again_is_seen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(office)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with at(FIRST):
        schedule.tick(office)
    with monkeypatch.context() as patched:
        patched.setattr(record, "draft_changed", fail)
        for minute in range(4):
            with at(FIRST + timedelta(minutes=minute)):
                reverifying.work_once(office)
    with at(FIRST + timedelta(minutes=9)):
        [row] = rows(office)
    assert (row["state"], row["is_exception"]) == ("failed", True)


def test_a_question_that_cannot_be_asked_any_more_is_left_to_a_person(office: Office) -> None:
    on_file(office, site="cmhc")
    sites = {name: site for name, site in office.desk.clinic.sites.items() if name != "cmhc"}
    with at(FIRST):
        schedule.tick(office)
        less = replace(office.desk.clinic, sites=sites, default_site="virtual", digest="sha256:less")
        while reverifying.work_once(replace(office, desk=replace(office.desk, clinic=less))):
            pass
        [row] = rows(office)
    assert (row["state"], row["is_exception"]) == ("not_possible", True)
    assert row["errors"]


def test_a_payer_out_of_reach_is_asked_again_the_next_day(office: Office) -> None:
    before = on_file(office)
    degraded = replace(before, id=before.id[:-4] + "ffff", status="degraded", created_at=FIRST)
    with transaction(office.store) as session:
        indexes = verifications.indexes_of(session.vault.current(), degraded.request)
        verifications.add(session, verifications.sealed_row(session.vault.current(), degraded, indexes))
    [row] = ticked(office, FIRST + timedelta(days=1))
    assert (codes(row, "reasons"), row["before_verification_id"]) == (["monthly"], before.id)


# --- whose it is


def test_whoever_sees_its_own_alone_sees_its_own_rows(office: Office) -> None:
    on_file(office)
    mine = on_file(office, Caller("c-2", "c-2", "c-2"), member=MEMBER | {"member_id": "XJBH87654321"})
    assert len(ticked(office)) == 2
    with at(FIRST):
        [row] = rows(office, "c-2")
        assert rows(office, "c-3") == []
    assert row["case_id"] == mine.case_id
    assert newest(office, mine.case_id).client_id == "c-2"


# --- a changed payer


def authorized(office: Office, one: Verification, **said: Any) -> None:
    with transaction(office.store) as session:
        file = open_case(session, office.desk, one.case_id, NOW, None)
        assert file is not None
        writer = Writer("ana", NOW, office.desk.rulebook.payer_ids)
        keep_new(session, draft_new(file, "authorization", said, writer), writer)


GRANTED = {"level_of_care": "intensive_outpatient", "status": "approved", "number": "A-77"}
MARIA = "medicaid-managed-care"
PLAN = "SANDBOX COMMUNITY HEALTH PLAN"


def before_the_change(office: Office, plan: str, day: date = date(2026, 11, 23), **said: Any) -> Verification:
    """Somebody whom nobody asked Medicaid about yet: a call named the plan, which granted care."""
    nobody = replace(office, desk=replace(office.desk, switchboard=Switchboard()))
    call = f"{day - timedelta(days=3)}T15:02:00Z"
    heard = told(call, active=True, managed_care_plan={"name": plan})
    one = on_file(nobody, **request_about(BY_KEY[MARIA], day), told_benefits=heard)
    span = {"valid_from": day.isoformat(), "valid_to": (day + timedelta(days=81)).isoformat()}
    authorized(office, one, **GRANTED, **span, **said)
    return one


def test_a_medicaid_plan_that_changed_leaves_its_authorization_behind_and_whom_to_ask_is_said(
    office: Office,
) -> None:
    before_the_change(office, "Sunshine Health", payer="sunshine-health")
    [row] = ticked(office)
    changed, behind = row["findings"][:2]
    assert changed == {
        "code": "payer_changed",
        "how": "medicaid_plan",
        "before": "Sunshine Health",
        "now": PLAN,
    }
    assert (behind["code"], behind["how"], behind["now"]) == ("authorization_does_not_follow", "plan", PLAN)
    assert behind["authorizations"] == [
        {
            "level": "intensive_outpatient",
            "payer": "Sunshine Health (Medicaid)",
            "number": "A-77",
            "until": "2027-02-12",
        }
    ]
    assert (behind["windows"], behind["phone"]) == ([], "8005550106")
    assert row["is_exception"]
