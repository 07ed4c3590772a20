"""The page on the rulebook's format names every field that a file may have."""

from __future__ import annotations

import re

import pytest

from schemas.dated import EntrySchema
from schemas.example_file import AskSchema, ExpectSchema
from schemas.fee_file import FEE_COLUMNS
from schemas.payer_file import PayerFileSchema
from schemas.plan_file import PLAN_COLUMNS
from schemas.rule_fields import FACT_FIELDS, SERVICE_FIELDS
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "rules-format.md").read_text(encoding="utf-8")
WORDS = frozenset(re.findall(r"\w+", PAGE))
FIELDS = {
    "a payer file": PayerFileSchema().fields,
    "a dated value": EntrySchema().fields,
    "facts": FACT_FIELDS,
    "a service": SERVICE_FIELDS,
    "a question": AskSchema().fields,
    "an expectation": ExpectSchema().fields,
    "a row of plans": PLAN_COLUMNS,
    "a row of prices": FEE_COLUMNS,
}


@pytest.mark.parametrize("part", FIELDS)
def test_every_field_is_on_the_page(part: str) -> None:
    assert [name for name in FIELDS[part] if name not in WORDS] == []
