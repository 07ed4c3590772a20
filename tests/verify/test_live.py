"""The payer's own answer on its way into a determination: heard, not heard, not asked, asked elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payers.connections import Credentials
from payers.sandbox.benefits import ADMINISTRATOR
from payers.sandbox.forms import ADDRESSES
from payers.sandbox.server import Sandbox
from schemas.inquiry import load_inquiry
from schemas.problem import BadRequest
from service.comparison import compare
from service.hearing import dump_hearing, interrupt, load_hearing
from service.verify import Desk, hear, is_asked_live, known, read_heard, unusable_reply, verify
from tests.verify.desk import NOW, desk
from tests.verify.lines import (
    about,
    answer_live,
    brought,
    codes,
    desk_with,
    line_to,
    nobody_called,
    only,
    visits_noted,
)

MIME, PLANS = ADDRESSES["mime"], ADDRESSES["plans"]
# What a check may take, and what a machine that is busy elsewhere may add.
SECONDS, SLACK = 0.4, 0.6

TROUBLED = {
    "hanging": "payer_timed_out",
    "drip": "payer_timed_out",
    "dying": "payer_no_connection",
    "half-reply": "payer_no_connection",
    "fault": "payer_failing",
    "throttled": "payer_throttled",
    "error-envelope": "payer_failing",
    "unable-always": "rejected_retry_later",
    "cut-off": "payer_reply_unreadable",
    "garbage": "payer_reply_unreadable",
    "web-page": "payer_reply_unreadable",
    "wrong-member": "payer_reply_wrong_member",
    "wrong-trace": "payer_reply_wrong_member",
}
# The same question a little later is answered no better.
FOR_GOOD = ("payer_reply_unreadable", "payer_reply_wrong_member")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(slow_seconds=0.1) as payer:
        yield payer.url


@pytest.fixture
def unvisited() -> Iterator[str]:
    """A sandbox that nobody was at: what passes there comes with the first visit."""
    with Sandbox() as payer:
        yield payer.url


@pytest.fixture
def asking(url: str) -> Desk:
    """A desk that nobody has asked anything yet, with one line to the sandbox."""
    return desk_with(line_to(url))


# --- heard


def test_what_the_payer_reports_is_what_is_answered(asking: Desk) -> None:
    answer = answer_live(asking, about("ppo-full"))
    assert answer["status"] == "complete"
    assert (answer["eligibility"]["status"], answer["eligibility"]["basis"]) == ("active", "reported")
    assert answer["accumulators"]["deductible"]["individual"]["remaining"] == "750.00"
    assert only(answer, "steps", "copay")["params"] == {"amount": "50.00", "per": "day", "max_units": None}


def test_a_member_whom_the_payer_does_not_know_is_answered_and_not_degraded(asking: Desk) -> None:
    answer = answer_live(asking, about("not-found"))
    assert answer["status"] == "complete"
    assert only(answer, "warnings", "rejected_fix_patient_data")["params"] == {"code": "75"}
    assert "ask_again_later" not in codes(answer, "next_steps")


def test_the_payer_is_asked_about_the_day_that_care_begins(asking: Desk) -> None:
    # The sandbox lets this coverage begin with the month after the day it is asked about.
    before = answer_live(asking, about("future-coverage"))
    assert before["eligibility"]["coverage_start"] == "2026-12-01"
    assert before["phases"][0]["coverage"]["status"] == "not_covered"


def test_each_phase_is_read_for_the_day_it_begins(asking: Desk) -> None:
    body = about("future-coverage")
    del body["level_of_care"], body["start_date"]
    phases = [
        {"level_of_care": "op", "start_date": "2026-11-23", "weeks": 2, "days_per_week": 1},
        {"level_of_care": "iop", "weeks": 1},
    ]
    answer = answer_live(asking, {**body, "phases": phases})
    assert [phase["start_date"] for phase in answer["phases"]] == ["2026-11-23", "2026-12-07"]
    assert [phase["coverage"]["status"] for phase in answer["phases"]] == ["not_covered", "covered"]


def test_each_inquiry_has_a_trace_of_its_own(asking: Desk) -> None:
    inquiry, _ = load_inquiry(about("ppo-full"), known(asking, NOW))
    heard = [one for _ in range(2) for asked in hear(asking, inquiry, at=NOW) for one in asked.heard]
    assert len(heard) > 1
    assert len({one.trace for one in heard}) == len(heard)


def test_an_answer_is_made_again_from_what_was_kept_of_it(
    asking: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("carve-out", "not-found", "garbage"):
        body = about(key)
        inquiry, warnings = load_inquiry(body, known(asking, NOW))
        hearing = hear(asking, inquiry, at=NOW)
        then = verify(asking, inquiry, at=NOW, warnings=warnings, hearing=hearing)
        with nobody_called(monkeypatch):
            kept = load_hearing(dump_hearing(hearing))
            again = verify(desk(), inquiry, at=NOW, warnings=warnings, hearing=kept)
        assert kept == hearing
        assert again.determination == then.determination
        assert again.status == then.status


# --- not heard


@pytest.mark.parametrize(("key", "code"), TROUBLED.items())
def test_a_payer_that_cannot_answer_leaves_what_is_published_and_a_step_that_says_so(
    unvisited: str, key: str, code: str
) -> None:
    of = desk_with(line_to(unvisited, seconds=SECONDS))
    started = time.monotonic()
    answer = answer_live(of, about(key))
    assert time.monotonic() - started < SECONDS + SLACK
    assert answer["status"] == "degraded"
    params = {"code": "42"} if code == "rejected_retry_later" else {"payer": answer["payer"]["name"]}
    assert only(answer, "warnings", code)["params"] == params
    assert ("ask_again_later" in codes(answer, "next_steps")) == (code not in FOR_GOOD)
    published = answer_live(desk(), about(key))
    for part in ("eligibility", "accumulators", "phases", "estimate", "collect"):
        assert answer[part] == published[part], part


def test_whoever_asks_again_later_is_told_when(asking: Desk) -> None:
    step = only(answer_live(asking, about("fault")), "next_steps", "ask_again_later")
    assert step["by"] == "2026-11-22"
    assert step["params"] == {"payer": "Cigna Healthcare"}


def test_a_trouble_that_passed_leaves_no_trace(unvisited: str) -> None:
    of = desk_with(line_to(unvisited))
    first, second = (answer_live(of, about("throttled")) for _ in range(2))
    assert (first["status"], second["status"]) == ("degraded", "complete")
    assert second["eligibility"]["basis"] == "reported"
    assert "payer_throttled" not in codes(second, "warnings")


def test_a_payer_that_fails_again_and_again_is_left_alone_for_a_while(
    asking: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert "payer_failing" in codes(answer_live(asking, about("fault")), "warnings")
    with nobody_called(monkeypatch):
        answer = answer_live(asking, about("ppo-full"))
    assert (answer["status"], codes(answer, "warnings")[0]) == ("degraded", "payer_resting")
    assert "ask_again_later" in codes(answer, "next_steps")


@pytest.mark.parametrize("credentials", [Credentials(), Credentials("wrong", "wrong", "wrong")])
@pytest.mark.parametrize("form", ADDRESSES)
def test_credentials_that_are_not_there_or_not_accepted_degrade_the_answer(
    url: str, form: str, credentials: Credentials
) -> None:
    answer = answer_live(desk_with(line_to(url, form), credentials=credentials), about("ppo-full"))
    assert (answer["status"], codes(answer, "warnings")[0]) == ("degraded", "payer_refused_credentials")
    assert "ask_again_later" not in codes(answer, "next_steps")


def test_an_address_where_nobody_listens_degrades_the_answer() -> None:
    with Sandbox() as gone:
        url = gone.url
    answer = answer_live(desk_with(line_to(url)), about("ppo-full"))
    assert (answer["status"], codes(answer, "warnings")[0]) == ("degraded", "payer_no_connection")


def test_an_asking_that_was_interrupted_is_told_as_such(asking: Desk) -> None:
    inquiry, warnings = load_inquiry(about("ppo-full"), known(asking, NOW))
    hearing = interrupt(asking.switchboard, "cigna", NOW)
    outcome = verify(asking, inquiry, at=NOW, warnings=warnings, hearing=hearing)
    assert outcome.status == "degraded"
    assert [step.code for step in outcome.determination.warnings] == ["payer_interrupted"]
    assert "ask_again_later" in [step.code for step in outcome.determination.next_steps]


def test_an_adapter_that_fails_itself_degrades_the_answer_and_says_nothing_of_the_member(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = answer_live(desk_with(line_to(url, adapter="no.such.room:Door")), about("ppo-full"))
    assert (answer["status"], codes(answer, "warnings")[0]) == ("degraded", "payer_adapter_failed")
    assert "line-mime" in caplog.text
    assert "Prueba" not in caplog.text


def test_what_was_heard_through_an_adapter_that_is_gone_is_no_reason_to_fail(asking: Desk) -> None:
    inquiry, _ = load_inquiry(about("ppo-full"), known(asking, NOW))
    hearing = tuple(replace(one, adapter="gone.away:Door") for one in hear(asking, inquiry, at=NOW))
    outcome = verify(asking, inquiry, at=NOW, hearing=hearing)
    assert outcome.status == "degraded"
    assert [step.code for step in outcome.determination.warnings] == ["payer_adapter_failed"]


# --- not asked


@pytest.mark.parametrize(
    "terms", [{"live": False}, {"as_of": "2026-11-01"}, {"payer_reply": brought("ppo-full")}]
)
def test_what_is_not_to_be_asked_live_never_leaves_the_machine(
    asking: Desk, monkeypatch: pytest.MonkeyPatch, terms: dict[str, Any]
) -> None:
    with nobody_called(monkeypatch):
        answer = answer_live(asking, about("ppo-full", **terms))
    assert answer["status"] == "complete"


def test_a_payer_without_a_connection_is_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of = desk_with(line_to(url, payers={"aetna": "SBXPAYER"}))
    with nobody_called(monkeypatch):
        answer = answer_live(of, about("ppo-full"))
    assert (answer["status"], answer["eligibility"]["basis"]) == ("complete", "none")
    assert answer == answer_live(desk(), about("ppo-full"))


def test_the_guard_sees_a_question_that_leaves(asking: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="getaddrinfo"), nobody_called(monkeypatch):
        answer_live(asking, about("ppo-full"))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, True),
        ({"live": False}, False),
        ({"as_of": "2026-11-01"}, False),
        ({"payer_reply": brought("ppo-full")}, False),
        ({"payer": "medigap"}, False),
    ],
)
def test_it_can_be_said_beforehand_whether_a_payer_is_asked(
    asking: Desk, terms: dict[str, Any], expected: bool
) -> None:
    inquiry, _ = load_inquiry(about("ppo-full", **terms), known(asking, NOW))
    assert is_asked_live(asking, inquiry) is expected


# --- brought along


def test_a_reply_that_was_brought_counts_like_one_that_was_heard(asking: Desk) -> None:
    live = answer_live(asking, about("ppo-full"))
    uploaded = answer_live(desk(), about("ppo-full", payer_reply=brought("ppo-full")))
    for part in ("status", "estimate", "next_steps"):
        assert uploaded[part] == live[part], part


@pytest.mark.parametrize(
    ("key", "changed", "code"),
    [
        ("ppo-full", {"birth_date": "1990-05-18"}, "reply_of_another_member"),
        ("ppo-full", {"last_name": "Otra"}, "reply_of_another_member"),
        ("cut-off", {}, "reply_not_readable"),
        ("ppo-full", {}, None),
        # What the payer calls the member has changed, the person has not.
        ("corrected-id", {}, None),
        ("not-found", {}, None),
    ],
)
def test_a_reply_that_was_brought_is_used_for_its_own_member_alone(
    key: str, changed: dict[str, str], code: str | None
) -> None:
    body = about(key, payer_reply=brought(key))
    body["member"] |= changed
    inquiry, _ = load_inquiry(body, known(desk(), NOW))
    error = unusable_reply(desk(), inquiry, hear(desk(), inquiry, at=NOW), NOW)
    assert (error.code if error else None) == code
    assert error is None or error.pointer == "/payer_reply/content"


@pytest.mark.parametrize(("days", "warns"), [(29, False), (31, True)])
def test_a_reply_older_than_thirty_days_is_said_to_be_old(days: int, warns: bool) -> None:
    then = NOW - timedelta(days=days)
    answer = answer_live(desk(), about("ppo-full", payer_reply=brought("ppo-full", at=then)))
    assert answer["status"] == "complete"
    assert ("reply_is_old" in codes(answer, "warnings")) is warns
    if warns:
        assert only(answer, "warnings", "reply_is_old")["params"] == {"date": then.date().isoformat()}


# --- whoever administers behavioral care


def test_the_administrator_that_a_reply_names_is_asked_too_and_its_share_stands(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The payer is asked in one form, the administrator in another.
    payer = line_to(url, "mime", administrators=())
    behavioral = line_to(url, "plans", payers={}, administrators=(ADMINISTRATOR,))
    with visits_noted(monkeypatch) as came:
        answer = answer_live(desk_with(payer, behavioral), about("carve-out"))
    # The payer first, then the administrator.
    assert list(dict.fromkeys(visit.path for visit in came)) == [MIME, PLANS]
    assert only(answer, "steps", "copay")["params"]["amount"] == "40.00"
    assert answer["phases"][0]["prior_authorization"]["status"] == "required"
    assert "call_administrator" not in codes(answer, "next_steps")


def test_the_membership_stays_the_payer_s(url: str) -> None:
    inquiry, _ = load_inquiry(about("carve-out"), known(desk(), NOW))
    hearing = hear(desk_with(line_to(url)), inquiry, at=NOW)
    together = read_heard(desk(), inquiry, hearing, NOW)
    alone = read_heard(desk(), inquiry, hearing[:1], NOW)
    assert (together.has_administrator, alone.has_administrator) == (True, False)
    assert together.benefits is not None
    assert alone.benefits is not None
    assert replace(together.benefits, networks={}) == replace(alone.benefits, networks={})
    assert together.benefits.networks != alone.benefits.networks


def test_what_the_administrator_said_is_cited_as_its_own(url: str) -> None:
    answer = answer_live(desk_with(line_to(url)), about("carve-out"))
    copay = only(answer, "steps", "copay")
    assert [answer["citations"][at]["title"] for at in copay["citations"]] == [
        "Eligibility reply of the administrator"
    ]
    active = answer["eligibility"]["citations"]
    assert [answer["citations"][at]["title"] for at in active] == ["Eligibility reply of the payer"]


def test_an_administrator_that_nobody_reaches_is_to_be_called(url: str) -> None:
    answer = answer_live(desk_with(line_to(url)), about("carve-out-unreached"))
    assert answer["status"] == "complete"
    step = only(answer, "next_steps", "call_administrator")
    assert step["params"] == {
        "payer": "SANDBOX DISTANT BEHAVIORAL HEALTH",
        "phone": "8005550103",
        "level": "intensive_outpatient",
    }
    assert [answer["citations"][at]["kind"] for at in step["citations"]] == ["reported"]


def test_an_administrator_that_does_not_answer_is_to_be_called_and_the_payer_s_word_stands(
    url: str,
) -> None:
    with Sandbox() as gone:
        silent = line_to(gone.url, "plans", payers={}, administrators=(ADMINISTRATOR,))
    answer = answer_live(desk_with(line_to(url, administrators=()), silent), about("carve-out"))
    assert answer["status"] == "degraded"
    assert only(answer, "warnings", "payer_no_connection")["params"] == {"payer": "SANDBOX BEHAVIORAL HEALTH"}
    assert answer["eligibility"]["basis"] == "reported"
    assert only(answer, "next_steps", "call_administrator")["params"]["phone"] == "8005550102"


# --- compared


def test_a_comparison_asks_the_payer_once_for_all_plans(
    asking: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels = ("op", "iop", "php")
    request = about("ppo-full")
    del request["level_of_care"]
    plans = [{"name": level, "phases": [{"level_of_care": level}]} for level in levels]
    with visits_noted(monkeypatch) as together:
        items = compare(asking, {"request": request, "plans": plans}, NOW)
    with visits_noted(monkeypatch) as apart:
        alone = [answer_live(asking, about("ppo-full", level_of_care=level)) for level in levels]
    assert 0 < len(together) < len(apart)
    asked = b"".join(visit.body for visit in together)
    assert [asked.count(code) for code in (b"EQ*MH~", b"EQ*BB~")] == [1, 1]
    for item, answer in zip(items, alone, strict=True):
        assert item["estimate"] == answer["estimate"]
        assert item["eligibility"] == answer["eligibility"]


def test_a_comparison_without_its_payer_compares_what_is_published(asking: Desk) -> None:
    request = about("fault")
    del request["level_of_care"]
    body = {"request": request, "plans": [{"name": "a", "phases": [{"level_of_care": "iop"}]}]}
    assert compare(asking, body, NOW) == compare(desk(), body, NOW)


def test_a_comparison_is_refused_a_reply_about_somebody_else() -> None:
    request = about("ppo-full", payer_reply=brought("hmo-no-authorization"))
    del request["level_of_care"]
    body = {"request": request, "plans": [{"name": "a", "phases": [{"level_of_care": "iop"}]}]}
    with pytest.raises(BadRequest) as refused:
        compare(desk(), body, NOW)
    [error] = refused.value.errors
    assert (error.pointer, error.code) == ("/request/payer_reply/content", "reply_of_another_member")


def test_a_question_is_kept_for_a_while_and_passed_over_where_a_fresh_answer_is_wanted(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = desk_with(line_to(url, keep_seconds=60))
    inquiry, _ = load_inquiry(about("ppo-full"), known(of, NOW))
    first = hear(of, inquiry, at=NOW)
    with nobody_called(monkeypatch):
        again = hear(of, inquiry, at=datetime(2026, 11, 22, 15, 1, tzinfo=UTC))
    assert [asked.heard for asked in again] == [asked.heard for asked in first]
    with visits_noted(monkeypatch) as came:
        fresh = hear(of, inquiry, at=NOW, fresh=True)
    assert came
    assert not {one.trace for one in fresh[0].heard} & {one.trace for one in first[0].heard}
