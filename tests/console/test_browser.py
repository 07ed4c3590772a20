"""The pages in a real browser: as a person sees and works them, both languages, keyboard, phone, dark.

On every page and state: no violation that axe-core finds, no fault in the browser's console, nothing that
the policy of what may be loaded refuses, and nothing wider than the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from tests.api.staff import PASSWORD, take_in
from tests.databases import browser_path, keeps_pictures

SCREENS = Path(__file__).resolve().parents[2] / ".screens"
"""Where pictures of the pages are kept, outside of what is committed."""

KEPT = set[Path]()
# Of a long page, what is in order is a megabyte, and slower to fetch than to find.
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"

WAYS: dict[str, Any] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"},
    "phone": {"viewport": {"width": 320, "height": 640}, "locale": "es-US"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "locale": "es-US", "color_scheme": "dark"},
}
"""Both languages, both widths, light and dark: Spanish, whose words are longer, where room is short."""

# A page may be refused what it asked for; the browser says so in its console, and that is no fault.
EXPECTED = tuple(f"the server responded with a status of {status}" for status in (401, 404, 413, 422))


def with_a_browser(test: Any) -> Any:
    """Leave a test out where no browser is named; the summary says so."""
    return test if browser_path() else None


@contextmanager
def reachable(app: Flask) -> Iterator[str]:
    """The service, where a browser can reach it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/console"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the pages of the service are."""
    with reachable(app) as where:
        yield where


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, as Debian has it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        yield browser
        browser.close()


class Seen:
    """A page with all that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults = page, list[str]()
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(known in text for known in EXPECTED):
            self.faults.append(text)

    def look(self, state: str = "") -> None:
        """Hold the page as it is now, in a state that may have a name, to what every page keeps."""
        self.page.evaluate(Axe().axe_script)
        found = self.page.evaluate(VIOLATIONS)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], self.page.url
        assert self.faults == [], self.page.url
        width = self.page.evaluate("document.documentElement.scrollWidth")
        size: ViewportSize | None = self.page.viewport_size
        assert size is not None
        assert width <= size["width"], (self.page.url, width)
        if keeps_pictures():
            self._keep(size, state)

    def _keep(self, size: ViewportSize, state: str) -> None:
        """Keep a picture of each page in each way, to be looked at."""
        room, lang = urlsplit(self.page.url).path, self.page.get_attribute("html", "lang")
        name = re.sub(r"[^a-z]+", "-", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", room)).strip("-")
        name = f"{name}-{state}" if state else name
        dark = "-dark" if self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""
        place = SCREENS / f"{name}-{lang}-{size['width']}{dark}.png"
        if place not in KEPT:
            KEPT.add(place)
            SCREENS.mkdir(exist_ok=True)
            # With the caret hidden, as is usual, a style is put into the page, which its policy refuses.
            self.page.screenshot(path=place, full_page=True, caret="initial")


@pytest.fixture(params=WAYS)
def seen(request: pytest.FixtureRequest, chromium: Browser, app: Flask, address: str) -> Iterator[Seen]:
    """A new browser window in which nobody has signed in."""
    take_in(app, "clerk", "admissions")
    context = chromium.new_context(**WAYS[request.param])
    yield Seen(context.new_page())
    context.close()


def send(page: Page, button: str) -> None:
    """Press a button, and return once what it leads to is there."""
    with page.expect_navigation():
        page.click(button)


def sign_in(page: Page, address: str, name: str = "clerk", first: str | None = None) -> None:
    page.goto(f"{address}/")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(first or f"{address}/")


MEMBERS = count(10_000_000)


def fill_in(page: Page, payer: str = "florida-blue", member_id: str | None = None) -> None:
    member_id = member_id or f"XJBH{next(MEMBERS)}"
    page.fill("#payer", payer)
    page.fill("#member_id", member_id)
    page.fill("#first_name", "Ana")
    page.fill("#last_name", "Prueba")
    page.fill("#birth_date", "1957-03-02")


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
    keys.type("florida-blue")  # the first field has the focus
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
