"""When a published value should be confirmed with the payer: the one definition, for answers and pages alike.

It still answers; staleness is shown, never hidden.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

READ_LATELY = timedelta(days=180)
"""A source that was last read longer ago may have changed since."""

PUBLISHED_LATELY = timedelta(days=730)
"""A source that was published longer ago, two years, may be out of date."""

SECONDARY, TOLD, OLD, NOT_READ_LATELY, CARRIED_FORWARD = REASONS = (
    "secondary",
    "told",
    "old",
    "not_read_lately",
    "carried_forward",
)
"""Second-hand; told to the clinic of a plan; published or read long ago; published for what is over."""


class Sourced(Protocol):
    """Whatever says how sure a source is, when it was published and when it was read."""

    @property
    def confidence(self) -> str: ...
    @property
    def published(self) -> date | None: ...
    @property
    def retrieved(self) -> date | None: ...


def reasons_to_confirm(
    source: Sourced, today: date, through: date | None = None, on: date | None = None
) -> tuple[str, ...]:
    """Return which of `REASONS` hold today for a value of a source, in their order.

    `through` is the last day that the value was published for; `on`, where given, the date of service.
    """
    holds = (
        source.confidence == SECONDARY,
        source.confidence == TOLD,
        source.published is not None and today - source.published > PUBLISHED_LATELY,
        source.retrieved is not None and today - source.retrieved > READ_LATELY,
        through is not None and through < (on or today),
    )
    return tuple(reason for reason, one in zip(REASONS, holds, strict=True) if one)
