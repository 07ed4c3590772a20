"""Shows that a service may be killed at any moment: `python -m tests.proofs.kill --count N`.

Clients write N times to a service that is killed with SIGKILL at random moments: the whole of it, or only
the process that answers. After each kill the database is looked at: everything that was acknowledged is
there and can be opened, and nothing is there by half. Whoever got no answer asks again with the same key.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from service.store.audit import Verdict
from service.store.idempotency import CLAIM_LASTS
from tests.databases import SqliteFiles, postgres_server, server_address
from tests.proofs.clients import Clients
from tests.proofs.killed import State, check_trail, let_claims_lapse, look
from tests.proofs.serving import Installation, Served, start, wait_until_ready
from tests.proofs.tables import write_table

THREADS = 6
WRITES_A_KILL = 20
# A service answers some hundred writes a second: it is killed while there are still some to come.
SHORTEST, LONGEST = 0.05, 0.5


@dataclass
class Found:
    """What a run came to; `faults` is empty where all is as promised."""

    clients: Clients
    kills: int = 0
    workers_killed: int = 0
    done_unseen: set[str] = field(default_factory=set)
    state: State | None = None
    verdict: Verdict | None = None
    faults: list[str] = field(default_factory=list)


def prove(installation: Installation, count: int, seed: int, *, waits: bool) -> Found:
    """Kill a service while it is written to; where nobody `waits`, claims of the dead are made to lapse."""
    random = Random(seed)
    served = start(installation)
    found = Found(Clients(installation.key, count, random))
    clients = found.clients
    with ThreadPoolExecutor(THREADS) as pool:
        clients.address = served.address
        clients.is_up.set()
        clients.run(pool, THREADS)
        try:
            while not clients.are_done:
                time.sleep(random.uniform(SHORTEST, LONGEST))
                if found.kills * WRITES_A_KILL <= len(clients.acknowledged):
                    served = _kill(installation, served, found)
        finally:
            clients.is_up.set()
    _finish(installation, served, found, waits=waits)
    return found


def _kill(installation: Installation, served: Served, found: Found) -> Served:
    """Kill a service or the process that answers, look at what it left, and let the clients go on."""
    clients = found.clients
    clients.is_up.clear()
    found.kills += 1
    if found.kills % 3 == 0:
        found.workers_killed += 1
        served.kill_worker()
        _look(installation, found)
        wait_until_ready(served)
    else:
        served.kill()
        _look(installation, found)
        served = start(installation)
    clients.address = served.address
    clients.is_up.set()
    return served


def _look(installation: Installation, found: Found) -> None:
    before = found.state.records if found.state else frozenset()
    acknowledged = list(found.clients.acknowledged.values())
    found.state = look(installation, acknowledged, opened=set(acknowledged) - before)
    found.done_unseen |= found.state.records - set(acknowledged)
    found.faults += found.state.faults


def _finish(installation: Installation, served: Served, found: Found, *, waits: bool) -> None:
    """Send what is left, end the service as an operator does, and look at the whole."""
    clients = found.clients
    if clients.claimed and waits:
        time.sleep(CLAIM_LASTS.total_seconds() + 1)
    elif clients.claimed:
        let_claims_lapse(installation)
    clients.send_claimed()
    served.end()
    acknowledged = list(clients.acknowledged.values())
    found.state = look(installation, acknowledged, opened=acknowledged)
    found.verdict = check_trail(installation)
    found.faults += [*found.state.faults, *clients.refused]
    records = len(found.state.records)
    if not records == len(set(acknowledged)) == clients.writes:
        answers = len(set(acknowledged))
        found.faults.append(f"{clients.writes} writes made {records} records, {answers} answers")
    verdict = found.verdict
    if verdict.fault is not None or verdict.waiting or verdict.linked != found.state.events:
        found.faults.append(f"the audit trail does not hold: {verdict}")


def report(title: str, found: Found) -> None:
    """Write what was done and what is left."""
    clients, state, verdict = found.clients, found.state, found.verdict
    assert state is not None
    assert verdict is not None
    again = {clients.acknowledged[number] for number in clients.unanswered if number in clients.acknowledged}
    statuses = " ".join(f"{name}×{times}" for name, times in sorted(clients.statuses.items()))
    rows: list[tuple[str, object]] = [
        ("writes acknowledged", len(clients.acknowledged)),
        ("times the whole service was killed", found.kills - found.workers_killed),
        ("times only the process that answers was killed", found.workers_killed),
        ("writes that were left without an answer, and sent again", len(clients.unanswered)),
        ("  of them done already: the same answer came", len(again & found.done_unseen)),
        ("  of them not done: done now", len(again - found.done_unseen)),
        ("answers by status", statuses),
        ("verifications kept", len(state.verifications)),
        ("cases kept that no verification opened", len(state.cases)),
        ("records made twice", len(state.records) - len(set(clients.acknowledged.values()))),
        ("audit events", state.events),
        ("linked in the chain", verdict.linked),
        ("faults (missing, halves, unreadable, chain)", len(found.faults)),
    ]
    shown = [(name, f"{value:,}" if isinstance(value, int) else value) for name, value in rows]
    write_table(title, ("what", "how many"), shown)
    for fault in found.faults[:50]:
        sys.stdout.write(f"FAILED {fault}\n")


@contextmanager
def installations(folder: Path) -> Iterator[list[tuple[str, Installation]]]:
    """An installation on a file, and one on a server where one is named."""
    with SqliteFiles(folder).database(folder / "file" / "instance") as file:
        found = [("SQLite", Installation(folder / "file", file))]
        address = server_address()
        if address is None:
            yield found
            return
        with postgres_server(address) as server, server.database(folder) as url:
            yield [*found, ("PostgreSQL", Installation(folder / "server", url))]


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Kills a service while it is written to.")
    parser.add_argument("--count", type=int, default=1000, help="writes to each database")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faults = 0
    with TemporaryDirectory(prefix="openvob-kill-") as name, installations(Path(name)) as found:
        for title, installation in found:
            proven = prove(installation, asked.count, asked.seed, waits=True)
            report(f"{title}, {THREADS} clients", proven)
            faults += len(proven.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
