"""What stands in the tree: our modules, their sources and what each of them imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "payers", "service")


@dataclass(frozen=True)
class Module:
    """One of our modules: its dotted name, where it stands, and its text."""

    name: str
    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        """The module's syntax tree."""
        return ast.parse(self.text, str(self.path))

    def __repr__(self) -> str:
        return self.name


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Every module in `rooms` (folders of the root), in order."""
    found = []
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, path.read_text(encoding="utf-8")))
    return tuple(found)


def imports(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it; `from a import b` yields `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def stands_in(name: str, room: str) -> bool:
    """Whether the dotted `name` is `room` or something inside it."""
    return name == room or name.startswith(room + ".")
