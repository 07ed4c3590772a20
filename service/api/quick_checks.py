"""What a visitor of a clinic's website asks: first without a name, then, if wanted, with a contact."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import TooManyRequests

from schemas.problem import BadRequest
from schemas.quick_check import QUICK_CHECK, QUICK_CONTACT
from service.api.describe import LANGUAGE, operation
from service.api.exchange import json_body, query, reply, spoken
from service.api.exchange import language as language_asked
from service.api.problems import Refused
from service.api.quick_check_shapes import ANSWER, CHALLENGE, CHALLENGE_QUERY, FORM, RECEIPT
from service.at_hand import office, throttle
from service.explain import LOCALES, Locale
from service.observe.metrics import count_quick_check
from service.quick_checks import receiving, telling
from service.quick_checks.reading import read_contact, read_question
from service.quick_checks.saying import faults, phrase
from service.record import right_now
from service.security import proof
from service.security.guard import current_client
from service.security.proof import CHECK, CONTACT, BadProof, Proof, TooFast

quick_checks = Blueprint("quick_checks", __name__, url_prefix="/v1/quick-checks", description=__doc__ or "")


@quick_checks.route("/form", methods=["GET"])
@quick_checks.doc(**operation("getQuickCheckForm", "What the form shows", FORM, parameters=[LANGUAGE]))
def form() -> Response:
    """Whom to choose from, what is agreed to, and every label, in a language."""
    return spoken(telling.tell_form(office().desk, _locale()))


@quick_checks.route("/challenge", methods=["GET"])
@quick_checks.doc(
    **operation("getQuickCheckChallenge", "A challenge to solve", CHALLENGE, query=CHALLENGE_QUERY)
)
def challenge() -> Response:
    """Proof of work for one step: it works once, for a quarter of an hour."""
    step = query(CHALLENGE_QUERY)["step"]
    return reply(proof.pose(office().store.vault, current_client().id, step, right_now()))


@quick_checks.route("", methods=["POST"])
@quick_checks.doc(
    **operation(
        "createQuickCheck", "A first answer, without a name", ANSWER, body=QUICK_CHECK, parameters=[LANGUAGE]
    )
)
def create() -> Response:
    """Whether a plan usually includes this care, from published rules alone; nothing is kept."""
    desk, sent = office().desk, json_body()
    try:
        asked = read_question(desk, sent)
    except BadRequest as bad:
        raise _refused_fields(bad) from None
    shown = _proof_of(asked, CHECK)
    if shown is not None and not throttle().spend(shown.name):
        raise _refused("proof_wrong")
    answer = telling.tell_answer(desk, asked, _locale(), right_now())
    count_quick_check(answer["answer"])
    return spoken(answer)


@quick_checks.route("/contacts", methods=["POST"])
@quick_checks.doc(
    **operation(
        "createQuickContact",
        "Leave a contact",
        RECEIPT,
        status=201,
        body=QUICK_CONTACT,
        parameters=[LANGUAGE],
        is_recorded=True,
    )
)
def contact() -> Response:
    """Opens a case for the desk; the answer is the same for everybody but for the code in it."""
    desk, locale, now = office().desk, _locale(), right_now()
    try:
        left = read_contact(desk, json_body(), locale, now)
    except BadRequest as bad:
        raise _refused_fields(bad) from None
    shown = _proof_of(left, CONTACT)
    try:
        throttle().count_contact(current_client().id, request.remote_addr, left.get("member_id"))
    except TooManyRequests as error:
        raise _refused("too_many_requests", {"Retry-After": str(error.retry_after)}) from None
    try:
        reference = receiving.receive(left, shown, request.get_data(cache=True), locale, now)
    except receiving.UsedBefore:
        raise _refused("proof_wrong") from None
    except receiving.BeingReceived:
        raise _refused("try_again_shortly", {"Retry-After": "2"}) from None
    return spoken(telling.tell_receipt(desk.clinic, reference, locale), 201)


def _proof_of(sent: dict[str, Any], step: str) -> Proof | None:
    """What shows that a browser asks; only a site key, which anybody can read, needs it."""
    client, given = current_client(), sent.get("proof")
    if not client.origins:
        return None
    if given is None:
        raise _refused("proof_missing")
    try:
        return proof.read_proof(office().store.vault, client.id, step, given, right_now())
    except BadProof:
        raise _refused("proof_wrong") from None
    except TooFast as fast:
        raise _refused("try_again_shortly", {"Retry-After": str(fast.wait)}) from None


def _refused(code: str, headers: dict[str, str] | None = None) -> Refused:
    said = {"Content-Language": language_asked(), **(headers or {})}
    return Refused(code, phrase(_locale(), f"page_{code}", phone=office().desk.clinic.phone), headers=said)


def _refused_fields(bad: BadRequest) -> Refused:
    clinic = {"phone": office().desk.clinic.phone}
    errors = faults(_locale(), bad.errors, clinic)
    return Refused("invalid_fields", phrase(_locale(), "page_fields_wrong"), errors)


def _locale() -> Locale:
    asked = language_asked()
    return next(locale for locale in LOCALES if locale == asked)
