"""A reply as plain JSON: status, plan, one level of care, every line, and what was odd.

Money and rates are decimal strings; `segment` is the number of the segment (ISA is 1) that states a
figure, or the place in a JSON reply.
"""

from __future__ import annotations

from typing import Any

from payers.x12 import codes
from payers.x12.amounts import write_rate
from payers.x12.codes import explain_rejection
from payers.x12.level import Hint, Level, read_level
from payers.x12.matching import network_word
from payers.x12.model import Entity, Line, Oddity, Reading, Rejection, Transaction, Wanted
from payers.x12.others import OtherPayer, find_other_payers
from payers.x12.pots import Figure, Pot, Pots
from payers.x12.shares import LimitLine
from payers.x12.status import Status, date_of_service, find_status

Described = dict[str, Any]


def describe(reading: Reading, wanted: Wanted) -> Described:
    """Return all transactions of a reply, each read for what is wanted."""
    return {
        "warnings": [_oddity(one) for one in reading.oddities],
        "transactions": [describe_transaction(one, wanted) for one in reading.transactions],
    }


def describe_transaction(transaction: Transaction, wanted: Wanted) -> Described:
    """Return what a payer answered about one patient."""
    on = date_of_service(transaction, wanted.date_of_service)
    status = find_status(transaction, on, wanted.level_of_care)
    level = read_level(transaction, status, wanted, on) if wanted.level_of_care else None
    odd = [*transaction.oddities, *(level.oddities if level is not None else ())]
    payer = transaction.payer
    return {
        "trace": transaction.trace or None,
        "payer": {"name": payer.name, "id": payer.id},
        "patient": transaction.patient,
        "status": status.status,
        "reasons": list(status.reasons),
        "rejections": [_rejection(one) for one in transaction.rejections],
        "contact": _entity(status.contact),
        "plan": _plan(transaction, status),
        "level": _level(level, find_other_payers(transaction, on)) if level is not None else None,
        "benefits": _lines(transaction),
        "warnings": [_oddity(one) for one in dict.fromkeys(map(_hashable, odd))],
    }


def _plan(transaction: Transaction, status: Status) -> Described:
    group = transaction.person.group_number or transaction.subscriber.group_number
    return {
        "name": status.plan_name or None,
        "insurance_type": status.insurance_type or None,
        "group_number": group or None,
        "coverage_start": _day(status.start.start if status.start else None),
        "coverage_end": _day(status.end.end if status.end else None),
    }


def _level(level: Level, other_payers: tuple[OtherPayer, ...]) -> Described:
    return {
        "level_of_care": level.wanted.level_of_care,
        "network": level.wanted.network,
        "covered": level.covered,
        "inferred": level.is_inferred,
        "copays": [
            {"amount": _dollars(one.cents), "per": one.per, **_terms(one.line)} for one in level.shares.copays
        ],
        "coinsurances": [
            {"rate": write_rate(one.rate), **_terms(one.line)} for one in level.shares.coinsurances
        ],
        "deductible": _pots(level.deductible),
        "out_of_pocket_max": _pots(level.out_of_pocket_max),
        "limits": [_limit(one) for one in level.limits],
        "prior_authorization": level.prior_authorization,
        "administrator": _entity(level.administrator),
        "other_payers": [_other_payer(one) for one in other_payers],
        "hints": [_hint(one) for one in level.hints],
    }


def _terms(line: Line) -> Described:
    """Write what tells one alternative from another."""
    places = line.detail.places
    return {
        "service_type": line.service_type or None,
        "procedure": line.procedure or None,
        "place_of_service": " ".join(places) or None,
        "network": network_word(line),
        "notes": [message.text for message in line.detail.messages],
        "segment": line.at,
    }


def _pots(pots: Pots) -> Described:
    return {"individual": _pot(pots.individual), "family": _pot(pots.family)}


