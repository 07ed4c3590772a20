"""Reads what the API takes besides verification requests, naming everything that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.benefits import check_told
from schemas.problem import BadRequest, Complaints, FieldError, read_shape
from schemas.told import TOLD_BENEFITS
from service.api.shapes import SEARCH, TOLD
from service.security.crypto import Vault, external_index, member_index, person_index
from service.store.pages import Page
from service.store.verifications import Filter, Indexes


def read_telling(body: Any) -> Mapping[str, Any]:
    """What was told: `{"told_benefits": {...}}`, or the told object alone; returned as it was sent."""
    complaints = Complaints()
    is_bare = isinstance(body, Mapping) and "told_by" in body and "told_benefits" not in body
    if is_bare:
        check_told("", read_shape(TOLD_BENEFITS, body, complaints), complaints)
    else:
        valid = read_shape(TOLD, body, complaints)
        check_told("/told_benefits", valid.get("told_benefits") or {}, complaints)
    complaints.raise_any()
    telling: Mapping[str, Any] = body if is_bare else body["told_benefits"]
    return telling


def read_search(body: Any, vault: Vault) -> tuple[list[Indexes], Page]:
    """Whom to look for, as blind indexes under every data key, and which page of what is found."""
    complaints = Complaints()
    asked = read_shape(SEARCH, body, complaints)
    for pointer, code, predicate in _unclear(asked):
        complaints.add(pointer, code, predicate)
    complaints.raise_any()
    name = asked.get("last_name") or asked.get("family_name")
    indexes = [
        Indexes(
            member=member_index(key, asked.get("member_id")),
            person=person_index(key, name, asked.get("birth_date")),
            external=external_index(key, asked.get("external_id")),
        )
        for key in vault.ring()
    ]
    looked_for = ("member_id" in asked, bool(name), "external_id" in asked)
    first = indexes[0]
    if looked_for != tuple(index is not None for index in (first.member, first.person, first.external)):
        raise BadRequest(
            [FieldError("", "search_unclear", "The body must hold letters or digits to look for.")]
        )
    return indexes, Page(asked["limit"], asked.get("cursor"))


def _unclear(asked: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    name = "last_name" in asked or "family_name" in asked
    if name and "birth_date" not in asked:
        yield "/birth_date", "required", "is missing; a family name is looked for together with a birth date"
    if "birth_date" in asked and not name:
        yield "/last_name", "required", "is missing; a birth date is looked for together with a family name"
    if not asked.keys() - {"limit", "cursor"}:
        yield "", "search_unclear", "must name a member_id, a last_name with birth_date, or an external_id"


def wanted_verifications(asked: Mapping[str, Any], client: str | None) -> Filter:
    """What a list of verifications is narrowed to; to those of one client where it is named."""
    day = asked.get("date")
    return Filter(
        payer=asked.get("payer"),
        status=asked.get("status"),
        case_id=asked.get("case_id") or asked.get("case"),
        first_day=day or asked.get("date_from"),
        last_day=day or asked.get("date_to"),
        client=client,
    )
