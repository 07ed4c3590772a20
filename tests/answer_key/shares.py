"""What a plan leaves to the patient, from told benefits alone: shapes of share, pots, units, turns of year.

The four large commercial payers take turns: what they publish names no amounts, so the arithmetic is the
plan's as it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import cycle
from typing import Any

from tests.answer_key.arithmetic import Pots, Share, bill, dollars, session_days
from tests.answer_key.case import IOP, OP, PHP, SHORT, Case, case, phase, told

ALLOWED = {OP: 12000, IOP: 30000, PHP: 45000}
SELF_PAY = {OP: 14000, IOP: 35000, PHP: 50000}
DAYS = {OP: 1, IOP: 3, PHP: 5}
WEEKS = {OP: 12, IOP: 8, PHP: 3}
START, CALLED = date(2026, 3, 2), date(2026, 2, 20)
PAYERS = ("cigna", "aetna", "unitedhealthcare", "florida-blue")

SHARES: Mapping[str, Share] = {
    "a copay of $40 a session before the deductible": Share(copay=4000, deductible_applies=False),
    "a copay of $40 a session after the deductible": Share(copay=4000),
    "20 % after the deductible": Share(coinsurance="0.20"),
    "20 % without a deductible": Share(coinsurance="0.20", deductible_applies=False),
    "12.5 % after the deductible": Share(coinsurance="0.125"),
    "nothing after the deductible": Share(),
    "no charge": Share(deductible_applies=False),
    "$25 and 10 % of the rest after the deductible": Share(copay=2500, coinsurance="0.10"),
    "a copay of $100 a week before the deductible": Share(copay=10000, per="week", deductible_applies=False),
    "a copay of $500 an admission after the deductible": Share(copay=50000, per="admission"),
    "a copay of $50 a day for the first five days": Share(
        copay=5000, per="day", max_units=5, deductible_applies=False
    ),
    "a copay larger than the session": Share(copay=60000, deductible_applies=False),
    "$10 for ten visits, then 30 % after the deductible": Share(
        copay=1000,
        deductible_applies=False,
        then_after=10,
        then=Share(coinsurance="0.30"),
    ),
}
POTS: Mapping[str, Pots] = {
    "nothing met of a deductible of $1,500 and a maximum of $6,000": Pots(150000, 0, 600000, 0),
    "$1,450 of $1,500 met": Pots(150000, 145000, 600000, 145000),
    "the deductible met and $5,900 of the $6,000 maximum": Pots(150000, 150000, 600000, 590000),
    "no deductible and no maximum": Pots(),
}


def cases() -> Iterator[Case]:
    """Yield every case of told shares."""
    payers = cycle(PAYERS)
    for words, share in SHARES.items():
        for level in (OP, IOP, PHP):
            for pot_words, pots in POTS.items():
                yield _shares(next(payers), level, words, share, pot_words, pots)
    yield from _families()
    yield from _turn_of_year()
    yield from _limits()
    yield from _out_of_network()
    yield from _steps_down()


def _level(share: Share, allowed: int, **more: Any) -> dict[str, Any]:
    return {
        "covered": True,
        "prior_authorization": "not_required",
        "allowed_amount": dollars(allowed),
        "limit": None,
        **_terms(share),
        **more,
    }


def _terms(share: Share) -> dict[str, Any]:
    copay = None
    if share.copay is not None:
        copay = {"amount": dollars(share.copay), "per": share.per, "max_units": share.max_units}
    then = None
    if share.then is not None:
        then = {"after_units": share.then_after, **_terms(share.then)}
        then.pop("then")
    return {
        "copay": copay,
        "coinsurance": share.coinsurance,
        "deductible_applies": share.deductible_applies,
        "then": then,
    }


def _pots(pots: Pots) -> dict[str, Any]:
    def pot(limit: int | None, met: int) -> dict[str, str] | None:
        return None if not limit else {"limit": dollars(limit), "met": dollars(met)}

    return {
        "deductible": {
            "individual": pot(pots.deductible, pots.deductible_met),
            "family": pot(pots.family_deductible, pots.family_deductible_met),
        },
        "out_of_pocket_max": {
            "individual": pot(pots.maximum, pots.maximum_met),
            "family": pot(pots.family_maximum, pots.family_maximum_met),
        },
    }


def _telling(on: date, pots: Pots, **levels: Any) -> dict[str, Any]:
    return told(on, active=True, plan_year_start="01-01", levels=levels, **_pots(pots))


def _shares(payer: str, level: str, words: str, share: Share, pot_words: str, pots: Pots) -> Case:
    days = session_days(START, WEEKS[level], DAYS[level])
    made = bill(days, ALLOWED[level], share, pots)
    return case(
        f"{SHORT[level]} with {words}, {pot_words}",
        f"{len(days)} sessions of {dollars(ALLOWED[level])}: deductible, copay, coinsurance, maximum.",
        {
            "payer": payer,
            "network": "in",
            "phases": [phase(level, START, WEEKS[level])],
            "told_benefits": _telling(CALLED, pots, **{level: _level(share, ALLOWED[level])}),
        },
        {
            "coverage": ["covered"],
            "prior_authorization": ["not_required"],
            "low": made.total,
            "expected": made.total,
            "high": made.total,
            "certainty": "exact",
            "total_allowed_expected": made.total_allowed,
            "first_session": dollars(made.patient[0]),
            "last_session": dollars(made.patient[-1]),
        },
        asked_on=CALLED,
    )


def _families() -> Iterator[Case]:
    """Individual and family pots: the smaller of what is left of the two counts."""
    share = Share(coinsurance="0.20")
    families = {
        "the family's deductible is met before the individual's": Pots(
            150000, 0, 600000, 0, 300000, 300000, 1200000, 300000
        ),
        "the family's deductible is nearly met": Pots(150000, 0, 600000, 0, 300000, 290000, 1200000, 290000),
        "an aggregate family deductible and no individual one": Pots(
            0, 0, 600000, 0, 300000, 100000, 1200000, 100000
        ),
        "the family's maximum is nearly met": Pots(
            150000, 150000, 600000, 150000, 300000, 300000, 1200000, 1195000
        ),
    }
    for words, pots in families.items():
        for level in (OP, IOP, PHP):
            effective = pots
            if pots.deductible == 0 and pots.family_deductible is not None:
                effective = Pots(
                    pots.family_deductible,
                    pots.family_deductible_met,
                    pots.maximum,
                    pots.maximum_met,
                    family_maximum=pots.family_maximum,
                    family_maximum_met=pots.family_maximum_met,
                )
            made = bill(session_days(START, WEEKS[level], DAYS[level]), ALLOWED[level], share, effective)
            yield case(
                f"{SHORT[level]} with 20 % after the deductible, where {words}",
                "What is left of the individual and of the family pot: the smaller counts.",
                {
                    "payer": "aetna",
                    "network": "in",
                    "phases": [phase(level, START, WEEKS[level])],
                    "told_benefits": _telling(CALLED, pots, **{level: _level(share, ALLOWED[level])}),
                },
                {"expected": made.total, "certainty": "exact"},
                asked_on=CALLED,
            )


def _turn_of_year() -> Iterator[Case]:
    """What was met by December is gone in January, and an episode over the turn begins anew."""
    share = Share(coinsurance="0.20")
    pots = Pots(150000, 150000, 600000, 300000)
    fresh = Pots(150000, 0, 600000, 0)
    for level in (OP, IOP, PHP):
        for start, words in (
            (date(2025, 12, 1), "begun in December"),
            (date(2026, 1, 5), "begun in January"),
        ):
            days = session_days(start, WEEKS[level], DAYS[level])
            starting = pots if start.year == 2025 else fresh
            made = bill(days, ALLOWED[level], share, starting, fresh)
            yield case(
                f"{SHORT[level]} {words}, the deductible told as met in November",
                "Amounts met belong to the plan year in which they were told; a new one starts at zero.",
                {
                    "payer": "florida-blue",
                    "network": "in",
                    "phases": [phase(level, start, WEEKS[level])],
                    "told_benefits": _telling(
                        date(2025, 11, 20), pots, **{level: _level(share, ALLOWED[level])}
                    ),
                },
                {"expected": made.total, "total_allowed_expected": made.total_allowed},
                asked_on=date(2025, 11, 21),
            )


def _limits() -> Iterator[Case]:
    """Sessions beyond a limit cost the self-pay rate and take nothing from the pots."""
    for level in (OP, IOP, PHP):
        days = session_days(START, WEEKS[level], DAYS[level])
        for left in (0, 1, len(days) - 1, len(days), len(days) + 1):
            covered = days[:left]
            made = bill(covered, ALLOWED[level], Share(copay=4000, deductible_applies=False), Pots())
            total = sum(made.patient) + SELF_PAY[level] * (len(days) - len(covered))
            limit = {"units": 30, "used": 30 - left, "unit": "session", "period": "plan_year"}
            yield case(
                f"{SHORT[level]} of {len(days)} sessions with {left} left of a limit of 30",
                "A session beyond the limit is paid for at the clinic's own rate.",
                {
                    "payer": "cigna",
                    "network": "in",
                    "phases": [phase(level, START, WEEKS[level])],
                    "told_benefits": _telling(
                        CALLED,
                        Pots(),
                        **{
                            level: _level(
                                Share(copay=4000, deductible_applies=False), ALLOWED[level], limit=limit
                            )
                        },
                    ),
                },
                {"expected": dollars(total), "certainty": "exact"},
                asked_on=CALLED,
            )


def _out_of_network() -> Iterator[Case]:
    """Out of network the difference to the clinic's charge is balance billing, a line of its own."""
    charges = {OP: 22000, IOP: 60000, PHP: 90000}
    share = Share(coinsurance="0.40")
    pots = Pots(300000, 0, 900000, 0)
    for level in (OP, IOP, PHP):
        days = session_days(START, WEEKS[level], DAYS[level])
        made = bill(days, ALLOWED[level], share, pots)
        over = (charges[level] - ALLOWED[level]) * len(days)
        away = {"levels": {level: _level(share, ALLOWED[level])}, **_pots(pots)}
        yield case(
            f"{SHORT[level]} out of network with 40 % after the deductible",
            "The plan's allowance is shared; what the clinic charges beyond it is balance billing.",
            {
                "payer": "aetna",
                "network": "out",
                "phases": [phase(level, START, WEEKS[level])],
                "told_benefits": told(CALLED, active=True, plan_year_start="01-01", out_of_network=away),
            },
            {"expected": made.total, "balance_billing": dollars(over)},
            asked_on=CALLED,
        )


