"""Holds modules and functions to a size that a reader can keep in mind, and to names that say something."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import ROOMS, Module, modules

# We aim at 250 and 40; past these a module or a function has to become two.
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_FUNCTION = 50

VOCABULARY = "schemas.model"  # a dictionary may be as long as its language
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def long_functions(tree: ast.Module) -> list[str]:
    """The functions of a module that are too long, with their lines."""
    sizes = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    return [f"{name}: {lines} lines" for name, lines in sizes.items() if lines > MOST_LINES_OF_A_FUNCTION]


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_no_module_outgrows_its_reader(module: Module) -> None:
    assert module.name == VOCABULARY or len(module.text.splitlines()) <= MOST_LINES_OF_A_MODULE


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_no_function_outgrows_its_reader(module: Module) -> None:
    assert long_functions(module.tree) == []


def test_a_long_function_is_seen() -> None:
    source = "def long():\n" + "    pass\n" * MOST_LINES_OF_A_FUNCTION
    assert long_functions(ast.parse(source)) == ["long: 51 lines"]
    assert long_functions(ast.parse(source.removesuffix("    pass\n"))) == []


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_every_module_has_a_name_that_says_what_is_in_it(module: Module) -> None:
    assert EMPTY_NAMES.isdisjoint(module.name.split("."))


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_every_module_opens_by_saying_what_it_knows(module: Module) -> None:
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_with_modules_is_a_package(room: str) -> None:
    folders = {module.path.parent for module in modules(room)}
    assert [folder.name for folder in folders if not (folder / "__init__.py").exists()] == []
