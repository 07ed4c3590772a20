"""The page of what other rules would change: case by case, old and new, and how many were looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from service.explain.page.impact import ARROW, parts_of
from service.explain.page.layout import bullets, line
from service.explain.page.reader import Answer, Reader


def impact_opening(rulebook: str, reader: Reader) -> str:
    """Return what is held against what, in one line."""
    return reader.label("impact_under", rulebook=rulebook)


def impact_case(item: Answer, payer: str, reader: Reader) -> str:
    """Return a case, as it travels, with what would change of its answer; nobody is named."""
    return "\n".join(("", *_case(item, payer, reader)))


def impact_summary(counts: Mapping[str, int], reader: Reader) -> str:
    """Return how many cases were looked at, and what was found of how many."""
    unknown = counts["unknown"]
    return reader.label(
        "impact_summary",
        looked=f"{counts['looked_at']:,}",
        answered=f"{counts['answered']:,}",
        changed=f"{counts['changes'] + counts['refused']:,}",
        unknown=f"{unknown:,}" if unknown else None,
    )


def _case(item: Answer, payer: str, reader: Reader) -> Iterator[str]:
    levels = item["levels_of_care"]
    title = reader.label(
        "impact_case",
        case=item["case_id"],
        payer=payer,
        levels=ARROW.join(reader.words.name("level_short", level) for level in levels),
        start=reader.words.date(item["start_date"]),
        day=reader.words.date(datetime.fromisoformat(item["answered_at"]).astimezone(reader.zone).date()),
    )
    yield from line(title, depth=0)
    for part in parts_of(item["changes"], levels, reader):
        yield from line(part.about)
        yield from bullets((f"{row.named}: {row.before}{ARROW}{row.after}" for row in part.rows), depth=2)
        for text, _ in part.sources:
            yield from line(text, depth=3)
    if item["outcome"] == "refused":
        fields = "; ".join(f"{error['pointer']} {error['code']}" for error in item["errors"])
        yield from line(reader.label("impact_refused", fields=fields))
    if item["outcome"] == "unknown":
        yield from line(reader.label("impact_unknown"))
