"""The verification of benefits: the whole form, filled in, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from service.documents import person, plan
from service.documents.form import FORM, PER_LEVEL, POTS, SCOPES, SIDES, STATES, Cell, pot_field
from service.documents.levels import levels
from service.documents.matter import Answer, Matter
from service.documents.pots import pots
from service.explain.page.cost import assumption_line, collect_line, headline, range_lines, sessions_line
from service.explain.page.reader import capitalized
from service.explain.page.verdict import (
    AUTHORIZATION_SHAPES,
    COVERAGE_SHAPES,
    NOT_CONFIRMED,
    asked_first,
    coverage_names,
    is_confirmed,
)
from service.explain.page.work import disagreement_line, source_line

Rows = Iterator[tuple[str, Cell]]
SECTIONS: Sequence[Callable[[Matter], Rows]] = (
    person.patient,
    person.policyholder,
    person.card,
    person.request,
    plan.status,
    plan.plan,
    plan.network,
    plan.carve_out,
    plan.coordination,
    plan.billing,
    plan.cobra,
    plan.call,
    pots,
)
PUBLISHED_MARK = "sha256:"
FIRST_PAGE = (
    ("patient", "policyholder", "status"),
    ("card", "plan", "network"),
    ("request", "carve_out", "call"),
)
SECOND_PAGE = (("coordination",), ("billing",), ("cobra",))
"""The groups of the form that stand beside one another, column by column."""

LATER = ("limits", "claim")
"""What of each level of care is on the second page."""

BESIDE_POTS = ("deductible_carries_over", "out_of_pocket_includes_deductible", "accumulators_as_of")


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the verdict: a shape, words, and which level of care they are about."""

    shape: str
    words: str
    about: str


@dataclass(frozen=True, slots=True)
class Week:
    """The cost of a week, written."""

    week_of: str
    sessions: int
    patient: str
    plan: str
    deductible_left: str
    out_of_pocket_left: str


@dataclass(frozen=True, slots=True)
class Benefits:
    """The content of a verification of benefits, in words; `cells` answers every field of the form."""

    about: str
    made_on: str
    confirmed: bool
    not_confirmed: str
    ask_first: Sequence[str]
    coverage: Sequence[Mark]
    authorization: Sequence[Mark]
    headline: str
    cost: Sequence[str]
    cells: Mapping[str, Cell]
    level_names: Sequence[str]
    level_cells: Sequence[Mapping[str, Cell]]
    weeks: Sequence[Week]
    assumptions: Sequence[str]
    cautions: Sequence[str]
    sources: Sequence[tuple[str, str | None]]
    digests: Mapping[str, str]


def write_benefits(matter: Matter) -> Benefits:
    """Fill in the form from a verification."""
    shown, reader = matter.shown, matter.reader
    estimate = shown["estimate"]
    return Benefits(
        about=_about(matter),
        made_on=matter.moment(shown["created_at"]),
        confirmed=is_confirmed(shown),
        not_confirmed=NOT_CONFIRMED,
        ask_first=asked_first(shown, reader),
        coverage=_coverage(matter),
        authorization=_authorization(matter),
        headline=headline(estimate, reader),
        cost=_cost(matter),
        cells=fill_in(matter),
        level_names=[reader.words.name("level_title", one["level_of_care"]) for one in shown["phases"]],
        level_cells=levels(matter),
        weeks=_weeks(estimate["by_week"], matter),
        assumptions=[assumption_line(each, reader) for each in estimate["assumptions"]],
        cautions=[
            *(reader.sentence(step) for step in (*shown["warnings"], *shown["parity_flags"])),
            *(disagreement_line(item, reader) for item in shown["disagreements"]),
        ],
        sources=[(source_line(source, reader), source["url"]) for source in shown["citations"]],
        digests={
            name: shown["produced_by"][name].removeprefix(PUBLISHED_MARK)
            for name in ("rulebook", "profile", "engine")
        },
    )


def fill_in(matter: Matter) -> dict[str, Cell]:
    """Answer every field of the form that is asked once."""
    return {field: cell for section in SECTIONS for field, cell in section(matter)}


LAYOUT: Mapping[str, object] = MappingProxyType(
    {
        "form": FORM,
        "first_page": FIRST_PAGE,
        "second_page": SECOND_PAGE,
        "per_level": {name: fields for name, fields in PER_LEVEL.items() if name not in LATER},
        "per_level_later": {name: PER_LEVEL[name] for name in LATER},
        "pots": POTS,
        "scopes": SCOPES,
        "sides": SIDES,
        "states": STATES,
        "beside_pots": BESIDE_POTS,
        "pot_field": pot_field,
    }
)
"""Where the groups of the form stand in the document."""


def _about(matter: Matter) -> str:
    shown, words = matter.shown, matter.reader.words
    levels_asked = dict.fromkeys(words.name("level_short", one["level_of_care"]) for one in shown["phases"])
    start = matter.reader.label("from", date=matter.day(shown["phases"][0]["start_date"]))
    return " · ".join((shown["payer"]["name"], " → ".join(levels_asked), start))


def _coverage(matter: Matter) -> list[Mark]:
    names = coverage_names(matter.shown)
    return _marks("coverage", names, COVERAGE_SHAPES, matter)


def _authorization(matter: Matter) -> list[Mark]:
    return _marks("prior_authorization", "authorization_status", AUTHORIZATION_SHAPES, matter)


def _marks(part: str, names: str, shapes: Mapping[str, str], matter: Matter) -> list[Mark]:
    """Return what was decided of each level, each once."""
    words, marks = matter.reader.words, []
    for phase in matter.shown["phases"]:
        status = phase[part]["status"]
        level = words.name("level_title", phase["level_of_care"])
        marks.append(Mark(shapes[status], capitalized(words.name(names, status)), level))
    return list(dict.fromkeys(marks))


def _cost(matter: Matter) -> list[str]:
    shown, reader = matter.shown, matter.reader
    estimate = shown["estimate"]
    lines = [*range_lines(estimate, reader)]
    if estimate["first_session"] is not None:
        lines.append(sessions_line(estimate, reader))
    return [*lines, collect_line(shown["collect"], reader)]


def _weeks(rows: Sequence[Answer], matter: Matter) -> list[Week]:
    if all(row["patient"] is None for row in rows):
        return []
    amount = matter.reader.amount
    return [
        Week(
            matter.day(row["week_of"]),
            row["sessions"],
            amount(row["patient"]),
            amount(row["plan"]),
            _left(row["deductible_remaining"], matter),
            _left(row["out_of_pocket_remaining"], matter),
        )
        for row in rows
    ]


def _left(amount: str | None, matter: Matter) -> str:
    return "–" if amount is None else matter.reader.amount(amount)
