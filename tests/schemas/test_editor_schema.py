"""The JSON Schemas of the rulebook files: kept in docs/, and of one mind with what judges the files."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft7Validator

from payers.rule_files import SHIPPED, read_files
from payers.rule_reading import kind_of
from payers.yaml_reader import read_yaml
from schemas.editor_schema import FILES, editor_schema
from tests.house.tree import ROOT

RULES = {name: content for name, content in read_files(SHIPPED).items() if name.endswith(".yaml")}


@cache
def validator(kind: str) -> Draft7Validator:
    return Draft7Validator(editor_schema(f"{kind}-file"))


def complaints(kind: str, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(read_yaml(text.encode()).data)]


@pytest.mark.parametrize("name", FILES)
def test_the_schema_that_is_kept_is_the_one_of_the_code(name: str) -> None:
    kept = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert kept == editor_schema(name), "run make rules-schema"
    Draft7Validator.check_schema(kept)


@pytest.mark.parametrize("name", [name for name in RULES if f"{kind_of(name)}-file" in FILES])
def test_every_file_of_the_rulebook_passes_in_an_editor(name: str) -> None:
    assert [
        error.message for error in validator(kind_of(name)).iter_errors(read_yaml(RULES[name]).data)
    ] == []


PAYER = """
payer: {id: tansy, name: Tansy Care, line_of_business: commercial}
sources: {page: {title: A page, url: null, published: null, retrieved: 2026-01-05, confidence: primary}}
services:
  inpatient:
    copay: [{from: 2026-01-01, value: {amount: "40.00", per: admission}, source: page, at: top}]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("commercial", "retail"),
        ('"40.00"', "40.0"),
        ("per: admission", "per: stay"),
        ("from: 2026-01-01, ", ""),
        ("copay:", "co_pay:"),
        ("inpatient:", "hospital:"),
        ("confidence: primary", "confidence: sure"),
        ("at: top", "at: 12"),
    ],
)
def test_an_editor_sees_what_is_wrong(old: str, new: str) -> None:
    assert complaints("payer", PAYER) == []
    assert complaints("payer", PAYER.replace(old, new)) != []


def test_a_value_may_end_and_may_be_none_where_that_says_something() -> None:
    for value in ("null", "none"):
        ended: Any = PAYER.replace('{amount: "40.00", per: admission}', value)
        assert complaints("payer", ended) == []
