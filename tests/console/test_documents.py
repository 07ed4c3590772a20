"""The documents of an answer: links to them, pages to print, PDFs; the same looked at in a real browser."""

from __future__ import annotations

import re
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from service.console.faults import POLICY
from service.documents import KINDS
from service.office import Office
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction
from tests.api.staff import take_in
from tests.browsers import with_a_browser
from tests.console.test_pages import verify
from tests.console.windows import Seen, fill_in, send, sign_in
from tests.databases import with_pango


@pytest.fixture
def record(staff: FlaskClient) -> str:
    """The address of an answer."""
    made: str = verify(staff).location
    return made


def test_an_answer_leads_to_its_documents(staff: FlaskClient, record: str) -> None:
    page = staff.get(record).text
    links = re.findall(r'href="([^"]+/documents/[^"]+)"', page)
    assert len(links) == 8
    for link in links:
        if ".pdf" not in link:
            assert staff.get(link.replace("&amp;", "&")).status_code == 200, link


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_to_print_loads_its_style_from_here_and_nothing_else(
    staff: FlaskClient, record: str, kind: str
) -> None:
    answer = staff.get(f"{record}/documents/{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"', answer.text) == [
        "/console/static/mark.svg",
        "/console/documents.css",
    ]
    assert not re.search(r"<style|style=", answer.text)
    style = staff.get("/console/documents.css")
    assert (style.status_code, style.mimetype) == (200, "text/css")
    assert "@page" in style.text
    assert "url(" not in style.text


def test_the_patients_language_need_not_be_the_readers(staff: FlaskClient, record: str) -> None:
    letter = staff.get(f"{record}/documents/letter", query_string={"language": "es"})
    assert '<html lang="es">' in letter.text
    assert "Su plan y lo que usted podría pagar" in letter.text
    assert '<html lang="en">' in staff.get(record).text, "the console goes on in the reader's language"
    assert 'lang="en" hreflang="en">English</a>' in letter.text


@with_pango
@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_has_a_name_that_says_nothing_of_anybody(staff: FlaskClient, record: str, kind: str) -> None:
    answer = staff.get(f"{record}/documents/{kind}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    name = f"{kind.replace('_', '-')}-{record.rpartition('/')[2]}.pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search("Ana|Prueba|XJB", str(answer.headers))


def test_without_pango_the_page_says_to_print_instead(
    staff: FlaskClient, record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = staff.get(f"{record}/documents/benefits.pdf")
    assert answer.status_code == 406
    assert "Open the page and print it instead" in answer.text
    assert staff.get(f"{record}/documents/benefits").status_code == 200


def test_where_there_is_no_self_pay_price_the_page_says_where_it_belongs(staff: FlaskClient) -> None:
    record = verify(staff, level_of_care="partial_hospitalization").location
    for ending in ("", ".pdf"):
        answer = staff.get(f"{record}/documents/good_faith_estimate{ending}")
        assert answer.status_code == 409
        assert "no self-pay price" in answer.text


def test_what_is_not_there_is_not_there(staff: FlaskClient, record: str) -> None:
    nowhere = "/console/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    for place in (f"{record}/documents/bill", f"{record}/documents/bill.pdf", f"{nowhere}/documents/letter"):
        assert staff.get(place).status_code == 404


def test_each_making_stands_in_the_trail(app: Flask, staff: FlaskClient, record: str) -> None:
    staff.get(f"{record}/documents/letter")
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        newest = trail.page_of(session, trail.Filter(), Page(limit=1))[0][0]
    assert (newest.action, newest.subject) == ("document.create", record.rpartition("/")[2])


# --- looked at


@with_a_browser
def test_every_document_is_sound_for_everybody(seen: Seen, app: Flask, address: str) -> None:
    page = seen.page
    sign_in(page, address)
    page.goto(f"{address}/verify")
    fill_in(page, payer="medicare", member_id="1EG4TE5MK73")
    send(page, "form.verify button")
    if page.locator('input[value="new"]').count():
        send(page, "form.verify button")
    page.wait_for_url("**/verifications/*")
    record = page.url
    for kind in KINDS:
        for language in ("en", "es"):
            page.goto(f"{record}/documents/{kind}?language={language}")
            assert page.get_attribute("html", "lang") == language
            seen.look()


@with_a_browser
def test_a_document_is_reached_and_left_with_the_keyboard_alone(
    chromium: Browser, app: Flask, address: str
) -> None:
    take_in(app, "clerk", "admissions")
    page = chromium.new_context(locale="en-US").new_page()
    sign_in(page, address)
    page.goto(f"{address}/verify")
    fill_in(page)
    send(page, "form.verify button")
    record = page.url
    page.focus('a[href*="/documents/letter?language=es"]')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "Su plan y lo que usted podría pagar"
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == record
    page.emulate_media(media="print")
    page.goto(f"{record}/documents/letter")
    assert not page.is_visible("nav")
    page.context.close()
