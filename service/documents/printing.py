"""Puts a document on a page: HTML to read and print, and the same as a tagged PDF.

A PDF is made by WeasyPrint, which needs the library Pango of the system. Where that is missing there is no
PDF, and the page is printed instead. Nothing is ever fetched for a document.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "documents"
# It tells every step of every PDF.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
VARIANT = "pdf/ua-1"
ONE_AT_A_TIME = Lock()
"""One interpreter: two PDFs at once take as long as one after the other, and twice the memory."""


class PdfUnavailable(Exception):
    """WeasyPrint or a library that it needs is not on this machine."""


def style() -> str:
    """The style sheet of all documents, for print and for the screen."""
    return _sheet("print") + _sheet("screen")


def as_html(template: str, values: Mapping[str, Any]) -> str:
    """Return a document as a page of HTML."""
    return _environment().get_template(f"{template}.html").render(values)


def as_pdf(html: str) -> bytes:
    """Return a page as a tagged PDF; raises `PdfUnavailable`."""
    try:
        from weasyprint import CSS, HTML  # only where it is needed: it takes half a second
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        raise PdfUnavailable from None
    nowhere = URLFetcher(allowed_protocols=())
    with ONE_AT_A_TIME:
        sheet = CSS(string=_sheet("print"), url_fetcher=nowhere)
        page = HTML(string=html, url_fetcher=nowhere)
        made: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant=VARIANT)
    return made


def _sheet(name: str) -> str:
    return (TEMPLATES / f"{name}.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
