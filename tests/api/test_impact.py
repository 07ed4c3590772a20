"""The open cases that other rules would change, over HTTP: a page at a time, of the caller's own alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payers.rule_files import read_files
from payers.rulebook import load_rulebook_from_files
from service import rulesets
from service.impact import REFUSED, UNKNOWN, dump, look_at
from service.office import Office
from service.record import right_now
from service.store.pages import Page
from service.store.session import transaction
from tests.proofs.impact_cases import AETNA, IOP, RULE_FROM, Made, keep, write_rules

ROUTE = "/v1/rules/impact"


@pytest.fixture(scope="module")
def cases(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Five open cases that were answered before the rules were changed: the odd ones are touched."""
    office: Office = app.extensions["office"]
    days = [
        RULE_FROM - timedelta(3),
        RULE_FROM,
        RULE_FROM - timedelta(3),
        RULE_FROM,
        RULE_FROM - timedelta(3),
    ]
    kept = [keep(office, Made("", AETNA, ((IOP, day),)), at) for at, day in enumerate(days, 1)]
    files = read_files(write_rules(tmp_path_factory.mktemp("rules")))
    with transaction(office.store) as session:
        rulesets.put_set_in_use(session, files, right_now())
    return kept


def test_the_list_is_looked_through_a_page_at_a_time(client: FlaskClient, cases: list[str]) -> None:
    found, looked_at, cursor = [], [], ""
    while cursor is not None:
        page = client.get(f"{ROUTE}?limit=2{cursor and f'&cursor={cursor}'}").json
        found += [item["case_id"] for item in page["items"]]
        looked_at.append((page["looked_at"], page["answered"]))
        cursor = page["next"]
    assert found == [cases[3], cases[1]]
    assert looked_at == [(2, 2), (2, 2), (1, 1)]


def test_each_value_comes_old_and_new_with_the_source_of_the_new_one(
    client: FlaskClient, cases: list[str]
) -> None:
    answer = client.get(ROUTE)
    first = answer.json["items"][0]["changes"][0]
    assert (first["pointer"], first["before"], first["after"]) == (
        "/phases/0/prior_authorization/status",
        "not_required",
        "required",
    )
    assert [(one["title"], one["locator"]) for one in first["citations"]] == [("A notice", "p. 7")]
    assert "zacatecas" not in answer.text.lower()


def test_under_the_rules_that_answered_nothing_changes(client: FlaskClient, cases: list[str]) -> None:
    assert client.get(f"{ROUTE}?digest=built-in").json["items"] == []


def test_a_set_that_there_is_not_is_not_found(client: FlaskClient) -> None:
    answer = client.get(f"{ROUTE}?digest=sha256:abc")
    assert (answer.status_code, answer.json["detail"]) == (404, "No installed set begins so.")


def test_a_client_sees_its_own_cases_alone(app: Flask, client: FlaskClient, cases: list[str]) -> None:
    made = client.post("/v1/keys", json={"name": "another", "scopes": ["verifications:read"]}).json
    other = app.test_client()
    page = other.get(ROUTE, headers={"Authorization": f"Bearer {made['key']}"}).json
    assert (page["items"], page["looked_at"]) == ([], 0)


def test_looking_stands_in_the_audit_trail(client: FlaskClient, cases: list[str]) -> None:
    page = client.get(ROUTE).json
    events = client.get("/v1/audit-events?action=rules.impact").json["items"]
    assert events[0]["subject"] == page["rulebook"]


def test_where_the_payer_is_gone_the_reason_is_told(app: Flask, cases: list[str]) -> None:
    office: Office = app.extensions["office"]
    files = {name: content for name, content in office.base.files.items() if not name.startswith("aetna.")}
    without = load_rulebook_from_files(files, beside=office.base)
    found = look_at(office.store, office.desk_of, without, Page()).affected
    assert [one.outcome for one in found] == [REFUSED] * len(cases)
    assert dump(found[0])["errors"] == [{"pointer": "/payer", "code": "unknown_payer"}]


def test_where_what_answered_is_not_kept_nobody_can_say(app: Flask, cases: list[str]) -> None:
    office: Office = app.extensions["office"]
    other = load_rulebook_from_files({**office.base.files, "notes.csv": b""}, beside=office.base)
    found = look_at(office.store, lambda session, rulebook, profile: None, other, Page()).affected
    assert [(one.outcome, one.changes) for one in found] == [(UNKNOWN, ())] * len(cases)
