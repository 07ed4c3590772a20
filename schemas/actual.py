"""How a paid session travels: what a payer allowed for it and what the patient owes, as somebody typed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.fields import Day, Money
from schemas.model import LEVEL_ALIASES, LEVELS_OF_CARE
from schemas.problem import Complaints
from schemas.shapes import Choice, Shape, Text, about

PAID, DENIED, REVERSED = "paid", "denied", "reversed"
DECIDED = (PAID, DENIED)
PARTS = ("deductible", "copay", "coinsurance")


class ActualSchema(Shape):
    """One session, with the amounts of the first payer's remittance advice."""

    date_of_service = Day(required=True)
    level_of_care = Choice(
        LEVELS_OF_CARE, LEVEL_ALIASES, metadata=about("The planned one of the day, where it is left out.")
    )
    status = Choice(DECIDED, load_default=PAID)
    allowed = Money(metadata=about("What the payer allows for the session; of a denied one nothing."))
    patient = Money(required=True, metadata=about("All that the payer says the patient owes for it."))
    deductible = Money(metadata=about("Of the patient's amount; without the parts less can be explained."))
    copay = Money()
    coinsurance = Money()
    plan_paid = Money()
    reason = Text(200, metadata=about("Why it was denied, in the payer's words. Nothing of an illness."))


ACTUAL = ActualSchema()


def check_actual(one: Mapping[str, Any], today: date, complaints: Complaints) -> None:
    """Complain of a session whose amounts are at odds with one another, or that has not been given yet."""
    patient, allowed = one.get("patient"), one.get("allowed")
    if one.get("date_of_service") is not None and one["date_of_service"] > today:
        complaints.add("/date_of_service", "service_in_future", "has not come yet; check the day")
    is_told_of = any(error.pointer.endswith("/allowed") for error in complaints.found)
    if one.get("status") != DENIED and allowed is None and not is_told_of:
        complaints.add("/allowed", "required", "is missing; give what the payer allows")
    if patient is None:
        return
    if one.get("status") != DENIED and allowed is not None and patient > allowed:
        complaints.add("/patient", "more_than_allowed", "is more than was allowed; check both")
    if sum(one.get(name) or 0 for name in PARTS) > patient:
        complaints.add("/patient", "less_than_its_parts", "is less than its parts together; check them")
