"""The clinic's profile over HTTP: rates for those who may see them, what is missing, what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.security.keys import draft_key, keep_key
from service.security.permissions import SITE_SCOPES, WORK
from service.store.session import transaction
from tests.api.staff import browser


@pytest.fixture
def clinic(client: FlaskClient) -> dict[str, Any]:
    """The profile as it is answered."""
    answer = client.get("/v1/clinic")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def site(clinic: dict[str, Any], site_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in clinic["sites"] if one["id"] == site_id)
    return found


def test_a_site_is_told_with_its_networks_and_rates(clinic: dict[str, Any]) -> None:
    cmhc = site(clinic, "cmhc")
    assert cmhc["networks"]["cigna"] == "in"
    assert cmhc["contracted_rates"]["cigna"]["intensive_outpatient"] == "285.00"
    assert cmhc["self_pay_rates"]["partial_hospitalization"] == "500.00"
    assert cmhc["ages"] == {"from": 12, "below": None}
    assert site(clinic, "virtual")["closed_days"] == ["2026-11-26", "2026-12-25", "2027-01-01"]


def test_what_an_estimate_would_use_and_nobody_said_is_named(clinic: dict[str, Any]) -> None:
    assert site(clinic, "cmhc")["missing"] == [
        {
            "code": "contracted_rate",
            "params": {"payer": "UnitedHealthcare", "levels": ["partial_hospitalization"]},
        }
    ]
    assert {"code": "wage_index", "params": {}} in site(clinic, "hospital")["missing"]


def test_a_profile_without_faults_says_none(clinic: dict[str, Any]) -> None:
    assert (clinic["faults"], clinic["rulebook_faults"], clinic["has_changed"]) == ([], [], False)


@pytest.mark.parametrize("scopes", [SITE_SCOPES, WORK])
def test_rates_are_for_staff_and_for_keys_that_name_them_alone(app: Flask, scopes: tuple[str, ...]) -> None:
    office: Office = app.extensions["office"]
    origins = ("https://clinic.example",) if scopes is SITE_SCOPES else ()
    key, token = draft_key("some key", scopes, datetime.now(UTC), origins=origins)
    with transaction(office.store) as session:
        keep_key(session, key, token)
    stranger = app.test_client()
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://clinic.example"}
    assert stranger.get("/v1/clinic", headers=headers).status_code == 403
    assert stranger.get("/v1/payers", headers=headers).status_code == 200
    assert browser(app, "some auditor", "auditor").get("/v1/clinic").status_code == 200
