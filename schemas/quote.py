"""How a quote travels: what a family was told a course of care will cost them, and what they answered.

What it will cost is a frozen copy of one verification; what is typed is only what the clinic asks for,
who said it to whom, and what was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.contact import LANGUAGES
from schemas.fields import Day, Money
from schemas.problem import Complaints
from schemas.shapes import Choice, Items, Part, Shape, Text, about

STATUSES = ("draft", "approved", "given", "acknowledged", "withdrawn")
STANDING = ("approved", "given", "acknowledged")
METHODS = ("card", "cash", "check", "transfer", "other")
MOST_INSTALMENTS = 60
AGREED = ("deposit_asked", "instalments")
"""What is fixed once a quote is approved."""


class InstalmentSchema(Shape):
    """A part of what is to be paid, and when."""

    amount = Money(required=True)
    due = Day(required=True)


class ReceivedSchema(Shape):
    """An amount that was received. No number of a card or an account belongs here."""

    amount = Money(required=True)
    on = Day(required=True)
    method = Choice(METHODS)


class QuoteSchema(Shape):
    """What the clinic asks for, who told it to whom, and what came of it."""

    status = Choice(STATUSES, load_default="draft")
    language = Choice(LANGUAGES, load_default="en", metadata=about("In which it is told."))
    deposit_asked = Money()
    instalments = Items(Part(InstalmentSchema()), most=MOST_INSTALMENTS)
    received = Items(Part(ReceivedSchema()), most=MOST_INSTALMENTS)
    told_by = Text(100, metadata=about("Who told it; the caller, if not given."))
    told_to = Text(160)
    told_on = Day()
    acknowledged_on = Day()
    reason = Text(500, metadata=about("Why it is approved although nobody confirmed the membership."))


QUOTE = QuoteSchema()


def check_quote(one: Mapping[str, Any], complaints: Complaints) -> None:
    """Complain of a quote that was given to nobody, or acknowledged on no day."""
    if one.get("status") in ("given", "acknowledged"):
        for name in ("told_to", "told_on"):
            if one.get(name) is None:
                complaints.add(f"/{name}", "required", "is missing; say to whom and when it was told")
    if one.get("status") == "acknowledged" and one.get("acknowledged_on") is None:
        complaints.add("/acknowledged_on", "required", "is missing; say when it was acknowledged")
    told, back = one.get("told_on"), one.get("acknowledged_on")
    if told is not None and back is not None and back < told:
        complaints.add("/acknowledged_on", "ends_before_start", "must not be before told_on; check both")
