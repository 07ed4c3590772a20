"""A verification request: what it may leave out, and what is said of it when it cannot be used."""

from __future__ import annotations

from datetime import date

from schemas.inquiry import load_inquiry
from tests.schemas.bodies import KNOWN, ask, errors, least, member, message, told, warnings


def test_the_least_request_gets_every_default() -> None:
    inquiry = ask(least())
    (phase,) = inquiry.phases
    assert (inquiry.payer, inquiry.site, inquiry.network) == ("medicare", "cmhc", "in")
    assert (inquiry.condition, inquiry.modality, inquiry.live, inquiry.trace) == (
        "mental_health",
        "in_person",
        True,
        False,
    )
    assert (phase.level_of_care, phase.start_date) == ("intensive_outpatient", date(2026, 12, 1))
    assert (phase.weeks, phase.days_per_week, phase.minutes_per_day) == (8, 3, 180)
    assert phase.weekdays == ("mon", "wed", "fri")
    assert inquiry.told is None


def test_a_payer_is_meant_by_its_id_and_the_nearest_are_named() -> None:
    assert message(least(payer="Orignal Medicare")) == (
        "payer is not a payer of the rulebook; the nearest are: medicare, florida-medicaid, cigna."
    )
    assert "the nearest are: cigna, " in message(least(payer="evernorth"))


def test_an_unknown_site_names_the_nearest() -> None:
    assert message(least(site="twotier")) == (
        "site is not a site of the clinic's profile; the nearest are: two-tier, cmhc."
    )


def test_an_unknown_plan_only_warns() -> None:
    inquiry, steps = load_inquiry(member(member_id="U12345678") | {"payer": "cigna", "plan": "gold-9"}, KNOWN)
    assert inquiry.plan == "gold-9"
    assert ("plan_not_in_library", {"payer": "Cigna Healthcare", "plan": "gold-9"}) in [
        (step.code, step.params) for step in steps
    ]


def test_a_plan_is_found_by_its_name_however_it_is_capitalised() -> None:
    body = member(member_id="U12345678") | {"payer": "cigna", "plan": "OPEN access plus"}
    assert ask(body).plan == "open-access-plus"
    assert "plan_not_in_library" not in warnings(body)


def test_a_medicare_number_is_written_plainly_and_must_have_its_shape() -> None:
    assert ask(member(member_id="1eg4-te5-mk73")).member.member_id == "1EG4TE5MK73"
    assert errors(member(member_id="1EG4TE5MK7")) == {"/member/member_id": "member_id_shape"}
    # S, L, O, I, B and Z are never used.
    assert errors(member(member_id="1SG4TE5MK73")) == {"/member/member_id": "member_id_shape"}
    assert "eleven letters and digits" in message(member(member_id="123-45-6789"))


def test_an_id_of_another_payer_only_warns() -> None:
    usual, unusual = (member(member_id=number) | {"payer": "cigna"} for number in ("u 1234-5678", "X1"))
    assert "member_id_unusual" not in warnings(usual)
    assert "member_id_unusual" in warnings(unusual)
    assert ask(unusual).member.member_id == "X1"


def test_an_id_for_which_no_shape_is_known_is_taken_as_it_is() -> None:
    body = least(payer="florida-medicaid")
    assert ask(body).member.member_id == "1EG4TE5MK73"
    assert warnings(body) == []


def test_a_birth_date_is_in_the_past_and_before_the_care() -> None:
    place = "/member/birth_date"
    assert errors(member(birth_date="2026-11-23")) == {place: "birth_date_in_future"}
    assert errors(member(birth_date="1057-03-02")) == {place: "birth_date_too_early"}
    born_later = {**member(birth_date="2026-02-02"), "start_date": "2026-02-01"}
    assert errors(born_later) == {place: "birth_after_start"}


def test_a_subscriber_is_born_before_today() -> None:
    body = member(relationship="child", subscriber={"birth_date": "2027-01-01"})
    assert errors(body) == {"/member/subscriber/birth_date": "birth_date_in_future"}


def test_a_dependent_without_a_subscriber_warns() -> None:
    assert "subscriber_missing" in warnings(member(relationship="spouse"))
    assert "subscriber_missing" not in warnings(
        member(relationship="spouse", subscriber={"first_name": "Luz"})
    )


def test_the_subscriber_travels_with_the_member() -> None:
    subscriber = {"member_id": "X", "first_name": "Luz", "last_name": "Prueba", "birth_date": "1960-01-01"}
    person = ask(member(relationship="child", group_number="G1", subscriber=subscriber)).member
    assert person.subscriber is not None
    assert (person.group_number, person.subscriber.first_name) == ("G1", "Luz")


def test_the_network_is_what_was_asked_else_told_else_of_the_profile() -> None:
    cigna = member(member_id="U12345678") | {"payer": "cigna"}
    assert ask(cigna).network == "out"
    assert ask(cigna | {"plan": "open-access-plus"}).network == "in"
    assert ask(cigna | {"told_benefits": told(network_status="in")}).network == "in"
    assert ask(cigna | {"told_benefits": told(network_status="in"), "network": "out"}).network == "out"


def test_a_network_that_nobody_named_is_in_with_a_warning() -> None:
    assert warnings(member(member_id="U12345678") | {"payer": "cigna", "site": "two-tier"}) == [
        "network_defaulted"
    ]


def test_payers_without_networks_do_not_warn_of_one() -> None:
    assert warnings(least()) == []


def test_a_second_coverage_is_checked_like_the_first() -> None:
    second = {"payer": "medigap", "plan": "G", "member_id": " M 1 ", "told_benefits": told(active=True)}
    secondary = ask(least(secondary=second)).secondary
    assert secondary is not None
    assert (secondary.payer, secondary.plan, secondary.member_id) == ("medigap", "g", "M 1")
    assert secondary.told is not None
    assert secondary.told.active is not None
    assert errors(least(secondary={"payer": "medigape"})) == {"/secondary/payer": "unknown_payer"}
    wrong_id = {"payer": "medicare", "member_id": "1"}
    assert errors(least(secondary=wrong_id)) == {"/secondary/member_id": "member_id_shape"}
    assert ask(least(secondary={"payer": "medigap"})).secondary is not None


def test_what_means_the_same_inside_travels_as_it_is() -> None:
    body = least(case_id="c1", external_id="EHR-77", trace=True, live=False, as_of="2026-11-01")
    inquiry = ask(body)
    assert (inquiry.case_id, inquiry.external_id, inquiry.trace, inquiry.live) == (
        "c1",
        "EHR-77",
        True,
        False,
    )
    assert inquiry.as_of == date(2026, 11, 1)


def test_a_telling_from_the_future_warns() -> None:
    assert "told_in_future" in warnings(least(told_benefits=told(at="2026-11-23T12:00:00Z")))
    # Half past eight on the evening of 22 November in Miami is 23 November in UTC.
    assert "told_in_future" not in warnings(least(told_benefits=told(at="2026-11-23T01:30:00Z")))


def test_a_deductible_outside_the_maximum_warns() -> None:
    body = least(told_benefits=told(out_of_pocket_includes_deductible=False))
    assert warnings(body) == ["deductible_outside_out_of_pocket"]
