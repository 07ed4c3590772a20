"""The money identities of the estimate, over random cases; `make proof` runs 100,000 of them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from schemas.model import Determination, Estimate, SessionCost
from service.engine.calendar import year_start
from tests.engine.random_cases import CALLED, Case, Pot, cases, determine_case
from tests.engine.sources import unfounded

CASES = int(os.environ.get("OPENVOB_PROOF_CASES", "300"))
HELD: Counter[str] = Counter()
many = settings(
    max_examples=max(1, CASES // 2),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", autouse=True)
def _say_how_often_each_identity_was_held(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    if "OPENVOB_PROOF_CASES" not in os.environ or capture is None:
        return
    with capture.global_and_fixture_disabled():
        lines = (f"{count:>9,}  {name}" for name, count in sorted(HELD.items()))
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def holds(check: Callable[..., bool | None], *values: object) -> None:
    """Count a check that had something to hold; one that returns `False` had not."""
    if check(*values) is not False:
        HELD[check.__name__.replace("_", " ")] += 1


@given(cases(known=False))
@many
def test_the_identities_hold_whatever_is_known(case: Case) -> None:
    found = determine_case(case)
    holds(the_cases_of_every_kind, case)
    for check in (
        low_expected_and_high_are_in_order,
        the_parts_of_each_covered_session_add_up_to_what_is_allowed,
        weeks_phases_and_the_whole_are_one_sum,
        a_figure_that_is_not_known_is_told_in_words,
        an_exact_estimate_is_one_figure_and_assumes_nothing,
    ):
        holds(check, found.estimate)
    holds(every_figure_rests_on_a_source_or_a_named_assumption, found)
    holds(what_a_second_coverage_pays_rests_on_one_too, found)
    assert determine_case(case) == found
    HELD["the same question has the same answer"] += 1


@given(cases(known=True))
@many
def test_the_identities_hold_of_the_primary_share_where_all_is_known(case: Case) -> None:
    found = determine_case(case)
    holds(the_cases_with_all_known, case)
    holds(the_parts_of_each_covered_session_add_up_to_what_is_allowed, found.estimate)
    holds(weeks_phases_and_the_whole_are_one_sum, found.estimate)
    share = primary_share(found)
    holds(no_plan_year_takes_more_than_was_left_of_its_maximum, case, found)
    holds(more_that_is_met_never_raises_the_share, case, share)
    holds(a_higher_allowed_amount_never_lowers_the_share, case, share)


def the_cases_of_every_kind(case: Case) -> None:
    """Counted only."""


def the_cases_with_all_known(case: Case) -> None:
    """Counted only."""


def low_expected_and_high_are_in_order(e: Estimate) -> bool:
    known = [amount for amount in (e.low, e.expected, e.high) if amount is not None]
    assert known == sorted(known)
    assert all(amount >= 0 for amount in known)
    return len(known) > 1


def the_parts_of_each_covered_session_add_up_to_what_is_allowed(e: Estimate) -> bool:
    held = False
    for line in e.trace:
        parts = (line.patient, line.plan, line.secondary, line.write_off)
        if line.covered and line.allowed is not None and None not in parts:
            assert sum(part for part in parts if part is not None) == line.allowed
            assert all(part >= 0 for part in parts if part is not None)
            held = True
    return held


def weeks_phases_and_the_whole_are_one_sum(e: Estimate) -> bool:
    whole = (e.expected, e.plan_pays, e.secondary_pays, e.write_off)
    for name, amount in zip(("patient", "plan", "secondary", "write_off"), whole, strict=True):
        weeks = [getattr(week, name) for week in e.by_week]
        phases = [getattr(phase, name) for phase in e.by_phase]
        if amount is None:
            assert None in weeks
            assert None in phases
        else:
            assert sum(weeks) == sum(phases) == amount
    assert (
        sum(week.sessions for week in e.by_week) == sum(phase.sessions for phase in e.by_phase) == e.sessions
    )
    return e.expected is not None


def a_figure_that_is_not_known_is_told_in_words(e: Estimate) -> bool:
    assert (e.formula is None) == (None not in (e.low, e.expected, e.high))
    return e.formula is not None


def every_figure_rests_on_a_source_or_a_named_assumption(d: Determination) -> bool:
    assert unfounded(d) == []
    return d.estimate.expected is not None


def what_a_second_coverage_pays_rests_on_one_too(d: Determination) -> bool:
    if not d.estimate.secondary_pays and not d.estimate.write_off:
        return False
    step = next(step for step in d.steps if step.code.startswith("second_"))
    named = {assumption.code for assumption in d.estimate.assumptions}
    assert step.citations or any(code.startswith("secondary_") for code in named)
    return True


def an_exact_estimate_is_one_figure_and_assumes_nothing(e: Estimate) -> bool:
    if e.certainty != "exact":
        return False
    assert e.low == e.expected == e.high
    assert e.assumptions == ()
    return True


def covered_lines(found: Determination) -> list[SessionCost]:
    """The sessions that the plan covers."""
    return [line for line in found.estimate.trace if line.covered]


def primary_share(found: Determination) -> int:
    """What the primary leaves of the sessions it covers; everything is known here."""
    shares = [line.patient for line in covered_lines(found)]
    return sum(share for share in shares if share is not None)


def no_plan_year_takes_more_than_was_left_of_its_maximum(case: Case, found: Determination) -> bool:
    taken: Counter[date] = Counter()
    for line in covered_lines(found):
        assert line.patient is not None
        taken[year_start(line.date, case.year)] += line.patient
    told_of = year_start(CALLED, case.year)
    held = False
    for pot in case.pots[2:]:
        if pot is None or pot.limit is None or pot.limit < 0:
            continue
        for year, amount in taken.items():
            if year == told_of:
                left = pot.remaining if pot.remaining is not None else max(0, pot.limit - (pot.met or 0))
            else:
                left = pot.limit
            assert amount <= left
            held = True
    return held


def more_met(pot: Pot | None, by: int) -> Pot | None:
    """The same pot with so many cents more met, or less remaining."""
    if pot is None or pot.limit in (None, -1):
        return pot
    met = pot.met + by if pot.met is not None else None
    remaining = max(0, pot.remaining - by) if pot.remaining is not None else None
    return replace(pot, met=met, remaining=remaining)


def more_that_is_met_never_raises_the_share(case: Case, share: int) -> None:
    pots = list(case.pots)
    pots[case.raised] = more_met(pots[case.raised], case.by)
    assert primary_share(determine_case(replace(case, pots=tuple(pots)))) <= share


def a_higher_allowed_amount_never_lowers_the_share(case: Case, share: int) -> None:
    assert case.terms.allowed is not None
    terms = replace(case.terms, allowed=case.terms.allowed + case.by)
    assert primary_share(determine_case(replace(case, terms=terms))) >= share
