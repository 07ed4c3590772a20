"""The order in which a person's coverages pay: every two of them compared, and what follows from that.

Settled is what the rules in force settle from what was said; what they would need and nobody said is asked.
Until then the coverages stand as they were sent, as far as nothing says otherwise. What was said of the
order itself, by a payer for instance, stands where no rule tells; against a rule it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from typing import Any, TypeVar

from schemas.model import Citation, Coordination, Fact, HeldCoverage, Place, Question, Step
from service.engine.order_medicare import is_aged, medicare_or_plan
from service.engine.order_pair import MEDICARES, PLAN, Pair, Situation, ask_order
from service.engine.order_plans import plan_or_plan

T = TypeVar("T")
PRICED = 2
NO_COVERAGE = "self_pay"
Before = set[tuple[int, int]]


def order_coverages(s: Situation) -> Coordination:
    """Return the order of coverages, settled or to be asked, with reasons, questions and sources."""
    paying = [index for index in range(len(s.held)) if not _stands_aside(s, index)]
    pairs = {pair: compare(s, *pair) for pair in combinations(paying, 2)}
    before = _closed(pairs.values(), paying, pairs)
    is_circle = any((index, index) in before for index in paying)
    order = paying if is_circle else _sorted(paying, before)
    open_pairs = [(a, b) for a, b in pairs if is_circle or not {(a, b), (b, a)} & before]
    aside = [index for index in range(len(s.held)) if index not in paying]
    steps = (*_about_injury(s), *_about_aside(s, aside), *_steps(s, order, pairs, open_pairs))
    places = (_place(s, index, pays=True, is_priced=rank < PRICED) for rank, index in enumerate(order))
    others = (_place(s, index, pays=False, is_priced=False) for index in aside)
    questions = [question for pair in open_pairs for question in _open_questions(s, pair, pairs, is_circle)]
    return Coordination(
        step=_headline(s, order, open_pairs),
        status="ask" if open_pairs else "settled",
        order=(*places, *others),
        reasons=_each_once(steps),
        questions=_each_once((*questions, *_worth_asking(s, order, pairs))),
    )


def arrange(
    rules_on: Callable[[date], Mapping[str, Fact[Any]]],
    held: tuple[HeldCoverage, ...],
    born: date,
    parents: str | None,
    injury: str | None,
    on: date,
) -> tuple[int, ...]:
    """Return the indexes of coverages in the order in which they pay, without those that pay nothing."""
    s = Situation(held, on, rules_on(on), born, parents, injury)
    order = order_coverages(s).order
    return tuple(place.coverage for place in order if place.pays) or tuple(range(len(held)))


def compare(s: Situation, a: int, b: int) -> Pair:
    """Return which of two coverages pays first, by rule and by what was said of the order itself."""
    by_rule, one, other = _by_rule(s, a, b), s.held[a].place, s.held[b].place
    if one is None or other is None or one == other:
        return by_rule
    first, second = (a, b) if one < other else (b, a)
    if by_rule.first is None:
        return Pair(first, (Step("order_was_told", s.names(first, second)),))
    if by_rule.first == first:
        return by_rule
    return ask_order(s, a, b, *by_rule.steps, Step("order_told_otherwise", s.names(first, second)))


def _by_rule(s: Situation, a: int, b: int) -> Pair:
    kinds = {s.kind(a): a, s.kind(b): b}
    if len(kinds) == 1:
        return plan_or_plan(s, a, b) if PLAN in kinds else ask_order(s, a, b)
    for last, decide in (("medicaid", _before_medicaid), ("tricare", _before_tricare)):
        if last in kinds:
            first = b if kinds[last] == a else a
            return decide(s, first, kinds[last])
    if "medigap" in kinds:
        return _beside_medigap(s, b if kinds["medigap"] == a else a, kinds["medigap"])
    medicare = next((kinds[kind] for kind in MEDICARES if kind in kinds), None)
    if medicare is not None and PLAN in kinds:
        return medicare_or_plan(s, medicare, kinds[PLAN])
    return ask_order(s, a, b)


def _before_medicaid(s: Situation, first: int, medicaid: int) -> Pair:
    if "medicaid_last" not in s.rules:
        return ask_order(s, first, medicaid)
    return Pair(first, (Step("medicaid_pays_last", {"payer": s.name(medicaid)}, s.cite("medicaid_last")),))


def _before_tricare(s: Situation, first: int, tricare: int) -> Pair:
    held, names = s.held[tricare], {"payer": s.name(tricare)}
    on_duty = held.relationship == "self" and held.basis == "active_employment"
    rule = "tricare_active_duty" if on_duty else "tricare_after"
    if rule not in s.rules:
        return ask_order(s, first, tricare)
    if on_duty:
        return Pair(tricare, (Step("tricare_active_duty", names, s.cite(rule)),))
    return Pair(first, (Step("tricare_after", names, s.cite(rule)),))


def _beside_medigap(s: Situation, other: int, medigap: int) -> Pair:
    names = {"payer": s.name(medigap)}
    if s.kind(other) == "medicare" and "medigap_after_medicare" in s.rules:
        return Pair(other, (Step("medigap_after_medicare", names, s.cite("medigap_after_medicare")),))
    if s.kind(other) == "medicare_advantage" and "medigap_or_advantage" in s.rules:
        step = Step("medigap_or_advantage", s.names(other, medigap), s.cite("medigap_or_advantage"))
        question = Question("ask_medigap_or_advantage", s.names(other, medigap), f"/coverages/{medigap}")
        return Pair(None, (step,), (question,))
    return ask_order(s, other, medigap)


def _stands_aside(s: Situation, index: int) -> bool:
    """Whether a coverage pays nothing here: Medicare where a plan stands in its place, and no coverage."""
    if s.held[index].payer.line_of_business == NO_COVERAGE:
        return True
    has_advantage = any(s.kind(other) == "medicare_advantage" for other in range(len(s.held)))
    return s.kind(index) == "medicare" and has_advantage and "advantage_instead_of_medicare" in s.rules


def _about_aside(s: Situation, aside: Sequence[int]) -> Iterator[Step]:
    if any(s.kind(index) == "medicare" for index in aside):
        plans = [index for index in range(len(s.held)) if s.kind(index) == "medicare_advantage"]
        cited = s.cite("advantage_instead_of_medicare")
        yield Step("advantage_instead_of_medicare", {"payer": s.name(plans[0])}, cited)


def _about_injury(s: Situation) -> Iterator[Step]:
    if s.injury not in (None, "none") and "injury_insurer_first" in s.rules:
        yield Step("injury_insurer_first", {}, s.cite("injury_insurer_first"))


def _closed(found: Iterable[Pair], paying: Sequence[int], pairs: Iterable[tuple[int, int]]) -> Before:
    """Return who pays before whom, with all that follows: first before second, second before third."""
    before: Before = set()
    for (a, b), pair in zip(pairs, found, strict=True):
        if pair.first is not None:
            before.add((pair.first, b if pair.first == a else a))
    for middle, first, last in product(paying, repeat=3):
        if (first, middle) in before and (middle, last) in before:
            before.add((first, last))
    return before


def _sorted(paying: Sequence[int], before: Before) -> list[int]:
    """Return coverages in their order; those that nothing tells apart, as they were sent."""
    left, order = list(paying), []
    while left:
        following = next(one for one in left if not any((other, one) in before for other in left))
        left.remove(following)
        order.append(following)
    return order


def _steps(
    s: Situation,
    order: Sequence[int],
    pairs: dict[tuple[int, int], Pair],
    open_pairs: Sequence[tuple[int, int]],
) -> Iterator[Step]:
    """Yield the reasons, in the order of the coverages they are about."""
    for a, b in combinations(order, 2):
        yield from pairs[min(a, b), max(a, b)].steps
    center = s.rules.get("coordination_center")
    if center is not None and any(s.kind(index) in MEDICARES for pair in open_pairs for index in pair):
        params = {"name": center.value.name, "phone": center.value.phone}
        yield Step("call_coordination_center", params, (center.citation,))


def _open_questions(
    s: Situation, pair: tuple[int, int], pairs: dict[tuple[int, int], Pair], is_circle: bool
) -> tuple[Question, ...]:
    return ask_order(s, *pair).questions if is_circle else pairs[pair].questions


def _worth_asking(
    s: Situation, order: Sequence[int], pairs: dict[tuple[int, int], Pair]
) -> Iterator[Question]:
    """Yield what the order, as it stands, does not hang on, and yet may change it."""
    medicare = next((index for index in order if s.kind(index) in MEDICARES), None)
    plans = [index for index in order if s.kind(index) == PLAN]
    if medicare is not None and s.injury is None and "injury_insurer_first" in s.rules:
        yield Question("ask_injury", {}, "/injury", needed=False)
    rule = s.rules.get("working_aged")
    if medicare is not None and plans and rule is not None and s.born is not None:
        held = s.held[medicare]
        if held.entitlement is None and held.esrd_start is None and is_aged(s.born, s.on, rule.value["age"]):
            where = f"/coverages/{medicare}/esrd_start"
            yield Question("ask_esrd", {}, where, needed=False)
    for a, b in combinations(plans, 2):
        pair = pairs[min(a, b), max(a, b)]
        if pair.first is not None and any(one.confidence == "secondary" for one in _citations(pair)):
            yield Question("ask_plans_order", s.names(a, b), f"/coverages/{a}/place", needed=False)


def _citations(pair: Pair) -> Iterator[Citation]:
    yield from (citation for step in pair.steps for citation in step.citations)


def _headline(s: Situation, order: Sequence[int], open_pairs: Sequence[tuple[int, int]]) -> Step:
    if open_pairs:
        return Step("payment_order_open", s.names(*open_pairs[0]))
    return Step("payment_order", {"order": spell_order(s, order)})


def spell_order(s: Situation, order: Sequence[int]) -> str:
    """Return the names of coverages in the order in which they pay."""
    return " → ".join(s.name(index) for index in order)


def _place(s: Situation, index: int, *, pays: bool, is_priced: bool) -> Place:
    held = s.held[index]
    return Place(index, held.payer, held.plan, pays, is_priced)


def _each_once(items: Iterable[T]) -> tuple[T, ...]:
    kept: list[T] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)
