"""Reads 271 files: every transaction that can be read, and what was odd about the rest.

A payer's file may hold many transactions; a broken one is reported and the others are still read. What
is no eligibility reply at all raises `UnreadableReply`; no input raises anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from payers.errors import UnreadableReply
from payers.x12.loops import Loops
from payers.x12.model import Oddity, Reading, Transaction
from payers.x12.segments import MOST_BYTES, Segment, Splitter, decode

REPLY = "271"
ACKNOWLEDGEMENTS = ("997", "999")
VERSION = "005010X279A1"
EARLIER_VERSION = "004010"


def read_271(content: bytes | str) -> Reading:
    """Read a whole file of at most ten million bytes; raises `UnreadableReply`, with the byte where known."""
    if len(content) > MOST_BYTES:
        raise UnreadableReply("too_large", MOST_BYTES)
    oddities: list[Oddity] = []
    transactions = tuple(stream_271((decode(content),), oddities))
    return Reading(transactions, tuple(oddities))


def stream_271(pieces: Iterable[str], oddities: list[Oddity]) -> Iterator[Transaction]:
    """Yield each transaction as it is complete; `oddities` gathers those of the file.

    Takes no more memory than the longest transaction. Raises `UnreadableReply`.
    """
    splitter = Splitter(oddities)
    envelope = _Envelope(splitter)
    found = False
    for batch in splitter.batches(pieces):
        for transaction in envelope.take(batch):
            found = True
            yield transaction
    for transaction in envelope.end():
        found = True
        yield transaction
    if not found:
        raise UnreadableReply("syntax_rejected" if envelope.is_acknowledged else "not_an_answer")


class _Envelope:
    """Follows ISA, GS, ST and their ends, and gathers what stands between as transactions."""

    def __init__(self, splitter: Splitter) -> None:
        self._splitter = splitter
        self._held: list[Segment] | None = None
        self._controls: dict[str, str] = {}
        self._began = self._began_at = self._number = 0
        self.is_acknowledged = False

    def take(self, batch: list[Segment]) -> Iterator[Transaction]:
        """Take segments; yield the transactions that they complete."""
        first, done = self._splitter.number + 1, 0
        marks = [
            place
            for place, segment in enumerate(batch)
            if segment[0] != "EB" and segment[0] in ENVELOPE  # most are EB
        ]
        for place in marks:
            self._hold(batch[done:place])
            done, self._number = place + 1, first + place
            yield from self._take_mark(batch[place][0], batch[place])
        self._hold(batch[done:])
        self._number = self._splitter.number + len(batch)
        if self._held is not None and self._splitter.taken - self._began_at > MOST_BYTES:
            raise UnreadableReply("too_large")

    def _hold(self, segments: list[Segment]) -> None:
        if self._held is not None:
            self._held += segments
        elif any(segment[0] == "TA1" for segment in segments):
            self.is_acknowledged = True

    def _take_mark(self, tag: str, segment: Segment) -> Iterable[Transaction]:
        if tag == "SE":
            return self._close(segment)
        cut_off = self._cut_off()
        if tag == "ST":
            self._open(segment)
        elif tag in ("ISA", "GS"):
            self._begin(tag, segment)
        elif self._controls.pop(OPENERS[tag], None) != _at(segment, 2):
            self._splitter.note("wrong_control_number", self._number)
        return cut_off

    def end(self) -> Iterator[Transaction]:
        """Take the end of the file."""
        if any(opener in self._controls for opener in OPENERS.values()):
            self._splitter.note("trailer_missing", self._number)
        yield from self._cut_off()

    def _begin(self, tag: str, segment: Segment) -> None:
        note = self._splitter.note
        if tag in self._controls:
            note("trailer_missing", self._number)
        if tag == "ISA":
            self._controls = {"ISA": _at(segment, 13)}
            if _at(segment, 12) < "00500":
                note("version_4010", self._number)
            return
        self._controls["GS"] = _at(segment, 6)
        if _at(segment, 1) != "HB":
            note("wrong_functional_code", self._number)
        version = _at(segment, 8)
        if version.startswith(EARLIER_VERSION):
            note("version_4010", self._number)
        elif version != VERSION:
            note("other_version", self._number)

    def _open(self, segment: Segment) -> None:
        kind = _at(segment, 1)
        if kind == REPLY:
            self._held = []
            self._controls["ST"] = _at(segment, 2)
            self._began, self._began_at = self._number, self._splitter.taken
        elif kind in ACKNOWLEDGEMENTS:
            self.is_acknowledged = True
        else:
            self._splitter.note("other_transaction", self._number)

    def _close(self, segment: Segment) -> Iterable[Transaction]:
        if self._held is None:
            return ()
        odd: list[Oddity] = []
        counted = self._number - self._began + 1
        if _at(segment, 1).lstrip("0") != str(counted):
            odd.append(Oddity("wrong_segment_count", self._number, {"counted": counted}))
        if _at(segment, 2) != self._controls.get("ST"):
            odd.append(Oddity("wrong_control_number", self._number))
        return self._read(odd, None)

    def _cut_off(self) -> Iterable[Transaction]:
        """Give up a transaction that has no end: what is missing of it could change everything."""
        return () if self._held is None else self._read([], "cut_off")

    def _read(self, odd: list[Oddity], broken: str | None) -> Iterable[Transaction]:
        held, self._held = self._held or [], None
        return Loops(self._splitter.delimiters, odd).read(held, self._began + 1, broken)


ENVELOPE = frozenset(("ISA", "GS", "ST", "SE", "GE", "IEA"))
OPENERS = {"GE": "GS", "IEA": "ISA"}


def _at(segment: Segment, place: int) -> str:
    return segment[place] if place < len(segment) else ""
