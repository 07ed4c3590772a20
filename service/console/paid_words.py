"""What was paid for a session in words: amounts, the difference, a sentence for each of its causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from service.actuals.lines import actual_line
from service.at_hand import office
from service.console.case_words import case_label
from service.console.reading import language
from service.explain.page import Reader
from service.store.records import Record

PARTS = ("allowed", "patient")


def sessions_paid(found: Sequence[Record]) -> list[dict[str, Any]]:
    """Sessions as a page shows them: amounts in words, and a sentence for each cause."""
    reader = Reader(language(), office().desk.clinic.zone)
    return [_session(actual_line(record), reader) for record in found]


def _session(line: dict[str, Any], reader: Reader) -> dict[str, Any]:
    compared, expected = line["comparison"], line["expected"]
    difference = compared["difference"]
    return {
        **line,
        "money": {
            name: (_money(reader, expected and expected[name]), _money(reader, line[name])) for name in PARTS
        },
        "difference": None if difference is None else _signed(reader, difference),
        "why": [*_why(line, reader)],
    }


def _why(line: dict[str, Any], reader: Reader) -> Iterator[str]:
    compared = line["comparison"]
    if compared["reason"] is not None:
        yield case_label(f"paid_reason_{compared['reason']}")
    for cause in compared["causes"]:
        yield case_label(
            f"paid_cause_{cause['cause']}",
            amount=_signed(reader, cause["amount"]),
            allowed=_money(reader, line["allowed"]),
            expected=_money(reader, line["expected"]["allowed"]),
        )


def _money(reader: Reader, amount: str | None) -> str:
    return "–" if amount is None else reader.words.money(amount)


def _signed(reader: Reader, amount: str) -> str:
    sign = "" if amount.startswith("-") or amount == "0.00" else "+"
    return sign + reader.words.money(amount)
