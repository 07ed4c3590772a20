"""The few things that are often told before anybody called, asked on the verify page in one folded part.

They are questions of a call like any others; what is said of a level of care is said of the one that is
asked for, of a step-down plan of its first. The form names them all by one level, so that nothing typed is
lost where another level is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.model import INTENSIVE_OUTPATIENT
from service.console import call

LEVEL = f"{call.ROOT}/levels/{INTENSIVE_OUTPATIENT}"
"""Where what is said of a level stands in the form, whichever is asked for."""

ASKED: Sequence[tuple[str, Sequence[str]]] = (
    ("told_membership", [f"{call.ROOT}/active"]),
    ("told_deductible", [f"{call.ROOT}/deductible/individual/{name}" for name in ("limit", "met")]),
    (
        "told_out_of_pocket_max",
        [f"{call.ROOT}/out_of_pocket_max/individual/{name}" for name in ("limit", "met")],
    ),
    ("told_copay", [f"{LEVEL}/copay/amount", f"{LEVEL}/copay/per"]),
    ("told_coinsurance_of_level", [f"{LEVEL}/coinsurance"]),
    ("told_authorization", [f"{LEVEL}/prior_authorization"]),
)
"""What each part is about, and the fields of what is told that it fills in."""

SCRIPT = [{"answers": pointer} for _, pointers in ASKED for pointer in pointers]
OF_CALL = ("representative", "reference")


def parts() -> list[tuple[str, list[call.Control]]]:
    """The parts of the form: what each is about, and its controls."""
    return [
        (about, [control for prompt in _prompts(pointers) for control in prompt.controls])
        for about, pointers in ASKED
    ]


def told_of(typed: Mapping[str, str], level: str, at: str) -> dict[str, Any] | None:
    """What was told, of this level, from a filled-in form; `None` where nothing was."""
    telling = call.telling_of(SCRIPT, typed, at)
    if telling.keys() == {"told_by"} and telling["told_by"].keys().isdisjoint(OF_CALL):
        return None
    said_of_level = telling.pop("levels", {}).get(INTENSIVE_OUTPATIENT)
    return telling | ({"levels": {level: said_of_level}} if said_of_level else {})


def name_in_form(pointer: str) -> str:
    """What the control is called that a fault is about, whichever level it was said of."""
    head, levels, rest = pointer.partition("/levels/")
    return f"{LEVEL}/{rest.partition('/')[2]}" if levels and head == call.ROOT else pointer


def _prompts(pointers: Sequence[str]) -> list[call.Prompt]:
    return call.questions_of([{"answers": pointer} for pointer in pointers], [""] * len(pointers))


NAMES = frozenset(control.name for _, controls in parts() for control in controls)
"""What the controls are called in the form."""
