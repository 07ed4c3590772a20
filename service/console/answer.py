"""The answer page: a verification put in order of importance, for the template to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.explain.page import Reader
from service.explain.page.cost import assumption_line, collect_line, headline, range_lines, sessions_line
from service.explain.page.reader import capitalized
from service.explain.page.verdict import (
    AUTHORIZATION_SHAPES,
    COVERAGE_SHAPES,
    asked_first,
    billing_line,
    is_confirmed,
    limit_line,
    terms,
)
from service.explain.page.work import dated_steps, disagreement_line, source_line, whom_to_call

Answer = Mapping[str, Any]
WIDEST = Decimal(400)
"""The longest bar of the picture, in its own units."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the verdict: a shape and words, what they are about, and why."""

    kind: str
    shape: str
    words: str
    about: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Week:
    """The cost of a week, in figures and as two bars behind one another."""

    week_of: str
    sessions: int
    patient: str
    plan: str
    patient_width: str
    plan_width: str
    deductible_left: str
    out_of_pocket_left: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template shows, in words already."""

    confirmed: bool
    ask_first: Sequence[str]
    about: str
    tiles: Sequence[Tile]
    headline: str
    cost: Sequence[str]
    collect: str
    do_next: Sequence[str]
    weeks: Sequence[Week]
    steps: Sequence[str]
    assumptions: Sequence[str]
    warnings: Sequence[str]
    disagreements: Sequence[str]
    call: str
    sources: Sequence[tuple[str, str | None]]


def page_of(answer: Answer, reader: Reader) -> Page:
    """A verification as it is shown."""
    confirmed, estimate = is_confirmed(answer), answer["estimate"]
    return Page(
        confirmed=confirmed,
        ask_first=asked_first(answer, reader),
        about=_about(answer, reader),
        tiles=[*_coverage(answer, reader, confirmed), *_authorization(answer, reader)],
        headline=headline(estimate, reader),
        cost=list(_cost(estimate, reader)),
        collect=collect_line(answer["collect"], reader),
        do_next=list(dated_steps(answer["next_steps"], reader)),
        weeks=list(_weeks(estimate["by_week"], reader)),
        steps=[reader.sentence(step) for step in answer["steps"]],
        assumptions=[assumption_line(each, reader) for each in estimate["assumptions"]],
        warnings=[reader.sentence(step) for step in (*answer["warnings"], *answer["parity_flags"])],
        disagreements=[disagreement_line(item, reader) for item in answer["disagreements"]],
        call=whom_to_call(answer),
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


def _coverage(answer: Answer, reader: Reader, confirmed: bool) -> Sequence[Tile]:
    names = "coverage_status" if confirmed else "plan_coverage"
    return [
        Tile(
            f"coverage-{phase['coverage']['status']}",
            COVERAGE_SHAPES[phase["coverage"]["status"]],
            capitalized(reader.words.name(names, phase["coverage"]["status"])),
            reader.words.name("level_title", phase["level_of_care"]),
            [
                *(reader.sentence(reason) for reason in phase["coverage"]["reasons"]),
                *(limit_line(limit, reader) for limit in phase["coverage"]["limits"]),
            ],
        )
        for phase in answer["phases"]
    ]


def _authorization(answer: Answer, reader: Reader) -> Sequence[Tile]:
    tiles = []
    for phase in answer["phases"]:
        asked = phase["prior_authorization"]
        reasons = [reader.sentence(reason) for reason in asked["reasons"]]
        if phase["coverage"]["status"] != "not_covered":
            reasons += terms(asked, reader)
        if phase["billing"] is not None:
            reasons.append(billing_line(phase["billing"], reader))
        tiles.append(
            Tile(
                f"authorization-{asked['status']}",
                AUTHORIZATION_SHAPES[asked["status"]],
                capitalized(reader.words.name("authorization_status", asked["status"])),
                reader.words.name("level_title", phase["level_of_care"]),
                reasons,
            )
        )
    return tiles


def _cost(estimate: Answer, reader: Reader) -> Iterator[str]:
    yield from range_lines(estimate, reader)
    if estimate["first_session"] is not None:
        yield sessions_line(estimate, reader)
    if estimate["formula"] is not None:
        yield reader.sentence(estimate["formula"])


def _weeks(rows: Sequence[Answer], reader: Reader) -> Sequence[Week]:
    if all(row["patient"] is None for row in rows):
        return []
    most = max(_sum(row) for row in rows) or Decimal(1)
    return [
        Week(
            week_of=reader.words.short_date(row["week_of"]),
            sessions=row["sessions"],
            patient=reader.amount(row["patient"]),
            plan=reader.amount(row["plan"]),
            patient_width=_width(Decimal(row["patient"] or 0), most),
            plan_width=_width(_sum(row), most),
            deductible_left=_left(row["deductible_remaining"], reader),
            out_of_pocket_left=_left(row["out_of_pocket_remaining"], reader),
        )
        for row in rows
    ]


def _sum(row: Answer) -> Decimal:
    return Decimal(row["patient"] or 0) + Decimal(row["plan"] or 0)


def _width(amount: Decimal, most: Decimal) -> str:
    return f"{amount / most * WIDEST:.1f}"


def _left(amount: str | None, reader: Reader) -> str:
    return "–" if amount is None else reader.amount(amount)
