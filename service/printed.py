"""What is printed on a card, for whoever has to call: payers, who manages and who decides, each with sources.

The words of a card are looked up and kept nowhere; a text that looks like a whole member id is not even
looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from payers.cards import CardEntry, Found, WholeMemberId, entries_of, read_card
from payers.registry import Match
from schemas.model import Benefits, Citation, Contact, Fact, Step
from schemas.sources import Sources
from service.verify import Desk

__all__ = ["DECIDES", "WholeMemberId", "read"]

DECIDES = ("behavioral_manager", "payer", "home_plan", "ask_the_card")
"""Who decides on authorization, as far as is published."""

Say = Callable[[str, Mapping[str, Any]], str]
# Who runs a plan for an employer, or lends it a network, says nothing of whom an insurer's own plans ask.
OTHERS_RULES = frozenset({"administrator", "network"})
UNCONFIRMED = "behavioral_manager_unconfirmed"


def read(desk: Desk, text: str, on: date, say: Say) -> dict[str, Any]:
    """Payers and other names that a text may mean on a day; raises `WholeMemberId`.

    `certain` is the id of the payer where it can be no other. Citations are positions in the list that comes
    with them; `say` makes sentences of codes.
    """
    card = read_card(desk.rulebook, text, on)
    sources = Sources()
    run_by = next((found.entry for found in card.entries if found.entry.kind in OTHERS_RULES), None)
    return {
        "items": [
            _match(desk, match, None if match.score == 1.0 else run_by, on, sources, say)
            for match in card.matches
        ],
        "next": None,
        "entries": [_entry(found, sources, say) for found in card.entries],
        "certain": card.only,
        "citations": sources.listed(),
    }


def _match(
    desk: Desk, match: Match, run_by: CardEntry | None, on: date, sources: Sources, say: Say
) -> dict[str, Any]:
    """One payer; of a card that another runs, the payer's own manager, contact and ids say nothing."""
    payer = match.payer
    said = _published(desk, payer.id, on) if run_by is None else None
    decides, step = ("ask_the_card", run_by.says) if run_by is not None else _decision(desk, match, said)
    ids = desk.rulebook.identity(payer.id).ids if run_by is None else ()
    return {
        "payer": {"id": payer.id, "name": payer.name, "line_of_business": payer.line_of_business},
        "score": match.score,
        "matched": match.matched,
        "through": match.through,
        "behavioral_manager": _contact(said.administrator if said else None, sources),
        "verify_with": {
            "contact": _contact(said.contact if said else None, sources),
            "ids": [
                {"network": one.network, "id": one.id, "citations": sources.cite([one.citation])}
                for one in ids
            ],
        },
        "authorization": {"decided_by": decides, **_sentence(step, sources, say)},
    }


def _entry(found: Found, sources: Sources, say: Say) -> dict[str, Any]:
    entry = found.entry
    return {
        "id": entry.id,
        "name": entry.name,
        "kind": entry.kind,
        "score": found.score,
        "matched": found.matched,
        "payers": list(entry.payers),
        "contact": _contact(entry.contact, sources),
        "says": _sentence(entry.says, sources, say),
    }


def _sentence(step: Step, sources: Sources, say: Say) -> dict[str, Any]:
    return {**sources.step(step), "message": say(step.code, step.params)}


def _published(desk: Desk, payer_id: str, on: date) -> Benefits | None:
    site = desk.clinic.site_for(desk.clinic.default_site, payer_id)
    periods = desk.rulebook.published(
        payer_id, None, site=site, condition=None, modality=None, age_on=lambda _: None, dates=[on]
    )
    return periods[0].benefits if periods else None


def _decision(desk: Desk, match: Match, said: Benefits | None) -> tuple[str, Step]:
    """Who decides on authorization: only what is published tells; else the card has to be asked."""
    home = _entry_of(desk, match.payer.id)
    if home is not None and home.kind == "home_plan":
        return "home_plan", home.says
    manager = said.administrator if said is not None else None
    if manager is not None and manager.value is not None:
        return "behavioral_manager", Step(
            "decided_by_manager", {"name": manager.value.name}, (manager.citation,)
        )
    rules = _authorization_rules(said)
    if manager is not None or rules:
        stated = (manager.citation,) if manager is not None else rules[:1]
        return "payer", Step("decided_by_payer", {"name": match.payer.name}, stated)
    return "ask_the_card", Step("decided_by_whom_to_ask", {"name": match.payer.name})


def _entry_of(desk: Desk, payer_id: str) -> CardEntry | None:
    return next((entry for entry in entries_of(desk.rulebook) if entry.id == payer_id), None)


def _authorization_rules(said: Benefits | None) -> tuple[Citation, ...]:
    """Where the payer itself says what needs authorization; nowhere while a manager may do so for it."""
    levels = (
        [level for network in said.networks.values() for level in network.levels.values()] if said else []
    )
    if any(note.code == UNCONFIRMED for level in levels for note in level.notes):
        return ()
    return tuple(level.prior_authorization.citation for level in levels if level.prior_authorization)


def _contact(fact: Fact[Any] | None, sources: Sources) -> Mapping[str, Any] | None:
    """A contact as it travels; `null` where nobody says, a value of `null` where there is none."""
    if fact is None:
        return None
    value: Contact | None = fact.value
    shown = None if value is None else {"name": value.name, "phone": value.phone, "portal": value.portal}
    return {"value": shown, "citations": sources.cite([fact.citation])}
