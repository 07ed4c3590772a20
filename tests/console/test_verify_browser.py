"""The verify page and the session in a real browser: what needs a script, and what must hold without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from service.office import Office
from service.store import card_images, sessions, users, verifications
from service.store.session import transaction
from tests.api.staff import PASSWORD, take_in
from tests.browsers import open_chromium, with_a_browser
from tests.console.test_verify import LEVEL, reply_of
from tests.console.windows import WAYS, Seen, fill_in, send, sign_in
from tests.pictures import heic, jpeg

# Pages that were left stay in memory, as in every browser of a person; for tests it is off otherwise.
AS_PEOPLE_HAVE_IT = ["--disable-back-forward-cache"]
CARD = {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": jpeg((2400, 1500))}
NO_CARD = {"name": "card.heic", "mimeType": "image/heic", "buffer": heic()}


@pytest.fixture(scope="module")
def room(app: Flask, address: str) -> str:
    """Where the pages of the service are, to whom somebody of the admissions staff is known."""
    take_in(app, "clerk", "admissions")
    return address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that goes back as people's do."""
    with open_chromium(ignore_default_args=AS_PEOPLE_HAVE_IT) as opened:
        yield opened


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A new window, in which nobody has signed in."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext, room: str) -> Page:
    """The verify page, on which somebody of the admissions staff is."""
    opened = window.new_page()
    opened.set_default_timeout(30_000)
    sign_in(opened, room)
    opened.goto(f"{room}/verify")
    return opened


def end_sessions(app: Flask) -> None:
    """End every session of the clerk, as time does."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        user = users.find(session, "clerk")
        assert user
        sessions.end_all_of(session, user.id)


def sign_in_again(window: BrowserContext, room: str, name: str = "clerk") -> None:
    """Sign in in another tab of the same browser."""
    tab = window.new_page()
    tab.goto(f"{room}/sign-in")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    send(tab, "main button")
    tab.close()


def drop(page: Page, name: str, kind: str, content: bytes) -> None:
    """Drop a file on the first heading of the form."""
    held = page.evaluate_handle(
        "([name, type, bytes]) => { const held = new DataTransfer();"
        " held.items.add(new File([new Uint8Array(bytes)], name, { type })); return held; }",
        [name, kind, [*content]],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("form.verify legend", event, {"dataTransfer": held})


def kept(app: Flask, address: str) -> tuple[Any, list[str]]:
    """The verification at an address, and the sides of the card in its case."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        found = verifications.get(session, address.rsplit("/", 1)[-1])
        assert found
        return found, [card.side for card in card_images.of_case(session, found.case_id)]


# --- every state, for everybody


@with_a_browser
@pytest.mark.parametrize("way", ["desktop", "phone"])
def test_every_state_of_the_verify_page_is_sound_for_everybody(
    browser: Browser, app: Flask, room: str, way: str
) -> None:
    context = browser.new_context(**WAYS[way])
    seen = Seen(context.new_page())
    page = seen.page
    sign_in(page, room)
    page.clock.install()
    page.goto(f"{room}/verify")
    seen.look()
    page.fill("#payer", "floblue")
    page.wait_for_selector("[data-payer]")
    seen.look()
    fill_in(page, member_id="XJBH77712345")
    page.wait_for_selector("[data-groups]", state="attached")
    page.select_option("#relationship", "spouse")
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true; }")
    seen.look()
    page.set_input_files("#card_front", [CARD])
    page.wait_for_selector("#card-front img")
    page.set_input_files("#card_back", [NO_CARD])
    page.wait_for_selector("#card-back .fault")
    seen.look()
    page.fill("#birth_date", "2089-01-01")
    page.fill(f"[name='{LEVEL}/copay/amount']", "forty")
    page.set_input_files("#reply_text", [{"name": "a.271", "mimeType": "text/plain", "buffer": b"no 271"}])
    send(page, "form.verify button")
    seen.look()
    page.clock.fast_forward(13 * 60_000 + 1000)
    page.wait_for_selector("#warning[open]")
    seen.look()
    page.clock.fast_forward(2 * 60_000)
    page.wait_for_selector("#over[open]")
    seen.look()
    end_sessions(app)
    page.click("#over button")
    page.wait_for_selector("#over .fault:not([hidden])")
    seen.look()
    page.evaluate("document.querySelector('form.verify').submit()")
    page.wait_for_selector("main a[target=_blank]")
    seen.look()
    context.close()


