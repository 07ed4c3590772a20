"""The session of an estimate that was given on a day, as it is compared with what was paid.

Read from an answer with its trace. A second coverage is left out: what is compared is the first payer's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from service.casework.actuals import Expected, Terms, portion

Line = Mapping[str, Any]
PLACES = (2, 3, 4, 6)
"""A rate that reproduces the amount has so many places; the fewest are taken."""


def cents(amount: str | None) -> int | None:
    """An amount as it travels, in whole cents."""
    return None if amount is None else int(Decimal(amount) * 100)


def find_line(answer: Mapping[str, Any], on: date, level: str | None) -> int | None:
    """Where in the trace the session of a day stands, of a level where one is named; `None` if none does."""
    day = on.isoformat()
    found = [
        place
        for place, line in enumerate(answer["estimate"]["trace"])
        if line["date"] == day and level in (None, level_of(answer, place))
    ]
    return found[0] if found else None


def level_of(answer: Mapping[str, Any], place: int) -> str:
    """The level of care of a session of the trace."""
    level: str = answer["phases"][answer["estimate"]["trace"][place]["phase"]]["level_of_care"]
    return level


def expect(answer: Mapping[str, Any], place: int) -> Expected | None:
    """What was expected of a session of the trace; `None` where the estimate has no figure for it."""
    trace = answer["estimate"]["trace"]
    line = trace[place]
    allowed, plan = cents(line["allowed"]), cents(line["plan"])
    covered = bool(line["covered"])
    patient = (
        allowed - plan if covered and allowed is not None and plan is not None else cents(line["patient"])
    )
    if patient is None:
        return None
    deductible = cents(line["deductible"]) or 0
    return Expected(
        patient=patient,
        allowed=allowed,
        deductible=deductible,
        copay=cents(line["copay"]) or 0,
        coinsurance=cents(line["coinsurance"]) or 0,
        deductible_left=_before(line["deductible_remaining"], min(deductible, patient)),
        out_of_pocket_left=_before(line["out_of_pocket_remaining"], patient if covered else 0),
        covered=covered,
        terms=_terms(trace, place),
    )


def _before(remaining: str | None, taken: int) -> int | None:
    left = cents(remaining)
    return None if left is None else left + taken


def _terms(trace: Sequence[Line], place: int) -> Terms | None:
    """The copay and rate of a session; where the deductible takes all of it, those of the next one."""
    for line in trace[place:]:
        if line["phase"] != trace[place]["phase"]:
            continue
        amounts = [cents(line[name]) for name in ("allowed", "deductible", "copay", "coinsurance")]
        allowed, deductible, copay, coinsurance = amounts
        if allowed is None or deductible is None or copay is None or coinsurance is None:
            continue
        base = allowed - deductible - copay
        if base > 0:
            return Terms(copay, _rate(coinsurance, base))
    return None


def _rate(amount: int, base: int) -> Decimal:
    exact = Decimal(amount) / Decimal(base)
    rates = [exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) for places in PLACES]
    return next((rate for rate in rates if portion(base, rate) == amount), exact)
