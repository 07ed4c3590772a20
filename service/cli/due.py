"""`vob jobs due`: what the schedule has to do, in numbers."""

from __future__ import annotations

from collections import Counter

import click

from schemas.reverification import REASONS
from service.cli.failing import settings_needed
from service.cli.opening import note
from service.config import Settings
from service.jobs.schedule import due_at
from service.office import open_office
from service.record import right_now
from service.store.session import transaction

NAMES = {
    "authorization": "an authorization runs out",
    "coverage": "the coverage ends",
    "plan_year": "the plan year turned",
    "monthly": "not asked about this month",
}


@click.command()
def due() -> None:
    """Print how many open cases are to be verified again now, and why; nobody is named."""
    with settings_needed():
        office = open_office(Settings.from_env())
    try:
        found = list(due_at(office, right_now()))
        with transaction(office.store) as session:
            note(session, "case.list")
    finally:
        office.close()
    counts = Counter(reason["code"] for one in found for reason in one.reasons)
    cases = "open case is" if len(found) == 1 else "open cases are"
    click.echo(f"{len(found)} {cases} to be verified again.")
    for reason in REASONS:
        if counts[reason]:
            click.echo(f"{counts[reason]:>6}  {NAMES[reason]}")
