"""Original Medicare: program days, settings, hours, visits, Medigap and the Medicare Savings Programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.answer_key.arithmetic import Pots, Share, bill, dollars, half_up, session_days
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
    told,
)

# OPPS national rates a day (cents), CMS pricer tables of 2024, 2025, 2026: APC 5851-5854 and 5861-5864.
PROGRAM_DAY = {
    2024: {("center", 3): 8757, ("center", 4): 15742, ("hospital", 3): 25913, ("hospital", 4): 35783},
    2025: {("center", 3): 11124, ("center", 4): 16832, ("hospital", 3): 26919, ("hospital", 4): 40855},
    2026: {("center", 3): 12774, ("center", 4): 16738, ("hospital", 3): 31938, ("hospital", 4): 41845},
}
PART_B_DEDUCTIBLE = {2024: 24000, 2025: 25700, 2026: 28300}
DAYS = {IOP: 3, PHP: 5}
HOURS = {IOP: 3, PHP: 4}
FIFTH = Share(coinsurance="0.20")
SITE_WORDS = {"center": "a community mental health center", "hospital": "a hospital's outpatient department"}
# Physician fee schedule, non-facility, cents: RVU files of 2025 and 2026 with the indices of the locality.
VISIT = {
    2025: {
        "90832": {"03": 7989, "04": 8134, "99": 7848},
        "90834": {"03": 10535, "04": 10721, "99": 10351},
        "90837": {"03": 15622, "04": 15910, "99": 15344},
        "90853": {"03": 2863, "04": 2929, "99": 2806},
        "90847": {"03": 10433, "04": 10610, "99": 10303},
        "90791": {"03": 16932, "04": 17283, "99": 16605},
    },
    2026: {
        "90832": {"03": 8638, "04": 8720, "99": 8510},
        "90834": {"03": 11480, "04": 11606, "99": 11301},
        "90837": {"03": 16807, "04": 16967, "99": 16558},
        "90853": {"03": 3076, "04": 3122, "99": 3022},
        "90847": {"03": 11027, "04": 11112, "99": 10930},
        "90791": {"03": 17447, "04": 17619, "99": 17173},
    },
}
PRACTICE = {"03": "practice-fort-lauderdale", "04": "practice-miami", "99": "practice-tampa"}
PLACE = {"03": "Fort Lauderdale", "04": "Miami", "99": "the rest of Florida"}


def cases() -> Iterator[Case]:
    """Yield every case of Original Medicare."""
    yield from _program_days_around_new_year()
    yield from _indexed_days()
    yield from _settings()
    yield from _hours()
    yield from _other_levels()
    yield from _visits()
    yield from _video()
    yield from _second_coverages()


def _deductible(year: int, met: int, on: date) -> dict[str, Any]:
    pot = {"limit": dollars(PART_B_DEDUCTIBLE[year]), "met": dollars(met)}
    return told(on, deductible={"individual": pot})


def _program_days_around_new_year() -> Iterator[Case]:
    """Weeks before, over and after each turn of the year: rate and deductible are those of the day."""
    for year in (2025, 2026):
        for where in ("before", "over", "from"):
            start = _start(where, year)
            for level in (IOP, PHP):
                for (site, services), _ in PROGRAM_DAY[year].items():
                    for is_met in (False, True):
                        yield _program_week(year, where, start, level, site, services, is_met)


def _start(where: str, year: int) -> date:
    turn = date(year, 1, 1)
    monday = turn - timedelta(days=turn.weekday())
    return {"before": monday - timedelta(days=7), "over": monday, "from": turn}[where]


def _program_week(
    year: int, where: str, start: date, level: str, site: str, services: int, is_met: bool
) -> Case:
    days = session_days(start, 1, DAYS[level])
    first = days[0].year
    met = PART_B_DEDUCTIBLE[first] if is_met else 0
    total, patient = 0, 0
    left = {first: PART_B_DEDUCTIBLE[first] - met}
    for day in days:
        rate = PROGRAM_DAY[day.year][site, services]
        remaining = left.setdefault(day.year, PART_B_DEDUCTIBLE[day.year])
        taken = min(rate, remaining)
        left[day.year] = remaining - taken
        total += rate
        patient += taken + half_up(Fraction(1, 5) * (rate - taken))
    # Asked on the day itself where the care begins on New Year's Day: what is told then is of the new year.
    asked = start if where == "from" else start - timedelta(days=10)
    telling = _deductible(first, met, asked)
    spread = {"before": "in the week before", "over": "in the week of", "from": "from"}[where]
    amount = "met" if is_met else "not met"
    return case(
        f"{SHORT[level]} at {SITE_WORDS[site]}, {services} services a day, {spread} New Year {year}, "
        f"deductible of {first} {amount}",
        "OPPS rate and Part B deductible of each day's own year; a fifth of the rest, rounded each day.",
        {
            "payer": "medicare",
            "phases": [
                phase(level, start, 1, DAYS[level], hours_per_day=HOURS[level], services_per_day=services)
            ],
            "told_benefits": telling,
        },
        {
            "coverage": ["covered"],
            "prior_authorization": ["not_required"],
            "expected": dollars(patient),
            "total_allowed_expected": dollars(total),
            "sessions": len(days),
        },
        site=site,
        asked_on=asked,
    )


def _indexed_days() -> Iterator[Case]:
    """A site's own wage index: rate x (0.60 x index + 0.40), rounded; the fifth is taken of that."""
    start = date(2026, 3, 2)
    for site, index, kind in (
        ("center-indexed", "0.9488", "center"),
        ("hospital-tampa", "0.8776", "hospital"),
    ):
        for level in (IOP, PHP):
            for services in (3, 4):
                for is_met in (False, True):
                    rate = half_up(
                        PROGRAM_DAY[2026][kind, services]
                        * (Fraction(6, 10) * Fraction(index) + Fraction(4, 10))
                    )
                    met = PART_B_DEDUCTIBLE[2026] if is_met else 0
                    days = session_days(start, 4, DAYS[level])
                    made = bill(
                        days, rate, FIFTH, Pots(deductible=PART_B_DEDUCTIBLE[2026], deductible_met=met)
                    )
                    yield case(
                        f"{SHORT[level]} for four weeks at a {kind} whose wage index is {index}, {services} "
                        f"services a day, deductible {'met' if is_met else 'not met'}",
                        "Six tenths of the national rate follow the wage index.",
                        {
                            "payer": "medicare",
                            "phases": [
                                phase(
                                    level,
                                    start,
                                    4,
                                    DAYS[level],
                                    hours_per_day=HOURS[level],
                                    services_per_day=services,
                                )
                            ],
                            "told_benefits": _deductible(2026, met, date(2026, 2, 20)),
                        },
                        {
                            "coverage": ["covered"],
                            "low": made.total,
                            "expected": made.total,
                            "high": made.total,
                            "certainty": "exact",
                            "total_allowed_expected": made.total_allowed,
                        },
                        site=site,
                    )


