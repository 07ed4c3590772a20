"""Shows that a changed rule lists just the open cases it touches: `python -m tests.proofs.impact --count N`.

N open cases of many payers, levels and days are made, and some closed ones. Which of them the rule touches
is worked out from how they were made (`impact_cases`), and held against what `vob rules impact` lists: first
of the directory with the rule, before it is in use, then of the rules in use, once it was installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from click.testing import CliRunner

from service.app import create_app
from service.cli import main as vob
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from tests.proofs.impact_cases import MARK, Made, invent, keep, write_rules
from tests.proofs.tables import write_table


@dataclass(frozen=True)
class Listed:
    """What a run of the command said: the cases, the line of counts, and how many seconds it took."""

    cases: Mapping[str, str]
    counts: str
    seconds: float
    names_a_member: bool


@dataclass(frozen=True)
class Run:
    """An instance with its cases, by id."""

    folder: Path
    made: Mapping[str, Made]

    @property
    def touched(self) -> set[str]:
        """The cases that the rule touches, as they were made."""
        return {case_id for case_id, made in self.made.items() if made.is_touched}

    def vob(self, *words: str) -> tuple[str, str]:
        """Run a command of this instance; what it says on both outputs."""
        done = CliRunner().invoke(vob, words, env=_environment(self.folder))
        if done.exit_code != 0:
            raise AssertionError(done.output)
        return done.stdout, done.stderr

    def list_impact(self, *wanted: str) -> Listed:
        """Run `vob rules impact`; each case with the rulebook that its answer came from."""
        began = perf_counter()
        stdout, stderr = self.vob("rules", "impact", *wanted, "--json")
        seconds = perf_counter() - began
        items = [json.loads(line) for line in stdout.splitlines()]
        if len({item["case_id"] for item in items}) != len(items):
            raise AssertionError("a case is listed twice")
        found = {item["case_id"]: item["rulebook"] for item in items}
        return Listed(found, stderr.strip().splitlines()[-1], seconds, MARK.lower() in stdout.lower())


def make_run(folder: Path, count: int, seed: int = 1) -> Run:
    """Make so many open cases, and some closed ones, in a new instance."""
    settings = Settings.from_env(_environment(folder))
    prepare(settings)
    office: Office = create_app(settings).extensions["office"]
    made = {keep(office, one, number): one for number, one in enumerate(invent(count, seed), 1)}
    office.close()
    return Run(folder, made)


def _environment(folder: Path) -> dict[str, str]:
    return {"OPENVOB_INSTANCE_PATH": str(folder), "OPENVOB_JOBS_THREADS": "0"}


def faults_of(listed: Listed, run: Run) -> list[str]:
    """Return what is wrong with a list: who is missing, who is too many, whether anybody is named."""
    missing, beyond = run.touched - listed.cases.keys(), listed.cases.keys() - run.touched
    named = ["a member is named"] if listed.names_a_member else []
    return [
        *(f"missing: {run.made[one].kind} ({one})" for one in sorted(missing)),
        *(f"too many: {run.made[one].kind} ({one})" for one in sorted(beyond)),
        *named,
    ]


def main() -> int:
    """Run the proof and say what was seen."""
    parser = argparse.ArgumentParser(description="Whether a changed rule lists just the cases it touches.")
    parser.add_argument("--count", type=int, default=5000, help="open cases")
    count = parser.parse_args().count
    with TemporaryDirectory(prefix="openvob-impact-") as name:
        logging.disable(logging.WARNING)
        began = perf_counter()
        run = make_run(Path(name) / "instance", count)
        seconds = perf_counter() - began
        rules = str(write_rules(Path(name) / "rules"))
        lists = {"the directory, before it is in use": run.list_impact(rules)}
        run.vob("rules", "install", rules)
        lists["the rules in use, once installed"] = run.list_impact()
    _report(run, seconds, lists)
    faults = [fault for listed in lists.values() for fault in faults_of(listed, run)]
    for fault in faults[:50]:
        sys.stdout.write(f"FAILED {fault}\n")
    return 1 if faults else 0


def _report(run: Run, seconds: float, lists: Mapping[str, Listed]) -> None:
    kinds = Counter(made.kind for made in run.made.values())
    touched = Counter(run.made[one].kind for one in run.touched)
    first = next(iter(lists.values()))
    listed = Counter(run.made[one].kind for one in first.cases)
    rows = [(kind, number, touched[kind], listed[kind]) for kind, number in kinds.items()]
    total = ("all", sum(kinds.values()), sum(touched.values()), sum(listed.values()))
    is_open = sum(made.is_open for made in run.made.values())
    title = f"{is_open:,} open cases, {len(run.made) - is_open:,} closed ones, made in {seconds:.0f} s"
    write_table(title, ("kind", "cases", "touched", "listed"), [*rows, total])
    for what, one in lists.items():
        sys.stdout.write(f"{what}: {len(one.cases):,} listed in {one.seconds:.1f} s. {one.counts}\n")


if __name__ == "__main__":
    sys.exit(main())
