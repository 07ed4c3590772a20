"""The pages of a case in a real browser: sound in every state, worked as a clerk would, keyboard alone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.api.staff import take_in
from tests.browsers import with_a_browser
from tests.console.windows import MEMBERS, Seen, fill_in, send, sign_in

TABS = ("", "/authorizations", "/quotes", "/contacts", "/hand-off")


def open_case(page: Page, address: str, **typed: str) -> str:
    """Verify somebody new and come to their case; returns its address."""
    page.goto(f"{address}/verify")
    fill_in(page, member_id=f"XJBH{next(MEMBERS)}", **typed)
    send(page, "form.verify button[accesskey]")
    page.wait_for_url("**/verifications/*")
    page.click('a[href*="/console/cases/"]')
    page.wait_for_url("**/cases/*")
    return page.url


def enter_authorization(page: Page, case: str) -> None:
    page.goto(f"{case}/authorizations")
    page.select_option("#level_of_care", "intensive_outpatient")
    page.fill("#payer", "florida-blue")
    page.select_option("#status", "approved")
    page.fill("#valid_from", "2026-12-07")
    page.fill("#units_approved", "10")
    page.select_option("#unit", "day")
    send(page, "form.record button")


@with_a_browser
@pytest.mark.parametrize("seen", ["desktop", "phone"], indirect=True)
def test_every_page_of_a_case_is_sound_in_every_state(seen: Seen, address: str) -> None:
    page = seen.page
    sign_in(page, address)
    case = open_case(page, address)
    for tab in TABS:
        page.goto(case + tab)
        seen.look()
    page.goto(f"{case}/authorizations")
    page.fill("#payer", "nobody")
    send(page, "form.record button")
    seen.look()
    enter_authorization(page, case)
    seen.look()
    page.click("summary")
    seen.look()
    page.goto(f"{case}/quotes")
    send(page, "form.record button")
    seen.look()
    send(page, 'button[value="approved"]')  # nobody confirmed the membership
    assert page.locator('[role="alert"]').count() == 1
    seen.look()
    page.goto(f"{case}/contacts")
    page.fill("#name", "Luz Prueba")
    page.select_option("#safe_channel", "phone")
    send(page, "form.record button")
    seen.look()
    page.fill("#phone", "305-555-0100")
    send(page, "form.record button")
    seen.look()
    for tab in (*TABS[:4],):
        page.goto(case + tab)
        seen.look()
    page.goto(f"{address}/clocks")
    seen.look()


@with_a_browser
def test_an_authorization_is_entered_with_the_keyboard_alone(
    chromium: Browser, app: Flask, address: str
) -> None:
    take_in(app, "clerk", "admissions")
    page = chromium.new_context(locale="en-US").new_page()
    sign_in(page, address)
    case = open_case(page, address)
    page.goto(f"{case}/authorizations")
    keys = page.keyboard
    page.focus("#status")
    keys.type("app")
    page.focus("#number")
    keys.type("AUTH-77")
    keys.press("Tab")
    keys.type("12072026")
    page.focus("#units_approved")
    keys.type("10")
    keys.press("Enter")
    page.wait_for_url("**/authorizations/*")
    assert "10 of 10 sessions left" in page.inner_text("main")
    page.context.close()


@with_a_browser
@pytest.mark.parametrize("tab", TABS)
def test_a_page_of_a_case_can_be_read_at_four_times_its_size(
    chromium: Browser, app: Flask, address: str, tab: str
) -> None:
    take_in(app, "clerk", "admissions")
    # 1280 pixels at 400 % are 320 CSS pixels.
    context = chromium.new_context(locale="en-US", viewport={"width": 320, "height": 256})
    page = context.new_page()
    sign_in(page, address)
    page.goto(open_case(page, address) + tab)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
