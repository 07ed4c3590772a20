"""What a visitor left on the clinic's website, on the page of its case: in words, and to verify with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.model import LEVEL_ALIASES
from service.casework.file import CaseFile
from service.explain import Locale, words
from service.quick_checks.leaving import KIND
from service.quick_checks.saying import phrase

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Left:
    """What was left: its reference, its rows, what was agreed to, and what a request starts with."""

    reference: str
    rows: Sequence[Row]
    consent: Mapping[str, Any]
    request: Mapping[str, str]


def left_on_website(file: CaseFile, locale: Locale) -> Left | None:
    """What was left on the website of a case that began there, or `None`."""
    found = file.of_kind(KIND)
    if not found:
        return None
    data = found[0].data
    return Left(data["reference"], [*_rows(data, locale)], data["consent"], _request(file.case.id, data))


def _rows(data: Mapping[str, Any], locale: Locale) -> Iterator[Row]:
    person, reach, check = data["person"], data["reach"], data["check"]

    def said(name: str, value: str | None, written: str | None = None) -> Iterator[Row]:
        if value:
            yield phrase(locale, f"page_{name}"), written or value

    yield from said("asking_for", data["asking_for"], phrase(locale, f"page_asking_for_{data['asking_for']}"))
    yield from said("your_name", data["your_name"])
    yield from said("first_name", person["first_name"])
    yield from said("last_name", person["last_name"])
    yield from said("birth_date", person["birth_date"], words(locale).date(person["birth_date"]))
    yield from said("member_id", person["member_id"])
    yield from said("channel", reach["channel"], phrase(locale, f"page_channel_{reach['channel']}"))
    yield from said("phone", reach["phone"])
    yield from said("email", reach["email"])
    yield from said("best_time", reach["best_time"], phrase(locale, f"page_best_time_{reach['best_time']}"))
    yield from said("payer", check.get("payer") or check.get("payer_text"))
    kind = check["plan_type"]
    yield from said("plan_type", kind, phrase(locale, f"page_plan_type_{kind}"))
    level = check["level_of_care"]
    yield from said("level_of_care", level, phrase(locale, f"care_name_{level}"))
    yield from said("county", check["county"])


def _request(case_id: str, data: Mapping[str, Any]) -> dict[str, str]:
    person, check = data["person"], data["check"]
    asked = {
        "case": case_id,
        "payer": check.get("payer") or check.get("payer_text"),
        "level_of_care": LEVEL_ALIASES.get(check["level_of_care"]),
        "site": check.get("site"),
        **person,
    }
    return {name: value for name, value in asked.items() if value}
