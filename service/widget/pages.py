"""The same questions in three pages without a script: a form, an answer, a receipt.

Nothing stands in an address but a site's key and a language, and there are no cookies: what was asked before
travels in the forms. No browser works for a proof here, so a signed token, a hidden field, the time that
filling in takes, and narrower limits stand in for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import TooManyRequests

from schemas.problem import BadRequest, FieldError
from service.at_hand import doorkeeper, office, throttle
from service.explain import LOCALES, Locale
from service.observe.metrics import count_quick_check
from service.quick_checks import receiving, telling
from service.quick_checks.reading import read_contact, read_question
from service.quick_checks.saying import faults, phrase
from service.record import right_now
from service.security import proof
from service.security.keys import Client
from service.security.proof import CHECK, CONTACT, BadProof, Proof, TooFast

pages = Blueprint("widget", __name__, url_prefix="/widget")
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SCOPE = "quick-checks"
QUESTION = ("payer", "payer_text", "plan_type", "level_of_care", "age_group", "county", "site")
PERSON = ("asking_for", "your_name", "first_name", "last_name", "birth_date", "member_id", "channel", "phone")
REACH = ("email", "best_time")
REFUSALS: Mapping[type[Exception], str] = {
    BadProof: "proof_wrong",
    receiving.UsedBefore: "proof_wrong",
    TooManyRequests: "too_many_requests",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: which, with what was typed, what is wrong, and what it tells."""

    template: str
    step: str
    status: int = 200
    values: Mapping[str, str] | None = None
    faults: Mapping[str, str] | None = None
    problem: str | None = None
    told: Mapping[str, Any] | None = None


@pages.get("/check")
def check() -> Response:
    """The first step: no name is asked for."""
    client = _site()
    return _not_set_up() if client is None else _page(client, Shown("check.html", CHECK))


@pages.post("/check")
def ask() -> Response:
    """The answer, with the form of the second step."""
    client, typed = _site(), _typed()
    if client is None:
        return _not_set_up()
    try:
        throttle().count_page(request.remote_addr)
        asked = read_question(office().desk, {**_said(typed, QUESTION), "website": typed.get("website", "")})
        _spend(_token(client, CHECK, typed))
    except BadRequest as bad:
        return _page(client, _again("check.html", CHECK, typed, bad))
    except (BadProof, TooFast, TooManyRequests) as refused:
        return _page(client, _not_now("check.html", CHECK, typed, refused))
    told = telling.tell_answer(office().desk, asked, _locale(), right_now())
    count_quick_check(told["answer"])
    kept = {f"check_{name}": typed.get(name, "") for name in QUESTION} | {"check_answer": told["answer"]}
    return _page(client, Shown("answer.html", CONTACT, values=kept, told=told))


@pages.post("/contact")
def contact() -> Response:
    """The receipt of what was left."""
    client, typed = _site(), _typed()
    if client is None:
        return _not_set_up()
    locale, now = _locale(), right_now()
    try:
        left = read_contact(office().desk, _left(typed), locale, now)
        shown = _token(client, CONTACT, typed)
        throttle().count_contact(client.id, request.remote_addr, left.get("member_id"))
        reference = receiving.receive(left, shown, request.get_data(cache=True), locale, now)
    except BadRequest as bad:
        return _page(client, _again("answer.html", CONTACT, typed, bad))
    except (BadProof, TooFast, TooManyRequests, receiving.UsedBefore, receiving.BeingReceived) as refused:
        return _page(client, _not_now("answer.html", CONTACT, typed, refused))
    told = telling.tell_receipt(office().desk.clinic, reference, locale)
    return _page(client, Shown("receipt.html", CONTACT, status=201, told=told))


def _site() -> Client | None:
    """Whose site's key came along; it stands for the visitor from here on."""
    token = request.form.get("key") or request.args.get("key") or ""
    client = doorkeeper().authenticate(token)
    if client is None or not client.origins or not client.may(SCOPE):
        return None
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None  # somebody else's page sent the form
    g.client = client
    return client


