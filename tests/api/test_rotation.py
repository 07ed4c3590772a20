"""A service goes on answering, and finds what it kept, while the data key is rotated by another process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office, open_store_of
from service.rotation import Pace
from service.store import rotation
from tests.api.conftest import UNLIMITED
from tests.store.desk import REQUEST
from tests.store.rotating import rotate_now

AT_ONCE = 3


@pytest.fixture
def our_settings(our_instance: Path, our_database_url: str, rulebook_cache: Path) -> Settings:
    """An installation of its own."""
    our_instance.mkdir(exist_ok=True)
    (our_instance / "cache").symlink_to(rulebook_cache)
    places = {"OPENVOB_INSTANCE_PATH": str(our_instance), "OPENVOB_DATABASE_URL": our_database_url}
    return Settings.from_env(places | UNLIMITED)


@pytest.fixture
def our_key(our_settings: Settings) -> str:
    """Its API key."""
    made = prepare(our_settings).api_key
    assert made
    return made


@pytest.fixture
def our_app(our_settings: Settings, our_key: str) -> Iterator[Flask]:
    """Its service."""
    made = create_app(our_settings)
    yield made
    office: Office = made.extensions["office"]
    office.close()


def ask(app: Flask, key: str, worker: int, number: int) -> str:
    """Verify for a person of their own; then repeat it, fetch it, look for it and tell something."""
    client = app.test_client()
    headers = {"Authorization": f"Bearer {key}"}
    member_id = f"1EG{number // 100}TE{worker}MK{number % 100:02}"
    body: dict[str, Any] = {**REQUEST, "member": {**REQUEST["member"], "member_id": member_id}, "live": False}
    repeated = {**headers, "Idempotency-Key": member_id}
    made = client.post("/v1/verifications", json=body, headers=repeated)
    assert made.status_code == 201, made.json
    again = client.post("/v1/verifications", json=body, headers=repeated)
    assert (again.status_code, again.json["id"]) == (201, made.json["id"])
    fetched = client.get(f"/v1/verifications/{made.json['id']}", headers=headers)
    assert fetched.json["request"]["member"]["member_id"] == member_id
    changed = client.patch(f"/v1/cases/{made.json['case_id']}", json={"label": member_id}, headers=headers)
    assert changed.status_code == 200, changed.json
    assert found(app, key, member_id) == [made.json["id"]]
    return member_id


def found(app: Flask, key: str, member_id: str) -> list[str]:
    headers = {"Authorization": f"Bearer {key}"}
    answer = app.test_client().post(
        "/v1/verifications/search", json={"member_id": member_id}, headers=headers
    )
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def test_a_service_answers_all_the_while_its_data_key_is_rotated(
    our_app: Flask, our_key: str, our_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_A_TIME", 5)
    before = [ask(our_app, our_key, 9, number) for number in range(10)]
    ended = Event()

    def work(worker: int) -> list[str]:
        asked: list[str] = []
        for number in count():
            if ended.is_set():
                break
            asked.append(ask(our_app, our_key, worker, number))
            old = before[number % len(before)]
            assert len(found(our_app, our_key, old)) == 1
        return asked

    with ThreadPoolExecutor(AT_ONCE) as pool, closing(open_store_of(our_settings)) as store:
        workers = [pool.submit(work, worker) for worker in range(AT_ONCE)]
        try:
            done = rotate_now(our_settings, store, Pace(noticed=0.1, committed=0.5, again=0.1))
        finally:
            ended.set()
        asked = [one for worker in workers for one in worker.result()]
    assert done.replaced
    assert asked
    with closing(open_store_of(our_settings)) as store:
        assert rotation.seal_anew(store).found_nothing, "nothing is left under the key before"
    restarted = create_app(our_settings)
    for app in (our_app, restarted):
        assert all(len(found(app, our_key, one)) == 1 for one in (*before, *asked))
    restarted.extensions["office"].close()
