"""The rulebook in words: where a published value stands and for whom, what it is, how it changes.

A value comes as its file has it: `where` is its path (`plans.silver.services.outpatient.copay`) or the
table it stands in, `when` its conditions, `row` the row of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol

from schemas.model import LEVELS_OF_CARE
from service.explain.catalogs import CONSOLE, Locale, catalog
from service.explain.page.published import label_of_field, said_in_words
from service.explain.page.reader import Reader, capitalized
from service.explain.phrases import Phrases

Plain = Mapping[str, Any]
POTS = ("deductible", "out_of_pocket_max")


class Valued(Protocol):
    """A published value as the rulebook shows it."""

    @property
    def where(self) -> str: ...
    @property
    def conditions(self) -> Plain: ...
    @property
    def row(self) -> Plain: ...


@cache
def labels(locale: Locale) -> Phrases:
    """Return the labels that pages of the rulebook share with the console."""
    return Phrases(locale, catalog(locale, CONSOLE), lambda name: lambda value, params: str(value))


def place_in_words(shown: Valued, reader: Reader, plans: Mapping[str, str]) -> str:
    """Return for whom a value holds: plan, level of care, conditions; empty where it holds for all."""
    parts = _path(shown)
    named = []
    if parts[:1] == ["plans"]:
        named.append(plans.get(parts[1], parts[1]))
    level = shown.row.get("level_of_care") or next((one for one in parts if one in LEVELS_OF_CARE), None)
    if parts[:1] == ["medical"]:
        named.append(reader.words.name("classification", parts[1]))
    elif level is not None:
        named.append(reader.words.name("level_title", level))
    if parts[:1] == ["medicaid_regions"]:
        named.append(reader.label("rule_region", region=parts[1]))
    if parts[:1] == ["medicaid_plans"]:
        named.append(parts[1])
    if parts[:1] in (["legal_maximum"], ["clocks"]):
        named.append(labels(reader.locale)(f"choice_{parts[1]}", {}))
    if "cost_share" in parts:
        named.append(reader.words.name("network", parts[parts.index("cost_share") + 1]))
    named += _conditions(shown.conditions, reader)
    return ", ".join(named)


def field_in_words(shown: Valued, reader: Reader) -> str:
    """Return what a value is a value of: "the payment rate of APC 5851", "prior authorization"."""
    if "code" in shown.row:
        code = " ".join(filter(None, (shown.row["code"], shown.row.get("modifier"))))
        return reader.label("rule_price", price=code)
    if shown.row:
        return reader.label("rule_wage_index", area=shown.row["area"], county=shown.row["county"])
    *_, around, last = ["", *_path(shown)]
    if around in POTS:
        return f"{reader.words.name('subject', around)} ({reader.words.name('scope', last)})"
    if shown.where.startswith("legal_maximum"):
        scope = reader.words.name("scope", last)
        return f"{labels(reader.locale)('pub_legal_maximum', {})} ({scope})"
    if shown.where.startswith("clocks"):
        last = "authorization_clock"
    if shown.where.startswith("rules."):
        return reader.label("rule_of_the_order", rule=last)
    if shown.where.startswith("medicaid_regions"):
        last = "counties"
    named = label_of_field(last, reader, lambda code, **params: labels(reader.locale)(code, params))
    return named[:1].lower() + named[1:]


def value_in_words(shown: Valued, value: Any, reader: Reader) -> str:
    """Return a value in words, as its file has it."""
    if "index" in shown.row:
        return str(value)
    if "code" in shown.row:
        return reader.words.money(value)
    return _said(_path(shown)[-1], value, reader)


def _path(shown: Valued) -> list[str]:
    """Return the path of a value in its file; of a second source of it, that of the first."""
    return [] if shown.row else shown.where.partition(" (")[0].split(".")


def change_in_words(shown: Valued, before: Any, after: Any, reader: Reader, plans: Mapping[str, str]) -> str:
    """Return a sentence that says what changes for whom."""
    place, field = place_in_words(shown, reader, plans), field_in_words(shown, reader)
    said = {
        "before": value_in_words(shown, before, reader) if before is not None else "",
        "after": value_in_words(shown, after, reader) if after is not None else "",
    }
    text = reader.label(_kind_of_change(before, after), field=field, **said)
    return f"{place}: {text}" if place else capitalized(text)


def _kind_of_change(before: Any, after: Any) -> str:
    if before is None:
        return "rule_begins"
    if after is None:
        return "rule_ends"
    try:
        was, becomes = Decimal(str(before)), Decimal(str(after))
    except InvalidOperation:
        return "rule_changes"
    return "rule_rises" if becomes > was else "rule_falls"


def _said(name: str, value: Any, reader: Reader) -> str:
    words = reader.words
    if name in ("individual", "family") and value != "none":
        return words.money(value)
    if name in ("coinsurance_max", "allowed_amount"):
        return words.money(value)
    if name.endswith("notes"):
        return " ".join(reader.say(note["code"], note.get("params", {})) for note in value).rstrip(".")
    if name in ("ages", "hours_per_week"):
        return _band(value, "rule_ages" if name == "ages" else "rule_hours", reader)
    if isinstance(value, Mapping) and value.keys() & {"standard", "expedited"}:
        return "; ".join(f"{_clock(kind, reader)} {_said(kind, one, reader)}" for kind, one in value.items())
    if isinstance(value, Mapping) and "after_units" in value:
        return reader.say("share_changes", {"after": value["after_units"]})
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(value[0], Mapping):
        return "; ".join(_said(name, one, reader) for one in value)
    return said_in_words(name, value, reader)


def _clock(kind: str, reader: Reader) -> str:
    return labels(reader.locale)(f"pub_{kind}", {})


def _band(band: Plain, code: str, reader: Reader) -> str:
    low, high = band.get("from"), band.get("below")
    return reader.label(code, low=str(low) if low else None, high=str(high) if high else None)


def _conditions(conditions: Plain, reader: Reader) -> Iterator[str]:
    """Yield the conditions of a value, each in words."""
    words = reader.words
    for name, value in conditions.items():
        several = value.split() if isinstance(value, str) else value
        if name == "provider_types":
            yield reader.label("rule_at", settings=words.any_of("setting", several))
        elif name == "locality":
            yield reader.label("rule_locality", locality=value if isinstance(value, str) else " ".join(value))
        elif name == "conditions":
            yield reader.label("rule_for", conditions=words.any_of("condition", several))
        elif name == "ages":
            yield _band(value, "rule_ages", reader)
        else:
            yield words.any_of("modality" if name == "modalities" else "network", several)


def question_in_words(code: str, level: str | None, payer: str, reader: Reader) -> str:
    """Return what to ask a payer about a value, as a call script does."""
    if code == "ask_covered" and level is not None:
        return reader.label("rule_ask_covered", level=reader.words.name("level", level))
    return reader.say(code, {"payer": payer, "level": level})
