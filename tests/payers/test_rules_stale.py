"""What a payer should confirm: for which reasons, in which order, and what to ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from payers.rulebook import Rulebook
from payers.rules_questions import Place, ask_everything
from payers.rules_stale import Stale, stale
from schemas.model import LEVELS_OF_CARE
from tests.payers.invented import load

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)
AUTHORIZATION = "services.intensive_outpatient.prior_authorization"
COVERED = "services.outpatient.covered"
DEDUCTIBLE = "cost_share.in.deductible.individual"


def stale_at(rulebook: Rulebook, where: str, today: date) -> Stale | None:
    return next((one for one in stale(rulebook, today) if one.shown.where == where), None)


def test_a_value_of_a_secondary_source_is_to_be_confirmed(rulebook: Rulebook) -> None:
    one = stale_at(rulebook, AUTHORIZATION, JULY)
    assert one is not None
    assert one.reasons == ("secondary",)
    assert stale_at(rulebook, AUTHORIZATION, JUNE) is None


@pytest.mark.parametrize(("day", "late"), [(date(2026, 6, 29), False), (date(2026, 6, 30), True)])
def test_a_source_is_to_be_confirmed_180_days_after_it_was_read(
    tmp_path: Path, day: date, late: bool
) -> None:
    # Read on 31 December 2025, and published in 2025.
    read = ("published: 2025-10-01, retrieved: 2026-01-05", "published: 2025-10-01, retrieved: 2025-12-31")
    one = stale_at(load(tmp_path, {"marigold.yaml": read}), COVERED, day)
    assert (one is not None and one.reasons == ("not_read_lately",)) is late


@pytest.mark.parametrize(("day", "old"), [(date(2027, 10, 1), False), (date(2027, 10, 2), True)])
def test_a_source_is_old_two_years_after_it_was_published(rulebook: Rulebook, day: date, old: bool) -> None:
    one = stale_at(rulebook, COVERED, day)
    assert one is not None
    assert ("old" in one.reasons) is old


def test_a_year_that_is_over_is_named_as_carried_forward(rulebook: Rulebook) -> None:
    one = stale_at(rulebook, DEDUCTIBLE, date(2027, 1, 1))
    assert one is not None
    assert one.reasons == ("not_read_lately", "carried_forward")


def test_rows_of_one_table_are_told_once(rulebook: Rulebook) -> None:
    items = stale(rulebook, date(2028, 1, 1))
    rows = [one for one in items if one.shown.where.startswith("fees/marigold.csv")]
    assert sorted((one.reasons, one.rows) for one in rows) == [
        (("old", "not_read_lately"), 3),
        (("old", "not_read_lately", "carried_forward"), 2),
    ]


def test_every_payer_plan_and_level_is_a_question(rulebook: Rulebook) -> None:
    asked = {(one.payer, one.plan) for one in ask_everything(rulebook, JULY)}
    assert {("larkspur", None), ("larkspur", "k"), ("marigold", None), ("marigold", "silver")} <= asked
    assert len(list(ask_everything(rulebook, JULY))) == len(asked) * len(LEVELS_OF_CARE)


def test_those_come_first_that_answer_most_questions(rulebook: Rulebook) -> None:
    items = stale(rulebook, date(2028, 1, 1))
    assert [one.answers for one in items] == sorted((one.answers for one in items), reverse=True)
    deductible, level = (
        next(one for one in items if one.shown.where == where) for where in (DEDUCTIBLE, AUTHORIZATION)
    )
    # A deductible is part of each answer of its payer; what is said of one level, of those alone.
    assert deductible.answers > level.answers > 0


def test_stored_answers_outweigh_questions_where_there_are_any(rulebook: Rulebook) -> None:
    one = stale_at(rulebook, AUTHORIZATION, JULY)
    assert one is not None
    (place,) = one.places
    rests = {place: {0, 4, 7}, Place("Another", None, None): {1}}
    first, *others = stale(rulebook, JULY, rests)
    assert (first.shown.where, first.answers) == (AUTHORIZATION, 3)
    assert {other.answers for other in others} <= {0}


def test_each_says_what_to_ask_as_a_call_script_does(rulebook: Rulebook) -> None:
    items = {one.shown.where: one for one in stale(rulebook, date(2028, 1, 1))}
    assert items[DEDUCTIBLE].question == "ask_deductible_individual"
    assert (items[AUTHORIZATION].question, items[AUTHORIZATION].level) == (
        "ask_prior_authorization",
        "intensive_outpatient",
    )
