"""`vob medicaid-plans`: which plans of Florida Medicaid a member who lives in a county may be in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from service.cli.answering import open_desk_here
from service.directory import list_medicaid_plans


@click.command("medicaid-plans")
@click.option("--county", required=True, help="A county of Florida, like Miami-Dade.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day of service; today where left out.")
def medicaid_plans(county: str, on: datetime | None) -> None:
    """List the Medicaid plans of a county, who runs them, and what says so."""
    day = on.date() if on is not None else datetime.now(UTC).date()
    for line in _lines(list_medicaid_plans(open_desk_here(), county, day)):
        click.echo(line)


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    region = found["region"]
    if region is None:
        yield f"{found['county']}, {found['date']}: the region is not known, so not every plan is"
    else:
        yield f"{found['county']}, {found['date']}: region {region['value']}"
        yield from _sources(region, found)
    for plan in found["items"]:
        unsure = "" if plan["operates"] == "yes" else " (not known whether it operates there: ask)"
        whom = f", for {plan['members'].replace('_', ' ')}" if plan["members"] else ""
        runs = f", run by {plan['operated_by']}" if plan["operated_by"] else ""
        yield f"  {plan['payer']}  {plan['name']}{whom}{runs}{unsure}"
        yield from _sources(plan, found)


def _sources(cited: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for number in cited["citations"]:
        source = found["citations"][number]
        yield f"      {source['title']}, {source['locator']} ({source['confidence']})"