def _typed() -> dict[str, str]:
    # Parsed from what is kept, so that the same bytes can be told from others later.
    request.get_data(cache=True, parse_form_data=False)
    return {name: text.strip() for name, text in request.form.items()}


def _said(typed: Mapping[str, str], names: tuple[str, ...], before: str = "") -> dict[str, str]:
    return {name: typed[before + name] for name in names if typed.get(before + name)}


def _left(typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_said(typed, (*PERSON, *REACH)),
        "consent": {
            "version": typed.get("consent_version", ""),
            "accepted": bool(typed.get("consent_accepted")),
        },
        "check": _said(typed, (*QUESTION, "answer"), "check_"),
        "website": typed.get("website", ""),
    }


def _token(client: Client, step: str, typed: Mapping[str, str]) -> Proof:
    return proof.read_token(office().store.vault, client.id, step, typed.get("token", ""), right_now())


def _spend(shown: Proof) -> None:
    if not throttle().spend(shown.name):
        raise BadProof


def _again(template: str, step: str, typed: Mapping[str, str], bad: BadRequest) -> Shown:
    """The form as it was typed, with what is wrong beside each field."""
    found = faults(_locale(), bad.errors, {"phone": office().desk.clinic.phone})
    said = {_field(one): one.message for one in found}
    problem = said.get("website") or phrase(_locale(), "page_fields_wrong")
    return Shown(template, step, 422, typed, said, problem, _told_before(template, typed))


def _not_now(template: str, step: str, typed: Mapping[str, str], refused: Exception) -> Shown:
    code = REFUSALS.get(type(refused), "try_again_shortly")
    said = phrase(_locale(), f"page_{code}", phone=office().desk.clinic.phone)
    status = 422 if code == "proof_wrong" else 429
    return Shown(template, step, status, typed, None, said, _told_before(template, typed))


def _told_before(template: str, typed: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The answer of the first step once more, where the form of the second stands below it."""
    if template != "answer.html":
        return None
    try:
        asked = read_question(office().desk, _said(typed, QUESTION, "check_"))
    except BadRequest:
        return None
    return telling.tell_answer(office().desk, asked, _locale(), right_now())


def _field(error: FieldError) -> str:
    """The field of a form that an error is about."""
    named = {"/consent/accepted": "consent_accepted", "/consent/version": "consent_accepted"}
    name = error.pointer.rpartition("/")[2]
    return named.get(error.pointer, f"check_{name}" if error.pointer.startswith("/check/") else name)


def _page(client: Client, shown: Shown) -> Response:
    locale, desk = _locale(), office().desk
    other = next(one for one in LOCALES if one != locale)
    key = request.form.get("key") or request.args.get("key") or ""
    made = render_template(
        f"widget/{shown.template}",
        lang=locale,
        other_lang=other,
        key=key,
        t=lambda code, **params: phrase(locale, code, **params),
        form=telling.tell_form(desk, locale),
        clinic=telling.name_clinic(desk.clinic),
        token=proof.make_token(office().store.vault, client.id, shown.step, right_now()),
        values=shown.values or {},
        faults=shown.faults or {},
        problem=shown.problem,
        answer=shown.told,
        receipt=shown.told,
    )
    return _safe(Response(made, shown.status))


def _not_set_up() -> Response:
    """Nothing of a clinic is told without its key."""
    locale = _locale()
    made = render_template(
        "widget/not_set_up.html",
        lang=locale,
        t=lambda code, **params: phrase(locale, code, **params),
        form={"emergency": telling.emergency(locale)},
    )
    return _safe(Response(made, 404))


def _safe(page: Response) -> Response:
    page.headers["Content-Security-Policy"] = POLICY
    page.headers["Cache-Control"] = "no-store"
    page.headers["Content-Language"] = _locale()
    return page


def _locale() -> Locale:
    chosen = request.form.get("lang") or request.args.get("lang")
    wanted = chosen if chosen in LOCALES else request.accept_languages.best_match(LOCALES)
    return next((one for one in LOCALES if one == wanted), LOCALES[0])
