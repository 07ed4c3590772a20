"""What was told: absent is not null, the newest stands, and every row of the form has a place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas.benefits import read_told
from schemas.model import (
    LEVELS_OF_CARE,
    Billing,
    Claims,
    Contact,
    Copay,
    LevelBenefits,
    Limit,
    OtherCoverage,
    Then,
)
from tests.schemas.bodies import TOLD_BY, errors, least, told, values

IOP = "intensive_outpatient"
MIAMI = ZoneInfo("America/New_York")


def level(**said: Any) -> LevelBenefits:
    return read_told(told(levels={IOP: said})).networks["in"].levels[IOP]


def test_only_the_record_of_the_call_is_needed() -> None:
    benefits = read_told({"told_by": {"channel": "phone", "at": "2026-11-20T15:02:00Z"}})
    assert (benefits.witness, benefits.networks, benefits.active) == ("told", {}, None)
    assert errors(least(told_benefits={})) == {"/told_benefits/told_by": "required"}
    assert errors(least(told_benefits={"told_by": {"channel": "fax"}})) == {
        "/told_benefits/told_by/at": "required",
        "/told_benefits/told_by/channel": "not_a_choice",
    }


def test_a_fact_cites_the_call_it_comes_from() -> None:
    active = read_told(told(active=True), MIAMI).active
    assert active is not None
    assert (active.citation.kind, active.citation.title) == ("told", "Told by phone")
    assert (active.citation.locator, active.citation.confidence) == ("CALL-1", "primary")
    assert active.as_of == active.citation.retrieved == date(2026, 11, 20)


def test_a_call_late_in_the_evening_belongs_to_the_clinics_day() -> None:
    late = told(at="2026-11-21T02:30:00Z", active=True)
    for zone, day in ((MIAMI, date(2026, 11, 20)), (UTC, date(2026, 11, 21))):
        active = read_told(late, zone).active
        assert active is not None
        assert active.as_of == day


@pytest.mark.parametrize(
    ("channel", "confidence"),
    [
        ("phone", "primary"),
        ("portal", "primary"),
        ("letter", "primary"),
        ("card", "secondary"),
        ("patient", "secondary"),
    ],
)
def test_a_card_and_a_patient_are_second_hand(channel: str, confidence: str) -> None:
    benefits = read_told({"told_by": {**TOLD_BY, "channel": channel}, "active": True})
    assert benefits.active is not None
    assert benefits.active.citation.confidence == confidence


def test_a_key_that_is_not_there_was_not_said() -> None:
    benefits = read_told(told(deductible={"individual": {"limit": "1500.00"}}, levels={IOP: {}}))
    network = benefits.networks["in"]
    assert network.deductible.family is None
    assert values(network.deductible.individual) == [150_000, "not said", "not said"]
    assert network.levels[IOP] == LevelBenefits()
    assert benefits.coverage_end is None


def test_a_family_limit_said_to_be_none_is_a_fact() -> None:
    deductible = read_told(told(deductible={"family": None})).networks["in"].deductible
    assert deductible.individual is None
    assert values(deductible.family) == [None, "not said", "not said"]


def test_a_deductible_said_to_be_none_is_none_for_both() -> None:
    network = read_told(told(deductible=None)).networks["in"]
    assert values(network.deductible.individual) == values(network.deductible.family)
    assert values(network.deductible.individual)[0] is None
    assert network.out_of_pocket_max.individual is None


def test_null_is_said_to_be_none_where_that_means_something() -> None:
    said = level(copay=None, coinsurance=None, limit=None, then=None, exclusions=None)
    facts = (said.copay[0], said.coinsurance[0], said.limits[0], said.then, said.exclusions)
    assert [fact.value if fact else "not said" for fact in facts] == [None] * 5
    benefits = read_told(told(other_coverage=None, administrator=None, coverage_end=None, cobra=None))
    assert benefits.other_coverage is not None
    assert benefits.other_coverage.value is None
    assert benefits.administrator is not None
    assert benefits.coverage_end is not None
    assert benefits.cobra is not None


@pytest.mark.parametrize("name", ["active", "plan_year_start", "levels", "claims", "qmb", "network_status"])
def test_null_is_refused_where_it_would_mean_nothing(name: str) -> None:
    assert errors(least(told_benefits={**told(), name: None})) == {
        f"/told_benefits/{name}": "null_not_allowed"
    }


def test_of_copay_and_coinsurance_the_one_not_stated_is_none() -> None:
    copay_only = level(copay={"amount": "40.00"})
    assert copay_only.copay[0].value == Copay(4000, "session", None)
    assert copay_only.coinsurance[0].value is None
    share_only = level(coinsurance="0.125")
    assert (share_only.coinsurance[0].value, share_only.copay[0].value) == (Decimal("0.125"), None)
    both = level(copay={"amount": "40.00"}, coinsurance="0.20")
    assert (both.copay[0].value, both.coinsurance[0].value) == (Copay(4000), Decimal("0.20"))


def test_no_copay_alone_says_nothing_of_coinsurance() -> None:
    assert level(copay=None).coinsurance == ()
    assert level(coinsurance=None).copay == ()


def test_a_limit_counts_sessions_of_the_plan_year_unless_said_otherwise() -> None:
    assert level(limit={"units": 30}).limits[0].value == Limit(30, "session", "plan_year", None, False)
    said = level(limit={"units": 30, "used": 4, "unit": "day", "period": "lifetime", "exceedable": True})
    assert said.limits[0].value == Limit(30, "day", "lifetime", 4, True)


def test_how_an_authorization_is_asked_for_is_told_in_one_place() -> None:
    terms = level(
        prior_authorization="required",
        authorization={
            "phone": "800-555-0100",
            "criteria": "LOCUS",
            "documents": ["plan of care"],
            "initial_units": 10,
            "unit": "day",
            "review_every_days": 14,
            "retro_allowed": False,
            "submitted_at": "2026-11-20T10:00:00-05:00",
            "number": "A-1",
        },
    ).authorization
    said = (
        terms.criteria,
        terms.documents,
        terms.initial_units,
        terms.review_every_days,
        terms.retro_allowed,
    )
    assert [fact and fact.value for fact in said] == [("LOCUS",), ("plan of care",), 10, 14, False]
    assert terms.contact is not None
    assert terms.contact.value == Contact("", "800-555-0100")
    assert terms.unit == "day"
    assert terms.submitted_at is not None
    assert terms.submitted_at.value == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert terms.number is not None
    several = level(authorization={"criteria": ["ASAM", "LOCUS"]}).authorization.criteria
    assert several is not None
    assert several.value == ("ASAM", "LOCUS")


def test_every_row_of_the_form_has_a_place() -> None:
    benefits = read_told(
        told(
            active=True,
            coverage_start="2026-01-01",
            coverage_end="2026-12-31",
            plan_year_start="07-01",
            plan_name="Open Access Plus",
            plan_type="ppo",
            line_of_business="commercial",
            exchange=False,
            funding="self_funded",
            network_status="in",
            gap_exception=False,
            deductible_carries_over=False,
            out_of_pocket_includes_deductible=True,
            administrator={"name": "Example Behavioral", "phone": "800-555-0100", "id": "EB1"},
            other_coverage={"name": "Example Plan", "kind": "commercial", "primary": True, "phone": "1"},
            medicare_advantage={"name": "Example Advantage", "phone": "2", "member_id": "M"},
            managed_care_plan={"name": "Example Managed"},
            qmb=True,
            cobra={"status": "elected", "paid_through": "2026-11-30"},
            claims={"payer_id": "X1", "address": "1 Example St", "timely_filing_days": 180},
            levels={
                IOP: {
                    "rate_basis": "per diem",
                    "exclusions": "court-ordered care",
                    "coinsurance_max": "50.00",
                    "then": {"after_units": 10, "copay": {"amount": "5.00"}},
                    "billing": {"codes": ["S9480"], "revenue_codes": ["0905"], "bill_type": None},
                    "referral_required": False,
                    "allowed_amount": "350.00",
                }
            },
            medical={"outpatient": {"limited": False, "prior_authorization": "not_required"}},
        )
    )
    read = {
        name: getattr(benefits, name) and getattr(benefits, name).value
        for name in ("plan_year_start", "plan_type", "funding", "qmb", "cobra", "claims", "coverage_end")
    }
    assert read == {
        "plan_year_start": (7, 1),
        "plan_type": "ppo",
        "funding": "self_funded",
        "qmb": True,
        "cobra": {"status": "elected", "paid_through": date(2026, 11, 30)},
        "claims": Claims("X1", "1 Example St", 180),
        "coverage_end": date(2026, 12, 31),
    }
    plans = (benefits.other_coverage, benefits.medicare_advantage, benefits.managed_care_plan)
    assert [fact and fact.value for fact in plans] == [
        OtherCoverage("Example Plan", "commercial", True, "1"),
        OtherCoverage("Example Advantage", "medicare_advantage", phone="2", member_id="M"),
        OtherCoverage("Example Managed", "medicaid_managed_care"),
    ]
    iop = benefits.networks["in"].levels[IOP]
    said = (iop.then, iop.billing, iop.exclusions, iop.coinsurance_max, iop.allowed_amount)
    assert [fact and fact.value for fact in said] == [
        Then(10, Copay(500)),
        Billing(("S9480",), ("0905",)),
        "court-ordered care",
        5000,
        35000,
    ]
    assert benefits.medical["outpatient"].limited is not None


def test_29_february_is_no_start_of_a_plan_year() -> None:
    for day in ("02-29", "13-01", "1-1", "00-10"):
        found = errors(least(told_benefits=told(plan_year_start=day)))
        assert found == {"/told_benefits/plan_year_start": "not_a_month_and_day"}


def test_what_was_told_of_care_outside_the_network_stands_apart() -> None:
    outside = {"deductible": None, "levels": {IOP: {"coinsurance": "0.40"}}}
    benefits = read_told(told(levels={IOP: {"coinsurance": "0.20"}}, out_of_network=outside))
    shares = {name: network.levels[IOP].coinsurance[0].value for name, network in benefits.networks.items()}
    assert shares == {"in": Decimal("0.20"), "out": Decimal("0.40")}


def test_no_benefits_outside_the_network_means_nothing_is_covered_there() -> None:
    outside = read_told(told(out_of_network=None)).networks["out"].levels
    assert {name: said.covered.value for name, said in outside.items() if said.covered} == dict.fromkeys(
        LEVELS_OF_CARE, False
    )


@pytest.mark.parametrize(
    ("money", "fine"),
    [
        ("40.00", True),
        ("0.00", True),
        ("40", False),
        ("40.0", False),
        ("40.000", False),
        ("-1.00", False),
        ("1e3.00", False),
        ("040.00", False),
        ("40,00", False),
        ("٤٠.٠٠", False),
        ("40.00\n", False),
        (40, False),
        (40.0, False),
        (None, False),
    ],
)
def test_money_is_an_exact_decimal_with_two_places(money: Any, fine: bool) -> None:
    found = errors(least(told_benefits=told(levels={IOP: {"allowed_amount": money}})))
    assert (found == {}) is fine


@pytest.mark.parametrize(
    ("rate", "fine"),
    [("0.20", True), ("0", True), ("1.00", True), ("0.125", True), ("20", False), (0.2, False)],
)
def test_a_rate_is_an_exact_share(rate: Any, fine: bool) -> None:
    found = errors(least(told_benefits=told(levels={IOP: {"coinsurance": rate}})))
    place = f"/told_benefits/levels/{IOP}/coinsurance"
    assert found == ({} if fine else {place: "not_exact_rate"})
