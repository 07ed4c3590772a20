"""Changes the engine and the rulebook in small ways, one at a time, and counts which changes a test notices.

`python -m tests.proofs.mutation N [SEED]` tries N changes picked at random (0: all of them, which takes
hours) with mutmut, which is configured in pyproject.toml, and prints the share that was noticed by module.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = ROOT / "mutants" / "copy"
LEFT_OUT = (".git", ".venv*", ".locker", "instance", "mutants", "*_cache", "__pycache__")
# What is kept from one try would answer in the next: in the copy nothing is kept.
KEEPING = re.compile(r"^@lru_cache\(.*\)\n", re.MULTILINE)
MUTMUT = [sys.executable, "-m", "mutmut", "run"]
SURVIVED, NO_TEST = 0, 33
CHILDREN = "2"


def main() -> None:
    """Try the changes and print what came of them."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    make_copy()
    subprocess.run([*MUTMUT, "nothing.of.this.name"], cwd=COPY, check=False, capture_output=True)
    names = sorted(name for name, _ in results())
    picked = random.Random(seed).sample(names, min(count, len(names))) if count else names
    subprocess.run([*MUTMUT, "--max-children", CHILDREN, *picked], cwd=COPY, check=False)
    tried = {name: code for name, code in results() if code is not None and name in set(picked)}
    report(tried, len(names))


def make_copy() -> None:
    """Copy what is tried, with what the engine keeps from one call to the next taken out."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT, COPY, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for file in (COPY / "service" / "engine").glob("*.py"):
        file.write_text(KEEPING.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")


def results() -> Iterator[tuple[str, int | None]]:
    """Yield every change by name, with what came of it (an exit code), or `None` where it was not tried."""
    for file in sorted((COPY / "mutants").rglob("*.meta")):
        yield from json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].items()


def report(tried: dict[str, int], of: int) -> None:
    """Print the changes tried, noticed and not noticed, by module; a test that never ends noticed it."""
    modules: dict[str, Counter[bool]] = {}
    for name, code in tried.items():
        module = name.rpartition(".x")[0]
        modules.setdefault(module, Counter())[code not in (SURVIVED, NO_TEST)] += 1
    for module, counts in sorted(modules.items()):
        say(f"  {module:<40} {counts[True]:>5} of {counts.total():>5} noticed")
    noticed = sum(counts[True] for counts in modules.values())
    say(f"{noticed} of {len(tried)} changes noticed ({100 * noticed / len(tried):.1f} %), of {of} in all.")
    for name in sorted(name for name, code in tried.items() if code in (SURVIVED, NO_TEST)):
        say(f"  not noticed: {name}")


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
