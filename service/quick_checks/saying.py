"""The words of the widget, English and Spanish, from the catalog `widget`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.lists import format_list

from schemas.problem import FieldError
from service.explain import Locale, words, writer
from service.explain.catalogs import WIDGET, catalog
from service.explain.phrases import Phrases
from service.explain.sentences import Params, Write

SHOWN = ("ui_", "page_", "fault_")
"""What an id begins with that the page's own script shows: labels, what its pages say too, and faults."""


def phrase(locale: Locale, code: str, **params: Any) -> str:
    """A phrase of the widget in a language."""
    return _phrases(locale)(code, params)


def sentence(locale: Locale, code: str, params: Params) -> str:
    """What the code of an answer says."""
    return _phrases(locale)(f"say_{code}", params)


def labels(locale: Locale) -> dict[str, str]:
    """Every phrase that the page's own script shows, by its id; its parameters are left for the script."""
    known: Mapping[Any, Any] = catalog(locale, WIDGET)._catalog  # type: ignore[attr-defined]
    return {code: said for code, said in known.items() if str(code).startswith(SHOWN)}


def faults(locale: Locale, errors: Iterable[FieldError], clinic: Mapping[str, Any]) -> list[FieldError]:
    """The same errors in a visitor's language; nothing that was typed is in them."""
    return [FieldError(one.pointer, one.code, _fault(locale, one, clinic)) for one in errors]


def _fault(locale: Locale, error: FieldError, clinic: Mapping[str, Any]) -> str:
    name = error.pointer.rpartition("/")[2]
    for code in (f"fault_{name}_{error.code}", f"fault_{name}", f"fault_{error.code}"):
        if catalog(locale, WIDGET).gettext(code) != code:
            return phrase(locale, code, **clinic)
    return phrase(locale, "fault_other", **clinic)


@cache
def _phrases(locale: Locale) -> Phrases:
    return Phrases(locale, catalog(locale, WIDGET), lambda name: _writer(locale, name))


def _writer(locale: Locale, name: str) -> Write:
    own = words(locale)
    if name == "about":
        return lambda value, params: _whole_dollars(value)
    if name in ("amount", "limit"):  # cents are only said where there are some
        return lambda value, params: own.money(value).removesuffix(".00")
    if name == "if_so":  # says that something depends, and nothing by itself
        return lambda value, params: ""
    if name in ("care", "unit"):
        return lambda value, params: phrase(locale, f"{name}_{value}")
    if name == "cares":
        return lambda value, params: format_list(
            [phrase(locale, f"care_{each}") for each in value], style="or", locale=locale
        )
    return writer(name, own)


def _whole_dollars(amount: str) -> str:
    try:
        return f"${Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP):,}"
    except InvalidOperation:
        return str(amount)
