"""Verifications that ask a payer live: what waiting costs, and who is answered while another payer hangs.

A service runs as a process of its own; those who call and the sandbox payer share another, and all is reached
over loopback as in earnest. First a payer that takes a second, asked by more and more callers at a time; then
two hundred at once, half of them to a payer that hangs, and the healthy one alone before.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from time import perf_counter
from typing import Any

import requests

from bench.asked import ROOT
from bench.measure import remark, show
from bench.serving import Served, processor_of, served
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.cli.sandbox import request_about
from tests.databases import SqliteFiles

HALF = 100
CALLERS, SECONDS, PAYER_SECONDS = (1, 8, 32, 64), 10, 1.0
HANGING = ("hanging", "hanging", "hanging", "dying", "drip")
AT_MOST_SLOWER = 1.2
PROFILE = """
connections:
  - id: healthy
    channel: x12
    form: mime
    url: {url}/x12/mime
    payers: {{cigna: "62308"}}
    sender: BENCH
    receiver: SANDBOX
    test: true
    keep_seconds: 0
    at_most: {half}
  - id: sick
    channel: x12
    form: soap
    url: {url}/x12/soap
    payers: {{unitedhealthcare: "87726"}}
    sender: BENCH
    receiver: SANDBOX
    test: true
    keep_seconds: 0
"""
SECRETS = {
    f"OPENVOB_CONNECTION_{name}_{part}": "bench"
    for name in ("HEALTHY", "SICK")
    for part in ("USER", "PASSWORD")
}
WAITING = (
    "callers",
    "answers a second",
    "median, ms",
    "over the payer's second",
    "95 %, ms",
    "processor, ms",
)
AT_ONCE = ("", "asked", "median, s", "95 %, s", "longest, s", "statuses")


@dataclass(frozen=True)
class Answered:
    """One verification: for which payer, how long it took, and the status it was answered with."""

    payer: str
    seconds: float
    status: str


@contextmanager
def asking(payer: Sandbox) -> Iterator[Served]:
    """A service that asks the sandbox, as a process."""
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "clinic.yaml"
        example = (ROOT / "clinic.example.yaml").read_text("utf-8")
        profile.write_text(example + PROFILE.format(url=payer.url, half=HALF), "utf-8")
        given = {"OPENVOB_CLINIC_PROFILE": str(profile), "OPENVOB_LOG_LEVEL": "error", **SECRETS}
        with served(SqliteFiles(Path(folder)), given) as service:
            yield service


def body_of(key: str, payer: str) -> dict[str, Any]:
    """A request about a member of the roster, asked of one of the two payers."""
    start = datetime.now(UTC).date() + timedelta(days=1)
    return {**request_about(BY_KEY[key], start), "payer": payer}


def ask(service: Served, body: dict[str, Any], caller: requests.Session) -> Answered:
    """Post a request, and say what came of it."""
    began = perf_counter()
    try:
        headers = {"Authorization": f"Bearer {service.key}"}
        reply = caller.post(f"{service.address}/v1/verifications", json=body, headers=headers, timeout=60)
        status = reply.json()["status"] if reply.status_code == 201 else str(reply.status_code)
    except requests.RequestException as error:
        status = type(error).__name__
    return Answered(body["payer"], perf_counter() - began, status)


def ask_all(service: Served, bodies: list[dict[str, Any]], seconds: float = 0) -> list[Answered]:
    """Post all requests at the same moment, each in a thread of its own, and again for so many seconds."""
    answered: list[Answered] = []
    ready = Barrier(len(bodies))

    def go_on(body: dict[str, Any]) -> None:
        with requests.Session() as caller:
            ready.wait()
            began = perf_counter()
            answered.append(ask(service, body, caller))
            while perf_counter() - began < seconds:
                answered.append(ask(service, body, caller))

    threads = [Thread(target=go_on, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def wait(service: Served) -> list[tuple[str | float, ...]]:
    """Return a row for each number of callers, who ask a payer that takes a second again and again."""
    rows = []
    ask_all(service, [body_of("slow", "cigna")] * CALLERS[-1])
    for callers in CALLERS:
        worked, began = processor_of(service.process), perf_counter()
        answered = ask_all(service, [body_of("slow", "cigna")] * callers, SECONDS)
        taken, worked = perf_counter() - began, processor_of(service.process) - worked
        if {one.status for one in answered} != {"complete"}:
            raise SystemExit(f"not all are complete: {Counter(one.status for one in answered)}")
        times = sorted(1000 * one.seconds for one in answered)
        late = times[int(len(times) * 0.95)]
        over = median(times) - 1000 * PAYER_SECONDS
        each = 1000 * worked / len(times)
        rows.append((callers, len(times) / taken, median(times), over, late, each))
    return rows


def row(name: str, answered: list[Answered]) -> tuple[str | float, ...]:
    """Return how many, how fast, with which statuses."""
    seconds = sorted(one.seconds for one in answered)
    counted = Counter(one.status for one in answered).items()
    statuses = ", ".join(f"{count} {status}" for status, count in counted)
    return (name, len(seconds), median(seconds), seconds[int(len(seconds) * 0.95)], seconds[-1], statuses)


def hang(service: Served, member: str) -> None:
    """Show a healthy payer alone and beside one that hangs; `member` says how the healthy one answers."""
    healthy = [body_of(member, "cigna") for _ in range(HALF)]
    sick = [body_of(HANGING[number % len(HANGING)], "unitedhealthcare") for number in range(HALF)]
    mixed = [body for pair in zip(sick, healthy, strict=True) for body in pair]
    ask_all(service, healthy[:8])
    alone = row("healthy payer alone", ask_all(service, healthy))
    together = ask_all(service, mixed)
    beside = row("healthy payer, beside", [one for one in together if one.payer == "cigna"])
    others = row("hanging and dying payer", [one for one in together if one.payer != "cigna"])
    show(f"Two hundred at once, the healthy payer answers like '{member}'", [alone, beside, others], AT_ONCE)
    longest = max(one.seconds for one in together)
    slower = float(beside[2]) / float(alone[2])
    remark(f"beside / alone {slower:.2f} (at most {AT_MOST_SLOWER}); longest {longest:.1f} s (of 20)")


def main(members: list[str]) -> None:
    """Show both tables."""
    with Sandbox(slow_seconds=PAYER_SECONDS) as payer, asking(payer) as service:
        show("A payer that takes a second, asked live", wait(service), WAITING)
    for member in members:
        with Sandbox() as payer, asking(payer) as service:
            hang(service, member)


if __name__ == "__main__":
    main(sys.argv[1:] or ["slow", "ppo-full"])
