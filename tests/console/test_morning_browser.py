"""The morning list in a real browser: thirty rows of which four need a look, put up, done, mended, called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from service.app import create_app
from service.config import Settings
from service.explain.page import FLORIDA
from service.first_run import prepare
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.test_morning import HEAD, about, on_file, row, settings  # noqa: F401 (fixtures)
from tests.console.windows import WAYS, Seen, send, sign_in

MANY = 26
SLOW = 60_000


@pytest.fixture(scope="module")
def settings_that_work(settings: Settings) -> Settings:  # noqa: F811
    """The same installation, whose own workers do the rows."""
    return replace(settings, jobs_threads=2)


@pytest.fixture(scope="module")
def app(settings_that_work: Settings) -> Iterator[Flask]:
    """The service, with workers that do the rows."""
    prepare(settings_that_work)
    made = create_app(settings_that_work)
    yield made
    made.extensions["office"].close()


def rows(first: int) -> str:
    """Thirty rows, of which four need a look: inactive, not reached, another payer, not readable."""
    quiet = [row(first + number, f"{8 + number // 4}:{number % 4 * 15:02}") for number in range(MANY)]
    exceptions = [
        about("inactive", "9:05"),
        about("unable-always", "9:20"),
        row(first + MANY, "9:35", payer="Aetna"),
        row(first + MANY + 1, "9:50", born="31/01/1990"),
    ]
    return "\n".join([HEAD, *quiet, *exceptions])


@pytest.fixture
def first(app: Flask, request: pytest.FixtureRequest) -> int:
    """The number of the first of the people on file that a test has for itself."""
    way = 1 + list(WAYS).index(request.node.callspec.params["seen"])
    clerk = signed_in(app, "somebody", "admissions")
    for number in range(MANY + 1):
        on_file(clerk, way * 1000 + number)
    return way * 1000


def put_up(page: Page, text: str) -> None:
    page.fill("#rows", text)
    send(page, ".put-up button")


def call_in_minutes(page: Page, minutes: int) -> None:
    """Ask for a call in the first row that can have one."""
    form = page.locator("#day-rows details.call").first
    form.locator("summary").click()
    at = datetime.now(FLORIDA) + timedelta(minutes=minutes)
    form.locator('input[type="datetime-local"]').fill(at.strftime("%Y-%m-%dT%H:%M"))
    with page.expect_navigation():
        form.locator("button").click()


@with_a_browser
def test_thirty_rows_are_done_while_the_page_is_open_and_four_of_them_come_first(
    seen: Seen,
    address: str,
    first: int,
) -> None:
    page = seen.page
    sign_in(page, address)
    page.goto(f"{address}/morning")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    seen.look()
    put_up(page, "name,dob\nx,y")
    seen.look()
    put_up(page, rows(first))
    seen.look()
    page.wait_for_selector("#progress:not(:has(progress))", timeout=SLOW)  # by itself, without a reload
    seen.look()
    assert page.locator(".group").count() == 4
    assert page.locator(".group .rows > li").count() == 4
    assert page.locator(".quiet-rows tbody tr").count() == MANY
    assert not page.locator(".quiet-rows table").is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    seen.look()
    page.reload()
    call_in_minutes(page, -5)
    call_in_minutes(page, 60 * 24 * 3)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    seen.look()
    send(page, 'button[value="no_answer"]')
    page.goto(f"{address}/morning")
    while page.locator('button[value="reached"]').count():
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        send(page, 'button[value="reached"]')
    seen.look()


@with_a_browser
def test_a_row_is_mended_with_the_keyboard_alone(
    chromium: Browser,
    app: Flask,
    address: str,
) -> None:
    page = chromium.new_context(locale="en-US").new_page()
    signed_in(app, "clerk", "admissions")
    sign_in(page, address)
    page.goto(f"{address}/morning")
    if not page.locator("#rows").is_visible():
        page.get_by_text("Put up another list").click()
    put_up(page, f"{HEAD}\n{row(900_001, born='31/01/1990')}")
    page.focus("#r1-birth_date")
    page.keyboard.press("Control+A")
    page.keyboard.type("01/31/1990")
    page.keyboard.press("Enter")
    page.wait_for_url("**#row-1")
    page.wait_for_selector("#progress:not(:has(progress))", timeout=SLOW)
    assert page.locator("#r1-birth_date").count() == 0
    assert "Membership not confirmed" in page.inner_text("#day-rows")
    page.context.close()
