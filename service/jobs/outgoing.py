"""Answers the rows of a batch, and writes what came of each as a line: columns, or the whole answer as JSON.

A result never says who it is about: it has the number of its row and the id that another system gave.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from typing import Any, Literal

import orjson

from schemas.determination import dump_outcome
from schemas.inquiry import load_inquiry
from schemas.problem import BadRequest, FieldError
from service.casework.hand_off import harmless
from service.jobs.incoming import Incoming
from service.verify import Desk, hear, known, unusable_reply, verify

Form = Literal["csv", "jsonl"]
Answer = Mapping[str, Any]
REFUSED, FAILED = "refused", "failed"
OF_PHASES = ("levels", "coverage", "authorization", "submit_by")
OF_ESTIMATE = ("certainty", "low", "expected", "high", "first_session", "sessions")
RESULT_COLUMNS = (
    *("row", "status", "external_id", "payer", "site", "network", "eligibility"),
    *OF_PHASES,
    *OF_ESTIMATE,
    *("next_steps", "answered_at", "errors"),
)
"""The columns of results; what is said of several phases stands in one cell, between semicolons."""

IDS = ("case_id", "verification_id")
"""What is added where answers are kept: under which ids."""

_BEGINS: Mapping[Form, re.Pattern[bytes]] = {
    "csv": re.compile(rb"([0-9]+),([a-z_]+),"),
    "jsonl": re.compile(rb'\{"row":([0-9]+),"status":"([a-z_]+)"'),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row: an answer with its status, or everything that keeps it from one.

    `ids` are those that it is kept under, `None` where nothing is kept.
    """

    number: int
    external_id: str | None
    status: str
    answer: Answer | None = None
    errors: tuple[FieldError, ...] = ()
    ids: Mapping[str, str | None] | None = None


def answer_row(desk: Desk, row: Incoming, at: datetime, *, live: bool = False) -> Result:
    """Answer a row as of a time, from what is published and what it brings, and from the payer if `live`.

    Raises nothing: one row that goes wrong stops no other.
    """
    if row.errors:
        return Result(row.number, row.external_id, REFUSED, errors=row.errors)
    try:
        status, answer = _answer(desk, row.body, at, live)
    except BadRequest as bad:
        return Result(row.number, row.external_id, REFUSED, errors=bad.errors)
    except Exception as error:  # its message may hold something of the member
        fault = FieldError(
            "", "internal_error", f"Something went wrong on our side ({type(error).__name__})."
        )
        return Result(row.number, row.external_id, FAILED, errors=(fault,))
    return Result(row.number, row.external_id, status, answer)


def failed(row: Incoming, how: str, ids: Mapping[str, str | None] | None = None) -> Result:
    """The result of a row that went wrong by no fault of its own."""
    fault = FieldError("", "internal_error", f"Something went wrong on our side ({how}).")
    return Result(row.number, row.external_id, FAILED, errors=(fault,), ids=ids)


def header(form: Form, more: Sequence[str] = ()) -> bytes:
    """What stands above the first result."""
    return cells_line((*RESULT_COLUMNS, *more)) if form == "csv" else b""


def write_line(result: Result, form: Form, speak: Callable[[Any], Any]) -> bytes:
    """A result as a line; an answer as JSON has its sentences, which `speak` adds."""
    if form == "csv":
        cells = cells_of(result)
        names = RESULT_COLUMNS if result.ids is None else (*RESULT_COLUMNS, *IDS)
        return cells_line([cells.get(name) for name in names])
    begins = {"row": result.number, "status": result.status, "external_id": result.external_id}
    answer = speak(result.answer) if result.answer is not None else {"errors": told(result.errors)}
    return orjson.dumps({**begins, **(result.ids or {}), **answer}, option=orjson.OPT_APPEND_NEWLINE)


def read_beginning(line: bytes, form: Form) -> tuple[int, str] | None:
    """The number and the status that a line says, or `None` where it is no result."""
    found = _BEGINS[form].match(line)
    return (int(found[1]), found[2].decode("ascii")) if found else None


def _answer(desk: Desk, body: Any, at: datetime, live: bool) -> tuple[str, Answer]:
    inquiry, warnings = load_inquiry(body, known(desk, at))
    if inquiry.as_of is not None:
        message = "as_of needs the rulebooks that a running service keeps; leave it out, or ask the service."
        raise BadRequest([FieldError("/as_of", "no_rulebook_in_use", message)])
    inquiry = replace(inquiry, live=inquiry.live and live)
    hearing = hear(desk, inquiry, at=at)
    error = unusable_reply(desk, inquiry, hearing, at)
    if error is not None:
        raise BadRequest([error])
    outcome = verify(desk, inquiry, at=at, warnings=warnings, hearing=hearing)
    return outcome.status, dump_outcome(outcome)


def cells_of(result: Result) -> dict[str, Any]:
    """A result by column; what there is nothing to say of is left out."""
    cells: dict[str, Any] = {
        "row": result.number,
        "status": result.status,
        "external_id": harmless(result.external_id),
        "errors": "; ".join(f"{one['pointer'] or '/'} {one['code']}" for one in told(result.errors)),
        **(result.ids or {}),
    }
    return cells if result.answer is None else cells | said_of(result.answer)


def said_of(answer: Answer) -> dict[str, Any]:
    """What an answer says, by column."""
    phases = answer["phases"]
    of_phases = {
        "levels": [one["level_of_care"] for one in phases],
        "coverage": [one["coverage"]["status"] for one in phases],
        "authorization": [one["prior_authorization"]["status"] for one in phases],
        "submit_by": [one["prior_authorization"]["submit_by"] or "" for one in phases],
    }
    return {
        "payer": answer["payer"]["id"],
        "site": answer["site"],
        "network": answer["network"],
        "eligibility": answer["eligibility"]["status"],
        **{name: ";".join(said) if any(said) else "" for name, said in of_phases.items()},
        **{name: answer["estimate"][name] for name in OF_ESTIMATE},
        "next_steps": len(answer["next_steps"]),
        "answered_at": answer["produced_by"]["at"],
    }


def told(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    """Errors as they travel."""
    return [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in errors]


def cells_line(cells: Sequence[Any]) -> bytes:
    """A line of columns."""
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()
