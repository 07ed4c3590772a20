"""What must hold of any input: an answer or an error of ours, in linear time, the same in pieces."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from time import thread_time

from payers.clearinghouse.reading import read_reply
from payers.errors import UnreadableReply
from payers.x12.describe import describe
from payers.x12.model import Oddity, Reading, Transaction, Wanted
from payers.x12.ranks import RANKS
from payers.x12.reader import read_271, stream_271
from payers.x12.segments import decode
from tests.payers.fuzz_json import broken_json
from tests.payers.fuzz_x12 import broken_x12

Content = bytes | str
LEVELS = sorted(RANKS)
# What is allowed: so much for any input, and so much for each segment or what costs as much as one.
BASE, EACH = 100e-6, 25e-6
BYTES_OF_A_SEGMENT = 12
# A transaction costs as much as so many segments, however short it is; each HL may begin one.
OF_A_TRANSACTION = 3


class Wrong(Exception):
    """Something that must hold does not."""


@dataclass(frozen=True)
class Kind:
    """A kind of input: how one is made, how it is read, and how many segments it is worth."""

    make: Callable[[Random], Content]
    read: Callable[[Content], Reading]
    worth: Callable[[Content], float]


def _worth_of_x12(content: Content) -> float:
    text = decode(content)
    begun = text.count("HL") + text.count("ST") + text.count("ISA")
    return len(text) / BYTES_OF_A_SEGMENT + OF_A_TRANSACTION * begun


def _worth_of_json(content: Content) -> float:
    text = decode(content)
    return len(text) / BYTES_OF_A_SEGMENT + text.count("{") + text.count(",")


KINDS = {
    "x12": Kind(broken_x12, read_271, _worth_of_x12),
    "json": Kind(broken_json, lambda content: read_reply(decode(content)), _worth_of_json),
}


def make(kind: str, seed: int, index: int) -> Content:
    """The input of a number; the same seed and number make the same one for ever."""
    return KINDS[kind].make(Random(f"{kind} {seed} {index}"))


def two_levels(random: Random) -> tuple[Wanted, Wanted]:
    """Two levels to ask for, each on terms of its own."""
    first, second = (
        Wanted(level, condition, random.choice(("in", "out")), random.choice(MODALITIES))
        for level, condition in random.sample(LEVELS, 2)
    )
    return first, second


MODALITIES = ("in_person", "telehealth", "hybrid")


def read_and_describe(kind: str, content: Content, wanted: tuple[Wanted, Wanted]) -> tuple[str, float]:
    """What became of an input, in a word, and the seconds it took; raises what is none of ours."""
    began = thread_time()
    try:
        reading = KINDS[kind].read(content)
    except UnreadableReply as error:
        return error.reason, thread_time() - began
    for each in wanted:
        describe(reading, each)
    return "answered", thread_time() - began


def check_closely(kind: str, content: Content, wanted: Wanted, random: Random) -> None:
    """What is too slow to be timed: the answer is JSON, and pieces of any size give the same one."""
    try:
        reading = KINDS[kind].read(content)
    except UnreadableReply as error:
        whole: tuple[object, ...] = (error.reason,)
    else:
        json.dumps(describe(reading, wanted))
        whole = _said(reading.transactions, reading.oddities)
    if kind == "x12" and whole != _streamed(decode(content), random):
        raise Wrong("in pieces the answer is another")


def _streamed(text: str, random: Random) -> tuple[object, ...]:
    oddities: list[Oddity] = []
    transactions: list[Transaction] = []
    try:
        transactions += stream_271(_pieces(text, random), oddities)
    except UnreadableReply as error:
        return (error.reason,)
    return _said(transactions, oddities)


def _said(transactions: Sequence[Transaction], oddities: Sequence[Oddity]) -> tuple[object, ...]:
    """What was read, in an order of its own: text is split before its envelope is looked at."""
    return tuple(transactions), sorted((oddity.code, oddity.at) for oddity in oddities)


def _pieces(text: str, random: Random) -> Iterator[str]:
    most = random.choice((7, 100, 1_000, 50_000))
    start = 0
    while start < len(text):
        end = start + random.randrange(1, most)
        yield text[start:end]
        start = end


def allowed(kind: str, content: Content, slowness: float) -> float:
    """The seconds that an input may take on a machine that is `slowness` times slower than usual."""
    return (BASE + EACH * KINDS[kind].worth(content)) * max(1.0, slowness)


def time_again(kind: str, content: Content, wanted: tuple[Wanted, Wanted]) -> float:
    """The least of three more measurements, begun with memory tidied."""
    gc.collect()
    return min(read_and_describe(kind, content, wanted)[1] for _ in range(3))
