"""Finds what must never be seen: people of the scenarios and credentials, in whatever an adapter lets out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from tests.payers.scenarios import CHILD, CREDENTIALS, HOLDER, MEMBER, SOMEBODY_ELSES_BIRTH_DATE

PEOPLE = (MEMBER, HOLDER, CHILD)


def _forms(day: date) -> tuple[str, ...]:
    return (f"{day}", f"{day:%Y%m%d}", f"{day:%m/%d/%Y}", f"{day.year}, {day.month}, {day.day}")


def _sentinels() -> Iterator[str | None]:
    for person in PEOPLE:
        yield from (person.member_id, person.first_name, person.last_name, person.group_number)
    for day in (*(person.birth_date for person in PEOPLE), SOMEBODY_ELSES_BIRTH_DATE):
        yield from _forms(day) if day is not None else ()
    yield from (CREDENTIALS.user, CREDENTIALS.password, CREDENTIALS.key)


SENTINELS = tuple(dict.fromkeys(one.lower() for one in _sentinels() if one))


def find_sentinels(*texts: str) -> list[str]:
    """Return what is found in texts of what must not be seen."""
    seen = "\n".join(texts).lower()
    return [one for one in SENTINELS if one in seen]


class Listener:
    """Notes everything that is logged or printed while it listens, and whatever it is shown."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
        self._caplog, self._capsys = caplog, capsys
        self._shown: list[str] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to every logger at its most talkative."""
        with self._caplog.at_level(logging.DEBUG), self._caplog.at_level(logging.DEBUG, "urllib3"):
            yield

    def note(self, *things: object) -> None:
        """Note how things show themselves; of an exception also where it came from, shown or not."""
        for thing in things:
            self._shown += [repr(thing), str(thing)]
            if isinstance(thing, BaseException):
                self._shown += _told_by(thing)

    def everything(self) -> Iterable[str]:
        """Return all that was noted since it was last asked; a log record with its parameters and extras."""
        printed = self._capsys.readouterr()
        records = [repr(vars(record)) for record in self._caplog.records]
        return (*self._shown, *records, self._caplog.text, printed.out, printed.err)


def _told_by(error: BaseException) -> Iterator[str]:
    waiting, known = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) not in known:
            known.add(id(one))
            # Not only what a traceback prints: a context that is held back is still there to be collected.
            waiting += [other for other in (one.__cause__, one.__context__) if other is not None]
            yield from (repr(one), str(one), repr(vars(one)), *getattr(one, "__notes__", ()))
            yield from traceback.format_exception(one, chain=False)
