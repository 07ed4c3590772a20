"""What somebody has to look at before an appointment: codes with their parameters, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.day_list import FIRST_TIME, QUIET, UNCHANGED, URGENT_FIRST
from schemas.model import SELF_PAY
from service.jobs.following import medicaid_plan
from service.jobs.standing import Finding

Answer = Mapping[str, Any]
DEGRADED = "degraded"


def find(status: str, answer: Answer, before: Answer | None, standing: list[Finding]) -> list[Finding]:
    """Everything there is to say of an answer, beside the one before it and what `stands` with the case."""
    found = [*_of_membership(status, answer), *standing]
    found += [*_of_payer(answer, before), *_of_verdict(answer, before)]
    if not found:
        return [{"code": UNCHANGED if before is not None else FIRST_TIME}]
    return sorted(found, key=lambda one: URGENT_FIRST.index(one["code"]))


def is_exception(findings: list[Finding]) -> bool:
    """Whether somebody has to look at a row."""
    return any(one["code"] not in QUIET for one in findings)


def _of_membership(status: str, answer: Answer) -> Iterator[Finding]:
    eligibility = answer["eligibility"]
    if eligibility["status"] == "inactive":
        yield {"code": "inactive", "date": eligibility["coverage_end"]}
    if eligibility["status"] == "undetermined" and answer["payer"].get("line_of_business") != SELF_PAY:
        yield {"code": "membership_not_confirmed"}
    if status == DEGRADED:
        yield {"code": "payer_not_reachable"}


def _of_payer(answer: Answer, before: Answer | None) -> Iterator[Finding]:
    """Another payer or plan than last time, or one that the payer's own reply names beside itself."""
    others = _others(answer) - (_others(before) if before else set())
    if before is not None and before["payer"]["id"] != answer["payer"]["id"]:
        names = {"before": before["payer"]["name"], "now": answer["payer"]["name"]}
        yield {"code": "payer_changed", "how": "payer", **names}
    elif before is not None and _plan(before) != _plan(answer):
        yield {"code": "payer_changed", "how": "plan", "before": _plan(before), "now": _plan(answer)}
    plan = medicaid_plan(answer)
    for name in sorted(others):
        how, was = ("medicaid_plan", before and medicaid_plan(before)) if name == plan else ("other", None)
        yield {"code": "payer_changed", "how": how, "before": was, "now": name}


def _of_verdict(answer: Answer, before: Answer | None) -> Iterator[Finding]:
    """Another verdict on the same level of care; where the payer could not be asked, that is the reason."""
    if before is None or before["payer"]["id"] != answer["payer"]["id"]:
        return
    if answer["eligibility"]["status"] != "active":
        return
    was = {phase["level_of_care"]: phase for phase in before["phases"]}
    for phase in answer["phases"]:
        level = phase["level_of_care"]
        for part in ("coverage", "prior_authorization"):
            now, then = phase[part]["status"], was.get(level, phase)[part]["status"]
            if now != then and then != "undetermined":
                yield {"code": "answer_changed", "how": part, "level": level, "before": then, "now": now}


def _others(answer: Answer) -> set[str]:
    return {str(one["name"]) for one in answer.get("other_payers") or () if one.get("name")}


def _plan(answer: Answer) -> str | None:
    return answer["plan"]["name"] if answer["plan"] else None
