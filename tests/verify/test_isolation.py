"""One payer's file speaks for that payer alone."""

from __future__ import annotations

from typing import Any

import pytest

from payers.rulebook import load_rulebook, load_rulebook_from_files
from service.verify import Desk
from tests.verify.desk import ask, desk
from tests.verify.requests import random_request

EDITS = (
    ("value: required", "value: notification"),
    ("value: not_required", "value: required"),
    ('"0.20"', '"0.21"'),
    ("value: true", "value: false"),
)


def can_be_edited(payer: str) -> bool:
    """Whether a payer's file states anything that the edits change."""
    text = load_rulebook().files[f"{payer}.yaml"].decode()
    return payer != "medigap" and any(old in text for old, _ in EDITS)


PAYERS = [payer for payer in load_rulebook().payer_ids if can_be_edited(payer)]


def edited(payer: str) -> Desk:
    """The desk with one payer's file changed in many places."""
    files = dict(desk().rulebook.files)
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


@pytest.mark.parametrize("payer", PAYERS)
def test_editing_one_payers_file_changes_no_other_payers_answers(payer):
    changed = edited(payer)
    for other in PAYERS:
        if other == payer:
            assert answers(other, changed) != answers(other, desk())
        else:
            assert answers(other, changed) == answers(other, desk())
