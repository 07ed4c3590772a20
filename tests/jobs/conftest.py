"""An office whose lines lead to a sandbox payer, and lists for it; rows are done when a test says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.config import HOUSE, Settings
from service.jobs import lists
from service.jobs.worker import work_once
from service.office import Office, open_office
from service.record import Caller
from service.store.session import transaction
from tests.databases import Databases
from tests.verify.desk import NOW
from tests.verify.lines import START

ANA = Caller("client-1", "ana")


@pytest.fixture(autouse=True, scope="module")
def _on_a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def payer() -> Iterator[Sandbox]:
    with Sandbox(slow_seconds=0.1) as serving:
        yield serving


@pytest.fixture(scope="module")
def rulebook_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled rulebook is kept, for all tests of a module."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def office(databases: Databases, tmp_path: Path, rulebook_cache: Path, payer: Sandbox) -> Iterator[Office]:
    """An office of its own for each test; nobody works for it."""
    (tmp_path / "cache").symlink_to(rulebook_cache)
    profile = tmp_path / "clinic.yaml"
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    # No line leads to Florida Blue: of it is known what is published and told.
    lines = write_connections(payer.url).partition("  - id: sandbox-benefits")[0]
    profile.write_text(f"{example}\n{lines}", "utf-8")
    with databases.database(tmp_path) as url:
        places = {
            "OPENVOB_INSTANCE_PATH": str(tmp_path),
            "OPENVOB_CLINIC_PROFILE": str(profile),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_JOBS_THREADS": "0",
        }
        opened = open_office(Settings.from_env({**sandbox_credentials(), **places}))
        yield opened
        opened.close()


def about(key: str, **more: str) -> dict[str, str]:
    """The row about a member of the sandbox's roster."""
    person = BY_KEY[key].person
    said = {
        "date": START.isoformat(),
        "time": "9:30 AM",
        "payer": BY_KEY[key].payer,
        "member_id": str(person.member_id),
        "first_name": str(person.first_name),
        "last_name": str(person.last_name),
        "birth_date": str(person.birth_date),
        "level_of_care": "IOP",
    }
    return said | more


def put_up(office: Office, *rows: Mapping[str, str], caller: Caller = ANA) -> str:
    """Put a list up and return its id."""
    put = lists.draft(office, caller, rows, None)
    with transaction(office.store) as session:
        lists.keep(session, put)
    return put.batch.id


def rows_of(office: Office, list_id: str) -> list[dict[str, Any]]:
    """The rows of a list, as they are shown."""
    with transaction(office.store) as session:
        found = lists.find(session, list_id, None)
        assert found is not None
        rows: list[dict[str, Any]] = lists.whole(found)["rows"]
    return rows


def done(office: Office, *rows: Mapping[str, str], caller: Caller = ANA) -> list[dict[str, Any]]:
    """Put a list up, let all of it be done, and return its rows."""
    list_id = put_up(office, *rows, caller=caller)
    while work_once(office):
        pass
    return rows_of(office, list_id)


def codes(row: Mapping[str, Any]) -> list[str]:
    """What was found about a row."""
    return [one["code"] for one in row["findings"]]
