"""What has to hold in the database of a service that was just killed: all that was answered, no halves."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Table, func, select, update

from service.office import open_store_of
from service.store import audit, cases, verifications
from service.store.idempotency import CLAIM_LASTS
from service.store.session import Session, transaction
from service.store.tables import audit_events, idempotency
from service.store.tables import cases as cases_table
from service.store.tables import verifications as verifications_table
from tests.proofs.serving import Installation

MADE = ("verification.create", "verification.tell", "case.create")


@dataclass(frozen=True, slots=True)
class State:
    """What a database holds: ids of its verifications and of the cases that none opened, and its faults."""

    verifications: frozenset[str]
    cases: frozenset[str]
    events: int
    faults: tuple[str, ...]

    @property
    def records(self) -> frozenset[str]:
        """Everything that a client can have been told of."""
        return self.verifications | self.cases


def look(installation: Installation, acknowledged: Collection[str], opened: Collection[str]) -> State:
    """Look at a database as it is at one moment; `opened` are records to open, with all that is sealed."""
    with closing(open_store_of(installation.settings())) as store, transaction(store) as session:
        _stand_still(session)
        made = _ids(session, verifications_table)
        with_verification = set(
            session.connection.execute(select(verifications_table.c.case_id).distinct()).scalars()
        )
        alone = _ids(session, cases_table) - with_verification
        told = _subjects(session)
        subjects = set(told)
        faults = [
            *_missing("was acknowledged and is not there", set(acknowledged) - made - alone),
            *_missing("a verification has no case", with_verification - _ids(session, cases_table)),
            *_missing("a record has no audit event", (made | alone) - subjects),
            *_missing("an audit event has no record", subjects - made - alone),
            *_missing("two audit events tell of it", {one for one in subjects if told.count(one) > 1}),
            *_answers(session, len(made) + len(alone)),
        ]
        faults += [f"cannot be read: {one}" for one in opened if not _is_readable(session, one)]
        count = session.connection.execute(select(func.count()).select_from(audit_events)).scalar_one()
    return State(frozenset(made), frozenset(alone), int(count), tuple(faults))


def check_trail(installation: Installation) -> audit.Verdict:
    """Check the whole audit trail."""
    with closing(open_store_of(installation.settings())) as store, transaction(store) as session:
        return audit.check(session, datetime.now(UTC))


def let_claims_lapse(installation: Installation) -> None:
    """Make every claim of a request that died as old as it has to be to lapse, to save waiting for it."""
    with closing(open_store_of(installation.settings())) as store, transaction(store) as session:
        died = update(idempotency).where(idempotency.c.status.is_(None))
        past = datetime.now(UTC) - CLAIM_LASTS - timedelta(seconds=1)
        session.connection.execute(died.values(claimed_at=past))


def _ids(session: Session, table: Table) -> set[str]:
    return set(session.connection.execute(select(table.c.id)).scalars())


def _stand_still(session: Session) -> None:
    """See one moment until the transaction ends, whoever goes on to write."""
    is_server = session.connection.dialect.name == "postgresql"
    session.connection.exec_driver_sql(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" if is_server else "BEGIN"
    )


def _subjects(session: Session) -> list[str]:
    """Return of which records audit events say that they were made."""
    query = select(audit_events.c.subject).where(audit_events.c.action.in_(MADE))
    return list(session.connection.execute(query).scalars())


def _missing(what: str, ids: set[str]) -> list[str]:
    return [f"{what}: {one}" for one in sorted(ids)]


def _answers(session: Session, records: int) -> list[str]:
    """Every record was made under an idempotency key, so there are as many answers as records."""
    answered = select(func.count()).select_from(idempotency).where(idempotency.c.status == 201)
    kept = session.connection.execute(answered).scalar_one()
    return [] if kept == records else [f"{kept} answers are kept for {records} records"]


def _is_readable(session: Session, record: str) -> bool:
    try:
        verification = verifications.get(session, record)
        case = None if verification else cases.get(session, record)
    except Exception:  # whatever stands in the way
        return False
    if verification is not None:
        return bool(verification.answer and verification.request["member"])
    return case is not None and case.label is not None
