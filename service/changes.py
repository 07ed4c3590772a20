"""What a new answer says differently: the fields that someone would act on, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WHOLE = (
    "/status",
    "/network",
    "/plan/id",
    "/eligibility/status",
    "/eligibility/basis",
    "/eligibility/coverage_start",
    "/eligibility/coverage_end",
    "/administrator/name",
    "/administrator/phone",
    "/estimate/certainty",
    "/estimate/low",
    "/estimate/expected",
    "/estimate/high",
    "/estimate/sessions",
    "/estimate/first_session",
    "/estimate/typical_session",
    "/estimate/total_allowed_expected",
    "/collect/amount",
    "/collect/when",
    "/collect/allowed",
)
OF_A_PHASE = (
    "/level_of_care",
    "/start_date",
    "/end_date",
    "/sessions",
    "/coverage/status",
    "/prior_authorization/status",
    "/prior_authorization/submit_by",
    "/prior_authorization/late",
)
NOTHING: Mapping[str, Any] = {}


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each field that differs between two answers, as `{pointer, before, after}`."""
    changes = list(_differing("", before, after, WHOLE))
    old, new = before.get("phases") or (), after.get("phases") or ()
    for index in range(max(len(old), len(new))):
        was = old[index] if index < len(old) else NOTHING
        now = new[index] if index < len(new) else NOTHING
        changes += _differing(f"/phases/{index}", was, now, OF_A_PHASE)
    return changes


def _differing(
    root: str, before: Mapping[str, Any], after: Mapping[str, Any], pointers: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for pointer in pointers:
        was, now = _at(before, pointer), _at(after, pointer)
        if was != now:
            yield {"pointer": root + pointer, "before": was, "after": now}


def _at(answer: Any, pointer: str) -> Any:
    for name in pointer.split("/")[1:]:
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer
