"""Which coverage pays first, in one answer: by the rules, and by what somebody said of another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from schemas.model import Benefits, Coordination, HeldCoverage, OtherCoverage, Question, Step
from service.engine.brief import Brief
from service.engine.order import PRICED, order_coverages, spell_order
from service.engine.order_pair import Situation

_ORDERS = {
    True: "other_coverage_pays_first",
    False: "other_coverage_pays_second",
    None: "confirm_payment_order",
}


def payment_order(brief: Brief, benefits: Benefits) -> Coordination | None:
    """Say which coverage pays first, or what has to be asked; `None` where there is one coverage alone."""
    s = situation_of(brief)
    own = order_coverages(s) if len(s.held) > 1 else None
    other = benefits.other_coverage
    if other is None or other.value is None:
        return own
    code = _ORDERS[other.value.primary]
    step = Step(code, {"payer": other.value.name}, (other.citation,))
    questions = tuple(_about_other(brief, other.value))
    if own is None:
        return Coordination(step, "ask" if questions else "settled", reasons=(step,), questions=questions)
    if _is_against(s, own, other.value):
        a, b = (place.coverage for place in own.order[:2])
        question = Question("ask_payment_order", s.names(a, b), f"/coverages/{min(a, b)}/place")
        questions = (*questions, question)
    return replace(
        own,
        step=step,
        status="ask" if questions else own.status,
        reasons=(step, *own.reasons),
        questions=(*questions, *own.questions),
    )


def situation_of(brief: Brief) -> Situation:
    """Return what the order is judged from, on the first day of care.

    Where no list of coverages was sent, they are the payer that was asked about and the second one.
    """
    inquiry = brief.inquiry
    held = inquiry.coverages
    if not held and brief.second_payer is not None and inquiry.secondary is not None:
        first = HeldCoverage(brief.payer, inquiry.plan, inquiry.member.relationship)
        held = (first, HeldCoverage(brief.second_payer, inquiry.secondary.plan))
    return Situation(
        held=held,
        on=inquiry.phases[0].start_date or brief.today,
        rules=brief.order_rules,
        born=inquiry.member.birth_date,
        parents=inquiry.parents,
        injury=inquiry.injury,
    )


def order_warnings(brief: Brief, coordination: Coordination | None, last: date) -> Iterator[Step]:
    """Yield what the order leaves unsaid in the amounts: as asked, without a third, as it stands at first."""
    if coordination is None or not coordination.order:
        return
    s, order = situation_of(brief), [place.coverage for place in coordination.order if place.pays]
    if not brief.inquiry.coverages and coordination.status == "settled" and order and order[0] != 0:
        yield Step("asked_in_other_order", {"first": s.name(order[0]), "asked": s.name(0)})
    for index in order[PRICED:]:
        yield Step("third_coverage_not_priced", {"payer": s.name(index)})
    yield from _changes(s, order, last)


def _changes(s: Situation, order: list[int], last: date) -> Iterator[Step]:
    """Yield the first month of the care that begins in another order, such as the 31st with ESRD."""
    on = _next_month(s.on)
    while on <= last:
        later = order_coverages(replace(s, on=on))
        then = [place.coverage for place in later.order if place.pays]
        if later.status == "settled" and then != order:
            yield Step("order_changes", {"date": on.isoformat(), "order": spell_order(s, then)})
            return
        on = _next_month(on)


def _next_month(on: date) -> date:
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def _about_other(brief: Brief, other: OtherCoverage) -> Iterator[Question]:
    if other.primary is None:
        params = {"first": brief.payer.name, "second": other.name}
        yield Question("ask_payment_order", params, "/told_benefits/other_coverage/primary")


def _is_against(s: Situation, own: Coordination, other: OtherCoverage) -> bool:
    """Whether what was said of one of the coverages is against their order by the rules."""
    if other.primary is None or own.status != "settled":
        return False
    names = [s.name(place.coverage).casefold() for place in own.order if place.pays]
    is_first = bool(names) and names[0] == other.name.casefold()
    return other.name.casefold() in names and is_first != other.primary
