"""What was verified again by itself, over HTTP: of a day, with why, and to whom it belongs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from schemas.reverified import REVERIFIED
from service.jobs import reverifying, schedule
from service.office import Office
from service.security.keys import add_key
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction

V1 = "/v1/reverifications"
PUT_UP = datetime(2026, 12, 2, 15, tzinfo=UTC)


def test_what_was_due_on_a_day_is_told_with_why_and_only_to_whom_it_belongs(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    office: Office = app.extensions["office"]
    with time_machine.travel(datetime(2026, 11, 20, 15, tzinfo=UTC)):
        kept = client.post("/v1/verifications", json=request_body).json
        token = add_key(office.store, "another", ("batches:*",), datetime.now(UTC))
    other = app.test_client()
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    with time_machine.travel(PUT_UP, tick=False):
        none = client.get(V1).json
        assert (none["day"], none["state"], none["created_at"]) == ("2026-12-02", "not_yet", None)
        schedule.tick(office)
        assert client.get(V1).json["state"] == "working"
        while reverifying.work_once(office):
            pass
        found = client.get(f"{V1}?day=2026-12-02").json
        of_another = other.get(V1).json
    assert REVERIFIED.validate(found) == {}
    assert (found["state"], found["progress"]["rows"], found["progress"]["done"]) == ("done", 1, 1)
    [row] = found["items"]
    assert (row["reasons"], row["state"]) == ([{"code": "monthly"}], "done")
    assert (row["case_id"], row["before_verification_id"]) == (kept["case_id"], kept["id"])
    made = client.get(f"/v1/verifications/{row['verification_id']}").json
    assert (made["case_id"], made["replaces"]) == (kept["case_id"], kept["id"])
    assert (of_another["items"], of_another["progress"]["rows"]) == ([], 0)
    assert client.get(f"{V1}?day=tomorrow").status_code == 400
    with transaction(office.store) as session:
        events, _ = trail.page_of(session, trail.Filter(action="batch.create"), Page())
    assert [(one.actor, one.actor_name) for one in events] == [("schedule", "schedule")]
