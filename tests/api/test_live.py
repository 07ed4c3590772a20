"""Live answers over HTTP: from the connections of a profile to the stored whole, on good days and bad."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from payers.sandbox import answers
from payers.sandbox.member import Member
from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from payers.switchboard import Switchboard
from service.config import HOUSE, Settings
from service.connections import credentials_of
from service.office import Office
from tests.api.conftest import UNLIMITED
from tests.verify.desk import NOW, told
from tests.verify.lines import START, about, brought, nobody_called, only, visits_noted

V1 = "/v1/verifications"
LineUp = Callable[..., None]

TROUBLED = {
    "hanging": "payer_timed_out",
    "dying": "payer_no_connection",
    "half-reply": "payer_no_connection",
    "fault": "payer_failing",
    "error-envelope": "payer_failing",
    "unable-always": "rejected_retry_later",
    "cut-off": "payer_reply_unreadable",
    "garbage": "payer_reply_unreadable",
    "web-page": "payer_reply_unreadable",
    "wrong-member": "payer_reply_wrong_member",
}


@pytest.fixture(autouse=True, scope="module")
def _on_a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def payer() -> Iterator[Sandbox]:
    with Sandbox(slow_seconds=0.1) as serving:
        yield serving


@pytest.fixture(scope="module")
def settings(instance: Path, database_url: str, payer: Sandbox) -> Settings:
    """An installation whose profile leads to the sandbox, a form for each payer."""
    profile = instance / "clinic.yaml"
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    profile.write_text(f"{example}\n{write_connections(payer.url)}", "utf-8")
    places = {
        "OPENVOB_INSTANCE_PATH": str(instance),
        "OPENVOB_CLINIC_PROFILE": str(profile),
        "OPENVOB_DATABASE_URL": database_url,
    }
    return Settings.from_env({**sandbox_credentials(), **places, **UNLIMITED})


@pytest.fixture
def line_up(app: Flask, settings: Settings) -> Iterator[LineUp]:
    """Give the service new lines, on other terms than the profile's, or none at all."""
    office: Office = app.extensions["office"]

    def replace_lines(*, none: bool = False, **terms: Any) -> None:
        connections = () if none else office.desk.clinic.connections.values()
        board = Switchboard(
            (replace(one, **terms) for one in connections), lambda name: credentials_of(settings, name)
        )
        app.extensions["office"] = replace(office, desk=replace(office.desk, switchboard=board))

    replace_lines()
    yield replace_lines
    app.extensions["office"] = office


pytestmark = pytest.mark.usefixtures("line_up")


def post(client: FlaskClient, body: Mapping[str, Any], address: str = V1) -> dict[str, Any]:
    answer = client.post(address, json=body)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def errors(client: FlaskClient, body: Mapping[str, Any]) -> dict[str, str]:
    answer = client.post(V1, json=body)
    assert answer.status_code == 422
    return {error["pointer"]: error["code"] for error in answer.json["errors"]}


# --- heard, and not heard


@pytest.mark.parametrize(
    "whom", ["ppo-full", "carve-out", "silent", "hmo-no-authorization", "medicaid", "medicare-parts"]
)
def test_the_payer_that_a_connection_reaches_is_asked_and_its_answer_is_kept(
    client: FlaskClient, whom: str
) -> None:
    made = post(client, about(whom))
    assert made["status"] == "complete"
    assert (made["eligibility"]["status"], made["eligibility"]["basis"]) == ("active", "reported")
    assert client.get(f"{V1}/{made['id']}").json == made


def test_a_no_is_an_answer(client: FlaskClient) -> None:
    assert post(client, about("inactive"))["eligibility"]["status"] == "inactive"
    unknown = post(client, about("not-found"))
    assert (unknown["status"], unknown["eligibility"]["status"]) == ("complete", "undetermined")


