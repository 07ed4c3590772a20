"""The files of a rulebook on disk, their digests, and the plain data that was found sound in them.

Judging takes a while, so what was found sound is kept in a cache directory, under the digest of the
files it was made from: each layer by itself, for an overlay changes while what it lies on stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from payers.errors import RulebookError
from payers.layers import MOST, Layer, claim, claim_source, lay_files, lay_over, misfits, split_layers
from payers.rule_reading import (
    CARDS,
    COORDINATION,
    LIBRARY,
    SERVICES,
    Problem,
    Reading,
    plans_table,
    read_rules,
)
from payers.table_reader import Row

SHIPPED = Path(__file__).parent / "rules"
# Raise it when the shape of `RuleData` or what is refused changes: older entries are then not read.
CACHE_FORMAT = 4
SHOWN_PROBLEMS = 20
# What stands beside the payer files.
TABLES = ("programs/*.yaml", "fees/*.csv", "plans/*.csv")


@dataclass(frozen=True, slots=True)
class RuleData:
    """Plain data that may be trusted: payers and programs by id, what all share, tables by file name.

    `library` is plans.yaml: the sources that the tables of plan designs name.
    """

    payers: Mapping[str, Mapping[str, Any]]
    programs: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Any]
    cards: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    coordination: Mapping[str, Any] = field(default_factory=dict)
    library: Mapping[str, Any] = field(default_factory=dict)


def tables_of_plans(data: RuleData, payer_id: str) -> list[list[Row]]:
    """Return the tables of a payer's plan designs, the rulebook's own first, those laid over it after it."""
    name = plans_table(payer_id)
    return [rows for table, rows in data.tables.items() if table == name or table.endswith(f"/{name}")]


def read_files(path: Path) -> dict[str, bytes]:
    """Return the rulebook's files by name, like `fees/x.csv`; raises `RulebookError` if there are none."""
    found = sorted([*path.glob("*.yaml"), *(file for table in TABLES for file in path.glob(table))])
    if not any(file.suffix == ".yaml" for file in found):
        raise RulebookError(f"There is no rulebook in {path.name}: no .yaml file.")
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}


def digest_of(content: bytes) -> str:
    """Return the digest of a file's bytes, `sha256:…`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_of_all(digests: Mapping[str, str]) -> str:
    """Return one digest of a set of files, from their names and digests."""
    return digest_of("".join(f"{name}\0{digests[name]}\n" for name in sorted(digests)).encode())


def read_layers(base: Path, overlays: Sequence[Path] = ()) -> dict[str, bytes]:
    """Return the files of a rulebook and of what is laid over it; raises `RulebookError`."""
    if len(overlays) > MOST:
        raise RulebookError(f"No more than {MOST} directories can be laid over a rulebook.")
    return lay_files(read_files(base), [(path.name, read_files(path)) for path in overlays])


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """Return one digest of a set of files, from their names and contents."""
    return digest_of_all({name: digest_of(content) for name, content in files.items()})


def load_layers(
    files: Mapping[str, bytes], cache_dir: Path | None, known: Mapping[str, RuleData]
) -> list[tuple[Layer, str, RuleData]]:
    """Return each layer of some files with its digest and its sound data, the rulebook itself first.

    Data is taken from what is `known` by digest, else from the cache. Raises `RulebookError` with the
    problems of the lowest layer that has any.
    """
    loaded = []
    for layer in split_layers(files):
        digest = digest_of_files(layer.files)
        loaded.append((layer, digest, known.get(digest) or _load_layer(layer, digest, cache_dir)))
    return loaded


def lay_data(below: RuleData, above: RuleData, layer: Layer) -> RuleData:
    """Return data with that of an overlay on top; raises `RulebookError` where it does not fit."""
    if problems := list(fit_problems(below, above, layer)):
        raise refusal(problems)
    payers = {
        payer_id: lay_over(below.payers.get(payer_id, {}), claim(data, layer))
        for payer_id, data in above.payers.items()
    }
    tables = {
        layer.prefix + name: [{**row, "source": claim_source(row["source"], layer)} for row in rows]
        for name, rows in above.tables.items()
    }
    programs = {
        program_id: lay_over(below.programs.get(program_id, {}), claim(data, layer))
        for program_id, data in above.programs.items()
    }
    return RuleData(
        payers={**below.payers, **payers},
        programs={**below.programs, **programs},
        services=lay_over(below.services, claim(above.services, layer)),
        cards=lay_over(below.cards, claim(above.cards, layer)),
        coordination=lay_over(below.coordination, claim(above.coordination, layer)),
        library=lay_over(below.library, claim(above.library, layer)),
        tables={**below.tables, **tables},
    )


def fit_problems(below: RuleData, above: RuleData, layer: Layer) -> list[Problem]:
    """Return every problem of an overlay that shows only beside what lies beneath."""
    programs = {*below.programs, *above.programs}
    return [
        Problem(f"{layer.prefix}{payer_id}.yaml", 1, f"payer.{name}", message)
        for payer_id, name, message in misfits(below.payers, above.payers, programs)
    ]


def _load_layer(layer: Layer, digest: str, cache_dir: Path | None) -> RuleData:
    entry = cache_dir / f"rulebook-{CACHE_FORMAT}-{digest.partition(':')[2]}.json" if cache_dir else None
    if entry is not None and (kept := _read_entry(entry)) is not None:
        return kept
    data = trusted(read_rules(layer.files, is_overlay=layer.number > 0), layer.prefix)
    if entry is not None:
        _write_entry(entry, data)
    return data


def trusted(reading: Reading, prefix: str = "") -> RuleData:
    """Return a reading's data; raises `RulebookError` with its problems if it has any."""
    if reading.problems:
        raise refusal([replace(problem, file=prefix + problem.file) for problem in reading.problems])
    services, cards, coordination, library = (
        reading.documents.get(name) for name in (SERVICES, CARDS, COORDINATION, LIBRARY)
    )
    return RuleData(
        payers={document.data["payer"]["id"]: document.data for _, document in reading.payer_files()},
        programs={document.data["program"]["id"]: document.data for _, document in reading.program_files()},
        services=services.data if services is not None else {},
        cards=cards.data if cards is not None else {},
        tables={name: sheet.rows for name, sheet in reading.sheets.items()},
        coordination=coordination.data if coordination is not None else {},
        library=library.data if library is not None else {},
    )


def refusal(problems: Sequence[Problem]) -> RulebookError:
    """Return an error that names the first of some problems, by file and line."""
    rest = len(problems) - SHOWN_PROBLEMS
    lines = [str(problem) for problem in sorted(problems)[:SHOWN_PROBLEMS]]
    return RulebookError("\n".join([*lines, f"and {rest} more"] if rest > 0 else lines))


def _read_entry(entry: Path) -> RuleData | None:
    try:
        kept = json.loads(entry.read_bytes())
        return RuleData(**{part.name: kept[part.name] for part in fields(RuleData)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_entry(entry: Path, data: RuleData) -> None:
    """Keep data for the next start; where that cannot be done, the next start judges again."""
    kept = {part.name: getattr(data, part.name) for part in fields(RuleData)}
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=entry.parent, prefix=entry.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(kept, separators=(",", ":")))  # in one go: many times as fast
        Path(name).replace(entry)
