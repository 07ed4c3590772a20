"""The page of a comparison: care plans side by side, and what could change each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from service.explain.page.cost import assumption_line
from service.explain.page.layout import WIDTH, bullets, grid, heading, line
from service.explain.page.reader import Answer, Reader
from service.explain.page.verdict import NOT_CONFIRMED, coverage_names, is_confirmed
from service.explain.page.work import sources

# As many plans beside each other as fit the page.
SIDE_BY_SIDE = 4
CELL = 17
ARROW = " → "


def print_comparison(items: Sequence[Answer], reader: Reader) -> str:
    """Return a comparison as a page of text: each item with `name`, `phases`, `estimate`, `citations`.

    Where an item does not say that the member was confirmed, the page speaks of the plan alone.
    """
    return "\n".join(_lines(items, reader)) + "\n"


def _lines(items: Sequence[Answer], reader: Reader) -> Iterator[str]:
    if not all(is_confirmed(item) for item in items):
        yield f"{NOT_CONFIRMED} {reader.label('membership_not_confirmed').upper()}"
        yield from line(reader.label("membership_not_confirmed_means"))
        yield ""
    yield reader.label("comparison").upper()
    yield "─" * WIDTH
    for start in range(0, len(items), SIDE_BY_SIDE):
        beside = items[start : start + SIDE_BY_SIDE]
        yield from grid([["", *(item["name"] for item in beside)], *side_by_side(beside, reader)], CELL)
        yield ""
    numbers: dict[str, int] = {}
    listed: list[Answer] = []
    yield from heading(reader.label("could_change"))
    for item in items:
        yield from _changes(item, renumber(item, numbers, listed), reader)
    yield from sources({"citations": listed}, reader)


def _changes(item: Answer, places: Sequence[int], reader: Reader) -> Iterator[str]:
    yield from line(f"{item['name']}:")
    yield from bullets(could_change(item, places, reader), depth=2)


def could_change(item: Answer, places: Sequence[int], reader: Reader) -> list[str]:
    """Return what could change the cost of a plan, its sources numbered as they stand in the list of all."""
    estimate = item["estimate"]
    texts = [assumption_line(_moved(each, places), reader) for each in estimate["assumptions"]]
    if estimate["formula"] is not None:
        texts.append(reader.sentence(_moved(estimate["formula"], places)))
    return texts or [reader.label("nothing_known")]


def renumber(item: Answer, numbers: dict[str, int], listed: list[Answer]) -> list[int]:
    """Return where the sources of an item stand in the list of all; those that are new to it are added."""
    places = []
    for source in item["citations"]:
        key = repr(sorted(source.items(), key=lambda pair: pair[0]))
        if key not in numbers:
            numbers[key] = len(listed)
            listed.append(source)
        places.append(numbers[key])
    return places


def _moved(step: Answer, places: Sequence[int]) -> Answer:
    return {**step, "citations": [places[number] for number in step["citations"]]}


def side_by_side(items: Sequence[Answer], reader: Reader) -> Iterator[list[str]]:
    """Yield the rows of the comparison: what it is about, and a cell for each plan."""
    rows: tuple[tuple[str, Callable[[Answer, Reader], str]], ...] = (
        ("care", _care),
        ("coverage", _coverage),
        ("prior_authorization", _authorization),
        ("weeks", _weeks),
        ("sessions", lambda item, reader: str(item["estimate"]["sessions"])),
        ("total", lambda item, reader: reader.amount(item["estimate"]["expected"])),
        ("low", lambda item, reader: reader.amount(item["estimate"]["low"])),
        ("high", lambda item, reader: reader.amount(item["estimate"]["high"])),
        ("certainty", lambda item, reader: reader.words.name("certainty", item["estimate"]["certainty"])),
        ("first_day", lambda item, reader: reader.amount(item["estimate"]["first_session"])),
        ("typical_week", lambda item, reader: reader.amount(_typical_week(item))),
        ("largest_week", lambda item, reader: reader.amount(_largest_week(item))),
    )
    for code, cell in rows:
        yield [reader.label(code), *(cell(item, reader) for item in items)]


def _care(item: Answer, reader: Reader) -> str:
    return ARROW.join(reader.words.name("level_short", phase["level_of_care"]) for phase in item["phases"])


def _coverage(item: Answer, reader: Reader) -> str:
    names = coverage_names(item, "plan_coverage_short")
    return _by_phase(item, reader, names, "coverage")


def _authorization(item: Answer, reader: Reader) -> str:
    return _by_phase(item, reader, "authorization_short", "prior_authorization")


def _by_phase(item: Answer, reader: Reader, names: str, part: str) -> str:
    """Return a status once where all phases share it, else one for each."""
    said = [
        (
            reader.words.name("level_short", phase["level_of_care"]),
            reader.words.name(names, phase[part]["status"]),
        )
        for phase in item["phases"]
    ]
    if len({status for _, status in said}) == 1:
        return said[0][1]
    return "; ".join(f"{level}: {status}" for level, status in said)


def _weeks(item: Answer, reader: Reader) -> str:
    first, last = item["phases"][0]["start_date"], item["phases"][-1]["end_date"]
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return str(-(-days // 7))


def _typical_week(item: Answer) -> str | None:
    """The most frequent cost of a week; of those equally frequent, the one that comes later."""
    costs = [week["patient"] for week in item["estimate"]["by_week"]]
    counts = Counter(costs)
    found: str | None = next(cost for cost in reversed(costs) if counts[cost] == max(counts.values()))
    return found


def _largest_week(item: Answer) -> str | None:
    costs = [week["patient"] for week in item["estimate"]["by_week"]]
    return None if None in costs else max(costs, key=Decimal)
