"""Holds a rulebook against everything it promises, and says what to mend, by file and line.

Beyond what must hold before anything is answered: no orphans, and worked examples that pass, one on
each side of every date on which a service changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from payers.entries import FieldPath, walk
from payers.errors import RulebookError
from payers.layers import Layer, split_layers
from payers.rule_files import (
    RuleData,
    digest_of,
    digest_of_all,
    digest_of_files,
    fit_problems,
    lay_data,
    read_layers,
    trusted,
)
from payers.rule_reading import LIBRARY, PLANS, Problem, Reading, read_rules, tables_of
from payers.rulebook import Rulebook
from payers.rules_examples import run_example
from schemas.payer_file import cited_sources

Plain = Mapping[str, Any]

__all__ = ["Problem", "check", "check_files"]

# The same files have the same problems: whoever asks again need not wait for them again.
_JUDGED: LRUCache[str, tuple[Problem, ...]] = LRUCache(maxsize=4)


def check(path: Path, overlays: Sequence[Path] = ()) -> list[Problem]:
    """Return every problem of the rulebook in a directory, and of what is laid over it, by file and line."""
    try:
        return check_files(read_layers(path, overlays))
    except RulebookError as error:
        return [Problem(path.name, 1, "", str(error))]


def check_files(files: Mapping[str, bytes]) -> list[Problem]:
    """Return every problem of a rulebook's files, of all its layers.

    An overlay is judged beside what lies beneath it: its examples ask the whole, those beneath do not.
    """
    digest = digest_of_files(files)
    if digest not in _JUDGED:
        _JUDGED[digest] = tuple(_find_problems(files))
    return list(_JUDGED[digest])


def _find_problems(files: Mapping[str, bytes]) -> list[Problem]:
    problems: list[Problem] = []
    data: RuleData | None = None
    laid: dict[str, bytes] = {}
    for layer in split_layers(files):
        reading = read_rules(layer.files, is_overlay=layer.number > 0)
        sound = not reading.problems
        laid |= {layer.prefix + name: content for name, content in layer.files.items()}
        _find_orphans(reading, layer.files)
        if not (reading.problems or layer.number):
            _find_idle_programs(reading)
        for name, document in [*reading.payer_files(), *reading.program_files()]:
            _find_untested_dates(reading, name, document.data)
        if sound and (data is not None or not layer.number):
            data = _judge_whole(reading, data, layer, laid, problems)
        else:
            data = None
        problems += [replace(problem, file=layer.prefix + problem.file) for problem in reading.problems]
    return sorted(problems)


def _judge_whole(
    reading: Reading,
    below: RuleData | None,
    layer: Layer,
    laid: Mapping[str, bytes],
    problems: list[Problem],
) -> RuleData | None:
    """Run the examples of a sound layer against it and what it lies on; return the data of both."""
    data = trusted(_of_sound(reading))
    if below is not None:
        if misfits := fit_problems(below, data, layer):
            problems += misfits
            return None
        data = lay_data(below, data, layer)
    _run_examples(reading, data, laid)
    return data


def _find_orphans(reading: Reading, files: Mapping[str, bytes]) -> None:
    """Find sources that nothing cites, and tables that no payer names."""
    named = set(reading.sheets)
    unsound = {problem.file for problem in reading.problems}
    for name, document in reading.documents.items():
        if name in unsound:
            continue
        cited = {source for _, source in cited_sources(document.data)}
        for file in tables_of(document.data):
            sheet = reading.sheets.get(file)
            cited |= {row["source"] for row in sheet.rows if "source" in row} if sheet is not None else set()
        if name == LIBRARY:
            cited = _cited_by_plans(reading)
        for source in document.data["sources"]:
            if source not in cited:
                message = "Nothing cites this source: remove it, or cite it."
                reading.add(name, ("sources", source), message)
    if not unsound:
        for file in sorted(set(files) - set(reading.documents) - named):
            reading.problems.append(Problem(file, 1, "", "No payer file names this table."))


def _cited_by_plans(reading: Reading) -> set[str]:
    """Return the sources that the tables of plan designs name."""
    sheets = (sheet for file, sheet in reading.sheets.items() if file.startswith(PLANS))
    return {row["source"] for sheet in sheets for row in sheet.rows if "source" in row}


def _find_idle_programs(reading: Reading) -> None:
    """Find programs that no payer is in."""
    named = {document.data["payer"].get("program") for _, document in reading.payer_files()}
    for name, document in reading.program_files():
        if document.data["program"]["id"] not in named:
            reading.add(name, (), "No payer file names this program.")


def _find_untested_dates(reading: Reading, name: str, data: Plain) -> None:
    """Find dates on which a service changes that no example stands before, or none on or after."""
    examples = data.get("examples", [])
    if not examples:
        reading.add(name, (), "Has no worked examples.")
    for prefix, plan_id, part in _parts(data):
        for path, entries in walk(part.get("services", {}), ("services",)):
            asked = _dates_asked(examples, path[1], plan_id)
            for day in _later_dates(entries):
                missing = _missing_side(asked, day)
                if missing is not None:
                    level = path[1]
                    message = f"Changes on {day}, and no example asks for {level} {missing} that date."
                    reading.add(name, (*prefix, *path), message)


def _parts(data: Plain) -> Iterator[tuple[FieldPath, str | None, Plain]]:
    yield (), None, data
    for plan_id, plan in data.get("plans", {}).items():
        yield ("plans", plan_id), plan_id, plan


def _dates_asked(examples: Sequence[Plain], level: str, plan_id: str | None) -> list[str]:
    return [
        example["ask"]["date_of_service"]
        for example in examples
        if example["ask"]["level_of_care"] == level
        and (plan_id is None or example["ask"].get("plan") == plan_id)
    ]


def _later_dates(entries: Sequence[Plain]) -> list[str]:
    """Return the dates of a field after the first, for values with the same conditions."""
    series: dict[str, list[str]] = {}
    for entry in entries:
        series.setdefault(str(entry.get("when")), []).append(entry["from"])
    return sorted({day for days in series.values() for day in days[1:]})


def _missing_side(asked: Sequence[str], day: str) -> str | None:
    before, after = any(date < day for date in asked), any(date >= day for date in asked)
    if before and after:
        return None
    if before:
        return "on or after"
    return "before" if after else "before, or on or after"


def _run_examples(reading: Reading, data: RuleData, files: Mapping[str, bytes]) -> None:
    digests = {name: digest_of(content) for name, content in files.items()}
    rulebook = Rulebook(digest_of_all(digests), digests, files, data)
    for name, document in [*reading.payer_files(), *reading.program_files()]:
        for index, example in enumerate(document.data.get("examples", ())):
            payer_id = example["ask"].get("payer") or document.data["payer"]["id"]
            for message in _answer(rulebook, payer_id, example):
                reading.add(name, ("examples", index), message)


def _answer(rulebook: Rulebook, payer_id: str, example: Plain) -> list[str]:
    if payer_id not in rulebook.payer_ids:
        return [f"There is no payer {payer_id} ({example['name']})."]
    return run_example(rulebook, payer_id, example)


def _of_sound(reading: Reading) -> Reading:
    """Return a reading without its problems: those left keep nobody from answering."""
    return Reading(reading.documents, reading.sheets)
