"""Verifications: made, found, told more, asked again, answered again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from schemas.answers import VERIFICATION
from schemas.inquiry import VERIFICATION_REQUEST
from service import pending, record
from service.api import results
from service.api.describe import ETAG, IF_NONE_MATCH, LANGUAGE, PREFER, creation, operation
from service.api.exchange import json_body, listing, page, query, spoken, tagged, waits
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.reading import read_search, read_telling, wanted_verifications
from service.api.shapes import REPLAY_QUERY, SEARCH, TOLD, VERIFICATIONS_QUERY
from service.api.speaking import speak
from service.at_hand import caller, office, throttle
from service.noting import note
from service.preview import preview_told
from service.store import verifications as kept
from service.store.session import Session, transaction
from service.store.verifications import Verification

verifications = Blueprint(
    "verifications", __name__, url_prefix="/v1/verifications", description=__doc__ or ""
)


@verifications.route("", methods=["POST"])
@verifications.doc(
    **creation(
        "createVerification",
        "Is it covered, does it need prior authorization, what will it cost?",
        VERIFICATION,
        body=VERIFICATION_REQUEST,
        parameters=(PREFER,),
    )
)
def create() -> Response:
    """A payer's "no" is an answer too: 201 with a determination that says so."""
    response = once(lambda: _made("create", record.draft_new(office(), caller(), json_body(), waits=waits())))
    if not waits():
        response.headers["Preference-Applied"] = "respond-async"
    return response


@verifications.route("", methods=["GET"])
@verifications.doc(
    **operation(
        "listVerifications", "List verifications", results.VERIFICATION_LIST, query=VERIFICATIONS_QUERY
    )
)
def index() -> Response:
    """Newest first; nothing in the list says who the member is."""
    asked = query(VERIFICATIONS_QUERY)
    with transaction(office().store) as session:
        items, following = kept.page_of(session, wanted_verifications(asked, caller().reach), page(asked))
    return listing(results.summaries(items), following)


@verifications.route("/search", methods=["POST"])
@verifications.doc(
    **operation(
        "searchVerifications",
        "Find a member's verifications",
        results.VERIFICATION_LIST,
        body=SEARCH,
        is_recorded=True,
    )
)
def search() -> Response:
    """Exact matches, by what stands in the body; nothing of a member belongs in an address."""
    indexes, wanted = read_search(json_body(), office().store.vault)
    with transaction(office().store) as session:
        items, following = kept.search(session, indexes, wanted, caller().reach)
        note(session, "verification.search")
    return listing(results.summaries(items), following)


@verifications.route("/<uuid:verification_id>", methods=["GET"])
@verifications.doc(
    **operation(
        "getVerification",
        "Fetch a verification",
        VERIFICATION,
        refuses=(404,),
        parameters=(LANGUAGE, IF_NONE_MATCH),
        headers=ETAG,
        is_recorded=True,
    )
)
def fetch(verification_id: UUID) -> Response:
    """As it was answered, in the caller's language; 304 where the caller has it already."""
    kept_now = pending.settle_overdue(office(), _kept(verification_id))
    return tagged(spoken(speak(record.present(kept_now))))


@verifications.route("/<uuid:verification_id>/told", methods=["POST"])
@verifications.doc(
    **creation(
        "tellBenefits",
        "Add what a representative, portal or card said",
        VERIFICATION,
        body=TOLD,
        refuses=(404,),
    )
)
def told(verification_id: UUID) -> Response:
    """A new verification that replaces this one; of each field the newest telling stands."""
    return once(
        lambda: _made(
            "tell",
            record.draft_told(office(), caller(), _asked_again(verification_id), read_telling(json_body())),
        )
    )


@verifications.route("/<uuid:verification_id>/told/preview", methods=["POST"])
@verifications.doc(
    **operation(
        "previewBenefits",
        "What would this answer be, were this said?",
        VERIFICATION,
        body=TOLD,
        refuses=(404,),
        parameters=(LANGUAGE,),
        is_recorded=True,
    )
)
def preview(verification_id: UUID) -> Response:
    """The answer to `told` with the same body, while a call goes on; nothing is kept, no payer is asked."""
    found = _kept(verification_id, "preview")
    return spoken(speak(record.present(preview_told(office(), found, read_telling(json_body())))))


@verifications.route("/<uuid:verification_id>/reverify", methods=["POST"])
@verifications.doc(**creation("reverify", "Ask the same again, as of now", VERIFICATION, refuses=(404,)))
def reverify(verification_id: UUID) -> Response:
    """A new verification that replaces this one and lists what changed."""
    return once(
        lambda: _made("reverify", record.draft_reverified(office(), caller(), _asked_again(verification_id)))
    )


@verifications.route("/<uuid:verification_id>/replay", methods=["GET"])
@verifications.doc(
    **operation(
        "replayVerification",
        "Answer once more from the rulebook of then",
        VERIFICATION,
        query=REPLAY_QUERY,
        refuses=(404,),
        parameters=(LANGUAGE,),
        is_recorded=True,
    )
)
def replay(verification_id: UUID) -> Response:
    """Without a date, from what answered then: the same answer. With one, from the rulebook of that day."""
    as_of = query(REPLAY_QUERY).get("as_of")
    try:
        again = record.replay(office(), _kept(verification_id, "replay"), as_of)
    except record.NotInUse:
        raise Refused("not_found", "No rulebook was in use here yet on that day.") from None
    return spoken(speak(record.present(again)))


def _kept(verification_id: UUID, action: str = "read") -> Verification:
    with transaction(office().store) as session:
        found = kept.get(session, str(verification_id), caller().reach)
        if found is not None:
            note(session, f"verification.{action}", found.id)
    if found is None:
        raise Refused("not_found", "There is no verification with this id.")
    return found


def _asked_again(verification_id: UUID) -> Verification:
    """A verification whose member is asked about once more, which counts as the first time did."""
    found = _kept(verification_id)
    throttle().count_member(caller().id, found.request)
    return found


def _made(action: str, draft: record.Draft) -> Made:
    body: dict[str, Any] = speak(record.present(draft.verification))
    location = f"/v1/verifications/{draft.verification.id}"

    def write(session: Session) -> None:
        record.keep(session, draft)
        note(session, f"verification.{action}", draft.verification.id)

    here = office()
    return Made(body, location, write, lambda: pending.follow(here, draft.verification))
