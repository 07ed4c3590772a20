"""Whoever asks too often waits; whoever does not, never does, whatever others do and whatever is down."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
import time_machine
from limits.storage import MemoryStorage, RedisStorage
from werkzeug.test import TestResponse

from service.config import SettingError, Settings
from service.office import Office
from service.security import throttle
from service.security.keys import add_key, draft_key, keep_key
from service.security.throttle import network_of
from service.store.session import transaction
from tests.databases import REDIS as VARIABLE
from tests.security.conftest import Serve, Served

# A database of Redis for each process of the tests: they wipe what they counted.
_SERVER = os.environ.get(VARIABLE)
_DATABASE = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
REDIS = f"{_SERVER.rstrip('/')}/{_DATABASE}" if _SERVER else None
NOON = datetime(2026, 12, 1, 12, 0, 1, tzinfo=UTC)


def needs_redis(test: Callable[..., None]) -> Callable[..., None] | None:
    """Leave a test out where no Redis is named; the summary says so."""
    return test if REDIS else None


def redis_counts() -> list[bytes]:
    """What a real Redis holds of our counts."""
    assert REDIS
    return sorted(RedisStorage(REDIS).storage.keys("LIMITS*"))


@pytest.fixture(params=["memory", *(["redis"] if REDIS else [])])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where calls are counted, with nothing counted yet."""
    if request.param == "memory":
        yield "memory://"
        return
    assert REDIS
    RedisStorage(REDIS).reset()
    yield REDIS
    RedisStorage(REDIS).reset()


def another_client(served: Served, name: str) -> Any:
    """Somebody with another key."""
    office: Office = served.app.extensions["office"]
    token = add_key(office.store, name, ("verifications:write", "payers:read"), datetime.now(UTC))
    client = served.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def wait_of(answer: TestResponse) -> int:
    """How long an answer says to wait, after a look at its shape."""
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "urn:openvob:problem:too-many-requests"
    assert {"title", "detail", "instance", "status"} <= answer.json.keys()
    assert answer.headers["X-Request-Id"]
    return int(answer.headers["Retry-After"])


def test_a_client_that_calls_too_often_is_told_how_long_to_wait(serve: Serve, store: str) -> None:
    served = serve(OPENVOB_RATE_CLIENT="3/minute", OPENVOB_RATE_STORE=store)
    statuses = [served.client.get("/v1/payers").status_code for _ in range(3)]
    refused = served.client.get("/v1/payers")
    assert statuses == [200, 200, 200]
    wait = wait_of(refused)
    assert 1 <= wait <= 60
    assert refused.headers["RateLimit-Policy"] == '"client";q=3;w=60'
    assert refused.headers["RateLimit"] == f'"client";r=0;t={wait}'


def test_one_client_never_waits_for_another(serve: Serve, store: str) -> None:
    served = serve(OPENVOB_RATE_CLIENT="1/minute", OPENVOB_RATE_STORE=store)
    other = another_client(served, f"other, {store[:6]}")
    assert [served.client.get("/v1/payers").status_code for _ in range(2)] == [200, 429]
    assert [other.get("/v1/payers").status_code for _ in range(2)] == [200, 429]


def test_who_waits_as_long_as_was_said_is_answered_again(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_CLIENT="2/minute")
    with time_machine.travel(NOON, tick=False) as clock:
        served.client.get("/v1/payers")
        clock.shift(20)
        served.client.get("/v1/payers")
        wait = wait_of(served.client.get("/v1/payers"))
        assert wait == 40, "the first call leaves the window then"
        clock.shift(wait - 1)
        assert wait_of(served.client.get("/v1/payers")) == 1
        clock.shift(2)
        assert served.client.get("/v1/payers").status_code == 200
        assert wait_of(served.client.get("/v1/payers")) <= 20


@needs_redis
def test_redis_lets_in_again_too_after_the_wait(serve: Serve) -> None:
    assert REDIS
    RedisStorage(REDIS).reset()
    served = serve(OPENVOB_RATE_CLIENT="1/second", OPENVOB_RATE_STORE=REDIS)
    served.client.get("/v1/payers")
    sleep(wait_of(served.client.get("/v1/payers")) + 0.05)
    assert served.client.get("/v1/payers").status_code == 200


@needs_redis
def test_several_processes_share_their_counts_in_redis(serve: Serve) -> None:
    assert REDIS
    RedisStorage(REDIS).reset()
    one, two = (serve(OPENVOB_RATE_CLIENT="2/minute", OPENVOB_RATE_STORE=REDIS) for _ in range(2))
    assert [each.client.get("/v1/payers").status_code for each in (one, two, one, two)] == [
        200,
        200,
        429,
        429,
    ]


