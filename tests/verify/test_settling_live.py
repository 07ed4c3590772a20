"""What was told, what was reported and what is published, settled in a whole answer: who is believed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.inquiry import load_inquiry
from service.verify import hear, known, read_heard
from tests.verify.desk import NOW, desk, told
from tests.verify.lines import about, answer_live, brought, codes, only

IOP, PHP = "intensive_outpatient", "partial_hospitalization"
EARLIER, LATER = NOW - timedelta(days=20), NOW - timedelta(days=2)


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def settled(
    key: str, level: str, heard_on: datetime = LATER, told_on: datetime = EARLIER, **facts: Any
) -> dict[str, Any]:
    """The answer about a level of care where the payer reported one day and staff were told another."""
    body = about(key, level_of_care=level, network="in", payer_reply=brought(key, heard_on))
    return answer_live(desk(), {**body, "told_benefits": told(at(told_on), **facts)})


def of_level(level: str, **facts: Any) -> dict[str, Any]:
    return {"levels": {level: facts}}


def copay(dollars: str, per: str = "session") -> dict[str, Any]:
    return {"copay": {"amount": dollars, "per": per}, "coinsurance": None}


def kinds(answer: dict[str, Any], indexes: list[int]) -> set[str]:
    return {answer["citations"][index]["kind"] for index in indexes}


def disagreement(answer: dict[str, Any], about_what: str) -> dict[str, Any]:
    [found] = [one for one in answer["disagreements"] if one["about"] == about_what]
    values: dict[str, Any] = found
    return values


BOTH_WAYS = pytest.mark.parametrize(("heard_on", "told_on"), [(EARLIER, LATER), (LATER, EARLIER)])


# --- the more specific, then the newer


@BOTH_WAYS
def test_a_share_of_the_very_procedure_beats_a_told_share_of_the_level(
    heard_on: datetime, told_on: datetime
) -> None:
    facts = of_level(IOP, **copay("30.00", "day"))
    answer = settled("procedure-lines", IOP, heard_on, told_on, **facts)
    step = only(answer, "steps", "copay")
    assert step["params"]["amount"] == "65.00"
    assert kinds(answer, step["citations"]) == {"reported"}


@BOTH_WAYS
def test_a_told_share_of_the_level_beats_a_reported_share_of_a_service_type(
    heard_on: datetime, told_on: datetime
) -> None:
    answer = settled("ppo-full", IOP, heard_on, told_on, **of_level(IOP, **copay("30.00", "day")))
    step = only(answer, "steps", "copay")
    assert step["params"]["amount"] == "30.00"
    assert kinds(answer, step["citations"]) == {"told"}


@pytest.mark.parametrize(
    ("heard_on", "told_on", "expected"), [(EARLIER, LATER, "told"), (LATER, EARLIER, "reported")]
)
def test_of_two_shares_of_the_level_the_newer_stands(
    heard_on: datetime, told_on: datetime, expected: str
) -> None:
    # The reply states 20 % for partial hospitalization by its own service type.
    answer = settled("ppo-full", PHP, heard_on, told_on, **of_level(PHP, copay=None, coinsurance="0.10"))
    step = only(answer, "steps", "coinsurance")
    assert Decimal(step["params"]["rate"]) == Decimal({"told": "0.10", "reported": "0.20"}[expected])
    assert kinds(answer, step["citations"]) == {expected}


def test_of_two_on_the_same_day_a_person_is_believed() -> None:
    answer = settled("ppo-full", PHP, LATER, LATER, **of_level(PHP, copay=None, coinsurance="0.10"))
    assert kinds(answer, only(answer, "steps", "coinsurance")["citations"]) == {"told"}


def test_a_share_is_never_put_together_from_two_witnesses() -> None:
    # The reply states a coinsurance; the older call a copay. Both together would charge twice.
    answer = settled("ppo-full", PHP, LATER, EARLIER, **of_level(PHP, **copay("40.00")))
    assert "copay" not in codes(answer, "steps")
    assert kinds(answer, only(answer, "steps", "coinsurance")["citations"]) == {"reported"}


def test_a_reported_rate_is_written_with_two_places_at_least() -> None:
    answer = settled("ppo-full", PHP)
    assert only(answer, "steps", "coinsurance")["params"]["rate"] == "0.20"


# --- pots


@pytest.mark.parametrize(
    ("heard_on", "told_on", "expected"),
    [
        (LATER, EARLIER, {"limit": "1500.00", "met": "750.00", "remaining": "750.00"}),
        (EARLIER, LATER, {"limit": "2000.00", "met": "100.00", "remaining": None}),
    ],
)
def test_limit_and_remaining_of_a_pot_come_from_one_witness(
    heard_on: datetime, told_on: datetime, expected: dict[str, str | None]
) -> None:
    pot = {"individual": {"limit": "2000.00", "met": "100.00"}}
    answer = settled("ppo-full", IOP, heard_on, told_on, deductible=pot)
    found = answer["accumulators"]["deductible"]["individual"]
    assert {name: found[name] for name in expected} == expected
    assert len(kinds(answer, found["citations"])) == 1
    # The family's pot is spoken of by the reply alone.
    assert answer["accumulators"]["deductible"]["family"]["limit"] == "3000.00"


# --- authorization and coverage


@BOTH_WAYS
@pytest.mark.parametrize(
    ("key", "said", "expected"),
    [
        # The reply: required.
        ("ppo-full", "not_required", "required"),
        ("ppo-full", "notification", "required"),
        # The reply: not required.
        ("hmo-no-authorization", "required", "required"),
        ("hmo-no-authorization", "notification", "notification"),
        ("hmo-no-authorization", "not_required", "not_required"),
    ],
)
def test_of_a_told_and_a_reported_authorization_the_more_cautious_stands(
    key: str, said: str, expected: str, heard_on: datetime, told_on: datetime
) -> None:
    answer = settled(key, PHP, heard_on, told_on, **of_level(PHP, prior_authorization=said))
    assert answer["phases"][0]["prior_authorization"]["status"] == expected


def test_an_inferred_covered_never_beats_a_published_not_covered() -> None:
    body = about("medicaid", level_of_care="iop", payer_reply=brought("medicaid"))
    inquiry, _ = load_inquiry(body, known(desk(), NOW))
    reported = read_heard(desk(), inquiry, hear(desk(), inquiry, at=NOW), NOW).benefits
    assert reported is not None
    covered = reported.networks["in"].levels[IOP].covered
    assert covered is not None
    assert (covered.value, covered.inferred) == (True, True)
    answer = answer_live(desk(), body)
    assert answer["phases"][0]["coverage"]["status"] == "not_covered"
    found = disagreement(answer, f"levels/{IOP}/covered")
    assert [(one["witness"], one["value"]) for one in found["values"]] == [
        ("published", False),
        ("reported", True),
    ]
    assert found["settled"] is False


def test_a_told_covered_of_the_level_does_beat_it() -> None:
    answer = settled("medicaid", IOP, **of_level(IOP, covered=True))
    assert answer["phases"][0]["coverage"]["status"] == "covered"


# --- disagreements


def test_every_disagreement_keeps_both_values_and_both_sources() -> None:
    facts = {
        **of_level(PHP, covered=True, prior_authorization="not_required", copay=None, coinsurance="0.10"),
        "deductible": {"individual": {"limit": "2000.00", "met": "100.00"}},
        "coverage_start": "2026-03-01",
    }
    answer = settled("ppo-full", PHP, LATER, EARLIER, **facts)
    expected = {
        "coverage_start": ("2026-01-01", "2026-03-01", "2026-01-01"),
        "deductible/individual/limit": ("1500.00", "2000.00", "1500.00"),
        "deductible/individual/met": ("750.00", "100.00", "750.00"),
        f"levels/{PHP}/prior_authorization": ("required", "not_required", "required"),
    }
    assert {one["about"] for one in answer["disagreements"]} == {*expected, f"levels/{PHP}/coinsurance"}
    for name, (reported, said, stands) in expected.items():
        found = disagreement(answer, name)
        values = {one["witness"]: one["value"] for one in found["values"]}
        assert (values["reported"], values["told"], found["settled"]) == (reported, said, stands), name


def test_every_source_of_a_disagreement_is_cited_as_what_it_is_and_where_it_stands() -> None:
    facts = of_level(PHP, prior_authorization="not_required", copay=None, coinsurance="0.10")
    answer = settled("ppo-full", PHP, **facts)
    assert answer["disagreements"]
    for found in answer["disagreements"]:
        for one in found["values"]:
            assert kinds(answer, one["citations"]) == {one["witness"]}, found["about"]
            assert all(answer["citations"][index]["locator"] for index in one["citations"]), found["about"]


def test_witnesses_who_agree_do_not_disagree() -> None:
    facts = of_level(PHP, covered=True, prior_authorization="required", copay=None, coinsurance="0.20")
    assert settled("ppo-full", PHP, **facts)["disagreements"] == []
