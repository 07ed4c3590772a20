"""The pages in a real browser: as a person sees and works them, both languages, keyboard, phone, dark."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.api.staff import take_in
from tests.browsers import with_a_browser
from tests.console.windows import MEMBERS, Seen, fill_in, send, sign_in


@with_a_browser
def test_every_page_and_state_is_sound_for_everybody(seen: Seen, address: str) -> None:
    page = seen.page
    page.goto(f"{address}/")
    seen.look()
    page.fill("#name", "clerk")
    page.fill("#password", "not the password")
    send(page, "main button")
    seen.look()
    sign_in(page, address)
    seen.look()
    page.goto(f"{address}/verify")
    seen.look()
    fill_in(page, payer="nobody")
    send(page, "form.verify button")
    seen.look()
    fill_in(page, payer="medicare", member_id="1EG4TE5MK73")
    send(page, "form.verify button")
    if page.locator('input[value="new"]').count():  # somebody was here before, in another window
        seen.look()
        send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    seen.look()
    page.goto(f"{page.url}/compare")
    seen.look()
    page.goto(f"{address}/")
    seen.look()
    page.goto(f"{address}/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44")
    seen.look()
    page.goto(f"{address}/second-factor")
    seen.look()
    send(page, "main form button")
    seen.look()


@with_a_browser
@pytest.mark.parametrize(
    ("role", "pages"), [("auditor", ["audit"]), ("administrator", ["staff", "keys", "webhooks"])]
)
def test_the_pages_of_auditors_and_administrators_are_sound_too(
    seen: Seen, app: Flask, address: str, role: str, pages: list[str]
) -> None:
    take_in(app, f"some {role}", role)
    sign_in(seen.page, address, f"some {role}", f"{address}/{pages[0]}")
    for name in pages:
        seen.page.goto(f"{address}/{name}")
        seen.look()


@with_a_browser
def test_a_person_is_verified_and_a_call_entered_with_the_keyboard_alone(
    chromium: Browser, app: Flask, address: str
) -> None:
    take_in(app, "clerk", "admissions")
    page = chromium.new_context(locale="en-US").new_page()
    sign_in(page, address)
    page.goto(f"{address}/verify")
    keys = page.keyboard
    page.wait_for_function("document.activeElement.id === 'payer'")  # the first field has the focus
    keys.type("florida-blue")
    page.wait_for_selector("#about-payer .hint")  # it asks for a group number too
    for text in ("", f"XJBH{next(MEMBERS)}", "", "Ana", "Prueba"):
        keys.press("Tab")
        keys.type(text)
    keys.press("Tab")
    keys.type("03021987")
    keys.press("Enter")
    page.wait_for_url("**/verifications/*")
    first = page.url
    assert "Membership not confirmed" in page.inner_text("main")
    page.focus('select[name$="/active"]')
    keys.press("y")
    page.focus("#reference")
    keys.type("CALL-123")
    keys.press("Enter")
    page.wait_for_url(lambda url: url != first and "/verifications/" in url)
    assert "Membership not confirmed" not in page.inner_text("main")
    page.context.close()


@with_a_browser
def test_the_first_thing_that_the_keyboard_reaches_leads_past_the_menu(
    chromium: Browser, app: Flask, address: str
) -> None:
    take_in(app, "clerk", "admissions")
    page = chromium.new_context(locale="en-US").new_page()
    sign_in(page, address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()
