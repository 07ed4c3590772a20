"""What each figure of an answer rests on: a step with a source, a cited line, or an assumption by name."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.model import Determination, SessionCost


def unfounded(d: Determination) -> list[str]:
    """Return the figures of an answer that rest neither on a source nor on a named assumption."""
    ground = _Ground(d)
    return sorted(
        {name for line in d.estimate.trace for name in _of_session(line, ground)} | set(_of_all(d, ground))
    )


class _Ground:
    """The codes of the steps that name a source, and of the assumptions."""

    def __init__(self, d: Determination) -> None:
        self.codes = {step.code for step in d.steps if step.citations}
        self.codes |= {assumption.code for assumption in d.estimate.assumptions}
        self.limited = any(state.citations for phase in d.phases for state in phase.coverage.limits)

    def has(self, *starts: str) -> bool:
        """Whether a step with a source, or an assumption, speaks of one of these."""
        return any(code.startswith(start) for code in self.codes for start in starts)


def _of_session(line: SessionCost, ground: _Ground) -> Iterator[str]:
    if not line.covered:
        if line.patient and not ground.has("self_pay_rate", "own_price"):
            yield "self-pay of a session"
        if line.reason in ("limit_reached", "limit_exception_needed") and not ground.limited:
            yield "the limit of a session"
        return
    if line.allowed is not None and not (line.citations and ground.has("allowed_amount_")):
        yield "allowed amount"
    if line.deductible and not ground.has("deductible_"):
        yield "deductible"
    if line.copay and not ground.has("copay", "share_changes"):
        yield "copay"
    if line.coinsurance and not ground.has("coinsurance", "share_changes", "cost_share_unknown"):
        yield "coinsurance"
    if line.share == 0 and not line.citations:
        yield "a share of nothing"
    if line.share is not None and line.share > _taken(line) and not ground.has("out_of_pocket_"):
        yield "out-of-pocket maximum"
    if (line.secondary or line.write_off) and not ground.has("second_", "secondary_"):
        yield "what the second coverage takes"


def _of_all(d: Determination, ground: _Ground) -> Iterator[str]:
    e = d.estimate
    figures = (e.low, e.expected, e.high, e.total_allowed, e.plan_pays, e.first_session, e.last_session)
    if any(figures) and not ground.codes:
        yield "the estimate"
    if (e.secondary_pays or e.write_off) and not ground.has("second"):
        yield "what the second coverage pays"
    if e.self_pay and not ground.has("self_pay_rate", "own_price"):
        yield "self-pay"
    if (e.low, e.expected) != (e.expected, e.high) and not e.assumptions:
        yield "the range"


def _taken(line: SessionCost) -> int:
    """What patient and second coverage take of the share; the share itself where that is not known."""
    parts = (line.patient, line.secondary, line.write_off)
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else line.share or 0