def test_an_address_without_a_good_key_is_soon_shut_out_and_a_good_key_from_there_is_not(
    serve: Serve, store: str
) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="3/minute", OPENVOB_RATE_STORE=store)
    wrong = {"Authorization": "Bearer vob_wrong"}
    guesses = [served.stranger.get("/v1/payers", headers=wrong) for _ in range(4)]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
    assert 1 <= wait_of(guesses[-1]) <= 60
    assert guesses[-1].headers["RateLimit-Policy"] == '"address";q=3;w=60'
    assert "WWW-Authenticate" not in guesses[-1].headers
    assert served.client.get("/v1/payers").status_code == 200
    elsewhere = served.stranger.get("/v1/payers", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 401


def test_an_open_page_counts_and_health_never_does(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="2/minute")
    assert [served.stranger.get("/docs").status_code for _ in range(3)] == [200, 200, 429]
    assert served.stranger.get("/openapi.json").status_code == 429
    for address in ("/healthz", "/readyz") * 3:
        assert served.stranger.get(address).status_code == 200


def test_behind_a_trusted_proxy_callers_are_told_apart_by_the_address_it_saw(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="1/minute", OPENVOB_TRUSTED_PROXIES="1")

    def status(forwarded: str) -> int:
        return served.stranger.get("/docs", headers={"X-Forwarded-For": forwarded}).status_code

    assert [status("203.0.113.1"), status("203.0.113.2"), status("203.0.113.1")] == [200, 200, 429]
    assert status("203.0.113.9, 203.0.113.1") == 429, "what the caller claims itself changes nothing"


def test_without_a_trusted_proxy_a_claimed_address_changes_nothing(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="1/minute")
    statuses = [
        served.stranger.get("/docs", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(2)
    ]
    assert statuses == [200, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::5", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::4", "2001:db8:1:3::/64"),
        ("not an address", "not an address"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_stands_for_whoever_can_change_it_freely(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_one_client_asks_about_one_member_only_so_often(
    serve: Serve, store: str, question: dict[str, Any]
) -> None:
    served = serve(OPENVOB_RATE_MEMBER="2/hour", OPENVOB_RATE_STORE=store)
    other = another_client(served, f"about members, {store[:6]}")
    somebody_else = question | {"member": question["member"] | {"member_id": "1EG4TE5MK74"}}

    def ask(client: Any, body: Any) -> TestResponse:
        answer: TestResponse = client.post("/v1/verifications", json=body)
        return answer

    assert [ask(served.client, question).status_code for _ in range(2)] == [201, 201]
    refused = ask(served.client, question)
    assert 60 < wait_of(refused) <= 3600
    assert refused.headers["RateLimit-Policy"] == '"member";q=2;w=3600'
    written_otherwise = question | {"member": question["member"] | {"member_id": " 1eg4te5mk73"}}
    assert ask(served.client, written_otherwise).status_code == 429
    assert ask(served.client, question | {"payer": "Medicare "}).status_code == 429
    plans = [{"name": "eight weeks", "phases": [{"level_of_care": "iop", "weeks": 8}]}]
    comparison = {"request": question, "plans": plans}
    assert served.client.post("/v1/comparisons", json=comparison).status_code == 429
    assert ask(served.client, somebody_else).status_code == 201
    assert ask(other, question).status_code == 201
    assert served.client.get("/v1/verifications").status_code == 200


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"member": []}', '{"payer": 1, "member": {"member_id": 2}}', "{"]
)
def test_a_body_that_names_no_member_is_refused_for_what_it_is(serve: Serve, body: str) -> None:
    served = serve(OPENVOB_RATE_MEMBER="1/hour")
    for _ in range(2):
        answer = served.client.post(
            "/v1/verifications", data=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422)


def test_the_store_knows_neither_a_member_nor_an_address(
    serve: Serve, question: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    count = MemoryStorage.acquire_entry

    def note(self: MemoryStorage, key: str, *rest: Any, **more: Any) -> bool:
        names.append(key)
        return count(self, key, *rest, **more)

    monkeypatch.setattr(MemoryStorage, "acquire_entry", note)
    served = serve()
    served.client.post("/v1/verifications", json=question)
    served.stranger.get("/docs", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    kept = "\n".join(names).lower()
    assert [name.split("/")[1] for name in names] == ["client", "member", "address"]
    assert all(word not in kept for word in ("1eg4", "mk73", "medicare", "prueba", "198.51"))


@needs_redis
def test_redis_knows_neither_a_member_nor_an_address(serve: Serve, question: dict[str, Any]) -> None:
    assert REDIS
    RedisStorage(REDIS).reset()
    served = serve(OPENVOB_RATE_STORE=REDIS)
    served.client.post("/v1/verifications", json=question)
    served.stranger.get("/docs", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    kept = b"\n".join(redis_counts()).lower()
    assert len(kept.splitlines()) == 3
    assert all(word not in kept for word in (b"1eg4", b"mk73", b"medicare", b"prueba", b"198.51"))
    RedisStorage(REDIS).reset()


def test_a_store_that_is_down_stops_nobody_and_the_log_says_so_once_a_minute(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    now = [monotonic()]
    monkeypatch.setattr(throttle.time, "monotonic", lambda: now[0])
    served = serve(OPENVOB_RATE_CLIENT="1/minute", OPENVOB_RATE_STORE=f"redis://:s3cret@127.0.0.1:{port}/0")
    with caplog.at_level(logging.WARNING, throttle.__name__):
        for seconds in (0, 1, 10, 30, 18, 2, 5, 60):
            now[0] += seconds
            assert served.client.get("/v1/payers").status_code == 200
    said = [record.getMessage() for record in caplog.records if record.name == throttle.__name__]
    assert said == ["the store of rate limits does not answer (ConnectionError): no request is limited"] * 3
    assert "s3cret" not in caplog.text


def test_a_store_that_is_silent_costs_one_request_a_moment_and_no_more(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        served = serve(OPENVOB_RATE_STORE=f"redis://127.0.0.1:{port}/0")
        began = monotonic()
        for _ in range(5):
            assert served.client.get("/v1/payers").status_code == 200
        assert monotonic() - began < 2


def test_a_limit_that_is_off_does_not_limit(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_CLIENT="off", OPENVOB_RATE_ADDRESS="OFF")
    assert {served.client.get("/v1/payers/medicare").status_code for _ in range(620)} == {200}
    assert {served.stranger.get("/v1/payers").status_code for _ in range(70)} == {401}


def test_callers_at_the_same_moment_are_counted_one_by_one(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_CLIENT="20/minute")
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: served.client.get("/v1/payers/medicare").status_code, range(40)))
    assert sorted(statuses) == [200] * 20 + [429] * 20


def test_what_has_expired_is_forgotten_in_memory() -> None:
    storage = throttle._open("memory://")
    with time_machine.travel(NOON, tick=False) as clock:
        storage.acquire_entry("early", 10, 60)
        clock.shift(timedelta(seconds=50))
        storage.acquire_entry("late", 10, 60)
        clock.shift(timedelta(seconds=20))
        storage.timer.sweep()
    assert storage.events.keys() == {"late"}
    assert storage.timer.is_alive()
    assert storage.timer.daemon, "nobody waits for it at the end"


@pytest.mark.parametrize(
    "rate", ["0/minute", "many", "10", "10/week", "-1/minute", "1.5/hour", "10/minute;1/second"]
)
def test_a_rate_that_cannot_be_is_refused_by_its_setting(rate: str) -> None:
    for variable in ("OPENVOB_RATE_CLIENT", "OPENVOB_RATE_ADDRESS", "OPENVOB_RATE_MEMBER"):
        with pytest.raises(SettingError, match=variable):
            Settings.from_env({variable: rate})


@pytest.mark.parametrize("address", ["memcached://127.0.0.1", "s3cret", "redis:/s3cret"])
def test_a_store_of_another_kind_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(SettingError, match="OPENVOB_RATE_STORE") as refused:
        Settings.from_env({"OPENVOB_RATE_STORE": address})
    assert address not in str(refused.value)


def test_an_address_of_a_store_that_makes_no_sense_is_refused_without_being_repeated(serve: Serve) -> None:
    with pytest.raises(SettingError, match="OPENVOB_RATE_STORE") as refused:
        serve(OPENVOB_RATE_STORE="redis://:s3cret@127.0.0.1:none/0")
    assert "s3cret" not in str(refused.value)


def test_to_ask_again_and_to_tell_more_count_as_asking_about_the_member(
    serve: Serve, question: dict[str, Any]
) -> None:
    served = serve(OPENVOB_RATE_MEMBER="3/hour")
    made = served.client.post("/v1/verifications", json=question).json
    again = f"/v1/verifications/{made['id']}/reverify"
    told = {"told_by": {"channel": "phone", "at": "2026-11-20T15:02:00Z"}, "active": True}
    statuses = [
        served.client.post(again).status_code,
        served.client.post(f"/v1/verifications/{made['id']}/told", json=told).status_code,
        served.client.post(again).status_code,
    ]
    assert statuses == [201, 201, 429]
    assert served.client.get(f"/v1/verifications/{made['id']}").status_code == 200


def test_whoever_looks_at_a_clinics_pages_counts_by_address_whatever_key_the_pages_hold(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="2/minute")
    office: Office = served.app.extensions["office"]
    site = "https://clinic.example"
    key, token = draft_key("pages", ("payers:read",), datetime.now(UTC), origins=(site,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
    page = served.app.test_client()
    page.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ORIGIN": site}

    def visit(address: str) -> int:
        return page.get("/v1/payers", environ_base={"REMOTE_ADDR": address}).status_code

    assert [visit("203.0.113.1") for _ in range(3)] == [200, 200, 429]
    assert visit("203.0.113.2") == 200


def test_whoever_tries_to_sign_in_counts_by_address_whatever_the_names(serve: Serve) -> None:
    served = serve(OPENVOB_RATE_ADDRESS="4/minute")

    def attempt(number: int) -> int:
        asked = {"name": f"guess {number}", "password": "not the password at all"}
        return served.stranger.post("/v1/session", json=asked).status_code

    statuses = [attempt(number) for number in range(4)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
