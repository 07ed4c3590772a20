"""Two hundred verifications at once, half of them to a payer that hangs: who is answered, and how fast.

A service and the sandbox payer run as processes of their own, reached over loopback as in earnest. The
healthy payer takes as long as its members say; it is asked alone first, then beside the hanging one.
"""

from __future__ import annotations

import os
import socket
import subprocess
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
from time import perf_counter, sleep
from typing import Any

import requests

from bench.asked import OFTEN
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.cli.sandbox import request_about
from service.config import Settings
from service.first_run import prepare

ROOT = Path(__file__).resolve().parents[1]
HALF = 100
HEALTHY, SICK = "healthy", "sick"
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


@dataclass(frozen=True)
class Answered:
    """One verification: for which payer, how long it took, and the status it was answered with."""

    payer: str
    seconds: float
    status: str


@contextmanager
def served(url: str) -> Iterator[tuple[str, str]]:
    """A service that asks the sandbox at `url`, as a process; its address and key."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        profile = Path(folder) / "clinic.yaml"
        example = (ROOT / "clinic.example.yaml").read_text("utf-8")
        profile.write_text(example + PROFILE.format(url=url, half=HALF), "utf-8")
        environment = {
            **os.environ,
            "OPENVOB_INSTANCE_PATH": folder,
            "OPENVOB_CLINIC_PROFILE": str(profile),
            "OPENVOB_PORT": str(port),
            **OFTEN,
            **{
                f"OPENVOB_CONNECTION_{name}_{part}": "bench"
                for name in ("HEALTHY", "SICK")
                for part in ("USER", "PASSWORD")
            },
        }
        key = prepare(Settings.from_env(environment)).api_key or ""
        command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as service:
            address = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    requests.get(f"{address}/healthz", timeout=1)
                    break
                except requests.ConnectionError:
                    sleep(0.1)
            try:
                yield address, key
            finally:
                service.terminate()


def body_of(key: str, payer: str) -> dict[str, Any]:
    """A request about a member of the roster, asked of one of the two payers."""
    start = datetime.now(UTC).date() + timedelta(days=1)
    return {**request_about(BY_KEY[key], start), "payer": payer}


def ask_all(address: str, key: str, bodies: list[dict[str, Any]]) -> list[Answered]:
    """Post all requests at the same moment, each in a thread of its own."""
    answered: list[Answered] = []
    ready = Barrier(len(bodies))

    def ask(body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        ready.wait()
        began = perf_counter()
        try:
            reply = requests.post(f"{address}/v1/verifications", json=body, headers=headers, timeout=60)
            status = reply.json()["status"] if reply.status_code == 201 else str(reply.status_code)
        except requests.RequestException as error:
            status = type(error).__name__
        answered.append(Answered(body["payer"], perf_counter() - began, status))

    threads = [Thread(target=ask, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def show(name: str, answered: list[Answered]) -> float:
    """Print a row: how many, how fast, with which statuses; return the median."""
    seconds = sorted(one.seconds for one in answered)
    statuses = ", ".join(
        f"{count} {status}" for status, count in Counter(one.status for one in answered).items()
    )
    middle = median(seconds)
    late = seconds[int(len(seconds) * 0.95)]
    print(f"{name:<34}{len(seconds):>5}{middle:>9.2f}{late:>9.2f}{seconds[-1]:>9.2f}   {statuses}")
    return middle


def main(member: str) -> None:
    """Measure with a healthy payer whose members answer as one of the roster does."""
    healthy = [body_of(member, "cigna") for _ in range(HALF)]
    sick = [body_of(HANGING[number % len(HANGING)], "unitedhealthcare") for number in range(HALF)]
    mixed = [body for pair in zip(sick, healthy, strict=True) for body in pair]
    with Sandbox() as payer, served(payer.url) as (address, key):
        ask_all(address, key, healthy[:8])
        print(f"healthy payer answers like '{member}'")
        print(f"{'seconds':<34}{'':>5}{'median':>9}{'95 %':>9}{'longest':>9}")
        alone = show("healthy payer alone", ask_all(address, key, healthy))
        together = ask_all(address, key, mixed)
        beside = show("healthy payer, beside", [one for one in together if one.payer == "cigna"])
        show("hanging and dying payer", [one for one in together if one.payer != "cigna"])
        longest = max(one.seconds for one in together)
    print(f"beside / alone {beside / alone:.2f} (at most {AT_MOST_SLOWER}); longest {longest:.1f} s (of 20)")


if __name__ == "__main__":
    for answers_like in sys.argv[1:] or ("slow", "ppo-full"):
        main(answers_like)
