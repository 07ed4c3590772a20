"""A list of coverages in a request: one form or the other, every field named, and what goes on from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schemas.inquiry import load_inquiry
from schemas.model import HeldCoverage, Payer
from tests.schemas.bodies import KNOWN, ask, errors, least, told

CIGNA = {"payer": "cigna", "member_id": "U12345678"}


def several(*coverages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return least(payer=..., coverages=list(coverages), **more)


def test_a_list_stands_for_payer_and_secondary_in_the_order_it_was_sent_where_nobody_arranges_it() -> None:
    inquiry = ask(several({"payer": "medicare"}, {"payer": "medigap", "plan": "G", "member_id": "M1"}))
    assert (inquiry.payer, inquiry.member.member_id) == ("medicare", "1EG4TE5MK73")
    assert inquiry.secondary is not None
    assert (inquiry.secondary.payer, inquiry.secondary.plan, inquiry.secondary.member_id) == (
        "medigap",
        "g",
        "M1",
    )
    assert [one.payer.id for one in inquiry.coverages] == ["medicare", "medigap"]


def test_a_list_is_arranged_and_the_first_brings_its_own_member_id_plan_network_and_telling() -> None:
    heard: list[Any] = []

    def last_first(*given: Any) -> tuple[int, ...]:
        heard.append(given)
        return (1, 0)

    cigna = {
        **CIGNA,
        "plan": "open-access-plus",
        "network": "out",
        "told_benefits": told(active=True),
        "subscriber": {"relationship": "child", "birth_date": "1980-02-29", "custody": "joint"},
    }
    body = several({"payer": "medicare"}, cigna, parents="apart", injury="none")
    inquiry, warnings = load_inquiry(body, replace(KNOWN, arrange=last_first))
    assert (inquiry.payer, inquiry.plan, inquiry.network) == ("cigna", "open-access-plus", "out")
    assert (inquiry.member.member_id, inquiry.member.relationship) == ("U12345678", "child")
    assert inquiry.told is not None
    assert inquiry.told.active is not None
    assert inquiry.secondary is not None
    assert inquiry.secondary.payer == "medicare"
    assert [step.code for step in warnings] == ["subscriber_missing"]
    (held, born, parents, injury, on) = heard[0]
    assert (born, parents, injury, on) == (date(1957, 3, 2), "apart", "none", date(2026, 12, 1))
    assert held[1].birthday == (2, 29)


def test_the_members_own_id_is_of_the_first_coverage_sent_and_of_no_other() -> None:
    cigna_first = replace(KNOWN, arrange=lambda *_: (1, 0))
    body = several({"payer": "medicare"}, {"payer": "cigna"})
    assert load_inquiry(body, KNOWN)[0].member.member_id == "1EG4TE5MK73"
    assert load_inquiry(body, cigna_first)[0].member.member_id is None
    wrong = several({"payer": "medicare"}, member={**body["member"], "member_id": "nothing"})
    assert errors(wrong) == {"/member/member_id": "member_id_shape"}


def test_every_fact_of_a_coverage_comes_through_and_what_was_left_out_was_not_said() -> None:
    said = {
        "basis": "cobra",
        "employer_size": {"employees": 19},
        "effective_date": "2020-01-01",
        "entitlement": "esrd",
        "esrd_start": "2026-01-01",
        "place": 2,
        "subscriber": {"relationship": "spouse", "birth_date": "03-02", "court_order": False},
    }
    bare, whole = ask(several({"payer": "medicare"}, {**CIGNA, **said})).coverages
    assert bare == HeldCoverage(Payer("medicare", "Original Medicare", "medicare"))
    assert whole == HeldCoverage(
        Payer("cigna", "Cigna Healthcare", "commercial"),
        relationship="spouse",
        birthday=(3, 2),
        court_order=False,
        basis="cobra",
        employees=(19, 20),
        since=date(2020, 1, 1),
        entitlement="esrd",
        esrd_start=date(2026, 1, 1),
        place=2,
    )


@pytest.mark.parametrize(
    ("size", "employees"),
    [({"at_least": 20}, (20, None)), ({"below": 20}, (0, 20)), ({"at_least": 20, "below": 100}, (20, 100))],
)
def test_an_employers_size_may_be_a_span(size: dict[str, int], employees: tuple[int, int | None]) -> None:
    (held,) = ask(several({**CIGNA, "employer_size": size})).coverages
    assert held.employees == employees


@pytest.mark.parametrize("size", [{}, {"employees": 5, "below": 20}, {"at_least": 20, "below": 20}])
def test_an_employers_size_that_says_nothing_or_two_things_is_refused(size: dict[str, int]) -> None:
    body = several({**CIGNA, "employer_size": size})
    assert errors(body) == {"/coverages/0/employer_size": "employer_size_unclear"}


def test_both_forms_at_once_are_refused_field_by_field() -> None:
    body = least(coverages=[CIGNA], plan="x", network="in", secondary={"payer": "cigna"})
    assert errors(body) == dict.fromkeys(
        ("/payer", "/plan", "/network", "/secondary"), "coverage_given_twice"
    )


def test_one_of_the_forms_is_needed() -> None:
    assert errors(least(payer=...)) == {"/payer": "required"}
    assert errors(several()) == {"/coverages": "wrong_length"}


def test_each_coverage_is_held_against_its_payer() -> None:
    body = several({"payer": "cygna"}, {"payer": "medicare", "member_id": "nothing"})
    assert errors(body) == {
        "/coverages/0/payer": "unknown_payer",
        "/coverages/1/member_id": "member_id_shape",
    }
    told_wrong = several(
        {**CIGNA, "told_benefits": told(coverage_start="2026-02-01", coverage_end="2026-01-01")}
    )
    assert list(errors(told_wrong)) == ["/coverages/0/told_benefits/coverage_end"]


@pytest.mark.parametrize("day", ["02-30", "1981-02-29", "3-2", "1980"])
def test_a_birthday_is_a_real_day_of_some_year(day: str) -> None:
    body = several({**CIGNA, "subscriber": {"birth_date": day}})
    assert errors(body) == {"/coverages/0/subscriber/birth_date": "not_a_month_and_day"}
