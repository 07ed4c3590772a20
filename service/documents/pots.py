"""Where deductible and out-of-pocket maximum stand, on both sides of the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from schemas.known import NETWORKED_LINES
from service.documents.form import POTS, SCOPES, SIDES, STATES, Cell, pot_field
from service.documents.matter import NOT_SAID, Matter, answered

Rows = Iterator[tuple[str, Cell]]
OTHER = {"met": "remaining", "remaining": "met"}
"""What of a pot is met and what is left make its limit."""


def pots(matter: Matter) -> Rows:
    """Yield every amount of both pots, and how the two go together."""
    for pot in POTS:
        for side in SIDES:
            for scope in SCOPES:
                for state, cell in zip(STATES, _pot(pot, scope, side, matter), strict=True):
                    yield pot_field(pot, scope, side, state), cell
    yield (
        "deductible_carries_over",
        matter.not_applicable()
        if _is_none("deductible", matter)
        else matter.told(["deductible_carries_over"], matter.yes_or_no),
    )
    yield (
        "out_of_pocket_includes_deductible",
        matter.not_applicable()
        if _is_none("out_of_pocket_max", matter)
        else matter.told(["out_of_pocket_includes_deductible"], matter.yes_or_no),
    )
    as_of = matter.shown["accumulators"]["as_of"]
    yield "accumulators_as_of", answered(matter.day(as_of)) if as_of else matter.ask_plan()


def _pot(pot: str, scope: str, side: str, matter: Matter) -> Sequence[Cell]:
    """Return limit, met and left of one pot."""
    if side == "out" and (matter.line not in NETWORKED_LINES or matter.said("out_of_network") is None):
        return [matter.not_applicable()] * len(STATES)
    found = _settled(pot, scope, side, matter)
    if found is None:
        return [matter.ask_plan()] * len(STATES)
    if found.get("unlimited"):
        return [answered(matter.label("none"), found.get("citations", ())), *[matter.not_applicable()] * 2]
    return [_amount(found, state, matter) for state in STATES]


def _settled(pot: str, scope: str, side: str, matter: Matter) -> Mapping[str, Any] | None:
    """Return a pot: as it was settled on the side that was answered for, as it was told on the other."""
    if side == matter.shown["network"]:
        settled: Mapping[str, Any] | None = matter.shown["accumulators"][pot][scope]
        return settled
    said = matter.said(*(("out_of_network", pot) if side == "out" else (pot,)))
    if isinstance(said, Mapping):
        said = said.get(scope, NOT_SAID)
    if said is NOT_SAID:
        return None
    return {"unlimited": True} if said is None or said.get("limit", NOT_SAID) is None else said


def _amount(found: Mapping[str, Any], state: str, matter: Matter) -> Cell:
    amount = found.get(state)
    limit, other = found.get("limit"), found.get(OTHER.get(state, ""))
    if amount is None and limit is not None and other is not None:
        amount = f"{max(Decimal(0), Decimal(limit) - Decimal(other)):.2f}"
    if amount is None:
        return matter.ask_plan()
    return answered(matter.reader.words.money(amount), found.get("citations", ()) if state == "limit" else ())


def _is_none(pot: str, matter: Matter) -> bool:
    """Whether the member has no such pot at all."""
    found = [matter.shown["accumulators"][pot][scope] for scope in SCOPES]
    return all(one is not None and one["unlimited"] for one in found)
