"""What commands about an installation share: its store, opened and closed, and who is noted as acting."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.office import open_store_of
from service.store import audit
from service.store.migrate import is_up_to_date
from service.store.session import Session, Store

ACTOR, PURPOSE = "vob", "operations"


@contextmanager
def open_store_here() -> Iterator[Store]:
    """The store of this installation, with its tables as they should be; raises `NoAnswer`."""
    with settings_needed():
        store = open_store_of(Settings.from_env())
    try:
        if not is_up_to_date(store.engine):
            raise NoAnswer("the database is not up to date; bring it up with: vob db upgrade")
        yield store
    finally:
        store.close()


def note(session: Session, action: str, subject: str | None = None) -> None:
    """Note in the audit trail what a command does, in the transaction that does it."""
    audit.add(session, audit.Event(datetime.now(UTC), ACTOR, who(), action, subject, PURPOSE))


def who() -> str:
    """The user of this machine who runs the command, or the command itself where nobody is known."""
    try:
        return getpass.getuser()[:100]
    except (KeyError, OSError):
        return ACTOR
