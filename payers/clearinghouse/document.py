"""What a JSON document holds at a place, whatever is really there: the wrong type is nothing at all.

Places are JSON pointers. Text comes out fit to be stored and shown: what cannot be printed is a blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]
NOTHING: Object = {}
LONGEST_NAME = 80


def text_of(value: Any) -> str:
    """Return a text or a number as text, everything else as nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _digits(value)
    if not isinstance(value, str):
        return ""
    text: str = value if value.isprintable() else "".join(map(_printable, value))
    return text.strip()


def _printable(mark: str) -> str:
    return mark if mark.isprintable() else " "


def _digits(number: int | float) -> str:
    try:
        return f"{number}"
    except ValueError:  # more digits than Python turns into text
        return ""


def object_of(value: Any) -> Object:
    """Return an object as it is, everything else as an empty one."""
    return value if isinstance(value, dict) else NOTHING


def find_object(value: Any, *names: str) -> Object:
    """Return the object at the end of a path of names, or an empty one."""
    for name in names:
        value = object_of(value).get(name)
    return object_of(value)


def find_text(value: Any, *names: str) -> str:
    """Return the text at the end of a path of names, or nothing."""
    *path, last = names
    return text_of(find_object(value, *path).get(last))


def below(at: str, name: str | int) -> str:
    """Return the pointer to what a place calls `name`; of a name that no reply has, only the beginning."""
    if isinstance(name, int):
        return f"{at}/{name}"
    return f"{at}/{text_of(name[:LONGEST_NAME]).replace('~', '~0').replace('/', '~1')}"


def each_object(value: Any, at: str) -> Iterator[tuple[str, Object]]:
    """Yield the objects of a list with their pointers; an object in a list's place counts as the only one."""
    if isinstance(value, dict):
        yield at, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, dict):
                yield below(at, place), item


def each_text(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a list with their pointers; a text in a list's place counts as the only one."""
    items = enumerate(value) if isinstance(value, list) else [(None, value)]
    for place, item in items:
        text = text_of(item)
        if text:
            yield (at if place is None else below(at, place)), text
