"""What a reply says of one level of care, on the terms that were asked about.

The level's own code beats a more general service type, and what is stated of the plan as a whole is no
answer for a level: it is offered as a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from payers.x12 import codes
from payers.x12.matching import LETTERS, Matched, holds_for, in_network, match_lines
from payers.x12.model import NO_DETAIL, Entity, Line, Oddity, Transaction, Wanted
from payers.x12.others import find_administrator
from payers.x12.pots import Pots, find_pots
from payers.x12.ranks import PROGRAMS, RANKS, Ranks, speaks_of
from payers.x12.shares import SHARES, LimitLine, Shares, find_limits, find_shares
from payers.x12.status import INACTIVE, Status, rejects_patient

COVERED, NOT_COVERED, UNDETERMINED = "covered", "not_covered", "undetermined"
REQUIRED, NOT_REQUIRED = "required", "not_required"
GENERAL = (codes.PLAN, codes.MEDICAL, "98")
AUTHORIZATION_WORDS = re.compile(r"PRE-?CERT|AUTHORI[SZ]", re.IGNORECASE)


class Hint(NamedTuple):
    """Something a person should see beside the answer: its kind, the line, and the text it quotes."""

    kind: str
    line: Line
    text: str | None
    at: int | str


@dataclass(frozen=True, slots=True)
class Level:
    """A level as a reply states it; the line beside each verdict is what it rests on."""

    wanted: Wanted
    ranks: Ranks
    covered: str
    covered_by: Line | None
    shares: Shares
    deductible: Pots
    out_of_pocket_max: Pots
    limits: tuple[LimitLine, ...]
    prior_authorization: str
    authorized_by: Line | None
    administrator: Entity | None
    hints: tuple[Hint, ...]
    oddities: tuple[Oddity, ...]

    @property
    def is_inferred(self) -> bool:
        """Whether the verdict rests on less than the level's own code or type."""
        return self.covered_by is None or not self.ranks.is_own(self.covered_by)


def read_level(transaction: Transaction, status: Status, wanted: Wanted, on: date | None) -> Level:
    """Return what a reply says of the level that is wanted; `on` is the date it is read for."""
    level_of_care = wanted.level_of_care or ""
    ranks = RANKS[level_of_care, wanted.condition]
    lines = () if transaction.broken else transaction.lines
    matched = match_lines(lines, ranks, wanted, on)
    shares = find_shares(matched, _general_shares(lines, matched, wanted, on))
    deductible, out_of_pocket = find_pots(lines, ranks, wanted, on, matched.oddities)
    covered, covered_by, hint = _cover(matched, ranks, wanted, status)
    if any(rejects_patient(one) for one in transaction.rejections):
        covered, covered_by = UNDETERMINED, None
    authorization, authorized_by = _authorize(matched)
    return Level(
        wanted=wanted,
        ranks=ranks,
        covered=covered,
        covered_by=covered_by,
        shares=shares,
        deductible=deductible,
        out_of_pocket_max=out_of_pocket,
        limits=find_limits(matched),
        prior_authorization=authorization,
        authorized_by=authorized_by,
        administrator=find_administrator(matched, transaction, on),
        hints=(
            *_authorization_hints(matched),
            *(Hint("cost_share", line, None, line.at) for line in shares.hints),
            *((Hint("coverage", hint, None, hint.at),) if hint is not None else ()),
            *(Hint("place", line, None, line.at) for line in matched.elsewhere),
        ),
        oddities=tuple(matched.oddities),
    )


def _cover(
    matched: Matched, ranks: Ranks, wanted: Wanted, status: Status
) -> tuple[str, Line | None, Line | None]:
    """Return the verdict, the line it rests on, and a line to hint at where there is no verdict."""
    if status.status == INACTIVE:
        return NOT_COVERED, status.line, None
    for rank, kinds in matched.ranks.items():
        refused = next((kinds[code][0] for code in ("I", "E") if code in kinds), None)
        if refused is not None:
            return NOT_COVERED, refused, None
        said = [kinds[kind][0] for kind in ("1", *SHARES, codes.DEDUCTIBLE) if kind in kinds]
        if not said:
            continue
        is_plain = rank == ranks.total - 1 and wanted.level_of_care in PROGRAMS
        if is_plain and len(said) == 1 and "1" in kinds:
            return UNDETERMINED, None, said[0]
        return COVERED, said[0], None
    return UNDETERMINED, None, status.line


def _authorize(matched: Matched) -> tuple[str, Line | None]:
    silent: tuple[str, Line | None] = (UNDETERMINED, None)
    for line in matched.lines():
        if line.authorization == "Y":
            return REQUIRED, line
        if line.authorization == "N" and silent[1] is None:
            silent = (NOT_REQUIRED, line)
    return silent


def _authorization_hints(matched: Matched) -> Iterable[Hint]:
    text, read = "", NO_DETAIL
    for line in matched.lines():
        if line.detail is not read:
            read = line.detail
            text = " ".join([message.text for message in read.messages])
            text = text if AUTHORIZATION_WORDS.search(text) else ""
        if text:
            yield Hint("authorization", line, text, read.messages[0].at)


def _general_shares(
    lines: Iterable[Line], matched: Matched, wanted: Wanted, on: date | None
) -> Iterable[Line]:
    """Yield the shares that are stated of the plan, or of any visit."""
    letter = LETTERS[wanted.network]
    for kind in SHARES:
        stated = [
            line
            for line in lines
            if line.code == kind
            and line.service_type in GENERAL
            and not line.procedure
            and speaks_of(line, wanted.level_of_care)
            and holds_for(line, on)
        ]
        yield from in_network(stated, letter)