def _pot(pot: Pot | None) -> Described | None:
    if pot is None:
        return None
    written: Described = {
        "limit": _figure(pot.limit),
        "remaining": _figure(pot.remaining),
        "met": _figure(pot.met),
    }
    return {**written, "reason": pot.reason} if pot.reason else written


def _limit(limit: LimitLine) -> Described:
    stated = _terms(limit.line)
    del stated["place_of_service"]
    return {
        "units": limit.units,
        "used": limit.used,
        "remaining": limit.remaining,
        "unit": limit.unit,
        "period": limit.period,
        **stated,
    }


def _entity(entity: Entity | None) -> Described | None:
    if entity is None:
        return None
    return {
        "name": entity.name or None,
        "id": entity.id or None,
        "phone": entity.phone or None,
        "role": entity.role,
        "segment": entity.at,
    }


def _other_payer(other: OtherPayer) -> Described:
    entity = other.entity
    return {
        "name": other.name or None,
        "id": (entity.id or None) if entity else None,
        "phone": (entity.phone or None) if entity else None,
        "role": entity.role if entity else None,
        "kind": other.kind,
        "primary": other.pays_first,
        "segment": other.line.at,
    }


def _hint(hint: Hint) -> Described:
    return {"kind": hint.kind, "quote": hint.text or quote(hint.line), "segment": hint.at}


def quote(line: Line) -> str:
    """Return a line as an EB is written, with the usual delimiters and no empty end."""
    before = ["EB", line.code, line.coverage_level, line.service_type, line.insurance_type, line.plan]
    after = [line.period, line.amount, line.percent, line.quantity_type, line.quantity]
    return "*".join([*before, *after, line.authorization, line.network, line.procedure]).rstrip("*")


def _rejection(rejection: Rejection) -> Described:
    meaning, kind = explain_rejection(rejection.loop, rejection.code)
    return {
        "loop": rejection.loop,
        "code": rejection.code,
        "meaning": meaning,
        "follow_up": rejection.follow_up or None,
        "class": kind,
        "segment": rejection.at,
    }


def _lines(transaction: Transaction) -> list[Described]:
    """Write every line; what hangs below an EB stands at its first line only."""
    written: list[Described] = []
    before: int | str | None = None
    for line in transaction.lines:
        written.append(_line(line) if line.at == before else {**_line(line), **_below(line)})
        before = line.at
    return written


def _line(line: Line) -> Described:
    return {
        "segment": line.at,
        "accumulator": line.at,
        "code": line.code,
        "coverage_level": line.coverage_level or "unspecified",
        "service_type": line.service_type or None,
        "insurance_type": line.insurance_type or None,
        "plan": line.plan or None,
        "period": line.period or None,
        "amount": line.amount or None,
        "percent": line.percent or None,
        "quantity_type": line.quantity_type or None,
        "quantity": line.quantity or None,
        "authorization": line.authorization or None,
        "network": line.network if line.network not in codes.ANSWERS else network_word(line),
        "procedure": line.procedure or None,
    }


def _below(line: Line) -> Described:
    detail = line.detail
    return {
        "places": list(detail.places),
        "notes": [message.text for message in detail.messages],
        "dates": [
            {"qualifier": span.qualifier, "start": _day(span.start), "end": _day(span.end)}
            for span in detail.spans
        ],
        "entities": [_entity(entity) for entity in detail.entities],
    }


def _hashable(oddity: Oddity) -> tuple[str, int | str | None, tuple[tuple[str, Any], ...]]:
    return oddity.code, oddity.at, tuple(oddity.params.items())


def _oddity(oddity: Oddity | tuple[str, int | str | None, tuple[tuple[str, Any], ...]]) -> Described:
    code, at, params = oddity if isinstance(oddity, tuple) else _hashable(oddity)
    return {"code": code, "segment": at, "params": dict(params)}


def _figure(figure: Figure | None) -> str | None:
    return None if figure is None or figure.cents is None else _dollars(figure.cents)


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
