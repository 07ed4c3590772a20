"""What other rules would change, as a page: some open cases at a time, old and new side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from service import impact_at_hand
from service.at_hand import office
from service.console.answering import nothing_here
from service.console.asking import payer_names
from service.console.reading import label, language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.explain.page.impact import ARROW, parts_of
from service.impact import Affected, Impact, levels_of
from service.rulesets import BUILT_IN, InstalledSet, NoSuchSet
from service.security.guard import current_client
from service.security.permissions import grants
from service.store.pages import Page

AT_A_TIME = 50
SHORT = 12
"""So much of a digest is shown: enough to tell sets apart."""


@console.get("/rulebook-impact")
def impact() -> ResponseReturnValue:
    """The open cases whose latest answer would be another one under a set, or under the rules in use."""
    wanted = request.args.get("digest") or None
    reader = Reader(language(), office().desk.clinic.zone)
    sets = impact_at_hand.list_sets()
    problem, found = None, Impact(0, 0, (), None)
    try:
        _, found = impact_at_hand.look(wanted, Page(AT_A_TIME, request.args.get("after")))
    except NoSuchSet:
        return nothing_here()
    except impact_at_hand.DoesNotFit:
        problem = label("set_does_not_fit")
    names = payer_names(office().desk)
    is_in_use = wanted is None or any(one.is_in_use and one.digest == wanted for one in sets)
    return show_to_staff(
        "impact.html",
        409 if problem else 200,
        problem=problem,
        wanted=wanted,
        choices=_choices(sets, reader),
        is_in_use=is_in_use,
        found=found,
        items=[_line(one, reader, names) for one in found.affected],
        may_verify=is_in_use and grants(current_client().scopes, "verifications:write"),
    )


def _choices(sets: list[InstalledSet], reader: Reader) -> list[tuple[str, str]]:
    """What can be chosen: the rules in use, every other set, and the built-in rules alone."""
    others = [one for one in sets if one.files and not one.is_in_use]
    is_built_in = not any(one.files and one.is_in_use for one in sets)
    return [
        ("", label("rules_in_use")),
        *((one.digest, _set_in_words(one, reader)) for one in others),
        *(() if is_built_in else ((BUILT_IN, label("rules_built_in")),)),
    ]


def _set_in_words(one: InstalledSet, reader: Reader) -> str:
    day = reader.words.short_date(one.since.astimezone(reader.zone).date().isoformat())
    return label("installed_set", digest=one.digest.partition(":")[2][:SHORT], day=day)


def _line(one: Affected, reader: Reader, names: Mapping[str, str]) -> dict[str, Any]:
    kept = one.verification
    levels = levels_of(one)
    return {
        "case": one.case,
        "verification": kept.id,
        "payer": names.get(kept.payer, kept.payer),
        "levels": ARROW.join(reader.words.name("level_short", level) for level in levels),
        "start": reader.words.short_date(kept.start_date.isoformat()),
        "answered": reader.words.short_date(kept.created_at.astimezone(reader.zone).date().isoformat()),
        "outcome": one.outcome,
        "parts": parts_of(one.changes, levels, reader),
        "errors": "; ".join(f"{error['pointer']} {error['code']}" for error in one.errors),
    }
