"""Documents over HTTP: a PDF or a page, in either language, with nothing of the member outside of it."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.documents import KINDS
from service.office import Office
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction
from tests.databases import with_pango

V1 = "/v1/verifications"
OF_THE_MEMBER = ("Ana", "Prueba", "1EG4", "1957")


@pytest.fixture(scope="module")
def record(app: Flask, key: str) -> str:
    """The address of a verification."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return made(client, "cmhc", "iop")


def made(client: FlaskClient, site: str, level: str) -> str:
    member = {
        "member_id": "1EG4TE5MK73",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1957-03-02",
    }
    body = {"payer": "medicare", "member": member, "site": site, "level_of_care": level}
    answer = client.post(V1, json=body | {"start_date": "2026-12-01"})
    assert answer.status_code == 201, answer.json
    return f"{V1}/{answer.json['id']}"


def fetch(client: FlaskClient, record: str, kind: str, **asked: str) -> TestResponse:
    return client.get(f"{record}/documents/{kind}", query_string=asked)


def refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = answer.json or {}
    return answer.status_code, found["type"].rpartition(":")[2]


@with_pango
@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_a_pdf_where_nothing_else_is_said(client: FlaskClient, record: str, kind: str) -> None:
    answer = fetch(client, record, kind)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.7")
    name = f"{kind.replace('_', '-')}-{record.rpartition('/')[2]}.pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'


@with_pango
def test_nothing_of_the_member_stands_in_a_header_and_nobody_may_keep_it(
    client: FlaskClient, record: str
) -> None:
    for asked in ({}, {"format": "html"}):
        answer = fetch(client, record, "letter", **asked)
        headers = str(answer.headers)
        assert [mark for mark in OF_THE_MEMBER if mark in headers] == []
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Verification of benefits"), ("es", "Verificación de beneficios")]
)
def test_a_page_is_in_the_language_that_is_asked_for(
    client: FlaskClient, record: str, language: str, said: str
) -> None:
    answer = fetch(client, record, "benefits", format="html", language=language)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert said in answer.text


def test_a_page_carries_its_style_and_may_load_nothing_else(client: FlaskClient, record: str) -> None:
    answer = fetch(client, record, "letter", format="html")
    (nonce,) = re.findall(r'<style nonce="([^"]+)">', answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith(f"style-src 'nonce-{nonce}'")
    assert "<script" not in answer.text


def test_what_cannot_be_asked_for_is_refused(client: FlaskClient, record: str) -> None:
    nowhere = f"{V1}/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert refused(fetch(client, nowhere, "letter")) == (404, "not-found")
    assert refused(fetch(client, record, "bill")) == (404, "not-found")
    for asked in ({"format": "docx"}, {"language": "fr"}, {"name": "Ana"}):
        assert refused(fetch(client, record, "letter", **asked)) == (400, "bad-query")


def test_where_the_site_has_no_self_pay_price_an_estimate_is_refused(client: FlaskClient) -> None:
    record = made(client, "two-tier", "php")
    assert refused(fetch(client, record, "good_faith_estimate", format="html")) == (409, "conflict")
    assert fetch(client, record, "letter", format="html").status_code == 200


def test_where_there_is_no_pango_a_pdf_is_refused_with_the_way_out(
    client: FlaskClient, record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = fetch(client, record, "benefits")
    assert refused(answer) == (406, "not-acceptable")
    assert "print the page instead" in (answer.json or {})["detail"]
    assert fetch(client, record, "benefits", format="html").status_code == 200


def test_who_verified_it_is_who_made_it(client: FlaskClient, record: str) -> None:
    text = fetch(client, record, "benefits", format="html").text
    assert 'data-field="verifier">first key<' in text


def test_each_making_stands_in_the_trail(app: Flask, client: FlaskClient, record: str) -> None:
    fetch(client, record, "letter", format="html")
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        newest = trail.page_of(session, trail.Filter(), Page(limit=1))[0][0]
    assert (newest.action, newest.subject) == ("document.create", record.rpartition("/")[2])
