"""`vob plans`: the plan library, searched by whatever a card says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.plan_finder import Wanted, describe_plan, find_plans
from service.rules import Unusable, open_desk

AMOUNTS = {
    "deductible": "deductible",
    "deductible_family": "family deductible",
    "out_of_pocket_max": "out-of-pocket maximum",
    "out_of_pocket_max_family": "family out-of-pocket maximum",
}


@click.group()
def plans() -> None:
    """The plan library."""


@plans.command("find")
@click.argument("text", nargs=-1, required=True)
@click.option("--payer", help="Only plans of this payer, by its id.")
@click.option("--metal", help="Only plans of this metal.")
@click.option("--year", type=click.IntRange(2000, 2100), help="Only plans with a design for this year.")
@click.option("--most", type=click.IntRange(1, 200), default=10, show_default=True, help="Plans to print.")
def find(text: tuple[str, ...], payer: str | None, metal: str | None, year: int | None, most: int) -> None:
    """Find plans by TEXT: an id, a contract, words of a name or issuer. What is not printed is unknown."""
    try:
        with settings_needed():
            desk = open_desk(Settings.from_env())
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    found = find_plans(desk, Wanted(" ".join(text), payer=payer, metal=metal, year=year))
    if not found:
        raise NoAnswer("The library has no such plan: the plan itself can still be real, ask the payer.")
    for plan in found[:most]:
        for line in _lines(describe_plan(desk, plan)):
            click.echo(line)
    if len(found) > most:
        click.echo(f"and {len(found) - most} more: say more of the name, or --most.")


def _lines(plan: dict[str, Any]) -> Iterator[str]:
    kind = ", ".join(str(plan[name]) for name in ("issuer", "market", "metal", "plan_type") if plan[name])
    yield f"{plan['payer']}  {plan['id']}  {plan['name']}{f' ({kind})' if kind else ''}"
    if not plan["designs"]:
        yield f"    stands in the payer's own file: vob rules show {plan['payer']}"
    for design in plan["designs"]:
        yield from _design_lines(design)


def _design_lines(design: dict[str, Any]) -> Iterator[str]:
    whom = [*design["conditions"], *design["provider_types"]]
    span = f"{design['from']} to {design['through']}"
    yield f"    {design['network']} network, {span}{f', for {chr(32).join(whom)}' if whom else ''}"
    for name, amount in design["amounts"].items():
        yield f"        {AMOUNTS[name]}: {'none' if amount is None else amount}"
    if design["deductible_covers"]:
        yield f"        the deductible covers: {design['deductible_covers']}"
    for share in design["shares"]:
        yield f"        {share['of']}: {share['printed']}  [{_read(share)}]"
    for name, limit in design["filed_limits"].items():
        yield f"        {name}: {limit} as filed, to be verified"
    if design["authorization_hint"]:
        yield f"        outpatient authorization: {design['authorization_hint']}"
    if design["notes"]:
        yield f"        notes: {', '.join(design['notes'])}"
    source = design["source"]
    yield f"        {source['title']}, {source['locator']}"
    yield f"        retrieved {source['retrieved']} ({source['confidence']})"


def _read(share: dict[str, Any]) -> str:
    """Return how a printed share is read."""
    if not share["covered"]:
        return "not covered"
    copays = " or ".join(f"{copay['amount']} per {copay['per']}" for copay in share["copays"])
    rates = " or ".join(share["coinsurances"])
    parts = [f"copay {copays}" if copays else "", f"coinsurance {rates}" if rates else ""]
    first = {True: "deductible first", False: "no deductible", None: "deductible not said"}
    changes = f"changes after {share['changes_after']} visits" if share["changes_after"] else ""
    return ", ".join(part for part in (*parts, first[share["deductible_applies"]], changes) if part)
