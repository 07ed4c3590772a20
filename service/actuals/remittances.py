"""Turns the claims of a remittance advice into sessions: the lines of a claim, day by day.

Only what the first payer paid is taken; what cannot be given to one day is left out, and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from payers.errors import UnreadableReply
from payers.x12.remittance import read_835
from payers.x12.remittance_model import Claim, Remittance, ServiceLine
from schemas.fields import format_money
from service.actuals.entries import Entry, LeftOut, UnusableFile
from service.casework.paid import REMITTANCE, Stated

LEFT_OUT = NOT_FIRST, NOT_PAYMENT, AS_A_WHOLE, NO_DAY, DUPLICATE = (
    "not_the_first_payer",
    "not_a_payment",
    "adjusted_as_a_whole",
    "of_no_single_day",
    "duplicate",
)
"""Why a claim or a line of it is not kept."""


def read_remittances(content: bytes) -> tuple[Remittance, ...]:
    """Read a file of remittance advice; raises `UnusableFile`."""
    try:
        return read_835(content)
    except UnreadableReply as error:
        raise UnusableFile(str(error)) from None


def entries_of(found: tuple[Remittance, ...]) -> Iterator[Entry | LeftOut]:
    """Yield the sessions of every claim, in the order of the file."""
    position = 0
    for remittance in found:
        for claim in remittance.claims:
            position += 1
            yield from _of_claim(claim, remittance, position)


def _of_claim(claim: Claim, remittance: Remittance, position: int) -> Iterator[Entry | LeftOut]:
    if claim.is_secondary:
        yield LeftOut(position, NOT_FIRST, at=claim.at)
    elif not (claim.is_primary or claim.is_denied or claim.is_reversal):
        yield LeftOut(position, NOT_PAYMENT, at=claim.at)
    elif claim.lines and any(one.amount for one in claim.adjustments):
        yield LeftOut(position, AS_A_WHOLE, at=claim.at)
    else:
        yield from _by_day(claim, remittance, position)


def _by_day(claim: Claim, remittance: Remittance, position: int) -> Iterator[Entry | LeftOut]:
    days: dict[date, list[Stated]] = {}
    met: Counter[tuple[date, str]] = Counter()
    for line in claim.lines or (_as_line(claim),):
        if line.on is None:
            yield LeftOut(position, NO_DAY, at=line.at)
        elif line.is_capitated:
            yield LeftOut(position, NOT_PAYMENT, at=line.at)
        elif line.is_duplicate:
            yield LeftOut(position, DUPLICATE, at=line.at)
        else:
            service = "|".join((line.procedure or line.revenue, *line.modifiers))
            key = f"{service}|{met[line.on, service]}"
            met[line.on, service] += 1
            days.setdefault(line.on, []).append(_stated(line, claim, remittance, key))
    for on, stated in days.items():
        yield Entry(position, claim.number, on, None, stated)


def _as_line(claim: Claim) -> ServiceLine:
    """The one line of a claim that was decided as a whole."""
    is_of_one_day = claim.starts is not None and claim.ends in (None, claim.starts)
    return ServiceLine(
        procedure="",
        modifiers=(),
        revenue="",
        charge=claim.charge,
        paid=claim.paid,
        units="",
        on=claim.starts if is_of_one_day else None,
        stated_allowed=None,
        adjustments=claim.adjustments,
        at=claim.at,
    )


def _stated(line: ServiceLine, claim: Claim, remittance: Remittance, key: str) -> Stated:
    is_denied = claim.is_denied or line.is_unpaid
    stated = Stated(
        source=REMITTANCE,
        key=key,
        control=claim.control,
        denied=is_denied,
        is_reversal=claim.is_reversal,
        on="" if remittance.paid_on is None else remittance.paid_on.isoformat(),
        codes=_codes(line, remittance),
    )
    amounts = {
        "allowed": 0 if is_denied else line.allowed,
        "patient": line.patient,
        "deductible": line.deductible,
        "copay": line.copay,
        "coinsurance": line.coinsurance,
        "plan_paid": line.paid,
        "charge": line.charge,
    }
    derived = line.stated_allowed is None and not is_denied
    return replace(stated, amounts=amounts, allowed_is_derived=derived)


def _codes(line: ServiceLine, remittance: Remittance) -> dict[str, Any]:
    return {
        "procedure": line.procedure,
        "modifiers": list(line.modifiers),
        "revenue": line.revenue,
        "trace": remittance.trace,
        "reasons": [
            {"group": one.group, "code": one.reason, "amount": format_money(one.amount)}
            for one in line.adjustments
        ],
    }
