"""What a reply says of deductible and out-of-pocket maximum: limit, what is met, what remains.

Unlike copays these are inherited: what is not said of the level is what is said of the plan. Of the
three figures the payer's own "remaining" is what counts; a disagreement among them is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from payers.x12 import codes
from payers.x12.amounts import read_cents
from payers.x12.matching import BOTH, LETTERS, NOT_STATED, holds_for, in_network
from payers.x12.model import NO_DETAIL, Line, Oddity, Wanted
from payers.x12.ranks import BY_DAY, Ranks, speaks_of

# How payers write "no limit", in cents: 99,999.99, 999,999.99, and nine million and above.
SENTINELS = frozenset((99_999_99, 999_999_99))
NO_LIMIT_FROM = 9_000_000_00
NO_LIMIT = "no_limit"
POT_KINDS = (codes.DEDUCTIBLE, codes.OUT_OF_POCKET)


class Figure(NamedTuple):
    """An amount in cents (`None`: no limit) and the line that states it."""

    cents: int | None
    line: Line


@dataclass(frozen=True, slots=True)
class Pot:
    """One pot. `met` may be worked out from the other two; `reason` says why there is no limit."""

    limit: Figure | None = None
    remaining: Figure | None = None
    met: Figure | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pots:
    """The individual and the family pot of one kind."""

    individual: Pot | None = None
    family: Pot | None = None


def find_pots(
    lines: Iterable[Line], ranks: Ranks, wanted: Wanted, on: date | None, oddities: list[Oddity]
) -> tuple[Pots, Pots]:
    """Return deductible and out-of-pocket maximum for a level, in a network, on a date."""
    letter = LETTERS[wanted.network]
    networks = (letter, BOTH, *NOT_STATED)
    sorted_lines: dict[tuple[str, bool], list[Line]] = {}
    for line in lines:
        if line.code not in POT_KINDS or line.network not in networks:
            continue
        level = line.coverage_level
        is_family = level in codes.FAMILY
        if (
            (is_family or level in codes.INDIVIDUAL)
            and (not line.insurance_type or speaks_of(line, wanted.level_of_care))
            and (line.detail is NO_DETAIL or (holds_for(line, on) and not line.detail.rejections))
        ):
            sorted_lines.setdefault((line.code, is_family), []).append(line)
    found = {key: _make(_best(group, ranks, wanted, letter), oddities) for key, group in sorted_lines.items()}
    deductible, out_of_pocket = (
        _without_placeholders(found.get((kind, False)), found.get((kind, True)), kind, oddities)
        for kind in POT_KINDS
    )
    return deductible, out_of_pocket


def _best(lines: list[Line], ranks: Ranks, wanted: Wanted, letter: str) -> list[Line]:
    """Return the lines of the best rank that has any in the network; the plan's come after the level's."""
    plan, nothing, part_b = ranks.total, ranks.total + 1, ranks.total + 2
    by_rank: dict[int, list[Line]] = {}
    for line in lines:
        rank = ranks.rank_of(line)
        if rank is None and not line.procedure and line.service_type in codes.WHOLE_PLAN:
            rank = plan if line.service_type else nothing
        if rank is None and line.insurance_type == codes.PART_B and wanted.level_of_care in BY_DAY:
            rank = part_b
        if rank is not None:
            by_rank.setdefault(rank, []).append(line)
    for rank in sorted(by_rank):
        kept = in_network(by_rank[rank], letter)
        if kept:
            return kept
    return []


def _make(lines: list[Line], oddities: list[Oddity]) -> Pot | None:
    figures: dict[str, Figure] = {}
    for line in lines:
        if not line.amount:
            continue
        cents = read_cents(line.amount)
        if cents is None:
            oddities.append(Oddity("amount_not_readable", line.at))
        elif line.period not in figures:
            figures[line.period] = Figure(cents, line)
        elif figures[line.period].cents != cents:
            oddities.append(Oddity("limits_disagree", line.at))
    limits = [figures[period] for period in codes.BASE_PERIODS if period in figures]
    limit = limits[0] if limits else None
    if len(limits) > 1 and len({figure.cents for figure in limits}) > 1:
        oddities.append(Oddity("limits_disagree", limits[1].line.at))
    remaining, met = figures.get(codes.REMAINING), figures.get(codes.TO_DATE)
    if limit is None and remaining is None and met is None:
        return None
    return _settle(limit, remaining, met, oddities)


def _settle(
    limit: Figure | None, remaining: Figure | None, met: Figure | None, oddities: list[Oddity]
) -> Pot | None:
    if _is_no_limit(limit) or _is_no_limit(remaining):
        line = (limit or remaining or met).line  # type: ignore[union-attr]
        return Pot(Figure(None, line), None, met, NO_LIMIT)
    if limit is None or limit.cents is None or remaining is None or remaining.cents is None:
        return Pot(limit, remaining, met)
    difference = limit.cents - remaining.cents
    if difference < 0 or (met is not None and met.cents != difference):
        oddities.append(Oddity("limits_disagree", remaining.line.at))
    if met is None and difference >= 0:
        met = Figure(difference, remaining.line)
    return Pot(limit, remaining, met)


def _is_no_limit(figure: Figure | None) -> bool:
    if figure is None or figure.cents is None:
        return False
    return figure.cents in SENTINELS or figure.cents >= NO_LIMIT_FROM


def _without_placeholders(
    individual: Pot | None, family: Pot | None, kind: str, oddities: list[Oddity]
) -> Pots:
    """Drop pots of zero that are how payers write "none", never "nothing left to pay"."""
    return Pots(
        _unless_placeholder(individual, family, kind, oddities),
        _unless_placeholder(family, individual, kind, oddities),
    )


def _unless_placeholder(pot: Pot | None, other: Pot | None, kind: str, oddities: list[Oddity]) -> Pot | None:
    if pot is None or pot.limit is None or pot.limit.cents != 0:
        return pot
    other_is_positive = other is not None and other.limit is not None and bool(other.limit.cents)
    if kind != codes.OUT_OF_POCKET and not other_is_positive:
        return pot
    oddities.append(Oddity("zero_placeholder", pot.limit.line.at))
    return None