@pytest.mark.parametrize(("whom", "code"), TROUBLED.items())
def test_a_payer_that_cannot_answer_leaves_a_degraded_answer_that_is_kept_too(
    client: FlaskClient, line_up: LineUp, whom: str, code: str
) -> None:
    line_up(seconds=0.3 if whom == "hanging" else 5)  # only one that hangs is waited for in vain
    made = post(client, about(whom))
    assert made["status"] == "degraded"
    step = only(made, "warnings", code)
    assert step["message"]
    assert client.get(f"{V1}/{made['id']}").json == made
    listed = client.get(f"{V1}?status=degraded").json["items"]
    assert made["id"] in [item["id"] for item in listed]


# --- never asked


@pytest.mark.parametrize(
    "terms",
    [{"live": False}, {"as_of": NOW.date().isoformat()}],
    ids=["live is false", "as of a day"],
)
def test_what_is_not_asked_live_never_leaves_the_machine(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, terms: dict[str, Any]
) -> None:
    with nobody_called(monkeypatch):
        made = post(client, about("ppo-full", **terms))
        again = post(client, {}, f"{V1}/{made['id']}/reverify")
    assert (made["status"], again["status"]) == ("complete", "complete")
    assert (made["eligibility"]["basis"], again["eligibility"]["basis"]) == ("none", "none")


