"""One session of a file, whatever it was read from: whose it is, its day, and what was stated of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.problem import FieldError
from service.casework.paid import Stated


@dataclass(frozen=True, slots=True)
class Entry:
    """A session to be kept. `number` is an id of the clinic's own, or that of a case here.

    `position` is its row below the header, or the place of its claim in the file, from 1.
    """

    position: int
    number: str
    on: date
    level: str | None
    stated: Sequence[Stated]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of a file is not kept: a code, or every error of a row; `at` is the number of a segment."""

    position: int
    code: str
    errors: tuple[FieldError, ...] = ()
    at: int | None = None


class UnusableFile(Exception):
    """A file of which nothing can be read; the message says why, and nothing that stands in it."""
