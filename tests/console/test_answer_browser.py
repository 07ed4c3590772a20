"""The answer in a real browser: a call settled as it is typed, sources at their numbers, every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from service.config import HOUSE
from service.office import Office
from tests.api.staff import take_in
from tests.browsers import with_a_browser
from tests.console.test_answer_page import TOLD, count_of_verifications
from tests.console.test_pages import LEVEL
from tests.console.windows import Seen, fill_in, send, sign_in

COVERED = f'select[name="{LEVEL}/covered"]'
SAID = "#preview-said"
FOOT_OF_FIELD_AND_HEAD_OF_VERDICT = """[
  document.activeElement.getBoundingClientRect().bottom,
  document.getElementById("preview").getBoundingClientRect().top,
]"""
LOOKED_UP = ("rulebook", "rulebook?query=nobody", "rulebook/medicare", "rulebook/medigap?plan=g", "clinic")


def ask(page: Page, address: str, payer: str = "florida-blue", level: str = "intensive_outpatient") -> str:
    """Verify somebody new for a first day in December, and return the address of the answer."""
    page.goto(f"{address}/verify")
    member = None if payer == "florida-blue" else "1EG4TE5MK73"
    fill_in(page, payer=payer, member_id=member)
    page.fill("#start_date", "2026-12-07")
    page.check(f'input[value="{level}"]')
    if level == "residential":
        page.fill("#weeks", "4")
    send(page, "form.verify button")
    if page.locator('input[value="new"]').count():
        page.check('input[value="new"]')
        send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    return page.url


def tell(page: Page) -> None:
    """Fill in what was said on a call."""
    for name, text in TOLD.items():
        field = page.locator(f'#call [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


@pytest.fixture
def clerk(chromium: Browser, app: Flask, address: str) -> Iterator[Page]:
    """A window in which somebody of the admissions staff has signed in."""
    take_in(app, "clerk", "admissions")
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, address)
    yield page
    context.close()


# --- the call


@with_a_browser
def test_a_call_typed_with_the_keyboard_alone_settles_what_was_unknown_and_saves_nothing(
    clerk: Page, app: Flask, address: str
) -> None:
    made = ask(clerk, address)
    before = count_of_verifications(app)
    assert "Coverage unknown" in clerk.inner_text(SAID)
    clerk.focus(COVERED)
    clerk.keyboard.press("y")
    clerk.wait_for_selector(f"{SAID} .coverage-covered")
    assert clerk.evaluate("document.activeElement.name") == f"{LEVEL}/covered", "nobody is moved"
    clerk.focus(f'select[name="{LEVEL}/prior_authorization"]')
    clerk.keyboard.type("not")
    clerk.keyboard.press("ArrowDown")
    for name, text in list(TOLD.items())[2:3]:
        clerk.focus(f'[name="{name}"]')
        clerk.keyboard.type(text)
    clerk.wait_for_selector("#answered-q-told_benefits-levels-intensive_outpatient-coinsurance:has-text('✓')")
    assert clerk.input_value(f'[name="{LEVEL}/coinsurance"]') == "20"
    assert "If you save this" in clerk.inner_text("#preview")
    assert clerk.url == made
    assert count_of_verifications(app) == before, "nothing is kept before it is saved"


@with_a_browser
def test_what_cannot_be_read_yet_does_not_disturb_whoever_is_typing(clerk: Page, address: str) -> None:
    ask(clerk, address)
    amount = f'input[name="{LEVEL}/copay/amount"]'
    clerk.focus(amount)
    clerk.keyboard.type("40.0.")
    clerk.wait_for_selector(f"{SAID} .fault")
    assert "Cannot be read yet" in clerk.inner_text(SAID)
    assert clerk.evaluate("document.activeElement.value") == "40.0."
    clerk.keyboard.press("Backspace")
    clerk.wait_for_selector(f"{SAID}:not(:has(.fault))")
    assert clerk.input_value(amount) == "40.0"


@with_a_browser
def test_a_service_that_cannot_be_reached_says_so_and_what_was_typed_stays(clerk: Page, address: str) -> None:
    ask(clerk, address)
    clerk.route("**/told/preview", lambda route: route.abort())
    clerk.select_option(COVERED, "yes")
    clerk.wait_for_selector(f"{SAID}:has-text('cannot be reached')")
    assert clerk.input_value(COVERED) == "yes"


@with_a_browser
def test_a_session_that_ended_meanwhile_is_told_of_and_what_was_typed_stays(
    clerk: Page, address: str
) -> None:
    made = ask(clerk, address)
    clerk.context.clear_cookies()
    clerk.select_option(COVERED, "yes")
    clerk.wait_for_selector(f"{SAID}:has-text('Your session is over')")
    assert clerk.url == made
    assert clerk.input_value(COVERED) == "yes"


@with_a_browser
def test_on_a_portal_nobody_is_named_and_the_screen_is(clerk: Page, address: str) -> None:
    ask(clerk, address)
    assert clerk.get_by_label("Representative").is_visible()
    clerk.select_option("#channel", "portal")
    assert clerk.get_by_label("Representative").is_hidden()
    assert clerk.get_by_label("Which screen").is_visible()


@with_a_browser
def test_the_verdict_stays_in_sight_while_a_long_form_is_filled_in(clerk: Page, address: str) -> None:
    ask(clerk, address)
    clerk.locator('#call [name="/told_benefits/claims/payer_id"]').scroll_into_view_if_needed()
    assert clerk.locator("#preview .verdict").bounding_box()["y"] > 0  # type: ignore[index]


@with_a_browser
def test_on_a_phone_the_verdict_covers_no_field_that_the_keyboard_reaches(
    chromium: Browser, app: Flask, address: str
) -> None:
    take_in(app, "clerk", "admissions")
    still = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}
    context = chromium.new_context(locale="en-US", **still)
    page = context.new_page()
    sign_in(page, address)
    ask(page, address)
    page.focus("#channel")
    for _ in range(20):
        page.keyboard.press("Tab")
        foot, verdict = page.evaluate(FOOT_OF_FIELD_AND_HEAD_OF_VERDICT)
        assert foot <= verdict, page.evaluate("document.activeElement.name")
    context.close()


# --- sources at their numbers


@with_a_browser
def test_a_source_is_shown_at_its_number_on_focus_and_on_hover_and_goes_with_escape(
    clerk: Page, address: str
) -> None:
    ask(clerk, address, "medicare")
    mark, tip = clerk.locator(".verdict a.cite").first, clerk.locator("#tip")
    source = clerk.locator(str(mark.get_attribute("href"))).inner_text()
    assert tip.is_hidden()
    mark.focus()
    assert tip.is_visible()
    assert tip.inner_text() == source
    clerk.keyboard.press("Escape")
    assert tip.is_hidden()
    assert clerk.evaluate("document.activeElement.className") == "cite", "the focus stays where it was"
    other = clerk.locator(".tile a.cite").first
    other.hover()
    assert tip.is_visible()
    box = tip.bounding_box()
    assert box
    clerk.mouse.move(box["x"] + 5, box["y"] + 5)
    assert tip.is_visible(), "it stays while the pointer is on it"
    clerk.mouse.move(2, 2)
    assert tip.is_hidden()
    other.hover()
    assert tip.is_visible()
    clerk.keyboard.press("Escape")
    assert tip.is_hidden()


@with_a_browser
def test_a_source_at_its_number_fits_a_phone(chromium: Browser, app: Flask, address: str) -> None:
    take_in(app, "clerk", "admissions")
    context = chromium.new_context(locale="en-US", viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, address)
    ask(page, address, "medicare")
    for mark in page.locator("main a.cite").all()[:12]:
        mark.focus()
        box = page.locator("#tip").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    context.close()


# --- every page and state


@with_a_browser
@pytest.mark.parametrize("seen", ["desktop", "phone"], indirect=True)
def test_every_state_of_an_answer_is_sound_for_everybody(seen: Seen, address: str) -> None:
    page = seen.page
    sign_in(page, address)
    made = ask(page, address)
    seen.look()
    tell(page)
    page.wait_for_selector("#preview-rest .tiles")
    seen.look()
    page.fill(f'input[name="{LEVEL}/copay/amount"]', "forty")
    page.wait_for_selector(f"{SAID} .fault")
    seen.look()
    send(page, "#call form button")  # refused, and shown again as it was typed
    assert page.url.partition("#")[0] == f"{made}/told"
    seen.look()
    page.fill(f'input[name="{LEVEL}/copay/amount"]', "")
    send(page, "#call form button")
    seen.look()
    page.goto(f"{page.url.partition('#')[0]}/compare")
    seen.look()
    ask(page, address, "medicare", "residential")
    seen.look()
    ask(page, address, "medicare", "step_down")
    page.fill('#call [name="/told_benefits/deductible/individual/limit"]', "300")
    page.select_option('#call [name="/told_benefits/active"]', "yes")
    send(page, "#call form button")
    page.wait_for_selector("#differences")
    page.locator("a.cite").first.focus()
    seen.look()


@with_a_browser
def test_the_pages_to_look_things_up_are_sound_for_everybody(
    seen: Seen, app: Flask, address: str, tmp_path: Path
) -> None:
    page = seen.page
    sign_in(page, address)
    for place in LOOKED_UP:
        page.goto(f"{address}/{place}")
        seen.look()
    page.goto(f"{address}/rulebook/florida-medicaid?level_of_care=all&date_of_service=never")
    seen.look()
    before: Office = app.extensions["office"]
    profile = tmp_path / "clinic.yaml"
    text = (HOUSE / "clinic.example.yaml").read_text("utf-8").replace('npi: "1234567893"', 'npi: "1"')
    profile.write_text(text, "utf-8")
    app.extensions["office"] = replace(before, settings=replace(before.settings, clinic_profile=profile))
    page.goto(f"{address}/clinic")
    assert "sites[0].npi" in page.inner_text("main")
    seen.look()
    app.extensions["office"] = before
