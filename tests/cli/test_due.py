"""What is due is told in numbers, and nobody is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine

from service.config import Settings
from service.first_run import prepare
from service.office import open_office
from service.record import Caller, draft_new, keep
from service.store.session import transaction
from tests.cli.conftest import Run


def test_how_many_cases_are_due_and_why(run: Run, body: dict[str, Any]) -> None:
    settings = Settings.from_env()
    prepare(settings)
    with time_machine.travel(datetime(2026, 2, 20, 15, 2, tzinfo=UTC)):
        office = open_office(settings)
        draft = draft_new(office, Caller("c-1", "ana"), body)
        with transaction(office.store) as session:
            keep(session, draft)
        office.close()
        assert run("jobs", "due").output == "0 open cases are to be verified again.\n"
    with time_machine.travel(datetime(2026, 3, 1, 15, tzinfo=UTC)):
        said = run("jobs", "due")
    assert said.exit_code == 0
    assert said.output == ("1 open case is to be verified again.\n     1  not asked about this month\n")
