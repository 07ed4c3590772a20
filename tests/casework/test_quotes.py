"""What a family was told stays as it was told; it is approved, given, acknowledged, and may move."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from schemas.problem import BadRequest
from service.casework.keeping import draft_change
from service.casework.quotes import received, what_moved
from service.casework.readiness import newest_quote
from service.store.records import Record
from tests.casework.invented import SUPERVISOR, WRITER, file_on, recorded, required, verified

CONFIRMED = verified(required(), start_date="2026-03-02")
UNCONFIRMED = verified(start_date="2026-03-02")
GIVEN = {"status": "given", "told_to": "Luz Prueba", "told_on": "2026-02-20"}


def codes(error: BaseException | None) -> list[tuple[str, str]]:
    assert isinstance(error, BadRequest)
    return [(one.pointer, one.code) for one in error.errors]


def change(record: Record, writer: Any = WRITER, **said: Any) -> Record:
    return draft_change(record, said, writer)


def test_a_quote_is_a_frozen_copy_of_the_newest_verification() -> None:
    quote = recorded("quote", CONFIRMED, deposit_asked="100.00")
    assert quote.status == "draft"
    assert quote.data["verification_id"] == CONFIRMED.id
    assert quote.data["answer"] == CONFIRMED.answer


def test_without_a_verification_there_is_nothing_to_quote() -> None:
    with pytest.raises(BadRequest) as caught:
        recorded("quote", None)
    assert codes(caught.value) == [("", "nothing_verified")]


def test_it_is_approved_then_given_then_acknowledged() -> None:
    quote = recorded("quote", CONFIRMED)
    with pytest.raises(BadRequest) as caught:
        change(quote, **GIVEN)
    assert codes(caught.value) == [("/status", "not_approved_yet")]
    quote = change(quote, SUPERVISOR, status="approved")
    assert quote.data["approved_by"] == "sofia"
    with pytest.raises(BadRequest) as caught:
        change(quote, status="given")
    assert codes(caught.value) == [("/told_on", "required"), ("/told_to", "required")]
    quote = change(quote, **GIVEN)
    assert (quote.data["told_by"], quote.data["approved_by"]) == ("ana", "sofia")
    quote = change(quote, status="acknowledged", acknowledged_on="2026-02-21")
    assert (quote.status, quote.data["told_by"]) == ("acknowledged", "ana")


def test_while_nobody_confirmed_the_membership_only_a_supervisor_approves_and_says_why() -> None:
    quote = recorded("quote", UNCONFIRMED)
    with pytest.raises(BadRequest) as caught:
        change(quote, status="approved")
    assert codes(caught.value) == [("/status", "membership_not_confirmed")]
    with pytest.raises(BadRequest) as caught:
        change(quote, SUPERVISOR, status="approved")
    assert codes(caught.value) == [("/reason", "required")]
    quote = change(quote, SUPERVISOR, status="approved", reason="The portal is down until Monday.")
    assert (quote.status, quote.data["approved_by"]) == ("approved", "sofia")


def test_what_was_approved_is_fixed_and_what_was_received_is_added_to_it() -> None:
    quote = change(recorded("quote", CONFIRMED, deposit_asked="100.00"), status="approved")
    with pytest.raises(BadRequest) as caught:
        change(quote, deposit_asked="50.00")
    assert codes(caught.value) == [("/deposit_asked", "quote_is_approved")]
    paid = [
        {"amount": "60.00", "on": "2026-02-20"},
        {"amount": "40.25", "on": "2026-02-21", "method": "card"},
    ]
    assert received(change(quote, received=paid).data) == "100.25"


def test_no_more_is_asked_for_than_the_care_is_expected_to_cost() -> None:
    expected = CONFIRMED.answer["estimate"]["expected"]
    assert expected is None, "the plan's cost share is not known here: nothing to hold it against"
    known = copy.deepcopy(CONFIRMED)
    known.answer["estimate"]["expected"] = "500.00"  # type: ignore[index]
    instalments = [{"amount": "250.00", "due": "2026-03-02"}, {"amount": "200.00", "due": "2026-04-02"}]
    recorded("quote", known, deposit_asked="50.00", instalments=instalments)
    with pytest.raises(BadRequest) as caught:
        recorded("quote", known, deposit_asked="50.01", instalments=instalments)
    assert codes(caught.value) == [("/deposit_asked", "more_than_estimated")]


def test_of_whom_nothing_may_be_collected_nothing_is_asked() -> None:
    qmb = verified(
        payer="medicare",
        site="cmhc",
        modality="in_person",
        start_date="2026-03-02",
        secondary={"payer": "florida-medicaid", "plan": "qmb"},
    )
    assert qmb.answer["collect"]["allowed"] == "no"
    recorded("quote", qmb, deposit_asked="0.00")
    with pytest.raises(BadRequest) as caught:
        recorded("quote", qmb, deposit_asked="25.00")
    assert codes(caught.value) == [("/deposit_asked", "may_not_collect")]


# --- does it still hold

MEDICARE = verified(payer="medicare", site="cmhc", modality="in_person", start_date="2026-03-02")
THRESHOLD = 50_00


def moved(after: dict[str, Any], before: Any = MEDICARE) -> str | None:
    found = what_moved(before.answer, after, THRESHOLD)
    return None if found is None else found.code


def changed(**estimate: Any) -> dict[str, Any]:
    after = copy.deepcopy(dict(MEDICARE.answer))
    after["estimate"] |= estimate
    return after


def test_it_holds_while_the_total_moves_no_further_than_the_threshold() -> None:
    assert MEDICARE.answer["estimate"]["expected"] == "839.59"
    assert moved(changed()) is None
    assert moved(changed(expected="889.59")) is None
    assert moved(changed(expected="889.60")) == "quote_figure_changed"
    assert moved(changed(expected="789.58")) == "quote_figure_changed"
    assert moved(changed(expected=None)) == "quote_figure_changed"


def test_of_care_that_is_on_its_way_the_weeks_that_are_left_are_compared() -> None:
    # Asked again for what is left from March 30, with the deductible met: the same days, the same cost.
    told = {
        "told_by": {"channel": "phone", "at": "2026-03-27T14:00:00Z"},
        "active": True,
        "deductible": {"individual": {"limit": "283.00", "met": "283.00"}},
    }
    left = verified(
        told, payer="medicare", site="cmhc", modality="in_person", start_date="2026-03-30", weeks=4
    )
    whole = sum(float(row["patient"]) for row in MEDICARE.answer["estimate"]["by_week"][4:])
    assert f"{whole:.2f}" == left.answer["estimate"]["expected"]
    assert moved(dict(left.answer)) is None


def test_other_care_another_payer_and_another_rule_of_what_may_be_collected_want_a_new_quote() -> None:
    other = changed()
    other["payer"] = {"id": "aetna", "name": "Aetna", "line_of_business": "commercial"}
    assert moved(other) == "quote_of_other_payer"
    no_more = changed()
    no_more["collect"] = {**no_more["collect"], "allowed": "no"}
    assert moved(no_more) == "quote_collects_otherwise"
    php = verified(payer="medicare", level="php", site="cmhc", modality="in_person", start_date="2026-03-02")
    assert moved(dict(php.answer)) == "quote_of_other_care"


def test_the_quote_of_a_case_is_its_newest_that_was_not_withdrawn() -> None:
    first, second = recorded("quote", MEDICARE), recorded("quote", MEDICARE)
    file = file_on("2026-02-20", MEDICARE, first, change(second, status="withdrawn"))
    assert newest_quote(file) == first
