"""Which rules are in use here: what is shipped, what the settings lay over it, and what was installed.

An installed set is laid over whatever the settings name, at every start and at once in every process that
runs: so it goes on over a newer version's rules, too. A whole of several layers is kept as a list of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import orjson

from payers.errors import RulebookError
from payers.layers import split_layers
from payers.rule_files import digest_of_files
from payers.rulebook import Rulebook, lay_over, load_rulebook_from_files
from service.remembered import MEMORY, changes_at, files_of
from service.rules import INSTALLED, Sets
from service.store import local_rules, rulebooks
from service.store.local_rules import LocalRule
from service.store.rulebooks import OVERLAY, RULEBOOK
from service.store.session import Session, Store, transaction

LAYERS = "layers.json"
MEMORY_USE = "memory"
NOTHING: Mapping[str, bytes] = {}
DIGEST = "sha256:"


BUILT_IN = "built-in"
"""What no set at all is called."""


class NoSuchSet(Exception):
    """No set that was installed is called so, or several are; the message says which."""


@dataclass(frozen=True, slots=True)
class InstalledSet:
    """A set that was installed: since when it is, or was last, in use, and how many files it has."""

    digest: str
    since: datetime
    files: int
    is_in_use: bool


@dataclass(frozen=True, slots=True)
class LaidOver:
    """What lies over the rulebook that the settings name: sets by name, as of the use numbered `last_use`.

    `changes_at` is when the clinic's memory is another one without anybody's doing.
    """

    last_use: int
    sets: Sets = ()
    changes_at: datetime | None = None


def read_laid_over(
    session: Session, base: Rulebook, zone: tzinfo, at: datetime, cache_dir: Path | None = None
) -> LaidOver:
    """Return what lies over a rulebook: the installed set, then what the clinic remembers on this day."""
    last_use = rulebooks.last_use(session)  # first: what is put in use meanwhile is noticed once more
    digest = rulebooks.in_use(session, OVERLAY)
    files = NOTHING if digest is None else rulebooks.files_of(session, digest) or NOTHING
    rules = local_rules.in_force(session, at.astimezone(zone).date())
    return LaidOver(last_use, _laid(files, rules, base, cache_dir), changes_at(rules, zone))


def lay_set(
    session: Session, files: Mapping[str, bytes], base: Rulebook, zone: tzinfo, at: datetime, cache_dir: Path
) -> Rulebook:
    """Return the rulebook that would answer, were this set in use at a time; raises `RulebookError`."""
    rules = local_rules.in_force(session, at.astimezone(zone).date())
    return lay_over(base, _laid(files, rules, base, cache_dir), cache_dir)


def _laid(
    files: Mapping[str, bytes], rules: Sequence[LocalRule], base: Rulebook, cache_dir: Path | None
) -> Sets:
    installed = ((INSTALLED, files),) if files else ()
    remembered = _remembered(rules, base, installed, cache_dir) if rules else NOTHING
    memory = ((MEMORY, remembered),) if remembered else ()
    return (*installed, *memory)


def _remembered(
    rules: Sequence[LocalRule], base: Rulebook, installed: Sets, cache_dir: Path | None
) -> Mapping[str, bytes]:
    try:
        return files_of(rules, lay_over(base, installed, cache_dir))
    except RulebookError:  # whoever lays the installed set over says so
        return NOTHING


def change_memory(session: Session) -> None:
    """Begin to change what the clinic remembers, first thing in a transaction; `note_memory` ends it."""
    rulebooks.begin_alone(session)


def note_memory(session: Session, rulebook: Rulebook, zone: tzinfo, at: datetime) -> None:
    """Say to every process that the clinic remembers something else now."""
    files = files_of(local_rules.in_force(session, at.astimezone(zone).date()), rulebook)
    rulebooks.add_use(session, MEMORY_USE, digest_of_files(files), files, at)


def note_rulebook(store: Store, rulebook: Rulebook, at: datetime) -> None:
    """Keep a rulebook by its digest, each layer once, and note that it answers from now on."""
    layers = split_layers(rulebook.files)
    if len(layers) == 1:
        rulebooks.put_in_use(store, RULEBOOK, rulebook.digest, rulebook.files, at)
        return
    listed = [[layer.prefix, digest_of_files(layer.files)] for layer in layers]
    with transaction(store) as session:
        if rulebooks.begin_use(session, RULEBOOK, rulebook.digest, {LAYERS: orjson.dumps(listed)}, at):
            for layer, (_, digest) in zip(layers, listed, strict=True):
                rulebooks.keep(session, OVERLAY if layer.number else RULEBOOK, digest, layer.files, at)


def kept_files(session: Session, digest: str) -> dict[str, bytes] | None:
    """The files of a rulebook that answered, of all its layers, or `None` where it was never kept."""
    files = rulebooks.files_of(session, digest)
    if files is None or LAYERS not in files:
        return files
    whole: dict[str, bytes] = {}
    for prefix, layer in orjson.loads(files[LAYERS]):
        kept = rulebooks.files_of(session, layer) or {}
        whole |= {prefix + name: content for name, content in kept.items()}
    return whole


def put_set_in_use(session: Session, files: Mapping[str, bytes], at: datetime) -> tuple[str, bool]:
    """Keep a set and put it in use in every process at once, first thing in a transaction.

    Returns its digest, and whether it was another one before.
    """
    digest = digest_of_files(files)
    return digest, rulebooks.begin_use(session, OVERLAY, digest, files, at)


def rulebook_called(session: Session, text: str, base: Rulebook, cache_dir: Path) -> Rulebook:
    """Return one whose digest begins so: a set laid over a rulebook, or a whole one that answered.

    `built-in` is the rulebook alone. Raises `NoSuchSet` and `RulebookError`.
    """
    if text == BUILT_IN:
        return base
    digest = _find(session, text, OVERLAY, RULEBOOK)
    files = kept_files(session, digest) or NOTHING
    if digest in {use.digest for use in rulebooks.uses(session, OVERLAY)}:
        return lay_over(base, ((INSTALLED, files),) if files else (), cache_dir)
    return load_rulebook_from_files(files, cache_dir, base)


def find_set(session: Session, text: str) -> tuple[str, Mapping[str, bytes]]:
    """Return the one installed set whose digest begins so, with its files; raises `NoSuchSet`."""
    digest = _find(session, text, OVERLAY)
    return digest, rulebooks.files_of(session, digest) or NOTHING


def _find(session: Session, text: str, *kinds: str) -> str:
    wanted = text.removeprefix(DIGEST)
    known = {use.digest for kind in kinds for use in rulebooks.uses(session, kind)}
    found = sorted(digest for digest in known if wanted and digest.removeprefix(DIGEST).startswith(wanted))
    if len(found) != 1:
        several = f"several sets begin so: {', '.join(found)}" if found else "no installed set begins so"
        raise NoSuchSet(several)
    return found[0]


def files_of_set(session: Session, wanted: str | None) -> Mapping[str, bytes]:
    """Return the files of a set, by the beginning of its digest; without one, of that in use.

    `built-in` has none. Raises `NoSuchSet`.
    """
    if wanted is None:
        wanted = rulebooks.in_use(session, OVERLAY) or BUILT_IN
    return NOTHING if wanted == BUILT_IN else find_set(session, wanted)[1]


def list_sets(session: Session) -> list[InstalledSet]:
    """Every set that was ever installed, that in use first, then by when it was last put in use."""
    uses = rulebooks.uses(session, OVERLAY)
    last: dict[str, datetime] = {}
    for use in uses:
        last.setdefault(use.digest, use.since)
    return [
        InstalledSet(digest, since, len(rulebooks.files_of(session, digest) or {}), digest == uses[0].digest)
        for digest, since in last.items()
    ]
