"""Merges tellings: the newest fact of each field stands, the older ones fill what it does not say.

What was met of a pot and what remains of it always come from one telling; its limit may have been told
before. The same rules hold for facts and for tellings as they travel (JSON), so that an echo says what
the answer used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from schemas.model import Accumulator, Billing, Claims, Contact, Fact

T = TypeVar("T")
POTS = ("deductible", "out_of_pocket_max")
WHOLE = (
    "told_by",
    "copay",
    "then",
    "limit",
    "cobra",
    "administrator",
    "other_coverage",
    "medicare_advantage",
    "managed_care_plan",
    "share_of_cost",
)
CONTACT = ("name", "phone", "portal")


def merge_facts(old: T, new: T) -> T:
    """Merge two values of the same type out of `Benefits`, field by field, the newer one standing."""
    result: Any = _merge(old, new)
    return result  # type: ignore[no-any-return]


def _merge(old: Any, new: Any) -> Any:
    if new is None or new == () or old is None:
        return old if new is None or new == () else new
    if isinstance(new, Fact):
        return _merge_fact(old, new)
    if isinstance(new, Accumulator):
        return _merge_pot(old, new)
    if isinstance(new, Mapping):
        return {key: _merge(old.get(key), new.get(key)) for key in {**old, **new}}
    if is_dataclass(new) and not isinstance(new, type):
        return _merge_fields(old, new)
    return new


def _merge_fields(old: Any, new: Any) -> Any:
    return replace(
        new, **{item.name: _merge(getattr(old, item.name), getattr(new, item.name)) for item in fields(new)}
    )


def _merge_fact(old: Fact[Any], new: Fact[Any]) -> Fact[Any]:
    """Replace a fact; claims, billing and a nameless contact are several rows of a form and fill up."""
    before, after = old.value, new.value
    rows = isinstance(after, Claims | Billing) or (isinstance(after, Contact) and not after.name)
    return replace(new, value=_merge_rows(before, after)) if rows and before is not None else new


def _merge_rows(before: Any, after: Any) -> Any:
    said = {item.name: getattr(after, item.name) for item in fields(after)}
    return replace(before, **{name: value for name, value in said.items() if value not in (None, (), "")})


def _merge_pot(old: Accumulator, new: Accumulator) -> Accumulator:
    if new.met is not None or new.remaining is not None:
        return new if new.limit is not None else replace(new, limit=old.limit)
    if new.limit is None:
        return old
    if new.limit.value is None:
        return new
    same = old.limit is None or old.limit.value == new.limit.value
    return Accumulator(limit=new.limit, met=old.met, remaining=old.remaining if same else None)


def merge_told_json(tellings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Merge valid tellings as they travel into one, for showing what is known now; input is not changed."""
    merged: dict[str, Any] = {}
    for telling in sorted(tellings, key=_told_at):
        merged = _merge_json(merged, telling)
    return merged


def _told_at(telling: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(telling["told_by"]["at"].upper())


def _merge_json(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in old.items() if not (key in CONTACT and "name" in new)}
    merged = {**kept, **new}
    for key in kept.keys() & new.keys():
        before, after = kept[key], new[key]
        if key not in WHOLE and isinstance(before, Mapping) and isinstance(after, Mapping):
            merged[key] = _merge_pots_json(before, after) if key in POTS else _merge_json(before, after)
    return merged


def _merge_pots_json(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        scope: _merge_pot_json(old[scope], new[scope])
        for scope in old.keys() & new.keys()
        if old[scope] is not None and new[scope] is not None
    }
    return {**old, **new, **both}


def _merge_pot_json(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    if "met" in new or "remaining" in new:
        return {**({"limit": old["limit"]} if "limit" in old else {}), **new}
    if "limit" not in new:
        return dict(old)
    if new["limit"] is None:
        return dict(new)
    same = "limit" not in old or old["limit"] == new["limit"]
    return {**{key: value for key, value in old.items() if key != "remaining" or same}, **new}
