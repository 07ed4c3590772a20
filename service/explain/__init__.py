"""What codes mean in a language: step codes become sentences, English or Spanish, from gettext catalogs.

Answers are kept and sent as codes with their parameters; a sentence is made only when someone reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import MappingProxyType

from service.explain.catalogs import LOCALES, SENTENCES, Locale, catalog
from service.explain.phrases import Phrases
from service.explain.sentences import Params, Write
from service.explain.words import Words, words

__all__ = ["LOCALES", "Locale", "Say", "say", "words"]

Say = Callable[[str, Params], str]

# What a parameter is, by its name; any other is written as it stands.
DATES = ("date", "on", "since")
MONEY = ("amount", "limit", "met", "remaining", "days_61_90", "reserve", "lowest", "highest")
RATES = ("rate", "coinsurance")
NAMES = MappingProxyType(
    {
        "level": "level",
        "asked": "level",
        "setting": "setting",
        "modality": "modality",
        "network": "network",
        "scope": "scope",
        "period": "period",
        "per": "per",
        "classification": "classification",
        "rule": "rule",
        "by": "clinician",
        "procedure": "procedure",
    }
)
CHOICES = MappingProxyType({"settings": "setting", "modalities": "modality", "conditions": "condition"})
COUNTS = MappingProxyType(
    {
        "sessions": "session",
        "after": "session",
        "days": "day",
        "weeks": "week",
        "hours": "hour",
        "minimum": "hour",
        "minutes": "minute",
    }
)


@cache
def say(locale: Locale) -> Say:
    """Return the function that turns a code and its parameters into a sentence of a language."""
    own = words(locale)
    return Phrases(locale, catalog(locale, SENTENCES), lambda name: writer(name, own))


def writer(name: str, own: Words) -> Write:
    """Return how a parameter is written in a language, by its name."""
    if name in DATES:
        return lambda value, params: own.date(value)
    if name in MONEY:
        return lambda value, params: own.money(value)
    if name in RATES:
        return lambda value, params: own.rate(value)
    if name in NAMES:
        return lambda value, params: own.name(NAMES[name], value)
    if name in CHOICES:
        return lambda value, params: own.any_of(CHOICES[name], value)
    if name in COUNTS:
        return lambda value, params: own.count(COUNTS[name], value)
    return _special(name, own)


def _special(name: str, own: Words) -> Write:
    if name == "units":
        return lambda value, params: own.count(params.get("unit") or "unit", value)
    if name == "max_units":
        return lambda value, params: own.count(params.get("per") or "session", value)
    if name == "deductible":  # an amount, or whether there is one at all
        return lambda value, params: "" if value is True else own.money(value)
    if name == "percent":
        return lambda value, params: f"{value}%"
    return lambda value, params: str(value)
