"""The page of a comparison: plans side by side, what could change them, one list of sources."""

from __future__ import annotations

from typing import Any

from service.comparison import compare
from service.explain.page import Reader, print_comparison
from tests.explain.desk import AT, CALL, desk, request

LEVELS = ("outpatient", "intensive_outpatient", "partial_hospitalization")


def items() -> list[dict[str, Any]]:
    told = {
        "told_by": CALL,
        "active": True,
        "deductible": {"individual": {"limit": "1500.00", "met": "200.00"}},
        "out_of_pocket_max": {"individual": {"limit": "6000.00", "met": "200.00"}, "family": None},
        "levels": {
            level: {"covered": True, "coinsurance": "0.20", "deductible_applies": True} for level in LEVELS
        },
    }
    body = request("cigna", network="in", told_benefits=told)
    del body["level_of_care"]
    plans = [{"name": level.upper(), "phases": [{"level_of_care": level}]} for level in ("op", "iop", "php")]
    step_down = {
        "name": "Step-down",
        "phases": [{"level_of_care": level, "weeks": 2} for level in ("php", "iop", "op")],
    }
    return compare(desk(), {"request": body, "plans": [*plans, step_down]}, AT)


def row(page: str, label: str) -> list[str]:
    return next(line.split() for line in page.splitlines() if line.strip().startswith(label))


def test_four_plans_stand_side_by_side_within_the_page() -> None:
    page = print_comparison(items(), Reader("en"))
    assert row(page, "OP") == ["OP", "IOP", "PHP", "Step-down"]
    assert row(page, "Weeks") == ["Weeks", "12", "8", "3", "6"]
    assert row(page, "Sessions") == ["Sessions", "12", "24", "15", "18"]
    assert all(len(line) <= 100 for line in page.splitlines() if "https://" not in line)


def test_totals_are_those_of_the_estimates() -> None:
    found = items()
    page = print_comparison(found, Reader("en"))
    expected = [f"{float(item['estimate']['expected']):,.2f}" for item in found]
    assert row(page, "Total") == ["Total", *expected]


def test_a_comparison_that_does_not_say_who_was_confirmed_speaks_of_the_plan_alone() -> None:
    bare = [{name: item[name] for name in ("name", "phases", "estimate", "citations")} for item in items()]
    page = print_comparison(bare, Reader("en"))
    assert page.startswith("◌ MEMBERSHIP NOT CONFIRMED")
    assert row(page, "Coverage")[:4] == ["Coverage", "plan", "covers", "it"]


def test_a_member_who_was_confirmed_is_covered_in_a_comparison_too() -> None:
    confirmed = [{**item, "eligibility": {"status": "active"}} for item in items()]
    page = print_comparison(confirmed, Reader("es"))
    assert page.startswith("COMPARACIÓN")
    assert row(page, "Cobertura")[:2] == ["Cobertura", "cubierto"]


def test_what_could_change_a_plan_stands_under_its_name() -> None:
    page = print_comparison(items(), Reader("en"))
    changes = page[page.index("WHAT COULD CHANGE IT") : page.index("SOURCES")]
    assert [line.strip() for line in changes.splitlines() if line.endswith(":")] == [
        "OP:",
        "IOP:",
        "PHP:",
        "Step-down:",
    ]
    assert "Nobody said whether there is a family deductible" in changes


def test_a_source_that_plans_share_is_listed_once() -> None:
    page = print_comparison(items(), Reader("en"))
    assert page.count("Told by phone; CALL-123") == 1


def test_twelve_plans_stand_four_by_four() -> None:
    page = print_comparison(items() * 3, Reader("en"))
    assert sum(line.strip().startswith("Largest week") for line in page.splitlines()) == 3
