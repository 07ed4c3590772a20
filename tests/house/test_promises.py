"""Holds the pages that promise to what is there: every test they name, every table and column, every role."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from sqlalchemy import Column, LargeBinary, Table

from service.security.permissions import ROLES
from service.store.tables import metadata
from tests.house.tree import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| `(\w+)` \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$", re.MULTILINE)
PAGES = ("threat-model.md", "privacy.md")
COMPRESSED = {("rulebooks", "files")}
"""Published files: neither sealed nor hashed."""


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests of a module; none where there is no such module."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def missing_tests(text: str) -> list[str]:
    return [f"{path}::{name}" for path, name in NAMED.findall(text) if name not in names_in(path)]


@pytest.mark.parametrize("name", PAGES)
def test_every_test_that_a_page_names_is_there(name: str) -> None:
    assert missing_tests(page(name)) == []


def test_a_test_that_is_not_there_is_seen() -> None:
    here = "`tests/house/test_promises.py::{}`"
    assert missing_tests(here.format("test_a_test_that_is_not_there_is_seen")) == []
    assert missing_tests(here.format("test_nothing")) == ["tests/house/test_promises.py::test_nothing"]
    assert missing_tests("`tests/nowhere.py::test_nothing`") == ["tests/nowhere.py::test_nothing"]


def test_every_threat_has_a_test_or_says_plainly_that_there_is_none() -> None:
    rows = [line for line in page("threat-model.md").splitlines() if re.match(r"\| [STRIDE] \|", line)]
    without = [row for row in rows if not NAMED.search(row) and "| nothing in " not in row]
    assert len(rows) > 50
    assert without == []


def kind_of(table: Table, column: Column[object]) -> str:
    """What a column holds: a value in clear, a sealed one, or a keyed hash."""
    if not isinstance(column.type, LargeBinary) or (table.name, column.name) in COMPRESSED:
        return "clear"
    return "sealed" if column.type.length is None else "hashed"


def test_the_page_on_privacy_names_every_column_as_what_it_is() -> None:
    written = {
        table: [set(re.findall(r"`(\w+)`", cell)) for cell in cells]
        for table, *cells in ROW.findall(page("privacy.md"))
    }
    there = {
        table.name: [
            {column.name for column in table.columns if kind_of(table, column) == kind}
            for kind in ("sealed", "hashed", "clear")
        ]
        for table in metadata.tables.values()
    }
    assert written == there


def test_the_page_on_privacy_names_every_role() -> None:
    assert [role for role in ROLES if f"`{role}`" not in page("privacy.md")] == []
