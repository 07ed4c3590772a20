"""Phrases of one catalog in one language: what a code says, with its parameters written in."""

from __future__ import annotations

from collections.abc import Callable
from gettext import GNUTranslations
from types import MappingProxyType

from service.explain.catalogs import Locale
from service.explain.sentences import Params, Part, Write, fill, parse

# Prepositions that Spanish writes together with the article of the name that follows.
CONTRACTIONS = MappingProxyType({"en": (), "es": ((" de el ", " del "), (" a el ", " al "))})


class Phrases:
    """The phrases of a catalog; each is parsed once.

    A code that the catalog does not have comes back as it is: an answer kept by another version of the
    service is still shown.
    """

    __slots__ = ("_catalog", "_contractions", "_parsed", "_writer")

    def __init__(self, locale: Locale, catalog: GNUTranslations, writer: Callable[[str], Write]) -> None:
        self._catalog, self._writer = catalog, writer
        self._contractions = CONTRACTIONS[locale]
        self._parsed: dict[str, tuple[Part, ...]] = {}

    def __call__(self, code: str, params: Params) -> str:
        """Return the phrase of a code."""
        parts = self._parsed.get(code)
        if parts is None:
            parts = self._parsed[code] = parse(self._catalog.gettext(code), self._writer)
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        text = fill(parts, params)
        for apart, together in self._contractions:
            if apart in text:
                text = text.replace(apart, together)
        return text
