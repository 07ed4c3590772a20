"""Shows that every event is told, and in order: `python -m tests.proofs.webhooks --count N`.

Clients have verifications made until there are N events, by a service that is killed with SIGKILL, several
times. A receiver takes some of what comes, refuses some, hangs up, is slow, and is gone now and then. What it
took is held against what the database says there was to tell. Waits between attempts, rests and leases are
shortened, and as many attempts are made as it takes; everything else is the service as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import requests
from sqlalchemy import func, select

from service.office import open_store_of
from service.store.session import Store, transaction
from service.store.tables import verifications
from service.store.webhook_tables import webhook_deliveries, webhook_events
from tests.proofs.kill import installations
from tests.proofs.serving import UNLIMITED, Installation, Served, start
from tests.proofs.tables import write_table
from tests.webhooks.receiver import HANG_UP, SLOW, Heard, receiving

COMMAND = """
from datetime import timedelta
from service import workers
from service.webhooks import posting, sending
workers.LOOK_SECONDS, posting.SECONDS = 0.2, 1.0
sending.SCHEDULE, sending.REST, sending.LONGEST_REST = (0.1, *[0.3] * 1000), 0.05, 0.3
sending.LEASE = timedelta(seconds=3)
from service.cli import main
main()
"""
KILLS = 5
CLIENTS, EVENTS_OF_A_CASE = 4, 9
MOODS = [204] * 14 + [500, 503, 429, 400, HANG_UP, SLOW]
WAITS_AT_MOST = 1800.0


@dataclass
class Run:
    """One run: where the service is just now, what was asked, what was heard."""

    installation: Installation
    count: int
    random: Random
    address: str = ""
    asked: int = 0
    unanswered: int = 0
    kills: int = 0
    outages: int = 0
    is_over: Event = field(default_factory=Event)
    is_up: Event = field(default_factory=Event)
    heard: list[Heard] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def prove(installation: Installation, count: int, seed: int) -> tuple[Run, dict[str, int]]:
    """Run, and return what came of it; `faults` is empty where all is as promised."""
    run = Run(installation, count, Random(seed))
    environment = installation.environment(**UNLIMITED, OPENVOB_WEBHOOK_THREADS="4")
    served = start(installation, command=COMMAND, environment=environment)
    run.address = served.address
    run.is_up.set()
    with receiving() as receiver:
        port = int(receiver.server.server_address[1])
        secret = _register(run, receiver.url)
    ears = Thread(target=_listen, args=(run, port, secret), daemon=True)
    ears.start()
    with closing(open_store_of(installation.settings())) as store, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_ask, run, store, number) for number in range(CLIENTS)]
        for kill in range(1, KILLS + 1):
            while _events(store) < count * kill // (KILLS + 1):
                time.sleep(0.05)
            served = _kill(run, served, environment)
        for client in clients:
            client.result()
        _wait_until_all_is_told(run, store)
        run.is_over.set()
        ears.join()
        served.end()
        return run, _judge(run, store)


def _register(run: Run, url: str) -> str:
    headers = {"Authorization": f"Bearer {run.installation.key}"}
    made = requests.post(f"{run.address}/v1/webhooks", json={"url": url}, headers=headers, timeout=30)
    made.raise_for_status()
    secret: str = made.json()["secret"]
    return secret


def _listen(run: Run, port: int, secret: str) -> None:
    """Be a receiver with good and bad days, and be gone now and then."""
    random = Random(run.random.random())

    def mood(number: int, payload: Mapping[str, Any]) -> int | str:
        return random.choice(MOODS)

    terms = {"secrets": [secret], "mood": mood, "heard": run.heard, "faults": run.faults, "slow_seconds": 1.5}
    while not run.is_over.is_set():
        with receiving(port, **terms):
            run.is_over.wait(random.uniform(2.0, 5.0))
        run.outages += 1
        run.is_over.wait(random.uniform(0.2, 1.0))


def _ask(run: Run, store: Store, number: int) -> None:
    """Have cases verified, each a few times with another answer, until there is enough to tell."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {run.installation.key}"
    person = 0
    while _events(store) < run.count:
        person += 1
        made = _post(run, session, "/v1/verifications", _body(number, person))
        for told in range((EVENTS_OF_A_CASE - 1) // 2):
            if made is None:
                break
            made = _post(run, session, f"/v1/verifications/{made['id']}/told", _telling(told))


def _post(run: Run, session: requests.Session, path: str, body: Any) -> dict[str, Any] | None:
    run.is_up.wait()
    run.asked += 1
    with suppress(requests.RequestException):
        answer = session.post(f"{run.address}{path}", json=body, timeout=30)
        if answer.status_code == 201:
            made: dict[str, Any] = answer.json()
            return made
        run.faults.append(f"{path.split('/')[2]} answered {answer.status_code}")
        return None
    run.unanswered += 1  # it was killed meanwhile; what it had written by then is told, or is not there
    return None


def _body(client: int, person: int) -> dict[str, Any]:
    member = {
        "member_id": f"W{client:02}{person:07}",
        "first_name": "Luz",
        "last_name": "Ensayo",
        "birth_date": "1990-01-01",
    }
    return {"payer": "cigna", "member": member, "level_of_care": "iop", "start_date": "2026-12-01"}


def _telling(number: int) -> dict[str, Any]:
    by = {"channel": "phone", "representative": "J. D.", "at": "2026-11-20T15:02:00Z"}
    limit = {"limit": "1500.00", "met": f"{number * 300 + 100}.00"}
    return {"told_benefits": {"told_by": by, "active": True, "deductible": {"individual": limit}}}


def _kill(run: Run, served: Served, environment: Mapping[str, str]) -> Served:
    run.is_up.clear()
    served.kill()
    run.kills += 1
    served = start(run.installation, command=COMMAND, environment=environment)
    run.address = served.address
    run.is_up.set()
    return served


def _events(store: Store) -> int:
    with transaction(store) as session:
        number: int = session.connection.execute(
            select(func.count()).select_from(webhook_events)
        ).scalar_one()
    return number


def _wait_until_all_is_told(run: Run, store: Store) -> None:
    ends = time.monotonic() + WAITS_AT_MOST
    query = select(func.count()).where(webhook_deliveries.c.state != "delivered")
    while time.monotonic() < ends:
        with transaction(store) as session:
            if session.connection.execute(query).scalar_one() == 0:
                return
        time.sleep(0.2)
    run.faults.append("something was not told in time")


def _judge(run: Run, store: Store) -> dict[str, int]:
    """Hold what was heard against what there was to tell."""
    with transaction(store) as session:
        query = select(webhook_events.c.id, webhook_events.c.case_id, webhook_events.c.payload)
        events = session.connection.execute(query.order_by(webhook_events.c.number)).all()
        made = set(session.connection.execute(select(verifications.c.id)).scalars())
    told_of = Counter(
        json.loads(one.payload)["data"]["id"] for one in events if '"verification.completed"' in one.payload
    )
    taken = [one.id for one in run.heard if one.answered == 204]
    first = {event_id: place for place, event_id in reversed([*enumerate(taken)])}
    before: dict[str, list[str]] = defaultdict(list)
    out_of_order = 0
    for event in events:
        place = first.get(event.id)
        out_of_order += sum(1 for one in before[event.case_id] if place is None or first[one] > place)
        before[event.case_id] += [event.id] if place is not None else []
    found = {
        "events": len(events),
        "taken at least once": len({*taken} & {one.id for one in events}),
        "taken again": len(taken) - len({*taken}),
        "out of order within a case": out_of_order,
        "verifications without exactly one event": sum(1 for one in made if told_of[one] != 1),
        "events of what is not there": len(told_of.keys() - made),
    }
    if found["taken at least once"] != found["events"] or any([*found.values()][3:]):
        run.faults.append(f"not as promised: {found}")
    return found


def report(title: str, run: Run, found: Mapping[str, int]) -> None:
    """Write what was done and what came of it."""
    answers = Counter(str(one.answered) for one in run.heard)
    rows: list[tuple[str, object]] = [
        ("requests to the service", run.asked),
        ("  left without an answer", run.unanswered),
        ("times the service was killed", run.kills),
        ("times nobody was there to receive", run.outages),
        ("requests to the receiver, each signature verified", len(run.heard)),
        ("answered", " ".join(f"{name}×{times}" for name, times in sorted(answers.items()))),
        *found.items(),
        ("faults", len(run.faults)),
    ]
    shown = [(name, f"{value:,}" if isinstance(value, int) else value) for name, value in rows]
    write_table(title, ("what", "how many"), shown)
    for fault in run.faults[:20]:
        sys.stdout.write(f"FAILED {fault}\n")


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Kills a service that tells a receiver with bad days.")
    parser.add_argument("--count", type=int, default=1000, help="events on each database")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faults = 0
    with TemporaryDirectory(prefix="openvob-webhooks-") as name, installations(Path(name)) as all_of_them:
        for title, installation in all_of_them:
            run, found = prove(installation, asked.count, asked.seed)
            report(f"{title}, {CLIENTS} clients", run, found)
            faults += len(run.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
