"""How an answer travels: a determination as the plain JSON of a verification, without a sentence in it.

Plain functions, since this is the hot path. What is written is codes, parameters and citations; the
sentences are added on reading, by `schemas.messages`, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from schemas.estimate import dump_estimate
from schemas.messages import add_messages
from schemas.model import (
    Accumulator,
    Accumulators,
    Billing,
    Citation,
    Collect,
    Contact,
    Coordination,
    Coverage,
    Determination,
    Disagreement,
    Eligibility,
    Fact,
    Inquiry,
    NextStep,
    OtherCoverage,
    Payer,
    PhaseAnswer,
    PriorAuthorization,
    Question,
)
from schemas.sources import Sources, day, moment, money, plain

__all__ = ["add_messages", "dump_determination", "dump_outcome"]

Dumped = dict[str, Any]


class Answered(Protocol):
    """An answer with what it was made from; `produced_by` holds digests, the version and the time."""

    @property
    def inquiry(self) -> Inquiry: ...
    @property
    def payer(self) -> Payer: ...
    @property
    def plan(self) -> Mapping[str, str] | None: ...
    @property
    def determination(self) -> Determination: ...
    @property
    def produced_by(self) -> Mapping[str, Any]: ...


def dump_outcome(outcome: Answered) -> Dumped:
    """Return an answer as it travels, from `payer` to `produced_by`."""
    return {
        "payer": _payer(outcome.payer),
        "plan": dict(outcome.plan) if outcome.plan is not None else None,
        "site": outcome.inquiry.site,
        **dump_determination(outcome.determination),
        "produced_by": plain(outcome.produced_by),
    }


def dump_determination(d: Determination) -> Dumped:
    """Return a determination as it travels; the citations it rests on come last, numbered as they appear."""
    sources = Sources()
    return {
        "network": d.network,
        "eligibility": _eligibility(d.eligibility, sources),
        "accumulators": {
            **{name: _pots(pots, sources) for name, pots in d.accumulators.items()},
            "as_of": day(d.accumulators_as_of),
        },
        "administrator": _contact_fact(d.administrator, sources),
        "contact": _contact_fact(d.contact, sources),
        "other_payers": [_other_payer(fact, sources) for fact in d.other_payers],
        "coordination": _coordination(d.coordination, sources) if d.coordination is not None else None,
        "phases": [_phase(phase, sources) for phase in d.phases],
        "estimate": dump_estimate(d.estimate, sources),
        "collect": _collect(d.collect, sources),
        "steps": sources.steps(d.steps),
        "disagreements": [_disagreement(item, sources) for item in d.disagreements],
        "warnings": sources.steps(d.warnings),
        "parity_flags": sources.steps(d.parity_flags),
        "next_steps": [_next_step(step, sources) for step in d.next_steps],
        "call_script": [_question(question) for question in d.call_script],
        "citations": sources.listed(),
    }


def _eligibility(e: Eligibility, sources: Sources) -> Dumped:
    return {
        "status": e.status,
        "basis": e.basis,
        "coverage_start": day(e.coverage_start),
        "coverage_end": day(e.coverage_end),
        "citations": sources.cite(e.citations),
    }


def _pots(pots: Accumulators, sources: Sources) -> Dumped:
    return {"individual": _pot(pots.individual, sources), "family": _pot(pots.family, sources)}


def _pot(pot: Accumulator | None, sources: Sources) -> Dumped | None:
    """Write a pot; `unlimited` tells a limit that was said not to exist from one that nobody stated."""
    if pot is None:
        return None
    facts: tuple[Fact[Any] | None, ...] = (pot.limit, pot.met, pot.remaining)
    return {
        "limit": money(pot.limit.value) if pot.limit else None,
        "met": money(pot.met.value) if pot.met else None,
        "remaining": money(pot.remaining.value) if pot.remaining else None,
        "unlimited": pot.limit is not None and pot.limit.value is None,
        "citations": sources.cite([fact.citation for fact in facts if fact is not None]),
    }


def _contact(contact: Contact) -> Dumped:
    return {
        "name": contact.name or None,
        "phone": contact.phone,
        "portal": contact.portal,
        "id": contact.id,
    }


def _contact_fact(fact: Fact[Contact] | Fact[Contact | None] | None, sources: Sources) -> Dumped | None:
    if fact is None or fact.value is None:
        return None
    return {**_contact(fact.value), "citations": sources.cite((fact.citation,))}


def _other_payer(fact: Fact[OtherCoverage], sources: Sources) -> Dumped:
    """Write another payer, without the member's id there."""
    other = fact.value
    return {
        "name": other.name,
        "kind": other.kind,
        "primary": other.primary,
        "phone": other.phone,
        "citations": sources.cite((fact.citation,)),
    }


