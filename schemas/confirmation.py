"""How a confirmation travels: something a person must be ready in before admission that staff settled."""

from __future__ import annotations

from schemas.fields import Day
from schemas.shapes import Choice, Flag, Shape, Text, about

ITEMS = ("payer_order", "network", "referral", "certification")
"""What staff can settle by their own word; the rest is computed from facts."""


class ConfirmationSchema(Shape):
    """One item that staff settled, or took back."""

    item = Choice(ITEMS, required=True)
    is_settled = Flag(load_default=True)
    on = Day(metadata=about("The day it was seen or said."))
    note = Text(300, metadata=about("By whom, or where it stands. Nothing of an illness."))


CONFIRMATION = ConfirmationSchema()
