"""Whom else a reply names: who administers behavioral care in the payer's place, and who else pays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from payers.x12 import codes
from payers.x12.matching import Matched, holds_for
from payers.x12.model import Entity, Line, Party, Transaction

MEDICARE_ADVANTAGE, QMB = "medicare_advantage", "qmb"
MANAGED_CARE, OTHER = "medicaid_managed_care", "other"
ADMINISTERED = frozenset((*codes.ACTIVE, "1", codes.CONTACT, codes.COORDINATOR, codes.BASIS))
MEDICARE_PARTS = frozenset((codes.PART_A, codes.PART_B))


class OtherPayer(NamedTuple):
    """Somebody else who pays: of what kind, whether first (`None`: not stated), and the line that says so."""

    kind: str
    name: str
    entity: Entity | None
    pays_first: bool | None
    line: Line


def find_administrator(matched: Matched, transaction: Transaction, on: date | None) -> Entity | None:
    """Return who is to be asked about this level instead of the payer, if a line of it names somebody."""
    for kinds in matched.ranks.values():
        lines = (line for kind, found in kinds.items() if kind in ADMINISTERED for line in found)
        named = _first_administrator(lines, transaction.payer)
        if named is not None:
            return named
    general = (
        line
        for line in transaction.lines
        if line.code == codes.CONTACT
        and not line.service_type
        and not line.procedure
        and line.detail.entities
        and holds_for(line, on)
    )
    return _first_administrator(general, transaction.payer)


def _first_administrator(lines: Iterable[Line], payer: Party) -> Entity | None:
    entities = (entity for line in lines for entity in line.detail.entities)
    return next(
        (one for one in entities if one.role in codes.ADMINISTRATORS and not _is_payer(one, payer)), None
    )


def _is_payer(entity: Entity, payer: Party) -> bool:
    if entity.id and entity.id == payer.id:
        return True
    return bool(entity.name) and entity.name.casefold() == payer.name.casefold()


def find_other_payers(transaction: Transaction, on: date | None) -> tuple[OtherPayer, ...]:
    """Return everybody who pays besides this payer, or in its place, on a date."""
    types = {line.insurance_type for line in transaction.lines if line.code in codes.ACTIVE}
    found: list[OtherPayer] = []
    for line in transaction.lines:
        if not (line.insurance_type or line.code == codes.OTHER_PAYER) or not holds_for(line, on):
            continue
        kind = _kind(line, types)
        if kind is None:
            continue
        entity = line.detail.entities[0] if line.detail.entities else None
        name = (entity.name if entity else "") or line.plan
        first = codes.PAYS_FIRST.get(entity.role) if entity else None
        found.append(OtherPayer(kind, name, entity, first, line))
    return tuple({(one.kind, one.name, one.entity and one.entity.role): one for one in found}.values())


def _kind(line: Line, types: set[str]) -> str | None:
    """Return what kind of other payer a line tells of, if it tells of any."""
    kind, code = line.insurance_type, line.code
    if kind == codes.QMB and code in codes.ACTIVE:
        return QMB
    if kind == codes.MEDICARE_RISK and (code == codes.OTHER_PAYER or types & MEDICARE_PARTS):
        return MEDICARE_ADVANTAGE
    if line.detail.entities and code in MANAGERS and (kind == codes.MEDICAID or codes.MEDICAID in types):
        return MANAGED_CARE
    if code == codes.OTHER_PAYER and line.detail.entities:
        return OTHER
    return None


MANAGERS = frozenset((codes.OTHER_PAYER, codes.CONTACT, codes.COORDINATOR))