def _settings() -> Iterator[Case]:
    """Who may bill each program, by kind of site and condition."""
    sites = {
        "center": "a community mental health center",
        "hospital": "a hospital's outpatient department",
        "health-center": "a federally qualified health center",
        "rural-clinic": "a rural health clinic",
        "opioid-program": "an opioid treatment program",
        "freestanding": "a freestanding program",
        "practice-miami": "a practice",
    }
    may = {
        IOP: {"center", "hospital", "health-center", "rural-clinic"},
        PHP: {"center", "hospital"},
    }
    for level, settings in may.items():
        for site, words in sites.items():
            for condition in ("mental_health", "substance_use"):
                covered = site in settings or (
                    level == IOP and site == "opioid-program" and condition == "substance_use"
                )
                expect: dict[str, Any] = {"coverage": ["covered" if covered else "not_covered"]}
                if covered:
                    expect["prior_authorization"] = ["not_required"]
                else:
                    expect["reasons"] = [["setting_not_covered"]]
                yield case(
                    f"{SHORT[level]} for {condition.replace('_', ' ')} at {words}",
                    "The program's settings are a closed list; opioid treatment programs give IOP for "
                    "substance use alone.",
                    {
                        "payer": "medicare",
                        "condition": condition,
                        "phases": [phase(level, date(2026, 3, 2), 2)],
                    },
                    expect,
                    site=site,
                )


