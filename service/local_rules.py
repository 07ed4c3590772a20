"""The clinic's memory: what was told of a plan on a call, proposed as a rule, approved by a second person.

What is proposed is stripped of the member: payer, plan, level, field, value, day and channel are all of it.
A rule speaks of care in the year that it was told for, and answers for so many days after it was told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from schemas.inquiry import load_inquiry
from schemas.local_rule import FIELDS
from schemas.model import Inquiry, Person
from schemas.problem import BadRequest, FieldError
from schemas.sources import day, moment
from service.remembered import own_id
from service.store.local_rules import APPROVED, PROPOSED, LocalRule
from service.store.session import new_id
from service.store.verifications import Verification
from service.verify import Desk, known

BY_THE_PAYER = ("phone", "portal", "letter")
"""The channels through which a payer speaks; a card or a patient says nothing of everybody's plan."""

# Nothing that somebody may have written a name into is kept: a number to call, an address to open.
CONTACT = {"phone": re.compile(r"[0-9()+.x -]{7,40}"), "portal": re.compile(r"https://\S+")}


@dataclass(frozen=True, slots=True)
class Told:
    """A told value that can be remembered: of which level, field and network, the day and the channel."""

    level: str
    field: str
    network: str
    value: Any
    told_on: date
    channel: str


def list_told(kept: Verification, zone: tzinfo) -> list[Told]:
    """Return what was told for a verification and can be remembered, of each field the newest."""
    found: dict[tuple[str, str, str], Told] = {}
    for telling in sorted(kept.told, key=lambda one: _told_at(one)):
        by = telling["told_by"]
        if by["channel"] not in BY_THE_PAYER:
            continue
        on = _told_at(telling).astimezone(zone).date()
        for network, level, said in _levels(telling):
            for field, value in _values(said):
                found[network, level, field] = Told(level, field, network, value, on, by["channel"])
    order = {field: number for number, field in enumerate(FIELDS)}
    return sorted(found.values(), key=lambda told: (told.network, told.level, order[told.field]))


def draft(
    desk: Desk, kept: Verification, asked: Mapping[str, Any], *, by: tuple[str, str], days: int, at: datetime
) -> list[LocalRule]:
    """Return proposals of what was told for a verification, not yet kept; raises `BadRequest`.

    `by` is the id and the name of whoever proposes; a rule answers for so many `days` after it was told.
    """
    inquiry = load_inquiry(kept.request, known(desk, kept.created_at), kept.told)[0]
    plan = _plan(desk, inquiry, asked.get("plan"))
    told = {(one.network, one.level, one.field): one for one in list_told(kept, desk.clinic.zone)}
    today = at.astimezone(desk.clinic.zone).date()
    rules, errors = [], []
    for index, fact in enumerate(asked["facts"]):
        one = told.get((fact["network"], fact["level_of_care"], fact["field"]))
        if one is None:
            message = "is nothing that the payer told for this verification."
            errors.append(FieldError(f"/facts/{index}", "not_told", f"facts[{index}] {message}"))
        elif one.told_on + timedelta(days) < today:
            message = f"was told more than {days} days ago; ask the payer again."
            errors.append(FieldError(f"/facts/{index}", "told_too_long_ago", f"facts[{index}] {message}"))
        else:
            rules.append(_rule(kept, inquiry, plan, one, by, days, at))
    if errors:
        raise BadRequest(errors)
    return rules


def shown(rule: LocalRule, today: date) -> dict[str, Any]:
    """A rule as it travels."""
    is_over = rule.status == APPROVED and rule.holds_until < today
    return {
        "id": rule.id,
        "status": "expired" if is_over else rule.status,
        "payer": rule.payer,
        "plan": rule.plan,
        "level_of_care": rule.level,
        "field": rule.field,
        "network": rule.network,
        "condition": rule.condition,
        "modality": rule.modality,
        "value": rule.value,
        "told_on": day(rule.told_on),
        "channel": rule.channel,
        "holds_from": day(rule.starts),
        "holds_through": day(rule.ends),
        "expires_after": day(rule.holds_until),
        "proposed_at": moment(rule.proposed_at),
        "proposed_by": rule.proposed_by,
        "decided_at": moment(rule.decided_at),
        "decided_by": rule.decided_by,
    }


def _rule(
    kept: Verification, inquiry: Inquiry, plan: str, told: Told, by: tuple[str, str], days: int, at: datetime
) -> LocalRule:
    year = max(told.told_on.year, kept.start_date.year)
    return LocalRule(
        id=new_id(),
        status=PROPOSED,
        payer=kept.payer,
        plan=plan,
        level=told.level,
        field=told.field,
        network=told.network,
        condition=inquiry.condition,
        modality=inquiry.modality,
        value=told.value,
        told_on=told.told_on,
        channel=told.channel,
        # What is told of one year says nothing of the next.
        starts=max(told.told_on, date(year, 1, 1)),
        ends=date(year, 12, 31),
        holds_until=told.told_on + timedelta(days),
        proposed_at=at,
        proposed_by=by[1],
        proposer_id=by[0],
    )


def _plan(desk: Desk, inquiry: Inquiry, label: str | None) -> str:
    """Return the id of the plan that is meant, or what staff call one that the rulebook does not have."""
    wanted = (label or inquiry.plan or "").strip()
    found = desk.rulebook.identity(inquiry.payer).find_plan(wanted) if wanted else None
    if found is not None:
        return found.name if found.id == own_id(found.name) else found.id
    if label is None:  # what was typed as a member's plan may hold anything
        message = (
            "plan must name the plan, or what you call the group's plan: a rule holds for one plan alone."
        )
        raise BadRequest([FieldError("/plan", "required", message)])
    if _names(wanted, inquiry.member):
        message = "plan must not hold the member's name, member id or group number; name the plan alone."
        raise BadRequest([FieldError("/plan", "names_the_member", message)])
    return wanted


def _names(label: str, person: Person) -> bool:
    """Whether a label holds a name or a number of a person, or of the subscriber."""
    words, run = set(re.findall(r"\w+", label.casefold())), re.sub(r"\W", "", label.casefold())
    for one in (person, person.subscriber):
        if one is None:
            continue
        names = re.findall(r"\w+", f"{one.first_name or ''} {one.last_name or ''}".casefold())
        numbers = [re.sub(r"\W", "", text.casefold()) for text in (one.member_id, one.group_number) if text]
        if words & {name for name in names if len(name) > 1} or any(text and text in run for text in numbers):
            return True
    return False


def _levels(telling: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for network, said in (("in", telling), ("out", telling.get("out_of_network") or {})):
        for level, values in (said.get("levels") or {}).items():
            yield network, level, values


def _values(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in FIELDS:
        if field in said:
            yield field, said[field]
    asked: Mapping[str, Any] = said.get("authorization") or {}
    if contact := {
        name: asked[name] for name, shape in CONTACT.items() if shape.fullmatch(asked.get(name, ""))
    }:
        yield "authorization_contact", contact
    if asked.get("initial_units"):
        yield "initial_units", {"units": asked["initial_units"], "unit": asked.get("unit")}
    if "review_every_days" in asked:
        yield "review_every_days", asked["review_every_days"]


def _told_at(telling: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(telling["told_by"]["at"].upper())
