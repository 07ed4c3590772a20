"""Each event comes at least once, in order of its case, signed, whatever either side goes through."""

from __future__ import annotations

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service.store import webhook_deliveries as deliveries
from service.store import webhooks
from service.store.session import Store, new_id, transaction
from service.webhooks import posting, registering, sending
from service.webhooks.sending import SCHEDULE
from tests.webhooks.conftest import (
    START,
    Sender,
    fetch,
    happen,
    left,
    listen,
    log_of,
    register,
    send_all,
)
from tests.webhooks.receiver import HANG_UP, SLOW, Receiver, receiving

HOUR = timedelta(hours=1)
PATIENCE, SLOWER = 1.0, 3.0
"""Seconds that a sender waits where it is impatient, and that an answer takes which it does not wait for."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders wait no longer than a test can."""
    monkeypatch.setattr(posting, "SECONDS", PATIENCE)


def some_cases(store: Store, cases: int, events: int) -> dict[str, list[str]]:
    """The verifications of some cases, made in turn."""
    made: dict[str, list[str]] = {new_id(): [] for _ in range(cases)}
    for _ in range(events):
        for case_id, ids in made.items():
            ids.append(happen(store, case_id))
    return made


def in_order(receiver: Receiver) -> dict[str, list[str]]:
    """Of each case the verifications that were taken, each where it was taken first."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in receiver.taken:
        data = one.payload["data"]
        if data["id"] not in found[data["case_id"]]:
            found[data["case_id"]].append(data["id"])
    return found


def test_through_outages_each_event_comes_at_least_once_and_in_order_of_its_case(
    store: Store, sender: Sender, clock: time_machine.Traveller, impatient: None
) -> None:
    with receiving(slow_seconds=SLOWER) as receiver:
        endpoint = listen(store, receiver)
        moods: list[int | str] = [204, 500, HANG_UP, 204, SLOW, 503, 302, 204, 429, HANG_UP, 400]
        receiver.mood = lambda number, payload: moods[number] if number < len(moods) else 204
        made = some_cases(store, cases=4, events=2)
        for _ in range(12):
            sender.round()
            clock.shift(timedelta(minutes=6))
        heard, port = receiver, int(receiver.server.server_address[1])
        for case_id, ids in made.items():
            ids.append(happen(store, case_id))
    sender.round()  # nobody listens there
    assert left(store) == 4
    clock.shift(timedelta(minutes=6))
    with receiving(port, secrets=heard.secrets, heard=heard.heard, faults=heard.faults) as receiver:
        send_all(sender, clock)
        assert in_order(receiver) == made
        assert receiver.faults == []
        assert len(receiver.heard) > 12
    outcomes = {attempt.outcome for one in log_of(store, endpoint) for attempt in one.attempts}
    assert outcomes == {"taken", "refused", "timed_out", "no_connection"}
    assert {one.state for one in log_of(store, endpoint)} == {webhooks.DELIVERED}


def test_a_sender_that_dies_before_it_notes_what_it_sent_sends_it_again_under_the_same_id(
    store: Store,
    sender: Sender,
    clock: time_machine.Traveller,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen(store, receiver)
    case_id = new_id()
    first, second = happen(store, case_id), happen(store, case_id)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "note", lambda *all_of_it: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sender.round()
    assert sender.round() == 0, "what comes later waits for what may have come"
    clock.shift(sending.LEASE + timedelta(seconds=1))
    sender.round()
    assert [one.payload["data"]["id"] for one in receiver.heard] == [first, first, second]
    assert receiver.heard[0].id == receiver.heard[1].id != receiver.heard[2].id
    assert receiver.faults == []


def test_several_senders_at_once_keep_the_order_of_each_case(
    store: Store, sender: Sender, receiver: Receiver
) -> None:
    endpoint = listen(store, receiver)
    made = some_cases(store, cases=6, events=4)
    with ThreadPoolExecutor(3) as pool:
        while left(store):
            list(pool.map(lambda _: sender.round(), range(3)))
    assert in_order(receiver) == made
    assert len(receiver.heard) == len({one.id for one in receiver.heard}) == 24, "each was sent once"
    assert [len(one.attempts) for one in log_of(store, endpoint)] == [1] * 24
    assert receiver.faults == []
    assert fetch(store, endpoint).succeeded_at is not None


def test_an_event_that_is_never_taken_is_tried_ten_times_in_three_days_and_then_its_address_is_disabled(
    store: Store,
    sender: Sender,
    clock: time_machine.Traveller,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "service.webhooks")
    receiver.mood = lambda number, payload: 500
    endpoint = listen(store, receiver)
    case_id = new_id()
    for _ in range(2):
        happen(store, case_id)
    waits = []
    for _ in range(len(SCHEDULE) + 1):
        assert sender.round() == 1
        log = log_of(store, endpoint)[0]
        waits.append((log.next_at - log.attempts[-1].at).total_seconds())
        clock.shift(max(waits[-1], 330.0) + 1)
    assert waits[-1] == 0
    assert all(said <= wait <= said * 1.1 for said, wait in zip(SCHEDULE, waits, strict=False))
    given_up, never_tried = log_of(store, endpoint)
    assert (given_up.state, never_tried.state) == (webhooks.FAILED, webhooks.SKIPPED)
    assert [(one.outcome, one.status) for one in given_up.attempts] == [("refused", 500)] * 10
    assert fetch(store, endpoint).disabled_why == webhooks.FAILING
    assert caplog.messages == ["a webhook address is disabled: 127.0.0.1, failing"]
    happen(store, case_id)
    assert sender.round() == 0


def test_an_address_that_takes_others_is_not_disabled_for_one_event(
    store: Store, sender: Sender, clock: time_machine.Traveller, receiver: Receiver
) -> None:
    endpoint = listen(store, receiver)
    bad, good = happen(store, new_id()), happen(store, new_id())
    receiver.mood = lambda number, payload: 400 if payload["data"]["id"] == bad else 204
    for _ in (0, *SCHEDULE):
        sender.round()
        clock.shift(timedelta(minutes=6))
        sender.round()
        clock.shift(27 * HOUR)
        good = happen(store, new_id())
    sender.round()
    assert left(store) == 0
    assert [one.state for one in log_of(store, endpoint)].count(webhooks.FAILED) == 1
    assert fetch(store, endpoint).disabled_at is None
    assert receiver.taken[-1].payload["data"]["id"] == good


def test_an_address_that_is_gone_is_told_nothing_more_until_it_is_enabled_and_asked_for(
    store: Store, sender: Sender, clock: time_machine.Traveller, receiver: Receiver
) -> None:
    receiver.mood = lambda number, payload: 410
    endpoint = listen(store, receiver)
    case_id = new_id()
    ids = [happen(store, case_id) for _ in range(3)]
    assert sender.round() == 1
    assert fetch(store, endpoint).disabled_why == webhooks.GONE
    ids.append(happen(store, case_id))
    assert [one.state for one in log_of(store, endpoint)] == [webhooks.FAILED, *[webhooks.SKIPPED] * 3]
    receiver.mood = lambda number, payload: 204
    since = START
    clock.shift(HOUR)
    with transaction(store) as session:
        webhooks.enable(session, endpoint.id)
        assert deliveries.replay(session, endpoint.id, datetime.now(UTC), since=since) == 4
    ids.append(happen(store, case_id))
    sender.round()
    assert [one.payload["data"]["id"] for one in receiver.taken] == ids
    with transaction(store) as session:
        at = datetime.now(UTC)
        assert deliveries.replay(session, endpoint.id, at, since=since, undelivered=True) == 0
        assert deliveries.replay(session, endpoint.id, at, delivery_id=log_of(store, endpoint)[1].id) == 1
    sender.round()
    assert receiver.heard[-1].id == receiver.taken[1].id, "sent once more, it is the same event"


def test_as_long_as_an_address_asks_for_it_is_left_alone_but_no_longer_than_six_hours(
    store: Store, sender: Sender, clock: time_machine.Traveller, receiver: Receiver
) -> None:
    listen(store, receiver)
    receiver.mood = lambda number, payload: 503 if number < 2 else 204
    happen(store, new_id())
    for asked, waited in (("7200", 2 * HOUR), (str(10**9), 6 * HOUR)):
        receiver.headers = {"Retry-After": asked}
        assert sender.round() == 1
        clock.shift(waited - timedelta(seconds=5))
        assert sender.round() == 0
        clock.shift(timedelta(seconds=10))
    assert sender.round() == 1


def test_an_address_that_fails_has_one_attempt_at_a_time_and_is_left_alone_a_while(
    store: Store, sender: Sender, clock: time_machine.Traveller, receiver: Receiver
) -> None:
    listen(store, receiver)
    receiver.mood = lambda number, payload: 500
    for _ in range(6):
        happen(store, new_id())
    assert sender.round() == 1, "the others wait until it is seen to be well"
    clock.shift(timedelta(seconds=6))
    assert sender.round() == 1
    receiver.mood = lambda number, payload: 204
    clock.shift(timedelta(seconds=30))
    assert sender.round() == 6


def test_an_address_that_hangs_does_not_keep_others_waiting(
    store: Store, sender: Sender, receiver: Receiver, impatient: None
) -> None:
    with receiving(slow_seconds=SLOWER, mood=lambda number, payload: SLOW) as hanging:
        register(store, hanging.url)
        listen(store, receiver)
        for _ in range(5):
            happen(store, new_id())
        sender.round()
        assert (len(hanging.heard), len(receiver.taken)) == (1, 5)


def test_for_a_day_after_a_rotation_both_secrets_sign(
    store: Store, sender: Sender, clock: time_machine.Traveller, receiver: Receiver
) -> None:
    old = listen(store, receiver)
    with transaction(store) as session:
        new = registering.renew_secret(old, datetime.now(UTC))
        webhooks.put(session, new)
    receiver.secrets = [old.secret, new.secret]
    happen(store, new_id())
    sender.round()
    assert (receiver.faults, receiver.heard[-1].signatures) == ([], 2)
    clock.shift(timedelta(hours=24))
    receiver.secrets = [new.secret]
    happen(store, new_id())
    sender.round()
    assert (receiver.faults, receiver.heard[-1].signatures) == ([], 1)
    assert old.secret.startswith("whsec_")
    assert old.secret not in repr(fetch(store, old))
