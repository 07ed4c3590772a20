"""Reads YAML into plain data, and knows the line on which each part of it stands.

Dates become `YYYY-MM-DD`. What YAML would pass over in silence is a complaint here: a key given
twice, a key that is not text, a date that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from schemas.faults import Fault, Path

# What libyaml says, in words of whoever writes the file.
PLAIN = {
    "did not find expected key": "this line, or the one above, is not indented like its neighbors",
    "did not find expected ',' or '}'": "a quote, a comma or a } is missing on this line or the one above",
    "did not find expected ',' or ']'": "a quote, a comma or a ] is missing on this line or the one above",
    "mapping values are not allowed in this context": "a text with a colon in it has to stand in quotes",
    "found character that cannot start any token": "a tab, or a mark that only text in quotes may begin with",
}
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, the line (from 1) of each path in it, and complaints about the YAML itself."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest part around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(content: bytes) -> Document:
    """Read one YAML document; never raises, whatever the bytes are."""
    document = Document({})
    try:
        loader = Loader(content)
        node = loader.get_single_node()
        data = _Walk(loader, document).visit(node, ()) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        document.lines[()] = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        problem = PLAIN.get(problem, problem)
        return Document(None, document.lines, [Fault((), f"Not YAML: {problem}.")])
    return Document(data, document.lines, document.faults)


class _Walk:
    """Turns nodes into data, noting lines and complaints in a document."""

    def __init__(self, loader: Any, document: Document) -> None:
        self.loader = loader
        self.document = document

    def visit(self, node: Any, path: Path) -> Any:
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.visit(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        own: set[str] = set()
        for key, _ in node.value:
            if key.tag != MERGE:
                self._judge_key(key, path, own)
        self.loader.flatten_mapping(node)
        data: dict[str, Any] = {}
        for key, value in node.value:
            inner = (*path, str(key.value))
            self.document.lines[inner] = key.start_mark.line + 1
            data[str(key.value)] = self.visit(value, inner)
        return data

    def _judge_key(self, key: Any, path: Path, seen: set[str]) -> None:
        name = str(key.value)
        inner = (*path, name)
        if name in seen:
            self.document.faults.append(Fault(inner, f"{name} is given twice; only one of them can count."))
        elif key.tag != TEXT:
            self.document.faults.append(Fault(inner, f"{name} is not read as text: put it in quotes."))
        seen.add(name)
        self.document.lines.setdefault(inner, key.start_mark.line + 1)

    def _scalar(self, node: Any, path: Path) -> Any:
        try:
            value = self.loader.construct_object(node)
        except ValueError:
            self.document.faults.append(Fault(path, f"{node.value} is not a date."))
            return str(node.value)
        return value.isoformat() if isinstance(value, date) else value
