"""`vob payers`: which payer the words on a card mean, who decides, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.explain import LOCALES, say
from service.printed import WholeMemberId, read
from service.rules import Unusable, open_desk


@click.group()
def payers() -> None:
    """The payers of the rulebook, by what is printed on cards."""


@payers.command("resolve")
@click.argument("text")
@click.option("--language", type=click.Choice(LOCALES), default=LOCALES[0], show_default=True)
def resolve_text(text: str, language: Any) -> None:
    """Say which payers TEXT may mean, the likeliest first: a name on a card, or a three-character prefix."""
    try:
        with settings_needed():
            desk = open_desk(Settings.from_env())
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    today = datetime.now(UTC).astimezone(desk.clinic.zone).date()
    try:
        found = read(desk, text, today, say(language))
    except WholeMemberId:
        raise click.BadParameter(
            "That looks like a whole member ID. Give the payer's name or the three-character prefix.",
            param_hint="TEXT",
        ) from None
    if not (found["items"] or found["entries"]):
        raise NoAnswer("No payer is called so. Look for another name on the card, or call the number on it.")
    for line in (*_entries(found), *_payers(found)):
        click.echo(line)


def _entries(found: Mapping[str, Any]) -> Iterator[str]:
    for entry in found["entries"]:
        yield f"{entry['name']} ({entry['kind'].replace('_', ' ')})"
        yield f"    {entry['says']['message']}"
        if entry["contact"]:
            yield f"    {_contact(entry['contact'])}"
        yield from _sources(found, entry["says"]["citations"])


def _payers(found: Mapping[str, Any]) -> Iterator[str]:
    for match in found["items"]:
        payer = match["payer"]
        mark = "the only one" if payer["id"] == found["certain"] else f"{match['score']:.0%}"
        yield f"{payer['id']}  {payer['name']}, {payer['line_of_business'].replace('_', ' ')} ({mark})"
        yield f"    {match['authorization']['message']}"
        manager, verify = match["behavioral_manager"], match["verify_with"]
        if manager is not None:
            yield f"    behavioral manager: {_contact(manager)}"
        if verify["contact"] is not None:
            yield f"    verify with: {_contact(verify['contact'])}"
        for one in verify["ids"]:
            yield f"    id in {one['network']}: {one['id']}"
        cited = [manager, verify["contact"], match["authorization"]]
        yield from _sources(found, [number for said in cited if said for number in said["citations"]])


def _contact(said: Mapping[str, Any]) -> str:
    shown = said["value"]
    return ", ".join(filter(None, shown.values())) if shown is not None else "none"


def _sources(found: Mapping[str, Any], numbers: list[int]) -> Iterator[str]:
    for number in dict.fromkeys(numbers):
        one = found["citations"][number]
        yield f"        {one['title']}, {one['locator']} ({one['confidence']})"
