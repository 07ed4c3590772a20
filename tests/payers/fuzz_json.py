"""Ways to break a reply in JSON: wrong types and places in the document, then damage to its text."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from payers.clearinghouse.notes import QUALIFIERS
from payers.clearinghouse.words import KINDS, TABLES
from tests.payers.fuzz_seeds import json_seeds, weight
from tests.payers.fuzz_x12 import DAYS, KNOWN, NUMBERS, STRANGE, flip

LONGEST = 150_000
NAMES = (
    *QUALIFIERS,
    *KINDS,
    *("plans", "benefits", "benefitsInformation", "planStatus", "errors", "aaaErrors", "code", "service"),
    *("value", "range", "start", "end", "person", "name", "dependents", "subscriber", "payer", "amount"),
)
WORDS = (*(word for table in TABLES.values() for word in sorted(table)), *KNOWN, *NUMBERS, *DAYS)
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 10**400, float("nan"), float("inf"), "", " ", "x", [], {}, [[]]),
    *([None], [{}], {"": {}}, [1, "a", {}], {"value": {"value": []}}),
)
Place = tuple[Any, Any]


def _places(document: Any) -> list[Place]:
    """Every place in a document: what holds it, and its name or number there."""
    found: list[Place] = []
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        items = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, value in items:
            found.append((holder, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _put_wrong(random: Random, holder: Any, key: Any) -> None:
    value = random.choice((random.choice(WRONG), random.choice(WORDS), random.choice(STRANGE)))
    holder[key] = deepcopy(value)  # what is put in may be changed next


def _put_word(random: Random, holder: Any, key: Any) -> None:
    holder[key] = random.choice(WORDS)


def _put_long(random: Random, holder: Any, key: Any) -> None:
    filling = random.choice(("A", "9", " ", "\n", "2026-01-01", "~/", random.choice(STRANGE)))
    text = filling * (random.choice((50, 3_000, 60_000)) // len(filling))
    if isinstance(holder, dict) and random.random() < 0.4:
        holder[text] = holder.pop(key)
    else:
        holder[key] = text


def _remove(random: Random, holder: Any, key: Any) -> None:
    del holder[key]


def _rename(random: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[random.choice(NAMES)] = holder.pop(key)


def _wrap(random: Random, holder: Any, key: Any) -> None:
    """Nest what is there, a little or far too deep for the writer, which works on levels."""
    for _ in range(random.choice((1, 1, 2, 100))):
        holder[key] = [holder[key]] if random.random() < 0.5 else {random.choice(NAMES): holder[key]}


def _multiply(random: Random, holder: Any, key: Any) -> None:
    value = holder[key]
    many = value if isinstance(value, list) and value else [value]
    times = random.choice((2, 5, 100, 1_000, 20_000))
    size = len(json.dumps(many))
    holder[key] = many * max(1, min(times, LONGEST // size))


def _number(random: Random, holder: Any, key: Any) -> None:
    """A list of as many different words as can be."""
    holder[key] = [f"X{number}" for number in range(random.choice((10, 1_000, 20_000)))]


def _transplant(random: Random, holder: Any, key: Any) -> None:
    other = random.choice(_places(json.loads(pick(random))))
    holder[key] = other[0][other[1]]


CHANGES: tuple[Callable[[Random, Any, Any], None], ...] = (
    *(_put_wrong, _put_wrong, _put_word, _put_word, _remove, _rename, _wrap, _transplant) * 3,
    *(_put_long, _multiply, _multiply, _number),
)


def pick(random: Random) -> str:
    """A sound document."""
    seeds = json_seeds()
    while True:
        seed = random.choice(seeds)
        if random.random() < weight(seed) + 0.2:
            return seed


def _damage(random: Random, text: str) -> str:
    place = random.randrange(len(text) + 1)
    ways = (
        lambda: text[:place],
        lambda: flip(random, text).decode("utf-8", "surrogateescape"),
        lambda: text[:place] + random.choice(STRANGE + '[]{}",:\\') + text[place:],
        lambda: text[:place] + text[random.randrange(len(text) + 1) :],
        lambda: "[" * random.choice((3, 900, 100_000)) + text,
        lambda: text.replace("{", '{"a":' * random.choice((2, 20)), 1),
        lambda: text.replace('"', "9" * random.choice((1, 5_000)), 2),
        lambda: "\ufeff \n" + text + random.choice(("", " ", "}", "null")),
    )
    return random.choice(ways)()


def broken_json(random: Random) -> str:
    """A document that was broken in one to five ways."""
    text, plain = pick(random), random.random() < 0.5
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        document = json.loads(text)
        places = _places(document)
        if places and len(text) < LONGEST:
            random.choice(CHANGES)(random, *random.choice(places))
            text = json.dumps(document, ensure_ascii=plain)
    return _damage(random, text) if random.random() < 0.2 else text
