"""The call: the questions of an answer's script beside a form, whose answers become a telling.

Which control a question gets follows from the shape of what is told (`schemas.told`): a question that the
engine learns to ask needs no change here. A control that is left empty was not asked or not answered, and
"there is none" says null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Day, Moment, Money, MonthDay, Rate
from schemas.model import CHANNELS
from schemas.shapes import Choice, Flag, Items, OneOrMany, Part, Whole
from schemas.told import TOLD_BENEFITS

ROOT = "/told_benefits"
NONE = "none:"
WHEN = "at"
"""The field of the form that says when it was heard."""

MOST_DEEP = 4
GROUPS = ("membership", "coverage", "authorization", "cost", "claims")
"""What decides first, first: which plan it is at all, then whether, then under what terms, then how much."""

_GROUP_OF = {
    "covered": "coverage",
    "limit": "coverage",
    "exclusions": "coverage",
    "referral_required": "coverage",
    "prior_authorization": "authorization",
    "authorization": "authorization",
    "billing": "claims",
    "claims": "claims",
    "deductible": "cost",
    "out_of_pocket_max": "cost",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One thing to fill in: its name in the form, its kind, and for a choice what can be chosen."""

    name: str
    label: str
    kind: str
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of the script, what its answer is filled in with, and whether it may be "there is none"."""

    text: str
    controls: Sequence[Control]
    none_name: str | None
    name: str = ""
    group: str = GROUPS[0]

    def is_answered(self, typed: Mapping[str, str]) -> bool:
        """Whether something was filled in, or that there is none."""
        names = [control.name for control in self.controls] + ([self.none_name] if self.none_name else [])
        return any(typed.get(name, "").strip() for name in names)


def grouped(prompts: Sequence[Prompt]) -> list[tuple[str, list[Prompt]]]:
    """Questions by what they decide, in the order of a call; within a group as the script has them."""
    groups = [(group, [one for one in prompts if one.group == group]) for group in GROUPS]
    return [(group, those) for group, those in groups if those]


def questions_of(script: Sequence[Mapping[str, Any]], sentences: Sequence[str]) -> list[Prompt]:
    """The questions of a script, in its order, each with its sentence."""
    made = []
    for asked, text in zip(script, sentences, strict=True):
        pointer = str(asked.get("answers") or "")
        field = field_at(pointer)
        controls = () if field is None else tuple(_controls(field, pointer))
        can_be_none = field is not None and field.allow_none
        none_name = f"{NONE}{pointer}" if can_be_none else None
        made.append(Prompt(text, controls, none_name, pointer, _group_of(pointer)))
    return made


def telling_of(script: Sequence[Mapping[str, Any]], typed: Mapping[str, str], at: str) -> dict[str, Any]:
    """What was told, from a filled-in form: only what was filled in is in it."""
    told: dict[str, Any] = {"told_by": _told_by(typed, at)}
    for asked in script:
        pointer = str(asked.get("answers") or "")
        field = field_at(pointer)
        if field is None:
            continue
        if typed.get(f"{NONE}{pointer}"):
            _put(told, pointer, None)
            continue
        for control in _controls(field, pointer):
            text = typed.get(control.name, "").strip()
            if text:
                _put(told, control.name, _value(control.kind, text))
    return told


def moment_of(typed: Mapping[str, str], zone: tzinfo, now: datetime) -> str:
    """When it was heard: now, where nothing was typed; what is no time stays, to be refused by its field."""
    text = typed.get(WHEN, "").strip()
    if not text:
        return now.isoformat()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).isoformat()


def field_at(pointer: str) -> fields.Field[Any] | None:
    """The field of what is told that a pointer leads to, or `None`."""
    shape: Schema = TOLD_BENEFITS
    field: fields.Field[Any] | None = None
    for name in pointer.removeprefix(ROOT).strip("/").split("/"):
        field = shape.fields.get(name)
        if isinstance(field, Part):
            shape = field.schema
    return field


def _group_of(pointer: str) -> str:
    path = pointer.removeprefix(ROOT).strip("/").split("/")
    if "levels" in path:
        place = path.index("levels")
        return _GROUP_OF.get("".join(path[place + 2 : place + 3]), "cost")
    return _GROUP_OF.get(path[0], GROUPS[0])


def _told_by(typed: Mapping[str, str], at: str) -> dict[str, Any]:
    channel = typed.get("channel", "")
    told: dict[str, Any] = {"channel": channel if channel in CHANNELS else CHANNELS[0], "at": at}
    for name in ("representative", "reference"):
        if typed.get(name, "").strip():
            told[name] = typed[name].strip()
    return told


def _controls(field: fields.Field[Any], name: str, depth: int = 0) -> Iterator[Control]:
    label = name.rsplit("/", 1)[-1]
    if isinstance(field, Part):
        if depth < MOST_DEEP:
            for inner, shaped in field.schema.fields.items():
                yield from _controls(shaped, f"{name}/{inner}", depth + 1)
    elif isinstance(field, Choice):
        yield Control(name, label, "choice", [str(word) for word in field.meanings])
    elif isinstance(field, Flag):
        yield Control(name, label, "flag")
    else:
        yield Control(name, label, next((kind for shape, kind in KINDS if isinstance(field, shape)), "text"))


# What is typed for a shape; the first that fits.
KINDS: Sequence[tuple[type[fields.Field[Any]], str]] = (
    (Money, "money"),
    (Rate, "percent"),
    (Day, "day"),
    (MonthDay, "month_day"),
    (Moment, "moment"),
    (Whole, "whole"),
    (Items, "list"),
    (OneOrMany, "list"),
)


def _value(kind: str, text: str) -> Any:
    """What was typed as it travels; what cannot be is left as it is, to be refused by its field."""
    if kind == "flag":
        return text == "yes"
    if kind == "whole" and text.isascii() and text.isdigit():
        return int(text)
    if kind == "list":
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind in ("money", "percent"):
        return _amount(kind, text)
    return text


def _amount(kind: str, text: str) -> str:
    """Dollars with their cents; per cent as a rate: "20" and "20%" are "0.2"."""
    try:
        number = Decimal(text.replace("$", "").replace("%", "").replace(",", "").strip())
    except InvalidOperation:
        return text
    if kind == "percent":
        return format((number / 100).normalize(), "f")
    return f"{number:.2f}" if number == number.quantize(Decimal("0.01")) else text


def _put(told: dict[str, Any], pointer: str, value: Any) -> None:
    *path, last = pointer.removeprefix(ROOT).strip("/").split("/")
    for name in path:
        told = told.setdefault(name, {})
    told[last] = value


def labels_of(script: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """The fields of the form by where what they hold is told: the name of each, and the code of its label."""
    found = {f"{ROOT}/told_by/{name}": (name, name) for name in ("channel", "representative", "reference")}
    found[f"{ROOT}/told_by/at"] = (WHEN, "heard_at")
    for prompt in questions_of(script, [""] * len(script)):
        for control in prompt.controls:
            found[control.name] = (control.name, f"told_{control.label}")
    return found
