"""What a session was expected to cost beside what was paid for it, and why the two differ.

Pure, in whole cents. The difference is what the patient owes less what was expected, before any second
coverage. It is taken apart in one order: first the allowed amount changes, with the estimate's pots and
terms; then the pots, as the payer counted them; what is left is the benefit. The parts add up to the
difference, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CENT = 1
"""So much two amounts may differ by and still be the same: a rounding of the payer's."""

MATCHES, DENIAL, RATE, ACCUMULATOR, BENEFIT, NOT_STATED = (
    "matches",
    "denial",
    "rate",
    "accumulator",
    "benefit",
    "parts_not_stated",
)
CAUSES = (MATCHES, DENIAL, RATE, ACCUMULATOR, BENEFIT, NOT_STATED)
REASONS = (
    "no_estimate",
    "no_session_planned",
    "estimate_without_figure",
    "estimate_not_repeatable",
    "allowed_unknown",
    "several_claims",
    "reversed",
)
"""Why a session is not compared."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the estimate says of a share once the deductible is paid: a copay and a rate of the rest."""

    copay: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Expected:
    """One session of an estimate. What is left of the pots is before this session; `None`: nothing limits.

    `allowed` of `None`: the estimate did not need it. `terms` of `None`: no session of it shows them.
    """

    patient: int
    allowed: int | None
    deductible: int = 0
    copay: int = 0
    coinsurance: int = 0
    deductible_left: int | None = None
    out_of_pocket_left: int | None = None
    covered: bool = True
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Actual:
    """One session as it was paid; a part of `None` was not stated."""

    allowed: int | None
    patient: int
    deductible: int | None = None
    copay: int | None = None
    coinsurance: int | None = None
    denied: bool = False

    @property
    def parts(self) -> tuple[int, int, int] | None:
        """Deductible, copay and coinsurance, where known: stated, or nothing is left for the others."""
        stated = (self.deductible, self.copay, self.coinsurance)
        if None in stated and sum(one or 0 for one in stated) != self.patient:
            return None
        return self.deductible or 0, self.copay or 0, self.coinsurance or 0


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a difference has this cause."""

    cause: str
    amount: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: the patient's amount and the allowed one, actual less expected, and the causes.

    Where nothing can be compared `reason` says why, and there is no difference.
    """

    reason: str | None = None
    difference: int | None = None
    allowed_difference: int | None = None
    causes: tuple[Part, ...] = ()


def compare(expected: Expected, actual: Actual) -> Comparison:
    """Compare a session with its estimate; the causes add up to the difference."""
    if actual.allowed is None and not actual.denied:
        return Comparison("allowed_unknown")
    difference = actual.patient - expected.patient
    apart = None if expected.allowed is None else (actual.allowed or 0) - expected.allowed
    causes = _causes(expected, actual, difference, apart or 0)
    return Comparison(None, difference, apart, causes)


def _causes(expected: Expected, actual: Actual, difference: int, apart: int) -> tuple[Part, ...]:
    if actual.denied:
        return (Part(DENIAL, difference),)
    if abs(difference) <= CENT and abs(apart) <= CENT:
        return (Part(MATCHES, difference),)
    if not expected.covered:
        return (Part(BENEFIT, difference),)
    at_rate = _at_rate(expected, actual.allowed or 0) if abs(apart) > CENT else expected.patient
    found = {RATE: at_rate - expected.patient}
    if actual.parts is None:
        found[NOT_STATED] = actual.patient - at_rate
    else:
        counted = _as_counted(expected, actual, actual.parts, at_rate)
        found |= {ACCUMULATOR: counted - at_rate, BENEFIT: actual.patient - counted}
    _round_off(found)
    return tuple(
        Part(cause, amount)
        for cause, amount in found.items()
        if amount or (cause == RATE and abs(apart) > CENT)
    )


def _round_off(found: dict[str, int]) -> None:
    """Give a cent that only rounding left to the largest of the other causes, where there is one."""
    for cause in (NOT_STATED, BENEFIT):
        others = [other for other in found if other != cause and found[other]]
        if abs(found.get(cause, 0)) <= CENT and others:
            found[max(others, key=lambda other: abs(found[other]))] += found.pop(cause, 0)


def _at_rate(expected: Expected, allowed: int) -> int:
    """What the patient would owe of another allowed amount, all else as it was expected."""
    if expected.allowed is None:
        return expected.patient
    deductible = 0
    if expected.deductible:
        left = expected.deductible if expected.deductible_left is None else expected.deductible_left
        deductible = min(allowed, left)
    share = deductible + _of_rest(expected.terms or Terms(0, Decimal(0)), allowed - deductible)
    return _capped(share, expected.out_of_pocket_left)


def _as_counted(expected: Expected, actual: Actual, parts: tuple[int, int, int], at_rate: int) -> int:
    """What the patient would owe of the estimate's terms with the pots as the payer counted them.

    Where the payer took neither copay nor coinsurance although the terms have some, the plan's
    out-of-pocket maximum was reached, if it has one.
    """
    deductible, copay, coinsurance = parts
    if expected.terms is None or expected.allowed is None:
        # Nothing says what is owed beside the deductible: a benefit is only blamed where one is known.
        moved = deductible - expected.deductible
        return actual.patient if moved and expected.terms is None else at_rate + moved
    rest = max(0, (actual.allowed or 0) - deductible)
    whole = deductible + _of_rest(expected.terms, rest)
    states = [_capped(whole, expected.out_of_pocket_left), whole]
    if not copay and not coinsurance and expected.out_of_pocket_left is not None:
        states.append(deductible)
    shares = deductible + copay + coinsurance
    return next((state for state in states if abs(state - shares) <= CENT), states[0])


def _of_rest(terms: Terms, rest: int) -> int:
    copay = min(terms.copay, rest)
    return copay + portion(rest - copay, terms.rate)


def _capped(share: int, left: int | None) -> int:
    return share if left is None else min(share, left)


def portion(cents: int, rate: Decimal) -> int:
    """A share of an amount, rounded half-up to the cent, as the estimate rounds."""
    numerator, denominator = rate.as_integer_ratio()
    return (2 * cents * numerator + denominator) // (2 * denominator)
