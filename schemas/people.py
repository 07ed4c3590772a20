"""How a member and a subscriber travel, and the checks on their dates and ids.

Nothing here may reach a log or an error: messages say what is wrong with a field, never what it held.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from schemas.fields import Day
from schemas.model import RELATIONSHIPS, Person
from schemas.phases import years_from
from schemas.problem import Complaints
from schemas.shapes import Choice, Part, Shape, Text, about

SEXES = ("female", "male", "other", "unknown")
OLDEST = 130


class SubscriberSchema(Shape):
    """The person whose policy it is, where that is not the member."""

    member_id = Text(40, load_default=None)
    first_name = Text(80, load_default=None)
    last_name = Text(80, load_default=None)
    birth_date = Day(load_default=None)
    sex = Choice(SEXES, load_default=None)
    group_number = Text(40, load_default=None)


class MemberSchema(Shape):
    """The person the care is for."""

    member_id = Text(
        40, load_default=None, metadata=about("Needed for every payer but `self-pay`, which has none.")
    )
    first_name = Text(80, required=True)
    last_name = Text(80, required=True)
    birth_date = Day(required=True)
    sex = Choice(SEXES, load_default=None)
    relationship = Choice(RELATIONSHIPS, load_default="self")
    group_number = Text(40, load_default=None)
    subscriber = Part(SubscriberSchema(), load_default=None)


def check_person(
    pointer: str, person: Mapping[str, Any], today: date, first_day: date | None, complaints: Complaints
) -> None:
    """Check a person's birth date against today and, for the member, the first day of care."""
    born: date | None = person.get("birth_date")
    place = f"{pointer}/birth_date"
    if born is None:
        return
    if born > today:
        complaints.add(place, "birth_date_in_future", "must not be in the future; check the year")
    elif born < years_from(today, -OLDEST):
        complaints.add(place, "birth_date_too_early", f"must be within {OLDEST} years; check the year")
    elif first_day is not None and born > first_day:
        complaints.add(place, "birth_after_start", "must not be after the first day of care; check both")


def build_person(person: Mapping[str, Any], member_id: str | None) -> Person:
    """Build the member from valid data, with the member id as the payer writes it."""
    subscriber = person["subscriber"]
    return Person(
        member_id=member_id,
        first_name=person["first_name"],
        last_name=person["last_name"],
        birth_date=person["birth_date"],
        sex=person["sex"],
        relationship=person["relationship"],
        group_number=person["group_number"],
        subscriber=Person(**subscriber) if subscriber else None,
    )


def plain_id(member_id: str) -> str:
    """Write a member id as it is compared: without dashes and blanks, in capitals."""
    return re.sub(r"[\s\-]", "", member_id).upper()


def has_shape(member_id: str, pattern: str) -> bool:
    """Say whether an id, written plainly, has the shape that a payer's cards show."""
    return _compiled(pattern).fullmatch(plain_id(member_id)) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
