"""When an authorization has to be asked for: the latest business day whose clock ends before the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.answer_key.case import PHP, Case, case, in_words, phase

# Federal holidays of 2026, as the Office of Personnel Management lists them.
HOLIDAYS = {
    date(2026, 1, 1),
    date(2026, 1, 19),
    date(2026, 2, 16),
    date(2026, 5, 25),
    date(2026, 6, 19),
    date(2026, 7, 3),
    date(2026, 9, 7),
    date(2026, 10, 12),
    date(2026, 11, 11),
    date(2026, 11, 26),
    date(2026, 12, 25),
}
STARTS = (
    date(2026, 3, 2),
    date(2026, 3, 3),
    date(2026, 3, 4),
    date(2026, 3, 5),
    date(2026, 3, 6),
    date(2026, 6, 10),
    date(2026, 6, 11),
    date(2026, 7, 20),
    date(2026, 7, 21),
    date(2026, 9, 23),
    date(2026, 9, 24),
    date(2026, 10, 28),
    date(2026, 12, 14),
)


def is_business_day(day: date) -> bool:
    """Say whether a day is a weekday and no federal holiday."""
    return day.weekday() < 5 and day not in HOLIDAYS


def latest_day_to_submit(start: date, calendar_days: int) -> date:
    """Return the latest business day from which so many calendar days end before the start."""
    day = start - timedelta(days=calendar_days + 1)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def cases() -> Iterator[Case]:
    """Yield starts on each weekday and around holidays, asked in good time and too late."""
    for start in STARTS:
        submit = latest_day_to_submit(start, 15)
        due = submit + timedelta(days=15)
        yield case(
            f"PHP with Aetna from {in_words(start)} has to be asked for by {in_words(submit)}",
            "Employer plans decide within 15 calendar days (29 CFR 2560.503-1).",
            {"payer": "aetna", "network": "in", "phases": [phase(PHP, start)]},
            {
                "prior_authorization": ["required"],
                "submit_by": [submit.isoformat()],
                "decision_due": [due.isoformat()],
            },
            asked_on=submit - timedelta(days=7),
        )
        late = start - timedelta(days=3)
        yield case(
            f"PHP with Aetna from {in_words(start)}, asked three days before, is asked for at once",
            "The latest day is past, so it is today.",
            {"payer": "aetna", "network": "in", "phases": [phase(PHP, start)]},
            {"prior_authorization": ["required"], "submit_by": [late.isoformat()]},
            asked_on=late,
        )
