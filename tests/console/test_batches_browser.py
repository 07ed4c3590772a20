"""Batches in a real browser: sound for everybody, followed without a reload, worked with the keyboard."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page

from service.jobs import batch_work
from tests.api.test_batches import GOOD, HEADER
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.test_batches import OTHER_HEADER, OTHER_ROW, settings  # noqa: F401 (fixture)
from tests.console.windows import Seen, send, sign_in

NUMBERS = count(11)


def choose(page: Page, place: Path, text: str) -> None:
    """Choose a file to put up."""
    file = place / f"patients-{next(NUMBERS)}.csv"
    file.write_text(text, encoding="utf-8")
    page.set_input_files("#file", file)


def put_up(page: Page, address: str, place: Path, text: str) -> None:
    """Choose a file on the page of batches, and send it."""
    page.goto(f"{address}/batches")
    choose(page, place, text)
    send(page, ".put-up button")


def one(row: str) -> str:
    """A row about somebody whom nobody put up before."""
    return row.format(next(NUMBERS))


@with_a_browser
def test_a_file_is_put_up_looked_over_worked_on_and_mended(
    seen: Seen,
    app: Flask,
    address: str,
    tmp_path: Path,
) -> None:
    page, office = seen.page, app.extensions["office"]
    sign_in(page, address)
    put_up(page, address, tmp_path, "x" * 100_500)
    seen.look("too-large")
    put_up(page, address, tmp_path, OTHER_HEADER + one(OTHER_ROW) + one(OTHER_ROW).replace("1990", "1790"))
    page.select_option("#column-9", "birth_date")
    send(page, 'button[value="check"]')
    seen.look("column-twice")
    page.select_option("#column-9", "")
    send(page, 'button[value="check"]')
    send(page, 'button[value="begin"]')
    batch_work.work_once(office, 1)
    page.wait_for_selector(".counts dd:text-is('1')")  # by itself, without a reload
    page.click("details.cancel summary")
    seen.look("working")
    batch_work.work_once(office, 9)
    page.wait_for_selector("#to-mend")
    assert page.locator("details.cancel").count() == 0
    seen.look("done")


@with_a_browser
def test_a_batch_is_begun_and_cancelled_with_the_keyboard_alone(
    chromium: Browser,
    app: Flask,
    address: str,
    tmp_path: Path,
) -> None:
    page = chromium.new_context(locale="en-US").new_page()
    signed_in(app, "clerk", "admissions")
    sign_in(page, address)
    page.goto(f"{address}/batches")
    choose(page, tmp_path, HEADER + one(GOOD))
    page.focus("#file")
    page.keyboard.press("Tab")  # the file to fill in
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/batches/files/*")
    page.focus("#column-8")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("details.cancel")
    page.focus("details.cancel summary")
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#batch-state.done")
    assert "Cancelled" in page.inner_text("#batch-state")
    page.context.close()
