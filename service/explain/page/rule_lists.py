"""Lists of the rulebook as pages: what to confirm, and what changes between two dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from service.explain.page.layout import bullets, heading, line
from service.explain.page.reader import Reader, capitalized
from service.explain.page.rules import (
    Valued,
    change_in_words,
    field_in_words,
    labels,
    place_in_words,
    question_in_words,
    value_in_words,
)

Names = Mapping[str, str]
FEW_ROWS = 6
"""So many changes of one table are told; of more, the first and how many there are."""


class Published(Valued, Protocol):
    """A published value with its source."""

    @property
    def table(self) -> str: ...
    @property
    def payer(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def title(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def published(self) -> Any: ...
    @property
    def retrieved(self) -> Any: ...


class ToConfirm(Protocol):
    """A value that a payer should confirm, and how many answers rest on it."""

    @property
    def shown(self) -> Published: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> int: ...
    @property
    def answers(self) -> int: ...
    @property
    def level(self) -> str | None: ...
    @property
    def question(self) -> str | None: ...


class Change(Protocol):
    """A value before and after."""

    @property
    def shown(self) -> Published: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...
    @property
    def was(self) -> Published | None: ...


def stale_page(
    items: Sequence[tuple[ToConfirm, Names]], answers: int | None, names: Names, reader: Reader
) -> str:
    """Return what to confirm as a page: why, where it comes from, what to ask.

    `answers` is how many stored answers were counted, `None` where questions were.
    """
    return "".join(f"{text}\n" for text in _stale(items, answers, names, reader))


def changes_page(
    changes: Sequence[tuple[Change, Names]],
    names: Names,
    reader: Reader,
    *,
    every: bool = False,
    sourced: bool = False,
) -> str:
    """Return what changes, payer by payer, in sentences; `sourced` ones say where both values are from."""
    teller = _Teller(reader, every, sourced)
    return "".join(f"{text}\n" for text in _changes(changes, names, teller))


def differences_page(pages: Sequence[tuple[date, str]], reader: Reader) -> str:
    """Return how two rulebooks differ: a page of changes for each day from which on they do."""
    if not pages:
        return f"{reader.label('rule_no_difference')}\n"
    told = ((reader.label("rule_for_care_from", date=reader.words.date(day)), page) for day, page in pages)
    return "\n".join(f"{head}\n{page}" for head, page in told)


def _stale(
    items: Sequence[tuple[ToConfirm, Names]], answers: int | None, names: Names, reader: Reader
) -> Iterator[str]:
    if not items:
        yield reader.label("rule_nothing_stale")
        return
    basis = "rule_ranked_by_questions" if answers is None else "rule_ranked_by_answers"
    yield from line(reader.label(basis, count=str(answers)), depth=0)
    for item, plans in items:
        shown = item.shown
        holder = _holder(shown.payer, names, reader)
        place, what = place_in_words(shown, reader, plans), field_in_words(shown, reader)
        if item.rows > 1:
            rows = reader.label("rule_rows", count=str(item.rows), table=shown.table)
            place, what = rows, "" if shown.row else what
        else:
            what = f"{what}: {value_in_words(shown, shown.value, reader)}"
        yield ""
        yield from line(" · ".join(filter(None, (holder, place, what))), 0, f"{item.answers:>4}  ")
        yield from line(_why(item, reader), 3)
        yield from line(_source(shown, reader), 3)
        if item.question is not None:
            asked = question_in_words(item.question, item.level, holder, reader)
            yield from line(reader.label("rule_ask", question=asked), 3)


def _why(item: ToConfirm, reader: Reader) -> str:
    label = labels(reader.locale)
    reasons = "; ".join(label(f"confirm_{reason}", {}) for reason in item.reasons)
    return capitalized(f"{reasons}: {label('confirm_with_payer', {})}.")


def _source(shown: Published, reader: Reader) -> str:
    parts = [reader.words.name("source", shown.title), shown.at]
    for name, day in (("published", shown.published), ("retrieved", shown.retrieved)):
        if day is not None:
            parts.append(reader.label(name, date=reader.words.date(day)))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Teller:
    """How changes are told: to whom, every row or a few, with sources or without."""

    reader: Reader
    every: bool
    sourced: bool

    def tell(self, change: Change, names: Names) -> str:
        """Return a change as a sentence, with its sources where they are wanted."""
        reader = self.reader
        text = change_in_words(change.shown, change.before, change.after, reader, names)
        if not self.sourced:
            return text
        was = _source(change.was, reader) if change.was is not None else None
        now = _source(change.shown, reader) if change.after is not None else None
        sources = "; ".join(
            reader.label(code, source=source)
            for code, source in (("rule_was_from", was), ("rule_is_from", now))
            if source is not None
        )
        return f"{text} ({sources})"


def _changes(changes: Sequence[tuple[Change, Names]], names: Names, teller: _Teller) -> Iterator[str]:
    reader, every = teller.reader, teller.every
    if not changes:
        yield reader.label("rule_nothing_changes")
    for holder, group in groupby(changes, key=lambda pair: pair[0].shown.payer):
        yield from heading(_holder(holder, names, reader))
        whole: dict[str, list[str]] = {}
        for part, several in groupby(group, key=lambda pair: _part(pair[0].shown)):
            told = list(several)
            code = None if every else _whole_plan(part, told)
            if code is None:
                yield from bullets(_told(part, told, teller))
            else:
                whole.setdefault(code, []).append(told[0][1].get(part, part))
        yield from bullets(_plans_told(code, plans, reader) for code, plans in whole.items())


def _whole_plan(part: str, told: list[tuple[Change, Names]]) -> str | None:
    """Return how to tell that all of a plan begins or ends; `None` where that is not all of it."""
    if not part or told[0][0].shown.row or len(told) < 2:
        return None
    for code, gone in (("rule_plans_begin", "before"), ("rule_plans_end", "after")):
        if all(getattr(change, gone) is None for change, _ in told):
            return code
    return None


def _plans_told(code: str, plans: list[str], reader: Reader) -> str:
    few, rest = plans[:FEW_ROWS], len(plans) - FEW_ROWS
    more = str(rest) if rest > 0 else None
    return reader.label(code, count=str(len(plans)), plans="; ".join(few), more=more)


def _told(part: str, told: list[tuple[Change, Names]], teller: _Teller) -> Iterator[str]:
    """Yield the changes of a table, of a plan, or of the payer as a whole, as sentences."""
    few = told[:FEW_ROWS] if told[0][0].shown.row and not teller.every else told
    for change, names in few:
        yield teller.tell(change, names)
    if len(few) < len(told):
        yield teller.reader.label("rule_more_rows", count=str(len(told) - len(few)), table=part)


def _part(shown: Published) -> str:
    """Return the table or the plan that a value stands in; empty where it is of the payer as a whole."""
    if shown.row:
        return shown.table
    parts = shown.where.split(".")
    return parts[1] if parts[0] == "plans" else ""


def _holder(payer: str, names: Names, reader: Reader) -> str:
    """Return who says a value: a payer, a program, or the law."""
    return names.get(payer) or reader.label("rule_law")