def _coordination(coordination: Coordination, sources: Sources) -> Dumped:
    order = [
        {
            "coverage": place.coverage,
            "payer": _payer(place.payer),
            "plan": place.plan,
            "pays": place.pays,
            "priced": place.is_priced,
        }
        for place in coordination.order
    ]
    return {
        **sources.step(coordination.step),
        "status": coordination.status,
        "order": order,
        "reasons": sources.steps(coordination.reasons),
        "questions": [
            {**_question(question), "needed": question.needed} for question in coordination.questions
        ],
    }


def _payer(payer: Payer) -> Dumped:
    return {"id": payer.id, "name": payer.name, "line_of_business": payer.line_of_business}


def _phase(phase: PhaseAnswer, sources: Sources) -> Dumped:
    return {
        "level_of_care": phase.level_of_care,
        "start_date": day(phase.start_date),
        "end_date": day(phase.end_date),
        "sessions": phase.sessions,
        "coverage": _coverage(phase.coverage, sources),
        "prior_authorization": _authorization(phase.prior_authorization, sources),
        "billing": _billing(phase.billing.value, phase.billing.citation, sources) if phase.billing else None,
    }


def _coverage(coverage: Coverage, sources: Sources) -> Dumped:
    limits = [
        {
            "units": state.limit.units,
            "used": state.limit.used,
            "remaining": _left(state.limit.units, state.limit.used),
            "unit": state.limit.unit,
            "period": state.limit.period,
            "exceedable": state.limit.exceedable,
            "citations": sources.cite(state.citations),
        }
        for state in coverage.limits
    ]
    return {"status": coverage.status, "reasons": sources.steps(coverage.reasons), "limits": limits}


def _left(units: int, used: int | None) -> int | None:
    return None if used is None else max(0, units - used)


def _authorization(pa: PriorAuthorization, sources: Sources) -> Dumped:
    due = {"standard": day(pa.decision_due_standard), "expedited": moment(pa.decision_due_expedited)}
    units, every = pa.initial_units, pa.review_every_days
    return {
        "status": pa.status,
        "reasons": sources.steps(pa.reasons),
        "contact": _contact(pa.contact) if pa.contact is not None else None,
        "submit_by": day(pa.submit_by),
        "late": pa.late,
        "decision_due": due if any(due.values()) else None,
        "initial_authorization": {"units": units, "unit": pa.unit} if units is not None else None,
        "concurrent_review": {"every_days": every} if every is not None else None,
        "retro_allowed": pa.retro_allowed,
        "criteria": list(pa.criteria),
        "documents": list(pa.documents),
        "citations": sources.cite(pa.citations),
    }


def _billing(billing: Billing, citation: Citation, sources: Sources) -> Dumped:
    return {
        "codes": list(billing.codes),
        "revenue_codes": list(billing.revenue_codes),
        "bill_type": billing.bill_type,
        "place_of_service": list(billing.place_of_service),
        "modifiers": list(billing.modifiers),
        "condition_code": billing.condition_code,
        "citations": sources.cite((citation,)),
    }


def _collect(collect: Collect, sources: Sources) -> Dumped:
    return {
        "amount": money(collect.amount),
        "when": day(collect.when),
        "allowed": collect.allowed,
        "reasons": sources.steps(collect.reasons),
    }


def _disagreement(item: Disagreement, sources: Sources) -> Dumped:
    values = [
        {"witness": witness, "value": plain(value), "citations": sources.cite(citations)}
        for witness, value, citations in item.values
    ]
    return {"about": item.about, "values": values, "settled": plain(item.settled)}


def _next_step(step: NextStep, sources: Sources) -> Dumped:
    return {
        "code": step.code,
        "params": plain(step.params),
        "by": day(step.by),
        "citations": sources.cite(step.citations),
    }


def _question(question: Question) -> Dumped:
    return {"code": question.code, "params": plain(question.params), "answers": question.answers}
