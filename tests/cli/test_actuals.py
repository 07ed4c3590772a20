"""`vob actuals` and `vob accuracy`: a file taken in once, and what it says of estimates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.config import Settings
from service.office import open_office
from service.record import Caller, draft_new, keep
from service.store.session import transaction
from tests.api.paid import HEADER, about, paid_as_estimated
from tests.cli.conftest import Run


@pytest.fixture
def case(instance: Path) -> str:
    """A case of another system's number EHR-1, with an estimate of six days."""
    office = open_office(Settings.from_env())
    draft = draft_new(office, Caller("somebody", "somebody"), about("EHR-1"))
    with transaction(office.store) as session:
        keep(session, draft)
    office.close()
    return draft.verification.case_id


def test_what_was_paid_is_taken_in_once_measured_and_told_row_by_row(
    run: Run, case: str, tmp_path: Path
) -> None:
    file = tmp_path / "remittance.edi"
    file.write_text(paid_as_estimated("EHR-1"))
    first = run("actuals", "import", str(file))
    assert (first.exit_code, first.stdout) == (0, "1 remittance advice: 6 kept\n"), first.stderr
    assert run("accuracy").stdout.splitlines() == [
        "aetna, intensive_outpatient, exact",
        "  sessions: 6, too few to say",
        "  whole episodes: 1, too few to say",
        "  causes: matches 6 (0.00)",
    ]
    file.write_text(HEADER + "EHR-1,2026-11-04,400,80,0,0,80,\nEHR-2,2026-11-04,400,80,,,,\n,x,,,,,,\n")
    done = run("actuals", "import", str(file), "--json")
    assert done.exit_code == 2
    rows = json.loads(done.stdout)["rows"]
    assert [row["outcome"] for row in rows] == ["remittance_stands", "no_such_case", "not_usable"]
    assert rows[0]["case_id"] == case
    assert "EHR-2" not in done.stdout
    assert run("audit", "verify").stdout.startswith("The trail holds: ")


def test_the_template_names_every_column(run: Run) -> None:
    assert run("actuals", "template").stdout == (
        "external_id,case_id,date_of_service,level_of_care,status,allowed,patient,"
        "deductible,copay,coinsurance,plan_paid,reason\n"
    )
