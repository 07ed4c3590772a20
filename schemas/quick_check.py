"""How a visitor of a clinic's website asks, without a name and then, if wanted, with one.

The first step knows a payer, a kind of care, an age group and a county; the second adds who it is for and
how to reach whoever asks. Empty text counts as not given: forms send every field they have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import pre_load

from schemas.counties import COUNTIES
from schemas.fields import Day
from schemas.problem import Complaints
from schemas.shapes import Choice, Flag, Part, Shape, Text, Verbatim, about

PLAN_TYPES = (
    *("medicare", "medicare_advantage", "medicaid", "marketplace", "employer"),
    *("tricare", "federal", "none", "not_sure"),
)
LEVELS = ("op", "iop", "php")
NOT_SURE = "not_sure"
AGE_GROUPS = (ADULT, UNDER_21) = ("adult", "under_21")
ANSWERS = (INCLUDES, DOES_NOT, ASK) = ("includes", "does_not", "ask")
ASKING_FOR = (SELF, CHILD, OTHER) = ("self", "child", "other")
CHANNELS = ("phone", "text", "email")
BEST_TIMES = ("any", "morning", "afternoon", "evening")
LONGEST_PROOF = 4_000
OLDEST_YEARS = 130
FEWEST_DIGITS, MOST_DIGITS = 10, 15
"""Of a telephone number that can be called: with its area, at most as long as the world's longest."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


def if_given(text: str = "") -> dict[str, Any]:
    """Return the metadata of text that may be left empty, with what it is."""
    return {**(about(text) if text else {}), "minLength": 0}


class Sent(Shape):
    """What a form sends: text that is empty was not given."""

    @pre_load
    def drop_empty(self, data: Any, **_: Any) -> Any:
        """Leave out empty text, and null."""
        if not isinstance(data, Mapping):
            return data
        return {
            name: value
            for name, value in data.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }


class QuestionSchema(Sent):
    """The question of the first step: nothing in it says who asks."""

    payer = Text(80, metadata=if_given("A payer's id; nothing where it is none of the list."))
    payer_text = Text(80, metadata=if_given("What was typed, where it is none of the list."))
    plan_type = Choice(PLAN_TYPES, load_default=NOT_SURE)
    level_of_care = Choice((*LEVELS, NOT_SURE), required=True)
    age_group = Choice(AGE_GROUPS, required=True)
    county = Choice(COUNTIES, required=True)
    site = Text(80, metadata=if_given("A site's id; every site of the clinic, if not given."))


class QuickCheckSchema(QuestionSchema):
    """The question, with what shows that a browser asks."""

    proof = Verbatim(LONGEST_PROOF, metadata=about("A solved challenge; a site key needs one."))
    website = Verbatim(400, metadata=about("A field that people do not see: empty."))


class AskedBeforeSchema(QuestionSchema):
    """The question of the first step, with what was answered."""

    answer = Choice(ANSWERS)


class AgreedSchema(Shape):
    """Which text was agreed to."""

    version = Text(40, required=True)
    accepted = Flag(required=True)


class QuickContactSchema(Sent):
    """Who it is for, and how to reach whoever asks."""

    consent = Part(AgreedSchema(), required=True)
    asking_for = Choice(ASKING_FOR, required=True)
    your_name = Text(120, metadata=if_given("Who asks, where it is for somebody else."))
    first_name = Text(60, required=True)
    last_name = Text(60, required=True)
    birth_date = Day(required=True)
    member_id = Text(40, metadata=if_given())
    channel = Choice(CHANNELS, required=True)
    phone = Text(40, metadata=if_given())
    email = Text(160, metadata=if_given())
    best_time = Choice(BEST_TIMES, load_default="any")
    check = Part(AskedBeforeSchema(), required=True, metadata=about("What was asked in the first step."))
    proof = Verbatim(LONGEST_PROOF, metadata=about("A solved challenge; a site key needs one."))
    website = Verbatim(400, metadata=about("A field that people do not see: empty."))


QUICK_CHECK, QUICK_CONTACT = QuickCheckSchema(), QuickContactSchema()


def check_honeypot(body: Mapping[str, Any], complaints: Complaints) -> None:
    """Complain of a field that only a machine fills in."""
    if body.get("website"):
        complaints.add("/website", "looks_automated", "must be empty")


def check_contact(body: Mapping[str, Any], consent: str, today: date, complaints: Complaints) -> None:
    """Complain of a contact that nobody could be reached by, or that nobody agreed to.

    `consent` is the version of the text that is shown now.
    """
    agreed = body.get("consent") or {}
    if agreed.get("accepted") is False:
        complaints.add("/consent/accepted", "consent_not_given", "must be true")
    if agreed.get("version", consent) != consent:
        complaints.add("/consent/version", "consent_outdated", "is not the version that is shown now")
    _check_reach(body, complaints)
    where = "email" if body.get("channel") == "email" else "phone"
    if "channel" in body and where not in body:
        complaints.add(f"/{where}", "required", "is missing; the channel needs it")
    if body.get("asking_for", SELF) != SELF and "your_name" not in body:
        complaints.add("/your_name", "required", "is missing; it is for somebody else")
    born = body.get("birth_date")
    if born is not None and born > today:
        complaints.add("/birth_date", "birth_date_in_future", "has not come yet")
    elif born is not None and born.year < today.year - OLDEST_YEARS:
        complaints.add("/birth_date", "birth_date_too_early", "is too long ago")


def _check_reach(body: Mapping[str, Any], complaints: Complaints) -> None:
    digits = sum(map(str.isdigit, body.get("phone", "")))
    if "phone" in body and not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        complaints.add("/phone", "not_a_phone", "must be a number with its area code")
    if "email" in body and not _EMAIL.fullmatch(body["email"]):
        complaints.add("/email", "not_an_email", "must be an address like name@example.org")
