"""Who a page is written for: the language, the zone of its times, and the labels of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from service.explain import Say, say, words
from service.explain.catalogs import PAGE, Locale, catalog
from service.explain.phrases import Phrases
from service.explain.words import Words

Answer = Mapping[str, Any]
FLORIDA = ZoneInfo("America/New_York")
MIDNIGHT = time()


@dataclass(frozen=True)
class Reader:
    """A language with its words, its sentences and the labels of a page."""

    locale: Locale
    zone: ZoneInfo = FLORIDA
    words: Words = field(init=False)
    say: Say = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", words(self.locale))
        object.__setattr__(self, "say", say(self.locale))

    def label(self, code: str, **params: Any) -> str:
        """Return a label of the page; its parameters are written already."""
        return _labels(self.locale)(code, params)

    def money(self, amount: str | None) -> str:
        """Return dollars, or that nobody knows."""
        return self.label("unknown") if amount is None else self.words.money(amount)

    def amount(self, amount: str | None) -> str:
        """Return a figure of a table that names the currency once, or that nobody knows."""
        return self.money(amount).replace("$", "")

    def moment(self, at: str) -> tuple[str, str | None]:
        """Return the day and the time of day of a moment in the reader's zone; midnight is not said."""
        local = datetime.fromisoformat(at).astimezone(self.zone)
        return self.words.date(local.date()), self.words.time(local) if local.time() != MIDNIGHT else None

    def sentence(self, step: Answer) -> str:
        """Return a step as a sentence, with the numbers of its sources."""
        return cited(self.say(step["code"], step["params"]), step.get("citations", ()))


@cache
def _labels(locale: Locale) -> Phrases:
    return Phrases(locale, catalog(locale, PAGE), lambda name: lambda value, params: str(value))


def cited(text: str, citations: Iterable[int]) -> str:
    """Return a text followed by the numbers of its sources, counted from 1 as they are listed."""
    numbers = "".join(f"[{number + 1}]" for number in sorted(citations))
    return f"{text} {numbers}" if numbers else text


def contact_line(contact: Answer) -> str:
    """Return whom to call or write to, in one line."""
    parts = (contact.get("name"), contact.get("phone"), contact.get("portal"))
    return " · ".join(part for part in parts if part)


def capitalized(text: str) -> str:
    """Return a text that begins a line, its first letter a capital."""
    return text[:1].upper() + text[1:]
