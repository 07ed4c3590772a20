"""How an authorization travels: what was asked of a payer for one level of care, and what came of it.

A deadline is a day that the payer named; none is ever filled in. What is not known is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.fields import Day
from schemas.model import LEVEL_ALIASES, LEVELS_OF_CARE, LIMIT_UNITS
from schemas.problem import Complaints
from schemas.shapes import Choice, Items, Shape, Text, Whole, about

OPEN = ("not_started", "submitted", "pended")
GRANTED = ("approved", "partly_approved")
STATUSES = (*OPEN, *GRANTED, "denied", "withdrawn")
CHANNELS = ("phone", "portal", "fax", "letter", "electronic")
MOST_ABSENCES = 400


class AuthorizationSchema(Shape):
    """An authorization for one level of care with one payer."""

    level_of_care = Choice(LEVELS_OF_CARE, LEVEL_ALIASES, required=True)
    payer = Text(80, required=True, metadata=about("A payer's id; the one that was asked."))
    status = Choice(STATUSES, load_default="not_started")
    channel = Choice(CHANNELS, metadata=about("How it was asked for."))
    requested_on = Day()
    units_requested = Whole(1, 1000)
    number = Text(60, metadata=about("The payer's number of it."))
    valid_from = Day(metadata=about("The first day it holds for."))
    valid_to = Day(metadata=about("The last day it holds for."))
    units_approved = Whole(0, 1000)
    unit = Choice(LIMIT_UNITS, metadata=about("What the units are; without it, a unit is a session."))
    codes = Items(Text(10), most=20, metadata=about("The procedure and revenue codes it names."))
    reviewer = Text(120)
    reference = Text(80, metadata=about("The reference of the call or the message."))
    decision_due = Day(metadata=about("By when the payer said it decides."))
    next_review_due = Day(metadata=about("By when the payer wants the next review."))
    denial_reason = Text(500)
    peer_to_peer_by = Day()
    appeal_by = Day()
    absences = Items(
        Day(), most=MOST_ABSENCES, metadata=about("Days of planned sessions that did not take place.")
    )


AUTHORIZATION = AuthorizationSchema()


def check_authorization(one: Mapping[str, Any], complaints: Complaints) -> None:
    """Complain of an authorization whose parts are at odds with one another."""
    first, last = one.get("valid_from"), one.get("valid_to")
    if one.get("status") in GRANTED and first is None:
        complaints.add("/valid_from", "required", "is missing; an approval holds from a day on")
    if first is not None and last is not None and last < first:
        complaints.add("/valid_to", "ends_before_start", "must not be before valid_from; check both")
    if one.get("unit") is not None and one.get("units_approved", one.get("units_requested")) is None:
        complaints.add("/units_approved", "required", "is missing; say how many, or leave unit out")
