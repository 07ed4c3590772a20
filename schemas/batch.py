"""How a batch travels: how far it is, and nothing of what is in it. Rows come and go as files."""

from __future__ import annotations

from schemas.fields import Moment
from schemas.shapes import Choice, Part, Shape, Text, Whole, about

STATES = ("working", "done", "cancelled")
MOST_ROWS = 100_000
A_LONG_TIME = 1_000_000_000


class BatchProgressSchema(Shape):
    """How many rows there are, and how far they are."""

    rows = Whole(0, MOST_ROWS, required=True)
    waiting = Whole(0, MOST_ROWS, required=True)
    working = Whole(0, MOST_ROWS, required=True)
    done = Whole(0, MOST_ROWS, required=True)
    refused = Whole(0, MOST_ROWS, required=True, metadata=about("Their results name every error."))
    failed = Whole(0, MOST_ROWS, required=True, metadata=about("By no fault of the row."))
    cancelled = Whole(0, MOST_ROWS, required=True, metadata=about("Never begun; they have no result."))


class BatchSchema(Shape):
    """A batch: how far it is, how fast it goes, how long it may take."""

    id = Text(36, required=True)
    state = Choice(STATES, required=True)
    created_at = Moment(required=True)
    created_by = Text(100, required=True)
    progress = Part(BatchProgressSchema(), required=True)
    rows_a_minute = Whole(0, A_LONG_TIME, required=True, metadata=about("In the last minute."))
    seconds_left = Whole(
        0,
        A_LONG_TIME,
        required=True,
        allow_none=True,
        metadata=about("At that speed; null where nothing was done in the last minute."),
    )


BATCH = BatchSchema()
