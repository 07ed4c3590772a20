"""Shows that nothing said of a member gets out sideways: `python -m tests.proofs.sentinel --count N`.

N verifications of marked people go through every door of a service, each refusal among them, once on SQLite
with a log in JSON and once with a plain log (on PostgreSQL where a server is named). Then every place where
a mark must not stand is searched. Good answers hold the member by design: of them the headers are searched.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from payers.sandbox import answers
from payers.sandbox.roster import BY_MEMBER_ID
from payers.sandbox.server import Sandbox
from tests.databases import SqliteFiles, postgres_server, server_address
from tests.proofs.collector import collecting
from tests.proofs.marks import Marked
from tests.proofs.sentinel_commands import run_commands
from tests.proofs.sentinel_doors import (
    SLOW,
    TROUBLES,
    V1,
    follow,
    known_to_the_payer,
    meet_trouble,
    request_about,
)
from tests.proofs.sentinel_pages import STAFF, look_on, sign_in, take_in_staff, work_at_the_desk
from tests.proofs.sentinel_refusals import be_refused
from tests.proofs.sentinel_run import Found, Run, database_gone, dump, search_files
from tests.proofs.serving import UNLIMITED, Installation, Served, run_command, serving, start
from tests.proofs.tables import write_table
from tests.proofs.visitor import Visitor

FAULTY = "from tests.proofs.faulty import serve; serve()"
AT_ONCE = 6
PAYER_SECONDS = 1.5
AT_PAGES, REFUSED, TROUBLED = 600_000, 700_000, 800_000
"""The numbers from which on people are met at pages, are refused, and have a payer that misbehaves."""


@contextmanager
def payer_of_the_marked(run: Run) -> Iterator[Sandbox]:
    """A sandbox payer of this process that knows every marked person of a run."""
    members = [known_to_the_payer(number) for number in range(run.count)]
    members += [
        known_to_the_payer(number, TROUBLES[number % len(TROUBLES)])
        for number in range(TROUBLED, TROUBLED + run.troubled)
    ]
    members.append(known_to_the_payer(SLOW, "slow"))
    known = {str(member.person.member_id): member for member in members}
    everybody = MappingProxyType({**BY_MEMBER_ID, **known})
    with (
        patch.object(answers, "BY_MEMBER_ID", everybody),
        Sandbox(slow_seconds=0.8, drip_seconds=0.3) as payer,
    ):
        yield payer


def prove(run: Run) -> Found:
    """Go through every door, and search every place."""
    found, today = Found(), date.today()  # noqa: DTZ011 (the clinic's day, near enough for an inquiry)
    place = run.installation
    with payer_of_the_marked(run) as payer, collecting() as collector:
        terms = {**place.lead_to(payer.url, PAYER_SECONDS), "OPENVOB_LOG_LEVEL": "debug"}
        terms["OPENVOB_TRACES_ENDPOINT"] = collector.url
        told = place.environment(**terms, OPENVOB_LOG_FORMAT=run.log_format)
        with serving(place, command=FAULTY, environment={**told, **UNLIMITED}) as served:
            _go_through_the_doors(run, found, served, today)
        with serving(place, environment={**told, **_narrow_limits()}) as served:
            _ask_too_often(found, Visitor(served.address, place.key, found.seen), today)
        served = start(place, environment={**told, **UNLIMITED})
        try:
            with ThreadPoolExecutor(1) as pool:  # commands need no database, so they fill the wait for one
                commands = pool.submit(run_commands, run, told, found, today)
                _lose_the_database(run, found, served, today)
                found.commands += commands.result()
        finally:
            served.kill()  # what a service clears away when it ends well is still there to be searched
    for sent in collector.received:
        found.look_into("spans that were sent to a collector", sent)
    _search(run, found)
    return found


def _go_through_the_doors(run: Run, found: Found, served: Served, today: date) -> None:
    def visitor(key: str = run.installation.key) -> Visitor:
        return Visitor(served.address, key, found.seen)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: follow(visitor(), number, today), range(run.count)))
        refused = range(REFUSED, REFUSED + run.refused)
        list(pool.map(lambda number: be_refused(visitor(), Marked(number), today), refused))
        troubled = range(TROUBLED, TROUBLED + run.troubled)
        list(pool.map(lambda number: meet_trouble(visitor(), number, today), troubled))
    _go_through_the_pages(run, visitor, today)
    words = ("keys", "add", "--name", "narrow", "--scope", "payers:read")
    narrow = run_command(run.installation, words, b"", run.installation.environment())
    some = visitor(narrow.stdout.decode().split()[-1])
    some.call("403 key for less", "POST", V1, json=request_about(Marked(REFUSED), "cigna", today))
    some.call("403 key for less", "GET", f"/v1/cases?owner={Marked(REFUSED).word}")
    _read_numbers(found, visitor())


def _go_through_the_pages(run: Run, visitor: Callable[[], Visitor], today: date) -> None:
    take_in_staff(run.installation)
    clerk, reviser, keeper = (sign_in(visitor(), name) for name in STAFF)
    for number in range(AT_PAGES, AT_PAGES + run.refused * 3):
        work_at_the_desk(clerk, number, today)
        look_on(reviser, keeper, number)


def _narrow_limits() -> dict[str, str]:
    return {
        "OPENVOB_RATE_CLIENT": "40/minute",
        "OPENVOB_RATE_ADDRESS": "3/minute",
        "OPENVOB_RATE_MEMBER": "2/minute",
    }


def _ask_too_often(found: Found, visitor: Visitor, today: date) -> None:
    marked = Marked(REFUSED)
    body = request_about(marked, "cigna", today, live=False)
    for _ in range(5):
        visitor.call("429 about one member", "POST", V1, json=body)
        headers = {"Authorization": f"Bearer {marked.word}"}
        visitor.call("429 without a key", "GET", f"/v1/payers?{marked.word}=1", headers=headers)
    _read_numbers(found, visitor)
    for _ in range(40):
        visitor.call("429 one client", "GET", f"/v1/payers/{marked.word}")


def _read_numbers(found: Found, visitor: Visitor) -> None:
    answer = visitor.call("GET metrics", "GET", "/metrics")
    found.seen.numbers.search(answer.content)


def _lose_the_database(run: Run, found: Found, served: Served, today: date) -> None:
    """Take the database away while marked people are asked about, and bring it back."""
    visitor = Visitor(served.address, run.installation.key, found.seen)
    marked = Marked(REFUSED)
    visitor.make("POST verification: after a restart", V1, request_about(marked, "aetna", today))
    body = request_about(marked, "aetna", today, live=False)
    key = {"Idempotency-Key": f"{marked.word}-gone"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/readyz", {}),
        ("GET", f"/v1/cases?owner={marked.word}", {}),
        ("POST", V1, {"json": body}),
        ("POST", f"{V1}/search", {"json": {"member_id": marked.member_id}}),
        ("POST", "/v1/cases", {"json": {"label": marked.phrase}, "headers": key}),
    ]
    with database_gone(run.installation.database_url), ThreadPoolExecutor(len(asked)) as pool:
        list(pool.map(lambda one: visitor.call("no database", one[0], one[1], **one[2]), asked))
    _read_numbers(found, visitor)


def _search(run: Run, found: Found) -> None:
    """Search what came back, and whatever was left behind."""
    seen = found.seen
    found.places["headers of every answer"] = seen.headers
    found.places["bodies of every refusal"] = seen.refusals
    found.places["lists that name nobody"] = seen.silent
    found.places["/metrics"] = seen.numbers
    search_files(run, found)
    if not run.installation.database_url.startswith("sqlite"):
        found.look_into("pg_dump --inserts", dump(run.installation.database_url))


def report(title: str, found: Found) -> None:
    """Write what was done at each door and what was found in each place."""
    rows: list[tuple[str, int, str]] = []
    for door, statuses in found.seen.statuses.items():
        heard = found.seen.heard[door]
        counted = " ".join(f"{status}×{count}" for status, count in sorted(statuses.items()))
        rows.append((door, statuses.total(), f"{counted}, {heard} with a reply" if heard else counted))
    commands = sorted(found.commands.items())
    rows += [(f"$ {name}", count, f"exit code {code}") for (name, code), count in commands]
    write_table(f"{title}: {found.seen.requests():,} requests", ("door", "times", "statuses × times"), rows)
    searched = [(place, one.size, len(one.hits)) for place, one in found.places.items()]
    write_table(
        f"{title}: where marks were looked for, {found.log_lines:,} lines of log among them",
        ("place", "bytes", "hits"),
        searched,
    )
    for hit in found.hits()[:50]:
        sys.stdout.write(f"HIT {hit}\n")


def runs(count: int, folder: Path) -> Iterator[tuple[str, Run]]:
    """Yield the runs there are: SQLite always, PostgreSQL where a server is named."""
    turns = max(1, count // 250)
    with SqliteFiles(folder).database(folder / "a" / "instance", empty=True) as url:
        yield "SQLite, log in JSON", Run(Installation(folder / "a", url), "json", count, turns)
    address = server_address()
    if address is None:
        with SqliteFiles(folder).database(folder / "b" / "instance", empty=True) as url:
            yield "SQLite, plain log", Run(Installation(folder / "b", url), "plain", count, turns)
        return
    with postgres_server(address) as server, server.database(folder / "b") as url:
        yield "PostgreSQL, plain log", Run(Installation(folder / "b", url), "plain", count, turns)


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Looks for marked people where nobody must stand.")
    parser.add_argument("--count", type=int, default=500, help="verifications in each run")
    asked = parser.parse_args()
    hits = 0
    with TemporaryDirectory(prefix="openvob-sentinel-") as folder:
        for title, run in runs(asked.count, Path(folder)):
            found = prove(run)
            report(title, found)
            hits += len(found.hits())
    sys.stdout.write(f"\n{hits} hits\n")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main())
