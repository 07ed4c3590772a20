"""Medicare Advantage in Florida, 2026: the share of a therapy visit that each plan filed, and nothing else.

Taken from the plans' pages on Medicare.gov as of December 2025; a sample over contracts and amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.answer_key.arithmetic import dollars
from tests.answer_key.case import IOP, OP, PHP, SHORT, Case, case, in_words, phase, told

# Contract and plan (and segment): dollars of a visit in network.
VISITS = {
    "H0982-002": 0,
    "H0982-007": 20,
    "H1019-103-1": 0,
    "H1019-103-2": 5,
    "H1019-148": 10,
    "H1019-135": 25,
    "H1019-139": 35,
    "H1032-201": 30,
    "H1032-193": 40,
    "H1035-026": 30,
    "H1035-002": 40,
    "H1035-040": 50,
    "H1035-021": 55,
    "H1035-019": 60,
    "H1036-054": 0,
    "H1036-025": 5,
    "H1036-265-1": 10,
    "H1036-338": 15,
    "H1036-229": 20,
    "H1036-157": 25,
    "H1036-265-2": 30,
    "H1045-001": 0,
    "H1099-001": 15,
    "H1099-024": 25,
    "H1290-005": 5,
    "H1290-044-3": 15,
    "H1290-013": 45,
    "H1609-028": 35,
    "H2235-001": 15,
    "H2962-021": 3,
    "H2962-033": 8,
    "H4140-016": 25,
    "H4286-001": 0,
    "H5216-062": 30,
    "H5410-024": 30,
    "H5427-052": 40,
    "H5431-006": 0,
    "H5434-025": 50,
    "H5471-112": 40,
    "H5521-569": 60,
    "H5594-022": 35,
    "H5938-006": 20,
    "H7617-107": 30,
    "H9884-008": 45,
    "R5826-018": 20,
}
YEARS = (
    (date(2025, 12, 22), False),
    (date(2026, 3, 2), True),
    (date(2026, 12, 21), True),
    (date(2027, 1, 4), False),
)


def cases() -> Iterator[Case]:
    """Yield visits in and outside the plan's year, and programs that no visit's share prices."""
    for plan, copay in VISITS.items():
        yield _visits(plan, copay, date(2026, 3, 2), filed=True)
    for plan in ("H1036-054", "H5521-569", "H5471-112"):
        for start, filed in YEARS:
            if start != date(2026, 3, 2):
                yield _visits(plan, VISITS[plan], start, filed=filed)
    for plan in ("H1036-054", "H1290-013", "H5434-025"):
        for level in (IOP, PHP):
            yield case(
                f"{SHORT[level]} with {plan} is not priced by the share of a visit",
                "What a plan takes for a day of a program stands elsewhere, and was not read.",
                _ask(plan, level, date(2026, 3, 2)),
                {"expected": None, "prior_authorization": ["undetermined"]},
            )


def _ask(plan: str, level: str, start: date) -> dict[str, object]:
    """Deductible and maximum are told: what the plans filed of them was not read."""
    return {
        "payer": "medicare-advantage",
        "plan": plan,
        "network": "in",
        "phases": [phase(level, start)],
        "told_benefits": told(
            start - timedelta(days=10),
            deductible={"individual": None, "family": None},
            out_of_pocket_max={"individual": {"limit": "6000.00", "met": "0.00"}, "family": None},
        ),
    }


def _visits(plan: str, copay: int, start: date, *, filed: bool) -> Case:
    return case(
        f"One visit with {plan} on {in_words(start)}: {f'${copay}' if filed else 'ask the plan'}",
        "The share that the plan filed for 2026, and for no other year.",
        _ask(plan, OP, start),
        {"expected": dollars(copay * 100) if filed else None},
        born="1955-05-17",
    )
