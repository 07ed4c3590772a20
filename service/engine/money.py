"""Exact arithmetic on whole cents: half-up rounding, and amounts that stand for a range."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

# More than any bill: stands for "no limit" inside the engine, and is never shown.
UNLIMITED = 10**15

LOW, EXPECTED, HIGH = 0, 1, 2


@lru_cache(maxsize=1024)
def _ratio(rate: Decimal) -> tuple[int, int]:
    return rate.as_integer_ratio()


def portion(cents: int, rate: Decimal) -> int:
    """Return `rate` of `cents`, rounded half-up to the cent. `cents` is not negative."""
    numerator, denominator = _ratio(rate)
    return (2 * cents * numerator + denominator) // (2 * denominator)


def dollars(cents: int) -> str:
    """Write cents as a decimal string with two places."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02d}"


def total(amounts: Sequence[int | None]) -> int | None:
    """Add amounts; one that is unknown makes the sum unknown."""
    return None if None in amounts else sum(amounts)  # type: ignore[arg-type]


class Scenario(NamedTuple):
    """Which value every unknown input takes: one level for all, or one input varied alone."""

    level: int
    varied: str | None = None
    varied_level: int = EXPECTED


class Ranged(NamedTuple, Generic[T]):
    """A value that may be unknown: what it is at low, expected and high, and the unknown's code.

    A value of `None` means that nothing can be said in that scenario. Without a `code` all three are equal.
    """

    low: T
    expected: T
    high: T
    code: str | None = None

    def at(self, scenario: Scenario) -> T:
        """Return the value in a scenario."""
        alone = self.code is not None and self.code == scenario.varied
        level = scenario.varied_level if alone else scenario.level
        return self.low if level == LOW else self.expected if level == EXPECTED else self.high


def certain(value: T) -> Ranged[T]:
    """A value that is known."""
    return Ranged(value, value, value)
