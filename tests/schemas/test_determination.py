"""How an answer travels: exact names, money as text, citations numbered, sentences added on reading."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.answers import VERIFICATION
from schemas.determination import add_messages, dump_determination, dump_outcome
from schemas.fields import Day, Money, Rate, format_money
from schemas.model import (
    Accumulator,
    Accumulators,
    Assumption,
    Billing,
    Citation,
    Collect,
    Contact,
    Coordination,
    Coverage,
    Determination,
    Disagreement,
    Eligibility,
    Estimate,
    Fact,
    Inquiry,
    Limit,
    LimitState,
    NextStep,
    OtherCoverage,
    Payer,
    PhaseAnswer,
    PhaseCost,
    Place,
    PriorAuthorization,
    Question,
    SessionCost,
    Step,
    WeekCost,
)
from schemas.shapes import Shape
from schemas.sources import plain
from tests.schemas.bodies import LEAST, ask, least

BOOK = Citation("published", "Invented schedule", "https://example.org/a", "row 1", date(2026, 1, 1))
CALL = Citation("told", "Told by phone", None, "CALL-1", None, date(2026, 11, 20))
IOP = "intensive_outpatient"
DAY = date(2026, 12, 1)
SESSION = SessionCost(
    DAY, 0, True, 12774, 12774, 0, 0, 12774, 12774, 0, 0, 0, 15526, None, None, (CALL, BOOK, CALL)
)
ESTIMATE = Estimate(
    certainty="estimated",
    low=None,
    expected=12774,
    high=12774,
    total_allowed=12774,
    plan_pays=0,
    secondary_pays=0,
    write_off=0,
    balance_billing=0,
    self_pay=0,
    sessions=1,
    first_session=12774,
    typical_session=12774,
    last_session=12774,
    by_phase=(PhaseCost(IOP, 1, 12774, 12774, 0, 0, 0, 12774),),
    by_week=(WeekCost(date(2026, 11, 30), 1, 12774, 0, 0, 0, 15526, None),),
    trace=(SESSION,),
    assumptions=(Assumption("deductible_met_unknown", {"limit": "283.00"}, 5, (BOOK,)),),
    formula=Step("share_of_allowed", {"rate": Decimal("0.20")}),
    self_pay_comparison=35000,
)
PHASE = PhaseAnswer(
    level_of_care=IOP,
    start_date=DAY,
    end_date=date(2027, 1, 25),
    sessions=1,
    coverage=Coverage(
        "covered",
        (Step("covered_by_plan", {"from": DAY}, (BOOK,)),),
        (LimitState(Limit(30, used=4), (CALL,)), LimitState(Limit(9), ())),
    ),
    prior_authorization=PriorAuthorization(
        "required",
        reasons=(Step("authorization_required"),),
        contact=Contact("", "800-555-0100"),
        submit_by=date(2026, 11, 16),
        decision_due_expedited=datetime(2026, 11, 19, 15, tzinfo=UTC),
        initial_units=10,
        unit="day",
        review_every_days=14,
        criteria=("LOCUS",),
        citations=(CALL,),
    ),
    billing=Fact(Billing(("S9480",), ("0905",)), BOOK),
)
DETERMINATION = Determination(
    network="in",
    eligibility=Eligibility("active", "told", coverage_start=date(2026, 1, 1), citations=(CALL,)),
    phases=(PHASE,),
    estimate=ESTIMATE,
    collect=Collect(12774, DAY, "yes", (Step("collect_first_day"),)),
    steps=(Step("deductible_told", {"limit": "283.00"}, (CALL,)),),
    disagreements=(
        Disagreement("active", (("published", None, (BOOK,)), ("told", Decimal("0.2"), (CALL,))), (1, DAY)),
    ),
    warnings=(Step("plan_not_in_library"),),
    parity_flags=(Step("parity_limit"),),
    next_steps=(NextStep("certify", {}, DAY, (BOOK,)),),
    call_script=(Question("ask_active", {"payer": "X"}, "/told_benefits/active"),),
    accumulators={
        "deductible": Accumulators(
            individual=Accumulator(Fact(28300, CALL), Fact(0, CALL)), family=Accumulator(Fact(None, BOOK))
        ),
        "out_of_pocket_max": Accumulators(),
    },
    accumulators_as_of=date(2026, 11, 20),
    administrator=Fact(Contact("Example Behavioral"), CALL),
    other_payers=(Fact(OtherCoverage("Other", "commercial", True, "1", "SECRET-ID"), CALL),),
    coordination=Coordination(
        Step("payment_order_open"),
        "ask",
        (Place(0, Payer("medicare", "Original Medicare", "medicare"), None, True, True),),
        (Step("longer", {"first": "A"}, (BOOK,)),),
        (Question("ask_injury", {}, "/injury", needed=False),),
    ),
    contact=None,
)


@dataclass(frozen=True)
class Answer:
    """An answer with what it was made from."""

    inquiry: Inquiry
    payer: Payer
    plan: dict[str, str] | None
    determination: Determination
    produced_by: dict[str, Any]


def whole(d: Determination = DETERMINATION, plan: dict[str, str] | None = None) -> dict[str, Any]:
    """A verification as it is shown, still without sentences."""
    made_of = {
        "rulebook": "sha256:aa",
        "files": {"medicare.yaml": "sha256:bb"},
        "profile": "sha256:cc",
        "engine": "1.0.0",
        "at": datetime(2026, 11, 22, 15, 0, 1, 500, tzinfo=UTC),
    }
    payer = Payer("medicare", "Original Medicare", "medicare")
    return {
        "id": "v1",
        "case_id": "c1",
        "created_at": "2026-11-22T15:00:00Z",
        "status": "complete",
        "approval": "none",
        "replaces": None,
        "changes": [{"pointer": "/network", "before": "out", "after": "in"}],
        "request": deepcopy(LEAST),
        **dump_outcome(Answer(ask(least()), payer, plan, d, made_of)),
    }


def test_a_dumped_answer_is_of_the_documented_shape() -> None:
    assert VERIFICATION.validate(whole()) == {}
    spoken = add_messages(whole(plan={"id": "g", "name": "Plan G"}), lambda code, _: code)
    assert VERIFICATION.validate(spoken) == {}


def test_an_answer_that_knows_little_is_of_the_documented_shape_too() -> None:
    estimate = replace(ESTIMATE, trace=(), formula=None, self_pay_comparison=None, plan_pays=None)
    phase = replace(
        PHASE,
        prior_authorization=PriorAuthorization("undetermined"),
        coverage=Coverage("undetermined"),
        billing=None,
    )
    little = replace(
        DETERMINATION,
        estimate=estimate,
        phases=(phase,),
        administrator=Fact(None, CALL),
        other_payers=(),
        coordination=None,
        contact=Fact(Contact("Provider line", portal="https://example.org"), BOOK),
        accumulators_as_of=None,
        collect=Collect(None, None, "ask"),
    )
    answer = whole(little)
    VERIFICATION.load(answer)
    authorization = answer["phases"][0]["prior_authorization"]
    nothing = ("contact", "submit_by", "decision_due", "initial_authorization", "concurrent_review")
    assert {name: authorization[name] for name in nothing} == dict.fromkeys(nothing)
    assert answer["administrator"] is None
    assert answer["contact"]["name"] == "Provider line"
    assert answer["estimate"]["self_pay_comparison"] is None


def test_an_answer_is_plain_json() -> None:
    answer = whole()
    assert json.loads(json.dumps(answer)) == answer


def test_the_names_are_those_of_the_specification() -> None:
    answer = whole()
    assert answer.keys() >= SPECIFIED
    estimate = answer["estimate"]
    assert estimate["total_allowed_expected"] == "127.74"
    assert estimate["self_pay_comparison"] == {"amount": "350.00", "sessions": 1}
    assert estimate["low"] is None
    assert estimate["by_week"][0]["week_of"] == "2026-11-30"
    assert estimate["formula"]["params"] == {"rate": "0.20"}
    assert answer["produced_by"]["at"] == "2026-11-22T15:00:01.000500Z"


SPECIFIED = {
    "payer", "plan", "network", "site", "eligibility", "accumulators", "administrator", "other_payers",
    "coordination", "phases", "estimate", "collect", "steps", "disagreements", "warnings", "parity_flags",
    "next_steps", "call_script", "citations", "produced_by",
}  # fmt: skip


def test_citations_are_numbered_in_the_order_they_first_appear_and_listed_once() -> None:
    answer = dump_determination(DETERMINATION)
    assert [one["title"] for one in answer["citations"]] == ["Told by phone", "Invented schedule"]
    assert answer["eligibility"]["citations"] == [0]
    assert answer["phases"][0]["coverage"]["reasons"][0]["citations"] == [1]
    assert answer["estimate"]["trace"][0]["facts"] == [0, 1]
    assert answer["citations"][1] == {
        "kind": "published",
        "title": "Invented schedule",
        "url": "https://example.org/a",
        "locator": "row 1",
        "published": "2026-01-01",
        "retrieved": None,
        "confidence": "primary",
    }


def test_equal_citations_that_are_not_the_same_object_are_one() -> None:
    again = replace(CALL)
    steps = (Step("a", {}, (CALL,)), Step("b", {}, (again,)))
    answer = dump_determination(replace(DETERMINATION, steps=steps))
    assert [step["citations"] for step in answer["steps"]] == [[0], [0]]
    assert len(answer["citations"]) == 2


def test_a_pot_without_a_limit_is_told_from_one_that_nobody_stated() -> None:
    pots = dump_determination(DETERMINATION)["accumulators"]
    assert pots["deductible"]["individual"] == {
        "limit": "283.00",
        "met": "0.00",
        "remaining": None,
        "unlimited": False,
        "citations": [0],
    }
    assert pots["deductible"]["family"]["unlimited"] is True
    assert pots["out_of_pocket_max"] == {"individual": None, "family": None}
    assert pots["as_of"] == "2026-11-20"


def test_what_is_left_of_a_limit_is_known_only_where_its_use_is() -> None:
    limits = dump_determination(DETERMINATION)["phases"][0]["coverage"]["limits"]
    assert [(limit["used"], limit["remaining"]) for limit in limits] == [(4, 26), (None, None)]


def test_how_to_ask_for_an_authorization_travels_whole() -> None:
    authorization = dump_determination(DETERMINATION)["phases"][0]["prior_authorization"]
    assert authorization["contact"] == {"name": None, "phone": "800-555-0100", "portal": None, "id": None}
    assert authorization["decision_due"] == {"standard": None, "expedited": "2026-11-19T15:00:00Z"}
    assert authorization["initial_authorization"] == {"units": 10, "unit": "day"}
    assert authorization["concurrent_review"] == {"every_days": 14}


def test_the_members_id_at_another_payer_does_not_travel() -> None:
    assert "SECRET-ID" not in json.dumps(whole())


def test_a_disagreement_keeps_every_value() -> None:
    (item,) = dump_determination(DETERMINATION)["disagreements"]
    assert item["values"] == [
        {"witness": "published", "value": None, "citations": [1]},
        {"witness": "told", "value": "0.2", "citations": [0]},
    ]
    assert item["settled"] == [1, "2026-12-01"]


def test_sentences_are_added_wherever_there_is_a_code_and_nowhere_else() -> None:
    answer = add_messages(whole(), lambda code, params: f"{code}!{len(params)}")
    bare = whole()
    assert _codes(bare) == _spoken(answer)
    assert answer["phases"][0]["coverage"]["reasons"][0]["message"] == "covered_by_plan!1"
    assert answer["call_script"][0]["question"] == "ask_active!1"
    assert "message" not in answer["call_script"][0]
    assert _stripped(answer) == bare


def test_part_of_an_answer_can_be_read_too() -> None:
    part = {"name": "IOP", "phases": whole()["phases"], "estimate": whole()["estimate"]}
    spoken = add_messages(part, lambda code, _: code)
    assert spoken["estimate"]["formula"]["message"] == "share_of_allowed"


def _codes(value: Any) -> int:
    """How many places in an answer have a code."""
    if isinstance(value, dict):
        return ("code" in value) + sum(_codes(item) for item in value.values())
    return sum(_codes(item) for item in value) if isinstance(value, list) else 0


def _spoken(value: Any) -> int:
    """How many places in an answer have a sentence."""
    if isinstance(value, dict):
        return ("message" in value or "question" in value) + sum(_spoken(item) for item in value.values())
    return sum(_spoken(item) for item in value) if isinstance(value, list) else 0


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if key not in ("message", "question")}
    return [_stripped(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (12774, "127.74"), (-5, "-0.05"), (100, "1.00")]
)
def test_money_is_written_with_two_places(cents: int, text: str) -> None:
    assert format_money(cents) == text


def test_exact_values_go_out_as_they_came_in() -> None:
    class Exact(Shape):
        money, rate, day = Money(), Rate(), Day()

    outside = {"money": "40.00", "rate": "0.125", "day": "2026-12-01"}
    inside = Exact().load(outside)
    assert inside == {"money": 4000, "rate": Decimal("0.125"), "day": DAY}
    assert Exact().dump(inside) == outside
    assert Exact().dump(dict.fromkeys(outside)) == dict.fromkeys(outside)


def test_what_json_cannot_carry_is_refused_rather_than_guessed() -> None:
    with pytest.raises(TypeError, match="float cannot travel"):
        plain({"amount": 0.1})
