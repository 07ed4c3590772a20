"""The files of a rulebook on disk, their digests, and the plain data that was found sound in them.

Judging takes a while, so what was found sound is kept in a cache directory, under the digest of the
files it was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from payers.errors import RulebookError
from payers.rule_reading import LIBRARY, SERVICES, Reading, read_rules
from payers.table_reader import Row

SHIPPED = Path(__file__).parent / "rules"
# Raise it when the shape of `RuleData` or what is refused changes: older entries are then not read.
CACHE_FORMAT = 2
SHOWN_PROBLEMS = 20
# What stands beside the payer files.
TABLES = ("programs/*.yaml", "fees/*.csv", "plans/*.csv")


@dataclass(frozen=True, slots=True)
class RuleData:
    """Plain data that may be trusted: payers and programs by id, services.yaml, tables by file name.

    `library` is plans.yaml: the sources that the tables of plan designs name.
    """

    payers: Mapping[str, Mapping[str, Any]]
    programs: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    library: Mapping[str, Any] = field(default_factory=dict)


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


def load_data(files: Mapping[str, bytes], digest: str, cache_dir: Path | None) -> RuleData:
    """Return the sound data of the files, from the cache where it is there; raises `RulebookError`."""
    entry = cache_dir / f"rulebook-{CACHE_FORMAT}-{digest.partition(':')[2]}.json" if cache_dir else None
    if entry is not None and (kept := _read_entry(entry)) is not None:
        return kept
    data = trusted(read_rules(files))
    if entry is not None:
        _write_entry(entry, data)
    return data


def trusted(reading: Reading) -> RuleData:
    """Return a reading's data; raises `RulebookError` with its problems if it has any."""
    if reading.problems:
        problems = sorted(reading.problems)
        rest = len(problems) - SHOWN_PROBLEMS
        lines = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
        raise RulebookError("\n".join([*lines, f"and {rest} more"] if rest > 0 else lines))
    services, library = reading.documents.get(SERVICES), reading.documents.get(LIBRARY)
    return RuleData(
        payers={document.data["payer"]["id"]: document.data for _, document in reading.payer_files()},
        programs={document.data["program"]["id"]: document.data for _, document in reading.program_files()},
        services=services.data if services is not None else {},
        tables={name: sheet.rows for name, sheet in reading.sheets.items()},
        library=library.data if library is not None else {},
    )


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
            json.dump(kept, file, separators=(",", ":"))
        Path(name).replace(entry)
