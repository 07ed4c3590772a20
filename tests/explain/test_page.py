"""The printed page: what comes first, what it says of whom, and that figures stand under each other."""

from __future__ import annotations

from typing import Any

import pytest

from service.explain import Locale
from service.explain.page import Reader, print_verification
from tests.explain.desk import CALL, MET, answer, request

PHP = "partial_hospitalization"
IOP = "intensive_outpatient"
ACTIVE = {"told_by": CALL, "active": True}


def page(body: dict[str, Any], locale: Locale = "en") -> str:
    return print_verification(answer(body), Reader(locale))


def lines(body: dict[str, Any], locale: Locale = "en") -> list[str]:
    return [line.strip() for line in page(body, locale).splitlines()]


def section(body: dict[str, Any], heading: str, locale: Locale = "en") -> list[str]:
    """Return the lines of one section, without its heading."""
    found = lines(body, locale)
    rest = found[found.index(heading) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_a_member_whom_nobody_confirmed_comes_before_everything_else() -> None:
    printed = lines(request())
    assert printed[0] == "◌ MEMBERSHIP NOT CONFIRMED"
    assert printed[2:4] == [
        "Ask first:",
        "1 Is this person in a Medicare Advantage plan on Mon Mar 2, 2026, and in which one?",
    ]


@pytest.mark.parametrize(
    ("locale", "verdict"),
    [("en", "● THIS PLAN COVERS THIS CARE"), ("es", "● ESTE PLAN CUBRE ESTA ATENCIÓN")],
)
def test_nobody_is_called_covered_whom_nobody_confirmed(locale: Locale, verdict: str) -> None:
    printed = lines(request(), locale)
    assert verdict in printed
    assert not {"● COVERED", "● CUBIERTO"} & set(printed)


def test_a_member_who_was_confirmed_is_covered() -> None:
    printed = lines(request(told_benefits=ACTIVE))
    assert printed[0] == "Ana P. · Original Medicare · cmhc · from Mon Mar 2, 2026"
    assert printed[2] == "Membership: active, as told [1]"
    assert "● COVERED" in printed


def test_the_page_keeps_the_order_of_importance() -> None:
    headings = [
        line for line in lines(request(told_benefits=MET)) if line.isupper() and not line.startswith("(")
    ]
    assert headings == [
        "◌ MEMBERSHIP NOT CONFIRMED",
        "VERDICT",
        "● THIS PLAN COVERS THIS CARE",
        "PRIOR AUTHORIZATION",
        "○ NO PRIOR AUTHORIZATION",
        "COST TO THE PATIENT",
        "COST BY WEEK, IN US DOLLARS",
        "WE ASSUME",
        "DO NEXT",
        "QUESTIONS FOR THE PAYER",
        "SOURCES",
    ]


def test_an_exact_cost_is_said_with_its_first_day_and_what_follows() -> None:
    found = section(request(told_benefits=MET), "COST TO THE PATIENT")
    assert found[:2] == [
        "$839.59 for 24 sessions (exact)",
        "First day $127.74, then usually $25.55 per session",
    ]
    assert "Collect: $127.74 on Mon Mar 2, 2026" in found
    assert section(request(told_benefits=MET), "WE ASSUME") == [
        "Nothing: every input was told, reported or published."
    ]


def test_an_estimated_cost_is_said_with_its_range_and_what_moves_it() -> None:
    body = request()
    found = section(body, "COST TO THE PATIENT")
    assert found[:2] == ["$839.59 for 24 sessions (estimated)", "Between $613.20 and $839.59"]
    assumed = " ".join(section(body, "WE ASSUME"))
    assert "How much of the individual deductible of $283.00 is already met is unknown" in assumed
    assert "It moves the total by $226.39." in assumed


def test_weeks_are_a_table_with_figures_under_each_other_and_the_currency_once() -> None:
    printed = page(request(told_benefits=MET)).splitlines()
    start = printed.index("COST BY WEEK, IN US DOLLARS")
    assert printed[start + 1 : start + 5] == [
        "                                             Deductible",
        "  Week of       Sessions  Patient      Plan        left",
        "  Mar 2, 2026          3   303.04     80.18        0.00",
        "  Mar 9, 2026          3    76.65    306.57        0.00",
    ]
    assert printed[start + 11] == "  Total               24   839.59  2,226.17"


def test_weeks_of_which_nothing_is_known_are_left_out() -> None:
    assert "COST BY WEEK, IN US DOLLARS" not in lines(request("florida-blue", network="in"))


def test_next_steps_come_with_their_days() -> None:
    found = section(request(told_benefits=MET), "DO NEXT")
    assert "3 Mon Mar 2, 2026: Collect $127.74 on the first day." in found
    assert "4 Wed Apr 1, 2026: Verify the benefits again." in found


def test_a_step_that_comes_again_is_said_once_with_all_its_days() -> None:
    found = " ".join(section(request(told_benefits=MET, weeks=12), "DO NEXT"))
    assert "Wed Apr 1, 2026; Fri May 1, 2026: Verify the benefits again." in found


def test_an_unknown_answer_says_whom_to_call_and_what_to_ask() -> None:
    body = request("florida-blue", network="in", told_benefits=ACTIVE)
    assert "◐ UNKNOWN, ASK THE PLAN" in lines(body)
    questions = " ".join(section(body, "QUESTIONS FOR THE PAYER"))
    assert "Is prior authorization required for the intensive outpatient program (IOP)" in questions
    assert questions.startswith("Call the number on the member's card, or ask through Florida Blue")


@pytest.mark.parametrize(
    ("payer", "first"),
    [("cigna", "Call Evernorth"), ("wellpoint-florida", "Call the number on the member's card")],
)
def test_the_call_goes_to_a_known_number_or_to_the_one_on_the_card(payer: str, first: str) -> None:
    assert section(request(payer, network="in"), "QUESTIONS FOR THE PAYER")[0].strip().startswith(first)


TOLD_PHP: dict[str, Any] = {
    **ACTIVE,
    "deductible": {"individual": {"limit": "1500.00", "met": "200.00"}, "family": None},
    "out_of_pocket_max": {"individual": {"limit": "6000.00", "met": "200.00"}, "family": None},
    "levels": {
        PHP: {
            "covered": True,
            "prior_authorization": "required",
            "authorization": {
                "phone": "800-555-0101",
                "criteria": "LOCUS",
                "documents": ["Treatment plan"],
                "initial_units": 10,
                "unit": "day",
                "review_every_days": 7,
                "retro_allowed": False,
                "submitted_at": "2026-02-19T15:00:00Z",
            },
            "copay": {"amount": "40.00"},
            "deductible_applies": False,
            "allowed_amount": "400.00",
            "limit": {"units": 30, "used": 2, "unit": "day"},
            "billing": {"codes": ["H0035"], "revenue_codes": ["0912"]},
        }
    },
}


def test_an_authorization_is_told_with_all_that_goes_with_it() -> None:
    found = section(request("aetna", "php", network="in", told_benefits=TOLD_PHP), "PRIOR AUTHORIZATION")
    assert found[0] == "■ PRIOR AUTHORIZATION REQUIRED"
    for said in (
        "· Contact: 800-555-0101",
        "· First authorization: 10 days",
        "· Reviewed every 7 days",
        "· May not be authorized after care has begun",
        "· On the claim: codes H0035; revenue codes 0912 [1]",
    ):
        assert said in found
    assert any(line.startswith("· Decision due: ") for line in found)
    assert any(line.startswith("· Decision due, if expedited: Sun Feb 22, 2026, 10:00") for line in found)
    assert any(line.startswith("· Documents: Treatment plan") for line in found)


def test_a_limit_is_told_with_what_is_left_of_it() -> None:
    found = section(request("aetna", "php", network="in", told_benefits=TOLD_PHP), "VERDICT")
    assert "· Limit: 30 days per plan year, 2 used, 28 left [1]" in found


def test_phases_are_told_one_by_one() -> None:
    body = request("cigna", network="in", told_benefits={**TOLD_PHP, "levels": {}})
    del body["level_of_care"], body["start_date"]
    body["phases"] = [
        {"level_of_care": "php", "start_date": "2026-03-02", "weeks": 2},
        {"level_of_care": "iop", "weeks": 8},
    ]
    verdict = section(body, "VERDICT")
    assert [line for line in verdict if " sessions, " in line] == [
        "Partial hospitalization program (PHP) · 10 sessions, Mon Mar 2, 2026 to Sun Mar 15, 2026",
        "Intensive outpatient program (IOP) · 24 sessions, Mon Mar 16, 2026 to Sun May 10, 2026",
    ]
    assert "By level of care:" in section(body, "COST TO THE PATIENT")


def test_a_refusal_names_the_settings_that_would_do_and_the_notice_to_give() -> None:
    body = request(site="virtual", told_benefits=ACTIVE)
    assert "○ NOT COVERED" in lines(body)
    assert "It does at a hospital's outpatient department" in " ".join(section(body, "VERDICT"))
    cost = section(body, "COST TO THE PATIENT")
    assert "Collect: ask first; $300.00 on Mon Mar 2, 2026" in cost
    assert "$300.00 each session" in cost


def test_where_witnesses_differ_each_is_named_with_its_value_and_source() -> None:
    told = {**ACTIVE, "levels": {IOP: {"covered": True, "prior_authorization": "required"}}}
    found = " ".join(section(request("cigna", network="in", told_benefits=told), "WHERE SOURCES DISAGREE"))
    assert found.startswith(
        "· Prior authorization, Intensive outpatient program (IOP): published: not required ["
    )
    assert "told: required [1]. Taken as: required." in found


def test_what_a_qualified_beneficiary_owes_is_nothing() -> None:
    cost = section(request(secondary={"payer": "florida-medicaid", "plan": "qmb"}), "COST TO THE PATIENT")
    assert "Collect: nothing" in cost
    assert any(line.startswith("The second coverage pays") and line.endswith("unknown") for line in cost)


def test_every_source_is_numbered_with_its_dates_and_address() -> None:
    body = request(told_benefits=MET)
    found = section(body, "SOURCES")
    assert found[0] == "[1]  Told by phone; CALL-123; primary source; retrieved Fri Feb 20, 2026"
    assert len([line for line in found if line.startswith("[")]) == len(answer(body)["citations"])
    assert any(line.startswith("https://") for line in found)


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "This is not a guarantee of payment."), ("es", "Esto no es una garantía de pago.")],
)
def test_the_page_ends_with_what_it_is_not(locale: Locale, words: str) -> None:
    assert page(request(), locale).rstrip().endswith(words)


def test_the_page_in_spanish_is_spanish() -> None:
    found = lines(request(told_benefits=MET), "es")
    assert found[0] == "◌ MEMBRESÍA SIN CONFIRMAR"
    for said in (
        "○ SIN AUTORIZACIÓN PREVIA",
        "$839.59 por 24 sesiones (exacto)",
        "El primer día $127.74; después, por lo general, $25.55 por sesión",
        "Cobrar: $127.74 el lun 2 de marzo de 2026",
        "3 Lun 2 de marzo de 2026: Cobre $127.74 el primer día.",
        "Nada: cada dato fue indicado, informado o publicado.",
    ):
        assert said in found


def test_a_page_needs_nothing_but_the_answer_as_it_travels() -> None:
    made = answer(request())
    del made["request"], made["produced_by"]
    printed = print_verification(made, Reader("en"))
    assert "\nOriginal Medicare · cmhc · from Mon Mar 2, 2026\n" in printed
