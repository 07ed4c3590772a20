"""The clinic's memory as pages: what was told, proposed; and every rule with who, what and how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.local_rule import LONGEST_PLAN, NEW_LOCAL_RULES
from schemas.problem import BadRequest, Complaints, read_shape
from service import local_rules as memory
from service import memory_at_hand
from service.at_hand import caller, clinic_day, office
from service.console.answering import nothing_here
from service.console.asking import payer_names
from service.console.reading import fault, label, language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.explain.page.published import label_of_field, said_in_words
from service.explain.page.reader import capitalized
from service.security.guard import current_client
from service.security.permissions import APPROVE_RULES, grants
from service.store.local_rules import LocalRule
from service.store.pages import Page
from service.store.session import transaction
from service.store.verifications import Verification

APART = "|"
OPEN = ("proposed", "approved")


@console.get("/memory")
def memory_page() -> ResponseReturnValue:
    """Every rule, newest first: what it says, who proposed and approved it, until when it answers."""
    return _listed()


@console.get("/verifications/<uuid:verification_id>/remember")
def remember(verification_id: UUID) -> ResponseReturnValue:
    """What was told for a verification and can be remembered of its plan."""
    try:
        found = memory_at_hand.find(str(verification_id))
    except memory_at_hand.NotHere:
        return nothing_here()
    return _form(found)


@console.post("/verifications/<uuid:verification_id>/remember")
def propose(verification_id: UUID) -> ResponseReturnValue:
    """Propose what was chosen; a second person decides."""
    try:
        found = memory_at_hand.find(str(verification_id))
    except memory_at_hand.NotHere:
        return nothing_here()
    facts = [_fact(text) for text in request.form.getlist("facts")]
    plan = request.form.get("plan", "").strip()
    body = {"verification_id": found.id, "facts": facts, **({"plan": plan} if plan else {})}
    try:
        complaints = Complaints()
        asked = read_shape(NEW_LOCAL_RULES, body, complaints)
        complaints.raise_any()
        rules = memory_at_hand.draft(found, asked)
    except BadRequest as bad:
        faults = {error.pointer.split("/")[1]: fault(error.code) for error in bad.errors}
        return _form(found, 422, faults)
    with transaction(office().store) as session:
        memory_at_hand.keep(session, rules)
    return redirect(url_for("console.memory_page"), 303)


@console.post("/memory/<uuid:rule_id>/<any(approve,reject):decision>")
def decide_rule(rule_id: UUID, decision: str) -> ResponseReturnValue:
    """Approve or reject what somebody else proposed."""
    return _decided(rule_id, decision)


@console.post("/memory/<uuid:rule_id>/withdraw")
def withdraw_rule(rule_id: UUID) -> ResponseReturnValue:
    """Withdraw a proposal, or a rule that answers."""
    return _decided(rule_id, "withdraw")


def _decided(rule_id: UUID, decision: str) -> ResponseReturnValue:
    try:
        memory_at_hand.decide(str(rule_id), decision)
    except memory_at_hand.NotHere:
        return nothing_here()
    except memory_at_hand.NotNow:
        return _listed(409, "rule_not_now")
    except memory_at_hand.SamePerson:
        return _listed(403, "rule_same_person")
    return redirect(url_for("console.memory_page"), 303)


def _listed(status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    rules, following = memory_at_hand.list_rules(None, Page(cursor=request.args.get("after")))
    reader = Reader(language(), office().desk.clinic.zone)
    names, scopes, today = payer_names(office().desk), current_client().scopes, clinic_day()
    return show_to_staff(
        "memory.html",
        status,
        problem=label(problem) if problem else None,
        rules=[_line(rule, memory.shown(rule, today), reader, names) for rule in rules],
        following=following,
        may_write=grants(scopes, "local-rules:write"),
        may_approve=grants(scopes, APPROVE_RULES),
        days=office().settings.memory_days,
    )


def _line(
    rule: LocalRule, shown: Mapping[str, Any], reader: Reader, names: Mapping[str, str]
) -> dict[str, Any]:
    found = office().desk.rulebook
    plan = found.identity(rule.payer).find_plan(rule.plan) if rule.payer in found.payer_ids else None
    return {
        **shown,
        "about": _about(rule.level, rule.network, reader),
        "named": capitalized(label_of_field(rule.field, reader, label)),
        "text": _text(rule.field, rule.value, reader),
        "for_whom": f"{names.get(rule.payer, rule.payer)}, {plan.name if plan else rule.plan}",
        "care": ", ".join(reader.words.name(kind, getattr(rule, kind)) for kind in ("condition", "modality")),
        "is_own": rule.proposer_id == caller().id,
        "is_open": shown["status"] in OPEN,
    }


def _form(
    found: Verification, status: int = 200, faults: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    desk = office().desk
    reader = Reader(language(), desk.clinic.zone)
    told = [
        {
            "value": APART.join((one.network, one.level, one.field)),
            "about": _about(one.level, one.network, reader),
            "named": capitalized(label_of_field(one.field, reader, label)),
            "text": _text(one.field, one.value, reader),
            "how": f"{reader.words.short_date(one.told_on.isoformat())}, {label(f'channel_{one.channel}')}",
        }
        for one in memory.list_told(found, desk.clinic.zone)
    ]
    plan = desk.rulebook.identity(found.payer).find_plan(found.plan) if found.plan is not None else None
    return show_to_staff(
        "remember.html",
        status,
        verification=found,
        told=told,
        plan=request.form.get("plan", plan.name if plan is not None else ""),
        longest=LONGEST_PLAN,
        chosen=request.form.getlist("facts") if faults else [one["value"] for one in told],
        faults=faults or {},
        days=office().settings.memory_days,
    )


def _fact(text: str) -> dict[str, str]:
    network, _, rest = text.partition(APART)
    level, _, field = rest.partition(APART)
    return {"network": network, "level_of_care": level, "field": field}


def _about(level: str, network: str, reader: Reader) -> str:
    return f"{reader.words.name('level_title', level)}, {reader.words.name('network', network)}"


def _text(field: str, value: Any, reader: Reader) -> str:
    if field == "initial_units":
        return reader.words.count(value["unit"] or "unit", value["units"])
    if field == "review_every_days":
        return reader.words.count("day", value)
    if field == "authorization_contact":
        return "; ".join(value.values())
    return said_in_words(field, value, reader)
