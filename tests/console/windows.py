"""Windows of a browser on the console: in three ways, with what staff do on every page, and what it keeps.

On every page and state: no violation that axe-core finds, no fault in the browser's console, nothing that
the policy of what may be loaded refuses, and nothing wider than the window.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.api.staff import PASSWORD
from tests.browsers import keep_picture, violations
from tests.databases import keeps_pictures

KEPT = set[str]()

WAYS: dict[str, Any] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"},
    "phone": {"viewport": {"width": 320, "height": 640}, "locale": "es-US"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "locale": "es-US", "color_scheme": "dark"},
}
"""Both languages, both widths, light and dark: Spanish, whose words are longer, where room is short."""

# A page may be refused what it asked for; the browser says so in its console, and that is no fault.
EXPECTED = tuple(f"the server responded with a status of {status}" for status in (401, 404, 413, 422))


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
        assert violations(self.page) == [], self.page.url
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
        name = f"{name}-{lang}-{size['width']}{dark}"
        if name not in KEPT:
            KEPT.add(name)
            keep_picture(self.page, name)


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
