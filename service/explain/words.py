"""The names of things in a language, and how it writes dates, times, amounts, rates, counts and lists.

Names stand in the catalog `words`, each in the context of what it names, so that `in` is a network and
nothing else. What is written often is remembered: these are on the path of every answer. A value that is
not what its place asks for is written as it stands: a sentence never fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_percent

from service.explain.catalogs import WORDS, Locale, catalog

# Both as they are written in Florida: a dollar has a point before its cents.
BABEL = {"en": "en_US", "es": "es_US"}
DATES = {"en": "EEE MMM d, y", "es": "EEE d 'de' MMMM 'de' y"}
SHORT_DATES = {"en": "MMM d, y", "es": "d MMM y"}
DAYS_AND_MONTHS = {"en": "MMM d", "es": "d MMM"}
REMEMBERED = 4096


class Words:
    """The words of one language."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._catalog = catalog(locale, WORDS)
        self.name = lru_cache(REMEMBERED)(self._name)
        self.date = lru_cache(REMEMBERED)(self._date)
        self.count = lru_cache(REMEMBERED)(self._count)
        self.money = lru_cache(REMEMBERED)(self._money)
        self.rate = lru_cache(REMEMBERED)(self._rate)
        self._any_of = lru_cache(REMEMBERED)(self._join)

    def _name(self, context: str, word: Any) -> str:
        """Return what a thing is called; a word that the catalog does not have stands as it is."""
        return self._catalog.pgettext(context, str(word))

    def _date(self, day: str | date) -> str:
        """Return a date in words: "Tue Mar 3, 2026", "mar 3 de marzo de 2026"."""
        return self._dated(day, DATES[self.locale])

    def short_date(self, day: str) -> str:
        """Return a date as it stands in a table: "Mar 2, 2026", "2 mar 2026"."""
        return self._dated(day, SHORT_DATES[self.locale])

    def day_and_month(self, day: str) -> str:
        """Return a date without its year, where there is room for little: "Mar 2", "2 mar"."""
        return self._dated(day, DAYS_AND_MONTHS[self.locale])

    def _dated(self, day: str | date, pattern: str) -> str:
        try:
            on = date.fromisoformat(day) if isinstance(day, str) else day
        except ValueError:
            return str(day)
        return format_date(on, pattern, locale=BABEL[self.locale])

    def time(self, at: datetime) -> str:
        """Return the time of day of a moment that is in the reader's zone already."""
        return format_time(at, "short", locale=BABEL[self.locale])

    def _count(self, thing: str, number: Any) -> str:
        """Return so many of a thing: "1 session", "24 sesiones"."""
        one = str(number) == "1"
        return self._catalog.npgettext("count", thing, f"{thing}s", 1 if one else 2).format(n=number)

    def _rate(self, rate: str) -> str:
        """Return a rate in per cent: "0.125" is "12.5%"."""
        try:
            return format_percent(Decimal(rate), "0.##%", locale=BABEL[self.locale])
        except ArithmeticError:
            return str(rate)

    def any_of(self, context: str, words: Sequence[str]) -> str:
        """Return the names of several things, joined with "or"."""
        return self._any_of(context, tuple(words))

    def _join(self, context: str, words: tuple[str, ...]) -> str:
        names = [self.name(context, word) for word in words]
        return format_list(names, style="or", locale=BABEL[self.locale])

    def _money(self, amount: str) -> str:
        """Return dollars as both languages write them in Florida: "$1,234.50"."""
        # By hand: amounts hardly ever come twice, and Babel takes twenty times as long.
        try:
            number = Decimal(amount)
        except ArithmeticError:
            return str(amount)
        return f"{'-' if number < 0 else ''}${abs(number):,.2f}"


@cache
def words(locale: Locale) -> Words:
    """Return the words of a language."""
    return Words(locale)
