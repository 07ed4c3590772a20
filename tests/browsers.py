"""Chromium, what serves pages to it, and what every page that it shows is held to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.databases import browser_path

SCREENS = Path(__file__).resolve().parents[1] / ".screens"
"""Where pictures of the pages are kept, outside of what is committed."""

# Of a long page, what is in order is a megabyte, and slower to fetch than to find.
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def with_a_browser(test: Any) -> Any:
    """Leave a test out where no browser is named; the summary says so."""
    return test if browser_path() else None


@contextmanager
def open_chromium(**given: Any) -> Iterator[Browser]:
    """Chromium, as Debian has it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        browser = chromium.launch(executable_path=browser_path(), args=["--no-sandbox"], **given)
        yield browser
        browser.close()


@contextmanager
def reachable(app: Flask, port: int = 0) -> Iterator[str]:
    """The service, where a browser can reach it."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds wrong on a page, each with the first place where."""
    page.evaluate(Axe().axe_script)
    return [(one["id"], one["nodes"][0]["html"]) for one in page.evaluate(VIOLATIONS)]


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of a page, to be looked at."""
    SCREENS.mkdir(exist_ok=True)
    # With the caret hidden, as is usual, a style is put into the page, which its policy refuses.
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True, caret="initial")
