"""The care that is left of what was asked for, from a day on: for a question about somebody in treatment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Care = Mapping[str, Any]
A_WEEK = 7


def care_left(asked: Sequence[Care], laid: Sequence[Care], day: date) -> list[dict[str, Any]]:
    """The phases to ask for from a day on, given those asked for and how they were laid out on the calendar.

    A phase that ended is dropped; the one that runs begins on the day, with the weeks it has left, rounded
    up; those to come follow. Care that has not begun begins on the day, whole; of care that is over the last
    phase is asked for once more.
    """
    dated = [
        (dict(phase), date.fromisoformat(lies["start_date"]), date.fromisoformat(lies["end_date"]))
        for phase, lies in zip(asked, laid, strict=True)
    ]
    left = [one for one in dated if one[2] >= day] or dated[-1:]
    first, began, ends = left[0]
    first["start_date"] = day.isoformat()
    if began < day <= ends:
        first["weeks"] = _weeks(day, ends)
    # The first may end later than it did: then what follows does so directly.
    weeks = first.get("weeks") or _weeks(began, ends)
    following = [phase for phase, _, _ in left[1:]]
    if following and left[1][1] < day + timedelta(days=A_WEEK * weeks):
        following = [{name: phase[name] for name in phase if name != "start_date"} for phase in following]
    return [first, *following]


def _weeks(start: date, end: date) -> int:
    return -(-((end - start).days + 1) // A_WEEK)