# --- fields as they are needed


@with_a_browser
def test_an_insurance_that_is_typed_says_what_it_asks_for(page: Page) -> None:
    assert not page.is_visible("#group_number")
    page.fill("#payer", "BCBS of Florida")
    page.wait_for_selector("#about-payer >> text=Florida Blue")
    assert "three-character prefix" in page.inner_text("#about-payer")
    assert page.is_visible("#group_number")
    assert page.locator("#plans option").count() == 20
    page.fill("#plan", "blueoptions 505")
    page.wait_for_selector("#plans option:only-child", state="attached")
    assert page.locator("#plans option").get_attribute("value") == "blueoptions-505"
    page.fill("#payer", "medicare")
    page.wait_for_selector("#about-payer >> text=Original Medicare")
    assert not page.is_visible("#group_number")
    page.fill("#member_id", "1eg4te5mk73")
    page.press("#member_id", "Tab")
    assert page.input_value("#member_id") == "1EG4-TE5-MK73"


@with_a_browser
def test_a_group_number_that_was_typed_stays_in_sight(page: Page) -> None:
    page.fill("#payer", "cigna")
    page.wait_for_selector("[data-groups]", state="attached")
    page.fill("#group_number", "G-1")
    page.fill("#payer", "medicare")
    page.wait_for_selector("#about-payer >> text=Original Medicare")
    assert page.is_visible("#group_number")


@with_a_browser
def test_the_nearest_insurance_is_chosen_with_the_keyboard(page: Page) -> None:
    page.keyboard.type("sinna")
    page.wait_for_selector("[data-payer=cigna]")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.payer") == "cigna":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#about-payer >> text=✓ Cigna")
    assert page.input_value("#payer") == "cigna"
    assert page.evaluate("document.activeElement.id") == "payer"


@with_a_browser
def test_fields_come_and_go_with_what_is_chosen(page: Page) -> None:
    assert not page.is_visible("#subscriber_first_name")
    page.select_option("#relationship", "child")
    assert page.is_visible("#subscriber_first_name")
    assert page.get_attribute("#weeks", "placeholder") == "8"
    page.check("[name=level_of_care][value=partial_hospitalization]")
    assert page.get_attribute("#weeks", "placeholder") == "3"
    page.check("[name=level_of_care][value=step_down]")
    assert not page.is_visible("#weeks")
    assert page.is_visible("#start_date")


# --- the card


@with_a_browser
def test_a_picture_is_shown_beside_the_fields_and_kept_with_the_case(page: Page, app: Flask) -> None:
    page.set_input_files("#card_front", [CARD])
    page.wait_for_selector("#card-front img")
    assert page.evaluate("document.querySelector('#card-front img').complete")
    fill_in(page)
    send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    assert kept(app, page.url)[1] == ["front"]


@with_a_browser
def test_a_picture_is_replaced_and_removed_and_what_was_typed_stays(page: Page) -> None:
    page.fill("#first_name", "Ana")
    page.set_input_files("#card_back", [CARD])
    first = page.get_attribute("#card-back img", "src")
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    page.set_input_files("#card_back", [CARD])
    page.wait_for_function(
        "before => document.querySelector('#card-back img').src.endsWith(before) === false", arg=first
    )
    page.click("#card_back_remove")
    page.wait_for_selector("#card-back img", state="detached")
    assert page.input_value("#first_name") == "Ana"


