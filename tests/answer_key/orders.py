"""Which of several coverages pays first: Medicare's rules on both sides of each number, and those of plans.

Each case is sent in both orders, and the answer must not hang on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.answer_key.case import IOP, Case, case, phase

START = date(2026, 12, 7)
AT_69, AT_45, AT_14 = "1957-03-02", "1981-03-02", "2012-03-02"
WORK = "active_employment"


def cases() -> Iterator[Case]:
    """Yield each situation, sent in either order."""
    for name, why, born, first, second, more, expect in (
        *_medicare(),
        *_others(),
        *_two_plans(),
        *_children(),
    ):
        for sent, words in (((first, second), "sent so"), ((second, first), "sent the other way round")):
            yield case(
                f"{name} ({words})",
                why,
                {"coverages": list(sent), "phases": [phase(IOP, START)], **more},
                expect,
                born=born,
            )


def _settled(*payers: str) -> dict[str, Any]:
    return {"order": list(payers), "order_status": "settled"}


def _plan(payer: str = "cigna", relationship: str = "self", **facts: Any) -> dict[str, Any]:
    about = {name: facts.pop(name) for name in ("birth_date", "custody", "court_order") if name in facts}
    return {"payer": payer, "subscriber": {"relationship": relationship, **about}, **facts}


def _at_work(employees: int | None, relationship: str = "self") -> dict[str, Any]:
    size = {} if employees is None else {"employer_size": {"employees": employees}}
    return _plan(relationship=relationship, basis=WORK, **size)


def _medicare() -> Iterator[tuple[Any, ...]]:
    aged = {"payer": "medicare", "entitlement": "age"}
    for whose in ("self", "spouse"):
        for employees, order in (
            (19, ("medicare", "cigna")),
            (20, ("cigna", "medicare")),
            (21, ("cigna", "medicare")),
        ):
            yield (
                f"Somebody of 69 with a plan through the work of {whose}, {employees} employees",
                "From 20 employees on the plan of current work pays first (42 CFR 411.170).",
                *(AT_69, aged, _at_work(employees, whose), {"injury": "none"}, _settled(*order)),
            )
        yield (
            f"Somebody of 69 with a plan through the work of {whose}, employees not said",
            "It hangs on the number of employees, so it is asked.",
            *(AT_69, aged, _at_work(None, whose), {"injury": "none"}, {"order_status": "ask"}),
        )
    disabled = {"payer": "medicare", "entitlement": "disability"}
    for employees, order in ((99, ("medicare", "cigna")), (100, ("cigna", "medicare"))):
        for whose in ("self", "spouse"):
            yield (
                f"Somebody of 45 with a disability, a plan by the work of {whose}, {employees} employees",
                "From 100 employees on the plan of current work pays first.",
                *(AT_45, disabled, _at_work(employees, whose), {"injury": "none"}, _settled(*order)),
            )
    for since, order in (
        ("2024-06-15", ("medicare", "cigna")),
        ("2024-07-01", ("cigna", "medicare")),
        ("2026-01-01", ("cigna", "medicare")),
    ):
        failing = {"payer": "medicare", "entitlement": "esrd", "esrd_start": since}
        yield (
            f"Somebody of 45 with kidney failure since {since} and a plan through work",
            "A group plan pays first for 30 months.",
            *(AT_45, failing, _at_work(10), {"injury": "none"}, _settled(*order)),
        )
    for basis in ("retiree", "cobra", "individual"):
        yield (
            f"Somebody of 69 with Medicare and a plan of kind {basis}",
            "Only a plan of current work pays before Medicare.",
            *(AT_69, aged, _plan(basis=basis), {"injury": "none"}, _settled("medicare", "cigna")),
        )


def _others() -> Iterator[tuple[Any, ...]]:
    medicaid = {"payer": "florida-medicaid", "plan": "full"}
    for payer in ("cigna", "medicare", "medicare-advantage", "tricare-east"):
        yield (
            f"{payer} and Florida Medicaid",
            "Medicaid pays last.",
            *(AT_69, {"payer": payer}, medicaid, {"injury": "none"}, _settled(payer, "florida-medicaid")),
        )
    yield (
        "Aetna and a Medicaid plan",
        "Medicaid pays last, whichever plan runs it.",
        *(AT_14, {"payer": "aetna"}, {"payer": "sunshine-health"}, {}, _settled("aetna", "sunshine-health")),
    )
    yield (
        "Medicare and Medigap",
        "Medigap takes what Medicare leaves.",
        *(AT_69, {"payer": "medicare"}, {"payer": "medigap", "plan": "g"}, {"injury": "none"}),
        _settled("medicare", "medigap"),
    )
    yield (
        "A plan of a family and TRICARE",
        "TRICARE pays after every other health plan.",
        *(AT_45, _plan(basis=WORK), {"payer": "tricare-east"}, {}, _settled("cigna", "tricare-east")),
    )


def _two_plans() -> Iterator[tuple[Any, ...]]:
    own = _plan("aetna", "self", basis=WORK)
    yield (
        "An own plan and the spouse's",
        "One's own plan pays before that of which one is a dependent.",
        *(AT_45, own, _plan("cigna", "spouse", basis=WORK), {}, _settled("aetna", "cigna")),
    )
    for basis in ("retiree", "cobra"):
        for working, other in (("aetna", "cigna"), ("cigna", "aetna")):
            yield (
                f"{working} through work and {other} of kind {basis}",
                "Current work comes first.",
                *(AT_45, _plan(working, basis=WORK), _plan(other, basis=basis), {}, _settled(working, other)),
            )
    for longer, other in (("aetna", "cigna"), ("cigna", "aetna")):
        yield (
            f"Two jobs, {longer} held longer than {other}",
            "Where nothing else decides, the longer coverage.",
            AT_45,
            _plan(longer, basis=WORK, effective_date="2015-01-01"),
            _plan(other, basis=WORK, effective_date="2020-01-01"),
            {},
            _settled(longer, other),
        )


def _children() -> Iterator[tuple[Any, ...]]:
    def parent(payer: str, **facts: Any) -> dict[str, Any]:
        return _plan(payer, "child", basis=WORK, **facts)

    together, apart = {"parents": "together"}, {"parents": "apart"}
    for first, second in (("aetna", "cigna"), ("cigna", "aetna")):
        for earlier, later in (("03-02", "03-03"), ("01-31", "09-01"), ("11-30", "12-01")):
            yield (
                f"A child of parents together, {first}'s born on {earlier} and {second}'s on {later}",
                "The birthday that comes first in the year; the year of birth does not matter.",
                *(AT_14, parent(first, birth_date=earlier), parent(second, birth_date=later), together),
                _settled(first, second),
            )
        yield (
            f"A child of parents of one birthday, {first} the longer coverage",
            "Of the same birthday, the longer coverage.",
            AT_14,
            parent(first, birth_date="03-02", effective_date="2015-01-01"),
            parent(second, birth_date="03-02", effective_date="2020-01-01"),
            together,
            _settled(first, second),
        )
        for custody, other in (("sole", "spouse"), ("sole", "none"), ("spouse", "none")):
            yield (
                f"A child of parents apart, {first} of custody {custody} and {second} of {other}",
                "The parent with custody, then that parent's spouse, then the other parent.",
                AT_14,
                parent(first, custody=custody, court_order=False),
                parent(second, custody=other, court_order=False),
                apart,
                _settled(first, second),
            )
        yield (
            f"A child of parents apart, a court order names {first}'s",
            "What a court ordered comes before custody.",
            AT_14,
            parent(first, custody="none", court_order=True),
            parent(second, custody="sole", court_order=False),
            apart,
            _settled(first, second),
        )
        yield (
            f"A child of parents apart with joint custody, {first}'s birthday first",
            "With joint custody it is as for parents together.",
            AT_14,
            parent(first, custody="joint", court_order=False, birth_date="02-01"),
            parent(second, custody="joint", court_order=False, birth_date="06-01"),
            apart,
            _settled(first, second),
        )
    yield (
        "A child of parents together, a birthday not said",
        "It hangs on the birthdays, so it is asked.",
        *(AT_14, parent("aetna", birth_date="03-02"), parent("cigna"), together, {"order_status": "ask"}),
    )
    yield (
        "A child of parents of whom nobody says whether they live together",
        "It hangs on that, so it is asked.",
        AT_14,
        parent("aetna", birth_date="03-02"),
        parent("cigna", birth_date="05-02"),
        {},
        {"order_status": "ask"},
    )
