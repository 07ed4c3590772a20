"""The quick check in a real browser: its element on a strict page of another origin, and its own pages.

In both languages, on a phone and a desktop, light and dark, by hand and by keyboard: in every state nothing
that axe-core finds, nothing that the page's policy refuses, nothing wider than the window and nothing to
press that is smaller than a fingertip. All that the page sends goes to the service, and nothing stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, Route, expect

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from service.security import proof
from tests.browsers import keep_picture, open_chromium, reachable, violations, with_a_browser
from tests.console.conftest import UNLIMITED
from tests.databases import keeps_pictures
from tests.widget.website import Website, register

FINGERTIP = 44

WAYS: dict[str, Any] = {
    "desktop": ("/", {"viewport": {"width": 1280, "height": 900}}),
    "phone": ("/es?scheme=auto", {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}),
}
"""English where there is room; Spanish, whose words are longer, on a dark phone, which is 400 % as well."""

REFUSED = "the server responded with a status of"  # a browser says so in its console, and that is no fault

SMALL = f"""() => {{
  const root = document.querySelector("openvob-quick-verify").shadowRoot;
  const inline = (one) => one.closest("details li, .unseen, .ov-extra");
  return [...root.querySelectorAll("a, button, select, summary, .pick, .field input, [role=option]")]
    .filter((one) => !inline(one) && one.getClientRects().length)
    .filter((one) => one.getBoundingClientRect().height < {FINGERTIP} - 0.1)
    .map((one) => one.outerHTML);
}}"""
SMALL_ON_A_PAGE = f"""() =>
  [...document.querySelectorAll("a:not(li a[target]), button, select, summary, .pick, .field input")]
    .filter((one) => one.getBoundingClientRect().height < {FINGERTIP} - 0.1).map((one) => one.outerHTML)"""
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot) one = one.shadowRoot.activeElement;
  return one?.id || one?.getAttribute("name") || one?.className || one?.tagName;
}"""
KEPT = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, location.search + location.hash]"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service."""
    folder = tmp_path_factory.mktemp("instance")
    settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(folder), **UNLIMITED})
    prepare(settings)
    made = create_app(settings)
    yield made
    office: Office = made.extensions["office"]
    office.sealer.stop()
    office.store.close()


@pytest.fixture(scope="module")
def website(app: Flask) -> Iterator[Website]:
    """A clinic's website, registered with the service."""
    with reachable(app) as service:
        made = Website(service)
        made.key = register(app, made.origin)
        yield made
        made.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with open_chromium() as browser:
        yield browser


class Visit:
    """A visitor's window, with all that went wrong in it and all that it asked for."""

    small = SMALL

    def __init__(self, chromium: Browser, address: str, **way: Any) -> None:
        self.page = chromium.new_context(**way).new_page()
        self.page.set_default_timeout(10_000)
        self.faults, self.asked = list[str](), list[Request]()
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request))
        self.page.goto(address)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and REFUSED not in text:
            self.faults.append(text)

    def look(self, name: str) -> None:
        """Hold the page as it is now to what every state keeps, and keep a picture of it."""
        assert violations(self.page) == [], name
        assert self.faults == [], name
        assert self.page.evaluate(self.small) == [], name
        assert self.page.viewport_size is not None
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, name
        if keeps_pictures():
            keep_picture(self.page, f"widget-{name}-{width}")

    def close(self) -> None:
        self.page.context.close()


def fill_in_check(page: Page, payer: str = "medic") -> None:
    page.fill("#payer_text", payer)
    page.get_by_role("option", name="Original Medicare").click()
    page.check("[name=age_group][value=adult]")
    page.check("[name=level_of_care][value=iop]")
    page.select_option("#county", "Miami-Dade")


def fill_in_contact(page: Page) -> None:
    page.check("[name=asking_for][value=child]")
    page.fill("#your_name", "Rosa Prueba")
    page.fill("#first_name", "Ana")
    page.fill("#last_name", "Prueba")
    page.fill("#birth_date", "2010-03-02")
    page.check("[name=channel][value=phone]")
    page.fill("#phone", "305-555-0123")
    page.check("[name=accepted]")


