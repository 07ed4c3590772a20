"""Whether a level needs prior authorization, by payer, on both sides of every date that is named.

The rows are read from the documents, not from the rulebook: what no document says is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.answer_key.case import INPATIENT, IOP, OP, PHP, RESIDENTIAL, SHORT, Case, case, in_words, phase

ALL = (OP, IOP, PHP, RESIDENTIAL, INPATIENT)
BOTH = ("mental_health", "substance_use")
UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Row:
    """What a document says of levels from a day on; `before` is what held the day before, if it is asked."""

    payer: str
    levels: tuple[str, ...]
    status: str
    why: str
    since: date = date(2026, 3, 2)
    before: str | None = None
    plan: str | None = None
    network: str = "in"
    conditions: tuple[str, ...] = BOTH


ROWS = (
    Row(
        "cigna",
        (IOP,),
        "not_required",
        "Cigna dropped prior authorization of IOP on 1 May 2022, in and out of network.",
        since=date(2022, 5, 1),
        before=UNDETERMINED,
    ),
    Row("cigna", (IOP,), "not_required", "The same holds out of network.", network="out"),
    Row("cigna", (OP, PHP, RESIDENTIAL, INPATIENT), UNDETERMINED, "The guidelines in force were not read."),
    Row(
        "aetna",
        (PHP, RESIDENTIAL, INPATIENT),
        "required",
        "Aetna's list of 1 January 2019 names them.",
        since=date(2019, 1, 1),
        before=UNDETERMINED,
    ),
    Row(
        "aetna",
        (IOP,),
        "not_required",
        "Aetna's list of 1 January 2019 dropped IOP.",
        since=date(2019, 1, 1),
        before=UNDETERMINED,
    ),
    Row("aetna", (OP,), UNDETERMINED, "No list that could be read speaks of routine visits."),
    Row("unitedhealthcare", (OP,), "not_required", "Optum asks for none for routine outpatient care."),
    Row(
        "unitedhealthcare",
        (IOP, PHP, RESIDENTIAL, INPATIENT),
        UNDETERMINED,
        "Authorization or notification: the page does not split them.",
    ),
    Row("florida-blue", ALL, UNDETERMINED, "Nothing that could be read says."),
    Row("medicare", (OP, IOP, PHP, INPATIENT), "not_required", "Original Medicare asks for none."),
    Row(
        "medicare-advantage",
        (OP, IOP, PHP),
        UNDETERMINED,
        "A plan may ask for authorization of some services: which, only the plan can say.",
    ),
    Row("humana", (PHP, RESIDENTIAL, INPATIENT), "required", "Humana's behavioral health page names them."),
    Row("humana", (OP, IOP), UNDETERMINED, "Humana's page does not name them, which says nothing."),
    Row(
        "tricare-east",
        (OP, IOP, PHP),
        "not_required",
        "The operations manual of 2023: a referral for programs, no preauthorization.",
        plan="prime",
    ),
    Row(
        "tricare-east",
        (RESIDENTIAL, INPATIENT),
        "required",
        "The operations manual of 2023: stays need preauthorization.",
        plan="prime",
    ),
    Row(
        "fep-blue",
        (RESIDENTIAL, INPATIENT),
        "required",
        "Precertification of hospital and residential stays, with a penalty of $500 without it.",
        plan="focus",
    ),
    Row(
        "fep-blue",
        (IOP,),
        UNDETERMINED,
        "The brochure lists IOP without approval; the local plan of 2016 certifies it: they disagree.",
        plan="focus",
    ),
    Row("oscar-florida", ALL, UNDETERMINED, "Nothing that could be read says."),
    Row("ambetter-florida", ALL, UNDETERMINED, "Nothing that could be read says."),
    Row("molina-marketplace-florida", ALL, UNDETERMINED, "Nothing that could be read says."),
    Row("sunshine-health", (INPATIENT, RESIDENTIAL), "required", "Sunshine's authorization page."),
    Row(
        "sunshine-health",
        (OP,),
        "not_required",
        "Individual, family and group therapy need none (H2019 HR and HQ).",
    ),
)


def cases() -> Iterator[Case]:
    """Yield a case for each row, level and condition, and one for the day before where there is one."""
    for row in ROWS:
        for level in row.levels:
            for condition in row.conditions:
                yield _case(row, level, condition, row.since, row.status)
                if row.before is not None:
                    yield _case(row, level, condition, row.since - timedelta(days=1), row.before)


def _case(row: Row, level: str, condition: str, day: date, status: str) -> Case:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    once = {} if level in (RESIDENTIAL, INPATIENT) else {"weekdays": [names[day.weekday()]]}
    hours = {IOP: 9, PHP: 20, OP: 1}.get(level)
    asked = phase(level, day, 1, 1, **once, **({"hours_per_day": hours} if hours else {}))
    where = "" if row.network == "in" else " out of network"
    plan = {"plan": row.plan} if row.plan is not None else {}
    whose = row.payer if row.plan is None else f"{row.payer} {row.plan}"
    return case(
        f"{SHORT[level].capitalize() if level in (RESIDENTIAL, INPATIENT) else SHORT[level]} for "
        f"{condition.replace('_', ' ')} with {whose}{where} on {in_words(day)}: {status.replace('_', ' ')}",
        row.why,
        {"payer": row.payer, **plan, "network": row.network, "condition": condition, "phases": [asked]},
        {"prior_authorization": [status]},
    )
