"""How a sentence of the catalog is filled in.

`{date}` stands for a parameter, written the way its name asks for. `[, at most {max_units}]` is left out
where a parameter in it is missing, null or false; `[{limit}|amount unknown]` has a part to stand in for
it then. Parts may hold parts. A parameter that is true is there and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Params = Mapping[str, Any]
Write = Callable[[Any, Params], str]

MISSING = "…"
_MARK = re.compile(r"\{(\w+)\}|([\[|\]])")


class BadSentence(ValueError):
    """A sentence of a catalog whose brackets do not close."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a parameter."""

    name: str
    write: Write


@dataclass(frozen=True, slots=True)
class Choice:
    """A part that may be left out, and what stands in for it then."""

    said: tuple[Part, ...]
    otherwise: tuple[Part, ...]


Part = str | Slot | Choice


def parse(text: str, writer: Callable[[str], Write]) -> tuple[Part, ...]:
    """Return the parts of a sentence; `writer` gives the way in which a parameter of a name is written."""
    marks = _marks(text)
    parts, end = _read(marks, writer)
    if end:
        raise BadSentence(text)
    return parts


def _marks(text: str) -> Iterator[str | tuple[str]]:
    """Yield text and brackets as they are, the names of parameters in a tuple."""
    last = 0
    for mark in _MARK.finditer(text):
        if mark.start() > last:
            yield text[last : mark.start()]
        yield (mark[1],) if mark[1] else mark[2]
        last = mark.end()
    if last < len(text):
        yield text[last:]


def _read(marks: Iterator[str | tuple[str]], writer: Callable[[str], Write]) -> tuple[tuple[Part, ...], str]:
    """Read parts up to the end of the text or of the bracket; return them with the mark that ended them."""
    parts: list[Part] = []
    for mark in marks:
        if isinstance(mark, tuple):
            parts.append(Slot(mark[0], writer(mark[0])))
        elif mark == "[":
            said, end = _read(marks, writer)
            otherwise, end = _read(marks, writer) if end == "|" else ((), end)
            if end != "]":
                raise BadSentence("a bracket does not close")
            parts.append(Choice(said, otherwise))
        elif mark in ("]", "|"):
            return tuple(parts), mark
        else:
            parts.append(mark)
    return tuple(parts), ""


def names_in(parts: tuple[Part, ...]) -> Iterator[str]:
    """Yield the names of all parameters of a sentence."""
    for part in parts:
        if isinstance(part, Slot):
            yield part.name
        elif isinstance(part, Choice):
            yield from names_in(part.said)
            yield from names_in(part.otherwise)


def fill(parts: tuple[Part, ...], params: Params) -> str:
    """Return the sentence; a parameter that it cannot do without and does not get is written "…"."""
    written: list[str] = []
    for part in parts:
        if isinstance(part, str):
            written.append(part)
        elif isinstance(part, Slot):
            value = params.get(part.name)
            written.append(MISSING if value is None else part.write(value, params))
        else:
            written.append(fill(part.said if _has_all(part.said, params) else part.otherwise, params))
    return "".join(written)


def _has_all(parts: tuple[Part, ...], params: Params) -> bool:
    """Whether every parameter that stands directly in a part is there; zero is."""
    values = (params.get(part.name) for part in parts if isinstance(part, Slot))
    return not any(value is None or value is False for value in values)
