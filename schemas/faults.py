"""A fault in a file that people write: where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


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
        yield Fault(path, str(messages))


def spell(path: Path) -> str:
    """Return a path as people write it: `services.residential.copay[0].value`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