@with_a_browser
@pytest.mark.parametrize("way", WAYS)
def test_every_state_is_sound_and_nothing_goes_elsewhere_or_stays(
    chromium: Browser, website: Website, way: str
) -> None:
    address, kind = WAYS[way]
    visit = Visit(chromium, website.origin + address, **kind)
    page, send = visit.page, "button.send"
    page.wait_for_selector("#county")
    visit.look("form")
    page.click(send)
    page.wait_for_selector(".faults")
    assert page.evaluate(FOCUSED) == "faults"
    visit.look("form-faults")
    page.fill("#payer_text", "aetna")
    visit.look("suggestions")
    fill_in_check(page)
    page.check("[name=level_of_care][value=not_sure]")
    page.click(send)
    page.wait_for_selector(".answer")
    assert page.evaluate(FOCUSED) == "H3"
    page.locator("summary").first.click()
    visit.look("answer")
    page.click(send)
    page.wait_for_selector("#birth_date")
    assert page.evaluate(FOCUSED) == "H3"
    page.click(send)
    page.wait_for_selector(".faults")
    visit.look("contact-faults")
    assert not any(each.url.endswith("/contacts") for each in visit.asked)  # before there is consent
    fill_in_contact(page)
    assert page.get_attribute("#first_name", "autocomplete") == "off"  # for somebody else
    visit.look("contact")
    page.click(send)
    page.wait_for_selector(".reference")
    visit.look("receipt")
    places = {f"{urlsplit(each.url).scheme}://{urlsplit(each.url).netloc}" for each in visit.asked}
    assert places == {website.origin, website.service}
    ours = {
        each.url.removeprefix(website.service): each for each in visit.asked if website.service in each.url
    }
    assert set(ours) == {
        "/widget/widget.js",
        "/widget/static/widget.css",
        "/v1/quick-checks/form",
        "/v1/quick-checks/challenge?for=check",
        "/v1/quick-checks",
        "/v1/quick-checks/challenge?for=contact",
        "/v1/quick-checks/contacts",
    }
    sent = {url: each.all_headers() for url, each in ours.items()}
    assert [url for url, headers in sent.items() if "cookie" in headers] == []
    assert [url for url, headers in sent.items() if "referer" in headers] == ["/widget/widget.js"]
    query = f"?{urlsplit(address).query}" if urlsplit(address).query else ""
    assert page.evaluate(KEPT) == ["", 0, 0, 0, query]
    visit.close()


@with_a_browser
def test_both_steps_are_done_with_the_keyboard_alone(chromium: Browser, website: Website) -> None:
    visit = Visit(chromium, website.origin)
    page, keys = visit.page, visit.page.keyboard
    page.wait_for_selector("#county")
    page.focus("openvob-quick-verify >> .switch")

    def on_to(name: str) -> None:
        for _ in range(12):
            keys.press("Tab")
            if page.evaluate(FOCUSED) == name:
                return
        raise AssertionError(name)

    on_to("payer_text")
    keys.type("original")
    keys.press("ArrowDown")
    marked = page.get_attribute("#payer_text", "aria-activedescendant")
    assert page.get_attribute(f"#{marked}", "aria-selected") == "true"
    keys.press("Enter")
    assert page.input_value("#payer_text") == "Original Medicare"
    assert page.get_attribute("#payer_text", "aria-expanded") == "false"
    on_to("age_group")
    keys.press("Space")
    on_to("level_of_care")
    keys.press("ArrowUp")
    on_to("county")
    keys.type("Miami")
    on_to("send")
    keys.press("Enter")
    page.wait_for_selector(".answer")
    on_to("send")
    keys.press("Enter")
    page.wait_for_selector("#birth_date")
    on_to("asking_for")
    keys.press("Space")
    assert page.get_attribute("#first_name", "autocomplete") == "given-name"  # for themselves
    for name, text in (("first_name", "Ana"), ("last_name", "Prueba"), ("birth_date", "03021987")):
        on_to(name)
        keys.type(text)
    on_to("channel")
    keys.press("ArrowUp")  # the last of them: an e-mail
    keys.press("ArrowDown")  # and around to the first
    on_to("phone")
    keys.type("305-555-0123")
    on_to("accepted")
    keys.press("Space")
    on_to("send")
    keys.press("Enter")
    page.wait_for_selector(".reference")
    visit.close()


@with_a_browser
def test_the_other_language_keeps_what_was_typed_and_asks_for_the_answer_again(
    chromium: Browser, website: Website
) -> None:
    visit = Visit(chromium, website.origin)
    page = visit.page
    page.wait_for_selector("#county")
    fill_in_check(page)
    page.click(".switch")
    expect(page.locator(".ov")).to_have_attribute("lang", "es")
    expect(page.get_by_role("status")).to_have_text("Este formulario ahora está en español.")
    assert page.evaluate(FOCUSED) == "switch quiet"
    assert page.input_value("#payer_text") == "Original Medicare"
    assert page.input_value("#county") == "Miami-Dade"
    page.click("button.send")
    page.wait_for_selector(".answer")
    assert "por lo general incluye" in page.inner_text(".answer")
    page.click(".switch")
    expect(page.locator(".ov")).to_have_attribute("lang", "en")
    assert "usually includes" in page.inner_text(".answer")
    visit.close()


