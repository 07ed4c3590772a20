"""The picture of a cost by week, checked by hand: bars, axes, what is left, the turn of the plan year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from service.console.picture import NARROW, WIDE, apart, draw, ticks_up_to

NO_START: dict[str, Decimal] = {}


def week(of: str, patient: str | None, plan: str, deductible: str | None, most: str | None) -> dict[str, Any]:
    left = {"deductible_remaining": deductible, "out_of_pocket_remaining": most}
    return {"week_of": of, "patient": patient, "plan": plan, "secondary": "0.00", **left}


# Four weeks of 400 dollars each, of a deductible of 450 and a maximum of 1,000; a new year on Jan 1, 2027.
FOUR = [
    week("2026-12-14", "300.00", "100.00", "150.00", "700.00"),
    week("2026-12-21", "200.00", "200.00", "0.00", "500.00"),
    week("2026-12-28", "400.00", "0.00", "250.00", "800.00"),
    week("2027-01-04", "250.00", "150.00", "0.00", "550.00"),
]
NEW_YEAR = date(2027, 1, 1)
STARTS = {"deductible_remaining": Decimal(450), "out_of_pocket_remaining": Decimal(1000)}


def test_a_bar_is_as_high_as_its_week_costs_the_patient_s_part_at_its_foot() -> None:
    # 450 units for four weeks of 112.5; 170 units for 400 dollars, so 0.425 a dollar, from a floor at 190.
    drawn = draw(FOUR, None, STARTS, WIDE)
    assert drawn
    first = [(bar.part, bar.x, bar.y, bar.width, bar.height) for bar in drawn.bars[:2]]
    assert first == [
        ("patient", "77.4", "62.5", "69.8", "127.5"),
        ("plan", "77.4", "20.0", "69.8", "42.5"),
    ]
    assert [bar.part for bar in drawn.bars] == ["patient", "plan"] * 2 + ["patient"] + ["patient", "plan"]
    assert [(tick.amount, tick.y) for tick in drawn.ticks] == [
        ("0.00", "190.0"),
        ("100.00", "147.5"),
        ("200.00", "105.0"),
        ("300.00", "62.5"),
        ("400.00", "20.0"),
    ]


def test_what_is_left_burns_down_and_starts_anew_where_a_plan_year_does() -> None:
    # The lower part has 110 units for 1,000 dollars, down to 334; January 1 is day 4 of the third week.
    drawn = draw(FOUR, NEW_YEAR, STARTS, WIDE)
    assert drawn
    deductible, most = drawn.lines
    assert deductible.pieces == ["56.0,284.5 168.5,317.5 281.0,334.0", "393.5,306.5 506.0,334.0"]
    assert most.pieces == ["56.0,224.0 168.5,257.0 281.0,279.0", "393.5,246.0 506.0,273.5"]
    assert drawn.turn
    assert (drawn.turn.x, drawn.turn.of) == ("345.3", "end"), "56 + 112.5 * (2 + 4/7)"


def test_without_a_new_year_a_line_is_one_piece_and_without_a_start_it_begins_with_the_first_week() -> None:
    drawn = draw(FOUR, None, NO_START, WIDE)
    assert drawn
    assert drawn.turn is None
    assert [len(line.pieces) for line in drawn.lines] == [1, 1]
    assert drawn.lines[0].pieces[0].startswith("168.5,")


def test_a_year_that_turns_outside_of_the_weeks_is_not_marked() -> None:
    drawn = draw(FOUR, date(2027, 2, 1), STARTS, WIDE)
    assert drawn
    assert drawn.turn is None


def test_only_what_somebody_spoke_of_has_a_line() -> None:
    rows = [week("2026-12-14", "10.00", "0.00", "0.00", None)]
    drawn = draw(rows, None, NO_START, WIDE)
    assert drawn
    assert [line.pot for line in drawn.lines] == ["deductible_remaining"]
    bare = draw([week("2026-12-14", "10.00", "0.00", None, None)], None, NO_START, WIDE)
    assert bare
    assert bare.lines == []
    assert float(bare.height) < float(drawn.height)


def test_a_week_whose_cost_nobody_knows_has_no_picture() -> None:
    assert draw([*FOUR, week("2027-01-11", None, "0.00", None, None)], None, NO_START, WIDE) is None
    assert draw([], None, NO_START, WIDE) is None


def test_of_many_weeks_some_are_named() -> None:
    first = date(2026, 12, 7)
    days = [(first + timedelta(weeks=place)).isoformat() for place in range(22)]
    many = [week(day, "1.00", "0.00", None, None) for day in days]
    wide, narrow = draw(many, None, NO_START, WIDE), draw(many, None, NO_START, NARROW)
    assert wide
    assert narrow
    assert (len(wide.weeks), len(narrow.weeks)) == (8, 4)


@pytest.mark.parametrize(
    ("most", "last", "count"),
    [("0", "4", 5), ("9.99", "10", 3), ("383.22", "400", 5), ("1000", "1000", 5), ("1001", "1500", 4)],
)
def test_an_axis_has_a_few_round_dollars_up_to_the_most(most: str, last: str, count: int) -> None:
    ticks = ticks_up_to(Decimal(most))
    assert (ticks[-1], len(ticks)) == (Decimal(last), count)
    assert all(tick % 1 == 0 for tick in ticks)


def test_no_name_covers_another() -> None:
    places = [Decimal(100), Decimal(98), Decimal(20)]
    moved = sorted(apart(places, 14, 100))
    assert moved == [Decimal(20), Decimal(86), Decimal(100)]
