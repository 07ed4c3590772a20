"""Puts cases of the answer key to the service, and says where its answers differ from the key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from payers.rulebook import load_rulebook
from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from service.clinic import load_clinic
from service.verify import Desk, known, verify
from tests.answer_key.case import Case

HERE = Path(__file__).parent
CASES = HERE / "cases"
# Invented people: the member ids that a payer's shape does not allow are no ids of anybody.
MEDICARE_ID, OTHER_ID = "1EG4TE5MK73", "KEY-0000-TEST"


def read_cases() -> Iterator[tuple[str, Case]]:
    """Yield each case of the key with the name of its file."""
    for file in sorted(CASES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield file.stem, json.loads(line)


@lru_cache(maxsize=1)
def _desk() -> Desk:
    return Desk(load_rulebook(), load_clinic(HERE / "clinic.yaml"))


def answer(case: Case) -> dict[str, Any]:
    """Return the service's answer to a case, as it travels."""
    ask = case["ask"]
    at = datetime.fromisoformat(f"{case['asked_on']}T16:00:00+00:00").astimezone(UTC)
    member = {
        "member_id": MEDICARE_ID if _first_payer(ask) == "medicare" else OTHER_ID,
        "first_name": "Clave",
        "last_name": "Ejemplo",
        "birth_date": case["birth_date"],
    }
    body = {**ask, "member": {**member, **ask.get("member", {})}, "site": case["site"]}
    inquiry, warnings = load_inquiry(body, known(_desk(), at))
    return dict(dump_outcome(verify(_desk(), inquiry, at=at, warnings=warnings)))


def _first_payer(ask: dict[str, Any]) -> str:
    """Whose member id the member's is: a list's first coverage has it."""
    return str(ask["payer"] if "payer" in ask else ask["coverages"][0]["payer"])


def differences(case: Case, answered: dict[str, Any]) -> list[str]:
    """Return a sentence for each thing that the key says and the answer does not."""
    found = _said(answered)
    faults = []
    for name, expected in case["expect"].items():
        given = found[name]
        if name in LISTS_OF_CODES:
            missing = [code for code in expected if code not in given]
            if missing:
                faults.append(f"{name} lacks {', '.join(missing)}: {given}")
        elif name == "reasons":
            for phase, codes in enumerate(expected):
                if lacking := [code for code in codes if code not in given[phase]]:
                    faults.append(f"the reasons of phase {phase} lack {', '.join(lacking)}: {given[phase]}")
        elif given != expected:
            faults.append(f"{name} is {given}, not {expected}")
    return faults


LISTS_OF_CODES = ("assumptions", "next_steps", "steps", "warnings", "questions", "parity_flags")


def _said(answered: dict[str, Any]) -> dict[str, Any]:
    """Return what a case can expect something of, by the name it has there."""
    phases, estimate = answered["phases"], answered["estimate"]
    authorizations = [phase["prior_authorization"] for phase in phases]
    named = ("low", "expected", "high", "certainty", "sessions", "first_session", "typical_session")
    more = ("last_session", "total_allowed_expected", "secondary_pays_expected", "balance_billing")
    said = {
        "coverage": [phase["coverage"]["status"] for phase in phases],
        "reasons": [[reason["code"] for reason in phase["coverage"]["reasons"]] for phase in phases],
        "prior_authorization": [one["status"] for one in authorizations],
        "submit_by": [one["submit_by"] for one in authorizations],
        "decision_due": [(one["decision_due"] or {}).get("standard") for one in authorizations],
        "collect": answered["collect"]["allowed"],
        "order": [place["payer"]["id"] for place in (answered["coordination"] or {}).get("order", ())],
        "order_status": (answered["coordination"] or {}).get("status"),
        "codes": [(phase["billing"] or {}).get("codes", []) for phase in phases],
        **{name: estimate[name] for name in (*named, *more)},
    }
    lists = {name: answered[name] for name in ("next_steps", "steps", "warnings", "parity_flags")}
    lists |= {"assumptions": estimate["assumptions"], "questions": answered["call_script"]}
    return said | {name: [one["code"] for one in items] for name, items in lists.items()}
