"""The same questions in pages without a script: both steps, under a policy that lets none run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from service.security import proof
from tests.widget.test_element import Visit, app, chromium, website, with_a_browser
from tests.widget.website import Website

__all__ = ["app", "chromium", "website"]

WAYS = {
    "en": {"viewport": {"width": 1280, "height": 900}},
    "es": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
SMALL = """() =>
  [...document.querySelectorAll("a:not(li a[target]), button, select, summary, .pick, .field input")]
  .filter((one) => one.getBoundingClientRect().height < 43.9).map((one) => one.outerHTML)"""


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for step in proof.STEPS:
        monkeypatch.setitem(proof.FASTEST, step, 0)


@with_a_browser
@pytest.mark.parametrize("lang", WAYS)
def test_both_steps_are_done_without_a_script(chromium: Browser, website: Website, lang: str) -> None:
    address = f"{website.service}/widget/check?key={website.key}&lang={lang}"
    visit = Visit(chromium, address, **WAYS[lang])
    page = visit.page
    visit.small = SMALL
    visit.look("page-form")
    assert page.locator("script").count() == 0
    page.click("button")
    page.wait_for_selector(".faults")
    visit.look("page-form-faults")
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
    visit.look("page-contact-faults")
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
