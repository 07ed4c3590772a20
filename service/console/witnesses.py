"""Who said what: a line for each witness of an answer, and where they differ, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.model import CHANNELS
from service.explain.page import Reader
from service.explain.page.reader import capitalized, cited
from service.explain.page.work import subject, value_in_words

Answer = Mapping[str, Any]
WITNESSES = ("published", "told", "reported")
"""In the order of the table: what anybody can read, what this clinic was told, what the payer replied."""

PENDING, DEGRADED = "pending_live", "degraded"


@dataclass(frozen=True, slots=True)
class Difference:
    """What witnesses differ on: a cell for each of them, and what was taken as true."""

    about: str
    said: Sequence[str]
    settled: str


def lines_of(
    answer: Answer, told: Sequence[Answer], reader: Reader, label: Any, *, is_connected: bool
) -> Iterator[str]:
    """A line for each witness: what is published, every telling, and what became of the payer's own reply.

    `told` is every telling, oldest first; `is_connected` says whether this payer can be asked live;
    `label` gives words of the console.
    """
    kinds = [source["kind"] for source in answer["citations"]]
    if "published" in kinds:
        count = kinds.count("published")
        sources = label("source_one" if count == 1 else "source_many", count=str(count))
        yield label("witness_published", sources=sources)
    for telling in told:
        yield _telling(telling["told_by"], reader, label)
    yield label(f"witness_{_reply(answer, kinds, is_connected)}")


def differences_of(answer: Answer, reader: Reader) -> list[Difference]:
    """Where witnesses differ, each with its sources."""
    return [_difference(item, reader) for item in answer["disagreements"]]


def _telling(told_by: Answer, reader: Reader, label: Any) -> str:
    day, time = reader.moment(told_by["at"])
    channel = told_by["channel"] if told_by["channel"] in CHANNELS else CHANNELS[0]
    return str(
        label(
            "witness_told",
            channel=label(f"channel_{channel}"),
            representative=told_by.get("representative"),
            day=day,
            time=time,
            reference=told_by.get("reference"),
        )
    )


def _reply(answer: Answer, kinds: Sequence[str], is_connected: bool) -> str:
    if answer["status"] == PENDING:
        return "being_asked"
    if "reported" in kinds:
        return "arrived"
    if answer["status"] == DEGRADED:
        return "not_reachable"
    return "not_asked" if is_connected else "not_connected"


def _difference(item: Answer, reader: Reader) -> Difference:
    said: dict[str, list[str]] = {}
    for each in item["values"]:
        words = cited(value_in_words(each["value"], item["about"], reader), each["citations"])
        said.setdefault(each["witness"], []).append(words)
    return Difference(
        capitalized(subject(item["about"], reader)),
        [" / ".join(said.get(witness, ["–"])) for witness in WITNESSES],
        value_in_words(item["settled"], item["about"], reader),
    )
