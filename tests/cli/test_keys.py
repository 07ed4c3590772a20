"""`vob keys`: a key is printed once and alone, listed without what it is, renewed and revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service.config import Settings
from service.office import open_store_of
from service.security.keys import Client, Doorkeeper
from service.security.permissions import WORK
from service.store import trail
from service.store.pages import Page
from service.store.session import Store, transaction
from tests.cli.conftest import Run


@pytest.fixture
def store(run: Run) -> Iterator[Store]:
    """The store that the commands work on."""
    run("db", "upgrade")
    opened = open_store_of(Settings.from_env())
    yield opened
    opened.close()


def client_of(store: Store, token: str) -> Client | None:
    return Doorkeeper(store).authenticate(token)


def make(run: Run, *options: str) -> str:
    done = run("keys", "add", "--name", "scheduling", *options)
    assert done.exit_code == 0, done.stderr
    token = done.stdout.strip()
    assert done.stdout == f"{token}\n"
    return token


def only_id(run: Run) -> str:
    return run("keys", "list").stdout.split()[0]


def test_a_key_is_printed_alone_and_may_do_a_clinics_work(run: Run, store: Store) -> None:
    client = client_of(store, make(run))
    assert client is not None
    assert client.scopes == WORK


def test_it_may_do_what_was_named_and_for_pages_of_origins_what_is_published(run: Run, store: Store) -> None:
    named = client_of(store, make(run, "--scope", "payers:read", "--scope", "records:all"))
    assert named is not None
    assert (named.scopes, named.reach) == (("payers:read", "records:all"), None)
    site = client_of(store, make(run, "--origin", "https://clinic.example"))
    assert site is not None
    assert (site.scopes, site.origins) == (("payers:read", "quick-checks"), ("https://clinic.example",))


@pytest.mark.parametrize(
    "options",
    [
        ("--origin", "clinic.example"),
        ("--origin", "https://clinic.example", "--scope", "verifications:read"),
        ("--scope", "spa"),
        ("--expires-in-days", "0"),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_key_that_cannot_be_is_bad_input(run: Run, options: tuple[str, ...]) -> None:
    assert run("keys", "add", "--name", "wrong", *options).exit_code == 2
    assert run("keys", "list").stdout == ""


def test_the_list_never_shows_what_a_key_is(run: Run, store: Store) -> None:
    token = make(run, "--expires-in-days", "30")
    listed = run("keys", "list").stdout
    assert token not in listed
    assert "scheduling  open until" in listed


def test_a_renewed_key_opens_beside_the_old_one_until_the_overlap_ends(run: Run, store: Store) -> None:
    old = make(run)
    done = run("keys", "renew", only_id(run), "--overlap-hours", "2")
    new = done.stdout.strip()
    before, after = client_of(store, old), client_of(store, new)
    assert before is not None
    assert after is not None
    assert before.id == after.id
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3), tick=False):
        assert client_of(store, old) is None
        assert client_of(store, new) is not None


def test_a_revoked_key_opens_nothing_and_is_not_renewed(run: Run, store: Store) -> None:
    token, key_id = make(run), only_id(run)
    assert run("keys", "revoke", key_id).exit_code == 0
    assert client_of(store, token) is None
    assert "revoked" in run("keys", "list").stdout
    assert run("keys", "renew", key_id).exit_code == 1


@pytest.mark.usefixtures("store")
def test_a_key_of_no_id_is_told_plainly(run: Run) -> None:
    for command in ("renew", "revoke"):
        done = run("keys", command, "019ab1f0")
        assert done.exit_code == 1
        assert done.stderr == "vob: there is no key with this id; see: vob keys list\n"


def test_what_was_done_with_keys_stands_in_the_audit_trail(run: Run, store: Store) -> None:
    make(run)
    run("keys", "revoke", only_id(run))
    with transaction(store) as session:
        events, _ = trail.page_of(session, trail.Filter(), Page())
    assert [(event.actor, event.action) for event in events] == [("vob", "key.revoke"), ("vob", "key.create")]
