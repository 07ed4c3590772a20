"""The layer that the clinic's memory makes over the rulebook: files of rules like any others.

It is made from what was approved and still answers; the same rules make the same files. A payer that is not
there any more is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import orjson

from payers.identity import PayerIdentity
from payers.rulebook import Rulebook
from schemas.payer_file import payer_file_faults
from service.store.local_rules import LocalRule

MEMORY = "clinic-memory"
"""What this layer is called among the layers of a rulebook."""

TITLES = {"phone": "Told by phone", "portal": "Told by portal", "letter": "Told by letter"}
SLUG = re.compile(r"[^a-z0-9]+")
Plain = dict[str, Any]


def files_of(rules: Sequence[LocalRule], rulebook: Rulebook) -> dict[str, bytes]:
    """Return the files that approved rules make; of two that say the same thing, the last is right."""
    return {
        f"{payer}.yaml": orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        for payer, data in _payers(rules, rulebook)
    }


def can_be_remembered(rule: LocalRule, rulebook: Rulebook) -> bool:
    """Whether a rule makes a sound file: what was told has a shape that rules have, too."""
    return not any(payer_file_faults(data) for _, data in _payers([rule], rulebook))


def _payers(rules: Sequence[LocalRule], rulebook: Rulebook) -> Iterator[tuple[str, Plain]]:
    payers: dict[str, dict[tuple[str, ...], LocalRule]] = {}
    for rule in rules:
        if rule.payer in rulebook.payer_ids:
            plan, _ = _plan(rule, rulebook.identity(rule.payer))
            said = (plan, rule.level, rule.field, rule.network, rule.condition, rule.modality)
            payers.setdefault(rule.payer, {})[said] = rule
    for payer, said_of in payers.items():
        yield payer, _file([*said_of.values()], rulebook.identity(payer))


def changes_at(rules: Sequence[LocalRule], zone: tzinfo) -> datetime | None:
    """Return when the next of these rules answers no more, or `None` where there is none."""
    if not rules:
        return None
    first = min(rule.holds_until for rule in rules)
    return datetime.combine(first + timedelta(1), time(), zone)


def _file(rules: Sequence[LocalRule], identity: PayerIdentity) -> Plain:
    payer = identity.payer
    plans: Plain = {}
    for rule in rules:
        plan_id, name = _plan(rule, identity)
        plan = plans.setdefault(plan_id, {"name": name, "services": {}})
        level = plan["services"].setdefault(rule.level, {})
        for field, value in _values(rule, payer.name):
            level.setdefault(field, []).extend(_entries(rule, value))
    return {
        "payer": {"id": payer.id, "name": payer.name, "line_of_business": payer.line_of_business},
        "sources": {f"told-{rule.id}": _source(rule) for rule in rules},
        "plans": plans,
    }


def _plan(rule: LocalRule, identity: PayerIdentity) -> tuple[str, str]:
    """Return the id and the name of the plan that a rule is of."""
    found = identity.find_plan(rule.plan)
    return (found.id, found.name) if found is not None else (own_id(rule.plan), rule.plan)


def own_id(plan: str) -> str:
    """Return the id of a plan that the clinic named itself; no plan of the rulebook has it."""
    slug = SLUG.sub("-", plan.casefold()).strip("-")
    return "-".join(filter(None, ("clinic", slug, hashlib.sha256(plan.encode()).hexdigest()[:8])))


def _source(rule: LocalRule) -> Plain:
    told = rule.told_on.isoformat()
    return {
        "title": TITLES[rule.channel],
        "url": None,
        "published": told,
        "retrieved": told,
        "confidence": "told",
        "approved_by": rule.decided_by or rule.proposed_by,
        "holds_until": rule.holds_until.isoformat(),
    }


def _entries(rule: LocalRule, value: Any) -> Iterator[Plain]:
    when = {"networks": [rule.network], "conditions": [rule.condition], "modalities": [rule.modality]}
    cited = {"when": when, "source": f"told-{rule.id}", "at": rule.id}
    yield {"from": rule.starts.isoformat(), "value": value, **cited}
    yield {"from": (rule.ends + timedelta(1)).isoformat(), "value": None, **cited}


def _values(rule: LocalRule, payer: str) -> Iterator[tuple[str, Any]]:
    """Yield what a told value is in a payer's file, field by field."""
    value = rule.value
    if rule.field == "initial_units":
        yield "initial_units", value["units"]
        if value["unit"] is not None:
            yield "authorization_unit", value["unit"]
    elif rule.field == "authorization_contact":
        yield rule.field, {"name": payer, **value}
    elif rule.field == "copay" and value is not None:
        said = {"per": "session", **value}
        yield rule.field, {name: part for name, part in said.items() if part is not None}
    else:
        yield rule.field, "none" if value is None else value
