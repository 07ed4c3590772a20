"""What the order of coverages is judged from, and what a rule answers about two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.model import Citation, Fact, HeldCoverage, Question, Step

PUBLIC = ("medicare", "medicare_advantage", "medigap", "medicaid", "tricare")
PLAN = "plan"
MEDICARES = ("medicare", "medicare_advantage")


@dataclass(frozen=True, slots=True)
class Pair:
    """Which of two coverages pays first, by index: `None` where that has to be asked."""

    first: int | None
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """A person's coverages, what the order hangs on beside them, and the rules in force on a day of care."""

    held: tuple[HeldCoverage, ...]
    on: date
    rules: Mapping[str, Fact[Any]] = field(default_factory=dict)
    born: date | None = None
    parents: str | None = None
    injury: str | None = None

    def kind(self, index: int) -> str:
        """Return a public program's line of business, or `plan` for any other coverage."""
        line = self.held[index].payer.line_of_business
        return line if line in PUBLIC else PLAN

    def is_individual(self, index: int) -> bool:
        """Say whether a plan is known not to be a group's."""
        held = self.held[index]
        return held.basis == "individual" or held.payer.line_of_business == "marketplace"

    def name(self, index: int) -> str:
        """Return what a coverage is called, apart from any other of the same payer."""
        held = self.held[index]
        alike = [one for one in self.held if one.payer.name == held.payer.name]
        if len(alike) == 1:
            return held.payer.name
        plans = {one.plan for one in alike}
        return f"{held.payer.name} ({held.plan if held.plan and len(plans) == len(alike) else index + 1})"

    def names(self, first: int, second: int) -> dict[str, str]:
        """Return the parameters of a sentence about two coverages."""
        return {"first": self.name(first), "second": self.name(second)}

    def cite(self, rule: str) -> tuple[Citation, ...]:
        """Return the citation of a rule that is in force."""
        return (self.rules[rule].citation,)

    def ask(self, code: str, index: int, field_name: str) -> Question:
        """Return a question about one field of a coverage."""
        return Question(code, {"payer": self.name(index)}, f"/coverages/{index}/{field_name}")


def ask_order(s: Situation, a: int, b: int, *steps: Step) -> Pair:
    """Return that nothing says which of two pays first: both are to be asked."""
    question = Question("ask_payment_order", s.names(*sorted((a, b))), f"/coverages/{min(a, b)}/place")
    return Pair(None, steps, (question,))
