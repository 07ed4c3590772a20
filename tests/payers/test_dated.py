"""Which of several dated values is in force: properties that hold whatever the values are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.dated import EVERYONE, PLAN_RANK, Context, Entry, When, alternatives, in_force
from payers.errors import RulebookError
from schemas.model import AgeBand, Citation, Fact

SOURCE = Citation("published", "An invented booklet")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
AGES = st.integers(0, 100)
ADULTS, CHILDREN = When(ages=AgeBand(21, None)), When(ages=AgeBand(None, 21))
CENTERS = When(provider_types=frozenset({"cmhc"}))
DAY = date(2026, 3, 2)


def entry(starts: date, value: object, when: When = EVERYONE, rank: int = 0) -> Entry:
    return Entry(starts, Fact(value, SOURCE), when, rank + when.count)


def end(starts: date, when: When = EVERYONE) -> Entry:
    return Entry(starts, None, when, when.count)


def value_on(entries: list[Entry], on: date, context: Context | None = None) -> object:
    fact = in_force(entries, on, context or Context())
    return fact.value if fact is not None else None


series = st.lists(DAYS, unique=True, min_size=1, max_size=6).map(
    lambda days: [entry(day, number) for number, day in enumerate(sorted(days))]
)


@given(series, DAYS)
def test_the_latest_value_that_has_begun_is_in_force(entries: list[Entry], on: date) -> None:
    begun = [one for one in entries if one.starts <= on]
    assert in_force(entries, on, Context()) == (begun[-1].fact if begun else None)


@given(series, DAYS, st.randoms())
def test_the_order_in_which_values_are_read_changes_nothing(
    entries: list[Entry], on: date, random: object
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_force(shuffled, on, Context()) == in_force(entries, on, Context())


@given(series)
def test_a_first_day_is_inclusive_and_the_day_before_is_not(entries: list[Entry]) -> None:
    first = entries[0].starts
    assert value_on(entries, first) == 0
    assert value_on(entries, first - timedelta(days=1)) is None


@given(series, DAYS, DAYS)
def test_an_end_leaves_nobody_saying_anything(entries: list[Entry], ends: date, on: date) -> None:
    before = [one for one in entries if one.starts < ends]
    ended = [*before, end(ends)]
    assert value_on(ended, max(on, ends)) is None
    if on < ends:
        assert value_on(ended, on) == value_on(before, on)


@given(AGES)
def test_bands_that_meet_leave_no_age_out_and_none_in_both(age: int) -> None:
    entries = [entry(DAY, "adult", ADULTS), entry(DAY, "child", CHILDREN)]
    assert value_on(entries, DAY, Context(age=age)) == ("adult" if age >= 21 else "child")


@given(st.sampled_from(["cmhc", "professional"]), AGES)
def test_the_value_with_the_most_conditions_wins(provider_type: str, age: int) -> None:
    both = When(provider_types=frozenset({"cmhc"}), ages=AgeBand(21, None))
    entries = [entry(DAY, "both", both), entry(DAY, "center", CENTERS), entry(DAY, "anyone")]
    context = Context(provider_type=provider_type, age=age)
    wanted = "anyone" if provider_type != "cmhc" else "both" if age >= 21 else "center"
    assert value_on(entries, DAY, context) == wanted


def test_a_newer_general_value_does_not_undo_an_older_special_one() -> None:
    entries = [entry(DAY, "center", CENTERS), entry(DAY + timedelta(days=30), "anyone")]
    later = DAY + timedelta(days=60)
    assert value_on(entries, later, Context(provider_type="cmhc")) == "center"
    assert value_on(entries, later, Context(provider_type="otp")) == "anyone"


def test_when_a_special_value_ends_the_general_one_holds_again() -> None:
    entries = [entry(DAY, "anyone"), entry(DAY, "center", CENTERS), end(DAY + timedelta(days=30), CENTERS)]
    assert value_on(entries, DAY, Context(provider_type="cmhc")) == "center"
    assert value_on(entries, DAY + timedelta(days=30), Context(provider_type="cmhc")) == "anyone"


def test_what_a_plan_says_to_everyone_wins_over_any_condition_of_its_payer() -> None:
    entries = [entry(DAY, "payer", CENTERS), entry(DAY, "plan", rank=PLAN_RANK)]
    assert value_on(entries, DAY, Context(provider_type="cmhc")) == "plan"


def test_where_the_answer_hangs_on_an_unknown_age_nobody_says() -> None:
    entries = [entry(DAY, True), entry(DAY, False, CHILDREN)]
    assert in_force(entries, DAY, Context()) is None
    assert value_on(entries, DAY, Context(age=30)) is True


def test_an_unknown_age_is_no_matter_where_every_age_has_the_same_value() -> None:
    entries = [entry(DAY, True), entry(DAY, True, CHILDREN)]
    assert value_on(entries, DAY) is True


def test_an_unknown_age_leaves_alternatives() -> None:
    entries = [entry(DAY, "2.00"), entry(DAY, "none", CHILDREN)]
    assert [fact.value for fact in alternatives(entries, DAY, Context())] == ["2.00", "none"]
    assert [fact.value for fact in alternatives(entries, DAY, Context(age=9))] == ["none"]


def test_alternatives_that_leave_somebody_out_say_nothing() -> None:
    assert alternatives([entry(DAY, "2.00", ADULTS)], DAY, Context()) == ()


def test_two_values_that_tie_are_refused() -> None:
    entries = [entry(DAY, "center", CENTERS), entry(DAY, "adult", ADULTS)]
    with pytest.raises(RulebookError, match="tie on 2026-03-02"):
        in_force(entries, DAY, Context(provider_type="cmhc", age=40))


def test_a_fact_that_there_is_none_is_not_the_silence_after_an_end() -> None:
    fact = in_force([entry(DAY, None)], DAY, Context())
    assert fact is not None
    assert fact.value is None
