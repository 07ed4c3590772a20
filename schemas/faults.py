"""A fault in a file that people write: where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

# What marshmallow says by itself, in words of whoever writes the file.
PLAIN = {
    "Missing data for required field.": "Is missing, and has to be there.",
    "Unknown field.": "There is no such field here: look at how it is spelled, and how far it is indented.",
    "Not a valid list.": "Must be a list: put it in square brackets.",
    "Invalid input type.": "Must be a mapping of names to values: look at the indentation.",
    "Field may not be null.": "Must not be empty.",
}


class Fault(NamedTuple):
    """A path into the data, and a sentence."""

    path: Path
    message: str


def flatten(messages: Any, path: Path = ()) -> Iterator[Fault]:
    """Yield a fault for each message of marshmallow's nested messages."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from flatten(inner, path if name == "_schema" else (*path, name))
    elif isinstance(messages, list):
        for message in messages:
            yield from flatten(message, path)
    else:
        yield Fault(path, PLAIN.get(str(messages), str(messages)))


def spell(path: Path) -> str:
    """Return a path as people write it: `services.residential.copay[0].value`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
