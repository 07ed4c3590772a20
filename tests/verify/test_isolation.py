"""One payer's file speaks for that payer alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from payers.rulebook import load_rulebook, load_rulebook_from_files
from service.verify import Desk
from tests.verify.desk import ask, desk
from tests.verify.requests import random_request

PAYERS = [payer for payer in load_rulebook().payer_ids if payer != "medigap"]
EDITS = (
    ("value: required", "value: notification"),
    ("value: not_required", "value: required"),
    ('"0.20"', '"0.21"'),
    ("value: true", "value: false"),
    ("retrieved: 2026-11-", "retrieved: 2026-10-"),
)


def edited(*payers: str) -> Desk:
    """The desk with the files of some payers changed in many places."""
    files = dict(desk().rulebook.files)
    for payer in payers:
        text = files[f"{payer}.yaml"].decode()
        for old, new in EDITS:
            text = text.replace(old, new)
        assert text.encode() != files[f"{payer}.yaml"]
        files[f"{payer}.yaml"] = text.encode()
    return Desk(load_rulebook_from_files(files), desk().clinic)


def answers(payer: str, of: Desk) -> list[Any]:
    requests = [random_request(seed, payer) for seed in range(12)]
    for request in requests:
        request.pop("secondary", None)
    outcomes = [ask(request, of=of) for request in requests]
    return [(outcome.determination, outcome.produced_by["files"]) for outcome in outcomes]


@cache
def half_edited(bit: int, value: int) -> Desk:
    """The desk with every payer edited whose number has this value at this binary place."""
    return edited(*[payer for number, payer in enumerate(PAYERS) if number >> bit & 1 == value])


@pytest.mark.parametrize("payer", PAYERS)
def test_editing_one_payers_file_changes_no_other_payers_answers(payer):
    # Two payers differ at some place of their numbers, so each pair is tried, with few rulebooks to load.
    number, before = PAYERS.index(payer), answers(payer, desk())
    for bit in range(len(PAYERS).bit_length()):
        assert answers(payer, half_edited(bit, 1 - (number >> bit & 1))) == before


def test_editing_a_payers_own_file_changes_its_answers():
    all_edited = edited(*PAYERS)
    assert [payer for payer in PAYERS if answers(payer, all_edited) == answers(payer, desk())] == []
