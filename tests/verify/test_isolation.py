"""One payer's file speaks for that payer alone, and a program's file for the payers in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import pytest

from payers.plan_rules import compile_rules
from payers.rule_files import RuleData
from payers.rule_reading import plans_table, tables_of
from payers.rulebook import Rulebook, load_rulebook_from_files
from service.verify import Desk
from tests.verify.desk import ask, desk
from tests.verify.requests import random_request

PAYERS = desk().rulebook.payer_ids
PROGRAMS = tuple(desk().rulebook.data.programs)
ASKED = tuple(payer for payer in PAYERS if payer != "medigap")
"""Those that pay first, and so can be asked about."""


def program_of(payer: str, data: RuleData) -> str | None:
    return data.payers[payer]["payer"].get("program")


@lru_cache(maxsize=1)
def edited(name: str) -> Rulebook:
    """The rulebook with one file whose name is another and whose sources are as sure as they were not."""
    text = desk().rulebook.files[name].decode().replace("name: ", "name: Edited ", 1)
    swapped = {"primary": "secondary", "secondary": "primary"}
    text = re.sub(r"confidence: (primary|secondary)", lambda found: f"confidence: {swapped[found[1]]}", text)
    return load_rulebook_from_files({**desk().rulebook.files, name: text.encode()})


def own_part(payer: str, data: RuleData) -> RuleData:
    """All of a rulebook that speaks of a payer: its file, its program, its tables, and the law."""
    whole, program = data.payers[payer], program_of(payer, data)
    tables = {*tables_of(whole), plans_table(payer)} & set(data.tables)
    return RuleData(
        payers={payer: whole},
        programs={program: data.programs[program]} if program else {},
        services=data.services,
        cards=data.cards,
        tables={name: data.tables[name] for name in tables},
        library=data.library,
    )


@cache
def parts() -> dict[str, RuleData]:
    return {payer: own_part(payer, desk().rulebook.data) for payer in PAYERS}


def changed(of: Rulebook) -> set[str]:
    """The payers of whom an edited rulebook says something else."""
    return {payer for payer in PAYERS if own_part(payer, of.data) != parts()[payer]}


def answers(payer: str, of: Desk) -> Iterator[Any]:
    for seed in range(3):
        request = random_request(seed, payer)
        request.pop("secondary", None)
        outcome = ask(request, of=of)
        yield outcome.determination, outcome.produced_by["files"]


@pytest.mark.parametrize("payer", PAYERS)
def test_what_is_published_of_a_payer_is_made_from_its_own_part_of_the_rulebook_alone(payer: str) -> None:
    data = desk().rulebook.data
    plans = [None, *desk().rulebook.identity(payer).plans]
    for plan in plans[:3]:
        assert compile_rules(parts()[payer], payer, plan) == compile_rules(data, payer, plan)


@pytest.mark.parametrize("payer", PAYERS)
def test_editing_one_payers_file_changes_no_other_payers_part(payer: str) -> None:
    assert changed(edited(f"{payer}.yaml")) == {payer}


@pytest.mark.parametrize("program", PROGRAMS)
def test_editing_a_program_changes_exactly_the_payers_in_it(program: str) -> None:
    data = desk().rulebook.data
    members = {payer for payer in PAYERS if program_of(payer, data) == program}
    assert changed(edited(f"programs/{program}.yaml")) == members


@pytest.mark.parametrize("payer", ASKED)
def test_editing_one_payers_file_changes_no_other_payers_answers(payer: str) -> None:
    after = Desk(edited(f"{payer}.yaml"), desk().clinic)
    other = ASKED[ASKED.index(payer) - 1]
    assert list(answers(payer, after)) != list(answers(payer, desk()))
    assert list(answers(other, after)) == list(answers(other, desk()))
