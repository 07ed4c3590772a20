"""TRICARE, the federal employees' Blue plans, and paying without insurance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.answer_key.arithmetic import dollars
from tests.answer_key.case import IOP, OP, PHP, SHORT, Case, case, phase

START = date(2026, 3, 2)
SELF_PAY = {OP: 14000, IOP: 35000, PHP: 50000}
SESSIONS = {OP: 12, IOP: 24, PHP: 15}
WEEKS = {OP: 12, IOP: 8, PHP: 3}


def cases() -> Iterator[Case]:
    """Yield every case of these payers."""
    for level in (OP, PHP):
        yield case(
            f"{SHORT[level]} of an active-duty family with TRICARE Prime, in network",
            "Group A: nothing for outpatient mental health, partial hospitalization in the same row.",
            {
                "payer": "tricare-east",
                "plan": "prime-active-duty-family-a",
                "network": "in",
                "phases": [phase(level, START)],
            },
            {"coverage": ["covered"], "prior_authorization": ["not_required"], "expected": "0.00"},
        )
    for visits in (1, 5, 10):
        yield case(
            f"{visits} visits with FEP Blue Focus",
            "The first ten visits of a year cost $10.00 each.",
            {"payer": "fep-blue", "plan": "focus", "network": "in", "phases": [phase(OP, START, visits)]},
            {"coverage": ["covered"], "expected": dollars(1000 * visits)},
        )
    yield case(
        "Eleven visits with FEP Blue Focus: the eleventh is a share of an amount that nobody said",
        "After ten visits, 30 % after the deductible.",
        {"payer": "fep-blue", "plan": "focus", "network": "in", "phases": [phase(OP, START, 11)]},
        {"coverage": ["covered"], "expected": None},
    )
    for level, rate in SELF_PAY.items():
        for site in ("center", "freestanding", "hospital"):
            total = dollars(rate * SESSIONS[level])
            yield case(
                f"{SHORT[level]} at the site {site} without insurance",
                f"{SESSIONS[level]} sessions at the clinic's own rate of {dollars(rate)}.",
                {"payer": "self-pay", "phases": [phase(level, START, WEEKS[level])]},
                {"low": total, "expected": total, "high": total, "certainty": "exact"},
                site=site,
            )
