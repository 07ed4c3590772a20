"""Pages for whoever looks something up in the rulebook: payers, plans, what is in force, how old it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from schemas.model import LEVELS_OF_CARE
from service import directory
from service.at_hand import clinic_day, office
from service.console.answering import nothing_here
from service.console.reading import fault, label, language, show_to_staff
from service.console.room import console
from service.explain.page import Reader, published
from service.explain.page.work import source_line
from service.plan_finder import Wanted, find_plans, plan_line
from service.security.guard import current_client
from service.security.permissions import may

LONGEST = 120
MOST_PLANS = 100
"""Plans that can be chosen at once; more are searched for."""
USUAL_LEVEL = "intensive_outpatient"
ALL_LEVELS = "all"


@console.get("/rulebook")
def rulebook() -> ResponseReturnValue:
    """Every payer whose name has the text in it, with its plans and the age of its sources."""
    desk, today, text = office().desk, clinic_day(), request.args.get("query", "").strip()[:LONGEST]
    lines = []
    for payer in directory.list_payers(desk, text):
        whole = directory.find_payer(desk, payer["id"]) or {}
        sources = directory.list_sources(desk, payer["id"], today) or []
        lines.append(
            {
                **payer,
                "plans": whole.get("plans", 0),
                "sources": len(sources),
                "to_confirm": sum(bool(source["confirm"]) for source in sources),
                "read": max((source["retrieved"] for source in sources), default=None),
            }
        )
    may_see_impact = may("console.impact", current_client().scopes)
    return show_to_staff("rulebook.html", payers=lines, query=text, may_see_impact=may_see_impact)


@console.get("/rulebook/<payer_id>")
def payer(payer_id: str) -> ResponseReturnValue:
    """One payer: what it is known by, its plans, what is published for one on a day, and every source."""
    desk = office().desk
    whole = directory.find_payer(desk, payer_id)
    if whole is None:
        return nothing_here()
    asked, faults = _asked()
    reader = Reader(language(), desk.clinic.zone)
    said: dict[str, Any] = {"benefits": {}, "citations": []}
    if not faults:
        level = asked["level_of_care"]
        said = (
            directory.find_benefits(
                desk,
                payer_id,
                plan=asked["plan"] or None,
                level=None if level == ALL_LEVELS else level,
                on=date.fromisoformat(asked["date_of_service"]),
                site=asked["site"],
            )
            or said
        )
    listed = [plan_line(plan) for plan in find_plans(desk, Wanted(asked["query"], payer=payer_id))]
    sections = published.sections_of(said["benefits"], reader, label)
    return show_to_staff(
        "rulebook_payer.html",
        422 if faults else 200,
        payer=whole,
        plans=[*listed[:MOST_PLANS], *(plan for plan in listed[MOST_PLANS:] if plan["id"] == asked["plan"])],
        more_plans=max(0, len(listed) - MOST_PLANS),
        asked=asked,
        faults=faults,
        levels=(*LEVELS_OF_CARE, ALL_LEVELS),
        sites=list(desk.clinic.sites),
        sections=sections,
        citations=list(published.cited_in(sections, said["citations"])),
        source_line=lambda source: source_line(source, reader),
        sources=[
            {**source, "age": published.age_of(source, clinic_day(), label)}
            for source in directory.list_sources(desk, payer_id, clinic_day()) or []
        ],
    )


def _asked() -> tuple[dict[str, str], dict[str, str]]:
    """What is asked for, with what is usual where nothing is; and what of it cannot be."""
    given = {name: text.strip()[:LONGEST] for name, text in request.args.items()}
    clinic = office().desk.clinic
    asked = {
        "query": given.get("query", ""),
        "plan": given.get("plan", ""),
        "level_of_care": given.get("level_of_care") or USUAL_LEVEL,
        "date_of_service": given.get("date_of_service") or clinic_day().isoformat(),
        "site": given.get("site") or clinic.default_site,
    }
    faults = {}
    try:
        date.fromisoformat(asked["date_of_service"])
    except ValueError:
        faults["date_of_service"] = fault("not_a_date")
    if asked["level_of_care"] not in (*LEVELS_OF_CARE, ALL_LEVELS):
        faults["level_of_care"] = fault("other")
    if asked["site"] not in clinic.sites:
        faults["site"] = fault("unknown_site")
    return asked, faults
