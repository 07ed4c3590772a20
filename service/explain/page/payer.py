"""The page of a payer: who it is, whom to call, what is published level by level, and what nobody says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.freshness import reasons_to_confirm
from schemas.model import LEVELS_OF_CARE
from service.explain.page.layout import bullets, heading, line
from service.explain.page.published import Section, cited_in, sections_of
from service.explain.page.reader import Reader
from service.explain.page.rules import labels, question_in_words
from service.explain.page.work import source_line

Plain = Mapping[str, Any]
TO_CALL = ("contact", "administrator", "claims")

# What a clerk asks of every level, and the question where nobody says: any of the fields answers it.
ASKED = (
    (("covered",), "ask_covered"),
    (("prior_authorization",), "ask_prior_authorization"),
    (("copay", "coinsurance"), "ask_copay"),
    (("criteria",), "ask_authorization_criteria"),
    (("billing",), "ask_billing"),
)


@dataclass(frozen=True, slots=True)
class _Source:
    confidence: str
    published: date | None
    retrieved: date | None


def payer_page(payer: Plain, said: Plain, today: date, reader: Reader) -> str:
    """Return what is published of a payer, for a plan at a site on a day, as `said` has it, as a page."""
    return "".join(f"{text}\n" for text in _lines(payer, said, today, reader)).lstrip("\n")


def _lines(payer: Plain, said: Plain, today: date, reader: Reader) -> Iterator[str]:
    label = _labels(reader)
    yield from heading(payer["name"])
    yield from line(_who(payer, reader))
    plan = said["plan"]
    asked = {
        "date": reader.words.date(said["date_of_service"]),
        "plan": label("any_plan") if plan is None else plan["name"] or plan["id"],
        "site": said["site"],
    }
    yield from line(reader.label("rule_published_for", **asked))
    benefits = said["benefits"]
    called = {name: benefits[name] for name in TO_CALL if name in benefits}
    rest = {name: value for name, value in benefits.items() if name not in called}
    first, sections = sections_of(called, reader, label), sections_of(rest, reader, label)
    yield from heading(reader.label("rule_whom_to_call"))
    yield from bullets(_rows(first) or [_unsaid(reader.say("ask_administrator", {}), reader)])
    told: set[str] = set()
    for section in sections:
        yield from heading(section.title)
        yield from bullets(row for row in _rows([section]) if row not in _rows(first))
        if section.level is not None and section.level not in told:
            told.add(section.level)
            yield from bullets(_open_questions(benefits, section.level, payer, reader))
    for level in LEVELS_OF_CARE:
        if level not in told:
            yield from heading(reader.words.name("level_title", level))
            yield from bullets(_open_questions(benefits, level, payer, reader))
    yield from _sources([*first, *sections], said["citations"], today, reader)


def _labels(reader: Reader) -> Any:
    return lambda code, **params: labels(reader.locale)(code, params)


def _who(payer: Plain, reader: Reader) -> str:
    label = _labels(reader)
    parts = [label(f"choice_{payer['line_of_business']}"), payer["id"]]
    if payer["aliases"]:
        parts.append(f"{label('aliases')}: {', '.join(payer['aliases'])}")
    parts += [f"{label('network_id', network=one['network'])}: {one['id']}" for one in payer["ids"]]
    return " · ".join(parts)


def _rows(sections: Sequence[Section]) -> list[str]:
    return [f"{name}: {value}" for section in sections for name, value in section.rows]


def _open_questions(benefits: Plain, level: str, payer: Plain, reader: Reader) -> Iterator[str]:
    """Yield what nobody says of a level, each as a question to the payer."""
    said = benefits.get("networks", {}).get("in", {}).get("levels", {}).get(level, {})
    known = {*said, *said.get("authorization", {})}
    if said.get("covered", {}).get("value") is False:
        return
    for fields, code in ASKED:
        if known.isdisjoint(fields):
            yield _unsaid(question_in_words(code, level, payer["name"], reader), reader)


def _unsaid(question: str, reader: Reader) -> str:
    return reader.label("rule_nobody_says", question=question)


def _sources(
    sections: Sequence[Section], citations: Sequence[Plain], today: date, reader: Reader
) -> Iterator[str]:
    yield from heading(reader.label("sources"))
    for number, source in cited_in(sections, citations):
        mark = f"[{number}] ".ljust(5)
        yield from line(source_line(source, reader), mark=mark)
        if source["url"]:
            yield from line(source["url"], mark=" " * len(mark))
        reasons = [_labels(reader)(f"confirm_{reason}") for reason in _why(source, today)]
        if reasons:
            text = f"{'; '.join(reasons)}: {_labels(reader)('confirm_with_payer')}"
            yield from line(text, mark=" " * len(mark))


def _why(source: Plain, today: date) -> tuple[str, ...]:
    published, retrieved = (
        date.fromisoformat(source[name]) if source[name] else None for name in ("published", "retrieved")
    )
    return reasons_to_confirm(_Source(source["confidence"], published, retrieved), today)
