"""Reads a clearinghouse's reply: JSON of either shape, told apart by what it holds.

What is no eligibility reply raises `UnreadableReply`; no text raises anything else.
"""

from __future__ import annotations

import json
from typing import Any

from payers.clearinghouse.benefits_information import read_benefits_information
from payers.clearinghouse.document import Object
from payers.clearinghouse.plans import read_plans
from payers.errors import UnreadableReply
from payers.x12.model import Reading
from payers.x12.segments import BYTE_ORDER_MARK, MOST_BYTES

PLANS = "plans"
FLAT_LISTS = ("benefitsInformation", "planStatus")
# Names that only replies of the flat shape have, rejections among them.
FLAT_NAMES = frozenset(FLAT_LISTS) | {
    "dependents",
    "planDateInformation",
    "planInformation",
    "reassociationKey",
    "tradingPartnerServiceId",
}
NOT_JSON = object()


def read_reply(text: str) -> Reading:
    """Read a reply of at most ten million bytes; raises `UnreadableReply`."""
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise UnreadableReply("too_large", MOST_BYTES)
    bare = text.strip().removeprefix(BYTE_ORDER_MARK).strip()
    if not bare:
        raise UnreadableReply("empty")
    document = _parse(bare)
    if document is NOT_JSON:
        raise UnreadableReply("not_json")
    if not isinstance(document, dict):
        raise UnreadableReply("not_an_answer")
    return _read(document)


def _parse(text: str) -> Any:
    """Return the document with its numbers as they are written, or `NOT_JSON`.

    The parser's own error holds the text, so it goes no further than this.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return NOT_JSON


def _read(document: Object) -> Reading:
    if isinstance(document.get(PLANS), list):
        return Reading((read_plans(document),))
    is_flat = not FLAT_NAMES.isdisjoint(document)
    transaction = read_benefits_information(document) if is_flat else read_plans(document)
    has_list = any(isinstance(document.get(name), list) for name in FLAT_LISTS)
    # A reply that rejects the inquiry may have nothing else.
    if not has_list and not transaction.rejections:
        raise UnreadableReply("not_an_answer")
    return Reading((transaction,))
