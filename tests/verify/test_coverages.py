"""Coverages of one person, whole, from a list in any order to an answer by the shipped rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.determination import dump_outcome
from tests.verify.desk import ANA, LUZ, TEO, ask, desk, told

IOP = {"level_of_care": "iop", "start_date": "2026-12-07", "weeks": 1}
FIFTH = {"covered": True, "coinsurance": "0.20", "deductible_applies": False, "allowed_amount": "100.00"}


def said(rate: str = "0.20") -> dict[str, Any]:
    pots = {"individual": None, "family": None}
    level = {**FIFTH, "coinsurance": rate}
    return told(deductible=pots, out_of_pocket_max=pots, levels={"intensive_outpatient": level})


def order(body: dict[str, Any]) -> list[str]:
    coordination = ask(body).determination.coordination
    assert coordination is not None
    assert coordination.status == "settled"
    return [place.payer.id for place in coordination.order]


def test_every_rule_that_is_shipped_is_in_force_today_and_names_its_source() -> None:
    rules = desk().rulebook.order_rules(date(2026, 12, 7))
    assert len(rules) == 23
    assert all(fact.citation.url and fact.citation.locator for fact in rules.values())
    assert desk().rulebook.order_rules(date(2020, 1, 1)).keys() == {"esrd"}


def test_a_list_in_either_order_gives_one_answer() -> None:
    coverages = [{"payer": "florida-medicaid", "plan": "full"}, {"payer": "cigna", "told_benefits": said()}]
    answers = [
        dump_outcome(ask({**IOP, "member": LUZ, "coverages": sent})) for sent in (coverages, coverages[::-1])
    ]
    assert [one["payer"]["id"] for one in answers] == ["cigna", "cigna"]
    assert answers[0]["estimate"] == answers[1]["estimate"]
    assert "coordination.yaml" in answers[0]["produced_by"]["files"]


@pytest.mark.parametrize(("birthday", "first"), [("03-02", "cigna"), ("03-04", "unitedhealthcare")])
def test_a_child_on_two_plans_is_priced_by_the_plan_of_the_earlier_birthday(
    birthday: str, first: str
) -> None:
    def parent(payer: str, day: str, rate: str) -> dict[str, Any]:
        return {
            "payer": payer,
            "subscriber": {"relationship": "child", "birth_date": day},
            "told_benefits": said(rate),
        }

    sent = [parent("unitedhealthcare", "03-03", "0.20"), parent("cigna", birthday, "0.90")]
    d = ask({**IOP, "member": TEO, "coverages": sent, "parents": "together"}).determination
    assert d.coordination is not None
    assert d.coordination.order[0].payer.id == first
    # Cigna first leaves 90 of 100 a session, of which the other would pay 80; the other way it leaves 20, and
    # Cigna would pay 10 of them. Three sessions.
    assert d.estimate.expected == 3000
    assert d.estimate.secondary_pays == (24000 if first == "cigna" else 3000)


@pytest.mark.parametrize(("employees", "first"), [(19, "medicare"), (20, "cigna")])
def test_the_employers_size_decides_for_somebody_of_69_who_works(employees: int, first: str) -> None:
    work = {
        "payer": "cigna",
        "basis": "active_employment",
        "employer_size": {"employees": employees},
        "subscriber": {"relationship": "self"},
    }
    assert order({**IOP, "member": ANA, "coverages": [{"payer": "medicare"}, work]})[0] == first


def test_a_list_that_is_not_settled_is_answered_as_sent_and_says_so() -> None:
    body = {**IOP, "member": TEO, "coverages": [{"payer": "cigna"}, {"payer": "unitedhealthcare"}]}
    outcome = ask(body)
    answer = dump_outcome(outcome)
    assert (answer["payer"]["id"], answer["coordination"]["status"]) == ("cigna", "ask")
    assert {one["answers"] for one in answer["coordination"]["questions"]} == {
        "/coverages/0/subscriber/relationship",
        "/coverages/1/subscriber/relationship",
    }
    assert "payment_order_assumed" in [one["code"] for one in answer["estimate"]["assumptions"]]


def test_one_coverage_alone_is_a_list_too() -> None:
    outcome = ask({**IOP, "member": LUZ, "coverages": [{"payer": "cigna"}]})
    assert (outcome.payer.id, outcome.determination.coordination) == ("cigna", None)
