"""What a process that answers holds: once started, after many verifications, after every plan was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.asked import REQUEST
from bench.batch import rows
from bench.measure import remark, show
from bench.serving import Served, memory_of, resident, served
from tests.databases import SqliteFiles

VERIFICATIONS = 1_000
COLUMNS = ("", "MB resident", "MB of its own", "MB of the process that watches")


def main() -> None:
    """Show the table."""
    with TemporaryDirectory() as scratch, served(SqliteFiles(Path(scratch)), {}) as service:
        shown = [row("started, nothing asked", service)]
        for asked in islice(mixed(), VERIFICATIONS):
            service.call("POST", "/v1/verifications", json=asked)
        shown.append(row(f"after {VERIFICATIONS:,} verifications", service))
        plans = plans_of(service)
        start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
        for payer, plan in plans:
            asked = {**REQUEST, "payer": payer, "plan": plan, "start_date": start, "live": False}
            del asked["told_benefits"]
            service.call("POST", "/v1/verifications", json=asked)
        shown.append(row(f"after each of {len(plans):,} plans was asked", service))
    show("Memory, SQLite, one process of 64 threads", shown, COLUMNS)
    remark("of its own: memory that processes share counts in parts")


def row(name: str, service: Served) -> tuple[str | float, ...]:
    """Return what the processes of a service hold just now."""
    return (name, resident(service.process), *memory_of(service.process, workers=1))


def mixed() -> Any:
    """Yield the requests of the batches' rows, without those that cannot be used."""
    header, *each = rows(VERIFICATIONS * 2)
    for cells in each:
        said = dict(zip(header, cells, strict=True))
        if said["birth_date"] == "1990-01-01":
            names = ("member_id", "first_name", "last_name", "birth_date")
            member = {name: said.pop(name) for name in names}
            yield {**said, "member": member, "live": False}


def plans_of(service: Served) -> list[tuple[str, str]]:
    """Return every plan of the rulebook with its payer."""
    found = []
    for payer in (one["id"] for one in every(service, "/v1/payers")):
        found += [(payer, plan["id"]) for plan in every(service, f"/v1/payers/{payer}/plans")]
    return found


def every(service: Served, path: str) -> list[dict[str, Any]]:
    """Return all items of a list."""
    items, cursor = [], None
    while True:
        page = service.call(
            "GET", path, params={"limit": 200, **({"cursor": cursor} if cursor else {})}
        ).json()
        items += page["items"]
        if not (cursor := page["next"]):
            return items


if __name__ == "__main__":
    main()
