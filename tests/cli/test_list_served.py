"""A list put up to `vob serve` is done by its own workers, and whole whatever becomes of them."""

from __future__ import annotations

import json
import signal
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.config import Settings
from service.office import open_store_of
from service.store.batch_tables import batch_items
from service.store.session import transaction
from service.store.tables import verifications
from tests.cli.test_serving import (  # noqa: F401 (a fixture)
    PATIENCE,
    Service,
    asking,
    environment,
    free_port,
    serving,
    until,
)

V1 = "/v1/day-lists"
ROWS = 8


def today() -> date:
    return datetime.now(UTC).date()


def rows() -> list[dict[str, str]]:
    """Rows about somebody whose payer takes its time, each an hour after the other."""
    person = BY_KEY["slow"].person
    said = {
        "payer": BY_KEY["slow"].payer,
        "member_id": str(person.member_id),
        "first_name": str(person.first_name),
        "last_name": str(person.last_name),
        "birth_date": str(person.birth_date),
        "level_of_care": "iop",
    }
    return [said | {"time": f"{8 + number}:00"} for number in range(ROWS)]


def put_up(service: Service) -> str:
    connection = service.send("POST", V1, {"day": today().isoformat(), "rows": rows()})
    made = json.loads(connection.getresponse().read())
    connection.close()
    return str(made["id"])


def progress(service: Service, list_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(service.get(f"{V1}/{list_id}"))["progress"]
    return found


def kept(settings: Settings, *, lets_go: bool = False) -> tuple[int, int]:
    """How many verifications there are and how many rows name one; leases end early where that is wanted."""
    store = open_store_of(settings)
    with transaction(store) as session:
        if lets_go:
            ended = datetime.now(UTC) - timedelta(seconds=1)
            leased = update(batch_items).where(batch_items.c.state == "leased")
            session.connection.execute(leased.values(lease_until=ended))
        counted = session.connection.execute(select(func.count()).select_from(verifications)).scalar_one()
        named = select(func.count(batch_items.c.verification_id.distinct()))
        rows_done = session.connection.execute(named).scalar_one()
    store.close()
    return counted, rows_done


def test_a_list_is_begun_at_once_and_told_to_end_what_is_under_way_is_kept(
    environment: dict[str, str],  # noqa: F811
) -> None:
    with Sandbox(slow_seconds=0.5) as payer, asking(environment, payer) as service:
        began = time.monotonic()
        list_id = put_up(service)
        until(lambda: progress(service, list_id)["working"] > 0)
        assert time.monotonic() - began < PATIENCE / 4
        service.process.send_signal(signal.SIGTERM)
        _, said = service.process.communicate(timeout=PATIENCE)
        assert (service.process.returncode, said) == (0, "")
        counted, named = kept(service.settings)
        assert counted == named > 0
        with serving(environment, service.key) as again:
            until(lambda: progress(again, list_id)["done"] == ROWS)
            assert kept(again.settings) == (ROWS, ROWS)


def test_killed_in_the_middle_every_row_has_exactly_one_result(
    environment: dict[str, str],  # noqa: F811
) -> None:
    with Sandbox(slow_seconds=0.5) as payer, asking(environment, payer) as service:
        list_id = put_up(service)
        until(lambda: progress(service, list_id)["done"] > 1 and progress(service, list_id)["working"] > 0)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(PATIENCE)
        environment["OPENVOB_PORT"] = free_port()
        counted, named = kept(service.settings, lets_go=True)
        assert counted == named < ROWS
        with serving(environment, service.key) as again:
            until(lambda: progress(again, list_id)["done"] == ROWS)
            assert kept(again.settings) == (ROWS, ROWS)
