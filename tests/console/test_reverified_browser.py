"""What was verified again by itself, in a real browser: while it is under way, and with what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from schemas.reverification import Terms
from service.jobs import reverifying, schedule
from service.office import Office
from service.store.session import transaction
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.test_morning import on_file, settings  # noqa: F401 (fixtures)
from tests.console.windows import Seen, sign_in
from tests.jobs.test_schedule import before_the_change


def due_today(app: Flask) -> Office:
    """An office that puts lists up at any hour, with two cases that nobody asked about this month."""
    office: Office = app.extensions["office"]
    clerk, then = signed_in(app, "clerk", "admissions"), datetime.now(UTC) - timedelta(days=40)
    with time_machine.travel(then):
        on_file(clerk, 81)
        before_the_change(office, "Sunshine Health", then.date(), payer="sunshine-health")
    clinic = replace(office.desk.clinic, reverification=Terms(hour=0))
    return replace(office, desk=replace(office.desk, clinic=clinic))


@with_a_browser
def test_the_page_is_sound_while_it_is_under_way_and_with_what_was_found(
    seen: Seen,
    app: Flask,
    address: str,
) -> None:
    page = seen.page
    sign_in(page, address)
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        day = datetime.now(office.desk.clinic.zone).date()
        is_first = schedule.list_of(session, day) is None
    if is_first:
        there = due_today(app)
        schedule.tick(there)
        page.goto(f"{address}/reverified")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        seen.look()
        while reverifying.work_once(there):
            pass
        page.wait_for_selector("#reverified-rows:not(:has(progress))")  # by itself, without a reload
        assert "SANDBOX COMMUNITY HEALTH PLAN" in page.inner_text("#reverified-rows")
    page.goto(f"{address}/morning")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    seen.look()
    page.goto(f"{address}/reverified")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    seen.look()
