"""What somebody has to look at before an appointment, one by one, in hand-made cases."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from service.jobs.findings import find, is_exception

DAY = date(2026, 11, 23)
ANSWER: dict[str, Any] = {
    "payer": {"id": "cigna", "name": "Cigna"},
    "plan": None,
    "eligibility": {"status": "active", "coverage_end": None},
    "other_payers": [],
    "phases": [
        {
            "level_of_care": "intensive_outpatient",
            "coverage": {"status": "covered"},
            "prior_authorization": {"status": "not_required"},
        }
    ],
}


def answer(**changes: Any) -> dict[str, Any]:
    made = deepcopy(ANSWER)
    for path, value in changes.items():
        *way, name = path.split("__")
        place: Any = made
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[name] = value
    return made


def found(
    after: dict[str, Any], before: dict[str, Any] | None = ANSWER, status: str = "complete"
) -> list[Any]:
    return find(status, after, before, [])


def test_what_is_as_it_was_is_no_exception() -> None:
    assert found(answer()) == [{"code": "unchanged"}]
    assert found(answer(), None) == [{"code": "first_time"}]
    assert not is_exception(found(answer()))
    assert not is_exception(found(answer(), None))


def test_an_inactive_membership_comes_first_and_says_when_it_ended() -> None:
    after = answer(eligibility__status="inactive", eligibility__coverage_end="2026-10-31")
    assert found(after, status="degraded") == [
        {"code": "inactive", "date": "2026-10-31"},
        {"code": "payer_not_reachable"},
    ]


def test_another_payer_than_last_time_is_named_with_both() -> None:
    after = answer(payer={"id": "aetna", "name": "Aetna"})
    assert found(after) == [{"code": "payer_changed", "how": "payer", "before": "Cigna", "now": "Aetna"}]


def test_another_plan_of_the_same_payer_is_named_with_both() -> None:
    after = answer(plan={"id": "ppo", "name": "Open Access Plus"})
    assert found(after) == [
        {"code": "payer_changed", "how": "plan", "before": None, "now": "Open Access Plus"}
    ]


def test_a_payer_that_the_reply_names_beside_itself_is_told_once() -> None:
    after = answer(other_payers=[{"name": "Sandbox Other"}])
    assert found(after) == [{"code": "payer_changed", "how": "other", "before": None, "now": "Sandbox Other"}]
    assert found(after, after) == [{"code": "unchanged"}]


def test_a_medicaid_plan_that_is_named_anew_is_told_with_the_one_before() -> None:
    plans = [[{"name": name, "kind": "medicaid_managed_care"}] for name in ("Plan One", "Plan Two")]
    one, two = (answer(other_payers=plan) for plan in plans)
    changed = {"code": "payer_changed", "how": "medicaid_plan"}
    assert found(two, one) == [{**changed, "before": "Plan One", "now": "Plan Two"}]
    assert found(one) == [{**changed, "before": None, "now": "Plan One"}]
    assert found(one, one) == [{"code": "unchanged"}]


def test_another_verdict_on_the_same_level_is_told_with_both() -> None:
    coverage = {"code": "answer_changed", "level": "intensive_outpatient"}
    assert found(answer(phases__0__coverage={"status": "not_covered"})) == [
        coverage | {"how": "coverage", "before": "covered", "now": "not_covered"}
    ]
    assert found(answer(phases__0__prior_authorization={"status": "required"})) == [
        coverage | {"how": "prior_authorization", "before": "not_required", "now": "required"}
    ]


def test_what_was_not_known_and_is_now_is_no_exception() -> None:
    before = answer(phases__0__coverage={"status": "undetermined"})
    assert found(answer(), before) == [{"code": "unchanged"}]


def test_a_membership_that_nobody_confirmed_is_told_and_a_payer_that_was_not_reached() -> None:
    after = answer(eligibility__status="undetermined")
    assert found(after) == [{"code": "membership_not_confirmed"}]
    assert found(answer(), status="degraded") == [{"code": "payer_not_reachable"}]
