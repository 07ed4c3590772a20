"""What other rules make of an answer: every part that someone acts on, before and after, with its sources.

Wider than the changes of a later answer: both answers are of one moment, so what hangs on the clock can be
held against each other, too. How sources are numbered and when they were read is no part of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.changes import list_changes

Answer = Mapping[str, Any]
WHOLE = (
    "/administrator/portal",
    "/contact",
    "/estimate/last_session",
    "/estimate/plan_pays_expected",
    "/estimate/secondary_pays_expected",
    "/estimate/write_off_expected",
    "/estimate/balance_billing",
    "/estimate/self_pay",
    "/coordination/status",
    "/coordination/order",
)
OF_A_PHASE = (
    "/coverage/limits",
    "/prior_authorization/contact",
    "/prior_authorization/decision_due",
    "/prior_authorization/initial_authorization",
    "/prior_authorization/concurrent_review",
    "/prior_authorization/retro_allowed",
    "/prior_authorization/criteria",
    "/prior_authorization/documents",
    "/billing",
)
STEPS = ("/coverage/reasons", "/prior_authorization/reasons")
"""Lists of which only what is gone, and what is new, is told."""

NEXT_STEPS = "/next_steps"
CITING = ("citations", "facts")
NOT_COMPARED = ("as_of",)
CONFIRM, READ_LONG_AGO = "confirm_", "confirm_source_not_read_lately"
UNLISTED = "plan_not_in_library"


def list_differences(before: Answer, after: Answer) -> list[dict[str, Any]]:
    """Return each part that differs, as `{pointer, before, after, citations}`: the sources of the new value.

    Of those the ones that did not stand behind the old value; where there is none, all.
    """
    was, now = _without_typed_plan(before), _without_typed_plan(after)
    found = [*list_changes(was, now), *_more(was, now)]
    return [{**one, "citations": _sources(one["pointer"], before, after)} for one in found]


def _more(before: Answer, after: Answer) -> Iterator[dict[str, Any]]:
    pots = {*before["accumulators"], *after["accumulators"]}.difference(NOT_COMPARED)
    for pointer in (*WHOLE, *(f"/accumulators/{name}" for name in sorted(pots))):
        yield from _told(pointer, _plain(at(before, pointer)), _plain(at(after, pointer)))
    for index in range(max(len(before["phases"]), len(after["phases"]))):
        root = f"/phases/{index}"
        for pointer in (root + place for place in OF_A_PHASE):
            yield from _told(pointer, _plain(at(before, pointer)), _plain(at(after, pointer)))
        for pointer in (root + place for place in STEPS):
            yield from _told(pointer, *_apart(at(before, pointer) or (), at(after, pointer) or ()))
    yield from _told(NEXT_STEPS, *_apart(before["next_steps"], after["next_steps"]))


def _told(pointer: str, was: Any, now: Any) -> Iterator[dict[str, Any]]:
    if was != now:
        yield {"pointer": pointer, "before": was, "after": now}


def _apart(before: Sequence[Answer], after: Sequence[Answer]) -> tuple[list[Any], list[Any]]:
    """Return of two lists of steps those that are in one alone; of a source's age nothing is compared."""
    was, now = ([one for one in _plain(steps) if one["code"] != READ_LONG_AGO] for steps in (before, after))
    said = [[_said(one) for one in steps] for steps in (was, now)]
    return [one for one in was if _said(one) not in said[1]], [
        one for one in now if _said(one) not in said[0]
    ]


def _said(step: Answer) -> Any:
    """Return what a step says; of one that asks to confirm a source, not which source that is."""
    return step["code"] if step["code"].startswith(CONFIRM) else step


def at(answer: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer of an answer, or `None`."""
    for name in pointer.split("/")[1:]:
        if isinstance(answer, Mapping):
            answer = answer.get(name)
        elif isinstance(answer, Sequence) and int(name) < len(answer):
            answer = answer[int(name)]
        else:
            return None
    return answer


def _plain(value: Any) -> Any:
    """Return a value without the numbers of its sources."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items() if name not in CITING}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _without_typed_plan(answer: Answer) -> Answer:
    """Return an answer without a plan that is only what somebody typed: it may name anybody."""
    typed = any(warning["code"] == UNLISTED for warning in answer["warnings"])
    return {**answer, "plan": None} if typed else answer


def _sources(pointer: str, before: Answer, after: Answer) -> list[Answer]:
    whole = _whole_of(pointer)
    old = [before["citations"][number] for number in _cited(at(before, whole))]
    new = [after["citations"][number] for number in _cited(at(after, whole))]
    return [one for one in new if one not in old] or new


def _whole_of(pointer: str) -> str:
    """Return the part of an answer whose sources a value rests on; of a status, its reasons."""
    parts = pointer.split("/")
    if parts[1] == "phases" and parts[-1] in ("status", "reasons"):
        return "/".join([*parts[:4], "reasons"])
    return "/".join(parts[:4] if parts[1] == "phases" else parts[:2])


def _cited(value: Any) -> list[int]:
    """Return the numbers of all sources that a part of an answer names, each once."""
    return sorted(set(_numbers(value)))


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from inner if name in CITING else _numbers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _numbers(inner)