def test_a_payer_that_no_connection_reaches_is_never_called(
    client: FlaskClient, line_up: LineUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_up(none=True)
    with nobody_called(monkeypatch):
        made = post(client, about("ppo-full"))
    assert (made["status"], made["eligibility"]["basis"]) == ("complete", "none")


# --- a reply that was brought along


@pytest.fixture
def uploaded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A verification whose payer's reply was brought along."""
    with nobody_called(monkeypatch):
        return post(client, about("ppo-full", payer_reply=brought("ppo-full")))


def test_a_reply_that_was_brought_is_used_like_a_live_one(
    client: FlaskClient, uploaded: dict[str, Any]
) -> None:
    live = post(client, about("ppo-full"))
    for part in ("status", "estimate", "next_steps"):
        assert uploaded[part] == live[part], part
    assert uploaded["eligibility"]["basis"] == "reported"


def test_it_is_not_said_back(client: FlaskClient, uploaded: dict[str, Any]) -> None:
    assert "payer_reply" not in uploaded["request"]
    kept = client.get(f"{V1}/{uploaded['id']}").get_data(as_text=True)
    assert "ISA*" not in kept
    assert "SANDBOX GROUP" not in kept


def test_it_is_kept_and_not_in_clear(settings: Settings, uploaded: dict[str, Any]) -> None:
    kept = b"".join(file.read_bytes() for file in settings.instance_path.glob("openvob.db*"))
    assert uploaded["id"].encode() in kept
    for mark in (b"ISA*00", b"SANDBOX PPO", b"SBX1000001", b"Prueba"):
        assert mark not in kept


def test_it_stands_when_staff_tell_more(
    client: FlaskClient, uploaded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with nobody_called(monkeypatch):
        after = post(
            client,
            {"told_benefits": told(coverage_start="2026-02-01")},
            f"{V1}/{uploaded['id']}/told",
        )
    assert after["eligibility"]["basis"] == "reported"
    assert "coverage_start" in [one["about"] for one in after["disagreements"]]


def test_it_stands_when_it_is_verified_again_where_no_connection_leads_to_the_payer(
    client: FlaskClient, uploaded: dict[str, Any], line_up: LineUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_up(none=True)
    with nobody_called(monkeypatch):
        after = post(client, {}, f"{V1}/{uploaded['id']}/reverify")
    assert after["eligibility"] == uploaded["eligibility"]
    assert after["changes"] == []


def test_where_one_does_the_payer_is_asked_when_it_is_verified_again(
    client: FlaskClient, uploaded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with visits_noted(monkeypatch) as came:
        post(client, {}, f"{V1}/{uploaded['id']}/reverify")
    assert came


def test_it_is_there_for_a_replay(
    client: FlaskClient, uploaded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with nobody_called(monkeypatch):
        assert client.get(f"{V1}/{uploaded['id']}/replay").json == uploaded


def test_a_reply_about_somebody_else_is_refused(client: FlaskClient) -> None:
    body = about("ppo-full", payer_reply=brought("alternatives"))
    assert errors(client, body) == {"/payer_reply/content": "reply_of_another_member"}


@pytest.mark.parametrize(
    "content", ["Good morning", "ISA*00*", brought("cut-off")["content"], "\x00\x01\x02"]
)
def test_a_reply_that_cannot_be_read_is_refused(client: FlaskClient, content: str) -> None:
    body = about("ppo-full", payer_reply={"format": "x12_271", "content": content})
    assert errors(client, body) == {"/payer_reply/content": "reply_not_readable"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"format": "x12_271", "content": ""}, {"/payer_reply/content"}),
        ({"format": "fax", "content": "ISA*"}, {"/payer_reply/format"}),
        ({}, {"/payer_reply/content", "/payer_reply/format"}),
        ({"format": "x12_271", "content": 271, "more": 1}, {"/payer_reply/content", "/payer_reply/more"}),
    ],
)
def test_what_is_wrong_with_its_fields_is_told_with_everything_else(
    client: FlaskClient, reply: dict[str, Any], expected: set[str]
) -> None:
    body = about("ppo-full", payer_reply=reply, site="nowhere")
    assert set(errors(client, body)) == expected | {"/site"}


def test_a_refused_reply_leaves_no_case_behind(client: FlaskClient) -> None:
    before = client.get("/v1/cases").json
    errors(client, about("ppo-full", payer_reply=brought("alternatives")))
    assert client.get("/v1/cases").json == before


def test_a_reply_older_than_thirty_days_is_used_and_said_to_be_old(client: FlaskClient) -> None:
    then = NOW - timedelta(days=31)
    made = post(client, about("ppo-full", payer_reply=brought("ppo-full", then)))
    assert made["eligibility"]["basis"] == "reported"
    assert then.date().isoformat() in only(made, "warnings", "reply_is_old")["params"]["date"]


# --- afterwards


def test_what_was_heard_stands_when_staff_tell_more_and_nobody_is_asked_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for whom, basis in (("carve-out", "reported"), ("fault", "none")):
        before = post(client, about(whom))
        with nobody_called(monkeypatch):
            after = post(
                client, {"told_benefits": told(plan_year_start="01-01")}, f"{V1}/{before['id']}/told"
            )
        assert after["eligibility"]["basis"] == basis
        assert (after["replaces"], after["status"]) == (before["id"], before["status"])
        assert after["next_steps"] == before["next_steps"]


def test_to_verify_again_is_to_ask_anew_past_what_was_heard_lately_and_lists_what_changed(
    client: FlaskClient, line_up: LineUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_up(keep_seconds=60)
    before = post(client, about("ppo-full"))
    with nobody_called(monkeypatch):
        assert post(client, about("ppo-full"))["estimate"] == before["estimate"]
    ended = replace(BY_KEY["ppo-full"], lines=BY_KEY["inactive"].lines, spans=BY_KEY["inactive"].spans)
    know(monkeypatch, ended)
    with visits_noted(monkeypatch) as came:
        after = post(client, {}, f"{V1}/{before['id']}/reverify")
    assert came
    assert after["replaces"] == before["id"]
    changes = {one["pointer"]: (one["before"], one["after"]) for one in after["changes"]}
    assert changes["/eligibility/status"] == ("active", "inactive")
    assert changes["/phases/0/coverage/status"] == ("covered", "not_covered")


@pytest.mark.parametrize(
    "whom", ["ppo-full", "carve-out", "carve-out-unreached", "not-found", "fault", "garbage"]
)
def test_a_replay_is_equal_without_a_network_even_where_the_connection_is_gone(
    client: FlaskClient, line_up: LineUp, monkeypatch: pytest.MonkeyPatch, whom: str
) -> None:
    stored = post(client, about(whom))
    after = post(client, {"told_benefits": told(plan_year_start="01-01")}, f"{V1}/{stored['id']}/told")
    line_up(none=True)
    with nobody_called(monkeypatch):
        for kept in (stored, after):
            assert client.get(f"{V1}/{kept['id']}/replay").json == kept


def test_a_comparison_asks_the_payer_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    request = about("ppo-full")
    del request["level_of_care"]
    plans = [
        {"name": name, "phases": [{"level_of_care": "iop", "weeks": weeks}]}
        for name, weeks in (("a", 4), ("b", 8), ("c", 12))
    ]
    with visits_noted(monkeypatch) as one:
        post(client, {**request, "level_of_care": "iop"})
    with visits_noted(monkeypatch) as all_of_them:
        answer = client.post("/v1/comparisons", json={"request": request, "plans": plans})
    assert answer.status_code == 200
    assert {item["eligibility"]["basis"] for item in answer.json["items"]} == {"reported"}
    assert len(all_of_them) == len(one) == 1


# --- nothing of a member is seen

MARKS = ("zquintana", "zqana", "zq1eg4te5", "1931-07-19", "19310719")
PERSON = {
    "member_id": "ZQ1EG4TE5",
    "first_name": "Zqana",
    "last_name": "Zquintana",
    "birth_date": "1931-07-19",
}


def know(monkeypatch: pytest.MonkeyPatch, member: Member) -> None:
    """Let the sandbox know a member, whether or not it did."""
    known = {**answers.BY_MEMBER_ID, str(member.person.member_id): member}
    monkeypatch.setattr(answers, "BY_MEMBER_ID", MappingProxyType(known))


def marks_in(*texts: str) -> list[str]:
    seen = "\n".join(texts).lower()
    return [mark for mark in MARKS if mark in seen]


@pytest.mark.parametrize(
    "whom", ["ppo-full", "not-found", "unable-once", "corrected-id", "throttled", *TROUBLED]
)
def test_nothing_of_a_member_is_logged_or_kept_in_clear_whatever_the_payer_does(
    client: FlaskClient,
    settings: Settings,
    line_up: LineUp,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    whom: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    line_up(seconds=0.3)
    model = BY_KEY[whom]
    person = replace(
        model.person,
        **{name: value for name, value in PERSON.items() if name != "birth_date"},
        birth_date=date(1931, 7, 19),
    )
    states = replace(person, birth_date=date(1961, 12, 31)) if whom == "wrong-member" else None
    know(monkeypatch, replace(model, person=person, states=states))
    with visits_noted(monkeypatch) as came:
        made = post(client, about(whom, member=PERSON))
        post(client, {}, f"{V1}/{made['id']}/reverify")
    assert came
    if whom == "ppo-full":
        assert made["eligibility"]["basis"] == "reported"
    kept = b"".join(file.read_bytes() for file in settings.instance_path.glob("openvob.db*"))
    assert marks_in(kept.decode("latin-1")) == []
    printed = capsys.readouterr()
    records = [repr(vars(record)) for record in caplog.records]
    assert records
    assert marks_in(caplog.text, *records, printed.out, printed.err) == []


def test_no_refusal_repeats_what_a_reply_says_of_a_member(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    person = replace(BY_KEY["ppo-full"].person, **{**PERSON, "birth_date": date(1931, 7, 19)})
    marked = replace(BY_KEY["ppo-full"], person=person)
    monkeypatch.setattr(answers, "BY_KEY", MappingProxyType({**answers.BY_KEY, "marked": marked}))
    reply = brought("marked")
    assert marks_in(reply["content"])
    refused = (
        about("alternatives", payer_reply=reply),
        about("ppo-full", member=PERSON, payer_reply={**reply, "content": reply["content"][:300]}),
        about("ppo-full", member={**PERSON, "weight": 1}, payer_reply={**reply, "format": "Zquintana"}),
    )
    for body in refused:
        answer = client.post(V1, json=body)
        assert answer.status_code == 422
        assert marks_in(answer.get_data(as_text=True)) == []
    assert marks_in(caplog.text, *(repr(vars(record)) for record in caplog.records)) == []


def test_the_days_of_this_page_are_in_one_month() -> None:
    assert (START.year, START.month) == (NOW.year, NOW.month)
