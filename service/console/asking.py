"""The verify page: a form whose fields become a verification request, and whose faults stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from schemas.model import CONDITIONS, LEVELS_OF_CARE, MODALITIES, NETWORKS
from schemas.problem import FieldError
from service.console.comparing import PLANS, STEPS
from service.directory import list_payers, payer_of, resolve
from service.record import right_now
from service.verify import Desk

RELATIONSHIPS = ("self", "spouse", "child", "other")
# Fields of the form that are fields of the request, and those of its member.
OF_REQUEST = ("plan", "network", "site", "condition", "modality", "level_of_care", "start_date")
OF_MEMBER = ("member_id", "first_name", "last_name", "birth_date", "relationship")
WHOLE = ("weeks", "days_per_week")
HOURS = "hours_per_day"
OF_ONE_LEVEL = ("level_of_care", "start_date", *WHOLE, HOURS)
MOST_NEAR = 3
SECOND = ("second_payer", "second_plan", "second_member_id")
REPLY = "reply_text"
STEP_DOWN = "step_down"
"""A care plan of several levels in place of one; how long each lasts is usual."""

FIELDS = ("payer", *OF_MEMBER, *OF_REQUEST, *WHOLE, HOURS, *SECOND, REPLY)


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
    }


def request_of(desk: Desk, typed: Mapping[str, str]) -> dict[str, Any]:
    """The verification request that a filled-in form makes; what was left empty is not in it."""
    given = {name: typed[name].strip() for name in FIELDS if typed.get(name, "").strip()}
    body: dict[str, Any] = {name: given[name] for name in OF_REQUEST if name in given}
    body["member"] = {name: given[name] for name in OF_MEMBER if name in given}
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
    if body.get("level_of_care") == STEP_DOWN:
        return _step_down(body)
    return body


def _second(desk: Desk, given: Mapping[str, str]) -> dict[str, str]:
    payer, plan, member_id = SECOND
    second = {"payer": payer_of(desk, given[payer])}
    second |= {"plan": given[plan]} if plan in given else {}
    return second | ({"member_id": given[member_id]} if member_id in given else {})


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
        name = "_".join(("second", error.pointer.rsplit("/", 1)[-1]))
        if not error.pointer.startswith("/secondary/"):
            name = REPLY if error.pointer.startswith("/payer_reply") else error.pointer.rsplit("/", 1)[-1]
        found.setdefault(name if name in FIELDS else "", error.code)
    return {name: found[name] for name in (*FIELDS, "") if name in found}


def nearest_payers(desk: Desk, text: str) -> str:
    """The payers that a text may have meant, by name."""
    return ", ".join(match["payer"]["name"] for match in resolve(desk, text)[:MOST_NEAR])


def payer_names(desk: Desk) -> dict[str, str]:
    """What each payer is called, by id."""
    return {payer["id"]: payer["name"] for payer in list_payers(desk)}
