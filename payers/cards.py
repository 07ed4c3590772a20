"""What is printed on a card: which payers it may mean, and what to do about names that are no payer's.

Administrators, networks, managers, other states' Blue plans and names that were given up stand in
`rules/cards.yaml`, each with what to do and its source. Payers that a text may mean stay as many as they are.
A whole member id is never looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from payers.entries import cite
from payers.kept import keeps_results
from payers.names import likeness, plain
from payers.registry import Match, resolve
from payers.rulebook import Rulebook
from schemas.model import Contact, Fact, Step

# How sure it must be that a text speaks of an entry; a name that stands whole in another is surer.
LIKELY = 0.6
WITHIN = 0.7
# A payer whom an entry leads to is never as sure as one whose own name stands there.
LED = 0.75
# Who stands on these cards does not decide alone: only a payer's whole name tells that nobody else does.
DIVERTS = frozenset({"administrator", "network", "home_plan", "unlisted_payer"})
# Payers this near to the likeliest are as likely, and those much less likely are not worth showing.
MARGIN, FAINT = 0.1, 0.6
# What a longer name or the kind of plan on the card speaks against is less likely by this.
AGAINST = 0.75
LINES = MappingProxyType(
    {
        "medicaid": ("medicaid",),
        "medicare": ("medicare", "medicare_advantage", "medigap"),
        "marketplace": ("marketplace", "commercial"),
    }
)
"""Lines of business by the word that a card says them with."""

MOST = 10
LONG, SHAPED, FEWEST_DIGITS = 8, 6, 3
_APART = re.compile(r"[^A-Z0-9]+")


class WholeMemberId(Exception):
    """The text looks like a whole member id; it is looked up nowhere and repeated nowhere."""


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A name on cards that is no payer of the rulebook, or of several: what it is, and what to do."""

    id: str
    name: str
    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str] | None
    payers: tuple[str, ...]
    starts: date
    says: Step
    contact: Fact[Contact] | None


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a text speaks of: how likely (0 to 1), and by which of its words."""

    entry: CardEntry
    score: float
    matched: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a text may mean, the likeliest first.

    `named` is the id of the payer whose own name or id the text is, `only` of the only one it can mean.
    """

    matches: tuple[Match, ...] = ()
    entries: tuple[Found, ...] = ()
    named: str | None = None
    only: str | None = None


def read_card(rulebook: Rulebook, text: str, on: date | None = None) -> Card:
    """Return what a text may mean on a day (`None`: whatever the day); raises `WholeMemberId`."""
    if is_member_id(rulebook, text):
        raise WholeMemberId
    named = resolve(rulebook, text, len(rulebook.payer_ids))
    whole = [match.matched for match in named if match.score == 1.0]
    found = _find_entries(entries_of(rulebook), text, on, whole)
    matches = {match.payer.id: match for match in named if not _belongs(match, found, text)}
    for one in found:
        for payer_id in one.entry.payers:
            match = _led_to(rulebook, payer_id, one)
            if match is not None and (payer_id not in matches or matches[payer_id].score < match.score):
                matches[payer_id] = match
    weighed = [_weigh(match, matches.values(), text) for match in matches.values()]
    ranked = sorted(weighed, key=lambda match: (-match.score, match.payer.id))
    kept = tuple(match for match in ranked if match.score >= FAINT * ranked[0].score)[:MOST]
    called = plain(text)
    own = [one.payer.id for one in kept if called in (plain(one.payer.id), plain(one.payer.name))]
    return Card(kept, found, own[0] if len(own) == 1 else None, _only(kept, found))


def is_member_id(rulebook: Rulebook, text: str) -> bool:
    """Say whether a text holds what looks like a whole member id: of a known shape, or long, with digits."""
    written = text.upper()
    if plain(text) in _names(rulebook):
        return False
    words = [_APART.sub("", word) for word in written.split()]
    runs = _runs_with_digits(words)
    shapes = [shape for payer_id in rulebook.payer_ids if (shape := rulebook.identity(payer_id).member_id)]
    return any(
        len(run) >= LONG
        or (
            len(run) >= SHAPED
            and sum(map(str.isdigit, run)) >= FEWEST_DIGITS
            and any(shape.fits(run) for shape in shapes)
        )
        for run in runs
    )


@keeps_results
def entries_of(rulebook: Rulebook) -> tuple[CardEntry, ...]:
    """Return the entries of cards.yaml; a rulebook never changes, so neither do they."""
    stated = rulebook.data.cards
    return tuple(_read_entry(one, stated["sources"]) for one in stated.get("entries", ()))


