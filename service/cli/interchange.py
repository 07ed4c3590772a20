"""`vob read-271` and `vob write-270`: X12 files, without a database and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import click
import orjson

from schemas.model import CONDITIONS, LEVEL_ALIASES, LEVELS_OF_CARE, MODALITIES, NETWORKS
from schemas.problem import BadRequest
from service.cli.answering import open_desk_here, read_json
from service.cli.failing import BadInput, NoAnswer
from service.interchange import NoPayerId, Unreadable, read_reply, write_inquiries

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("read-271")
@click.argument("file", type=click.File("rb"))
@click.option("--level-of-care", type=click.Choice([*LEVELS_OF_CARE, *LEVEL_ALIASES]), help="Such as iop.")
@click.option("--condition", type=click.Choice(CONDITIONS), default="mental_health", show_default=True)
@click.option("--network", type=click.Choice(NETWORKS), default="in", show_default=True)
@click.option("--modality", type=click.Choice(MODALITIES), default="in_person", show_default=True)
@click.option("--date-of-service", type=DAY, help="The reply's own where it is left out.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead of a page.")
def read_271_file(
    file: IO[bytes],
    level_of_care: str | None,
    condition: str,
    network: str,
    modality: str,
    date_of_service: datetime | None,
    as_json: bool,
) -> None:
    """Say what the 271 in FILE says (- for standard input), for a level of care where one is named."""
    try:
        said = read_reply(
            file.read(),
            level_of_care=LEVEL_ALIASES.get(level_of_care or "", level_of_care or "") or None,
            condition=condition,
            network=network,
            modality=modality,
            date_of_service=date_of_service.date() if date_of_service is not None else None,
        )
    except Unreadable as error:
        raise NoAnswer(str(error)) from None
    if as_json:
        click.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2))
        return
    for line in _page(said):
        click.echo(line)


@click.command("write-270")
@click.argument("file", type=click.File("rb"))
@click.option("--payer", help="A payer of the rulebook, or the id that a payer has in X12.")
def write_270_file(file: IO[bytes], payer: str | None) -> None:
    """Write the 270 that asks a payer about the verification request in FILE: a line an interchange."""
    desk, body = open_desk_here(), read_json(file)
    try:
        written = write_inquiries(desk, body, payer, datetime.now(UTC))
    except BadRequest as bad:
        raise BadInput(bad.errors) from None
    except NoPayerId as error:
        raise NoAnswer(str(error)) from None
    for text in written:
        click.echo(text)


def _page(said: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a page that says what stands in a reply."""
    yield from (f"! {_oddity(one)}" for one in said["warnings"])
    for number, one in enumerate(said["transactions"], 1):
        yield f"{number}. {one['payer']['name'] or 'Payer'} ({one['payer']['id']}), trace {one['trace']}"
        yield f"   {one['patient']}: {one['status']}" + _listed(" because of", one["reasons"])
        yield f"   plan: {_filled(one['plan'])}"
        for rejection in one["rejections"]:
            yield (
                f"   rejected in {rejection['loop']}: {rejection['code']} {rejection['meaning']}; "
                f"{rejection['class']} (segment {rejection['segment']})"
            )
        if one["contact"] is not None:
            yield f"   contact: {_filled(one['contact'])}"
        if one["level"] is not None:
            yield from _level(one["level"])
        yield f"   lines: {len(one['benefits'])}; all of them with --json"
        yield from (f"   ! {_oddity(odd)}" for odd in one["warnings"])


def _level(level: dict[str, Any]) -> Iterator[str]:
    inferred = ", inferred" if level["inferred"] else ""
    yield f"   {level['level_of_care']}, network {level['network']}: {level['covered']}{inferred}"
    yield f"     prior authorization: {level['prior_authorization']}"
    for name in ("copays", "coinsurances", "limits"):
        yield from (f"     {name[:-1]}: {_filled(one)}" for one in level[name])
    for name in ("deductible", "out_of_pocket_max"):
        for scope, pot in level[name].items():
            if pot is not None:
                yield f"     {name}, {scope}: {_filled(pot)}"
    if level["administrator"] is not None:
        yield f"     administrator: {_filled(level['administrator'])}"
    yield from (f"     other payer: {_filled(one)}" for one in level["other_payers"])
    yield from (f"     hint: {_filled(one)}" for one in level["hints"])


def _filled(stated: dict[str, Any]) -> str:
    """Return what is stated of a thing, without what is not."""
    shown = {name: value for name, value in stated.items() if value not in (None, [], "")}
    return ", ".join(f"{name} {_text(value)}" for name, value in shown.items()) or "nothing stated"


def _text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _listed(before: str, values: list[str]) -> str:
    return f"{before} {', '.join(values)}" if values else ""


def _oddity(odd: dict[str, Any]) -> str:
    more = f" ({_filled(odd['params'])})" if odd["params"] else ""
    return f"{odd['code']}, segment {odd['segment']}{more}"
