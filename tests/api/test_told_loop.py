"""The told loop: what the answer asks for, staff save where it says, and the question is not asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

SAID: dict[str, Any] = {
    "medicare_advantage": None,
    "managed_care_plan": None,
    "qmb": False,
    "other_coverage": None,
    "active": True,
    "coverage_start": "2026-01-01",
    "coverage_end": None,
    "plan_year_start": "01-01",
    "funding": "fully_insured",
    "network_status": "in",
    "administrator": {"name": "Example Behavioral", "phone": "800-555-0100"},
    "covered": True,
    "prior_authorization": "required",
    "criteria": "LOCUS",
    "documents": ["Assessment"],
    "name": "Example desk",
    "phone": "800-555-0101",
    "initial_units": 10,
    "review_every_days": 14,
    "retro_allowed": False,
    "copay": {"amount": "40.00"},
    "coinsurance": None,
    "deductible_applies": False,
    "allowed_amount": "350.00",
    "limit": None,
    "referral_required": False,
    "exclusions": None,
    "billing": {"codes": ["S9480"], "revenue_codes": ["0905"]},
    "individual": {"limit": "1500.00", "met": "200.00"},
    "family": None,
    "claims": {"payer_id": "EX001", "timely_filing_days": 180},
}
MOST_QUESTIONS = 60


def telling(pointer: str, minutes: int) -> dict[str, Any]:
    """One telling that says one thing, at the place that the question points to."""
    at = datetime(2026, 11, 20, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    told: dict[str, Any] = {"told_by": {"channel": "phone", "at": at.isoformat().replace("+00:00", "Z")}}
    place = told
    root, *path, last = pointer.split("/")[1:]
    assert root == "told_benefits"
    for name in path:
        place = place.setdefault(name, {})
    place[last] = SAID[last]
    return {"told_benefits": told}


def test_what_is_told_later_is_of_the_coverage_that_pays_first(client: FlaskClient) -> None:
    at = {"channel": "phone", "at": "2026-11-20T15:00:00Z"}
    body = {
        "member": {
            "member_id": "ZZ-0000-TEST",
            "first_name": "Luz",
            "last_name": "Ensayo",
            "birth_date": "1990-01-01",
        },
        "coverages": [
            {"payer": "florida-medicaid", "plan": "full"},
            {"payer": "cigna", "told_benefits": {"told_by": at, "active": True}},
        ],
        "level_of_care": "iop",
        "start_date": "2026-12-07",
        "live": False,
    }
    first = client.post("/v1/verifications", json=body)
    assert first.status_code == 201, first.json
    assert first.json is not None
    assert (first.json["payer"]["id"], first.json["eligibility"]["status"]) == ("cigna", "active")
    assert first.json["coordination"]["reasons"][0]["message"].startswith("Florida Medicaid")
    later = {"told_benefits": {"told_by": {**at, "at": "2026-11-21T15:00:00Z"}, "active": False}}
    second = client.post(f"/v1/verifications/{first.json['id']}/told", json=later)
    assert second.json is not None
    assert second.json["eligibility"]["status"] == "inactive"
    replay = client.get(f"/v1/verifications/{second.json['id']}/replay")
    assert replay.json is not None
    assert replay.json["coordination"] == second.json["coordination"]


@pytest.mark.parametrize(
    ("payer", "member_id", "site", "level"),
    [
        ("florida-blue", "XJBH12345678", "two-tier", "iop"),
        ("unitedhealthcare", "912345678", "two-tier", "iop"),
        ("medicare", "1EG4TE5MK73", "cmhc", "iop"),
        ("florida-medicaid", "1234567890", "cmhc", "op"),
    ],
)
def test_every_question_leaves_the_script_once_it_is_answered(
    client: FlaskClient, request_body: dict[str, Any], payer: str, member_id: str, site: str, level: str
) -> None:
    member = {**request_body["member"], "member_id": member_id, "birth_date": "1990-03-02"}
    body = {**request_body, "payer": payer, "member": member, "site": site, "level_of_care": level}
    answer = client.post("/v1/verifications", json=body).json
    for asked in range(MOST_QUESTIONS):
        if not answer["call_script"]:
            break
        question = answer["call_script"][0]
        address = f"/v1/verifications/{answer['id']}/told"
        told = client.post(address, json=telling(question["answers"], asked))
        assert told.status_code == 201, (question["answers"], told.json)
        answer = told.json
        assert question["answers"] not in [left["answers"] for left in answer["call_script"]]
    assert answer["call_script"] == []
    assert answer["eligibility"]["status"] == "active"


def test_an_undetermined_authorization_is_settled_by_what_was_told(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    member = {**request_body["member"], "member_id": "XJBH12345678", "birth_date": "1990-03-02"}
    body = {**request_body, "payer": "florida-blue", "member": member, "site": "two-tier"}
    before = client.post("/v1/verifications", json=body).json
    assert before["phases"][0]["prior_authorization"]["status"] == "undetermined"
    [pointer] = [
        question["answers"]
        for question in before["call_script"]
        if question["answers"].endswith("/prior_authorization")
    ]
    after = client.post(f"/v1/verifications/{before['id']}/told", json=telling(pointer, 0)).json
    assert after["phases"][0]["prior_authorization"]["status"] == "required"
    assert {
        "pointer": "/phases/0/prior_authorization/status",
        "before": "undetermined",
        "after": "required",
    } in after["changes"]
