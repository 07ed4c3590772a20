"""What the clinic was told of plans and keeps as rules of its own: proposed, approved, and until when.

Nothing here says of which member it was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update

from service.store.pages import Page, cut, newest_first
from service.store.session import Session
from service.store.tables import local_rules

STATUSES = (PROPOSED, APPROVED, REJECTED, WITHDRAWN) = ("proposed", "approved", "rejected", "withdrawn")


@dataclass(frozen=True, slots=True)
class LocalRule:
    """One value of one field of a plan's level of care, for a network, a condition and a way of care.

    It holds for care from `starts` to `ends`, and answers up to the day `holds_until`.
    """

    id: str
    status: str
    payer: str
    plan: str
    level: str
    field: str
    network: str
    condition: str
    modality: str
    value: Any
    told_on: date
    channel: str
    starts: date
    ends: date
    holds_until: date
    proposed_at: datetime
    proposed_by: str
    proposer_id: str
    decided_at: datetime | None = None
    decided_by: str | None = None


def add(session: Session, rules: Sequence[LocalRule]) -> None:
    """Keep proposals."""
    rows = [
        {item.name: getattr(rule, item.name) for item in fields(LocalRule)}
        | {"value": orjson.dumps(rule.value).decode()}
        for rule in rules
    ]
    session.connection.execute(insert(local_rules), rows)


def get(session: Session, rule_id: str) -> LocalRule | None:
    """One rule by id, or `None`; locked until the transaction ends where the database can."""
    query = select(local_rules).where(local_rules.c.id == rule_id).with_for_update()
    row = session.connection.execute(query).one_or_none()
    return None if row is None else _opened(row)


def decide(session: Session, rule: LocalRule, status: str, by: str, at: datetime) -> LocalRule:
    """Note what was decided of a rule, by whom and when."""
    decided = {"status": status, "decided_by": by, "decided_at": at}
    session.connection.execute(update(local_rules).where(local_rules.c.id == rule.id).values(decided))
    return replace(rule, status=status, decided_by=by, decided_at=at)


def in_force(session: Session, today: date) -> list[LocalRule]:
    """Every rule that answers on a day: approved, and not past its end; the newest told last."""
    table = local_rules.c
    query = (
        select(local_rules)
        .where(table.status == APPROVED, table.holds_until >= today)
        .order_by(table.told_on, table.id)
    )
    return [_opened(row) for row in session.connection.execute(query)]


def page_of(session: Session, status: str | None, page: Page) -> tuple[Sequence[LocalRule], str | None]:
    """A page of all rules, or of those of a status, newest first, and the cursor of the next."""
    query = select(local_rules)
    if status is not None:
        query = query.where(local_rules.c.status == status)
    rows = session.connection.execute(newest_first(query, local_rules.c.id, page))
    return cut([_opened(row) for row in rows], page)


def _opened(row: Row[Any]) -> LocalRule:
    said = {item.name: getattr(row, item.name) for item in fields(LocalRule)}
    return LocalRule(**said | {"value": orjson.loads(row.value)})
