"""Ways to break an X12 file, from a flipped bit to a bomb of repetitions."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from payers.errors import UnreadableReply
from payers.x12 import codes
from payers.x12.segments import Delimiters, find_delimiters
from tests.payers.fuzz_seeds import weight, x12_seeds

PLAIN = Delimiters("~", "*", "^", ":")
LONGEST = 150_000
STRANGE = "\ufeff\u00a0\u0131\u017f\u2028\U0001f600\udc80\x00\x1c\x85½²٣é "
SOUND_MARKS = "~*^:|>!\n\r\t\x1c\x1d\x1e\x1f"
MARKS = "~*^:|>!\n\r\t\x1c\x1d\x1e\x1f\x00AZ09 \u2028é"
NUMBERS = (
    "-1",
    "0",
    "00",
    ".",
    "1.",
    ".5",
    "1e9",
    "NaN",
    "Infinity",
    "٣",
    "²",
    "1,000",
    "99999999999999999999",
)
DAYS = (
    "00000000",
    "20260230",
    "99991231",
    "20260101-20251231",
    "-",
    "20260101-",
    "+2026101",
    "２０２６０１０１",
)
TAGS = (
    "ISA",
    "GS",
    "ST",
    "BHT",
    "HL",
    "NM1",
    "TRN",
    "REF",
    "DMG",
    "DTP",
    "AAA",
    "EB",
    "MSG",
    "III",
    "HSD",
    "SE",
    "TA1",
)
KNOWN = tuple(
    dict.fromkeys(
        code
        for table in (
            codes.BENEFITS,
            codes.COVERAGE_LEVELS,
            codes.SERVICE_TYPES,
            codes.INSURANCE_TYPES,
            codes.PERIODS,
            codes.QUANTITIES,
            codes.REJECTIONS,
            ("HC:S9480", "HC:H0015", "20", "21", "22", "23", "RD8", "D8", "472", "291", "02", "S9480", "271"),
        )
        for code in sorted(table)
    )
)


def delimiters_of(text: str) -> Delimiters:
    """What a text is cut with, or the usual."""
    at = text.find("ISA")
    try:
        return find_delimiters(text, at) if at >= 0 else PLAIN
    except UnreadableReply:
        return PLAIN


def _segments(text: str) -> tuple[list[str], str]:
    terminator = delimiters_of(text).terminator
    return text.split(terminator), terminator


def _somewhere(random: Random, segments: list[str]) -> tuple[int, int]:
    first = random.randrange(len(segments))
    return first, min(len(segments), first + random.choice((1, 1, 1, 2, 5, 20)))


def delete(random: Random, text: str) -> str:
    """Without some segments."""
    segments, terminator = _segments(text)
    first, last = _somewhere(random, segments)
    return terminator.join(segments[:first] + segments[last:])


def swap(random: Random, text: str) -> str:
    """Some segments somewhere else."""
    segments, terminator = _segments(text)
    first, last = _somewhere(random, segments)
    moved = segments[first:last]
    rest = segments[:first] + segments[last:]
    place = random.randrange(len(rest) + 1)
    return terminator.join(rest[:place] + moved + rest[place:])


def duplicate(random: Random, text: str) -> str:
    """Some segments a few times."""
    return _repeat(random, text, random.choice((2, 2, 3, 10)))


def bomb(random: Random, text: str) -> str:
    """Some segments very often."""
    return _repeat(random, text, random.choice((100, 1_000, 20_000)))


def _repeat(random: Random, text: str, times: int) -> str:
    segments, terminator = _segments(text)
    first, last = _somewhere(random, segments)
    length = sum(map(len, segments[first:last])) + 1
    times = max(1, min(times, LONGEST // length))
    return terminator.join(segments[:first] + segments[first:last] * times + segments[last:])


def bomb_with_numbers(random: Random, text: str) -> str:
    """One segment very often, with another value in one element each time."""
    segments, terminator = _segments(text)
    element = delimiters_of(text).element
    place = random.randrange(len(segments))
    elements = segments[place].split(element)
    which = random.randrange(len(elements))
    times = max(1, min(random.choice((100, 1_000, 10_000)), LONGEST // (len(segments[place]) + 6)))
    many = [element.join([*elements[:which], f"X{n}", *elements[which + 1 :]]) for n in range(times)]
    return terminator.join(segments[:place] + many + segments[place + 1 :])


def bomb_of_repetitions(random: Random, text: str) -> str:
    """One element with very many repetitions or components."""
    cut = delimiters_of(text)
    mark = random.choice((cut.repetition or cut.component, cut.component))
    times = random.choice((30, 300, 3_000, 30_000))
    values = random.choice((list(KNOWN), [f"X{n}" for n in range(times)], [""], ["MH", "30"]))
    return _with_element(random, text, lambda _: mark.join((values * (times // len(values) + 1))[:times]))


def grow(random: Random, text: str) -> str:
    """One element very long."""
    filling = random.choice(("A", "9", " ", "INTENSIVE ", "-", "OUT-", random.choice(STRANGE), "ISA", "\n"))
    times = random.choice((20, 300, 5_000, 100_000)) // len(filling)
    return _with_element(random, text, lambda old: old + filling * times)


def change(random: Random, text: str) -> str:
    """One element with another value: a code, a number, a day, or nothing."""
    value = random.choice(random.choice((KNOWN, KNOWN, NUMBERS, DAYS, TAGS, ("", " ", "9" * 40))))
    return _with_element(random, text, lambda _: value)


def _with_element(random: Random, text: str, make: Callable[[str], str]) -> str:
    segments, terminator = _segments(text)
    element = delimiters_of(text).element
    place = random.randrange(len(segments))
    for _ in range(3):  # rather a benefit: there are most rules for it
        if not segments[place].startswith("EB"):
            place = random.randrange(len(segments))
    elements = segments[place].split(element)
    which = random.randrange(len(elements) + 1)
    elements += [""] * (which + 1 - len(elements))
    elements[which] = make(elements[which])
    return terminator.join([*segments[:place], element.join(elements), *segments[place + 1 :]])


def cut_with_others(random: Random, text: str) -> str:
    """With other delimiters, in the whole file or after some place."""
    marks = random.sample(MARKS if random.random() < 0.2 else SOUND_MARKS, 4)
    table = str.maketrans(dict(zip(filter(None, delimiters_of(text)), marks, strict=False)))
    place = random.choice((0, 0, random.randrange(len(text) + 1)))
    return text[:place] + text[place:].translate(table)


def truncate(random: Random, text: str) -> str:
    """Without its end, or without its beginning."""
    place = random.randrange(len(text) + 1)
    return text[:place] if random.random() < 0.8 else text[place:]


def splice(random: Random, text: str) -> str:
    """The beginning of one file and the end of another, or one behind the other."""
    other = pick(random)
    here, there = random.randrange(len(text) + 1), random.randrange(len(other) + 1)
    return random.choice((text[:here] + other[there:], text[:here] + other, text + other))


def pad(random: Random, text: str) -> str:
    """With blanks, line ends or a byte order mark around segments."""
    segments, terminator = _segments(text)
    blanks = random.choice(("\n", "\r\n", " ", "\t", "\n\n  ", "\ufeff", " " * 300, "\n" * 20_000))
    if len(blanks) < 9 and random.random() < 0.7:
        return blanks + f"{terminator}{blanks}".join(segments)
    place = random.randrange(len(segments))
    return terminator.join([*segments[:place], blanks, *segments[place:]])


def insert(random: Random, text: str) -> str:
    """With strange marks in it."""
    for _ in range(random.choice((1, 3, 30))):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(STRANGE + MARKS) + text[place:]
    return text


def flip(random: Random, text: str) -> bytes:
    """With bytes flipped."""
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(random.choice((1, 2, 8, 64)) if content else 0):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(content)


WAYS: tuple[Callable[[Random, str], str], ...] = (
    *(delete, swap, duplicate, change, change, change, cut_with_others, truncate, splice, pad, insert) * 3,
    *(bomb, bomb_with_numbers, bomb_of_repetitions, grow),
)


def pick(random: Random) -> str:
    """A sound file."""
    seeds = x12_seeds()
    while True:
        seed = random.choice(seeds)
        if random.random() < weight(seed):
            return seed


def broken_x12(random: Random) -> bytes | str:
    """A file that was broken in one to four ways, as text or as bytes."""
    text = pick(random)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        if text and len(text) < LONGEST:
            text = random.choice(WAYS)(random, text)
    return flip(random, text) if random.random() < 0.2 else text
