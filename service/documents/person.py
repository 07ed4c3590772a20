"""Who the patient and the policyholder are, what is on the card, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.known import NETWORKED_LINES
from service.documents.form import Cell
from service.documents.matter import NOT_SAID, Matter, answered
from service.explain.page.reader import contact_line

Rows = Iterator[tuple[str, Cell]]
FROM_AN_EMPLOYER = ("commercial", "fehb")
"""Lines of business that come with a job."""

WITH_GROUPS = (*FROM_AN_EMPLOYER, "medicare_advantage", "marketplace", "tricare")
LETTERS = 3
"""How many letters of a Blue plan's member ID name the plan."""


def patient(matter: Matter) -> Rows:
    """Yield who the patient is; what is not asked for here, the patient can say."""
    member = matter.request["member"]
    yield "patient_name", _name(member, matter)
    yield "patient_birth_date", _day(member, matter)
    sex = member.get("sex")
    yield "patient_sex", answered(matter.label(f"sex_{sex}")) if sex else matter.ask_patient()
    yield (
        "patient_relationship",
        answered(matter.label(f"relationship_{member.get('relationship') or 'self'}")),
    )
    yield "patient_address", matter.contact("patient", "address")
    yield "patient_phone", matter.contact("patient", "phone")
    yield "patient_photo_id", matter.ask_patient()


def policyholder(matter: Matter) -> Rows:
    """Yield whose policy it is."""
    member = matter.request["member"]
    is_own = (member.get("relationship") or "self") == "self"
    holder = member if is_own else member.get("subscriber") or {}
    yield "holder_name", answered(matter.label("the_patient")) if is_own else _name(holder, matter)
    yield "holder_birth_date", _day(holder, matter)
    whose = "patient" if is_own else "policyholder"
    yield "holder_address", matter.contact(whose, "address")
    yield "holder_phone", matter.contact(whose, "phone")
    has_employer = matter.line in FROM_AN_EMPLOYER
    yield "holder_employer", matter.ask_patient() if has_employer else matter.not_applicable()


def card(matter: Matter) -> Rows:
    """Yield what is printed on the card."""
    member, payer = matter.request["member"], matter.shown["payer"]
    subscriber = member.get("subscriber") or {}
    yield "payer", answered(payer["name"])
    yield "plan_name", _plan_name(matter)
    member_id = member.get("member_id")
    yield "member_id", answered(member_id) if member_id else matter.not_applicable()
    group = member.get("group_number") or subscriber.get("group_number")
    yield "group_number", _of_groups(matter, group)
    yield "alpha_prefix", _prefix(payer["id"], member_id or "", matter)
    contact = matter.shown["contact"]
    yield (
        "member_services",
        answered(contact_line(contact), contact["citations"]) if contact else matter.ask_patient(),
    )
    for side in ("front", "back"):
        is_there = side in matter.pictures
        yield f"card_{side}", answered(matter.label("in_the_case")) if is_there else matter.ask_patient()


def request(matter: Matter) -> Rows:
    """Yield what care was asked for."""
    words, phases = matter.reader.words, matter.shown["phases"]
    levels = dict.fromkeys(words.name("level_title", phase["level_of_care"]) for phase in phases)
    yield "care_asked", answered("; ".join(levels))
    yield "condition", answered(words.name("condition", matter.request.get("condition") or "mental_health"))
    yield "planned_start", answered(matter.day(phases[0]["start_date"]))
    has_network = matter.line in NETWORKED_LINES
    yield "network_consent", matter.ask_patient() if has_network else matter.not_applicable()


def _name(person: Mapping[str, Any], matter: Matter) -> Cell:
    name = " ".join(person[part] for part in ("first_name", "last_name") if person.get(part))
    return answered(name) if name else matter.ask_patient()


def _day(person: Mapping[str, Any], matter: Matter) -> Cell:
    born = person.get("birth_date")
    return answered(matter.day(born)) if born else matter.ask_patient()


def _plan_name(matter: Matter) -> Cell:
    plan, told = matter.shown["plan"], matter.said("plan_name")
    name = told if told is not NOT_SAID and told else plan and (plan["name"] or plan["id"])
    if name:
        return answered(str(name))
    return matter.not_applicable() if matter.line == "medicare" else matter.ask_plan()


def _of_groups(matter: Matter, group: str | None) -> Cell:
    if group:
        return answered(group)
    return matter.ask_patient() if matter.line in WITH_GROUPS else matter.not_applicable()


def _prefix(payer: str, member_id: str, matter: Matter) -> Cell:
    """Return the letters that a Blue plan's member ID begins with; no other plan has any."""
    if "blue" not in payer:
        return matter.not_applicable()
    start = member_id[:LETTERS]
    return answered(start.upper()) if start.isalpha() and len(start) == LETTERS else matter.ask_patient()
