"""`vob audit`: the trail is checked from the command line, and its end printed to be kept elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from service.config import Settings
from service.office import open_store_of
from service.store import audit
from service.store.session import Store, transaction
from service.store.tables import audit_events
from tests.cli.conftest import Run


@pytest.fixture
def trail(instance: Path) -> Store:
    """Three linked events."""
    store = open_store_of(Settings.from_env())
    with transaction(store) as session:
        for number in range(3):
            one = audit.Event(datetime.now(UTC), "c", "desk", "case.read", f"case-{number}", "payment")
            audit.add(session, one)
    audit.seal(store, datetime.now(UTC))
    return store


def test_a_trail_that_holds_says_so(run: Run, trail: Store) -> None:
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (0, "The trail holds: 3 linked, 0 waiting to be linked.\n")
    trail.close()


def test_a_broken_trail_names_its_first_bad_entry(run: Run, trail: Store) -> None:
    with transaction(trail) as session:
        at = audit_events.c.subject == "case-1"
        session.connection.execute(update(audit_events).where(at).values(actor="nobody"))
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "broken at number 2" in done.stderr
    assert "the event was changed" in done.stderr
    trail.close()


def test_the_end_of_the_chain_is_printed_and_held_against_it(run: Run, trail: Store) -> None:
    head = run("audit", "head").stdout.strip()
    assert head.startswith("3:")
    assert run("audit", "verify", "--anchor", head).exit_code == 0
    later = run("audit", "verify", "--anchor", f"4{head[1:]}")
    assert later.exit_code == 1
    assert "the end of the chain is missing" in later.stderr
    assert run("audit", "verify", "--anchor", "tomorrow").exit_code == 2
    trail.close()
