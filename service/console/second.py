"""A second coverage on the verify page, and the few questions that which of the two pays first hangs on.

What is typed of them makes a list of coverages, in whose order the rules have a say; without it the second
one comes second, as it was entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schemas.model import COVERAGE_BASES, ENTITLEMENTS, PARENTS, RELATIONSHIPS

SECOND = ("second_payer", "second_plan", "second_member_id")
SIZES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "under_20": {"below": 20},
        "20_to_99": {"at_least": 20, "below": 100},
        "100_or_more": {"at_least": 100},
    }
)
WHOSE = ("of_first", "of_second", "of_neither")
CUSTODY = ("of_first", "of_second", "of_both")
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "first_basis": COVERAGE_BASES,
        "second_basis": COVERAGE_BASES,
        "employer_size": tuple(SIZES),
        "entitlement": ENTITLEMENTS,
        "second_relationship": RELATIONSHIPS,
        "parents": PARENTS,
        "court_order": WHOSE,
        "custody": CUSTODY,
    }
)
DAYS = ("esrd_start", "second_birthday")
OF_ORDER = (*CHOICES, *DAYS)
FIELDS = (*SECOND, *OF_ORDER)
MOVED = ("payer", "plan", "network", "told_benefits")
_PLACES = {
    "/coverages/0/subscriber/birth_date": "subscriber_birth_date",
    "/coverages/1/subscriber/birth_date": "second_birthday",
    "/coverages/1/payer": "second_payer",
    "/coverages/1/plan": "second_plan",
    "/coverages/1/member_id": "second_member_id",
}


def in_any_order(body: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return a request as a list of two coverages, where the form says what their order hangs on."""
    if "secondary" not in body or not any(name in given for name in OF_ORDER):
        return dict(body)
    member = body["member"]
    first = {name: body[name] for name in MOVED if name in body}
    first |= {"member_id": member["member_id"]} if "member_id" in member else {}
    born = member.get("subscriber", {}).get("birth_date")
    coverages = [
        first | _facts(given, "first", member.get("relationship"), born),
        body["secondary"] | _facts(given, "second", given.get("second_relationship"), given.get(DAYS[1])),
    ]
    rest = {name: value for name, value in body.items() if name not in (*MOVED, "secondary")}
    parents = {"parents": given["parents"]} if "parents" in given else {}
    return {**rest, **parents, "coverages": coverages}


def field_of(pointer: str) -> str:
    """Return the field of the form that a pointer into a list leads to, or the pointer in the short form."""
    if not pointer.startswith("/coverages/"):
        return pointer
    last = pointer.rsplit("/", 1)[-1]
    if last in ("esrd_start", "employer_size", "entitlement", "court_order", "custody"):
        return last
    if pointer in _PLACES:
        return _PLACES[pointer]
    return pointer.removeprefix("/coverages/0") if pointer.startswith("/coverages/0") else ""


def _facts(
    given: Mapping[str, str], which: str, relationship: str | None, born: str | None
) -> dict[str, Any]:
    subscriber: dict[str, Any] = {"relationship": relationship, "birth_date": born}
    if "court_order" in given:
        subscriber["court_order"] = given["court_order"] == f"of_{which}"
    if "custody" in given:
        has = {f"of_{which}": "sole", "of_both": "joint"}
        subscriber["custody"] = has.get(given["custody"], "none")
    facts: dict[str, Any] = {
        "basis": given.get(f"{which}_basis"),
        "entitlement": given.get("entitlement"),
        "esrd_start": given.get("esrd_start"),
        "employer_size": SIZES.get(given.get("employer_size", "")),
        "subscriber": {name: value for name, value in subscriber.items() if value is not None} or None,
    }
    return {name: value for name, value in facts.items() if value is not None}
