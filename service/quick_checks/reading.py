"""Reads what a visitor sent, naming everything that cannot be used at once; it repeats nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.problem import Complaints, read_shape
from schemas.quick_check import QUICK_CHECK, QUICK_CONTACT, check_contact, check_honeypot
from service import directory
from service.explain import Locale
from service.quick_checks.consent import consent_of
from service.verify import Desk

Body = dict[str, Any]


def read_question(desk: Desk, sent: Any) -> Body:
    """The question of the first step; raises `BadRequest` with everything that is wrong with it."""
    complaints = Complaints()
    asked = read_shape(QUICK_CHECK, sent, complaints)
    check_honeypot(asked, complaints)
    _check_question("", desk, asked, complaints)
    complaints.raise_any()
    return asked


def read_contact(desk: Desk, sent: Any, locale: Locale, at: datetime) -> Body:
    """What somebody leaves; raises `BadRequest` with everything that is wrong with it."""
    complaints = Complaints()
    left = read_shape(QUICK_CONTACT, sent, complaints)
    check_honeypot(left, complaints)
    today = at.astimezone(desk.clinic.zone).date()
    check_contact(left, consent_of(desk.clinic, locale)["version"], today, complaints)
    _check_question("/check", desk, left.get("check") or {}, complaints)
    complaints.raise_any()
    return left


def _check_question(place: str, desk: Desk, asked: Mapping[str, Any], complaints: Complaints) -> None:
    if "payer" in asked and directory.find_payer(desk, asked["payer"]) is None:
        complaints.add(f"{place}/payer", "unknown_payer", "must be the id of a payer")
    if "site" in asked and asked["site"] not in desk.clinic.sites:
        complaints.add(f"{place}/site", "unknown_site", "must be the id of a site")
    if "payer_text" in asked and directory.is_member_id(desk, asked["payer_text"]):
        complaints.add(f"{place}/payer_text", "whole_member_id", "looks like a whole member id; send a name")
