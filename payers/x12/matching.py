"""Which lines of a reply apply to what was asked: the level, the date, the place, the network.

What is set aside although it speaks of the level is told, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from payers.x12.codes import ACTIVE
from payers.x12.model import NO_DETAIL, Line, Oddity, Wanted
from payers.x12.ranks import Ranks, speaks_of
from payers.x12.spans import holds_on
from schemas.model import INPATIENT, INTENSIVE_OUTPATIENT, OUTPATIENT, PARTIAL_HOSPITALIZATION, RESIDENTIAL

LETTERS = {"in": "Y", "out": "N"}
BOTH = "W"
NOT_STATED = ("U", "")
NETWORK_WORDS = {"Y": "in", "N": "out", BOTH: "both"}
TELEHEALTH_PLACES = frozenset(("02", "10"))

# How a payer's free text names a level of care. Plain "outpatient" names visits only to whoever asks about
# visits: programs are outpatient care too.
LEVEL_NAMES = {
    INTENSIVE_OUTPATIENT: re.compile(r"\bIOP\b|\bINTENSIVE[ -]*OUT-?PATIENT", re.IGNORECASE),
    PARTIAL_HOSPITALIZATION: re.compile(r"\bPHP\b|\bPARTIAL[ -]*HOSP", re.IGNORECASE),
    RESIDENTIAL: re.compile(r"\bRTC\b|(?<!NON-)(?<!NON )\bRESIDENTIAL\b", re.IGNORECASE),
    INPATIENT: re.compile(r"\bIN-?PATIENT\b", re.IGNORECASE),
    OUTPATIENT: re.compile(r"\bOFFICE VISITS?\b|\bOUT-?PATIENT (?:THERAPY|VISITS?|OFFICE)\b", re.IGNORECASE),
}
ANY_OUTPATIENT = re.compile(r"(?<!INTENSIVE )(?<!INTENSIVE-)\bOUT-?PATIENT\b", re.IGNORECASE)


@dataclass(slots=True)
class Matched:
    """The lines that apply, by rank and kind (EB01, all of 1 to 5 as `1`); what was set aside, and why."""

    ranks: dict[int, dict[str, list[Line]]] = field(default_factory=dict)
    elsewhere: list[Line] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)

    def lines(self) -> Iterable[Line]:
        """Return every line that applies, the most specific first."""
        return (line for kinds in self.ranks.values() for lines in kinds.values() for line in lines)


def holds_for(line: Line, on: date | None) -> bool:
    """Say whether a line's own dates, if it has any, include a date."""
    spans = line.detail.spans
    return on is None or not spans or holds_on(spans, on)


def match_lines(lines: Iterable[Line], ranks: Ranks, wanted: Wanted, on: date | None) -> Matched:
    """Return the lines that speak of a level and apply to what was asked."""
    matched = Matched()
    named: dict[int | str, str | None] = {}
    by_rank: dict[int, dict[str, list[Line]]] = {}
    procedures, service_types = ranks.procedures, ranks.service_types
    for line in lines:
        procedure = line.procedure
        if procedure:
            if procedure not in procedures:
                continue
            rank = procedures[procedure]
        elif (service_type := line.service_type) in service_types:
            rank = service_types[service_type]
        else:
            continue
        if speaks_of(line, wanted.level_of_care) and _applies(line, wanted, on, matched, named):
            kind = "1" if line.code in ACTIVE else line.code
            by_rank.setdefault(rank, {}).setdefault(kind, []).append(line)
    letter = LETTERS[wanted.network]
    for rank in sorted(by_rank):
        for kind, found in by_rank[rank].items():
            kept = in_network(found, letter)
            if kept:
                matched.ranks.setdefault(rank, {})[kind] = kept
    return matched


def _applies(
    line: Line, wanted: Wanted, on: date | None, matched: Matched, named: dict[int | str, str | None]
) -> bool:
    """Say whether a line applies; `named` keeps what the text of an EB names, for all of its lines."""
    detail = line.detail
    if detail is NO_DETAIL:
        return True
    if not holds_for(line, on):
        return False
    if detail.rejections:
        matched.oddities.append(Oddity("line_rejected", line.at, {"code": detail.rejections[0].code}))
        return False
    if detail.places and not _is_place_of(detail.places, wanted.modality):
        matched.elsewhere.append(line)
        return False
    if line.at not in named:
        named[line.at] = names_other_level(line, wanted.level_of_care)
    if named[line.at] is not None:
        matched.oddities.append(Oddity("other_level_named", line.at, {"level": named[line.at]}))
        return False
    return True


def _is_place_of(places: tuple[str, ...], modality: str) -> bool:
    """Say whether a line that names places applies; a hybrid program is at both kinds of place."""
    if modality == "hybrid":
        return True
    remote = TELEHEALTH_PLACES.issuperset(places)
    if modality == "telehealth":
        return not TELEHEALTH_PLACES.isdisjoint(places)
    return not remote


def names_other_level(line: Line, level_of_care: str | None) -> str | None:
    """Return the level that a line's own text names, where it names another and not the one asked for."""
    if not line.detail.messages:
        return None
    text = " ".join([message.text for message in line.detail.messages])
    if level_of_care in LEVEL_NAMES and LEVEL_NAMES[level_of_care].search(text):
        return None
    if level_of_care == OUTPATIENT and ANY_OUTPATIENT.search(text):
        return None
    return next((level for level, pattern in LEVEL_NAMES.items() if pattern.search(text)), None)


def in_network(lines: list[Line], letter: str) -> list[Line]:
    """Return the lines of one kind that hold for a network; what does not say counts only alone.

    A line for the network itself beats one for both of the same period, so that a limit stated for the
    network and what remains of it, stated for both, belong together.
    """
    stated = [line for line in lines if line.network == letter]
    if len(stated) == len(lines):
        return stated
    periods = {line.period for line in stated}
    stated += [line for line in lines if line.network == BOTH and line.period not in periods]
    return stated or [line for line in lines if line.network in NOT_STATED]


def network_word(line: Line) -> str:
    """Return which network a line says it is for."""
    return NETWORK_WORDS.get(line.network, "not_stated")
