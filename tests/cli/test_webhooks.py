"""`vob webhooks`: a secret is printed once and alone; what may not be told is not."""

from __future__ import annotations

from contextlib import closing

from standardwebhooks import Webhook

from service.config import Settings
from service.office import open_store_of
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction
from tests.cli.conftest import Run

URL = "https://93.184.215.14/zq-token"


def test_an_address_is_added_listed_rotated_disabled_and_removed(run: Run) -> None:
    run("db", "upgrade")
    added = run("webhooks", "add", URL, "--event", "batch.finished")
    assert added.exit_code == 0
    assert Webhook(added.stdout.strip())
    listed = run("webhooks", "list").stdout
    webhook_id = listed.split()[0]
    assert "93.184.215.14  works  batch.finished" in listed
    assert "zq-token" not in listed
    assert Webhook(run("webhooks", "rotate", webhook_id).stdout.strip())
    assert run("webhooks", "disable", webhook_id).exit_code == 0
    assert "disabled (by_hand)" in run("webhooks", "list").stdout
    assert run("webhooks", "enable", webhook_id).exit_code == 0
    assert run("webhooks", "remove", webhook_id).exit_code == 0
    assert run("webhooks", "remove", webhook_id).exit_code == 1
    assert run("webhooks", "list").stdout == ""
    with closing(open_store_of(Settings.from_env())) as store, transaction(store) as session:
        lines, _ = trail.page_of(session, trail.Filter(subject=webhook_id), Page())
    assert [one.action for one in lines][::-1] == [
        f"webhook.{action}" for action in ("create", "rotate_secret", "disable", "enable", "remove")
    ]


def test_an_address_that_cannot_be_is_bad_input(run: Run) -> None:
    done = run("webhooks", "add", "https://10.0.0.1/hooks")
    assert done.exit_code == 2
    assert "public address" in done.stderr
