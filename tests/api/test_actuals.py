"""What was paid over HTTP: taken in once, matched by ids alone, kept beside its estimate, and measured."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.store import records
from service.store.session import transaction
from tests.api.paid import CSV, DAYS, HEADER, kept_of, on, open_case, paid_as_estimated, send
from tests.payers.x12.remittances import claim, line, remittance


def outcomes(taken: dict[str, Any]) -> dict[str, int]:
    return {one["outcome"]: one["rows"] for one in taken["counts"]}


def causes(session: dict[str, Any]) -> dict[str, str]:
    return {one["cause"]: one["amount"] for one in session["comparison"]["causes"]}


def test_a_remittance_is_kept_beside_its_estimate_and_matches_it(client: FlaskClient) -> None:
    case = open_case(client, "PAID-1")
    taken = send(client, paid_as_estimated("PAID-1"))
    assert (taken["form"], taken["remittances"], taken["provider_adjustments"]) == ("x12_835", 1, 1)
    assert outcomes(taken) == {"kept": 6}
    sessions = kept_of(client, case)
    assert [one["date_of_service"] for one in sessions] == list(DAYS)
    assert [one["patient"] for one in sessions] == ["243.00"] + ["83.00"] * 5
    assert all(causes(one) == {"matches": "0.00"} for one in sessions)
    assert sessions[0]["expected"]["deductible"] == "200.00"
    assert sessions[0]["expected"]["certainty"] == "exact"
    assert sessions[0]["lines"][0]["procedure"] == "H0015"


def test_the_same_file_twice_changes_nothing(client: FlaskClient) -> None:
    case = open_case(client, "PAID-2")
    send(client, paid_as_estimated("PAID-2"))
    before = kept_of(client, case)
    assert outcomes(send(client, paid_as_estimated("PAID-2"))) == {"unchanged": 6}
    assert kept_of(client, case) == before


def test_the_cause_of_each_difference_is_told(client: FlaskClient) -> None:
    case = open_case(client, "PAID-3")
    lines = (
        on(DAYS[0]),  # the deductible was met elsewhere: 83.00, not 243.00
        on(DAYS[1], allowed="400", paid="320", adjustments=("CO*45*200", "PR*2*80")),
        on(DAYS[2], paid="290.50", adjustments=("CO*45*185", "PR*2*124.50")),
        on(DAYS[3], paid="0", adjustments=("CO*197*600",), allowed=None),
    )
    send(client, remittance(claim("PAID-3", *lines)))
    found = kept_of(client, case)
    assert [causes(one) for one in found] == [
        {"accumulator": "-160.00"},
        {"rate": "-3.00"},
        {"benefit": "41.50"},
        {"denial": "-83.00"},
    ]
    assert [one["status"] for one in found] == ["paid", "paid", "paid", "denied"]
    assert found[1]["comparison"]["allowed_difference"] == "-15.00"


def test_a_reversal_and_a_correction_replace_what_was_paid_and_the_history_stays(client: FlaskClient) -> None:
    case = open_case(client, "PAID-4")
    send(client, remittance(claim("PAID-4", on(DAYS[1]))))
    back = on(DAYS[1], charge="-600", paid="-332", adjustments=("CO*45*-185", "PR*2*-83"), allowed="-415")
    again = on(DAYS[1], allowed="400", paid="320", adjustments=("CO*45*200", "PR*2*80"))
    correction = remittance(
        claim("PAID-4", back, status="22", charge="-600", paid="-332", patient="-83"),
        claim("PAID-4", again, control="PCN2"),
        paid_on="20270110",
        trace="EFT2",
    )
    assert outcomes(send(client, correction)) == {"reversed": 1, "kept": 1}
    (session,) = kept_of(client, case)
    assert (session["allowed"], session["patient"]) == ("400.00", "80.00")
    assert [one["allowed"] for one in session["earlier"]] == ["415.00"]
    assert outcomes(send(client, remittance(claim("PAID-4", on(DAYS[1]))))) == {"unchanged": 1}


def test_what_cannot_be_matched_is_listed_by_a_mark_and_never_by_a_name(client: FlaskClient) -> None:
    taken = send(client, remittance(claim("NOBODYS-NUMBER", line())))
    assert outcomes(taken) == {"no_such_case": 1}
    assert len(taken["rows"][0]["mark"]) == 12
    assert "NOBODYS" not in str(taken)
    assert "PRUEBA" not in str(taken)


def test_of_several_cases_with_a_number_the_one_whose_care_began_last_is_meant(client: FlaskClient) -> None:
    first = open_case(client, "PAID-5")
    second = open_case(client, "PAID-5", start_date="2026-11-09")
    send(client, remittance(claim("PAID-5", on(DAYS[1]), on(DAYS[4]))))
    assert [one["date_of_service"] for one in kept_of(client, first)] == [DAYS[1]]
    assert [one["date_of_service"] for one in kept_of(client, second)] == [DAYS[4]]
    open_case(client, "PAID-5", start_date="2026-11-09")
    assert outcomes(send(client, remittance(claim("PAID-5", on(DAYS[5]))))) == {"several_cases": 1}


def test_a_day_that_was_not_planned_is_kept_and_not_compared(client: FlaskClient) -> None:
    case = open_case(client, "PAID-6")
    send(client, remittance(claim("PAID-6", on("2026-11-03"))))
    (session,) = kept_of(client, case)
    assert session["comparison"]["reason"] == "no_session_planned"
    assert session["expected"] is None


def test_what_is_no_first_payment_or_of_no_one_day_is_left_out_and_said(client: FlaskClient) -> None:
    open_case(client, "PAID-7")
    over = line(day="", more="DTM*150*20261102~DTM*151*20261104~")
    duplicate = on(DAYS[0], paid="0", adjustments=("OA*18*600",), allowed=None)
    taken = send(
        client,
        remittance(
            claim("PAID-7", on(DAYS[0]), status="2"),
            claim("PAID-7", over),
            claim("PAID-7", duplicate),
            claim("PAID-7", "CAS*PR*1*50~", on(DAYS[0])),
            claim("PAID-7", on(DAYS[0]), status="25"),
            claim("PAID-7", on(DAYS[0], paid="0", adjustments=("CO*24*600",), allowed=None)),
        ),
    )
    assert [row["outcome"] for row in taken["rows"]] == [
        "not_the_first_payer",
        "of_no_single_day",
        "duplicate",
        "adjusted_as_a_whole",
        "not_a_payment",
        "not_a_payment",
    ]
    assert [row["row"] for row in taken["rows"]] == [1, 2, 3, 4, 5, 6]


def test_a_table_tells_every_error_of_a_row_and_keeps_the_others(client: FlaskClient) -> None:
    case = open_case(client, "PAID-8")
    rows = (
        "PAID-8,11/04/2026,$415,83,0,0,83,paid\n"
        ",2026-13-04,lots,100,,,,\n"
        "PAID-8,2026-11-06,400,500,,,,\n"
        "PAID-8,2026-11-09,,0,,,,denied\n"
    )
    taken = send(client, HEADER + rows, CSV)
    assert taken["form"] == "csv"
    assert outcomes(taken) == {"kept": 2, "not_usable": 2}
    told = [[(one["pointer"], one["code"]) for one in row["errors"]] for row in taken["rows"]]
    assert told[1] == [
        ("/external_id", "case_not_named"),
        ("/date_of_service", "not_a_date"),
        ("/allowed", "not_exact_money"),
    ]
    assert told[2] == [("/patient", "more_than_allowed")]
    assert [(one["date_of_service"], one["status"]) for one in kept_of(client, case)] == [
        (DAYS[1], "paid"),
        (DAYS[3], "denied"),
    ]


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        ("shoe_size\n9\n", CSV, 422),
        ("", CSV, 422),
        ("ISA*and nothing", "application/edi-x12", 422),
        ("{}", "application/json", 415),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    client: FlaskClient, content: str, media: str, status: int
) -> None:
    answer = client.post("/v1/actuals", data=content.encode(), content_type=media)
    assert answer.status_code == status
    if status == 422:
        assert [one["code"] for one in answer.json["errors"]] == ["actuals_not_readable"]


def test_a_session_is_typed_with_every_error_at_once(client: FlaskClient) -> None:
    case = open_case(client, "PAID-9")
    where = f"/v1/cases/{case}/actuals"
    bad = {"date_of_service": "2999-01-04", "allowed": "10.00", "patient": "20.00", "copay": "30.00"}
    refused = client.post(where, json=bad)
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [
        ("/date_of_service", "service_in_future"),
        ("/patient", "more_than_allowed"),
        ("/patient", "less_than_its_parts"),
    ]
    good = {"date_of_service": DAYS[1], "allowed": "400.00", "patient": "80.00", "coinsurance": "80.00"}
    key = {"Idempotency-Key": "typed-once"}
    made = client.post(where, json=good, headers=key)
    assert (made.status_code, causes(made.json)) == (201, {"rate": "-3.00"})
    assert made.json["level_of_care"] == "intensive_outpatient"
    assert client.post(where, json=good, headers=key).json == made.json
    assert kept_of(client, case) == [made.json]
    told = client.get(f"/v1/cases/{case}/timeline").json["items"][0]
    assert (told["kind"], told["data"]) == ("actual_added", {"sessions": 1})
    nowhere = "/v1/cases/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44/actuals"
    assert [client.post(nowhere, json=good).status_code, client.get(nowhere).status_code] == [404, 404]


def test_amounts_are_sealed_where_they_lie(app: Flask, client: FlaskClient) -> None:
    case = open_case(client, "PAID-10")
    send(client, paid_as_estimated("PAID-10"))
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        assert len(records.of_case(session, case, "actual")) == 6
        rows = session.connection.exec_driver_sql("SELECT * FROM case_records WHERE kind = 'actual'").all()
    text = str([bytes(cell) if isinstance(cell, memoryview) else cell for row in rows for cell in row])
    assert not [mark for mark in ("243.00", "H0015", "aetna", "intensive") if mark in text]


def test_accuracy_and_the_rates_to_correct(client: FlaskClient) -> None:
    for number in ("ACC-1", "ACC-2"):
        open_case(client, number)
        send(client, paid_as_estimated(number))
    found = client.get("/v1/accuracy").json
    (aetna,) = [one for one in found["items"] if one["payer"] == "aetna"]
    assert (aetna["level_of_care"], aetna["certainty"], aetna["enough"]) == (
        "intensive_outpatient",
        "exact",
        True,
    )
    assert aetna["episodes"]["n"] >= 2
    assert aetna["episodes"]["enough"] is False
    assert client.get("/v1/accuracy/rates").json["items"] == []
    table = list(csv.DictReader(StringIO(client.get("/v1/accuracy?format=csv").text)))
    assert int(table[0]["sessions"]) == aetna["n"]
    # The newest three in a row agree on 420.00.
    case = open_case(client, "ACC-3", start_date="2026-11-16", weeks=1)
    for day in ("2026-11-16", "2026-11-18", "2026-11-20"):
        said = {"date_of_service": day, "allowed": "420.00", "patient": "84.00", "coinsurance": "84.00"}
        assert client.post(f"/v1/cases/{case}/actuals", json=said).status_code == 201
    (rate,) = client.get("/v1/accuracy/rates").json["items"]
    assert (rate["old"], rate["new"], rate["sessions"]) == ("415.00", "420.00", 3)
    assert rate["since"] == "2026-11-16"
