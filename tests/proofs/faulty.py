"""A service with planted faults: `python -c "from tests.proofs.faulty import serve; serve()" serve`.

Whoever's external id begins with a certain word makes it fail, each time in a way that a member's data
could get out by: an error that holds the request, one that was caused by another, a statement of the
database with its parameters, and a library that writes what it was given to its log.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import text

from service import record
from service.cli import main
from service.store import cases
from tests.proofs.marks import PLAIN

RAISES, CAUSES, TALKS, STATES = (f"{PLAIN}-{what}" for what in ("raises", "causes", "talks", "states"))


def serve() -> None:
    """Run the command line with the faults in their places."""
    plant()
    main()


def plant() -> None:
    """Put the faults in their places."""
    drafted, added = record.draft_new, cases.add

    def draft_new(office: Any, caller: Any, body: Any, **more: Any) -> Any:
        if isinstance(body, dict):
            _fail(body)
        return drafted(office, caller, body, **more)

    def add(session: Any, case: Any) -> None:
        if str(case.external_id).startswith(STATES):
            said = {"label": case.label, "external_id": case.external_id}
            session.connection.execute(text("INSERT INTO nowhere VALUES (:label, :external_id)"), said)
        added(session, case)

    record.draft_new, cases.add = draft_new, add


def _fail(body: dict[str, Any]) -> None:
    external_id = str(body.get("external_id"))
    if external_id.startswith(RAISES):
        raise RuntimeError(str(body))
    if external_id.startswith(CAUSES):
        try:
            raise ValueError(body)
        except ValueError as error:
            error.add_note(str(body))
            raise KeyError(repr(body)) from error
    if external_id.startswith(TALKS):
        library = logging.getLogger("somebody.elses")
        library.debug("asked with %s", body)
        library.warning("asked with %s", body)
        library.error(f"asked with {body}", extra={"body": str(body), "reason": str(body), "count": body})
