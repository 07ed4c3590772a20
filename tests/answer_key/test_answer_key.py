"""The answer key: questions with answers worked out apart from the service, put to the service."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.answer_key.case import Case
from tests.answer_key.running import CASES, answer, differences, read_cases
from tests.answer_key.write import FAMILIES, text_of

KEY = list(read_cases())
LEAST = 600
WRITERS = [
    file for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith(("test_", "running"))
]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_service_answers_as_the_key_says(family: str) -> None:
    wrong = {
        case["name"]: faults
        for name, case in KEY
        if name == family and (faults := differences(case, answer(case)))
    }
    assert not wrong, json.dumps(wrong, indent=1)


def test_the_key_is_large_and_each_case_has_a_name_of_its_own() -> None:
    names = [f"{family}: {case['name']}" for family, case in KEY]
    assert len(names) >= LEAST
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_key_is_what_its_writer_writes(family: str) -> None:
    assert (CASES / f"{family}.jsonl").read_text(encoding="utf-8") == text_of(family)


def test_every_file_of_the_key_has_a_writer() -> None:
    assert {file.stem for file in CASES.glob("*.jsonl")} == set(FAMILIES)


@pytest.mark.parametrize("file", WRITERS, ids=lambda file: file.stem)
def test_the_writers_of_the_key_use_nothing_of_the_service(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    ours = {module for module in modules if module.split(".")[0] in ("service", "payers", "schemas")}
    assert not ours
    assert "tests.answer_key.running" not in modules


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expected": "0.01"}, "expected is"),
        ({"coverage": ["undetermined"]}, "coverage is"),
        ({"reasons": [["hours_below_minimum"]]}, "the reasons of phase 0 lack hours_below_minimum"),
        ({"next_steps": ["no_such_step"]}, "next_steps lacks no_such_step"),
    ],
)
def test_an_answer_that_differs_from_the_key_is_told(changes: Case, fault: str) -> None:
    case = next(case for family, case in KEY if family == "medicare")
    (told,) = differences({**case, "expect": changes}, answer(case))
    assert told.startswith(fault)
