"""Rows of batches in words: what columns are called, what stands in them, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from service.explain.catalogs import CONSOLE, Locale, catalog
from service.explain.phrases import Phrases
from service.explain.words import words

CONTEXTS: Mapping[str, str] = MappingProxyType(
    {
        "network": "network",
        "eligibility": "eligibility_status",
        "levels": "level_short",
        "authorization": "authorization_short",
        "certainty": "certainty",
    }
)
"""The columns of results that hold words, each with what they are words of."""


class RowWords:
    """The words of rows in one language."""

    def __init__(self, locale: Locale) -> None:
        self._locale, self._words = locale, words(locale)
        self._catalog = catalog(locale, CONSOLE)
        self._phrases = Phrases(locale, self._catalog, lambda _: lambda value, __: str(value))

    def label(self, code: str) -> str:
        """What a column, or a sheet, is called."""
        return self._phrases(code, {})

    def value(self, column: str, text: str, cells: Mapping[str, Any]) -> str:
        """What stands in a column, in words; what is not a word there stays."""
        if column == "status":
            return self._phrases(f"result_status_{text}", {})
        if column == "coverage":  # while nobody confirmed the member it is the plan that covers
            is_member = cells.get("eligibility") == "active"
            context = "coverage_status" if is_member else "plan_coverage_short"
        else:
            context = CONTEXTS.get(column, "")
        if not context:
            return text
        return "; ".join(self._words.name(context, one) for one in text.split(";")) if text else ""

    def field(self, pointer: str) -> str:
        """What a field is called that a pointer leads to: a column, or where it stands in the request."""
        name = pointer.removeprefix("/member/").removeprefix("/")
        if not name:
            return self.label("row_itself")
        return self._known(f"row_field_{name}") or name.replace("/", " › ")

    def fault(self, pointer: str, code: str, message: str = "") -> str:
        """What is wrong with a field and what to do; its message where there are no words of ours."""
        name = pointer.rpartition("/")[2]
        ways = (f"row_fault_{code}_{name}", f"row_fault_{code}", f"fault_{code}")
        end = next((known for way in ways if (known := self._known(way))), None)
        if end is None and message and self._locale == "en":
            return message
        return f"{self.field(pointer)} {end or self.label('fault_other')}."

    def _known(self, code: str) -> str | None:
        return None if self._catalog.gettext(code) == code else self._phrases(code, {})


@cache
def row_words(locale: Locale) -> RowWords:
    """Return the words of rows in a language."""
    return RowWords(locale)
