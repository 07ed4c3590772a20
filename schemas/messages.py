"""Adds the sentences to an answer when it is read: the places that have a code, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Say = Callable[[str, Mapping[str, Any]], str]
STEP_LISTS = ("steps", "warnings", "parity_flags", "next_steps")


def add_messages(answer: dict[str, Any], say: Say) -> dict[str, Any]:
    """Add a `message` to every step of an answer, a `question` to every question of it, in place.

    `say` turns a code and its parameters into a sentence of one language. Answers without some of the
    parts, such as one estimate of a comparison, are taken as they are. Returns the same answer.
    """
    for step in _steps(answer):
        step["message"] = say(step["code"], step["params"])
    coordination = answer.get("coordination") or {}
    for question in (*answer.get("call_script", ()), *coordination.get("questions", ())):
        question["question"] = say(question["code"], question["params"])
    return answer


def _steps(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for phase in answer.get("phases", ()):
        yield from phase.get("coverage", {}).get("reasons", ())
        yield from phase.get("prior_authorization", {}).get("reasons", ())
    estimate = answer.get("estimate", {})
    yield from estimate.get("assumptions", ())
    yield from answer.get("collect", {}).get("reasons", ())
    for name in STEP_LISTS:
        yield from answer.get(name, ())
    coordination = answer.get("coordination")
    yield from (step for step in (estimate.get("formula"), coordination) if step is not None)
    yield from (coordination or {}).get("reasons", ())
