"""Florida Medicaid, fee-for-service: copays by setting and age, units of a visit, yearly limits, programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.answer_key.arithmetic import dollars
from tests.answer_key.case import (
    INPATIENT,
    IOP,
    OP,
    PHP,
    RESIDENTIAL,
    SHORT,
    Case,
    case,
    in_words,
    phase,
)

# Community behavioral health fee schedule, cents for 15 minutes; four units a day at most.
INDIVIDUAL, GROUP = 2187, 673
SELF_PAY = 14000
# Rule 59G-1.056: cents a day at a clinic, a visit at a hospital, a day at a federal or rural health center.
COPAYS = {
    "center": 200,
    "freestanding": 200,
    "practice-tampa": 200,
    "hospital": 300,
    "health-center": 300,
    "rural-clinic": 300,
}
START = date(2026, 3, 2)
TURNS_21 = "2005-03-16"  # on the third Monday of a care begun on START
CHILD, ADULT = "2010-06-01", "1980-05-17"


def cases() -> Iterator[Case]:
    """Yield every case of fee-for-service Medicaid."""
    yield from _copays()
    yield from _units()
    yield from _limits()
    yield from _programs()
    yield from _levels_of_age()
    yield from _video()


def _ask(*phases: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"payer": "florida-medicaid", "phases": list(phases), **more}


def _copays() -> Iterator[Case]:
    for site, copay in COPAYS.items():
        for born, words, due in ((ADULT, "an adult", copay), (CHILD, "a child", 0)):
            yield case(
                f"Four weekly visits of {words} at the site {site}",
                "$2.00 a day at a community clinic or practice, $3.00 at a hospital or health center; "
                "nobody under 21 pays.",
                _ask(phase(OP, START, 4)),
                {"coverage": ["covered"], "first_session": dollars(due), "typical_session": dollars(due)},
                site=site,
                born=born,
            )
    yield case(
        "Four weekly visits of someone who turns 21 on the day of the third",
        "Two visits at 20 are free, two at 21 cost $2.00 each.",
        _ask(phase(OP, START, 4)),
        {"first_session": "0.00", "last_session": "2.00", "low": "4.00"},
        born=TURNS_21,
    )
    for born, due in (("2005-03-03", "0.00"), ("2005-03-02", "2.00"), ("2005-03-01", "2.00")):
        yield case(
            f"A visit on {in_words(START)} of someone born on {in_words(date.fromisoformat(born))}",
            "Under 21 there is no copay; on the birthday one is 21.",
            _ask(phase(OP, START)),
            {"first_session": due},
            born=born,
        )


def _units() -> Iterator[Case]:
    for hours, units in ((0.25, 1), (0.5, 2), (0.75, 3), (1, 4), (1.5, 4), (2, 4)):
        for service, fee in (("individual", INDIVIDUAL), ("family", INDIVIDUAL)):
            yield case(
                f"A visit of {hours} hours ({service}) in 2026",
                f"H2019 HR, {units} units of {dollars(fee)}: four a day at most.",
                _ask(phase(OP, START, 1, hours_per_day=hours, service=service)),
                {"total_allowed_expected": dollars(fee * units), "first_session": "2.00"},
            )
    for hours, units in ((0.5, 2), (1, 4), (2, 4)):
        yield case(
            f"A group of {hours} hours in October 2025",
            f"H2019 HQ, {units} units of {dollars(GROUP)}.",
            _ask(phase(OP, date(2025, 10, 6), 1, hours_per_day=hours, service="group")),
            {"total_allowed_expected": dollars(GROUP * units)},
        )


def _limits() -> Iterator[Case]:
    """26 hours of individual therapy a state fiscal year, from July to June."""
    start = date(2025, 7, 7)
    for weeks in (25, 26, 27, 28):
        beyond = max(0, weeks - 26)
        expected = 200 * (weeks - beyond) + SELF_PAY * beyond
        yield case(
            f"{weeks} weekly hours of an adult from {in_words(start)}",
            "104 units of 15 minutes a state fiscal year: 26 hours.",
            _ask(phase(OP, start, weeks)),
            {"low": dollars(expected), "expected": dollars(expected), "high": dollars(SELF_PAY * weeks)},
        )
        yield case(
            f"{weeks} weekly hours of a child from {in_words(start)}",
            "Under 21 the limit can be exceeded with an authorization: never finally refused.",
            _ask(phase(OP, start, weeks)),
            {"coverage": ["covered"], "low": "0.00", "expected": "0.00"},
            born=CHILD,
        )
    for first in (date(2026, 1, 5), date(2026, 4, 6)):
        yield case(
            f"26 weekly hours from {in_words(first)}, over the end of June",
            "On 1 July a new state fiscal year begins, with new units.",
            _ask(phase(OP, first, 26)),
            {"expected": dollars(200 * 26)},
        )


def _programs() -> Iterator[Case]:
    for level in (IOP, PHP):
        for day in (date(2025, 7, 7), date(2025, 12, 1), date(2026, 3, 2)):
            yield case(
                f"{SHORT[level]} of an adult at a community clinic from {in_words(day)}",
                "The schedule has no row for the program: it is no fee-for-service community benefit.",
                _ask(phase(level, day)),
                {"coverage": ["not_covered"], "reasons": [["not_on_fee_schedule"]]},
            )
            yield case(
                f"{SHORT[level]} of a child at a community clinic from {in_words(day)}",
                "Under 21 a service that is medically necessary is owed: never refused by a schedule.",
                _ask(phase(level, day)),
                {"coverage": ["undetermined"]},
                born=CHILD,
            )


def _levels_of_age() -> Iterator[Case]:
    for born, words, residential in ((ADULT, "an adult", "not_covered"), (CHILD, "a child", "covered")):
        yield case(
            f"Residential care of {words}",
            "Residential programs are for recipients under 21.",
            _ask(phase(RESIDENTIAL, START, 2)),
            {"coverage": [residential]},
            born=born,
        )
        yield case(
            f"Inpatient care of {words}",
            "Inpatient psychiatric care is covered (Rule 59G-4.150).",
            _ask(phase(INPATIENT, START, 2)),
            {"coverage": ["covered"]},
            born=born,
        )
    for born, covered in (("2005-03-03", "covered"), ("2005-03-02", "not_covered")):
        yield case(
            f"Residential care from {in_words(START)} of someone born on {born}",
            "Until the 21st birthday, and not from it on.",
            _ask(phase(RESIDENTIAL, START, 2)),
            {"coverage": [covered]},
            born=born,
        )


def _video() -> Iterator[Case]:
    yield case(
        "A visit by video",
        "Two-way audio and video in real time (Rule 59G-1.057).",
        _ask(phase(OP, START), modality="telehealth"),
        {"coverage": ["covered"]},
    )
