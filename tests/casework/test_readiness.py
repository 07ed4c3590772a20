"""Ready to admit: each thing is settled by a fact, or by the word of staff where no fact says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from service.casework.contacts import cautions
from service.casework.hand_off import hand_off, write_csv
from service.casework.keeping import draft_change
from service.casework.readiness import is_ready, readiness
from tests.casework.invented import SUPERVISOR, approved, file_on, recorded, required, verified
from tests.explain.desk import CALL, desk

THRESHOLD = 50_00
IOP = "intensive_outpatient"
TOLD = required(
    other_coverage=None,
    claims={"payer_id": "62308", "address": "PO Box 1, Chattanooga TN 37422", "timely_filing_days": 90},
)
CIGNA = verified(TOLD, start_date="2026-03-02")
MEDICARE = verified(payer="medicare", site="cmhc", modality="in_person", start_date="2026-03-02")


def states(latest: Any, *found: Any) -> dict[str, tuple[str, str]]:
    file = file_on("2026-02-20", latest, *found)
    return {item.name: (item.state, item.code) for item in readiness(file, THRESHOLD)}


def test_where_nobody_asked_yet_everything_is_to_be_asked() -> None:
    assert {state for state, _ in states(None).values()} == {"ask"}


def test_each_thing_is_settled_by_what_is_known_of_it() -> None:
    assert states(CIGNA) == {
        "membership": ("yes", "membership_active"),
        "payer_order": ("yes", "no_other_coverage"),
        "network": ("yes", "in_network"),
        "referral": ("ask", "referral_not_asked"),
        "authorization": ("no", "phase_not_authorized"),
        "certification": ("not_applicable", "certification_not_known_to_be_needed"),
        "quote": ("ask", "no_quote"),
    }
    assert states(MEDICARE) == {
        "membership": ("ask", "membership_unconfirmed"),
        "payer_order": ("ask", "other_coverage_not_asked"),
        "network": ("yes", "in_network"),
        "referral": ("ask", "referral_not_asked"),
        "authorization": ("not_applicable", "phase_not_needed"),
        "certification": ("ask", "certification_to_get"),
        "quote": ("ask", "no_quote"),
    }


def test_who_pays_alone_has_only_the_quote_to_settle() -> None:
    alone = states(verified(payer="self-pay", site="cmhc", modality="in_person", start_date="2026-03-02"))
    assert {name for name, (state, _) in alone.items() if state != "not_applicable"} == {"quote"}
    assert alone["membership"] == ("not_applicable", "paying_alone")


def test_the_word_of_staff_settles_what_no_fact_settles_and_can_be_taken_back() -> None:
    said = recorded("confirmation", MEDICARE, item="certification", on="2026-02-19", note="in the chart")
    assert states(MEDICARE, said)["certification"] == ("yes", "settled_by_staff")
    back = recorded("confirmation", MEDICARE, item="certification", is_settled=False)
    assert states(MEDICARE, said, back)["certification"] == ("ask", "certification_to_get")


def test_an_inactive_member_is_not_ready_whatever_staff_say() -> None:
    inactive = verified({"told_by": CALL, "active": False}, start_date="2026-03-02")
    assert states(inactive)["membership"] == ("no", "membership_inactive")


def test_an_authorization_for_another_code_has_to_be_asked_about() -> None:
    right = recorded("authorization", MEDICARE, **approved(IOP, "2026-03-02", 24))
    assert states(CIGNA, right)["authorization"] == ("yes", "phase_authorized")
    billed = CIGNA.answer["phases"][0]["billing"]
    named = {"codes": ["90791"]} if billed is not None else {}
    other = recorded("authorization", CIGNA, **approved(IOP, "2026-03-02", 24, **named))
    expected = "authorization_for_other_code" if billed is not None else "phase_authorized"
    assert states(CIGNA, other)["authorization"][1] == expected


def ready() -> list[Any]:
    quote = recorded("quote", CIGNA)
    quote = draft_change(quote, {"status": "approved"}, SUPERVISOR)
    said = {"status": "acknowledged", "told_to": "Luz Prueba", "told_on": "2026-02-20"}
    with pytest.raises(Exception, match="acknowledged_on"):
        draft_change(quote, said, SUPERVISOR)
    return [
        draft_change(quote, said | {"acknowledged_on": "2026-02-20"}, SUPERVISOR),
        recorded("confirmation", CIGNA, item="referral"),
        recorded(
            "authorization",
            CIGNA,
            **approved(IOP, "2026-03-02", 24, number="AUTH-77", absences=["2026-03-04"]),
        ),
    ]


def test_with_everything_settled_a_case_is_ready() -> None:
    file = file_on("2026-02-20", CIGNA, *ready())
    assert is_ready(readiness(file, THRESHOLD))
    assert not is_ready(readiness(file_on("2026-02-20", CIGNA), THRESHOLD))


# --- the hand-off


def test_billing_is_given_what_a_claim_needs_and_what_is_open() -> None:
    file = file_on("2026-02-20", CIGNA, *ready())
    document = hand_off(file, desk(), readiness(file, THRESHOLD))
    assert document["payers"] == [
        {"id": "cigna", "name": "Cigna Healthcare", "plan": None, "member_id": "W123456789", "order": "first"}
    ]
    assert document["claims"] == {
        "payer_id": "62308",
        "address": "PO Box 1, Chattanooga TN 37422",
        "timely_filing_days": 90,
        "assignment_of_benefits": None,
    }
    assert document["authorizations"][0]["number"] == "AUTH-77"
    assert document["calls"][0]["reference"] == "CALL-123"
    assert document["site"]["npi"] == desk().clinic.sites["virtual"].npi
    assert document["open"] == []


def test_what_nobody_said_is_left_empty_and_never_guessed() -> None:
    file = file_on("2026-02-20", MEDICARE)
    document = hand_off(file, desk(), readiness(file, THRESHOLD))
    assert document["claims"] == dict.fromkeys(document["claims"])
    assert {one["item"] for one in document["open"]} == {
        "membership",
        "payer_order",
        "referral",
        "certification",
        "quote",
    }
    with pytest.raises(LookupError):
        hand_off(file_on("2026-02-20", None), desk(), [])


def test_the_same_as_a_table_works_nothing_out_in_a_spreadsheet() -> None:
    said = {"told_by": CALL | {"reference": "=HYPERLINK(1)"}, "active": True}
    file = file_on("2026-02-20", verified(said))
    text = write_csv(hand_off(file, desk(), readiness(file, THRESHOLD)))
    assert text.startswith("field,value\r\n")
    assert "calls.1.reference,'=HYPERLINK(1)\r\n" in text
    assert "member.last_name,Prueba\r\n" in text


# --- whom one may speak to


def contact(relation: str, **more: Any) -> Any:
    return recorded("contact", None, relation=relation, name="Luz Prueba", **more)


CONSENT = {"text": "I agree.", "version": "2026-01", "given_on": "2026-02-01", "given_by": "Luz Prueba"}


def test_for_a_minor_it_is_asked_who_consented() -> None:
    child = request_of(birth_date="2012-05-05", relationship="child")
    assert [*cautions(file_on("2026-02-20", child))] == [
        "minor_without_consent",
        "letters_reach_the_policyholder",
    ]
    parent = contact("guardian", authority="parent", consents=[CONSENT])
    assert [*cautions(file_on("2026-02-20", child, parent))] == ["letters_reach_the_policyholder"]
    revoked = contact("guardian", authority="parent", consents=[CONSENT | {"revoked_on": "2026-02-10"}])
    assert [*cautions(file_on("2026-02-20", child, revoked))] == [
        "minor_without_consent",
        "letters_reach_the_policyholder",
        "consent_was_revoked",
    ]


def test_of_an_adult_with_a_policy_of_their_own_nothing_stands_in_the_way() -> None:
    assert [*cautions(file_on("2026-02-20", MEDICARE))] == []
    assert [*cautions(file_on("2026-02-20", MEDICARE, contact("policyholder", do_not_contact=True)))] == [
        "letters_reach_the_policyholder",
        "somebody_is_not_to_be_contacted",
    ]


def request_of(**member: Any) -> Any:
    whole = {"member_id": "W123456789", "first_name": "Ana", "last_name": "Prueba", **member}
    return verified(start_date="2026-03-02", member=whole)
