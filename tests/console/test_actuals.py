"""What was paid as pages: taken in, entered, shown beside its estimate, and how good estimates were."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.paid import DAYS, HEADER, on, open_case, paid_as_estimated
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.windows import Seen, send, sign_in
from tests.payers.x12.remittances import claim, remittance

NUMBERS = iter(f"PAGE-{number}" for number in range(100))
DIFFERENT = (
    on(DAYS[0]),
    on(DAYS[1], allowed="420", paid="336", adjustments=("CO*45*180", "PR*2*84")),
    on(DAYS[2], allowed="420", paid="336", adjustments=("CO*45*180", "PR*2*84")),
    on(DAYS[3], allowed="420", paid="336", adjustments=("CO*45*180", "PR*2*84")),
    on(DAYS[4], allowed="420", paid="0", adjustments=("CO*197*600",)),
)


def take_in(client: FlaskClient, text: str) -> str:
    file = (BytesIO(text.encode()), "paid.txt")
    return client.post("/console/paid", data={"file": file}, content_type="multipart/form-data").text


def test_a_file_is_taken_in_and_its_case_says_what_was_paid_and_why(staff: FlaskClient) -> None:
    number = next(NUMBERS)
    case = open_case(staff, number)
    page = take_in(staff, remittance(claim(number, *DIFFERENT)))
    assert f"/console/cases/{case}/paid" in page
    for shown in (f"/console/cases/{case}/paid", f"/console/cases/{case}"):
        page = staff.get(shown).text
        assert "The payer allows $420.00, not $415.00 (+$1.00)." in page
        assert (
            "The deductible or the out-of-pocket maximum stood otherwise than was known (-$160.00)." in page
        )
    spanish = staff.get(f"/console/cases/{case}/paid?language=es").text
    assert "El seguro permite" in spanish
    staff.get("/console/paid?language=en")


def test_a_table_tells_what_is_wrong_with_each_row(staff: FlaskClient) -> None:
    page = take_in(staff, HEADER + "NOBODY-7,2026-11-04,400,80,,,,\n,2026-11-04,400,500,,,,\n")
    assert "no case has this number" in page
    assert "NOBODY-7" not in page
    assert "The patient owes is more than was allowed." in page
    refused = staff.post("/console/paid", data={"file": (BytesIO(b"shoe_size\n9\n"), "x.csv")})
    assert refused.status_code == 422
    assert staff.get("/console/paid/template.csv").text.startswith("external_id,case_id,date_of_service")


def test_a_session_is_entered_and_what_cannot_be_stays_as_it_was_typed(staff: FlaskClient) -> None:
    case = open_case(staff, next(NUMBERS))
    at = f"/console/cases/{case}/paid"
    typed = {"date_of_service": DAYS[1], "status": "paid", "allowed": "400", "patient": "500"}
    refused = staff.post(at, data=typed)
    assert refused.status_code == 422
    assert 'value="500"' in refused.text
    assert staff.post(at, data=typed | {"patient": "$80", "coinsurance": "80"}).status_code == 303
    assert "The payer allows $400.00, not $415.00 (-$3.00)." in staff.get(at).text
    nowhere = "/console/cases/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44/paid"
    assert staff.get(nowhere).status_code == 404


def test_proposed_rates_are_shown_with_the_lines_for_the_profile(staff: FlaskClient) -> None:
    number = next(NUMBERS)
    open_case(staff, number)
    take_in(staff, remittance(claim(number, *DIFFERENT)))
    page = staff.get("/console/accuracy").text
    assert "exact estimates" in page
    assert "intensive_outpatient: &#34;420.00&#34;" in page


@with_a_browser
@pytest.mark.parametrize("seen", ["phone"], indirect=True)
def test_every_page_of_what_was_paid_is_sound(seen: Seen, app: Flask, address: str, tmp_path: Path) -> None:
    number, page = next(NUMBERS), seen.page
    case = open_case(signed_in(app, "luz", "admissions"), number)
    file = tmp_path / "paid.edi"
    file.write_text(remittance(claim(number, *DIFFERENT), claim("NOBODY-9", on(DAYS[0]))))
    sign_in(page, address)
    page.goto(f"{address}/paid")
    seen.look()
    page.set_input_files("#file", file)
    send(page, "form.put-up button")
    seen.look()
    for where in (f"{address}/cases/{case}/paid", f"{address}/cases/{case}", f"{address}/accuracy"):
        page.goto(where)
        seen.look()
    page.goto(f"{address}/cases/{case}/paid")
    page.click("summary")
    page.fill("#date_of_service", DAYS[5])
    page.fill("#allowed", "400")
    page.fill("#patient", "500")
    send(page, "form.record button")
    seen.look()
    page.fill("#patient", "80")
    send(page, "form.record button")
    assert page.locator("tbody tr").count() == 6


def test_a_remittance_that_pays_as_estimated_reads_as_expected(staff: FlaskClient) -> None:
    number = next(NUMBERS)
    case = open_case(staff, number)
    take_in(staff, paid_as_estimated(number))
    assert staff.get(f"/console/cases/{case}/paid").text.count("As expected.") == len(DAYS)
