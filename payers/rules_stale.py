"""The published values that a payer should confirm, what to ask, and how much rests on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from payers.kept import keeps_results
from payers.rulebook import Rulebook
from payers.rules_questions import Place, ask_everything
from payers.rules_view import Shown, everything
from schemas.freshness import reasons_to_confirm
from schemas.model import LEVELS_OF_CARE

Rests = Mapping[Place, Collection[int]]
"""By place in a source, the numbers of the answers that cite it."""

# What to ask for a field, as a call script does.
QUESTIONS = {
    "covered": "ask_covered",
    "prior_authorization": "ask_prior_authorization",
    "authorization_hint": "ask_prior_authorization",
    "authorization_contact": "ask_authorization_phone",
    "criteria": "ask_authorization_criteria",
    "initial_units": "ask_authorization_initial_units",
    "review_every_days": "ask_authorization_review_every_days",
    "retro_allowed": "ask_authorization_retro_allowed",
    "copay": "ask_copay",
    "coinsurance": "ask_coinsurance",
    "deductible_applies": "ask_deductible_applies",
    "allowed_amount": "ask_allowed_amount",
    "limits": "ask_limit",
    "billing": "ask_billing",
    "behavioral_manager": "ask_administrator",
    "plan_year_start": "ask_plan_year_start",
    "claims": "ask_claims",
}


@dataclass(frozen=True, slots=True)
class Stale:
    """A value to be confirmed, and why: reasons of `schemas.freshness`.

    What stands in one table with one source and the same reasons is told once; `rows` says how many.
    `places` are where they stand, and `answers` is how many answers rest on any of them.
    """

    shown: Shown
    reasons: tuple[str, ...]
    rows: int
    places: frozenset[Place]
    answers: int = 0

    @property
    def level(self) -> str | None:
        """The level of care that the value is of, if it is of one."""
        return next((part for part in self.shown.where.split(".") if part in LEVELS_OF_CARE), None)

    @property
    def question(self) -> str | None:
        """The code of the question that a call script asks for such a value, if it has one."""
        *_, pot, field = ["", *self.shown.where.partition(" (")[0].split(".")]
        if pot in ("deductible", "out_of_pocket_max"):
            return f"ask_{pot}_{field}"
        return QUESTIONS.get(field)


def stale(rulebook: Rulebook, today: date, rests: Rests | None = None) -> tuple[Stale, ...]:
    """Return the values in force today that a payer should confirm, those first on which most rests.

    `rests` tells which answers cite what; where it is left out, the questions that the rulebook can be
    asked stand for them.
    """
    counted = rests_of_questions(rulebook, today) if rests is None else rests
    items = (_told_once(reasons, group, counted) for reasons, group in _to_confirm(rulebook, today))
    return tuple(sorted(items, key=lambda item: -item.answers))


@keeps_results
def _to_confirm(rulebook: Rulebook, today: date) -> tuple[tuple[tuple[str, ...], list[Shown]], ...]:
    """Return what is told together, with why it is to be confirmed; kept for the day."""
    found: dict[tuple[str, ...], list[Shown]] = defaultdict(list)
    for shown in everything(rulebook, today):
        reasons = reasons_to_confirm(shown, today, shown.through)
        if reasons:
            found[(shown.payer, _told_as(shown), shown.source, *reasons)].append(shown)
    return tuple((key[3:], group) for key, group in found.items())


@keeps_results
def rests_of_questions(rulebook: Rulebook, today: date) -> Rests:
    """Return by place the questions of the rulebook, numbered, whose answers cite it; kept for the day."""
    rests: dict[Place, set[int]] = defaultdict(set)
    for number, asked in enumerate(ask_everything(rulebook, today)):
        for place in asked.places():
            rests[place].add(number)
    return rests


def _told_as(shown: Shown) -> str:
    """Return what a value is told together with: prices of a table, a field of the plans of a table."""
    if not shown.table:
        return f"{shown.where} {shown.when}"
    return shown.table if shown.row else f"{shown.table} {shown.where.split('.', 2)[2]}"


def _told_once(reasons: tuple[str, ...], group: list[Shown], rests: Rests) -> Stale:
    places = frozenset(Place(one.title, one.url, one.at) for one in group)
    answers = {number for place in places for number in rests.get(place, ())}
    return Stale(group[0], reasons, len(group), places, len(answers))
