"""Which lines of a reply speak of a level of care, most specific first, as ranks from 0.

Within a rank all are equal. The last rank of a condition is plain mental health, or plain substance use.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from payers.x12.codes import PART_A, PART_B
from payers.x12.model import Line
from schemas.model import (
    INPATIENT,
    INTENSIVE_OUTPATIENT,
    OUTPATIENT,
    PARTIAL_HOSPITALIZATION,
    RESIDENTIAL,
)

MENTAL_HEALTH, SUBSTANCE_USE = "mental_health", "substance_use"
VISITS = ("90791", "90792", "90832", "90834", "90837", "90839", "90846", "90847", "90853")
SUBSTANCE = ("AI", "AJ", "AK")
BY_DAY = (OUTPATIENT, INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION)
# Levels of which plain "mental health is covered" says nothing.
PROGRAMS = frozenset((INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION, RESIDENTIAL))


class Ranks(NamedTuple):
    """The ranks of a level by procedure code and by service type, how many there are, its own types."""

    procedures: Mapping[str, int]
    service_types: Mapping[str, int]
    total: int
    own_types: frozenset[str]

    def rank_of(self, line: Line) -> int | None:
        """Return the rank of a line, or `None` where it does not speak of the level."""
        if line.procedure:
            return self.procedures.get(line.procedure)
        return self.service_types.get(line.service_type)

    def is_own(self, line: Line) -> bool:
        """Say whether a line names the level by its own code or type, so that nothing is inferred."""
        return bool(line.procedure) or line.service_type in self.own_types


def _ranks(procedures: tuple[str, ...], *service_types: tuple[str, ...], own: str = "") -> Ranks:
    first = 1 if procedures else 0
    return Ranks(
        MappingProxyType(dict.fromkeys(procedures, 0)),
        MappingProxyType({kind: first + rank for rank, kinds in enumerate(service_types) for kind in kinds}),
        first + len(service_types),
        frozenset((own,)) if own else frozenset(),
    )


RANKS: Mapping[tuple[str, str], Ranks] = MappingProxyType(
    {
        (OUTPATIENT, MENTAL_HEALTH): _ranks(VISITS, ("CF", "A6"), ("A8",), ("MH",)),
        (OUTPATIENT, SUBSTANCE_USE): _ranks(VISITS, ("CJ",), SUBSTANCE),
        (INTENSIVE_OUTPATIENT, MENTAL_HEALTH): _ranks(("S9480",), ("CH",), ("A8",), ("MH",)),
        (INTENSIVE_OUTPATIENT, SUBSTANCE_USE): _ranks(("H0015",), ("CJ",), SUBSTANCE),
        (PARTIAL_HOSPITALIZATION, MENTAL_HEALTH): _ranks(
            ("H0035", "S0201", "G0410", "G0411"), ("BB",), ("BC",), ("CH",), ("MH",), own="BB"
        ),
        (PARTIAL_HOSPITALIZATION, SUBSTANCE_USE): _ranks(
            ("H0035", "S0201"), ("BB",), ("CJ",), SUBSTANCE, own="BB"
        ),
        (RESIDENTIAL, MENTAL_HEALTH): _ranks((), ("RT",), ("CG",), ("MH",), own="RT"),
        (RESIDENTIAL, SUBSTANCE_USE): _ranks((), ("CI",), SUBSTANCE),
        (INPATIENT, MENTAL_HEALTH): _ranks((), ("A7",), ("CE", "CG"), ("MH",), own="A7"),
        (INPATIENT, SUBSTANCE_USE): _ranks((), ("CI",), SUBSTANCE),
    }
)


def speaks_of(line: Line, level_of_care: str | None) -> bool:
    """Say whether a line's part of Medicare, if it names one, has to do with a level (any: `None`)."""
    part = line.insurance_type
    if level_of_care is None or part not in (PART_A, PART_B):
        return True
    return level_of_care == INPATIENT if part == PART_A else level_of_care in BY_DAY
