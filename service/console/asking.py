"""The verify page: a form whose fields become a verification request, and whose faults stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from schemas.known import nearest
from schemas.model import (
    CONDITIONS,
    LEVELS_OF_CARE,
    MODALITIES,
    NETWORKS,
    PARTIAL_HOSPITALIZATION,
    RELATIONSHIPS,
)
from schemas.people import SEXES
from schemas.phases import DEFAULTS
from schemas.problem import FieldError
from service.console import second, told
from service.console.comparing import PLANS, STEPS
from service.directory import list_payers, payer_of, resolve
from service.record import right_now
from service.verify import Desk, known

# Fields of the form that are fields of the request, and those of its member.
OF_REQUEST = (
    "plan",
    "network",
    "site",
    "condition",
    "modality",
    "level_of_care",
    "start_date",
    "external_id",
)
OF_MEMBER = (
    "member_id",
    "group_number",
    "first_name",
    "last_name",
    "birth_date",
    "sex",
    "relationship",
)
OF_SUBSCRIBER = ("member_id", "first_name", "last_name", "birth_date")
WHOLE = ("weeks", "days_per_week")
HOURS = "hours_per_day"
OF_ONE_LEVEL = ("level_of_care", "start_date", *WHOLE, HOURS)
MOST_NEAR = 3
SUBSCRIBER = tuple(f"subscriber_{name}" for name in OF_SUBSCRIBER)
REPLY = "reply_text"
STEP_DOWN = "step_down"
"""A care plan of several levels in place of one; how long each lasts is usual."""

FIELDS = ("payer", *OF_MEMBER, *SUBSCRIBER, *OF_REQUEST, *WHOLE, HOURS, *second.FIELDS, REPLY)
IN_ORDER = (
    "payer",
    "plan",
    *OF_MEMBER,
    *SUBSCRIBER,
    "level_of_care",
    "start_date",
    *WHOLE,
    HOURS,
    "site",
    "condition",
    "modality",
    "network",
    "external_id",
    *second.FIELDS,
    *sorted(told.NAMES),
    REPLY,
)
"""The fields as they follow one another on the page."""


def first_values(desk: Desk) -> dict[str, str]:
    """What stands in an empty form."""
    today = right_now().astimezone(desk.clinic.zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    return dict.fromkeys(FIELDS, "") | {
        "relationship": "self",
        "level_of_care": "intensive_outpatient",
        "start_date": monday.isoformat(),
        "site": desk.clinic.default_site,
        "condition": "mental_health",
        "modality": "in_person",
    }


def choices(desk: Desk) -> dict[str, Any]:
    """What the form can be filled in with."""
    return {
        "payers": list_payers(desk),
        "sites": list(desk.clinic.sites),
        "levels": LEVELS_OF_CARE,
        "conditions": CONDITIONS,
        "modalities": MODALITIES,
        "networks": NETWORKS,
        "relationships": RELATIONSHIPS,
        "sexes": SEXES,
        "usual": {level: _usual(level) for level in LEVELS_OF_CARE},
        "told_parts": told.parts(),
        "told_names": told.NAMES,
        "of_order": second.CHOICES,
        "second_names": second.FIELDS,
    }


def _usual(level: str) -> dict[str, str]:
    """What is taken where nothing is said of how long and how often."""
    weeks, days, minutes = DEFAULTS[level]
    return {"weeks": str(weeks or ""), "days_per_week": str(days), HOURS: f"{minutes / 60:g}"}


def request_of(desk: Desk, typed: Mapping[str, str]) -> dict[str, Any]:
    """The verification request that a filled-in form makes; what was left empty is not in it."""
    given = {name: typed[name].strip() for name in FIELDS if typed.get(name, "").strip()}
    body: dict[str, Any] = {name: given[name] for name in OF_REQUEST if name in given}
    body["member"] = _member(given)
    for name in WHOLE:
        if name in given:
            body[name] = int(given[name]) if given[name].isascii() and given[name].isdigit() else given[name]
    if HOURS in given:
        body[HOURS] = given[HOURS]
    if "payer" in given:
        body["payer"] = payer_of(desk, given["payer"])
    if "second_payer" in given:
        body["secondary"] = _second(desk, given)
    if REPLY in given:
        body["payer_reply"] = {"format": "x12_271", "content": typed[REPLY]}
    level = body.get("level_of_care", "")
    first_level = PARTIAL_HOSPITALIZATION if level == STEP_DOWN else level
    if said := told.told_of(typed, first_level, right_now().isoformat()):
        body["told_benefits"] = said
    body = second.in_any_order(body, given)
    return _step_down(body) if level == STEP_DOWN else body


def _member(given: Mapping[str, str]) -> dict[str, Any]:
    member: dict[str, Any] = {name: given[name] for name in OF_MEMBER if name in given}
    subscriber = {
        name: given[f"subscriber_{name}"] for name in OF_SUBSCRIBER if f"subscriber_{name}" in given
    }
    if subscriber and member.get("relationship", "self") != "self":
        member["subscriber"] = subscriber
    return member


def _second(desk: Desk, given: Mapping[str, str]) -> dict[str, str]:
    payer, plan, member_id = second.SECOND
    other = {"payer": payer_of(desk, given[payer])}
    other |= {"plan": given[plan]} if plan in given else {}
    return other | ({"member_id": given[member_id]} if member_id in given else {})


def _step_down(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request for the usual way down, from partial hospitalization to outpatient care."""
    first, *rest = PLANS[STEPS]
    rest_of_body = {name: value for name, value in body.items() if name not in OF_ONE_LEVEL}
    start = {"start_date": body["start_date"]} if "start_date" in body else {}
    return {**rest_of_body, "phases": [{**first, **start}, *rest]}


def text_of(content: bytes) -> str:
    """The text of a file; one that is not UTF-8 is read byte by byte, as X12 may be."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def faults_by_field(errors: Sequence[FieldError]) -> dict[str, str]:
    """What is wrong with each field, as a code, in their order; what no field can mend has an empty name."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(_field_of(error.pointer), error.code)
    return {name: found[name] for name in (*IN_ORDER, "") if name in found}


def _field_of(pointer: str) -> str:
    """The field that a pointer into the request leads to; empty where there is none."""
    pointer = second.field_of(pointer)
    last = pointer.rsplit("/", 1)[-1]
    if pointer.startswith("/payer_reply"):
        return REPLY
    if pointer.startswith("/told_benefits"):
        name = told.name_in_form(pointer)
        return name if name in told.NAMES else ""
    for place, prefix in (("/secondary/", "second"), ("/member/subscriber/", "subscriber")):
        if pointer.startswith(place):
            last = f"{prefix}_{last}"
    return last if last in FIELDS else ""


def nearest_payers(desk: Desk, text: str) -> list[dict[str, str]]:
    """The payers that a text may have meant, the likeliest first."""
    found = [{"id": payer.id, "name": payer.name} for payer in resolve(desk, text)[:MOST_NEAR]]
    if found:
        return found
    cards = known(desk, right_now()).payers
    names = {card.id: (card.id, card.name, *card.aliases) for card in cards.values()}
    return [{"id": one, "name": cards[one].name} for one in nearest(text, names)]


def nearest_names(desk: Desk, text: str) -> str:
    """What the payers are called that a text may have meant."""
    return ", ".join(payer["name"] for payer in nearest_payers(desk, text))


def payer_names(desk: Desk) -> dict[str, str]:
    """What each payer is called, by id."""
    return {payer["id"]: payer["name"] for payer in list_payers(desk)}
