"""Which payer a visitor means: by its name, by the kind of plan, by the county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.model import SELF_PAY, Payer
from schemas.quick_check import NOT_SURE, UNDER_21
from service import directory
from service.verify import Desk

LINES: Mapping[str, tuple[str, ...]] = {
    "medicare": ("medicare",),
    "medicare_advantage": ("medicare_advantage",),
    "medicaid": ("medicaid",),
    "marketplace": ("marketplace", "commercial"),
    "employer": ("commercial", "marketplace"),
    "tricare": ("tricare",),
    "federal": ("fehb",),
    "none": (SELF_PAY,),
}
"""Lines of business by the kind of plan."""
WHOLE = ("medicare", "tricare")
"""Kinds of which the payers here are all that Florida has."""
GENERAL = {"medicare_advantage": "medicare-advantage"}
"""Who stands for every plan of a kind where none is named."""
MOST = 12
# From here on what was typed speaks of a payer; below, of one with a word in common.
LIKELY = 0.6
FOR_CHILDREN = ("children_with_complex_conditions", "children_in_child_welfare")


@dataclass(frozen=True, slots=True)
class Choice:
    """The payer that is meant (`None`: nobody knows), and those it may be."""

    payer: Payer | None
    candidates: tuple[Payer, ...] = ()


def choose(desk: Desk, asked: Mapping[str, Any], on: date) -> Choice:
    """Return the payer that a question means; several where it may be any of them."""
    kind = asked.get("plan_type", NOT_SURE)
    lines = LINES.get(kind)
    if kind == "none":
        return Choice(_first(of_lines(desk, (SELF_PAY,))))
    named = _named(desk, asked)
    fitting = [one for one in named if lines is None or one.line_of_business in lines]
    if named and not fitting and lines is not None:
        fitting = [one for one in directory.resolve(desk, named[0].name) if one.line_of_business in lines]
    if len(fitting) > 1:  # whoever stands for every plan of a kind gives way to a plan that is named
        fitting = [one for one in fitting if one.id not in GENERAL.values()]
    if len(fitting) > 1:  # whoever serves nobody in this county, as a plan that left, is not meant
        fitting = [one for one in fitting if serves_county(desk, one, asked["county"], on)] or fitting
    if len(fitting) == 1 and not _is_likely(desk, asked, fitting[0]):
        return Choice(None, tuple(fitting))
    if len(fitting) == 1:
        return Choice(fitting[0], local_plans(desk, asked, on) if is_medicaid_itself(fitting[0]) else ())
    if fitting or lines is None:
        return Choice(None, tuple(fitting[:MOST]))
    if kind == "medicaid":
        return Choice(None, local_plans(desk, asked, on))
    found = of_lines(desk, lines)
    general = [one for one in found if one.id == GENERAL.get(kind)]
    if general or (kind in WHOLE and len(found) == 1):
        return Choice(_first(general or found))
    return Choice(None, tuple(found) if len(found) == 1 else ())


def of_lines(desk: Desk, lines: Sequence[str]) -> list[Payer]:
    """Every payer of some lines of business, by id."""
    return [_payer(one) for one in directory.list_payers(desk) if one["line_of_business"] in lines]


def local_plans(desk: Desk, asked: Mapping[str, Any], on: date) -> tuple[Payer, ...]:
    """The Medicaid plans that may serve a county, without those for children where it is an adult's."""
    found = directory.list_medicaid_plans(desk, asked["county"], on)["items"]
    for_all = [one for one in found if asked["age_group"] == UNDER_21 or one["members"] not in FOR_CHILDREN]
    names = {one["id"]: _payer(one) for one in directory.list_payers(desk)}
    return tuple(names[one["payer"]] for one in for_all if one["payer"] in names)


def serves_county(desk: Desk, payer: Payer, county: str, on: date) -> bool:
    """Whether a plan of Medicaid may serve a county; whoever is no such plan serves them all."""
    if payer.line_of_business != "medicaid" or is_medicaid_itself(payer):
        return True
    here = directory.list_medicaid_plans(desk, county, on)["items"]
    return any(one["payer"] == payer.id for one in here)


def is_medicaid_itself(payer: Payer) -> bool:
    """Whether it is the state's own program, most of whose members are in a plan."""
    return payer.id == "florida-medicaid"


def _named(desk: Desk, asked: Mapping[str, Any]) -> list[Payer]:
    if asked.get("payer"):
        found = directory.find_payer(desk, asked["payer"])
        return [] if found is None else [_payer(found)]
    text = asked.get("payer_text")
    if not text:
        return []
    surely = directory.find_payer(desk, directory.payer_of(desk, text))
    return [_payer(surely)] if surely is not None else directory.resolve(desk, text)


def _is_likely(desk: Desk, asked: Mapping[str, Any], payer: Payer) -> bool:
    """Whether what was typed speaks of a payer, and not only of one with a word in common."""
    text = asked.get("payer_text")
    if asked.get("payer") or not text:
        return True
    return payer.id == directory.payer_of(desk, text) or payer in directory.resolve(desk, text, LIKELY)


def _payer(found: Mapping[str, Any]) -> Payer:
    return Payer(found["id"], found["name"], found["line_of_business"])


def _first(found: Sequence[Payer]) -> Payer | None:
    return found[0] if found else None
