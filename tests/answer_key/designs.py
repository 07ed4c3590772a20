"""Plan designs: they hold for the year they were filed for, and for the visit they were filed for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.answer_key.arithmetic import Pots, Share, bill, dollars, session_days
from tests.answer_key.case import IOP, OP, PHP, SHORT, Case, case, in_words, phase, told

BRONZE = "uhc-bronze-essential"


def cases() -> Iterator[Case]:
    """Yield every case of a plan design."""
    yield from _bronze_essential()
    yield from _aetna_ppo()
    yield from _blueoptions()
    yield from _never_lent()


def _ask(payer: str, plan: str, *phases: dict[str, Any], met: int | None, on: date) -> dict[str, Any]:
    ask: dict[str, Any] = {"payer": payer, "plan": plan, "network": "in", "phases": list(phases)}
    if met is not None:
        pot = {"individual": {"met": dollars(met)}, "family": None}
        ask["told_benefits"] = told(on, deductible=pot, out_of_pocket_max=pot)
    return ask


def _bronze_essential() -> Iterator[Case]:
    """UHC Bronze Essential, 2026: nothing after a deductible of 10,600, which is also the maximum."""
    start = date(2026, 3, 2)
    for met in (0, 1000000, 1060000):
        made = bill(session_days(start, 12, 1), 11200, Share(), Pots(1060000, met, 1060000, met))
        yield case(
            f"Twelve visits with UHC Bronze Essential, {dollars(met)} met",
            "No charge after the deductible of 10,600.00.",
            _ask(
                "unitedhealthcare",
                "uhc-bronze-essential",
                phase(OP, start, 12),
                met=met,
                on=date(2026, 2, 20),
            ),
            {"expected": made.total},
        )


def _aetna_ppo() -> Iterator[Case]:
    """Aetna FL PPO 1500 and 5000, 2026: deductible, then 20 %, at a hospital's outpatient department."""
    start = date(2026, 3, 2)
    for plan, deductible, maximum in (("fl-ppo-1500", 150000, 550000), ("fl-ppo-5000", 500000, 775000)):
        for met in (0, deductible - 5000, deductible):
            pots = Pots(deductible, met, maximum, met)
            made = bill(session_days(start, 12, 1), 10800, Share(coinsurance="0.20"), pots)
            yield case(
                f"Twelve visits at a hospital with Aetna {plan}, {dollars(met)} met",
                "The summary of benefits: deductible, then 20 %, for hospital outpatient mental health.",
                _ask("aetna", plan, phase(OP, start, 12), met=met, on=date(2026, 2, 20)),
                {"expected": made.total},
                site="hospital",
            )


def _blueoptions() -> Iterator[Case]:
    """BlueOptions 505: its plan year is July 2023 to June 2024, and the day after nobody says."""
    for day, expected in (
        (date(2023, 6, 30), None),
        (date(2023, 7, 3), "0.00"),
        (date(2024, 6, 28), "0.00"),
        (date(2024, 7, 1), None),
    ):
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        yield case(
            f"A visit with BlueOptions 505 on {in_words(day)}",
            "Filed for its plan year: before and after it the plan is asked.",
            _ask(
                "florida-blue",
                "blueoptions-505",
                phase(OP, day, weekdays=[names[day.weekday()]]),
                met=None,
                on=day,
            ),
            {"expected": expected},
        )


def _never_lent() -> Iterator[Case]:
    """A share filed for office visits prices neither IOP nor PHP."""
    for payer, plan in (
        ("aetna", "fl-ppo-1500"),
        ("aetna", "fl-ppo-5000"),
        ("florida-blue", "blueoptions-gold-1505"),
        ("florida-blue", "blueoptions-505"),
    ):
        start = {"blueoptions-gold-1505": date(2023, 3, 6), "blueoptions-505": date(2024, 3, 4)}.get(
            plan, date(2026, 3, 2)
        )
        for level in (IOP, PHP):
            yield case(
                f"{SHORT[level]} with {payer} {plan} is not priced by the visit's share",
                "What is filed for an office visit says nothing of a program.",
                _ask(payer, plan, phase(level, start), met=None, on=start),
                {"expected": None},
            )
