"""Invented payers for tests: a small rulebook beside this file, and the requests that are put to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from payers.adapters.rulebook import ages_of
from payers.rule_files import read_files
from payers.rulebook import Rulebook, load_rulebook
from schemas.model import Benefits, Inquiry, Period, Person, Phase, Site

RULES = Path(__file__).parent / "rules"
FILES = read_files(RULES)

CMHC = Site("cmhc", "An invented center", "1234567893", "cmhc", county="Miami-Dade", locality="north")
ADULT = date(1990, 5, 17)


def write_rules(directory: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """Write the invented rulebook, with one text of a file replaced by another."""
    (directory / "fees").mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        text = content.decode()
        old, new = (changes or {}).get(name, ("", ""))
        assert old in text
        (directory / name).write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return directory


def ask(
    rulebook: Rulebook,
    dates: Sequence[date],
    *,
    payer: str = "marigold",
    plan: str | None = None,
    site: Site = CMHC,
    born: date | None = ADULT,
    condition: str = "mental_health",
    modality: str = "in_person",
    network: str | None = "in",
) -> tuple[Period, ...]:
    """Ask what is published for an invented member."""
    return rulebook.published(
        payer,
        plan,
        site=site,
        condition=condition,
        modality=modality,
        age_on=ages_of(born),
        dates=dates,
        network=network,
    )


def ask_once(rulebook: Rulebook, on: date, **options: object) -> Benefits:
    """Ask about one date."""
    (period,) = ask(rulebook, [on], **options)  # type: ignore[arg-type]
    return period.benefits


def inquiry(**changes: object) -> Inquiry:
    """A request of Ana Prueba, who does not exist."""
    person = Person("M123456", "Ana", "Prueba", ADULT)
    phase = Phase("intensive_outpatient", date(2026, 3, 2), 8, 3, 180)
    values: dict[str, object] = {"payer": "marigold", "member": person, "phases": (phase,), "site": "cmhc"}
    return Inquiry(**(values | changes))  # type: ignore[arg-type]


def load(directory: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Rulebook:
    """Write the invented rulebook and load it."""
    return load_rulebook(write_rules(directory, changes))
