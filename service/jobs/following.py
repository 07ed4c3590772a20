"""What becomes of authorizations where the payer changes: none follows by itself, and who honors it how long.

A new payer, another plan that Medicaid names, or a plan that others run from now on: in each case what was
authorized before is named, with how long the rulebook says it goes on, or that it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schemas.authorization import GRANTED
from service.casework.authorizations import Standing
from service.directory import find_benefits, payer_of
from service.directory import find_payer as payer_with
from service.verify import Desk

Answer = Mapping[str, Any]
Finding = dict[str, Any]
CODE = "authorization_does_not_follow"
MANAGED_CARE = "medicaid_managed_care"
TRANSFER, JOINING = "continuity_of_care", "continuity_of_new_members"
"""Notes of the rulebook: a plan that changed hands, with its last day; who joins, with a number of days."""

UNDER_WAY = ("submitted", "pended", *GRANTED)
CITED = ("title", "url", "locator", "published", "retrieved", "confidence")


@dataclass(frozen=True, slots=True)
class Change:
    """Who the care is with from now on: a name, its id where there is one, its first day if said."""

    how: str
    name: str
    payer: str | None
    since: date | None


def medicaid_plan(answer: Answer) -> str | None:
    """The plan that Medicaid names as the one that somebody is in, or `None`."""
    found = _plan(answer)
    return found["name"] if found else None


def _plan(answer: Answer) -> Mapping[str, Any] | None:
    others = answer.get("other_payers") or ()
    return next((one for one in others if one.get("kind") == MANAGED_CARE), None)


def left_behind(
    desk: Desk, answer: Answer, before: Answer | None, standings: Sequence[Standing], asked: tuple[date, date]
) -> list[Finding]:
    """The authorizations that a change leaves behind; `asked` is when before, and for which day now."""
    change = _change(desk, answer, before)
    if change is None:
        return []
    last, day = asked
    left = [one for one in standings if _is_left(one, change, day)]
    if not left:
        return []
    phase = answer["phases"][0]
    windows = list(_windows(desk, change, answer, phase["level_of_care"], last, day))
    named = [
        {
            "level": one.authorization.level,
            "payer": _name_of(desk, one.authorization.payer),
            "number": one.authorization.data.get("number"),
            "until": one.authorization.last.isoformat() if one.authorization.last else None,
        }
        for one in left
    ]
    about = {"now": change.name, "authorizations": named, "windows": windows, "phone": _phone(answer, change)}
    return [{"code": CODE, "how": change.how, **about}]


def _change(desk: Desk, answer: Answer, before: Answer | None) -> Change | None:
    if before is None:
        return None
    payer = answer["payer"]
    if before["payer"]["id"] != payer["id"]:
        starts = answer["eligibility"]["coverage_start"]
        return Change("payer", payer["name"], payer["id"], date.fromisoformat(starts) if starts else None)
    plan = medicaid_plan(answer)
    if plan is not None and plan != medicaid_plan(before):
        found = payer_of(desk, plan)
        return Change("plan", plan, found if payer_with(desk, found) else None, None)
    if _transfer(answer) and not _transfer(before):
        return Change("transfer", payer["name"], payer["id"], None)
    return None


def _is_left(one: Standing, change: Change, day: date) -> bool:
    """Whether an authorization is asked for or holds still, and is not with whom the care is now."""
    mine = one.authorization
    is_elsewhere = change.how == "transfer" or mine.payer != change.payer
    return mine.status in UNDER_WAY and is_elsewhere and (mine.last is None or mine.last >= day)


def _windows(
    desk: Desk, change: Change, answer: Answer, level: str, last: date, day: date
) -> Iterator[dict[str, Any]]:
    """How long what was authorized goes on, as each source says, the shortest first.

    Where nobody said on which day somebody joined, days are counted from when that was last not so.
    """
    if change.how == "transfer":
        for note in _transfer(answer):
            cited = answer["citations"][note["citations"][0]]
            yield {**note["params"], "since": None, "citation": _cited(cited)}
        return
    notes = _notes(desk, change.payer, level, answer["site"], day)
    for note in sorted(notes, key=lambda one: int(one["params"]["days"])):
        days, since = int(note["params"]["days"]), change.since or last
        said = change.since.isoformat() if change.since else None
        until = (since + timedelta(days=days)).isoformat()
        yield {"days": days, "since": said, "date": until, "citation": _cited(note["citations"][0])}


def _notes(desk: Desk, payer: str | None, level: str, site: str, day: date) -> list[Mapping[str, Any]]:
    """What the rulebook says of those who join a payer."""
    if payer is None or site not in desk.clinic.sites:
        return []
    found = find_benefits(desk, payer, plan=None, level=level, on=day, site=site) or {}
    networks = found.get("benefits", {}).get("networks", {}).values()
    notes = [note for one in networks for note in one["levels"].get(level, {}).get("authorization_notes", ())]
    joining = {
        (note["params"]["days"], note["citations"][0]["title"]): note
        for note in notes
        if note["code"] == JOINING
    }
    return list(joining.values())


def _transfer(answer: Answer) -> list[Mapping[str, Any]]:
    return [
        reason
        for reason in answer["phases"][0]["prior_authorization"]["reasons"]
        if reason["code"] == TRANSFER
    ]


def _cited(citation: Mapping[str, Any]) -> dict[str, Any]:
    return {name: citation.get(name) for name in CITED}


def _name_of(desk: Desk, payer: str) -> str:
    found = payer_with(desk, payer)
    return str(found["name"]) if found else payer


def _phone(answer: Answer, change: Change) -> str | None:
    """The number to ask: the one that Medicaid names of a plan, else the payer's own."""
    found = _plan(answer) if change.how == "plan" else answer["contact"]
    return found["phone"] if found else None
