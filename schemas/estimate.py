"""How an estimate travels: every amount a decimal string with two places, null where it is not known."""

from __future__ import annotations

from typing import Any

from schemas.model import Assumption, Estimate, PhaseCost, SessionCost, WeekCost
from schemas.sources import Sources, day, money, plain

CURRENCY = "USD"


def dump_estimate(e: Estimate, sources: Sources) -> dict[str, Any]:
    """Return an estimate as it travels, its citations numbered by `sources`."""
    comparison = e.self_pay_comparison
    return {
        "certainty": e.certainty,
        "currency": CURRENCY,
        "low": money(e.low),
        "expected": money(e.expected),
        "high": money(e.high),
        "formula": sources.step(e.formula) if e.formula is not None else None,
        "total_allowed_expected": money(e.total_allowed),
        "plan_pays_expected": money(e.plan_pays),
        "secondary_pays_expected": money(e.secondary_pays),
        "write_off_expected": money(e.write_off),
        "balance_billing": money(e.balance_billing),
        "self_pay": money(e.self_pay),
        "sessions": e.sessions,
        "first_session": money(e.first_session),
        "typical_session": money(e.typical_session),
        "last_session": money(e.last_session),
        "by_phase": [_phase(phase) for phase in e.by_phase],
        "by_week": [_week(week) for week in e.by_week],
        "assumptions": [_assumption(assumption, sources) for assumption in e.assumptions],
        "trace": [_session(session, sources) for session in e.trace],
        "self_pay_comparison": None
        if comparison is None
        else {"amount": money(comparison), "sessions": e.sessions},
    }


def _phase(phase: PhaseCost) -> dict[str, Any]:
    return {
        "level_of_care": phase.level_of_care,
        "sessions": phase.sessions,
        "allowed": money(phase.allowed),
        "patient": money(phase.patient),
        "plan": money(phase.plan),
        "secondary": money(phase.secondary),
        "write_off": money(phase.write_off),
        "typical_session": money(phase.typical_session),
    }


def _week(week: WeekCost) -> dict[str, Any]:
    return {
        "week_of": day(week.week_of),
        "sessions": week.sessions,
        "patient": money(week.patient),
        "plan": money(week.plan),
        "secondary": money(week.secondary),
        "write_off": money(week.write_off),
        "deductible_remaining": money(week.deductible_remaining),
        "out_of_pocket_remaining": money(week.out_of_pocket_remaining),
    }


def _assumption(assumption: Assumption, sources: Sources) -> dict[str, Any]:
    return {
        "code": assumption.code,
        "params": plain(assumption.params),
        "moves": money(assumption.moves),
        "citations": sources.cite(assumption.citations),
    }


def _session(session: SessionCost, sources: Sources) -> dict[str, Any]:
    return {
        "date": day(session.date),
        "phase": session.phase,
        "covered": session.covered,
        "allowed": money(session.allowed),
        "deductible": money(session.deductible),
        "copay": money(session.copay),
        "coinsurance": money(session.coinsurance),
        "share": money(session.share),
        "patient": money(session.patient),
        "plan": money(session.plan),
        "secondary": money(session.secondary),
        "write_off": money(session.write_off),
        "deductible_remaining": money(session.deductible_remaining),
        "out_of_pocket_remaining": money(session.out_of_pocket_remaining),
        "reason": session.reason,
        "facts": sources.cite(session.citations),
    }