@with_a_browser
def test_a_picture_that_does_not_get_through_is_said_so(page: Page) -> None:
    page.route("**/cards/front", lambda route: route.abort())
    page.set_input_files("#card_front", [CARD])
    page.wait_for_selector("#card-unsent:not([hidden])")


@with_a_browser
def test_a_picture_that_is_dropped_is_the_cards(page: Page) -> None:
    for side in ("front", "back"):
        drop(page, "card.jpg", "image/jpeg", jpeg())
        page.wait_for_selector(f"#card-{side} img")


# --- a reply that is dropped, and keys


@with_a_browser
def test_a_271_that_is_dropped_anywhere_is_the_payers_reply(page: Page) -> None:
    content, person = reply_of()
    for name, value in person.items():
        page.fill(f"#{name}", value)
    page.fill("#start_date", "2026-12-07")
    drop(page, "reply.271", "", content)
    assert page.is_visible("#reply_text")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/verifications/*")
    assert "Membership not confirmed" not in page.inner_text("main")


@with_a_browser
def test_control_and_enter_send_the_form_from_any_field(page: Page) -> None:
    fill_in(page)
    page.focus("#site")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/verifications/*")


@with_a_browser
def test_what_is_missing_is_asked_for_before_anything_is_sent(page: Page) -> None:
    page.fill("#first_name", "Ana")
    page.keyboard.press("Control+Enter")
    assert page.evaluate("document.activeElement.id") == "payer"
    assert page.url.endswith("/verify")


# --- leaving


@with_a_browser
def test_to_leave_what_was_typed_asks_first(page: Page, room: str) -> None:
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.fill("#first_name", "Ana")
    with page.expect_event("dialog"):
        page.click("nav a", no_wait_after=True)
    assert asked == ["beforeunload"]
    assert page.input_value("#first_name") == "Ana"


@with_a_browser
def test_to_leave_an_empty_form_or_to_send_one_asks_nothing(page: Page, room: str) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{room}/")
    page.goto(f"{room}/verify")
    fill_in(page)
    send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    assert asked == []
    page.select_option('select[name$="/active"]', "yes")
    page.goto(f"{room}/")
    assert asked == ["beforeunload"], "what is typed of a call is kept as well"


# --- the session


@with_a_browser
def test_before_a_session_ends_a_page_says_so_and_to_stay_is_enough(page: Page, room: str) -> None:
    page.clock.install()
    page.reload()
    page.fill("#first_name", "Ana")
    page.clock.fast_forward(12 * 60_000)
    assert not page.is_visible("#warning")
    page.clock.fast_forward(61_000)
    page.wait_for_selector("#warning[open]")
    assert "You are signed out at" in page.inner_text("#warning")
    assert page.inner_text("#warning button:visible") == "Stay signed in"
    assert page.locator("#warning button:visible").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') === null"), "the rest is out of reach"
    page.focus("#warning button:not([hidden])")
    with page.expect_response("**/stay"):
        page.keyboard.press("Enter")
    page.clock.fast_forward(12 * 60_000)
    assert not page.is_visible("#warning")
    assert page.input_value("#first_name") == "Ana"


@with_a_browser
def test_whoever_types_is_not_signed_out_under_their_hands(page: Page) -> None:
    page.clock.install()
    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/stay" in request.url else None)
    for minute in range(20):
        page.clock.fast_forward(60_001)
        for letter in "ab":
            page.press("#first_name", letter)
        page.wait_for_timeout(20)
        assert not page.is_visible("dialog[open]"), minute
    assert 15 <= len(asked) <= 20, "at most once a minute"


