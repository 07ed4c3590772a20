"""What the verify page says of the payer that is being typed."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.console.test_pages import ROOM

MEMBER_ID = "QZX9182736450"


def typed(staff: FlaskClient, text: str) -> str:
    answer = staff.get(f"{ROOM}/verify/payer?payer={quote(text)}")
    assert answer.status_code == 200
    return answer.text


def test_a_payer_that_is_typed_by_its_name_stands_alone(staff: FlaskClient) -> None:
    page = typed(staff, "Cigna Open Access Plus")
    assert "Cigna Healthcare" in page
    assert "data-payer" not in page


def test_a_name_that_pays_nothing_says_what_to_do(staff: FlaskClient) -> None:
    page = typed(staff, "PHCS")
    assert "MultiPlan is a network of providers and pays nothing." in page


def test_a_prefix_offers_blue_plans_each_with_who_decides(staff: FlaskClient) -> None:
    page = typed(staff, "QZX")
    assert 'data-payer="florida-blue"' in page
    assert "Who decides on authorization for Florida Blue is not published" in page
    assert "1-800-676-2583" in page
    assert "It may lead to this one" in page or "More than one insurance may be meant." in page


def test_an_insurance_that_another_runs_is_offered_and_not_taken(staff: FlaskClient) -> None:
    page = typed(staff, "Meritain Health")
    assert 'data-payer="aetna"' in page
    assert "\u2713" not in page


def test_whoever_chose_from_the_list_is_asked_nothing_more(staff: FlaskClient) -> None:
    page = typed(staff, "medicare")
    assert "Original Medicare" in page
    assert "data-payer" not in page


@pytest.mark.parametrize("text", [MEMBER_ID, f"Florida Blue {MEMBER_ID}"])
def test_a_member_id_in_the_field_of_the_payer_is_said_and_not_looked_up(
    staff: FlaskClient, text: str
) -> None:
    page = typed(staff, text)
    assert "This looks like a member ID." in page
    assert MEMBER_ID not in page
    assert "data-payer" not in page
