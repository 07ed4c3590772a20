"""The clinic's memory: told of a plan once, approved by a second person, answering for all for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from service.app import create_app
from service.config import Settings
from service.office import Office
from service.rulesets import change_memory, note_memory
from service.store.session import transaction
from service.store.tables import local_rules
from tests.api.staff import browser

NOW = datetime.now(UTC)
TODAY = NOW.date()
TOLD_AT = (NOW - timedelta(days=1)).isoformat(timespec="seconds")
LEVEL = "intensive_outpatient"
PLAN = "Invented Gold of ACME"
ANA = {"member_id": "W123456789", "first_name": "Ana", "last_name": "Prueba", "birth_date": "1990-03-02"}
LUZ = {"member_id": "W987654321", "first_name": "Luz", "last_name": "Nadie", "birth_date": "1985-01-02"}
TELLING = {
    "told_by": {"channel": "phone", "representative": "Rita", "reference": "CALL-77", "at": TOLD_AT},
    "levels": {
        LEVEL: {
            "covered": True,
            "prior_authorization": "notification",
            "copay": {"amount": "35.00", "per": "day"},
            "authorization": {"name": "Rita", "phone": "800-555-0199", "initial_units": 12, "unit": "day"},
        }
    },
    "deductible": {"individual": {"limit": "500.00", "met": "120.00"}},
}
FACTS = [
    {"level_of_care": LEVEL, "field": field}
    for field in ("covered", "prior_authorization", "copay", "authorization_contact", "initial_units")
]


def asked(**more: Any) -> dict[str, Any]:
    """A request about an invented member of an invented plan, for care that begins soon."""
    return {
        "payer": "aetna",
        "plan": PLAN,
        "network": "in",
        "site": "cmhc",
        "member": {
            "member_id": "W123456789",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1990-03-02",
        },
        "level_of_care": "iop",
        "start_date": (TODAY + timedelta(days=1)).isoformat(),
        "weeks": 1,
        **more,
    }


def somebody_else(**more: Any) -> dict[str, Any]:
    """The same about another member of the plan, of whom nothing was told."""
    member = {
        "member_id": "W987654321",
        "first_name": "Luz",
        "last_name": "Inventada",
        "birth_date": "1985-01-02",
    }
    return asked(member=member, **more)


def verify(client: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answered = client.post("/v1/verifications", json=body)
    assert answered.status_code == 201, answered.json
    return dict(answered.json)


def propose(client: FlaskClient, told: dict[str, Any], **more: Any) -> Any:
    body = {"verification_id": told["id"], "plan": PLAN, "facts": FACTS, **more}
    return client.post("/v1/local-rules", json=body)


def authorization(answered: dict[str, Any]) -> dict[str, Any]:
    return dict(answered["phases"][0]["prior_authorization"])


@pytest.fixture(scope="module")
def proposer(app: Flask) -> FlaskClient:
    return browser(app, "rosa.recepcion", "admissions")


@pytest.fixture(scope="module")
def approver(app: Flask) -> FlaskClient:
    return browser(app, "sol.supervisora", "supervisor")


@pytest.fixture
def proposed(app: Flask, proposer: FlaskClient) -> Iterator[list[dict[str, Any]]]:
    """What was told of one member's plan, proposed; nothing of it is left for the next test."""
    made = propose(proposer, verify(proposer, asked(told_benefits=TELLING)))
    assert made.status_code == 201, made.json
    yield made.json["items"]
    forget(app)


def forget(app: Flask) -> None:
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        change_memory(session)
        session.connection.execute(local_rules.delete())
        note_memory(session, office.base, office.desk.clinic.zone, datetime.now(UTC))


def decide(client: FlaskClient, rules: list[dict[str, Any]], decision: str) -> list[int]:
    return [client.post(f"/v1/local-rules/{rule['id']}/{decision}").status_code for rule in rules]


def test_what_is_proposed_says_nothing_of_the_member(proposed: list[dict[str, Any]]) -> None:
    said = {rule["field"]: rule for rule in proposed}
    assert list(said) == [fact["field"] for fact in FACTS]
    copay = said["copay"]
    assert (copay["status"], copay["payer"], copay["plan"]) == ("proposed", "aetna", PLAN)
    assert (copay["value"], copay["channel"]) == ({"amount": "35.00", "per": "day"}, "phone")
    assert said["authorization_contact"]["value"] == {"phone": "800-555-0199"}
    assert said["initial_units"]["value"] == {"units": 12, "unit": "day"}
    told = date.fromisoformat(copay["told_on"])
    assert date.fromisoformat(copay["expires_after"]) == told + timedelta(days=90)
    assert date.fromisoformat(copay["holds_through"]).strftime("%m-%d") == "12-31"
    text = str(proposed)
    assert not [word for word in ("Ana", "Prueba", "W123456789", "Rita", "CALL-77", "120.00") if word in text]


