"""Splits X12 into segments: delimiters come from the interchange header, never assumed.

Works on text that comes in pieces, so that a file of any length takes no more memory than its longest
transaction. Whatever is tolerated (a byte order mark, blanks around segments) is noted once.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from payers.errors import UnreadableReply
from payers.x12.model import Oddity

MOST_BYTES = 10_000_000
BLANKS = " \t\r\n"
BYTE_ORDER_MARK = "\ufeff"
# ISA has sixteen elements; the last is one character, and the segment terminator follows it.
ISA_ELEMENTS = 16
ISA_LENGTH = 106
LAST_ELEMENT = 103  # where the separator before ISA16 stands
# With so much text at hand a header is whole, if it is one at all.
LONG_ENOUGH = 2 * ISA_LENGTH + 2
HEADER = re.compile(r"ISA[^A-Za-z0-9 \t\r\n]")
ISA_VERSION, ISA_REPETITION = 12, 11
# Before this version ISA11 named a standard and nothing repeated.
FIRST_WITH_REPETITION = "00402"

Segment = list[str]


class Delimiters(NamedTuple):
    """The characters that part segments, elements, repetitions (empty: none) and components."""

    terminator: str
    element: str
    repetition: str
    component: str


def decode(content: bytes | str) -> str:
    """Return the text of a message; bytes that are not UTF-8 are taken as Latin-1."""
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def find_delimiters(text: str, start: int) -> Delimiters:
    """Return the delimiters that the ISA at `start` states; raises `UnreadableReply` with the byte."""
    element = text[start + 3 : start + 4]
    if not element:
        raise UnreadableReply("truncated", start + 3)
    if element.isalnum() or element in BLANKS:
        raise UnreadableReply("not_x12", start + 3)
    at = start + LAST_ELEMENT
    if text[at : at + 1] != element or text.count(element, start, at) != ISA_ELEMENTS - 1:
        at = _find_last_element(text, start, element)
    if at + 2 >= len(text):
        raise UnreadableReply("truncated", len(text))
    component, terminator = text[at + 1], text[at + 2]
    if terminator.isalnum() or terminator == " " or len({element, component, terminator}) < 3:
        raise UnreadableReply("not_x12", at + 2)
    header = text[start:at].split(element)
    repetition = header[ISA_REPETITION]
    repeats = header[ISA_VERSION] >= FIRST_WITH_REPETITION and len(repetition) == 1
    usable = repeats and not repetition.isalnum() and repetition not in (*BLANKS, element, terminator)
    return Delimiters(terminator, element, repetition if usable else "", component)


def _find_last_element(text: str, start: int, element: str) -> int:
    """Return where the last separator of a header stands whose elements are not padded as they should be."""
    at = start + 3
    for _ in range(ISA_ELEMENTS - 1):
        # The last element and the terminator follow, and are at hand with it.
        at = text.find(element, at + 1, start + LONG_ENOUGH - 2)
        if at < 0:
            whole = len(text) >= start + ISA_LENGTH
            raise UnreadableReply("not_x12" if whole else "truncated", start if whole else len(text))
    return at


class Splitter:
    """Cuts pieces of text into segments; `delimiters` are those of the interchange at hand.

    `number` is that of the last segment before the batch at hand, ISA being 1; `taken` the characters
    taken in so far.
    """

    def __init__(self, oddities: list[Oddity]) -> None:
        self.delimiters = Delimiters("", "", "", "")
        self.number = self.taken = 0
        self._oddities = oddities
        self._seen: set[str] = set()
        self._awaits_header = True

    def note(self, code: str, at: int | None) -> None:
        """Note an oddity of the whole file, the first time it is met."""
        if code not in self._seen:
            self._seen.add(code)
            self._oddities.append(Oddity(code, at))

    def batches(self, pieces: Iterable[str]) -> Iterator[list[Segment]]:
        """Yield the segments that are at hand, a list at a time; raises `UnreadableReply`."""
        waiting, length = [""], 0
        for piece in pieces:
            self.taken += len(piece)
            waiting.append(piece)
            length += len(piece)
            if length > MOST_BYTES or self._is_enough(waiting):
                waiting = [(yield from self._cut("".join(waiting), is_last=False))]
                length = len(waiting[0])
                if length > MOST_BYTES:
                    raise UnreadableReply("too_large")
        rest = yield from self._cut("".join(waiting), is_last=True)
        last = rest.strip(BLANKS)
        if last:
            yield [last.split(self.delimiters.element)]
            self.number += 1

    def _is_enough(self, waiting: list[str]) -> bool:
        """Say whether the pieces that wait hold a whole header, or the end of a segment."""
        if self._awaits_header:
            return len("".join(waiting).lstrip(BLANKS + BYTE_ORDER_MARK)) >= LONG_ENOUGH
        return self.delimiters.terminator in waiting[-1]

    def _cut(self, text: str, *, is_last: bool) -> Generator[list[Segment], None, str]:
        """Yield the segments that are complete, an interchange at a time, and return what is not."""
        start = 0
        if self.number and not self._awaits_header:
            start = self._skip_to_header(text)
        while True:
            if self._awaits_header:
                if self.number and not is_last and len(text) - start < LONG_ENOUGH:
                    return text[start:]
                start = self._begin(text, start)
            following = self._find_header(text, start + 3)
            end = text.rfind(self.delimiters.terminator, start) + 1 if following is None else following
            if end > start:
                yield from self._split(text[start:end])
            if following is None:
                return text[max(start, end) :]
            start, self._awaits_header = following, True

    def _begin(self, text: str, start: int) -> int:
        """Take over the delimiters of the interchange that begins here, and return where its ISA stands."""
        self._awaits_header = False
        at = start if self.number else self._find_first(text)
        try:
            self.delimiters = find_delimiters(text, at)
        except UnreadableReply:
            if not self.number:
                raise
            self.note("interchange_not_readable", self.number + 1)
        return at

    def _find_first(self, text: str) -> int:
        bare = text.lstrip(BLANKS)
        if bare.startswith(BYTE_ORDER_MARK):
            self.note("byte_order_mark", 1)
            bare = bare[1:].lstrip(BLANKS)
        elif len(bare) < len(text):
            self.note("blanks_around_segments", 1)
        if not bare:
            raise UnreadableReply("empty")
        at = len(text) - len(bare)
        if not bare.startswith("ISA"):
            raise UnreadableReply("truncated" if "ISA".startswith(bare) else "not_x12", at)
        return at

    def _skip_to_header(self, text: str) -> int:
        """Return where the next interchange begins, if the text begins with it, else 0."""
        at = len(text) - len(text.lstrip(BLANKS))
        if HEADER.match(text, at) is None:
            return 0
        self._awaits_header = True
        if at:
            self.note("blanks_around_segments", self.number + 1)
        return at

    def _find_header(self, text: str, start: int) -> int | None:
        """Return where the next interchange begins, if another does."""
        if text.find("ISA", start) < 0:
            return None
        terminator = self.delimiters.terminator
        for found in HEADER.finditer(text, start):
            before = found.start() - 1
            while before > start and text[before] in BLANKS and text[before] != terminator:
                before -= 1
            if before >= start and text[before] == terminator:
                return found.start()
        return None

    def _split(self, text: str) -> Iterator[list[Segment]]:
        """Yield the segments of a text that ends where a segment does."""
        terminator, element = self.delimiters.terminator, self.delimiters.element
        pieces = text.split(terminator)
        if list(map(str.strip, pieces)) != pieces:
            pieces = self._bare(pieces)
        elif not pieces.pop() and "" in pieces:
            pieces = [piece for piece in pieces if piece]
        if pieces:
            yield [piece.split(element) for piece in pieces]
            self.number += len(pieces)

    def _bare(self, pieces: list[str]) -> list[str]:
        """Return the pieces without the blanks around them, and without those that are nothing else."""
        bare: list[str] = []
        for piece in pieces:
            text = piece.strip(BLANKS)
            if len(text) < len(piece):
                self.note("blanks_around_segments", self.number + len(bare) + 1)
            if text:
                bare.append(text)
        return bare
