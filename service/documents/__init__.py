"""Documents of a verification: the form of benefits, the letter to the patient, the Good Faith Estimate.

Made anew whenever somebody asks, from what is kept of the verification; no document is kept anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from service.documents.benefits import LAYOUT, write_benefits
from service.documents.good_faith import NothingToSay, write_good_faith_estimate
from service.documents.letter import write_letter
from service.documents.matter import Matter
from service.documents.printing import PdfUnavailable, as_html, as_pdf, style

__all__ = [
    "KINDS",
    "Matter",
    "NothingToSay",
    "PdfUnavailable",
    "file_name",
    "page",
    "pdf",
    "style",
]

WRITERS: Mapping[str, Callable[[Matter], Any]] = MappingProxyType(
    {"benefits": write_benefits, "letter": write_letter, "good_faith_estimate": write_good_faith_estimate}
)
KINDS = tuple(WRITERS)
"""The kinds of document there are."""


def page(kind: str, matter: Matter, **around: Any) -> str:
    """Return a document as a page of HTML; raises `NothingToSay`.

    `around` is what the page needs where it is shown: the addresses of a `stylesheet` and an `icon`, or a
    `nonce` for the style inside it; `links`, each an address, its words and their language, which are not
    printed.
    """
    values = {"stylesheet": None, "icon": None, "nonce": None, "links": (), "style": style, **around}
    document = WRITERS[kind](matter)
    return as_html(
        kind,
        {**values, "document": document, "matter": matter, "layout": LAYOUT},
    )


def pdf(kind: str, matter: Matter) -> bytes:
    """Return a document as a tagged PDF; raises `NothingToSay` and `PdfUnavailable`."""
    return as_pdf(page(kind, matter))


def file_name(kind: str, matter: Matter) -> str:
    """Return what a PDF is called; nothing in it says whose it is."""
    return f"{kind.replace('_', '-')}-{matter.shown['id']}.pdf"