def _hours() -> Iterator[Case]:
    """Nine hours a week make an IOP, twenty a PHP."""
    for level, days, hours, covered in (
        (IOP, 4, 2, False),
        (IOP, 3, 3, True),
        (IOP, 4, 2.25, True),
        (IOP, 5, 1.75, False),
        (PHP, 4, 4.75, False),
        (PHP, 4, 5, True),
        (PHP, 5, 3.75, False),
        (PHP, 5, 4, True),
    ):
        expect: dict[str, Any] = {"coverage": ["covered" if covered else "not_covered"]}
        if not covered:
            expect["reasons"] = [["hours_below_minimum"]]
        yield case(
            f"{SHORT[level]} of {days} days of {hours} hours a week, {days * hours:g} hours in all",
            "At least 9 hours a week for IOP, 20 for PHP (42 CFR 410.44 and 410.43).",
            {
                "payer": "medicare",
                "phases": [phase(level, date(2026, 3, 2), 2, days, hours_per_day=hours)],
            },
            expect,
        )


def _other_levels() -> Iterator[Case]:
    for level, covered, words in (
        (RESIDENTIAL, "not_covered", "is no benefit"),
        (INPATIENT, "covered", "is covered"),
    ):
        for condition in ("mental_health", "substance_use"):
            yield case(
                f"{SHORT[level].capitalize()} for {condition.replace('_', ' ')} {words}",
                "Medicare has no residential benefit; Part A covers inpatient psychiatric care.",
                {"payer": "medicare", "condition": condition, "phases": [phase(level, date(2026, 3, 2), 2)]},
                {"coverage": [covered]},
            )
    for day, coverage in ((date(2023, 12, 18), "undetermined"), (date(2024, 1, 1), "covered")):
        yield case(
            f"IOP from {in_words(day)}: the benefit begins with 2024",
            "The IOP benefit began on 1 January 2024.",
            {"payer": "medicare", "phases": [phase(IOP, day)]},
            {"coverage": [coverage]},
        )


def _visits() -> Iterator[Case]:
    """An outpatient visit: the code by its minutes, the amount by year and place, three quarters for some."""
    starts = {2025: date(2025, 3, 3), 2026: date(2026, 3, 2)}
    for year, start in starts.items():
        for locality in PRACTICE:
            for minutes, code in (
                (18, "90832"),
                (36, "90832"),
                (39, "90834"),
                (51, "90834"),
                (54, "90837"),
                (60, "90837"),
            ):
                yield _visit(
                    year, start, locality, code, f"{minutes} minutes of therapy", hours=Fraction(minutes, 60)
                )
            for service, code in (("group", "90853"), ("family", "90847"), ("evaluation", "90791")):
                yield _visit(year, start, locality, code, f"a visit for {service}", service=service)
        for clinician in ("lcsw", "lmft", "mhc"):
            yield _visit(
                year, start, "04", "90837", f"an hour with an {clinician.upper()}", clinician=clinician
            )
    for is_met in (False, True):
        yield _visit_weeks(is_met)
    yield case(
        "A visit at a hospital's outpatient department has a facility part that is not priced",
        "The physician fee schedule prices the professional part alone.",
        {"payer": "medicare", "phases": [phase(OP, date(2026, 3, 2), 4, clinician="physician")]},
        {"coverage": ["covered"], "assumptions": ["facility_fee_unpriced"]},
        site="hospital",
    )


def _visit(
    year: int,
    start: date,
    locality: str,
    code: str,
    words: str,
    *,
    hours: Fraction = Fraction(1),
    service: str = "individual",
    clinician: str = "physician",
) -> Case:
    amount = VISIT[year][code][locality]
    if clinician != "physician":
        amount = half_up(amount * Fraction(3, 4))
    patient = half_up(Fraction(1, 5) * amount)
    hours_per_day: Any = float(hours) if hours != 1 else 1
    return case(
        f"In {year}, {words} in {PLACE[locality]}, deductible met",
        f"{code} at the locality's amount, a fifth to the patient"
        + (
            "; 75 % for social workers, family therapists and counselors."
            if clinician != "physician"
            else "."
        ),
        {
            "payer": "medicare",
            "phases": [
                phase(OP, start, 1, hours_per_day=hours_per_day, service=service, clinician=clinician)
            ],
            "told_benefits": _deductible(year, PART_B_DEDUCTIBLE[year], start - timedelta(days=10)),
        },
        {
            "coverage": ["covered"],
            "prior_authorization": ["not_required"],
            "expected": dollars(patient),
            "total_allowed_expected": dollars(amount),
        },
        site=PRACTICE[locality],
    )


