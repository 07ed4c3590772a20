"""Two plans of one person: whose it is, whose birthday, who has custody, who still works, who came first.

The rules are asked in this order, and the first that can tell decides. One that would need what was not
said asks for it, and none after it is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.model import Question, Step
from service.engine.order_medicare import medicare_or_plan
from service.engine.order_pair import MEDICARES, Pair, Situation, ask_order

CUSTODY_RANKS = {"sole": 1, "spouse": 2, "none": 3}


def plan_or_plan(s: Situation, a: int, b: int) -> Pair:
    """Return which of two plans pays first."""
    one, other = s.held[a].relationship, s.held[b].relationship
    if one is None or other is None:
        unsaid = [index for index in (a, b) if s.held[index].relationship is None]
        return _asking(s.ask("ask_relationship", index, "subscriber/relationship") for index in unsaid)
    if (one == "self") != (other == "self"):
        return _own_first(s, *((a, b) if one == "self" else (b, a)))
    if one == "child" and other == "child":
        return _of_two_parents(s, a, b)
    if one == "self":
        return _of_two_jobs(s, a, b)
    return ask_order(s, a, b)


def _asking(questions: Iterator[Question]) -> Pair:
    return Pair(None, (), tuple(questions))


def _cited(s: Situation, rule: str, code: str, first: int, second: int) -> Pair:
    """Return what a rule decides, where it is in force."""
    if rule not in s.rules:
        return ask_order(s, first, second)
    return Pair(first, (Step(code, s.names(first, second), s.cite(rule)),))


def _own_first(s: Situation, own: int, dependent: int) -> Pair:
    """A plan as its subscriber pays before one as a dependent, but where Medicare stands between them."""
    for medicare in (index for index in range(len(s.held)) if s.kind(index) in MEDICARES):
        is_between = (
            medicare_or_plan(s, medicare, own).first == medicare
            and medicare_or_plan(s, medicare, dependent).first == dependent
        )
        if is_between:
            return _cited(s, "dependent_medicare_own", "dependent_medicare_own", dependent, own)
    return _cited(s, "own_before_dependent", "own_before_dependent", own, dependent)


def _of_two_parents(s: Situation, a: int, b: int) -> Pair:
    ordered = [index for index in (a, b) if s.held[index].court_order]
    if len(ordered) == 1:
        return _cited(s, "court_order", "court_order", ordered[0], b if ordered[0] == a else a)
    if s.parents is None:
        return Pair(None, (), (Question("ask_parents", {}, "/parents"),))
    if s.parents == "together":
        return _by_birthday(s, a, b)
    if ordered:
        return ask_order(s, a, b)
    unsaid = [index for index in (a, b) if s.held[index].court_order is None]
    if unsaid:
        return _asking(s.ask("ask_court_order", index, "subscriber/court_order") for index in unsaid)
    return _by_custody(s, a, b)


def _by_custody(s: Situation, a: int, b: int) -> Pair:
    unsaid = [index for index in (a, b) if s.held[index].custody is None]
    if unsaid:
        return _asking(s.ask("ask_custody", index, "subscriber/custody") for index in unsaid)
    one, other = s.held[a].custody, s.held[b].custody
    if one == other == "joint" and "joint_custody" in s.rules:
        by_birthday = _by_birthday(s, a, b)
        joint = Step("joint_custody", {}, s.cite("joint_custody"))
        return Pair(by_birthday.first, (joint, *by_birthday.steps), by_birthday.questions)
    ranks = CUSTODY_RANKS.get(str(one)), CUSTODY_RANKS.get(str(other))
    if ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return ask_order(s, a, b)
    first, second = (a, b) if ranks[0] < ranks[1] else (b, a)
    return _cited(s, "custody", "custody", first, second)


def _by_birthday(s: Situation, a: int, b: int) -> Pair:
    """The plan of the parent whose birthday comes earlier in the year; of the same day, the longer one."""
    unsaid = [index for index in (a, b) if s.held[index].birthday is None]
    if unsaid:
        return _asking(s.ask("ask_subscriber_birthday", index, "subscriber/birth_date") for index in unsaid)
    one, other = s.held[a].birthday or (0, 0), s.held[b].birthday or (0, 0)
    if one == other:
        return _by_length(s, a, b, "birthday", "same_birthday")
    first, second = (a, b) if one < other else (b, a)
    return _cited(s, "birthday", "birthday", first, second)


def _of_two_jobs(s: Situation, a: int, b: int) -> Pair:
    """Two plans as their subscriber: current work before retirement, both before continued coverage."""
    if s.is_individual(a) or s.is_individual(b):
        return ask_order(s, a, b)
    unsaid = [index for index in (a, b) if s.held[index].basis is None]
    if unsaid:
        return _asking(s.ask("ask_coverage_basis", index, "basis") for index in unsaid)
    bases: Sequence[str | None] = (s.held[a].basis, s.held[b].basis)
    if bases[0] == bases[1]:
        return _by_length(s, a, b, "longer", "longer")
    if "cobra" in bases:
        first, second = (b, a) if bases[0] == "cobra" else (a, b)
        return _cited(s, "cobra_after", "cobra_after", first, second)
    first, second = (a, b) if bases[0] == "active_employment" else (b, a)
    return _cited(s, "active_before_retired", "active_before_retired", first, second)


def _by_length(s: Situation, a: int, b: int, rule: str, code: str) -> Pair:
    unsaid = [index for index in (a, b) if s.held[index].since is None]
    if unsaid:
        return _asking(s.ask("ask_effective_date", index, "effective_date") for index in unsaid)
    one, other = s.held[a].since, s.held[b].since
    if one is None or other is None or one == other:
        return ask_order(s, a, b)
    first, second = (a, b) if one < other else (b, a)
    return _cited(s, rule, code, first, second)
