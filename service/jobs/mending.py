"""Rows without an answer, as they come back: as they were put up, each with everything that is wrong with it.

These hold what was said of members, opened from what is sealed. Mended and sent again they are a batch:
what stands beside them is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from schemas.problem import FieldError
from service.casework.hand_off import harmless
from service.jobs.batch import AT_A_TIME
from service.jobs.columns import COLUMNS, PASSED_OVER
from service.jobs.outgoing import Result, cells_line, told
from service.store import batches
from service.store.batches import FAILED, REFUSED, Item
from service.store.session import Store, transaction

WITHOUT_ANSWER = (REFUSED, FAILED)
NUMBER, ERRORS = PASSED_OVER
HEADER = (NUMBER, *COLUMNS, ERRORS)
FAULTS = ("row", "external_id", "field", "code", "what_to_do")
"""The columns of errors without the rows they are of, a line an error."""

INTERNAL = FieldError("", "internal_error", "Something went wrong on our side.")
Say = Callable[[str, str, str], str]
"""An error in words: from its pointer, its code and its message."""


def is_of_lines(store: Store, batch_id: str) -> bool:
    """Whether the rows that come back are JSON lines, as they were put up."""
    with transaction(store) as session:
        first = batches.settled_after(session, batch_id, 0, 1, WITHOUT_ANSWER)
    return any(item.data.get("is_line", False) for item in first)


def rows_to_mend(store: Store, batch_id: str, say: Say) -> Iterator[bytes]:
    """Yield the rows without an answer as a file, some opened at a time."""
    are_lines, last = is_of_lines(store, batch_id), 0
    if not are_lines:
        yield cells_line(HEADER)
    while True:
        with transaction(store) as session:
            items = batches.settled_after(session, batch_id, last, AT_A_TIME, WITHOUT_ANSWER)
        if not items:
            return
        for item in items:
            yield _line(item, say) if are_lines else cells_line(_cells(item, say))
        last = items[-1].number


def fault_lines(results: Iterator[Result], say: Say) -> Iterator[bytes]:
    """Yield what is wrong with rows, a line an error, and nothing of the rows themselves."""
    yield cells_line(FAULTS)
    for result in results:
        for one in told(result.errors):
            where = (one["pointer"] or "/", one["code"], say(one["pointer"], one["code"], one["message"]))
            yield cells_line((result.number, harmless(result.external_id), *where))


def _errors(item: Item, say: Say) -> list[dict[str, str]]:
    errors = item.data["errors"] if item.state == REFUSED else told((INTERNAL,))
    return [{**one, "message": say(one["pointer"], one["code"], one["message"])} for one in errors]


def _line(item: Item, say: Say) -> bytes:
    body, text = item.data["body"], item.data.get("text")
    what = body if isinstance(body, Mapping) else {"line": body if text is None else text}
    row: dict[str, Any] = {NUMBER: item.number, ERRORS: _errors(item, say), **what}
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _cells(item: Item, say: Say) -> list[Any]:
    body, text = item.data["body"], item.data.get("text")
    said = {**body, **body["member"]} if isinstance(body, Mapping) else text or {}
    errors = " ".join(one["message"] for one in _errors(item, say))
    return [item.number, *(harmless(said.get(name)) for name in COLUMNS), harmless(errors)]
