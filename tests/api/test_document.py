"""The OpenAPI document is made from the code, is valid, and its examples work and are answered as it says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from service.api.document import METHODS, export_openapi, openapi_document
from service.api.examples import AN_ID, EXAMPLES
from service.jobs.worker import work_once
from tests.api.staff import browser, take_in
from tests.pictures import png

PICTURE = png()
A_BATCH = (
    "payer,member_id,first_name,last_name,birth_date,level_of_care,start_date\n"
    "medicare,1EG4-TE5-MK73,Ana,Prueba,1957-03-02,iop,2026-12-01\n"
)
SESSIONS_PAID = "external_id,date_of_service,allowed,patient\nEHR-77,11/20/2026,415.00,83.00\n"
COMMITTED = Path(__file__).resolve().parents[2] / "openapi.yaml"


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    """The document."""
    return openapi_document(app)


def operations(document: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id to address, method and description."""
    return {
        item[method]["operationId"]: (address, method, item[method])
        for address, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def test_the_committed_document_is_the_one_the_code_makes(app: Flask) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == export_openapi(app), "run: make openapi"


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_route_is_documented(app: Flask, document: dict[str, Any]) -> None:
    documented = {(address, method.upper()) for address, method, _ in operations(document).values()}
    routes = {
        (rule.rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("docs.", "metrics.", "console.", "widget.", "widget_files."))
    }
    assert documented == routes


def test_every_operation_has_an_example_and_every_example_an_operation(document: dict[str, Any]) -> None:
    assert operations(document).keys() == EXAMPLES.keys()


def test_every_operation_but_the_open_ones_says_what_is_needed(document: dict[str, Any]) -> None:
    assert document["security"] == [{"bearer": []}, {"session": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["components"]["securitySchemes"]["session"]["in"] == "cookie"
    for name, (_, _, operation) in operations(document).items():
        is_open = name in ("health", "readiness", "signIn")
        assert (operation.get("security") == []) is is_open
        assert ("401" in operation["responses"]) is (not is_open or name == "signIn")


@pytest.fixture(scope="module")
def ids(app: Flask, key: str) -> dict[str, str]:
    """The ids of what there is: a verification, its case and what that holds, a list, somebody, a key."""
    known = app.test_client()
    known.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    made = known.post("/v1/verifications", json=EXAMPLES["createVerification"].body).json
    where = f"/v1/cases/{made['case_id']}"
    held = {
        f"{kind}_id": known.post(f"{where}/{kind}s", json=EXAMPLES[f"create{name}"].body).json["id"]
        for kind, name in (("authorization", "Authorization"), ("quote", "Quote"), ("contact", "Contact"))
    }
    appointment = EXAMPLES["createDayList"].body["rows"][0]
    rows = [appointment | {"payer": "nobody at all"}, appointment]
    put_up = known.post("/v1/day-lists", json={"day": "2026-12-01", "rows": rows}).json
    while work_once(app.extensions["office"]):
        pass
    batch = known.post("/v1/batches", data=A_BATCH, content_type="text/csv").json
    call = known.post(f"{where}/call-backs", json=EXAMPLES["createCallBack"].body).json
    return held | {
        "verification_id": made["id"],
        "case_id": made["case_id"],
        "list_id": put_up["id"],
        "batch_id": batch["id"],
        "call_back_id": call["id"],
        "user_id": take_in(app, "sol.recepcion", "auditor").id,
        "key_id": known.post("/v1/keys", json={"name": "another"}).json["id"],
    }


def told_lately(client: FlaskClient) -> str:
    """A verification for which a payer told something just now that can be remembered."""
    by = {"channel": "phone", "at": datetime.now(UTC).isoformat(timespec="seconds")}
    told = {"told_by": by, "levels": {"intensive_outpatient": {"prior_authorization": "not_required"}}}
    body = EXAMPLES["createVerification"].body | {"told_benefits": told}
    made: str = client.post("/v1/verifications", json=body).json["id"]
    return made


def proposed(client: FlaskClient) -> str:
    """A rule that waits for a decision."""
    body = EXAMPLES["proposeLocalRules"].body | {"verification_id": told_lately(client)}
    made: str = client.post("/v1/local-rules", json=body).json["items"][0]["id"]
    return made


def registered(client: FlaskClient) -> dict[str, str]:
    """An address to be told of events, and what it was sent to try with."""
    made = client.post("/v1/webhooks", json=EXAMPLES["createWebhook"].body).json["id"]
    return {"webhook_id": made, "delivery_id": client.post(f"/v1/webhooks/{made}/test").json["id"]}


def send(client: FlaskClient, name: str, document: dict[str, Any], ids: dict[str, str]) -> TestResponse:
    example = EXAMPLES[name]
    address, method, operation = operations(document)[name]
    if name == "proposeLocalRules":
        ids = ids | {"verification_id": told_lately(client)}
    if name.endswith("LocalRule"):
        ids = ids | {"rule_id": proposed(client)}
    if "Webhook" in name:
        ids = ids | registered(client)
    path = {part: ids[part] if value == AN_ID else value for part, value in example.path.items()}
    body = example.body
    if name == "proposeLocalRules":
        body = body | {"verification_id": ids["verification_id"]}
    if operation.get("security") == [{"session": []}]:
        role = "supervisor" if name.endswith("LocalRule") else "admissions"
        client = browser(client.application, f"staff of {name}", role)
    if name == "confirmSecondFactor":  # what an app shows now, no example can say
        body = {"code": pyotp.TOTP(client.post("/v1/session/second-factor").json["secret"]).now()}
    if name in ("getCard", "removeCard"):
        client.put(address.format(**path), data=PICTURE, content_type="image/png")
    if name == "putCard":
        return client.put(address.format(**path), data=PICTURE, content_type="image/png")
    if name == "takeInActuals":
        return client.post(address, data=SESSIONS_PAID, content_type="text/csv")
    if name == "createBatch":
        return client.post(address, data=A_BATCH, content_type="text/csv")
    if name == "signIn":
        take_in(client.application, body["name"], "admissions")
    return client.open(
        address.format(**path), method=method.upper(), query_string=dict(example.query), json=body
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_works_and_is_answered_as_documented(
    client: FlaskClient, document: dict[str, Any], ids: dict[str, str], name: str
) -> None:
    answer = send(client, name, document, ids)
    documented = operations(document)[name][2]["responses"]
    assert str(answer.status_code) in documented
    assert 200 <= answer.status_code < 300, answer.json
    if answer.status_code == 204:
        assert not answer.data
        assert "content" not in documented["204"]
        return
    content = documented[str(answer.status_code)]["content"]
    assert answer.mimetype in content
    if not answer.is_json:  # a file: nothing is said of what is in it
        return
    schema = content["application/json"]["schema"]
    validator = Draft202012Validator(
        {**schema, "components": document["components"]}, format_checker=FormatChecker()
    )
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json)] == []
    assert EXAMPLES[name].answer in (None, answer.json)


def test_the_service_serves_its_document_and_a_page_of_it_to_anyone(
    stranger: FlaskClient, document: dict[str, Any]
) -> None:
    assert stranger.get("/openapi.json").json == document
    page = stranger.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    for name, (address, _, _) in operations(document).items():
        assert f'id="{name}"' in page.text
        assert address in page.text
