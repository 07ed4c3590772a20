"""What the rulebook costs: reading, memory, a lookup, noticing other rules, an answer from few or all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench.asked import NOW, REQUEST, ROOT, TOLD_REQUEST
from bench.measure import show, time_in_turn
from payers.rulebook import Rulebook, lay_over, load_rulebook, load_rulebook_from_files
from schemas.inquiry import load_inquiry
from service.clinic import load_clinic
from service.config import Settings
from service.office import open_store_of
from service.store import rulebooks
from service.store.session import transaction
from service.verify import Desk, known, verify

TIMES = 5
FEW = ("aetna", "cigna", "florida-blue", "florida-medicaid", "medicare", "medigap", "unitedhealthcare")
SHARED = ("services.yaml", "coordination.yaml", "cards.yaml", "plans.yaml")
DAY = date(2026, 12, 1)
SITE = load_clinic(ROOT / "clinic.example.yaml").site_for("cmhc", "aetna")
ONCE = """
import sys, time
from pathlib import Path
from payers.rulebook import load_rulebook
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))
before, began = resident(), time.perf_counter()
kept = load_rulebook(None, Path(sys.argv[1]))
print((time.perf_counter() - began) * 1e3, (resident() - before) / 1e3)
"""
OVERLAY = {
    "aetna.yaml": b"""\
payer: {id: aetna, name: Aetna, line_of_business: commercial}
sources:
  letter: {title: An invented letter, url: null, published: null, retrieved: 2026-02-03, confidence: primary}
services:
  intensive_outpatient:
    prior_authorization: [{from: 2026-01-01, value: notification, source: letter, at: "p. 2"}]
"""
}


def main() -> None:
    """Print milliseconds and megabytes of loading, and microseconds of a lookup."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold, cold_memory = _in_a_new_process(Path(folder) / "none")
        load_rulebook(None, cache)
        cached, cached_memory = _in_a_new_process(cache)
        tracemalloc.start()
        rulebook = load_rulebook(None, cache)
        read = tracemalloc.get_traced_memory()[0]
        _ask_everything(rulebook)
        asked = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        laid = _milliseconds(lambda: lay_over(rulebook, [("installed", OVERLAY)], cache))
        show(
            f"A rulebook of {len(rulebook.payer_ids)} payers ({datetime.now(UTC):%Y-%m-%d})",
            [
                (
                    "read cold",
                    f"{cold:,.0f} ms",
                    f"judged; the process grows by {cold_memory:,.0f} MB",
                ),
                (
                    "read from the cache",
                    f"{cached:,.0f} ms",
                    f"the process grows by {cached_memory:,.0f} MB",
                ),
                ("a set laid over it", f"{laid:,.1f} ms", "what a switch costs each process, once"),
                ("memory once read", f"{read / 1e6:,.1f} MB", ""),
                ("memory once all plans were asked", f"{asked / 1e6:,.1f} MB", ""),
            ],
        )
        _time_lookups(rulebook, lay_over(rulebook, [("installed", OVERLAY)], cache))
        _time_noticing(cache)
        _time_answers(rulebook)


def _in_a_new_process(cache: Path) -> tuple[float, float]:
    """Return milliseconds of reading, and megabytes that the process has grown by, each in its median."""
    shots = []
    for _ in range(TIMES):
        if cache.name == "none":
            shutil.rmtree(cache, ignore_errors=True)
        said = subprocess.run(
            [sys.executable, "-c", ONCE, str(cache)], capture_output=True, text=True, check=True
        ).stdout.split()
        shots.append((float(said[0]), float(said[1])))
    return median(taken for taken, _ in shots), median(grown for _, grown in shots)


def _milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        began = perf_counter()
        work()
        taken.append((perf_counter() - began) * 1e3)
    return median(taken)


def _ask_everything(rulebook: Rulebook) -> None:
    for payer in rulebook.payer_ids:
        for plan in (None, *rulebook.identity(payer).plans):
            _ask(rulebook, payer, plan)


def _ask(rulebook: Rulebook, payer: str, plan: str | None) -> object:
    return rulebook.published(
        payer, plan, site=SITE, condition=None, modality=None, age_on=_adult, dates=[DAY]
    )


def _adult(_: date) -> int:
    return 30


def _time_lookups(plain: Rulebook, laid: Rulebook) -> None:
    subjects = {
        "built-in": lambda: _ask(plain, "aetna", None),
        "with a set laid over it": lambda: _ask(laid, "aetna", None),
    }
    times = time_in_turn(subjects, calls=2000)
    show("A published lookup", [(name, f"{taken:,.1f} µs", "") for name, taken in times.items()])


def _time_answers(whole: Rulebook) -> None:
    """Print what an answer costs from the whole, and from a rulebook of seven payers and nothing else."""
    few = load_rulebook_from_files({name: whole.files[name] for name in (*SHARED, *_files_of_few(whole))})
    clinic = load_clinic(ROOT / "clinic.example.yaml")
    desks = {
        f"{len(few.payer_ids)} payers": Desk(few, clinic),
        f"{len(whole.payer_ids)} payers": Desk(whole, clinic),
    }
    rows = []
    for request in (REQUEST, TOLD_REQUEST):
        subjects = {name: partial(_answer, desk, request) for name, desk in desks.items()}
        few_taken, taken = time_in_turn(subjects, calls=50).values()
        note = f"{taken / few_taken:.2f} times the {few_taken:,.0f} µs from {len(few.payer_ids)}"
        rows.append((str(request["payer"]), f"{taken:,.0f} µs", note))
    show(f"An answer from {len(whole.payer_ids)} payers", rows)


def _files_of_few(whole: Rulebook) -> set[str]:
    return {name for payer in FEW for name in whole.files_of(payer)}


def _answer(desk: Desk, request: dict[str, Any]) -> object:
    inquiry, warnings = load_inquiry(request, known(desk, NOW))
    return verify(desk, inquiry, at=NOW, warnings=warnings)


def _time_noticing(folder: Path) -> None:
    store = open_store_of(Settings.from_env({"OPENVOB_INSTANCE_PATH": str(folder)}))

    def look() -> int:
        with transaction(store) as session:
            return rulebooks.last_use(session)

    taken = time_in_turn({"look": look}, calls=500)["look"]
    store.close()
    show(
        "Whether other rules were put in use, once a request", [("embedded database", f"{taken:,.0f} µs", "")]
    )


if __name__ == "__main__":
    main()
