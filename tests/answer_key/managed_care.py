"""Florida's Statewide Medicaid Managed Care: what the contract says, by age, and what only a plan can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.answer_key.arithmetic import dollars
from tests.answer_key.case import INPATIENT, IOP, OP, PHP, RESIDENTIAL, SHORT, Case, case, phase, told

# Plans that took adults and children in the autumn of 2026.
PLANS = (
    "sunshine-health",
    "simply-healthcare",
    "humana-healthy-horizons",
    "aetna-better-health-florida",
    "unitedhealthcare-community-plan-florida",
    "molina-healthcare-florida",
    "community-care-plan",
    "florida-community-care",
)
START = date(2026, 11, 2)
ADULT, CHILD = "1980-05-17", "2010-06-01"
SELF_PAY_PHP = 50000


def cases() -> Iterator[Case]:
    """Yield every case of a managed care plan."""
    for payer in PLANS:
        yield from _visits(payer)
        yield from _programs(payer)
        yield from _stays(payer)
    yield from _days_of_a_year()
    yield from _turning_21()


def _ask(payer: str, *phases: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"payer": payer, "network": "in", "phases": list(phases), **more}


def _visits(payer: str) -> Iterator[Case]:
    yield case(
        f"Four visits of an adult with {payer}",
        "A minimum benefit; a plan may ask the state's $2.00 a day or nothing.",
        _ask(payer, phase(OP, START, 4)),
        {"coverage": ["covered"], "low": "0.00", "high": "8.00", "collect": "ask"},
    )
    yield case(
        f"Four visits of a child with {payer}",
        "Nobody under 21 owes a copayment (Rule 59G-1.056).",
        _ask(payer, phase(OP, START, 4)),
        {"coverage": ["covered"], "low": "0.00", "expected": "0.00", "high": "0.00"},
        born=CHILD,
    )


def _programs(payer: str) -> Iterator[Case]:
    for level, condition in ((IOP, "mental_health"), (IOP, "substance_use"), (PHP, "mental_health")):
        for born, words in ((ADULT, "an adult"), (CHILD, "a child")):
            yield case(
                f"{SHORT[level]} of {words} for {condition.replace('_', ' ')} with {payer}: ask the plan",
                "In lieu of a hospital stay it is the plan's to offer: no contract alone covers it.",
                _ask(payer, phase(level, START), condition=condition),
                {"coverage": ["undetermined"], "prior_authorization": ["undetermined"], "expected": None},
                born=born,
            )


def _stays(payer: str) -> Iterator[Case]:
    yield case(
        f"An inpatient stay with {payer}",
        "Inpatient psychiatric care is a benefit of the contract.",
        _ask(payer, phase(INPATIENT, START, 1)),
        {"coverage": ["covered"]},
    )
    yield case(
        f"Residential care of a child with {payer}",
        "Residential programs are for recipients under 21, with authorization.",
        _ask(payer, phase(RESIDENTIAL, START, 4)),
        {"coverage": ["covered"], "prior_authorization": ["required"]},
        born=CHILD,
    )


def _days_of_a_year() -> Iterator[Case]:
    """Adults have up to 90 days of PHP a year; the clinic was told that the plan covers it."""
    for used in (0, 74, 75, 76, 89, 90):
        left = max(0, min(15, 90 - used))
        level = {
            "covered": True,
            "copay": None,
            "coinsurance": None,
            "limit": {"units": 90, "used": used, "unit": "day", "period": "state_fiscal_year"},
        }
        yield case(
            f"Fifteen days of PHP of an adult with Sunshine, {used} of 90 days used",
            "From the 91st day on it is not covered: the clinic's own rate, after notice.",
            _ask(
                "sunshine-health",
                phase(PHP, START, 3),
                told_benefits=told(date(2026, 10, 23), active=True, levels={PHP: level}),
            ),
            {"expected": dollars(SELF_PAY_PHP * (15 - left))},
        )


def _turning_21() -> Iterator[Case]:
    for born, due in (("2005-11-03", "0.00"), ("2005-11-02", "2.00")):
        yield case(
            f"A visit on 2 November 2026 of a Sunshine member born on {born}",
            "Under 21 nothing is owed; at 21 it is nothing or $2.00, as the plan decides.",
            _ask("sunshine-health", phase(OP, START)),
            {"low": "0.00", "high": due},
            born=born,
        )
