"""`vob hold` and `vob purge`: what must stay, and what is kept no longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Any

import click
import orjson

from service.cli.failing import NoAnswer
from service.cli.opening import note, open_store_here, who
from service.store import audit, holds
from service.store.cases import CLOSED, STATUSES
from service.store.purge import Counts, Oldest, Wanted, count, empty_log, held_back, oldest
from service.store.purge import purge as remove
from service.store.session import Session, Store, transaction


@click.group()
def hold() -> None:
    """Legal holds: cases that must stay, whatever is purged."""


@hold.command("add")
@click.argument("case")
@click.option("--reason", required=True, help="Why it must stay; kept sealed.")
def add(case: str, reason: str) -> None:
    """Hold a case: it stays until every hold on it is released."""
    with open_store_here() as store:
        with transaction(store) as session:
            made = holds.add(session, case, who(), reason, _now())
            if made is None:
                raise NoAnswer("there is no case with this id.")
            note(session, "hold.add", case)
        _link(store)
    click.echo(f"The case is held; the hold is {made.id}.")


@hold.command("release")
@click.argument("case")
@click.option("chosen", "--hold", help="Which hold, where there are several on the case.")
def release(case: str, chosen: str | None) -> None:
    """End the hold on a case."""
    with open_store_here() as store:
        with transaction(store) as session:
            found = [one.id for one in holds.list_open(session, case) if chosen in (None, one.id)]
            if len(found) > 1:
                raise NoAnswer(f"the case has several holds; name one with --hold: {', '.join(found)}.")
            if not (found and holds.release(session, found[0], who(), _now())):
                raise NoAnswer("there is no such hold on this case.")
            note(session, "hold.release", case)
            still = holds.is_held(session, case)
        _link(store)
    click.echo("The hold is released." + (" The case is held for another reason still." if still else ""))


@hold.command("list")
@click.option("--reasons", is_flag=True, help="Show the reasons, too; they may speak of a person.")
def list_holds(reasons: bool) -> None:
    """Print every hold that was not released, oldest first."""
    with open_store_here() as store, transaction(store) as session:
        found = holds.list_open(session)
    for one in found:
        why = f"  {one.reason}" if reasons else ""
        click.echo(f"{one.case_id}  since {one.since.date()} by {one.by}  hold {one.id}{why}")


@click.command()
@click.option(
    "--before", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="A day, in UTC."
)
@click.option(
    "statuses",
    "--status",
    multiple=True,
    type=click.Choice(STATUSES),
    default=CLOSED,
    help=f"Which cases; {' and '.join(CLOSED)} where left out.",
)
@click.option("--yes", is_flag=True, help="Remove; without it, only what would go is said.")
@click.option(
    "report",
    "--report",
    type=click.File("w", lazy=False, atomic=True),
    help="Where to write the same as JSON.",
)
def purge(before: datetime, statuses: tuple[str, ...], yes: bool, report: IO[str] | None) -> None:
    """Remove cases in which nothing happened since a day, with all that belongs to them, for good."""
    wanted = Wanted(before.replace(tzinfo=UTC), tuple(sorted(set(statuses))))
    if wanted.before > _now():
        raise click.BadParameter("must not lie in the future.", param_hint="--before")
    with open_store_here() as store:
        went = _purge(store, wanted) if yes else None
        with transaction(store) as session:
            counts = count(session, wanted) if went is None else went
            held, left = held_back(session, wanted), oldest(session)
    document = _document(wanted, counts, held, left, removed=yes)
    if report is not None:
        report.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    _say(document)


def _purge(store: Store, wanted: Wanted) -> Counts:
    went = Counts()
    for counts in remove(store, wanted, _tell):
        went += counts
        _link(store)
    empty_log(store)
    return went


def _tell(session: Session, case_id: str) -> None:
    note(session, "case.purge", case_id)


def _link(store: Store) -> None:
    """Link what was noted: no service may be running that would."""
    while audit.seal(store, _now(), waits=True) == audit.AT_A_TIME:
        pass


def _now() -> datetime:
    return datetime.now(UTC)


def _document(
    wanted: Wanted, counts: Counts, held: list[str], left: Oldest | None, *, removed: bool
) -> dict[str, Any]:
    """Return the report: ids, counts and days; nothing in it says who a member is."""
    return {
        "day": _now().date(),
        "asked": {"before": wanted.before.date(), "statuses": wanted.statuses},
        "removed": removed,
        "cases": counts.cases,
        "verifications": counts.verifications,
        "events": counts.events,
        "answers": counts.answers,
        "held": held,
        "oldest_left": None if left is None else {"case": left.id, "opened": left.opened.date()},
    }


def _say(document: Mapping[str, Any]) -> None:
    asked, held, left = document["asked"], document["held"], document["oldest_left"]
    click.echo(f"{document['day']}: nothing since {asked['before']}, {' or '.join(asked['statuses'])}.")
    names = {"cases": "cases", "verifications": "verifications", "events": "changes", "answers": "answers"}
    counts = [f"{document[key]} {name}" for key, name in names.items()]
    end = "removed" if document["removed"] else "would go; --yes removes them"
    click.echo(f"{', '.join(counts)}: {end}.")
    if held:
        click.echo(f"{len(held)} left because of a hold: {', '.join(held)}.")
    if left is not None:
        click.echo(f"The oldest case left: {left['case']}, opened {left['opened']}.")
