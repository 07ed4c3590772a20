"""A clerk's work timed in a real browser: key presses, clicks, seconds of waiting for pages.

`python -m tests.proofs.clerk` takes an installation of its own, with the sandbox as the payer, and does
what a clerk does on a morning: verify, print, enter a call, work through a list of thirty, enter an
authorization, quote in Spanish, hand off to billing. Waiting is from a press to the page that follows;
people read and think besides.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.server import Sandbox
from service.app import create_app
from service.config import HOUSE, Settings
from service.explain.page import FLORIDA
from service.first_run import prepare
from tests.api.staff import PASSWORD, take_in
from tests.console.conftest import UNLIMITED
from tests.console.test_morning import HEAD, about, on_file, row
from tests.databases import browser_path

CLERK = "clerk"
MANY = 26


@dataclass
class Hand:
    """Somebody's hands at a page: everything they do is counted."""

    page: Page
    keys: int = 0
    clicks: int = 0
    waited: float = 0.0

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other; a chord is one."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def click(self, selector: str) -> None:
        """Click on something that leads nowhere."""
        self.page.locator(selector).first.click()
        self.clicks += 1

    def fill(self, selector: str, text: str) -> None:
        """Click into a field and type; what stood there is replaced."""
        self.click(selector)
        if self.page.locator(selector).first.input_value():
            self.press("Control+A")
        self.type(text)

    def paste(self, selector: str, text: str) -> None:
        """Click into a field and paste: one chord, however much it is."""
        self.click(selector)
        self.page.fill(selector, text)
        self.keys += 1

    def choose(self, selector: str, value: str) -> None:
        """Choose from a list: a click to open it, one to choose."""
        self.page.select_option(selector, value)
        self.clicks += 2

    def day(self, selector: str, day: str) -> None:
        """Type a day into a field for days: its eight digits."""
        self.page.fill(selector, day)
        self.clicks += 1
        self.keys += 8

    def go(self, press: Callable[[], None]) -> None:
        """Do what leads to another page, and wait until it is there."""
        begun = time.perf_counter()
        with self.page.expect_navigation():
            press()
        self.waited += time.perf_counter() - begun

    def follow(self, selector: str) -> None:
        """Click on what leads to another page."""
        self.go(lambda: self.click(selector))


@contextmanager
def desk() -> Iterator[tuple[Flask, Page, str]]:
    """A service with a payer and workers, and a browser in which nobody has signed in."""
    folder = Path(tempfile.mkdtemp())
    with Sandbox(slow_seconds=0.1) as payer, sync_playwright() as playwright:
        profile = folder / "clinic.yaml"
        example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
        lines = write_connections(payer.url).partition("  - id: sandbox-benefits")[0]
        profile.write_text(f"{example}\n{lines}".replace(', "medicare": "SBXMEDICARE"', ""), "utf-8")
        places = {"OPENVOB_INSTANCE_PATH": str(folder), "OPENVOB_CLINIC_PROFILE": str(profile)}
        quiet = {"OPENVOB_LOG_LEVEL": "error"}
        settings = Settings.from_env({**sandbox_credentials(), **UNLIMITED, **places, **quiet})
        prepare(settings)
        app = create_app(settings)
        take_in(app, CLERK, "admissions")
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = browser.new_context(locale="en-US").new_page()
        yield app, page, f"http://127.0.0.1:{server.server_port}/console"
        browser.close()
        server.shutdown()
        app.extensions["office"].close()


def sign_in(hand: Hand) -> None:
    """From the first page to the work list."""
    hand.fill("#name", CLERK)
    hand.press("Tab")
    hand.type(PASSWORD)
    hand.go(lambda: hand.press("Enter"))


def verify(hand: Hand, payer: str, member_id: str, born: str, *, site: str | None = None) -> None:
    """Fill in the form in the order of a phone call, and come to the answer."""
    hand.follow('nav a[href$="/verify"]')
    hand.type(payer)  # the first field has the cursor
    for selector, text in (("#member_id", member_id), ("#first_name", "Ana"), ("#last_name", "Prueba")):
        hand.fill(selector, text)
    hand.day("#birth_date", born)
    if site is not None:
        hand.choose("#site", site)
    hand.go(lambda: hand.press("Control+Enter"))


def print_form(hand: Hand) -> int:
    """Take the form of benefits along as a PDF; returns its size."""
    link = hand.page.locator('a[href*="/documents/benefits.pdf"]').first
    address = link.get_attribute("href")
    hand.clicks += 1
    begun = time.perf_counter()
    answer = hand.page.request.get(f"{hand.page.url.split('/console')[0]}{address}")
    hand.waited += time.perf_counter() - begun
    assert answer.headers["content-type"] == "application/pdf"
    return len(answer.body())


def enter_a_call(hand: Hand) -> None:
    """Enter what a representative says, from the question of membership to the reference."""
    level = "/told_benefits/levels/intensive_outpatient"
    hand.choose('select[name="/told_benefits/active"]', "yes")
    hand.choose(f'select[name="{level}/covered"]', "yes")
    hand.choose(f'select[name="{level}/prior_authorization"]', "required")
    hand.fill("#representative", "J. D.")
    hand.fill("#reference", "CALL-123")
    hand.go(lambda: hand.press("Enter"))


