"""The answer page: a verification put in order of importance, for the template to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from service.console import witnesses
from service.console.figures import Pots, Weeks, cost_sources, pots_of, starts_of, turn_of, weeks_of
from service.console.picture import NARROW, WIDE, Picture, draw
from service.console.verdict import Mark, Tile, marks_of, tiles_of
from service.console.witnesses import Difference
from service.explain.page import Reader
from service.explain.page.cost import (
    EXACT,
    NONE,
    assumption_line,
    collect_line,
    headline,
    range_lines,
    sessions_line,
)
from service.explain.page.reader import cited, contact_line
from service.explain.page.verdict import asked_first, is_confirmed
from service.explain.page.work import dated_steps, order_lines, source_line, whom_to_call

Answer = Mapping[str, Any]
Label = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template shows, in words already."""

    confirmed: bool
    ask_first: Sequence[str]
    about: str
    verdict: Sequence[Mark]
    verdict_cost: str
    tiles: Sequence[Tile]
    headline: str
    cost: Sequence[str]
    collect: str
    do_next: Sequence[str]
    weeks: Weeks | None
    pictures: Mapping[str, Picture]
    picture_says: str
    has_second: bool
    turn: date | None
    pots: Pots | None
    steps: Sequence[str]
    assumptions: Sequence[str]
    is_exact: bool
    warnings: Sequence[str]
    around: Sequence[str]
    witnesses: Sequence[str]
    differences: Sequence[Difference]
    call: str
    sources: Sequence[tuple[str, str | None]]


def page_of(
    answer: Answer, reader: Reader, label: Label, told: Sequence[Answer] = (), *, is_connected: bool = False
) -> Page:
    """A verification as it is shown.

    `label` gives words of the console, `told` is every telling, `is_connected` says whether the payer can be
    asked live.
    """
    estimate, turn = answer["estimate"], turn_of(answer)
    return Page(
        confirmed=is_confirmed(answer),
        ask_first=asked_first(answer, reader),
        about=_about(answer, reader),
        verdict=list(marks_of(answer, reader)),
        verdict_cost=_verdict_cost(answer, reader, label),
        tiles=tiles_of(answer, reader),
        headline=_cited_cost(headline(estimate, reader), answer),
        cost=list(_cost(answer, reader)),
        collect=_collect(answer, reader),
        do_next=[_cited_cost(step, answer) for step in dated_steps(answer["next_steps"], reader)],
        weeks=weeks_of(answer, reader, label),
        pictures=_pictures(answer, turn),
        picture_says=_picture_says(estimate["by_week"], turn, reader, label),
        has_second=any(row["secondary"] not in (None, NONE) for row in estimate["by_week"]),
        turn=turn,
        pots=pots_of(answer, reader, label),
        steps=[reader.sentence(step) for step in answer["steps"]],
        assumptions=[assumption_line(each, reader) for each in estimate["assumptions"]],
        is_exact=estimate["certainty"] == EXACT,
        warnings=[reader.sentence(step) for step in (*answer["warnings"], *answer["parity_flags"])],
        around=list(_around(answer, reader, label)),
        witnesses=list(witnesses.lines_of(answer, told, reader, label, is_connected=is_connected)),
        differences=witnesses.differences_of(answer, reader),
        call=whom_to_call(answer, reader),
        sources=[(source_line(source, reader), source["url"]) for source in answer["citations"]],
    )


def _about(answer: Answer, reader: Reader) -> str:
    member, phases = answer["request"]["member"], answer["phases"]
    name = f"{member.get('first_name') or ''} {(member.get('last_name') or '')[:1]}".strip()
    levels = " → ".join(
        dict.fromkeys(reader.words.name("level_short", phase["level_of_care"]) for phase in phases)
    )
    parts = (f"{name}." if name else "", answer["payer"]["name"], levels, answer["site"])
    start = reader.label("from", date=reader.words.date(phases[0]["start_date"]))
    return " · ".join(part for part in (*parts, start) if part)


def _verdict_cost(answer: Answer, reader: Reader, label: Label) -> str:
    estimate, phases = answer["estimate"], answer["phases"]
    amount = next(range_lines(estimate, reader), None)
    if estimate["expected"] is not None:
        amount = reader.money(estimate["expected"])
    if amount is None:
        return headline(estimate, reader)
    days = date.fromisoformat(phases[-1]["end_date"]) - date.fromisoformat(phases[0]["start_date"])
    text = label(
        "verdict_cost",
        amount=amount,
        weeks=reader.words.count("week", days.days // 7 + 1),
        certainty=reader.words.name("certainty", estimate["certainty"]),
    )
    return _cited_cost(text, answer)


def _cost(answer: Answer, reader: Reader) -> Iterator[str]:
    estimate = answer["estimate"]
    yield from (_cited_cost(text, answer) for text in range_lines(estimate, reader))
    if estimate["first_session"] is not None:
        yield _cited_cost(sessions_line(estimate, reader), answer)
    if estimate["formula"] is not None:
        yield reader.sentence(estimate["formula"])


def _collect(answer: Answer, reader: Reader) -> str:
    text = collect_line(answer["collect"], reader)
    return text if answer["collect"]["amount"] is None else _cited_cost(text, answer)


def _cited_cost(text: str, answer: Answer) -> str:
    """A text with amounts, followed by the sources they are figured from, where it names none itself."""
    return cited(text, cost_sources(answer)) if "$" in text and "[" not in text else text


def _pictures(answer: Answer, turn: date | None) -> Mapping[str, Picture]:
    rows, starts = answer["estimate"]["by_week"], starts_of(answer)
    drawn = {"wide": draw(rows, turn, starts, WIDE), "narrow": draw(rows, turn, starts, NARROW)}
    return {size: picture for size, picture in drawn.items() if picture is not None}


def _picture_says(rows: Sequence[Answer], turn: date | None, reader: Reader, label: Label) -> str:
    """What the picture shows, in a sentence for whoever does not see it."""
    known = [row for row in rows if row["patient"] is not None]
    if not known:
        return ""
    most = max(known, key=lambda row: Decimal(row["patient"]))
    last = known[-1]
    return label(
        "picture_says",
        weeks=reader.words.count("week", len(rows)),
        most=reader.words.money(most["patient"]),
        week=reader.words.short_date(most["week_of"]),
        last=reader.words.money(last["patient"]),
        turn=reader.words.short_date(turn.isoformat()) if turn else None,
    )


def _around(answer: Answer, reader: Reader, label: Label) -> Iterator[str]:
    """Which coverage pays first, other payers, and who manages behavioral benefits, where anybody said so."""
    yield from order_lines(answer, reader)
    for other in answer["other_payers"]:
        first = {True: "pays_first", False: "pays_later", None: "pays_unknown"}[other["primary"]]
        text = " · ".join(part for part in (other["name"], label(first), other["phone"]) if part)
        yield cited(label("other_payer", payer=text), other["citations"])
    manager = answer["administrator"]
    if manager is not None:
        text = reader.label("administrator", contact=contact_line(manager))
        yield cited(text, manager["citations"])
