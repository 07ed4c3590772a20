"""Documents of a verification: as a PDF, or as a page to print. Made when asked for, kept nowhere."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service import case_at_hand
from service import documents as room
from service.api.describe import file_operation
from service.api.exchange import query
from service.api.problems import Refused
from service.api.results import DOCUMENT_KIND
from service.api.shapes import DOCUMENT_QUERY
from service.documents import Matter
from service.explain import Locale
from service.security.edges import style_nonce

documents = Blueprint("documents", __name__, url_prefix="/v1/verifications", description=__doc__ or "")
PDF, HTML = "application/pdf", "text/html"


@documents.route("/<uuid:verification_id>/documents/<kind>", methods=["GET"], parameters=[DOCUMENT_KIND])
@documents.doc(
    **file_operation(
        "getDocument",
        "A document of a verification, to print or to send",
        (PDF, HTML),
        query=DOCUMENT_QUERY,
        refuses=(404, 406, 409),
    )
)
def fetch(verification_id: UUID, kind: str) -> Response:
    """The form of benefits, the letter to the patient or the Good Faith Estimate, in English or Spanish."""
    asked = query(DOCUMENT_QUERY)
    matter = _matter(verification_id, kind, asked["language"])
    try:
        if asked["format"] == "html":
            return _sent(room.page(kind, matter, nonce=style_nonce()), HTML, matter)
        response = _sent(room.pdf(kind, matter), PDF, matter)
    except room.NothingToSay:
        raise Refused("conflict", "The site has no self-pay price for all of this care.") from None
    except room.PdfUnavailable:
        raise Refused("not_acceptable", "PDF needs Pango; print the page instead: format=html.") from None
    response.headers["Content-Disposition"] = f'inline; filename="{room.file_name(kind, matter)}"'
    return response


def _matter(verification_id: UUID, kind: str, language: Locale) -> Matter:
    if kind not in room.KINDS:
        raise Refused("not_found", f"The kinds of document are {', '.join(room.KINDS)}.")
    try:
        return case_at_hand.matter_of(str(verification_id), language)
    except case_at_hand.NotHere:
        raise Refused("not_found", "There is no verification with this id.") from None


def _sent(content: bytes | str, media: str, matter: Matter) -> Response:
    response = Response(content, mimetype=media)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = matter.reader.locale
    return response
