"""A case as staff work it, page by page, without a script: authorizations, quotes, contacts, the hand-off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.examples import A_CONTACT
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, verify, words_of

MEDICARE = {"payer": "medicare", "member_id": "1EG4TE5MK73", "site": "cmhc", "birth_date": "1957-03-02"}
AUTHORIZATION = {
    "level_of_care": "intensive_outpatient",
    "payer": "Florida Blue",
    "status": "approved",
    "number": "AUTH-77",
    "valid_from": "2026-12-07",
    "units_approved": "10",
    "unit": "day",
    "codes": "S9480, 0905",
}


def case_of(client: FlaskClient, **typed: str) -> str:
    """The address of a new case in which somebody was asked about."""
    asked = verify(client, **typed)
    page = client.get(asked.location).text
    found = re.search(r'href="(/console/cases/[0-9a-f-]{36})"', page)
    assert found, "the answer leads to its case"
    return found[1]


@pytest.fixture
def case(staff: FlaskClient) -> str:
    return case_of(staff, weeks="8")


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return words_of(answer.text.partition("<main")[2])


def test_a_case_says_what_is_still_to_be_settled(staff: FlaskClient, case: str) -> None:
    page = read(staff, case)
    assert "Not ready to admit yet" in page
    assert "Active on the first day : to be settled. Nobody confirmed the membership." in page
    assert "Case opened" in page


def test_staff_settle_an_item_by_their_word_and_take_it_back(staff: FlaskClient, case: str) -> None:
    staff.post(f"{case}/confirmations", data={"item": "referral", "note": "faxed by Dr. Prueba"})
    page = read(staff, case)
    assert "Referral : yes. Settled by staff. faxed by Dr. Prueba" in page
    staff.post(f"{case}/confirmations", data={"item": "referral", "do": "take_back"})
    assert "Referral : to be settled." in read(staff, case)
    assert staff.post(f"{case}/confirmations", data={"item": "membership"}).status_code == 404


def test_a_case_moves_on_and_goes_to_somebody(staff: FlaskClient, case: str) -> None:
    staff.post(case, data={"status": "admitted", "owner": "luz"})
    page = read(staff, case)
    assert "Case changed: Admitted" in page
    assert 'value="luz"' in staff.get(case).text


# --- authorizations


def test_an_authorization_is_entered_and_shows_what_is_left_and_when_it_runs_out(
    staff: FlaskClient, case: str
) -> None:
    added = staff.post(f"{case}/authorizations", data=AUTHORIZATION)
    assert added.status_code == 303, words_of(added.text)
    page = read(staff, added.location)
    # Mondays, Wednesdays and Fridays from December 7, the 25th closed at this site: the tenth is the 30th.
    assert "10 of 10 days left" in page
    assert "Covered up to Wed Dec 30, 2026" in page
    listed = read(staff, f"{case}/authorizations")
    assert "AUTHORIZED FOR A PART: not authorized from" in listed
    assert "AUTH-77" in listed


def test_absences_are_checked_off_and_move_its_end(staff: FlaskClient, case: str) -> None:
    where = staff.post(f"{case}/authorizations", data=AUTHORIZATION).location
    saved = staff.post(where, data={"absences_of": "1", "absences": ["2026-12-09", "2026-12-14"]})
    assert saved.status_code == 303
    assert "Absences (2)" in read(staff, where)
    assert "Covered up to Mon Jan 6, 2027" not in read(staff, where)
    assert "Covered up to Wed Jan 6, 2027" in read(staff, where)
    staff.post(where, data=AUTHORIZATION | {"units_approved": "9"})
    assert "Absences (2)" in read(staff, where), "what another form says stays"
    staff.post(where, data={"absences_of": "1"})
    assert "Absences (" not in read(staff, where)


def test_what_is_wrong_with_an_authorization_stands_beside_its_field_and_what_was_typed_stays(
    staff: FlaskClient, case: str
) -> None:
    answer = staff.post(
        f"{case}/authorizations", data=AUTHORIZATION | {"valid_from": "", "units_approved": "ten"}
    )
    assert answer.status_code == 422
    assert 'id="valid_from-fault"' in answer.text
    page = words_of(answer.text)
    assert "Holds from is missing." in page
    assert "Units approved has to be a whole number." in page
    assert 'value="ten"' in answer.text
    assert 'value="AUTH-77"' in answer.text


def test_of_a_medicare_patient_no_authorization_is_asked(staff: FlaskClient) -> None:
    case = case_of(staff, **MEDICARE)
    assert "the plan asks for no authorization" in read(staff, f"{case}/authorizations")


# --- quotes


def confirmed(client: FlaskClient) -> str:
    """A case of a Medicare patient whom somebody confirmed."""
    asked = verify(client, **MEDICARE)
    told = client.post(f"{asked.location}/told", data={"/told_benefits/active": "yes", "channel": "phone"})
    found = re.search(r'href="(/console/cases/[0-9a-f-]{36})"', client.get(told.location).text)
    assert found
    return found[1]


def test_a_quote_goes_from_draft_to_acknowledged(staff: FlaskClient) -> None:
    case = confirmed(staff)
    made = staff.post(
        f"{case}/quotes",
        data={
            "language": "es",
            "deposit_asked": "$100",
            "instalments-0-amount": "50",
            "instalments-0-due": "2026-12-21",
        },
    )
    assert made.status_code == 303, words_of(made.text)
    page = read(staff, made.location)
    assert "$100.00" in page
    assert "$50.00" in page
    assert staff.post(made.location, data={"status": "approved"}).status_code == 303
    refused = staff.post(made.location, data={"status": "given", "told_to": "", "told_on": ""})
    assert refused.status_code == 422
    assert "Told to is missing." in words_of(refused.text)
    given = {"status": "given", "told_to": "Luz Prueba", "told_on": "2026-11-25"}
    assert staff.post(made.location, data=given).status_code == 303
    paid = {"received-0-amount": "100", "received-0-on": "2026-11-25", "received-0-method": "card"}
    staff.post(made.location, data=paid)
    staff.post(made.location, data={"status": "acknowledged", "acknowledged_on": "2026-11-25"})
    page = read(staff, made.location)
    assert "Quote · acknowledged" in page
    assert "Received: $100.00" in page
    assert "Quote acknowledged : yes." in read(staff, case)


def test_a_quote_of_somebody_unconfirmed_waits_for_a_supervisor(app: Flask, staff: FlaskClient) -> None:
    case = case_of(staff, **MEDICARE)
    assert "Membership not confirmed" in read(staff, f"{case}/quotes")
    where = staff.post(f"{case}/quotes", data={"language": "en"}).location
    refused = staff.post(where, data={"status": "approved"})
    assert refused.status_code == 422
    assert "or by a supervisor who says why" in words_of(refused.text)
    assert 'name="reason"' not in staff.get(where).text
    supervisor = signed_in(app, "sofia", "supervisor")
    assert 'name="reason"' in supervisor.get(where).text
    assert supervisor.post(where, data={"status": "approved", "reason": ""}).status_code == 422
    approved = supervisor.post(where, data={"status": "approved", "reason": "The portal is down."})
    assert approved.status_code == 303
    assert "sofia" in read(staff, where)


def test_a_quote_that_no_longer_holds_asks_for_a_new_one(staff: FlaskClient) -> None:
    case = confirmed(staff)
    where = staff.post(f"{case}/quotes", data={"language": "en"}).location
    verify(staff, **MEDICARE, case=case.rpartition("/")[2], weeks="12")
    page = read(staff, where)
    assert "A new quote is needed" in page
    assert "The total moved." in page


def test_more_than_may_be_collected_is_refused_in_words(staff: FlaskClient) -> None:
    case = confirmed(staff)
    refused = staff.post(f"{case}/quotes", data={"language": "en", "deposit_asked": "99,999"})
    assert refused.status_code == 422
    assert "Deposit asked for with the instalments is more than the estimate." in words_of(refused.text)


def test_of_whom_nothing_may_be_collected_the_quote_says_not_to_bill(staff: FlaskClient) -> None:
    case = case_of(staff, **MEDICARE, second_payer="florida-medicaid", second_plan="qmb")
    page = read(staff, f"{case}/quotes")
    assert "Do not bill the patient." in page
    refused = staff.post(f"{case}/quotes", data={"language": "en", "deposit_asked": "25"})
    assert refused.status_code == 422
    assert "is more than may be collected from this patient" in words_of(refused.text)


def test_a_quote_is_in_the_language_that_the_patient_reads(staff: FlaskClient) -> None:
    case = confirmed(staff)
    chosen = '<option value="{}" selected>'
    assert chosen.format("en") in staff.get(f"{case}/quotes").text
    staff.post(f"{case}/contacts", data={"relation": "patient", "name": "Ana Prueba", "language": "es"})
    assert chosen.format("es") in staff.get(f"{case}/quotes").text


# --- contacts and hand-off


def test_a_contact_is_entered_with_a_consent_that_can_be_revoked(staff: FlaskClient, case: str) -> None:
    consent = A_CONTACT["consents"][0]  # type: ignore[index]
    typed = {name: value for name, value in A_CONTACT.items() if name != "consents"}
    typed |= {f"consents-0-{name}": value for name, value in consent.items()}  # type: ignore[attr-defined]
    added = staff.post(f"{case}/contacts", data=typed)
    assert added.status_code == 303, words_of(added.text)
    assert "Luz Prueba" in read(staff, f"{case}/contacts")
    staff.post(added.location, data=typed | {"consents-0-revoked_on": "2026-11-25", "do_not_contact": "yes"})
    page = read(staff, f"{case}/contacts")
    assert "revoked Nov 25, 2026" in page
    assert "Do not contact" in page
    assert "A consent was revoked." in page


def test_of_a_child_it_is_asked_who_consented_and_letters_are_warned_of(staff: FlaskClient) -> None:
    case = case_of(staff, birth_date="2014-03-02", relationship="child")
    page = read(staff, case)
    assert "who consented" in page
    assert "42 CFR Part 2" in page


def test_the_hand_off_is_one_page_and_a_table(staff: FlaskClient, case: str) -> None:
    staff.post(f"{case}/authorizations", data=AUTHORIZATION)
    page = read(staff, f"{case}/hand-off")
    assert "Still open" in page
    assert "AUTH-77" in page
    assert "not known, ask the plan" in page
    table = staff.get(f"{case}/hand-off?format=csv")
    assert table.mimetype == "text/csv"
    assert "hand-off.csv" in table.headers["Content-Disposition"]


def test_a_case_that_nobody_verified_says_so_on_every_page(app: Flask, staff: FlaskClient) -> None:
    key = app.extensions["office"].settings.api_key_file.read_text().strip()
    opened: Any = app.test_client().post("/v1/cases", json={}, headers={"Authorization": f"Bearer {key}"})
    case = f"{ROOM}/cases/{opened.json['id']}"
    for page in ("", "/authorizations", "/quotes", "/contacts", "/hand-off"):
        assert staff.get(case + page).status_code == 200
    assert "Nothing was verified" in read(staff, f"{case}/hand-off")
    nowhere = f"{ROOM}/cases/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    for page in ("", "/authorizations", "/hand-off"):
        assert staff.get(nowhere + page).status_code == 404


def test_all_clocks_are_on_one_page_the_soonest_first(staff: FlaskClient, case: str) -> None:
    staff.post(f"{case}/authorizations", data=AUTHORIZATION | {"next_review_due": "2026-12-11"})
    page = read(staff, f"{ROOM}/clocks")
    assert "Review due" in page
    assert page.index("Fri Dec 11, 2026") < page.index("Authorization runs out")


def test_the_pages_of_a_case_speak_spanish(staff: FlaskClient, case: str) -> None:
    staff.post(f"{case}/authorizations", data=AUTHORIZATION)
    for page in ("", "/authorizations", "/quotes", "/contacts", "/hand-off"):
        text = read(staff, f"{case}{page}?language=es")
        assert "Entrega a facturación" in text
        assert "Authorization" not in text
    staff.get(f"{case}?language=en")


def test_before_a_letter_about_somebody_on_anothers_policy_a_warning_stands(staff: FlaskClient) -> None:
    own, other = verify(staff).location, verify(staff, relationship="spouse").location
    assert "42 CFR Part 2" not in staff.get(own).text
    assert "42 CFR Part 2" in staff.get(other).text


def test_an_answer_says_where_a_session_ahead_is_not_authorized(staff: FlaskClient) -> None:
    asked = verify(staff, weeks="8")
    assert "Is every session authorized?" not in read(staff, asked.location), (
        "nobody knows whether it must be"
    )
    found = re.search(r'href="(/console/cases/[0-9a-f-]{36})"', staff.get(asked.location).text)
    assert found
    staff.post(f"{found[1]}/authorizations", data=AUTHORIZATION)
    page = read(staff, asked.location)
    assert "Is every session authorized?" in page
    assert "AUTHORIZED FOR A PART: not authorized from" in page
