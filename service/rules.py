"""What staff do with the rulebook from the command line: open it, check it, read it, compare it.

Whatever keeps the rulebook or the clinic's profile from being used becomes one exception whose message
names files and lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from payers import rules_check, rules_compare, rules_counts, rules_matrix, rules_stale, rules_view
from payers.errors import RulebookError, UnknownPayer
from payers.layers import lay_files, split_layers
from payers.rule_files import read_files
from payers.rulebook import Rulebook, lay_over, load_rulebook
from payers.rules_counts import Counts
from payers.rules_questions import Place
from payers.rules_skeleton import skeleton
from payers.rules_stale import Rests, Stale
from payers.rules_view import Difference, Shown
from schemas.file_fields import KEY
from service.clinic import Clinic, ClinicFileError, load_clinic
from service.config import Settings
from service.connections import check_connections, open_switchboard
from service.verify import Desk

__all__ = [
    "Counts",
    "Difference",
    "NoSuchPayer",
    "NotNew",
    "Rests",
    "Shown",
    "Stale",
    "Unusable",
    "begin_file",
    "check",
    "compare",
    "coverage_page",
    "diff",
    "find_problems",
    "names_of",
    "open_clinic",
    "open_desk",
    "open_rulebook",
    "plans_of",
    "read_set",
    "rests_of_answers",
    "show",
    "stale",
    "survey",
]


INSTALLED = "installed"
"""What the installed set is called among the layers of a rulebook."""

Sets = Sequence[tuple[str, Mapping[str, bytes]]]
"""What is laid over a rulebook: files by name, each set with what it is called."""


class Unusable(Exception):
    """The rulebook or the clinic's profile cannot be used as it is."""


class NotNew(Exception):
    """A payer's file cannot be begun: the id is none, or there is such a file."""


class NoSuchPayer(Exception):
    """The rulebook has no such payer; the message names the nearest ids."""


def open_desk(settings: Settings, sets: Sets = ()) -> Desk:
    """Return what answers are made from, with sets of files over the rulebook; raises `Unusable`."""
    clinic = open_clinic(settings)
    rulebook = open_rulebook(settings, sets)
    if faults := check_connections(clinic, rulebook):
        raise Unusable(str(clinic.error_of(faults)))
    return Desk(rulebook, clinic, open_switchboard(clinic, settings))


def open_clinic(settings: Settings) -> Clinic:
    """Return the clinic's profile; raises `Unusable`."""
    try:
        return load_clinic(settings.clinic_profile)
    except ClinicFileError as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"The clinic's profile cannot be read: {error.strerror}.") from None


def open_rulebook(settings: Settings, sets: Sets = ()) -> Rulebook:
    """Return the rulebook with sets of files over it, from the cache where it can be; raises `Unusable`."""
    try:
        base = load_rulebook(settings.rules_path, settings.cache_path, settings.overlay_paths)
        return lay_over(base, sets, settings.cache_path)
    except RulebookError as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"The rulebook cannot be read: {error.strerror}.") from None


def read_set(path: Path) -> dict[str, bytes]:
    """Return the files of a directory that is to be laid over the rulebook; raises `Unusable`."""
    try:
        return read_files(path)
    except RulebookError as error:
        raise Unusable(str(error)) from None


def check(settings: Settings) -> list[str]:
    """Return every problem of the rulebook, by file and line; none if it is sound."""
    return [str(problem) for problem in rules_check.check(settings.rules_path, settings.overlay_paths)]


def find_problems(settings: Settings, files: Mapping[str, bytes], name: str) -> list[str]:
    """Return what keeps a set of files from being laid over the rulebook, by file and line.

    `name` is what their directory is called in what is said. Raises `Unusable`.
    """
    base, clinic = open_rulebook(settings), open_clinic(settings)
    sets = [(INSTALLED, files)] if files else []
    whole = lay_files(base.files, sets)
    problems = [str(problem) for problem in rules_check.check_files(whole)]
    if not problems:
        faults = check_connections(clinic, lay_over(base, sets, settings.cache_path))
        return list(clinic.error_of(faults).faults) if faults else []
    prefix = split_layers(whole)[-1].prefix
    return [problem.replace(prefix, f"{name}/") if prefix else problem for problem in problems]


def survey(rulebook: Rulebook, on: date) -> tuple[Counts, Sequence[str]]:
    """Return how much the rulebook holds on a day, and what to look at although it is sound."""
    return rules_counts.count(rulebook, on), tuple(rules_counts.warnings(rulebook, on))


def coverage_page(rulebook: Rulebook) -> str:
    """Return what is known of each payer at each level of care, as a page in Markdown."""
    return rules_matrix.as_markdown(rulebook)


def begin_file(settings: Settings, payer_id: str, today: date) -> Path:
    """Write the beginnings of a payer's file and return its path; raises `NotNew`."""
    if not KEY.fullmatch(payer_id):
        raise NotNew("must be small letters, digits and hyphens, like example-health.")
    path = settings.rules_path / f"{payer_id}.yaml"
    if path.exists():
        raise NotNew(f"there is a file {path.name} already.")
    path.write_text(skeleton(payer_id, today), encoding="utf-8")
    return path


def show(rulebook: Rulebook, payer_id: str, on: date) -> Sequence[Shown]:
    """Return what a payer's file says on a date, with citations; raises `NoSuchPayer`."""
    try:
        return rules_view.show(rulebook, payer_id, on)
    except UnknownPayer as error:
        raise NoSuchPayer(str(error)) from None


def stale(rulebook: Rulebook, today: date, rests: Rests | None = None) -> Sequence[Stale]:
    """Return the values in force today that a payer should confirm, those first on which most rests."""
    return rules_stale.stale(rulebook, today, rests)


def rests_of_answers(answers: Iterable[Mapping[str, Any]]) -> Rests:
    """Return by place in a source the stored answers, numbered, that cite it."""
    rests: dict[Place, set[int]] = defaultdict(set)
    for number, answer in enumerate(answers):
        for cited in answer["citations"]:
            rests[Place(cited["title"], cited["url"], cited["locator"])].add(number)
    return rests


def names_of(rulebook: Rulebook) -> Mapping[str, str]:
    """Return what is shown as the holder of a value, payers and programs, with their names."""
    payers = {payer_id: rulebook.payer(payer_id).name for payer_id in rulebook.payer_ids}
    programs = rulebook.data.programs
    return payers | {f"programs/{one}": programs[one]["program"]["name"] for one in programs}


def plans_of(rulebook: Rulebook, payer_id: str) -> Mapping[str, str]:
    """Return the names of a payer's plans, by id; of what is no payer, none."""
    if payer_id not in rulebook.payer_ids:
        return {}
    return {plan.id: plan.name for plan in rulebook.identity(payer_id).plans.values()}


def compare(before: Rulebook, after: Rulebook, on: date) -> Sequence[tuple[date, Sequence[Difference]]]:
    """Return the values in which two rulebooks differ, for care on a day and from each later day on."""
    return rules_compare.compare(before, after, on)


def diff(rulebook: Rulebook, before: date, after: date) -> Sequence[Difference]:
    """Return the values that differ between two dates of service."""
    return rules_view.diff(rulebook, before, rulebook, after)
