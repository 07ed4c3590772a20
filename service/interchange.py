"""What staff do with X12 files from the command line: read a payer's 271, write the 270 for a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from payers.adapters.x12 import inquiries_270
from payers.errors import UnreadableReply
from payers.x12.describe import describe
from payers.x12.model import Wanted
from payers.x12.reader import read_271
from payers.x12.writer import write_270
from schemas.inquiry import load_inquiry
from service.hearing import new_trace
from service.verify import Desk, known, question

X12 = "x12"


class Unreadable(Exception):
    """A file is no eligibility reply; the message says why, and where."""


class NoPayerId(Exception):
    """Nobody says what a payer is called in X12."""


def read_reply(
    content: bytes,
    *,
    level_of_care: str | None,
    condition: str,
    network: str,
    modality: str,
    date_of_service: date | None,
) -> dict[str, Any]:
    """Return what a 271 says, normalised, for a level of care; raises `Unreadable`."""
    wanted = Wanted(level_of_care, condition, network, modality, date_of_service)
    try:
        return describe(read_271(content), wanted)
    except UnreadableReply as error:
        raise Unreadable(str(error)) from None


def write_inquiries(desk: Desk, body: Any, payer: str | None, at: datetime) -> list[str]:
    """Return the 270s that ask a payer about a verification request; raises `BadRequest`.

    `payer` is a payer of the rulebook, or an id as the payer is called in X12; without one the request's
    own payer is asked, by the id that a connection in X12 or else the rulebook knows. Raises `NoPayerId`
    where neither does.
    """
    if payer in desk.rulebook.payer_ids and isinstance(body, dict):
        body, payer = {**body, "payer": payer}, None
    inquiry, _ = load_inquiry(body, known(desk, at))
    ask = replace(question(desk, inquiry, at), trace=new_trace())
    x12_id = payer or _x12_id(desk, inquiry.payer)
    return [write_270(one) for one in inquiries_270(ask, x12_id, **_parties(desk, inquiry.payer))]


def _parties(desk: Desk, payer_id: str) -> dict[str, Any]:
    """Return who asks whom in the interchange, as far as a connection in X12 says it; else it is a test."""
    connection = desk.switchboard.connection_to(payer_id)
    if connection is None or connection.channel != X12:
        return {"test": True}
    return {
        "sender": connection.sender,
        "receiver": connection.receiver,
        "sender_qualifier": connection.sender_qualifier,
        "receiver_qualifier": connection.receiver_qualifier,
        "test": connection.test,
    }


def _x12_id(desk: Desk, payer_id: str) -> str:
    """Return what a payer is called in X12, by a connection in X12 or else by the rulebook."""
    connection = desk.switchboard.connection_to(payer_id)
    if connection is not None and connection.channel == X12:
        return connection.payers[payer_id]
    ids = [one.id for one in desk.rulebook.identity(payer_id).ids if one.network == X12]
    if not ids:
        raise NoPayerId(f"Nobody says what {payer_id} is called in X12: name its id with --payer.")
    return ids[0]
