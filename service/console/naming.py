"""What the verify page says of the payer that is being typed: who it is or may be, and whom to ask."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from schemas.known import NETWORKED_LINES
from service.console.asking import nearest_payers
from service.console.reading import language
from service.directory import find_payer, payer_of
from service.explain import say
from service.plan_finder import Wanted, find_plans, plan_line
from service.printed import WholeMemberId, read
from service.record import right_now
from service.verify import Desk

MOST_SHOWN = 5
MOST_PLANS = 20
"""Plans that are offered while one is typed."""
NOBODY = MappingProxyType({"known": None, "nearest": (), "plans": (), "several": (), "entries": ()})


def about_payer(desk: Desk, text: str) -> dict[str, Any]:
    """Who was typed, or who it may be; of several each with who decides and where to verify.

    What looks like a whole member id is looked up nowhere.
    """
    text = text.strip()
    if not text:
        return {**NOBODY}
    today = right_now().astimezone(desk.clinic.zone).date()
    try:
        found = read(desk, text, today, say(language()))
    except WholeMemberId:
        return {**NOBODY, "is_member_id": True}
    payer = find_payer(desk, payer_of(desk, text))
    others = [one for one in found["items"] if payer is None or one["payer"]["id"] != payer["id"]]
    is_shared = found["certain"] is None and bool(found["entries"] or len(found["items"]) > 1)
    # An id is nobody's but the one payer's: whoever chose it from the list is asked nothing more.
    is_chosen = text in desk.rulebook.payer_ids
    said = {
        "known": payer,
        "several": others[:MOST_SHOWN] if is_shared and not is_chosen else [],
        "entries": [] if is_chosen else found["entries"],
    }
    if payer is None:
        return {**said, "nearest": [] if is_shared else nearest_payers(desk, text), "plans": []}
    return {
        **said,
        "nearest": [],
        "hint": (payer["member_id"] or {}).get("hint"),
        "has_groups": payer["line_of_business"] in NETWORKED_LINES,
        "plans": offered_plans(desk, payer["id"]),
    }


def offered_plans(desk: Desk, payer_id: str, text: str = "") -> list[dict[str, Any]]:
    """The first plans of a payer that are called so: a payer may have hundreds, and a form shows a few."""
    found = find_plans(desk, Wanted(text, payer=payer_id))
    return [plan_line(plan) for plan in found[:MOST_PLANS]]
