"""A file before it becomes a batch: its header, how many rows, and what is wrong with the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

from schemas.inquiry import load_inquiry
from schemas.problem import BadRequest, FieldError
from service.directory import payer_finder
from service.jobs.batch import count_rows
from service.jobs.columns import ColumnMap
from service.jobs.incoming import Incoming, read_batch
from service.record import right_now
from service.verify import Desk, known

FIRST = 3


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One of the first rows: its number, its id in another system, and what keeps it from an answer."""

    number: int
    external_id: str | None
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class LookedOver:
    """How many rows a file has, and the first of them."""

    rows: int
    first: Sequence[FirstRow]


def look_over(desk: Desk, content: bytes, mapping: ColumnMap) -> LookedOver:
    """Read a file as a batch with a mapping, and check its first rows; raises `UnusableBatch`."""
    rows = count_rows(content, mapping)
    first = islice(read_batch(BytesIO(content), payer_finder(desk), mapping), FIRST)
    return LookedOver(rows, [FirstRow(row.number, row.external_id, _errors(desk, row)) for row in first])


def _errors(desk: Desk, row: Incoming) -> Sequence[FieldError]:
    if row.errors:
        return row.errors
    try:
        load_inquiry(row.body, known(desk, right_now()))
    except BadRequest as bad:
        return bad.errors
    return ()
