"""`vob rules impact`: the open cases whose latest answer would be another one under other rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from service import rulesets
from service.cli.failing import NoAnswer, settings_needed
from service.cli.opening import note, open_store_here
from service.cli.rulesets import BadSet, refuse_unsound
from service.config import Settings
from service.desks import Desks
from service.explain import LOCALES, Locale
from service.explain.page import Reader
from service.explain.page.impact_page import impact_case, impact_opening, impact_summary
from service.impact import Impact, dump, look_at
from service.rules import INSTALLED, Unusable, names_of, open_clinic, open_rulebook, read_set
from service.store import audit
from service.store.pages import HIGHEST_LIMIT, Page
from service.store.session import Store, transaction


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides: every answer's own rules, put together again by `desks`, and the other rulebook."""

    store: Store
    desks: Desks
    rulebook: Any

    def pages(self) -> Iterator[Impact]:
        """Yield what is found, a page of the open cases at a time."""
        page: Page | None = Page(HIGHEST_LIMIT)
        while page is not None:
            found = look_at(self.store, self.desks.of, self.rulebook, page)
            yield found
            page = Page(HIGHEST_LIMIT, found.following) if found.following is not None else None


@click.command("impact")
@click.argument("wanted", metavar="[DIGEST|PATH]", required=False)
@click.option("as_json", "--json", is_flag=True, help="A line of JSON for each case, for programs.")
@click.option(
    "--language", type=click.Choice(LOCALES), default="en", show_default=True, help="Language of the page."
)
def impact(wanted: str | None, as_json: bool, language: Locale) -> None:
    """List the open cases whose latest answer would be another one under other rules, old and new.

    Each answer is held against the one that the same question, with all that was told and heard, would have
    got at the same moment under the other rules: those of an installed set (the beginning of its digest, or
    `built-in`), or of the directory PATH laid over the built-in ones, or, without either, those in use now.
    Nothing is changed, and no member is named.
    """
    with settings_needed():
        settings = Settings.from_env()
    with open_store_here() as store:
        compared = _open(settings, store, wanted)
        reader = Reader(language, open_clinic(settings).zone)
        names, counts = names_of(compared.rulebook), Counter[str]()
        if not as_json:
            click.echo(impact_opening(compared.rulebook.digest, reader))
        for page in compared.pages():
            counts.update(looked_at=page.looked_at, answered=page.answered)
            for item in map(dump, page.affected):
                counts[item["outcome"]] += 1
                payer = names.get(item["payer"], item["payer"])
                click.echo(orjson.dumps(item) if as_json else impact_case(item, payer, reader))
        click.echo(f"{'' if as_json else chr(10)}{impact_summary(counts, reader)}", err=as_json)


def _open(settings: Settings, store: Store, wanted: str | None) -> Compared:
    """Return the two sides to be compared; what is wrong with the other rules is said."""
    now = datetime.now(UTC)
    try:
        base, zone = open_rulebook(settings), open_clinic(settings).zone
        if wanted is not None and Path(wanted).is_dir():
            files, name = read_set(Path(wanted)), Path(wanted).resolve().name
        else:
            with transaction(store) as session:
                files, name = dict(rulesets.files_of_set(session, wanted)), INSTALLED
    except rulesets.NoSuchSet as error:
        raise click.BadParameter(f"{error}, and no directory is called so.", param_hint="DIGEST") from None
    except Unusable as error:
        if wanted is not None and Path(wanted).is_dir():
            raise BadSet([str(error)]) from None
        raise NoAnswer(str(error)) from None
    if files and wanted is not None:  # what is in use was found sound when it was put in use
        refuse_unsound(settings, files, name)
    with transaction(store) as session:
        rulebook = rulesets.lay_set(session, files, base, zone, now, settings.cache_path)
        note(session, "rules.impact", rulebook.digest)
    audit.seal(store, now, waits=True)
    return Compared(store, Desks(base, settings.cache_path), rulebook)
