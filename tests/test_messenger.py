"""Workers elsewhere are woken by a word that says nothing, and whoever says it never waits for the broker."""

from __future__ import annotations

import json
import logging
import time
from queue import Empty

import pytest

from service.messenger import DRAIN, QUEUE, Messenger, open_broker
from tests.proofs.serving import free_port


def test_the_word_is_a_name_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    messenger = Messenger("memory://")
    messenger.wake()
    with messenger._app.connection_for_read() as connection:
        message = connection.SimpleQueue(QUEUE).get_nowait()
    assert message.headers["task"] == DRAIN
    assert json.loads(message.body)[:2] == [[], {}]
    assert message.headers["expires"] is not None
    messenger.stop()


def test_a_broker_that_is_gone_holds_nobody_up_and_is_left_alone_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    messenger = Messenger(f"redis://:s3cret@127.0.0.1:{free_port()}/0")
    with caplog.at_level(logging.WARNING, logger="service"):
        began = time.monotonic()
        for _ in range(20):
            messenger.wake()
        messenger.stop()
    assert time.monotonic() - began < 5
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the workers could not be woken"
    ]
    assert "s3cret" not in caplog.text


def test_whoever_has_ended_says_nothing_more() -> None:
    messenger = Messenger("memory://")
    messenger._app.conf.task_default_queue = f"{QUEUE}-silent"
    messenger.start()
    messenger.end()
    messenger.wake()
    with messenger._app.connection_for_read() as connection, pytest.raises(Empty):
        connection.SimpleQueue(f"{QUEUE}-silent").get_nowait()


def test_a_message_is_acknowledged_when_its_work_is_done_and_leaves_no_result() -> None:
    said = open_broker("rediss://broker.example:6380/0").conf
    assert (said.task_acks_late, said.task_reject_on_worker_lost, said.task_ignore_result) == (
        True,
        True,
        True,
    )
    assert (said.accept_content, said.result_backend) == (["json"], None)
    assert said.broker_use_ssl["ssl_cert_reqs"].name == "CERT_REQUIRED"
    assert not open_broker("redis://broker.example:6379/0").conf.broker_use_ssl