def put_up_a_list(hand: Hand, rows: str) -> None:
    """Paste thirty appointments and wait until every row is done."""
    hand.follow('nav a[href$="/morning"]')
    hand.paste("#rows", rows)
    hand.follow(".put-up button")
    begun = time.perf_counter()
    hand.page.wait_for_selector("#progress:not(:has(progress))", timeout=120_000)
    hand.waited += time.perf_counter() - begun


def note_a_call(hand: Hand) -> None:
    """Ask for a call back to the first of the exceptions."""
    hand.click("#day-rows details.call summary")
    at = datetime.now(FLORIDA) + timedelta(hours=2)
    hand.page.locator('#day-rows details.call input[type="datetime-local"]').first.fill(
        at.strftime("%Y-%m-%dT%H:%M")
    )
    hand.keys += 12
    hand.follow("#day-rows details.call button")


def enter_an_authorization(hand: Hand, case: str, first_day: str) -> None:
    """Enter that ten days were approved."""
    hand.page.goto(f"{case}/authorizations")
    hand.choose("#level_of_care", "intensive_outpatient")
    hand.choose("#status", "approved")
    hand.fill("#number", "AUTH-77")
    hand.day("#valid_from", first_day)
    hand.fill("#units_approved", "10")
    hand.choose("#unit", "day")
    hand.go(lambda: hand.press("Enter"))


def quote_in_spanish(hand: Hand, case: str) -> None:
    """Quote, approve, tell, and open the letter in the patient's language."""
    hand.page.goto(f"{case}/quotes")
    hand.choose("#language", "es")
    hand.follow("form.record button")
    hand.follow('button[value="approved"]')
    hand.fill("#told_to", "Luz Prueba")
    hand.day("#told_on", datetime.now(FLORIDA).date().isoformat())
    hand.follow('button[value="given"]')
    hand.follow('a[href*="/documents/letter"][href*="language=es"]')
    assert hand.page.locator("html").get_attribute("lang") == "es"


def hand_off(hand: Hand, case: str) -> int:
    """Open the page for billing and take the table along; returns its lines."""
    hand.page.goto(f"{case}/hand-off")
    hand.clicks += 1
    begun = time.perf_counter()
    table = hand.page.request.get(f"{case}/hand-off?format=csv").text()
    hand.waited += time.perf_counter() - begun
    return len(table.splitlines())


def thirty(app: Flask) -> str:
    """Thirty rows: most unchanged since yesterday, four that need a look."""
    client = app.test_client()
    for number in range(MANY + 1):
        on_file(client, number)
    quiet = [row(number, f"{8 + number // 4}:{number % 4 * 15:02}") for number in range(MANY)]
    exceptions = [
        about("inactive", "9:05"),
        about("unable-always", "9:20"),
        row(MANY, "9:35", payer="Aetna"),
        row(MANY + 1, "9:50", born="31/01/1990"),
    ]
    return "\n".join([HEAD, *quiet, *exceptions])


def case_of(page: Page) -> str:
    """The address of the case that the answer at hand belongs to."""
    found = re.search(r'href="(/console/cases/[0-9a-f-]{36})"', page.content())
    assert found
    return page.url.split("/console")[0] + found[1]


def tell(walk: str, hand: Hand, begun: float, outcome: str) -> None:
    """Print a walk: what it took and what came of it."""
    took = time.perf_counter() - begun
    print(  # noqa: T201
        f"  {walk:<52} {hand.keys:>5} {hand.clicks:>7} {hand.waited:>9.2f} {took:>9.2f}  {outcome}"
    )
    hand.keys, hand.clicks, hand.waited = 0, 0, 0.0


def main() -> None:
    """Do the walks and print what each took."""
    with desk() as (app, page, address):
        rows = thirty(app)
        print(f"  {'walk':<52} {'keys':>5} {'clicks':>7} {'waiting s':>9} {'in all s':>9}")  # noqa: T201
        hand = Hand(page)
        page.goto(f"{address}/")
        begun = time.perf_counter()
        sign_in(hand)
        verify(hand, "medicare", "1EG4TE5MK73", "1957-03-02")
        verdict = page.locator("main").inner_text()
        assert "$" in verdict
        tell("sign in, verify Medicare IOP at the CMHC, PDF", hand, begun, f"{print_form(hand)} bytes of PDF")
        begun = time.perf_counter()
        verify(hand, "florida blue", "XJBH00990011", "1987-03-02", site="two-tier")
        enter_a_call(hand)
        assert "Membership not confirmed" not in page.inner_text("main")
        case, answer = case_of(page), page.url
        tell("verify Florida Blue, a call settles the unknown", hand, begun, "required, told by J. D.")
        begun = time.perf_counter()
        page.goto(f"{address}/")
        put_up_a_list(hand, rows)
        found = page.locator(".group .rows > li").count()
        tell("a list of thirty", hand, begun, f"{found} exceptions first")
        begun = time.perf_counter()
        note_a_call(hand)
        tell("a call back", hand, begun, "kept")
        begun = time.perf_counter()
        enter_an_authorization(hand, case, (datetime.now(FLORIDA).date() + timedelta(days=1)).isoformat())
        left = re.search(r"\d+ of 10 days left", page.inner_text("main"))
        tell("an approved authorization", hand, begun, left[0] if left else "?")
        begun = time.perf_counter()
        quote_in_spanish(hand, case)
        tell("a quote in Spanish, with its letter", hand, begun, page.title())
        begun = time.perf_counter()
        tell("the hand-off", hand, begun, f"{hand_off(hand, case)} lines of table")
        assert answer


if __name__ == "__main__":
    main()
