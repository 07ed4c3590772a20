"""Several tellings: the newest fact of each field stands, and a pot keeps to one telling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from schemas.benefits import merge_told, read_tellings, read_told
from schemas.merge import merge_told_json
from schemas.model import Accumulator, Billing, Claims, Contact, Copay
from schemas.problem import BadRequest
from tests.schemas.bodies import ask, least, told, values

IOP = "intensive_outpatient"


def pot(*tellings: dict[str, Any]) -> Accumulator:
    """The individual deductible that tellings, a day apart, amount to."""
    dated = [
        told(at=f"2026-11-{day:02d}T15:00:00Z", deductible={"individual": said})
        for day, said in enumerate(tellings, 1)
    ]
    found = read_tellings(dated).networks["in"].deductible.individual
    assert found is not None
    return found


def test_a_share_told_in_a_second_call_does_not_undo_the_first() -> None:
    first = told(at="2026-11-01T15:00:00Z", levels={IOP: {"copay": {"amount": "40.00"}}})
    second = told(at="2026-11-02T15:00:00Z", levels={IOP: {"coinsurance": "0.20"}})
    merged = read_tellings([first, second]).networks["in"].levels[IOP]
    assert merged.copay[0].value == Copay(4000)
    assert merged.coinsurance[0].value == Decimal("0.20")


def test_the_newest_fact_of_each_field_stands() -> None:
    first = told(at="2026-11-01T15:00:00Z", active=True, plan_name="Old", qmb=False)
    second = told(at="2026-11-02T15:00:00Z", plan_name="New")
    for tellings in ([first, second], [second, first]):
        benefits = read_tellings(tellings)
        assert benefits.plan_name is not None
        assert (benefits.plan_name.value, benefits.plan_name.as_of) == ("New", date(2026, 11, 2))
        assert benefits.active is not None
        assert benefits.active.as_of == date(2026, 11, 1)


def test_tellings_merge_level_by_level_and_term_by_term() -> None:
    first = told(levels={IOP: {"covered": True, "authorization": {"criteria": "LOCUS", "unit": "day"}}})
    second = told(
        at="2026-11-21T15:00:00Z",
        levels={IOP: {"authorization": {"number": "A-1"}}, "outpatient": {"covered": False}},
    )
    levels = read_tellings([first, second]).networks["in"].levels
    terms = levels[IOP].authorization
    assert levels[IOP].covered is not None
    assert (terms.criteria is not None, terms.number is not None, terms.unit) == (True, True, "day")
    assert levels["outpatient"].covered is not None


def test_said_to_be_none_later_takes_the_place_of_what_was_said_before() -> None:
    first = told(levels={IOP: {"limit": {"units": 30}}}, cobra={"status": "elected"})
    second = told(at="2026-11-21T15:00:00Z", levels={IOP: {"limit": None}}, cobra=None)
    benefits = read_tellings([first, second])
    assert benefits.networks["in"].levels[IOP].limits[0].value is None
    assert benefits.cobra is not None
    assert benefits.cobra.value is None


def test_rows_of_claims_and_billing_fill_up_over_several_calls() -> None:
    first = told(claims={"payer_id": "X1"}, levels={IOP: {"billing": {"codes": ["S9480"]}}})
    second = told(
        at="2026-11-21T15:00:00Z",
        claims={"timely_filing_days": 90},
        levels={IOP: {"billing": {"revenue_codes": ["0905"]}}},
    )
    benefits = read_tellings([first, second])
    assert benefits.claims is not None
    assert benefits.claims.value == Claims(payer_id="X1", timely_filing_days=90)
    billing = benefits.networks["in"].levels[IOP].billing
    assert billing is not None
    assert billing.value == Billing(("S9480",), ("0905",))


def test_a_phone_number_told_later_joins_the_name_told_before() -> None:
    first = told(levels={IOP: {"authorization": {"name": "Intake", "phone": "1"}}})
    second = told(at="2026-11-21T15:00:00Z", levels={IOP: {"authorization": {"phone": "2"}}})
    third = told(at="2026-11-22T15:00:00Z", levels={IOP: {"authorization": {"name": "Other desk"}}})
    for tellings, expected in (
        ([first, second], Contact("Intake", "2")),
        ([first, third], Contact("Other desk")),
    ):
        contact = read_tellings(tellings).networks["in"].levels[IOP].authorization.contact
        assert contact is not None
        assert contact.value == expected


def test_met_and_remaining_of_a_pot_come_from_one_telling() -> None:
    first = {"limit": "1500.00", "met": "200.00", "remaining": "1300.00"}
    assert values(pot(first, {"met": "500.00"})) == [150_000, 50_000, "not said"]
    assert values(pot(first, {"remaining": "900.00"})) == [150_000, "not said", 90_000]
    assert values(pot(first, {"limit": "2000.00", "met": "0.00"})) == [200_000, 0, "not said"]


def test_a_limit_told_after_what_was_met_completes_the_pot() -> None:
    assert values(pot({"met": "200.00"}, {"limit": "1500.00"})) == [150_000, 20_000, "not said"]
    assert values(pot({"remaining": "200.00"}, {"limit": "1500.00"})) == [150_000, "not said", 20_000]
    assert values(pot({"met": "200.00"}, {})) == ["not said", 20_000, "not said"]


def test_what_remained_of_another_limit_is_dropped() -> None:
    first = {"limit": "1500.00", "met": "200.00", "remaining": "1300.00"}
    assert values(pot(first, {"limit": "1500.00"})) == [150_000, 20_000, 130_000]
    assert values(pot(first, {"limit": "2000.00"})) == [200_000, 20_000, "not said"]
    assert values(pot(first, {"limit": None})) == [None, "not said", "not said"]


def test_tellings_as_they_travel_merge_by_the_same_rules() -> None:
    first = told(
        at="2026-11-01T15:00:00Z",
        active=True,
        deductible={"individual": {"limit": "1500.00", "met": "200.00", "remaining": "1300.00"}},
        out_of_pocket_max={"individual": {"met": "1.00"}, "family": {"limit": "9.00"}},
        claims={"payer_id": "X1"},
        other_coverage={"name": "Old", "phone": "1"},
        levels={
            IOP: {"copay": {"amount": "40.00", "max_units": 5}, "authorization": {"name": "A", "phone": "1"}}
        },
    )
    second = told(
        at="2026-11-02T10:00:00-05:00",
        deductible={"individual": {"met": "500.00"}, "family": {"limit": "3000.00"}},
        out_of_pocket_max={"individual": {"limit": "6000.00"}, "family": None},
        claims={"timely_filing_days": 90},
        other_coverage={"name": "New"},
        levels={
            IOP: {"copay": {"amount": "30.00"}, "authorization": {"name": "B"}},
            "outpatient": {"covered": True},
        },
    )
    merged = merge_told_json([second, first])
    assert merged == {
        **second,
        "active": True,
        "deductible": {"individual": {"limit": "1500.00", "met": "500.00"}, "family": {"limit": "3000.00"}},
        "out_of_pocket_max": {"individual": {"limit": "6000.00", "met": "1.00"}, "family": None},
        "claims": {"payer_id": "X1", "timely_filing_days": 90},
    }
    together, apart = read_told(merged), read_tellings([first, second])
    for network in ("deductible", "out_of_pocket_max"):
        one, two = (getattr(benefits.networks["in"], network) for benefits in (together, apart))
        assert values(one.individual) == values(two.individual)
        assert values(one.family) == values(two.family)
    assert together.claims is not None
    assert apart.claims is not None
    assert together.claims.value == apart.claims.value


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"limit": "9.00", "remaining": "1.00"}, {"limit": "9.00"}, {"limit": "9.00", "remaining": "1.00"}),
        ({"limit": "9.00", "remaining": "1.00"}, {"limit": "8.00"}, {"limit": "8.00"}),
        ({"limit": "9.00", "met": "1.00"}, {"limit": None}, {"limit": None}),
        ({"limit": "9.00"}, {}, {"limit": "9.00"}),
        ({"met": "1.00"}, {"remaining": "3.00"}, {"remaining": "3.00"}),
    ],
)
def test_pots_as_they_travel_keep_to_one_telling(old: Any, new: Any, expected: Any) -> None:
    tellings = [
        told(at="2026-11-01T15:00:00Z", deductible={"family": old}),
        told(at="2026-11-02T15:00:00Z", deductible={"family": new}),
    ]
    assert merge_told_json(tellings)["deductible"] == {"family": expected}


def test_nothing_told_is_a_witness_that_says_nothing() -> None:
    assert merge_told([]) == read_tellings([])
    assert merge_told([]).witness == "told"
    assert merge_told_json([]) == {}


def test_what_was_told_later_joins_the_request() -> None:
    inquiry = ask(least(told_benefits=told(active=True)), told(at="2026-11-21T15:00:00Z", qmb=True))
    assert inquiry.told is not None
    assert inquiry.told.active is not None
    assert inquiry.told.qmb is not None
    later = ask(least(), told(qmb=True)).told
    assert later is not None


def test_a_bad_telling_among_several_is_found_by_its_place() -> None:
    with pytest.raises(BadRequest, match=r"^/1/active: not_a_boolean$"):
        read_tellings([told(), told(active="yes")])
    with pytest.raises(BadRequest, match=r"^/active: not_a_boolean$"):
        read_told(told(active="yes"))
    with pytest.raises(BadRequest, match=r"^/told/0/active: not_a_boolean$"):
        ask(least(), told(active="yes"))
