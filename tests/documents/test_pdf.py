"""PDFs: tagged so that they can be read aloud, in order; a letter on one page; nothing fetched for any."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from service.documents import KINDS, file_name, page, pdf
from service.documents.printing import PdfUnavailable, as_pdf
from service.explain import LOCALES, Locale
from tests.databases import with_pango
from tests.documents.cases import AN_ID, BODIES, answer, matter, matter_of

MADE = [(kind, locale) for kind in KINDS for locale in LOCALES]
TITLES = {
    ("benefits", "en"): "Verification of benefits",
    ("benefits", "es"): "Verificación de beneficios",
    ("letter", "en"): "Your plan and what you may pay",
    ("letter", "es"): "Su plan y lo que usted podría pagar",
    ("good_faith_estimate", "en"): "Good Faith Estimate",
    ("good_faith_estimate", "es"): "Estimado de buena fe",
}


@cache
def made(kind: str, locale: Locale, name: str = "medicare") -> bytes:
    return pdf(kind, matter(name, locale))


def opened(kind: str, locale: Locale, name: str = "medicare") -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(made(kind, locale, name)))


def elements(node: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Every element of a tree of tags in its order: its kind, those above it, and itself."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            kind = str(kid["/S"]).removeprefix("/")
            yield kind, above, kid
            yield from elements(kid, (*above, kind))


@with_pango
@pytest.mark.parametrize(("kind", "locale"), MADE)
def test_a_pdf_says_that_it_is_tagged_in_which_language_and_what_it_is(kind: str, locale: Locale) -> None:
    with opened(kind, locale) as file:
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.Root.Lang) == locale
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
        assert str(file.docinfo["/Title"]) == TITLES[kind, locale]
        with file.open_metadata() as about:
            assert about["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert about["dc:title"] == TITLES[kind, locale]
        assert "/Outlines" in file.Root


@with_pango
@pytest.mark.parametrize(("kind", "locale"), MADE)
def test_headings_lists_and_tables_are_tagged_as_what_they_are(kind: str, locale: Locale) -> None:
    with opened(kind, locale) as file:
        found = list(elements(file.Root.StructTreeRoot))
        kinds = [one for one, _, _ in found]
        headings = [one for one in kinds if re.fullmatch("H[1-6]", one)]
        assert headings[0] == "H1"
        assert headings.count("H1") == 1
        assert set(headings) == {"H1", "H2"}
        parents = {"TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "LI": {"L"}}
        assert [
            (one, above) for one, above, _ in found if above[-1:] and above[-1] not in parents.get(one, above)
        ] == []
        assert {"Table", "TH", "TD"} <= set(kinds)


@with_pango
@pytest.mark.parametrize(("kind", "locale"), MADE)
def test_every_cell_knows_its_headers(kind: str, locale: Locale) -> None:
    with opened(kind, locale) as file:
        found = list(elements(file.Root.StructTreeRoot))
        ids = {str(one["/ID"]) for kind_, _, one in found if kind_ == "TH"}
        cells = [one for kind_, _, one in found if kind_ == "TD"]
        assert cells
        for cell in cells:
            headers = [str(each) for each in cell["/A"]["/Headers"]]
            assert headers
            assert set(headers) <= ids


@with_pango
@pytest.mark.parametrize(("kind", "locale"), MADE)
def test_all_that_is_drawn_is_tagged_or_an_artifact(kind: str, locale: Locale) -> None:
    with opened(kind, locale) as file:
        for leaf in file.pages:
            inside = 0
            for operands, operator in pikepdf.parse_content_stream(leaf):
                name = str(operator)
                inside += {"BMC": 1, "BDC": 1, "EMC": -1}.get(name, 0)
                assert inside or name not in ("Tj", "TJ", "f", "S", "B", "Do"), (name, operands)


@with_pango
@pytest.mark.parametrize("locale", LOCALES)
def test_headings_are_read_in_the_order_of_the_page(locale: Locale) -> None:
    text = page("benefits", matter("medicare", locale))
    wanted = [html.unescape(found).strip() for found in re.findall(r"<h[12]>([^<]+)</h[12]>", text)]
    with opened("benefits", locale) as file:
        assert outline(file) == wanted


def outline(file: pikepdf.Pdf) -> list[str]:
    """The bookmarks of a file, in their order."""
    with file.open_outline() as found:
        return [item.title for top in found.root for item in (top, *top.children)]


@with_pango
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", BODIES)
def test_a_letter_is_one_page(name: str, locale: Locale) -> None:
    with opened("letter", locale, name) as file:
        assert len(file.pages) == 1


@with_pango
@pytest.mark.parametrize("locale", LOCALES)
def test_a_usual_form_is_two_pages_or_three(locale: Locale) -> None:
    with opened("benefits", locale) as file:
        assert 2 <= len(file.pages) <= 3


@with_pango
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a document asked somebody")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert pdf(kind, matter("medicare")).startswith(b"%PDF-1.7")


@with_pango
@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/x.png", "file:///etc/hostname", "data:image/png,x"]
)
def test_what_a_page_asks_for_from_elsewhere_is_refused(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = f'<html lang="en"><title>x</title><img alt="x" src="{address}"><p>x'
    assert as_pdf(text).startswith(b"%PDF")
    assert [record.message for record in caplog.records if "disallowed protocol" in record.message]


@with_pango
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_logged_of_a_document(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        pdf(kind, matter("medicare"))
    assert caplog.records == []


def test_a_page_loads_nothing_of_its_own() -> None:
    for kind, locale in MADE:
        text = page(kind, matter("medicare", locale))
        assert not re.search(r"<(script|img|iframe|link|object|embed)\b|url\(|@import", text)


TYPED = '<img src="https://elsewhere.example/x.png"><script>alert(1)</script>'


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_typed_is_shown_as_text_whatever_it_is(kind: str) -> None:
    member = {**BODIES["medicare"]["member"], "first_name": TYPED, "last_name": "&amp;"}
    told = {**BODIES["medicare"]["told_benefits"], "plan_name": TYPED}
    made = matter_of(answer({**BODIES["medicare"], "member": member, "told_benefits": told}), "en")
    text = page(kind, made)
    assert "<img" not in text
    assert "<script" not in text
    assert TYPED in html.unescape(text)
    assert "&amp;amp;" in text


def test_the_name_of_a_file_says_nothing_of_anybody() -> None:
    assert file_name("good_faith_estimate", matter("medicare")) == f"good-faith-estimate-{AN_ID}.pdf"


def test_without_pango_there_is_no_pdf_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(PdfUnavailable):
        pdf("letter", matter("medicare"))
    assert "<h1>" in page("letter", matter("medicare"))
