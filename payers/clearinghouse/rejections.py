"""Why a payer rejected an inquiry: AAA errors of a JSON reply, in one list or beside whom they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from payers.clearinghouse.document import Object, below, each_object, find_text
from payers.clearinghouse.notes import Notes
from payers.clearinghouse.words import as_word
from payers.x12.model import Rejection

REASON = re.compile(r"[0-9A-Z]{2}")
LOOP = re.compile(r"2[01]\d\d[A-D]")
HOLDERS = (
    ("payer", "2100A"),
    ("provider", "2100B"),
    ("subscriber", "2100C"),
    ("dependent", "2100D"),
    ("dependents", "2100D"),
)
LOCATIONS: Mapping[str, str] = MappingProxyType(
    {
        "ENVELOPE": "2000A",
        "PAYER": "2100A",
        "PROVIDER": "2100B",
        "SUBSCRIBER": "2100C",
        "DEPENDENT": "2100D",
        "DEPENDENTS": "2100D",
        "SUBSCRIBER_BENEFITS": "2110C",
        "DEPENDENT_BENEFITS": "2110D",
    }
)
WHOLE_INQUIRY = "2000A"


def read_rejections(document: Object, notes: Notes) -> tuple[Rejection, ...]:
    """Return the AAA errors of a reply, each once; errors of another kind are none of the payer's."""
    found: dict[tuple[str, str], Rejection] = {}
    for one in _beside_holders(document, notes):
        found.setdefault((one.loop, one.code), one)
    reasons = {code for _, code in found}
    for at, error in each_object(document.get("errors"), "/errors"):
        loop = _loop_of(error)
        # The list at the top repeats what stands beside the payer, the provider and the patient.
        if loop or find_text(error, "code") not in reasons:
            for one in _rejection(error, loop or WHOLE_INQUIRY, at, notes):
                found.setdefault((one.loop, one.code), one)
    return tuple(found.values())


def _beside_holders(document: Object, notes: Notes) -> Iterator[Rejection]:
    for name, loop in HOLDERS:
        for at, holder in each_object(document.get(name), below("", name)):
            for place, error in each_object(holder.get("aaaErrors"), below(at, "aaaErrors")):
                yield from _rejection(error, _loop_of(error) or loop, place, notes)


def _rejection(error: Object, loop: str, at: str, notes: Notes) -> Iterator[Rejection]:
    code = find_text(error, "code").upper()
    if REASON.fullmatch(code):
        yield Rejection(loop, code, notes.code("AAA04", error.get("followupAction"), at), at)


def _loop_of(error: Object) -> str:
    location = find_text(error, "location").upper()
    loop = LOOP.search(location)
    return loop[0] if loop else LOCATIONS.get(as_word(location), "")
