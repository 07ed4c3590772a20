"""How a call to make again travels: asked for, changed, and as it is."""

from __future__ import annotations

from schemas.fields import Moment
from schemas.shapes import Choice, Items, Part, Shape, Text
from schemas.shapes import about as described

STATUSES = ("open", "done")
OUTCOMES = ("no_answer", "left_message", "on_hold", "reached")
LONGEST = 400
MOST_TRIES = 1000


class NewCallBackSchema(Shape):
    """A call to make."""

    due_at = Moment(required=True, metadata=described("When to call."))
    about = Text(LONGEST, required=True, metadata=described("What to ask, in a line; kept encrypted."))
    owner = Text(100, allow_none=True, metadata=described("Who calls; the caller, if not given."))
    note = Text(LONGEST, allow_none=True)


class CallBackChangeSchema(Shape):
    """What to change of a call to make; what is not given stays. An `outcome` notes a try, as of now."""

    outcome = Choice(OUTCOMES, metadata=described("What came of a try; `reached` is done with it."))
    status = Choice(STATUSES)
    due_at = Moment()
    about = Text(LONGEST)
    owner = Text(100)
    note = Text(LONGEST, allow_none=True)


class TrySchema(Shape):
    """One try to reach somebody."""

    at = Moment(required=True)
    by = Text(100, required=True)
    outcome = Choice(OUTCOMES, required=True)


class CallBackSchema(Shape):
    """A call to make, with every try so far."""

    id = Text(36, required=True)
    case_id = Text(36, required=True)
    status = Choice(STATUSES, required=True)
    due_at = Moment(required=True)
    about = Text(LONGEST, required=True)
    owner = Text(100, required=True)
    note = Text(LONGEST, required=True, allow_none=True)
    tries = Items(Part(TrySchema()), most=MOST_TRIES, required=True)
    created_at = Moment(required=True)
    created_by = Text(100, required=True)
    updated_at = Moment(required=True)


NEW_CALL_BACK = NewCallBackSchema()
CALL_BACK_CHANGE = CallBackChangeSchema()
CALL_BACK = CallBackSchema()