def test_a_proposal_answers_nothing_until_a_second_person_approved_it(
    app: Flask,
    settings: Settings,
    client: FlaskClient,
    proposer: FlaskClient,
    approver: FlaskClient,
    proposed: list[dict[str, Any]],
) -> None:
    before = verify(client, somebody_else())
    assert decide(proposer, proposed, "approve") == [403] * 5
    assert decide(client, proposed, "approve") == [403] * 5
    meanwhile = verify(client, somebody_else())
    assert meanwhile["produced_by"]["rulebook"] == before["produced_by"]["rulebook"]
    assert decide(approver, proposed, "approve") == [200] * 5
    assert decide(approver, proposed, "approve") == [409] * 5

    after = verify(client, somebody_else())
    assert authorization(before)["status"] != "notification"
    assert authorization(after)["status"] == "notification"
    assert after["phases"][0]["coverage"]["status"] == "covered"
    assert authorization(after)["initial_authorization"] == {"units": 12, "unit": "day"}
    cited = [after["citations"][number] for number in authorization(after)["citations"]]
    source, *_ = [one for one in cited if one["confidence"] == "told"]
    assert (source["kind"], source["title"], source["local"]) == ("published", "Told by phone", True)
    assert source["approved_by"] == "sol.supervisora"
    assert source["holds_until"] == proposed[0]["expires_after"]
    reasons = {step["code"] for step in after["phases"][0]["coverage"]["reasons"]}
    assert "confirm_told_of_plan" in reasons

    late = create_app(settings)  # a process that starts later remembers it, too
    known = late.test_client()
    known.environ_base.update(client.environ_base)
    assert authorization(verify(known, somebody_else()))["status"] == "notification"
    for stored in (before, after):
        assert known.get(f"/v1/verifications/{stored['id']}/replay").json == stored
    office: Office = late.extensions["office"]
    office.sealer.stop()
    office.store.close()


def test_a_supervisor_does_not_approve_a_proposal_of_their_own(app: Flask, approver: FlaskClient) -> None:
    own = propose(approver, verify(approver, asked(told_benefits=TELLING))).json["items"]
    refused = approver.post(f"/v1/local-rules/{own[0]['id']}/approve")
    assert (refused.status_code, refused.json["type"]) == (403, "urn:openvob:problem:not-allowed")
    another = browser(app, "mar.supervisora", "supervisor")
    assert decide(another, own[:1], "approve") == [200]
    forget(app)


def test_whoever_has_told_by_a_payer_of_this_very_member_is_answered_by_that(
    client: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed, "approve")
    own = {**TELLING, "levels": {LEVEL: {"covered": True, "prior_authorization": "required"}}}
    assert authorization(verify(client, somebody_else(told_benefits=own)))["status"] == "required"


def test_another_plan_network_condition_or_year_is_not_spoken_of(
    client: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed, "approve")
    next_year = f"{TODAY.year + 1}-02-01"
    for other in (
        {"plan": "Another plan"},
        {"network": "out"},
        {"condition": "substance_use"},
        {"modality": "telehealth"},
        {"start_date": next_year},
    ):
        assert authorization(verify(client, somebody_else(**other)))["status"] != "notification", other


def test_a_rule_that_expired_no_longer_answers_and_says_nothing(
    app: Flask, client: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed, "approve")
    assert authorization(verify(client, somebody_else()))["status"] == "notification"
    office: Office = app.extensions["office"]
    assert office.over.changes_at is not None
    with transaction(office.store) as session:  # as if it had been told long ago
        change_memory(session)
        session.connection.execute(update(local_rules).values(holds_until=TODAY - timedelta(days=2)))
        note_memory(session, office.base, office.desk.clinic.zone, datetime.now(UTC))
    after = verify(client, somebody_else())
    assert authorization(after)["status"] != "notification"
    assert not [one for one in after["citations"] if one["confidence"] == "told"]
    shown = client.get("/v1/local-rules?status=approved").json["items"]
    assert {rule["status"] for rule in shown} == {"expired"}


