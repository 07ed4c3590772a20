"""What the pages of a case call things, in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from service.console.reading import fault, language
from service.explain import Locale
from service.explain.catalogs import CASEWORK, catalog
from service.explain.phrases import Phrases


def case_label(code: str, **params: Any) -> str:
    """A label of a case's pages in the reader's language."""
    return _labels(language())(code, params)


def explain_fault(code: str) -> str:
    """What is wrong with a field, as the end of a sentence."""
    name = f"fault_{code}"
    known = catalog(language(), CASEWORK).gettext(name) != name
    return case_label(name) if known else fault(code)


@cache
def _labels(locale: Locale) -> Phrases:
    return Phrases(locale, catalog(locale, CASEWORK), lambda name: lambda value, params: str(value))