def _visit_weeks(is_met: bool) -> Case:
    start = date(2026, 3, 2)
    met = PART_B_DEDUCTIBLE[2026] if is_met else 0
    made = bill(
        session_days(start, 12, 1), 16967, FIFTH, Pots(deductible=PART_B_DEDUCTIBLE[2026], deductible_met=met)
    )
    return case(
        f"Twelve weekly hours in Miami, deductible {'met' if is_met else 'not met'}",
        "90837 in Miami, 2026: 169.67.",
        {
            "payer": "medicare",
            "phases": [phase(OP, start, 12, clinician="physician")],
            "told_benefits": _deductible(2026, met, date(2026, 2, 20)),
        },
        {"expected": made.total, "certainty": "exact"},
        site="practice-miami",
    )


def _video() -> Iterator[Case]:
    for day, coverage in (
        (date(2026, 2, 2), "undetermined"),
        (date(2026, 2, 3), "covered"),
        (date(2027, 12, 31), "covered"),
    ):
        yield case(
            f"A visit by video on {in_words(day)}",
            "Home telehealth was renewed on 3 February 2026, to the end of 2027.",
            {"payer": "medicare", "modality": "telehealth", "phases": [_one_day(OP, day)]},
            {"coverage": [coverage]},
            site="practice-miami",
        )
    for level in (IOP, PHP):
        yield case(
            f"{SHORT[level]} by video is not given at home",
            "Partial hospitalization and IOP are furnished elsewhere than in the home (42 CFR 410.2).",
            {"payer": "medicare", "modality": "telehealth", "phases": [phase(level, date(2026, 3, 2))]},
            {"coverage": ["not_covered"], "reasons": [["modality_not_covered"]]},
        )


def _one_day(level: str, day: date) -> dict[str, Any]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return phase(level, day, 1, 1, weekdays=[names[day.weekday()]], clinician="physician")


def _second_coverages() -> Iterator[Case]:
    start = date(2026, 3, 2)
    days = session_days(start, 8, 3)
    primary = bill(days, 12774, FIFTH, Pots(deductible=28300))
    parts = _parts(days, 12774)
    for plan in ("a", "b", "c", "d", "f", "g", "k", "l", "m", "n"):
        patient = sum(_after_medigap(plan, taken, coinsurance) for taken, coinsurance in parts)
        yield case(
            f"Eight weeks of IOP with Medigap plan {plan.upper()}, deductible not met",
            "Every plan pays the Part B coinsurance (K half, L three quarters); C and F the deductible too.",
            _iop_with(start, {"payer": "medigap", "plan": plan}),
            {"expected": dollars(patient)},
        )
    for plan, words in (("qmb", "QMB"), ("qmb-plus", "QMB with full Medicaid")):
        yield case(
            f"Eight weeks of IOP with {words}: nothing may be billed",
            "No provider may bill a QMB for Medicare cost sharing.",
            _iop_with(start, {"payer": "florida-medicaid", "plan": plan}),
            {"low": "0.00", "expected": "0.00", "high": "0.00", "collect": "no"},
        )
    for plan in ("slmb", "qi", "qdwi"):
        yield case(
            f"Eight weeks of IOP with {plan.upper()}: the premium is helped with, the share is the patient's",
            "These programs pay a premium and no cost sharing.",
            _iop_with(start, {"payer": "florida-medicaid", "plan": plan}),
            {"expected": primary.total},
        )
    for plan in ("full", "slmb-plus"):
        yield case(
            f"Eight weeks of IOP with Medicare and Medicaid plan {plan}: ask Medicaid what it pays",
            "Full-benefit Medicaid owes the share under state rules: nothing to all of it.",
            _iop_with(start, {"payer": "florida-medicaid", "plan": plan}),
            {"low": "0.00", "expected": None, "high": primary.total},
        )


def _parts(days: list[date], allowed: int) -> list[tuple[int, int]]:
    left, parts = 28300, []
    for _ in days:
        taken = min(allowed, left)
        left -= taken
        parts.append((taken, half_up(Fraction(1, 5) * (allowed - taken))))
    return parts


def _after_medigap(plan: str, taken: int, coinsurance: int) -> int:
    pays = {"k": Fraction(1, 2), "l": Fraction(3, 4)}.get(plan, Fraction(1))
    return (0 if plan in "cf" else taken) + coinsurance - half_up(pays * coinsurance)


def _iop_with(start: date, second: dict[str, str]) -> dict[str, Any]:
    return {
        "payer": "medicare",
        "phases": [phase(IOP, start, 8)],
        "secondary": second,
        "told_benefits": _deductible(2026, 0, date(2026, 2, 20)),
    }
