"""Which service types to ask a payer about, for the care that is wanted.

No service type says intensive outpatient: the general one of the condition is asked instead. A level
that has a service type of its own is asked by that first, and by the general one after it, because
payers that do not know the narrow type still answer the wide one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from schemas.model import (
    INPATIENT,
    INTENSIVE_OUTPATIENT,
    OUTPATIENT,
    PARTIAL_HOSPITALIZATION,
    RESIDENTIAL,
)

PLAN = "30"

ASKED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "mental_health": MappingProxyType(
            {
                OUTPATIENT: ("MH",),
                INTENSIVE_OUTPATIENT: ("MH",),
                PARTIAL_HOSPITALIZATION: ("BB", "MH"),
                RESIDENTIAL: ("RT", "MH"),
                INPATIENT: ("A7", "MH"),
            }
        ),
        "substance_use": MappingProxyType(
            {
                OUTPATIENT: ("AI",),
                INTENSIVE_OUTPATIENT: ("AI",),
                PARTIAL_HOSPITALIZATION: ("BB", "AI"),
                RESIDENTIAL: ("AI",),
                INPATIENT: ("AI",),
            }
        ),
    }
)


def service_types(levels: Iterable[str], condition: str, taken: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what to ask for levels of care, in their order and each once.

    Of these only what the payer is known to take, where `taken` is known; the plan as a whole (`30`)
    where nothing is left.
    """
    wanted = dict.fromkeys(code for level in levels for code in ASKED[condition][level])
    return tuple(code for code in wanted if not taken or code in taken) or (PLAN,)


def group_service_types(codes: tuple[str, ...], at_once: int = 1) -> tuple[tuple[str, ...], ...]:
    """Return the service types of each inquiry, at most `at_once` (at least one) together."""
    size = max(at_once, 1)
    return tuple(codes[start : start + size] for start in range(0, len(codes), size))