def test_a_process_notices_by_itself_that_a_rule_has_expired(
    app: Flask, client: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed, "approve")
    assert authorization(verify(client, somebody_else()))["status"] == "notification"
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:  # nobody is told of it
        session.connection.execute(update(local_rules).values(holds_until=TODAY - timedelta(days=2)))
    app.extensions["office"] = replace(office, over=replace(office.over, changes_at=NOW))
    assert authorization(verify(client, somebody_else()))["status"] != "notification"


@pytest.mark.parametrize(("decision", "status"), [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_what_is_rejected_or_withdrawn_never_answers(
    client: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]], decision: str, status: str
) -> None:
    assert decide(approver, proposed, decision) == [200] * 5
    assert decide(approver, proposed, "approve") == [409] * 5
    assert authorization(verify(client, somebody_else()))["status"] != "notification"
    listed = client.get(f"/v1/local-rules?status={status}").json["items"]
    assert {rule["id"] for rule in proposed} <= {rule["id"] for rule in listed}
    assert {rule["decided_by"] for rule in listed} == {"sol.supervisora"}


def test_an_approved_rule_is_withdrawn_at_once(
    client: FlaskClient, proposer: FlaskClient, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed, "approve")
    assert authorization(verify(client, somebody_else()))["status"] == "notification"
    assert decide(proposer, proposed, "withdraw") == [200] * 5
    assert authorization(verify(client, somebody_else()))["status"] != "notification"


def test_of_two_that_say_the_same_thing_the_newer_telling_is_right(
    app: Flask,
    client: FlaskClient,
    proposer: FlaskClient,
    approver: FlaskClient,
    proposed: list[dict[str, Any]],
) -> None:
    by = {**TELLING["told_by"], "at": NOW.isoformat(timespec="seconds")}
    newer = {"told_by": by, "levels": {LEVEL: {"prior_authorization": "required"}}}
    again = propose(proposer, verify(proposer, asked(told_benefits=newer)), facts=[FACTS[1]]).json["items"]
    decide(approver, [*again, *proposed], "approve")
    assert authorization(verify(client, somebody_else()))["status"] == "required"
    decide(approver, again, "withdraw")
    assert authorization(verify(client, somebody_else()))["status"] == "notification"


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ("Gold of Ana's office", "names_the_member"),
        ("PRUEBA family plan", "names_the_member"),
        ("Gold W-123456789", "names_the_member"),
        ("Gold, group 00-4711", "names_the_member"),
    ],
)
def test_a_plan_is_not_called_after_the_member(proposer: FlaskClient, plan: str, code: str) -> None:
    member = ANA | {"group_number": "004711"}
    refused = propose(proposer, verify(proposer, asked(member=member, told_benefits=TELLING)), plan=plan)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("/plan", code)]


def test_what_cannot_be_remembered_is_told_fact_by_fact(proposer: FlaskClient) -> None:
    told = verify(proposer, asked(told_benefits=TELLING))
    facts = [FACTS[0], {"level_of_care": "residential", "field": "covered"}, {**FACTS[1], "network": "out"}]
    refused = propose(proposer, told, facts=facts).json
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [
        ("/facts/1", "not_told"),
        ("/facts/2", "not_told"),
    ]
    by_card = {**TELLING, "told_by": {**TELLING["told_by"], "channel": "card"}}
    refused = propose(proposer, verify(proposer, asked(told_benefits=by_card))).json
    assert {one["code"] for one in refused["errors"]} == {"not_told"}
    long_ago = (NOW - timedelta(days=100)).isoformat(timespec="seconds")
    old = {**TELLING, "told_by": {**TELLING["told_by"], "at": long_ago}}
    refused = propose(proposer, verify(proposer, asked(told_benefits=old))).json
    assert {one["code"] for one in refused["errors"]} == {"told_too_long_ago"}
    assert propose(proposer, told, plan=None).status_code == 422
    assert propose(proposer, {"id": "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"}).status_code == 404
    missing = proposer.post("/v1/local-rules", json={"verification_id": told["id"], "facts": FACTS}).json
    assert [(one["pointer"], one["code"]) for one in missing["errors"]] == [("/plan", "required")]


def test_every_step_is_in_the_audit_trail(
    app: Flask, approver: FlaskClient, proposed: list[dict[str, Any]]
) -> None:
    decide(approver, proposed[:1], "approve")
    decide(approver, proposed[:1], "withdraw")
    found = approver.get(f"/v1/audit-events?subject={proposed[0]['id']}").json["items"]
    steps = [(event["action"], event["actor_name"]) for event in found]
    assert steps == [
        ("local_rule.withdraw", "sol.supervisora"),
        ("local_rule.approve", "sol.supervisora"),
        ("local_rule.propose", "rosa.recepcion"),
    ]
