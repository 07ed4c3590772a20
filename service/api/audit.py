"""The audit trail as auditors read it: who did what with which record, when, why and from where."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from service.api import access
from service.api.access import AUDIT_QUERY
from service.api.describe import operation
from service.api.exchange import listing, page, query
from service.at_hand import office
from service.noting import note
from service.store import trail
from service.store.session import transaction

audit = Blueprint("audit", __name__, url_prefix="/v1/audit-events", description=__doc__ or "")


@audit.route("", methods=["GET"])
@audit.doc(
    **operation(
        "listAuditEvents", "Who did what, and when", access.AUDIT_LIST, query=AUDIT_QUERY, is_recorded=True
    )
)
def index() -> Response:
    """Newest first; nothing in it says who a member is. To read it is written down too."""
    asked = query(AUDIT_QUERY)
    wanted = trail.Filter(
        actor=asked.get("actor"),
        action=asked.get("action"),
        subject=asked.get("subject"),
        first_day=asked.get("date_from"),
        last_day=asked.get("date_to"),
    )
    with transaction(office().store) as session:
        found, following = trail.page_of(session, wanted, page(asked))
        note(session, "audit.list")
    return listing([access.audit_line(event) for event in found], following)
