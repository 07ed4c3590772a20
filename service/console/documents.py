"""Documents of an answer: a page to print, the same as a PDF, and their style sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from service import case_at_hand, documents
from service.console.reading import label, language, show_to_staff
from service.console.room import STATIC_SECONDS, console
from service.documents import Matter
from service.explain import LOCALES, Locale

NAMES = {"en": "English", "es": "Español"}
"""What each language calls itself."""


@console.get("/verifications/<uuid:verification_id>/documents/<kind>")
def document(verification_id: UUID, kind: str) -> ResponseReturnValue:
    """A document as a page to print, in the language it is asked for in."""
    matter = _matter(verification_id, kind)
    if matter is None:
        return show_to_staff("nothing.html", 404)
    try:
        return documents.page(
            kind,
            matter,
            stylesheet=url_for("console.document_style"),
            icon=url_for("console.static", filename="mark.svg"),
            links=_links(verification_id, kind, matter),
        )
    except documents.NothingToSay:
        return _refused("no_self_pay_price", 409)


@console.get("/verifications/<uuid:verification_id>/documents/<kind>.pdf")
def document_pdf(verification_id: UUID, kind: str) -> ResponseReturnValue:
    """The same as a PDF; where this machine makes none, it is said how to go on without."""
    matter = _matter(verification_id, kind)
    if matter is None:
        return show_to_staff("nothing.html", 404)
    try:
        response = Response(documents.pdf(kind, matter), mimetype="application/pdf")
    except documents.NothingToSay:
        return _refused("no_self_pay_price", 409)
    except documents.PdfUnavailable:
        return _refused("no_pdf_here", 406)
    response.headers["Content-Disposition"] = f'inline; filename="{documents.file_name(kind, matter)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@console.get("/documents.css")
def document_style() -> Response:
    """The style sheet of documents; it says nothing of anybody."""
    response = Response(documents.style(), mimetype="text/css")
    response.headers["Cache-Control"] = f"private, max-age={STATIC_SECONDS}"
    return response


def _matter(verification_id: UUID, kind: str) -> Matter | None:
    if kind not in documents.KINDS:
        return None
    return case_at_hand.matter_of(str(verification_id), _language())


def _language() -> Locale:
    """The language that the document is asked for in, which need not be the one of whoever asks."""
    asked = request.args.get("language")
    return next((locale for locale in LOCALES if locale == asked), None) or language()


def _links(verification_id: UUID, kind: str, matter: Matter) -> list[tuple[str, str, str | None]]:
    here: dict[str, Any] = {"verification_id": verification_id, "kind": kind}
    locale = matter.reader.locale
    others = [
        (url_for("console.document", **here, language=other), NAMES[other], other)
        for other in LOCALES
        if other != locale
    ]
    back = url_for("console.verification", verification_id=verification_id)
    return [
        (back, matter.label("back"), None),
        (url_for("console.document_pdf", **here, language=locale), "PDF", None),
        *others,
    ]


def _refused(code: str, status: int) -> ResponseReturnValue:
    return show_to_staff("document_refused.html", status, why=label(code))
