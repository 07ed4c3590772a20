"""What somebody has to look at before an appointment, one by one, in hand-made cases."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from service.jobs.findings import find, is_exception
from service.jobs.standing import authorization_findings, quote_findings
from service.store import cases, records
from service.store.session import Store, transaction
from tests.store.conftest import database_url, store  # noqa: F401 (fixtures)
from tests.store.invented import NOW, a_case

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


# --- what stands with the case


@pytest.fixture
def case_id(store: Store) -> str:  # noqa: F811
    made = a_case()
    with transaction(store) as session:
        cases.add(session, made)
    return made.id


def keep(store: Store, case_id: str, kind: str, status: str, **data: Any) -> None:  # noqa: F811
    with transaction(store) as session:
        records.add(session, records.draft(case_id, kind, status, data, by="ana", at=NOW))


def authorization(store: Store, case_id: str, needed: str = "required") -> list[Any]:  # noqa: F811
    phases = answer(phases__0__prior_authorization={"status": needed})["phases"]
    with transaction(store) as session:
        return authorization_findings(session, case_id, DAY, phases)


def until(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


def test_care_that_needs_an_authorization_and_has_none_is_told(store: Store, case_id: str) -> None:  # noqa: F811
    assert authorization(store, case_id) == [{"code": "authorization_ends", "how": "missing", "date": None}]
    assert authorization(store, case_id, "not_required") == []
    assert authorization(store, case_id, "undetermined") == []
    keep(store, case_id, "authorization", "denied", level_of_care="intensive_outpatient", valid_to=until(30))
    keep(store, case_id, "authorization", "approved", level_of_care="outpatient", valid_to=until(30))
    assert authorization(store, case_id)[0]["how"] == "missing"


@pytest.mark.parametrize(
    ("start", "end", "how"),
    [(-30, 8, None), (-30, 7, "ends"), (0, 0, "ends"), (-30, -1, "over"), (1, 30, "not_begun")],
)
def test_an_authorization_is_held_to_the_day(
    store: Store,  # noqa: F811
    case_id: str,
    start: int,
    end: int,
    how: str | None,
) -> None:
    keep(store, case_id, "authorization", "approved", valid_from=until(start), valid_to=until(end))
    on = start if how == "not_begun" else end
    expected = [{"code": "authorization_ends", "how": how, "date": until(on)}] if how else []
    assert authorization(store, case_id) == expected


def test_the_authorization_that_lasts_longest_counts(store: Store, case_id: str) -> None:  # noqa: F811
    keep(store, case_id, "authorization", "approved", valid_from=until(-30), valid_to=until(2))
    keep(store, case_id, "authorization", "approved", valid_from=until(-2), valid_to=until(28))
    assert authorization(store, case_id) == []


def test_a_quote_that_is_off_is_told_with_both_amounts(store: Store, case_id: str) -> None:  # noqa: F811
    keep(store, case_id, "quote", "given", total="839.59")
    with transaction(store) as session:
        moved = quote_findings(session, case_id, "901.00", has_begun=False)
        assert moved == [{"code": "quote_moved", "before": "839.59", "now": "901.00"}]
        assert quote_findings(session, case_id, "840.58", has_begun=False) == []
        assert quote_findings(session, case_id, "901.00", has_begun=True) == []
        assert quote_findings(session, case_id, None, has_begun=False) == []
    keep(store, case_id, "quote", "draft", total="1.00")
    with transaction(store) as session:
        assert quote_findings(session, case_id, "839.59", has_begun=False) == []
