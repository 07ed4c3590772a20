"""Which plans of Florida Medicaid operate in a county on a date, and which may.

Knows the regions of the program, their counties, and the plans of each, from services.yaml. A county whose
region was not read has the plans of every region, and of the others nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from payers.dated import Context, in_force
from payers.entries import read_entries
from payers.fees import county_key
from payers.rulebook import Rulebook
from schemas.model import Citation, Fact
from schemas.payer_file import MEDICAID_REGIONS

ANYBODY = Context()


@dataclass(frozen=True, slots=True)
class MedicaidPlan:
    """A plan in a county: its payer's id, whether it is known to operate there, for whom, and who runs it."""

    payer_id: str
    name: str
    is_known: bool
    members: str | None
    operated_by: str | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class LocalPlans:
    """The region of a county (`None`: not known) and the plans in it, those that are known to be first."""

    region: Fact[str] | None
    plans: tuple[MedicaidPlan, ...]


def find_medicaid_plans(rulebook: Rulebook, county: str, on: date) -> LocalPlans:
    """Return the plans that a Medicaid member who lives in a county may be in on a date."""
    services = rulebook.data.services
    region = _region_of(services, county, on)
    found = (
        _plan(services, payer_id, plan, region, on)
        for payer_id, plan in services.get("medicaid_plans", {}).items()
    )
    plans = [plan for plan in found if plan is not None]
    return LocalPlans(region, tuple(sorted(plans, key=lambda plan: not plan.is_known)))


def _region_of(services: Mapping[str, Any], county: str, on: date) -> Fact[str] | None:
    wanted = county_key(county)
    for region, values in services.get("medicaid_regions", {}).items():
        counties = _say(services, values, on)
        if counties is not None and wanted in map(county_key, counties.value):
            return Fact(region, counties.citation)
    return None


def _plan(
    services: Mapping[str, Any], payer_id: str, plan: Mapping[str, Any], region: Fact[str] | None, on: date
) -> MedicaidPlan | None:
    """Return the plan as it is in a region, or `None` where it is not in it, or not yet."""
    there = _say(services, plan["regions"], on)
    if there is None:
        return None
    perhaps = _say(services, plan.get("perhaps", ()), on)
    may_be = {*there.value, *(perhaps.value if perhaps is not None else ())}
    if region is not None and region.value not in may_be:
        return None
    runs = _say(services, plan.get("operated_by", ()), on)
    known = set(MEDICAID_REGIONS) <= set(there.value) if region is None else region.value in there.value
    said = perhaps if perhaps is not None and not known and region is not None else there
    return MedicaidPlan(
        payer_id=payer_id,
        name=plan["name"],
        is_known=known,
        members=plan.get("members"),
        operated_by=runs.value if runs is not None else None,
        citations=tuple(fact.citation for fact in (said, runs) if fact is not None),
    )


def _say(services: Mapping[str, Any], values: Any, on: date) -> Fact[Any] | None:
    return in_force(read_entries(("regions",), values, services["sources"]), on, ANYBODY)