def _steps_down() -> Iterator[Case]:
    """Step down from PHP to IOP to OP: one set of pots for all of it."""
    share = Share(coinsurance="0.20")
    for words, pots in POTS.items():
        php = session_days(START, 2, 5)
        iop = session_days(date(2026, 3, 16), 4, 3)
        op = session_days(date(2026, 4, 13), 6, 1)
        total, left = 0, pots
        for days, allowed in ((php, ALLOWED[PHP]), (iop, ALLOWED[IOP]), (op, ALLOWED[OP])):
            made = bill(days, allowed, share, left)
            total += sum(made.patient)
            left = _after(left, days, allowed, sum(made.patient))
        yield case(
            f"Two weeks of PHP, four of IOP and six visits at 20 % after the deductible, {words}",
            "Deductible and maximum go on from level to level.",
            {
                "payer": "unitedhealthcare",
                "network": "in",
                "phases": [
                    phase(PHP, START, 2),
                    {"level_of_care": IOP, "weeks": 4},
                    {"level_of_care": OP, "weeks": 6},
                ],
                "told_benefits": _telling(
                    CALLED, pots, **{level: _level(share, ALLOWED[level]) for level in (PHP, IOP, OP)}
                ),
            },
            {"coverage": ["covered"] * 3, "expected": dollars(total), "sessions": 28, "certainty": "exact"},
            asked_on=CALLED,
        )


def _after(pots: Pots, days: list[date], allowed: int, patient: int) -> Pots:
    """Return what is met once a phase is over; the deductible is met first, by whole sessions."""
    met = min(pots.deductible, pots.deductible_met + allowed * len(days))
    return Pots(pots.deductible, met, pots.maximum, pots.maximum_met + patient if pots.maximum else 0)