@with_a_browser
def test_a_longest_session_is_not_made_longer(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.evaluate("document.body.dataset.idle")
    page.route(
        "**/stay",
        lambda route: route.fulfill(
            json={**route.fetch().json(), "idle": 100, "ends": 100, "until": "6:00 PM"}
        ),
    )
    page.clock.fast_forward(13 * 60_000 + 2000)
    page.wait_for_selector("#warning[open]")
    with page.expect_response("**/stay"):
        page.click("#warning button:visible")
    page.wait_for_timeout(300)  # what was answered is taken in
    assert not page.is_visible("#warning"), "there is nothing to be won, and the form can be finished"
    page.clock.fast_forward(101_000)
    page.wait_for_selector("#over[open]")


@with_a_browser
def test_an_ended_session_covers_the_page_and_nothing_typed_is_lost(
    page: Page, window: BrowserContext, app: Flask, room: str
) -> None:
    page.clock.install()
    page.reload()
    fill_in(page)
    page.set_input_files("#card_front", [CARD])
    page.wait_for_selector("#card-front img")
    end_sessions(app)
    page.clock.fast_forward(15 * 60_000 + 1000)
    page.wait_for_selector("#over[open]")
    assert not page.is_visible("#first_name")
    assert page.title() == "OpenVOB"
    for _ in range(2):
        page.keyboard.press("Escape")
    page.wait_for_selector("#over[open]")
    assert not page.is_visible("#first_name")
    page.click("#over button")
    page.wait_for_selector("#over .fault:not([hidden])")
    sign_in_again(window, room)
    page.click("#over button")
    page.wait_for_selector("#over", state="hidden")
    assert page.input_value("#first_name") == "Ana"
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/verifications/*")
    assert kept(app, page.url)[1] == ["front"]


@with_a_browser
def test_what_one_typed_is_not_shown_to_another_who_signs_in(
    page: Page, window: BrowserContext, app: Flask, room: str
) -> None:
    take_in(app, "somebody else", "admissions")
    page.clock.install()
    page.reload()
    page.fill("#first_name", "Ana")
    end_sessions(app)
    page.clock.fast_forward(15 * 60_000 + 1000)
    page.wait_for_selector("#over[open]")
    sign_in_again(window, room, "somebody else")
    page.click("#over button")
    page.wait_for_selector("#over .fault:not([hidden])")
    assert "clerk is not signed in yet" in page.inner_text("#over")
    assert not page.is_visible("#first_name")


@with_a_browser
def test_work_in_another_window_keeps_this_one_going(page: Page, window: BrowserContext, room: str) -> None:
    page.clock.install()
    page.reload()
    page.clock.fast_forward(14 * 60_000)
    page.wait_for_selector("#warning[open]")
    window.new_page().goto(f"{room}/")
    page.clock.fast_forward(2000)
    page.wait_for_selector("#warning", state="hidden")


# --- without a script


@with_a_browser
def test_without_a_script_a_form_that_came_too_late_is_gone_back_to_and_sent_again(
    browser: Browser, app: Flask, room: str
) -> None:
    """Pages that are kept in memory, which a browser that is steered does not do, keep the names as well."""
    context = browser.new_context(locale="en-US", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, room)
    page.goto(f"{room}/verify")
    assert page.is_visible("#group_number")
    fill_in(page)
    page.fill("#weeks", "6")
    end_sessions(app)
    send(page, "form.verify button")
    assert "You were signed out" in page.inner_text("main")
    sign_in_again(context, room)
    page.go_back()
    assert page.input_value("#birth_date") == "1957-03-02"
    assert page.input_value("#weeks") == "6"
    fill_in(page)
    send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    context.close()


@with_a_browser
def test_without_a_script_pictures_are_shown_before_they_are_sent(
    browser: Browser, room: str, tmp_path: Path
) -> None:
    context = browser.new_context(locale="en-US", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, room)
    page.goto(f"{room}/verify")
    page.set_input_files("#card_front", [CARD])
    page.fill("#last_name", "Prueba")
    send(page, "text=Show the pictures first")
    assert page.is_visible("#card-front img")
    assert page.input_value("#last_name") == "Prueba"
    context.close()
