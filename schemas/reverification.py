"""Why an open case is verified again by the clock, and how a clinic's profile says which reasons count.

A reason is a code with what it speaks of. Without a word in the profile all of them are on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates

from schemas.file_fields import Whole, Word

MONTHLY, PLAN_YEAR, AUTHORIZATION, COVERAGE = "monthly", "plan_year", "authorization", "coverage"
REASONS = (AUTHORIZATION, COVERAGE, PLAN_YEAR, MONTHLY)
"""Every reason there is, the most pressing first."""

USUAL_HOUR = 5
USUAL_DAYS = 7
LAST_HOUR = 23


@dataclass(frozen=True, slots=True)
class Terms:
    """Which reasons count, from which hour at the clinic on, and how many days ahead of an end."""

    hour: int = USUAL_HOUR
    reasons: tuple[str, ...] = REASONS
    authorization_days: int = USUAL_DAYS
    coverage_days: int = USUAL_DAYS


USUAL = Terms()


class ReverificationSchema(Schema):
    """When open cases are verified again by themselves."""

    hour = Whole()
    reasons = fields.List(Word(REASONS))
    authorization_days = Whole(1)
    coverage_days = Whole(1)

    @validates("hour")
    def check_hour(self, hour: int, **_: Any) -> None:
        """Refuse an hour that no day has."""
        if hour > LAST_HOUR:
            raise ValidationError(f"Must be an hour of the day, from 0 to {LAST_HOUR}.")


def read_terms(data: Mapping[str, Any]) -> Terms:
    """Return what a valid part of a profile says; what it leaves out is as usual."""
    said = set(data.get("reasons", REASONS))
    reasons = tuple(reason for reason in REASONS if reason in said)
    return Terms(**{**data, "reasons": reasons})
