"""Plan designs of the library, priced by hand; and no year is answered from another one's row."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from typing import Any

import pytest

from payers.rulebook import load_rulebook, load_rulebook_from_files
from service.verify import Desk, Outcome
from tests.verify.desk import LUZ, ask, desk, told

PAYER = """payer: {id: willow, name: Willow, line_of_business: commercial}
sources: {}
"""
SOURCES = """sources:
  paper: {title: An invented paper, url: null, published: null, retrieved: 2026-11-22, confidence: primary}
"""
# By a plan's name: the share of an intensive outpatient day, and what four days at 200.00 cost in cents (low,
# expected, high) where 150.00 of the deductible is left.
PRICED: dict[str, tuple[str, tuple[int, int, int]]] = {
    # 4 x 40.
    "copay-first": ("$40, no deductible", (16000, 16000, 16000)),
    # 150 and the copay of the 50 that are left: 40; then 3 x 40.
    "copay-after": ("$40 after deductible", (31000, 31000, 31000)),
    # Low as the first, else as the second: the print does not say.
    "copay-unsaid": ("$40", (16000, 31000, 31000)),
    # 150 and 20% of 50; then 3 x 20% of 200.
    "rate-after": ("20% Coinsurance after deductible", (28000, 28000, 28000)),
    # 4 x 20% of 200.
    "rate-first": ("20%, no deductible", (16000, 16000, 16000)),
    "free": ("No Charge", (0, 0, 0)),
    # 150, then nothing.
    "free-after": ("No Charge After Deductible", (15000, 15000, 15000)),
    # 300 once, of which a day can take 200.
    "stay": ("$300 per stay, no deductible", (20000, 20000, 20000)),
    # 60 a day.
    "day": ("$60 per day, no deductible", (24000, 24000, 24000)),
    # 60 a day for two days, as the most for a stay is 120; then nothing.
    "day-capped": ("$60 per day, maximum $120 per admission, no deductible", (12000, 12000, 12000)),
    # 150, 30 of the 50 that are left, half of the last 20; then 3 x half of 200.
    "both": ("$30 per stay after deductible/50% after deductible", (49000, 49000, 49000)),
    # 4 x 0, or 4 x 25 after 150: 150 + 25 + 3 x 25.
    "range": ("$0-$25", (0, 25000, 25000)),
    # 2 x 10; then 150 and 30% of 50; then 30% of 200.
    "changing": ("$10 for first 2 visits, then 30% after deductible", (24500, 24500, 24500)),
}


def table(*rows: dict[str, str]) -> bytes:
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, [*columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(plan: str, **cells: str) -> dict[str, str]:
    pots = {"deductible": "1000.00", "out_of_pocket_max": "5000.00"}
    families = {f"{name}_family": "none" for name in pots}
    return {
        "plan": plan,
        "year": "2026",
        "network": "in",
        "source": "paper",
        "at": "p. 1",
        **pots,
        **families,
    } | cells


@lru_cache(maxsize=1)
def willow() -> Desk:
    rows = [row(plan, intensive_outpatient=printed) for plan, (printed, _) in PRICED.items()]
    rows += [
        row("quiet", outpatient="$30, no deductible", conditions="mental_health"),
        row("groups", outpatient="$30, no deductible", group_visit="$10"),
        row("hmo", outpatient="Not Covered", network="out"),
        row("limited", outpatient="$30, no deductible", limit_outpatient="2 visits"),
        row("silver", outpatient="$30, no deductible", market="individual", metal="silver"),
        row("both-years", outpatient="$30, no deductible"),
        row("both-years", year="2027", outpatient="$35, no deductible"),
        row("summer", outpatient="$30, no deductible", **{"from": "2026-07-01", "through": "2027-06-30"}),
    ]
    shipped = {name: load_rulebook().files[name] for name in ("services.yaml",)}
    files = {"willow.yaml": PAYER.encode(), "plans.yaml": SOURCES.encode(), "plans/willow.csv": table(*rows)}
    return Desk(load_rulebook_from_files({**shipped, **files}), desk().clinic)


def price(plan: str, level: str = "iop", start: str = "2026-12-01", **more: Any) -> Outcome:
    """Four sessions at 200.00, with 850.00 of the deductible met."""
    long = {"iop": "intensive_outpatient", "op": "outpatient"}[level]
    facts = {
        "deductible": {"individual": {"met": "850.00"}},
        "out_of_pocket_max": {"individual": {"met": "850.00"}},
        "levels": {long: {"allowed_amount": "200.00"}},
    }
    phase = {"level_of_care": level, "start_date": start, "weeks": 2, "days_per_week": 2, "hours_per_day": 3}
    body = {"payer": "willow", "plan": plan, "member": LUZ, "network": "in", "phases": [phase], **more}
    return ask({**body, "told_benefits": told("2026-11-20T15:02:00Z", **facts)}, of=willow())


@pytest.mark.parametrize("plan", PRICED)
def test_each_shape_of_share_costs_this_to_the_cent(plan: str) -> None:
    costs = price(plan).determination.estimate
    assert (costs.low, costs.expected, costs.high) == PRICED[plan][1]


def test_the_share_of_an_office_visit_prices_no_program() -> None:
    outcome = price("quiet", level="iop").determination
    assert outcome.phases[0].coverage.status == "undetermined"
    assert outcome.estimate.expected is None


def test_a_share_that_is_filed_for_mental_health_alone_says_nothing_of_substance_use() -> None:
    assert price("quiet", "op").determination.estimate.expected == 4 * 3000
    assert price("quiet", "op", condition="substance_use").determination.estimate.expected is None


def test_a_group_visit_costs_what_the_plan_prints_for_it() -> None:
    group = {"level_of_care": "op", "start_date": "2026-12-01", "weeks": 4, "service": "group"}
    assert price("groups", "op", phases=[group]).determination.estimate.expected == 4 * 1000
    assert price("groups", "op").determination.estimate.expected == 4 * 3000


def test_what_is_not_covered_out_of_network_is_paid_by_the_patient() -> None:
    out = price("hmo", "op", network="out").determination
    assert out.phases[0].coverage.status == "not_covered"
    assert price("hmo", "op").determination.phases[0].coverage.status == "undetermined"


def test_a_filed_limit_is_told_and_flagged_and_refuses_nothing() -> None:
    answer = price("limited", "op").determination
    assert answer.estimate.expected == 4 * 3000
    assert [flag.code for flag in answer.parity_flags] == ["parity_filed_limit"]
    assert "filed_limit" in {step.code for step in answer.steps}


def test_a_silver_plan_says_that_a_member_may_owe_less() -> None:
    assert "cost_sharing_may_be_reduced" in {step.code for step in price("silver", "op").determination.steps}
    assert "cost_sharing_may_be_reduced" not in {
        step.code for step in price("limited", "op").determination.steps
    }


def warned(outcome: Outcome) -> list[Any]:
    return [step.params for step in outcome.determination.warnings if step.code == "plan_year_not_in_library"]


def test_a_design_ends_with_its_year_and_the_answer_names_the_last_one_known() -> None:
    within = price("quiet", "op", start="2026-12-07")
    assert within.determination.estimate.expected == 4 * 3000
    assert warned(within) == []
    after = price("quiet", "op", start="2027-01-01")
    assert after.determination.phases[0].coverage.status == "undetermined"
    (params,) = warned(after)
    assert (params["year"], params["last"], params["share"]) == ("2027", "2026", "$30, no deductible")
    asked = {question.code for question in after.determination.call_script}
    assert {"ask_covered", "ask_copay"} <= asked


def test_care_over_the_turn_of_the_year_is_priced_by_each_years_own_design() -> None:
    answer = price("both-years", "op", start="2026-12-21")
    assert warned(answer) == []
    # 21 and 24 December at 30, 28 and 31 December at 30: the next year begins after them.
    assert answer.determination.estimate.expected == 4 * 3000
    assert (
        price("both-years", "op", start="2026-12-28").determination.estimate.expected == 2 * 3000 + 2 * 3500
    )


def test_a_plan_year_of_its_own_begins_and_ends_on_its_days() -> None:
    assert warned(price("summer", "op", start="2026-06-01")) != []
    assert warned(price("summer", "op", start="2026-07-01")) == []
    assert warned(price("summer", "op", start="2027-06-14")) == []
    assert warned(price("summer", "op", start="2027-07-01")) != []


def test_a_plan_is_known_however_its_id_is_written() -> None:
    identity = desk().rulebook.identity
    for written in ("16842FL0120033", "16842fl0120033-01", "16842FL0120033-00", " 16842FL0120033 "):
        assert identity("florida-blue").find_plan(written).id == "16842fl0120033"  # type: ignore[union-attr]
    for written in ("H1019-103-1", "h1019 103 001", "H1019103001", "H1019-103-001"):
        assert identity("medicare-advantage").find_plan(written).id == "h1019-103-1"  # type: ignore[union-attr]
    assert identity("medicare-advantage").find_plan("H1036-054-000").id == "h1036-054"  # type: ignore[union-attr]


def test_a_variant_with_reduced_cost_sharing_is_not_answered_from_the_standard_design() -> None:
    assert desk().rulebook.identity("florida-blue").find_plan("16842FL0120033-05") is None


def test_two_tiers_stand_side_by_side_and_the_plan_alone_asks_which() -> None:
    body = {
        "payer": "gatorcare",
        "member": LUZ,
        "level_of_care": "op",
        "start_date": "2026-12-01",
        "plan": "GatorCare Prime EPO",
    }
    alone = ask(body).determination
    assert "network_tier_decides" in {step.code for step in alone.steps}
    assert alone.estimate.expected is None
    for tier, limit in (("1", 35000), ("2", 70000)):
        first = ask({**body, "plan": f"gatorcare-prime-epo-03768-tier-{tier}"}).determination
        pot = first.accumulators["deductible"].individual
        assert pot is not None
        assert pot.limit is not None
        assert pot.limit.value == limit


# --- what can hardly be so


def codes_of(plan: str, start: str = "2026-12-01", **facts: Any) -> list[str]:
    phase = {"level_of_care": "iop", "start_date": start, "weeks": 1}
    body = {"payer": "willow", "plan": plan, "member": LUZ, "network": "in", "phases": [phase]}
    answer = ask({**body, "told_benefits": told("2026-11-20T15:02:00Z", **facts)}, of=willow()).determination
    return [step.code for step in answer.warnings]


@pytest.mark.parametrize(
    ("limit", "start", "is_warned"),
    [
        ("10600.00", "2026-12-01", False),
        ("10600.01", "2026-12-01", True),
        ("12000.00", "2027-01-01", False),
        ("12000.01", "2027-01-01", True),
    ],
)
def test_an_out_of_pocket_maximum_above_the_legal_one_of_the_year_is_warned_of(
    limit: str, start: str, is_warned: bool
) -> None:
    told_limit = {"individual": {"limit": limit}}
    assert ("above_legal_maximum" in codes_of("free", start, out_of_pocket_max=told_limit)) is is_warned


@pytest.mark.parametrize(
    ("amount", "is_warned"), [("99.99", True), ("100.00", False), ("1500.00", False), ("1500.01", True)]
)
def test_a_program_day_far_from_any_seen_is_warned_of(amount: str, is_warned: bool) -> None:
    levels = {"intensive_outpatient": {"allowed_amount": amount}}
    assert ("day_rate_unusual" in codes_of("free", levels=levels)) is is_warned
