"""Authorizations that a change of payer leaves behind, in sentences: which, for how long, who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.console.reading import label
from service.explain.page import Reader

TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about a row, and the source that it rests on, as text and address, where it has one."""

    text: str
    source: str | None = None
    url: str | None = None


def sentences_of(finding: Mapping[str, Any], reader: Reader) -> Iterator[Said]:
    """Which authorizations do not follow, and how long what was authorized goes on, as each source says."""
    is_transfer = finding["how"] == TRANSFER
    for one in finding["authorizations"]:
        about = {
            "payer": one["payer"],
            "level": reader.words.name("level_short", one["level"]),
            "number": one["number"],
            "until": reader.words.date(one["until"]) if one["until"] else None,
            "now": finding["now"],
        }
        yield Said(label("left_behind_transfer" if is_transfer else "left_behind", **about))
    for window in finding["windows"]:
        yield _window(window, finding["now"], reader, is_transfer=is_transfer)
    if not finding["windows"]:
        yield Said(label("left_behind_unknown", now=finding["now"], phone=finding["phone"]))


def _window(window: Mapping[str, Any], now: str, reader: Reader, *, is_transfer: bool) -> Said:
    code = "transfer" if is_transfer else "since" if window["since"] else "since_when"
    text = label(
        f"goes_on_{code}",
        now=now,
        days=window["days"],
        date=reader.words.date(window["date"]),
        since=reader.words.date(window["since"]) if window["since"] else None,
    )
    cited = window["citation"]
    confidence = reader.words.name("confidence", cited["confidence"])
    source = f"{cited['title']}, {cited['locator']} ({confidence})"
    return Said(text, source, cited["url"])