@with_a_browser
def test_where_the_service_refuses_or_is_gone_the_phone_is_there(chromium: Browser, website: Website) -> None:
    stranger = Website(website.service, website.key)
    visit = Visit(chromium, f"{stranger.origin}/es")
    expect(visit.page.locator(".place")).to_contain_text("Llame a la clínica")
    expect(visit.page.locator("openvob-quick-verify > p a").first).to_be_visible()
    expect(visit.page.get_by_role("link", name="Llame al 988")).to_be_visible()
    visit.close()
    stranger.close()
    visit = Visit(chromium, website.origin)
    page = visit.page
    page.wait_for_selector("#county")
    fill_in_check(page)
    page.route("**/v1/quick-checks", lambda route: route.abort())
    page.click("button.send")
    expect(page.locator(".faults")).to_contain_text("Please try again in a moment, or call us.")
    assert page.get_attribute(".faults a", "href") == "tel:3055550100"
    assert page.input_value("#payer_text") == "Original Medicare"
    visit.close()


@with_a_browser
def test_nothing_typed_is_left_when_the_page_is(chromium: Browser, website: Website) -> None:
    visit = Visit(chromium, website.origin)
    page = visit.page
    page.wait_for_selector("#county")
    fill_in_check(page)
    page.click("button.send")
    page.wait_for_selector(".answer")
    page.click("button.send")
    fill_in_contact(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert page.input_value("#payer_text") == ""
    assert page.locator("#first_name, .answer").count() == 0
    page.goto(f"{website.origin}/es")
    page.go_back()
    page.wait_for_selector("#county")
    assert page.input_value("#payer_text") == ""
    visit.close()


@with_a_browser
def test_a_proof_that_is_no_longer_good_is_made_anew_without_the_visitor(
    chromium: Browser, website: Website
) -> None:
    visit = Visit(chromium, website.origin)
    page, sent = visit.page, list[str]()

    def answer(route: Route) -> None:
        sent.append(str(route.request.post_data_json["proof"]) if route.request.method == "POST" else "")
        proofs = [proof for proof in sent if proof]
        if len(proofs) == 1 and sent[-1]:
            headers = {"Access-Control-Allow-Origin": website.origin}
            route.fulfill(status=422, json={"type": "urn:openvob:problem:proof-wrong"}, headers=headers)
        else:
            route.continue_()

    page.wait_for_selector("#county")
    page.route("**/v1/quick-checks", answer)
    fill_in_check(page)
    page.click("button.send")
    page.wait_for_selector(".answer")
    assert len({proof for proof in sent if proof}) == 2
    visit.close()


@with_a_browser
def test_the_page_around_it_cannot_break_it_and_may_give_it_its_own_look(
    chromium: Browser, website: Website
) -> None:
    looks = """(root) => [...["fontSize", "letterSpacing", "textTransform"]
      .map((name) => getComputedStyle(root.querySelector("legend"))[name]),
      getComputedStyle(root.querySelector("button.send")).backgroundColor]"""
    found = {}
    for styles in ("hostile", "themed"):
        visit = Visit(chromium, f"{website.origin}/{styles}")
        visit.page.wait_for_selector("button.send")
        assert visit.page.is_visible("button.send")
        found[styles] = visit.page.locator(".ov").evaluate(looks)
        visit.close()
    assert found == {
        "hostile": ["16px", "normal", "none", "rgb(11, 107, 102)"],
        "themed": ["16px", "normal", "none", "rgb(122, 31, 92)"],
    }


@with_a_browser
def test_letters_of_twice_the_size_lose_nothing(chromium: Browser, website: Website) -> None:
    visit = Visit(chromium, f"{website.origin}/es", viewport={"width": 640, "height": 800})
    visit.page.wait_for_selector("#county")
    visit.page.evaluate(
        "document.querySelector('openvob-quick-verify').style.setProperty('--openvob-font-size', '32px')"
    )
    visit.look("twice")
    visit.close()


@with_a_browser
def test_both_steps_are_done_under_a_policy_that_lets_no_script_run(
    chromium: Browser, website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in proof.STEPS:
        monkeypatch.setitem(proof.FASTEST, step, 0)
    visit = Visit(chromium, f"{website.service}/widget/check?key={website.key}&lang=es", **WAYS["phone"][1])
    visit.small = SMALL_ON_A_PAGE
    page = visit.page
    assert page.locator("script").count() == 0
    page.click("button")
    page.wait_for_selector(".faults")
    visit.look("page-form")
    page.select_option("#payer", "medicare")
    page.check("[name=age_group][value=adult]")
    page.check("[name=level_of_care][value=iop]")
    page.select_option("#county", "Miami-Dade")
    page.click("button")
    page.wait_for_selector(".answer")
    page.locator("summary").first.click()
    visit.look("page-answer")
    page.click("button")
    page.wait_for_selector(".faults")
    visit.look("page-contact")
    page.check("[name=asking_for][value=self]")
    for name, text in (("first_name", "Ana"), ("last_name", "Prueba"), ("phone", "305-555-0123")):
        page.fill(f"#{name}", text)
    page.fill("#birth_date", "1987-03-02")
    page.check("[name=channel][value=phone]")
    page.check("#consent_accepted")
    page.click("button")
    page.wait_for_selector(".reference")
    visit.look("page-receipt")
    assert {each.url.partition("/widget/")[0] for each in visit.asked} == {website.service}
    visit.close()