def _read_entry(stated: Mapping[str, Any], sources: Mapping[str, Any]) -> CardEntry:
    contact = stated.get("contact")
    named = {"name": stated["name"], **stated.get("params", {})}
    return CardEntry(
        id=stated["id"],
        name=stated["name"],
        kind=stated["kind"],
        words=tuple(stated.get("words", ())),
        pattern=re.compile(stated["pattern"]) if "pattern" in stated else None,
        payers=tuple(stated.get("payers", ())),
        starts=date.fromisoformat(stated["from"]),
        says=Step(stated["says"], named, (cite(sources, stated["source"], stated["at"]),)),
        contact=None
        if contact is None
        else Fact(
            Contact(contact["name"], contact.get("phone"), contact.get("portal")),
            cite(sources, contact["source"], contact["at"]),
        ),
    )


def _find_entries(
    entries: Sequence[CardEntry], text: str, on: date | None, whole: Sequence[str]
) -> tuple[Found, ...]:
    """Return the entries that a text speaks of, but those that are some words of a payer's `whole` name.

    A pattern says nothing of what has a name already.
    """
    found, shaped = [], []
    for entry in entries:
        if on is not None and on < entry.starts:
            continue
        words = [word for word in entry.words if not _is_part(text, word)]
        score, matched = likeness(words, text) if words else (0.0, "")
        if score >= LIKELY:
            found.append(Found(entry, round(score, 3), matched))
        elif entry.pattern is not None and entry.pattern.fullmatch(text.strip().upper()):
            shaped.append(Found(entry, LED, entry.name))
    longer = [*whole, *(one.matched for one in found)]
    kept = [one for one in found if not any(_is_part(one.matched, name) for name in longer)]
    kept = kept or ([] if whole else shaped)
    return tuple(sorted(kept, key=lambda one: (-one.score, one.entry.id)))


def _belongs(match: Match, found: Sequence[Found], text: str) -> bool:
    """Say whether a payer's name is only some words of an entry's that stands in the text."""
    return any(_is_part(match.matched, one.matched) and _stands_in(one.matched, text) for one in found)


def _weigh(match: Match, others: Iterable[Match], text: str) -> Match:
    """Return a match, less likely where a longer name stands there or the card says another kind of plan."""
    said = [lines for word, lines in LINES.items() if word in plain(text).split()]
    is_part = any(
        _is_part(match.matched, other.matched) and _stands_in(other.matched, text) for other in others
    )
    is_other = bool(said) and not any(match.payer.line_of_business in lines for lines in said)
    if match.score == 1.0 or not (is_part or is_other):
        return match
    return replace(match, score=round(AGAINST * match.score, 3))


def _stands_in(name: str, text: str) -> bool:
    return f" {plain(name)} " in f" {plain(text)} "


def _is_part(text: str, of: str) -> bool:
    """Say whether a text is some of the words of another: the longer name is the one that is meant."""
    part, whole = plain(text), plain(of)
    return part != whole and f" {part} " in f" {whole} "


def _led_to(rulebook: Rulebook, payer_id: str, found: Found) -> Match | None:
    """Return the payer an entry leads to; one that this rulebook has no file of is left out."""
    if payer_id not in rulebook.payer_ids:
        return None
    return Match(rulebook.payer(payer_id), round(LED * found.score, 3), found.matched, found.entry.id)


def _only(matches: Sequence[Match], entries: Sequence[Found]) -> str | None:
    """Return the one payer that is likely and has no rivals."""
    if not matches or matches[0].through is not None or matches[0].score < LIKELY:
        return None
    first = matches[0].score
    if first < 1.0 and any(one.entry.kind in DIVERTS for one in entries):
        return None
    rivals = [one for one in matches[1:] if one.score >= min(first - MARGIN, WITHIN)]
    return None if rivals else matches[0].payer.id


@keeps_results
def _names(rulebook: Rulebook) -> frozenset[str]:
    """Return everything that payers and entries are called: a name may be long and hold digits."""
    payers = [rulebook.identity(payer_id) for payer_id in rulebook.payer_ids]
    called = [name for one in payers for name in (*one.names(), *(network.id for network in one.ids))]
    called += [f"{one.payer.name} {plan.name}" for one in payers for plan in one.plans.values()]
    called += [word for entry in entries_of(rulebook) for word in entry.words]
    return frozenset(plain(name) for name in called)


def _runs_with_digits(words: Sequence[str]) -> list[str]:
    """Return the words with a digit, those that follow one another as one: an id is printed in groups."""
    runs: list[str] = []
    follows = False
    for word in words:
        has_digit = any(map(str.isdigit, word))
        if has_digit and follows:
            runs[-1] += word
        elif has_digit:
            runs.append(word)
        follows = has_digit
    return runs
