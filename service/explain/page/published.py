"""What is published for a plan, as rows to read: every value with what it is called and its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.fields import MONEY_NAMES
from service.explain.page.reader import Reader, capitalized, cited, contact_line

Label = Callable[..., str]
RATES = ("coinsurance",)
PLACES = {"modalities": "modality", "provider_types": "setting", "clinician_rates": "clinician"}
"""By which words the values of a field are called."""

DAYS_IN_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together: of the plan as a whole, or of a level of care in or out of network."""

    title: str
    rows: Sequence[tuple[str, str]]
    level: str | None = None


def sections_of(benefits: Mapping[str, Any], reader: Reader, label: Label) -> list[Section]:
    """Everything published, the plan as a whole first, then level by level."""
    whole = {name: said for name, said in benefits.items() if name not in ("networks", "ask_first")}
    sections = [Section(label("published_whole"), [*_rows(whole, (), reader, label)])]
    networks = benefits.get("networks", {})
    apart = [*networks] if len({repr(said) for said in networks.values()}) > 1 else [*networks][:1]
    for network in apart:
        named = reader.words.name("network", network) if len(apart) > 1 else ""
        said = networks[network]
        pots = {name: value for name, value in said.items() if name != "levels"}
        for level, values in {None: pots, **said.get("levels", {})}.items():
            title = label("pots") if level is None else reader.words.name("level_title", level)
            text = f"{title} · {named}" if named else title
            sections.append(Section(text, [*_rows(values, (), reader, label)], level))
    return [section for section in sections if section.rows]


def cited_in(sections: Sequence[Section], sources: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """The sources that stand behind what is shown, each with its number."""
    text = "".join(value for section in sections for _, value in section.rows)
    for number, source in enumerate(sources, 1):
        if f"[{number}]" in text:
            yield number, source


def age_of(source: Mapping[str, Any], today: date, label: Label) -> str:
    """How old a source is, in words: since it was published, else since it was read."""
    since = date.fromisoformat(source["published"] or source["retrieved"])
    months = max(0, (today - since).days // DAYS_IN_A_MONTH)
    if months < 1:
        return label("age_new")
    years, rest = divmod(months, 12)
    if not years:
        return label("age_month" if months == 1 else "age_months", count=str(months))
    text = label("age_year" if years == 1 else "age_years", count=str(years))
    more = label("age_month" if rest == 1 else "age_months", count=str(rest))
    return f"{text}, {more}" if rest else text


def _rows(
    said: Mapping[str, Any], path: tuple[str, ...], reader: Reader, label: Label
) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        here = (*path, name)
        for one in value if isinstance(value, list) else [value]:
            if name.endswith("notes"):
                yield label("pub_notes"), reader.say(one["code"], one.get("params", {}))
            elif isinstance(one, Mapping) and "citations" in one and "value" in one:
                yield _called(here, reader, label), _value(here, one, reader, label)
            elif name == "fees":
                yield _fee(one, reader, label)
            elif isinstance(one, Mapping):
                yield from _rows(one, here, reader, label)


def _called(path: tuple[str, ...], reader: Reader, label: Label) -> str:
    *around, last = path
    pot = next((name for name in around if name in ("deductible", "out_of_pocket_max")), None)
    if pot or "legal_maximum" in around:
        subject = reader.words.name("subject", pot) if pot else label("pub_legal_maximum")
        scopes = [reader.words.name("scope", name) for name in around if name not in ("legal_maximum", pot)]
        return capitalized(f"{subject} ({', '.join(scopes)})")
    return capitalized(label_of_field(last, reader, label))


def label_of_field(name: str, reader: Reader, label: Label) -> str:
    """Return what a field of the rulebook is called."""
    code = f"pub_{name}"
    named = label(code)
    return reader.words.name("subject", name) if named == code else named


def _fee(fee: Mapping[str, Any], reader: Reader, label: Label) -> tuple[str, str]:
    parts = [fee.get("code"), fee.get("modifier")]
    if fee.get("service"):
        parts.append(reader.words.name("service", fee["service"]))
    amount = fee.get("amount") or {"value": None, "citations": []}
    return f"{label('pub_fees')} {' '.join(filter(None, parts))}", _value(("amount",), amount, reader, label)


def _value(path: tuple[str, ...], fact: Mapping[str, Any], reader: Reader, label: Label) -> str:
    text = said_in_words(path[-1], fact["value"], reader)
    if fact.get("through"):
        text = f"{text} ({label('through', date=reader.words.short_date(fact['through']))})"
    return cited(text, fact["citations"])


def said_in_words(name: str, value: Any, reader: Reader) -> str:
    """Return the value of a field in words."""
    words = reader.words
    if value is None or isinstance(value, bool):
        return words.name("answer", {None: "none", True: "true", False: "false"}[value])
    if isinstance(value, list):
        if name == "plan_year_start":
            return "-".join(f"{part:02d}" for part in value)
        return ", ".join(words.name(PLACES.get(name, "answer"), one) for one in value)
    if isinstance(value, Mapping):
        return _several(name, value, reader)
    if name in MONEY_NAMES:
        return words.money(value)
    return words.rate(value) if name in RATES else words.name("answer", value)


def _several(name: str, value: Mapping[str, Any], reader: Reader) -> str:
    words = reader.words
    if "per" in value and "amount" in value:
        return f"{words.money(value['amount'])} {words.name('per', value['per'])}"
    if "period" in value:
        return f"{words.count(value['unit'], value['units'])} {words.name('period', value['period'])}"
    if name == "clinician_rates":
        return "; ".join(f"{words.name('clinician', one)}: {words.rate(rate)}" for one, rate in value.items())
    if "n" in value:
        unit = "hour" if value["unit"] == "hours" else "day"
        return words.count(unit, value["n"])
    if name == "certification":
        asked = {"by": value["by"], "hours": value.get("hours_per_week"), "days": value.get("recertify_days")}
        return reader.say("certification_needed", asked)
    if name == "billing":
        parts = (
            (code, said if isinstance(said, str) else ", ".join(said)) for code, said in value.items() if said
        )
        return "; ".join(reader.label(f"billing_{code}", list=said) for code, said in parts)
    if value.keys() & {"phone", "portal"}:
        return contact_line(value)
    return "; ".join(", ".join(one) if isinstance(one, list) else str(one) for one in value.values())
