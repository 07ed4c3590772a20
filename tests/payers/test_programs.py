"""A program's file: what it says holds for every payer in it, and gives way to what a payer says itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from payers import rules_view
from payers.rulebook import Rulebook, load_rulebook
from payers.rules_check import check
from schemas.model import LevelBenefits
from tests.payers.invented import ask_once, write_rules

PROGRAM = """
program: {id: commons, name: The Commons}
sources:
  contract:
    {title: Model contract, url: "https://commons.example/contract", published: 2025-10-01,
     retrieved: 2026-01-05, confidence: primary}
services:
  inpatient:
    covered: [{from: 2026-01-01, value: true, source: contract, at: p. 17}]
    prior_authorization:
      - {from: 2026-01-01, when: {ages: {below: 21}}, value: required, source: contract, at: p. 18}
      - {from: 2026-01-01, value: notification, source: contract, at: p. 18}
examples:
  - name: An inpatient stay is covered by every plan of the program
    ask: {payer: tansy, level_of_care: inpatient, date_of_service: 2026-03-02}
    expect: {coverage: covered}
"""
PAYER = """
payer: {id: tansy, name: Tansy Care, line_of_business: medicaid, program: commons}
sources:
  page:
    {title: Provider page, url: "https://tansy.example/pa", published: null, retrieved: 2026-01-05,
     confidence: primary}
services:
  inpatient:
    prior_authorization: [{from: 2026-03-01, value: required, source: page, at: top}]
examples:
  - name: Before March the program speaks
    ask: {level_of_care: inpatient, date_of_service: 2026-02-28, age: 40}
    expect: {prior_authorization: notification}
"""
IN_FEBRUARY, IN_MARCH = date(2026, 2, 28), date(2026, 3, 1)


def write(directory: Path, program: str = PROGRAM, payer: str = PAYER) -> Path:
    write_rules(directory)
    (directory / "programs").mkdir()
    (directory / "programs" / "commons.yaml").write_text(program)
    (directory / "tansy.yaml").write_text(payer)
    return directory


@pytest.fixture
def rulebook(tmp_path: Path) -> Rulebook:
    return load_rulebook(write(tmp_path))


def inpatient(rulebook: Rulebook, on: date) -> LevelBenefits:
    return ask_once(rulebook, on, payer="tansy", born=date(2010, 1, 1)).networks["in"].levels["inpatient"]


def test_a_payer_says_what_its_program_says(rulebook: Rulebook) -> None:
    said = inpatient(rulebook, IN_FEBRUARY)
    assert said.covered is not None
    assert said.covered.value is True
    assert said.covered.citation.title == "Model contract"


def test_what_a_payer_says_to_everyone_wins_over_any_condition_of_its_program(rulebook: Rulebook) -> None:
    said = [inpatient(rulebook, day).prior_authorization for day in (IN_FEBRUARY, IN_MARCH)]
    assert [fact.citation.title for fact in said if fact is not None] == ["Model contract", "Provider page"]


def test_a_program_says_nothing_to_a_payer_outside_it(rulebook: Rulebook) -> None:
    levels = ask_once(rulebook, IN_MARCH).networks["in"].levels
    assert all(
        fact is None or fact.citation.title != "Model contract"
        for level in levels.values()
        for fact in (level.covered, level.prior_authorization)
    )


def test_a_program_is_one_of_the_files_that_a_payers_answers_are_made_from(rulebook: Rulebook) -> None:
    assert rulebook.files_of("tansy") == ("tansy.yaml", "programs/commons.yaml", "services.yaml")
    assert rulebook.files_of("larkspur") == ("larkspur.yaml", "services.yaml")


def test_the_values_of_a_program_are_listed_once_and_shown_with_each_of_its_payers(
    rulebook: Rulebook,
) -> None:
    shown = rules_view.show(rulebook, "tansy", IN_MARCH)
    assert {(one.payer, one.where) for one in shown} >= {
        ("programs/commons", "services.inpatient.covered"),
        ("tansy", "services.inpatient.prior_authorization"),
    }
    assert [holder for holder, _ in rules_view.sources_of(rulebook, "tansy")] == ["tansy", "programs/commons"]


def test_a_program_is_kept_in_the_cache(tmp_path: Path) -> None:
    rules = write(tmp_path / "rules")
    first, second = (load_rulebook(rules, tmp_path / "cache") for _ in range(2))
    assert inpatient(first, IN_MARCH) == inpatient(second, IN_MARCH)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("id: commons", "id: comons", "Must be commons, as the file is called."),
        ("payer: tansy, ", "", "Is missing"),
        ("payer: tansy,", "payer: tanzy,", "There is no payer tanzy"),
        ("coverage: covered", "coverage: not_covered", "coverage is covered, not not_covered"),
    ],
)
def test_what_is_wrong_with_a_program_is_told(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    problems = check(write(tmp_path, program=PROGRAM.replace(old, new)))
    assert any(
        one.file == "programs/commons.yaml" and sentence.casefold() in one.message.casefold()
        for one in problems
    ), problems


def test_a_program_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    problems = check(write(tmp_path, payer=PAYER.replace("program: commons", "program: comon")))
    assert ("tansy.yaml", "payer.program", "There is no file programs/comon.yaml.") in {
        (one.file, one.where, one.message) for one in problems
    }


def test_a_program_that_no_payer_is_in_is_told(tmp_path: Path) -> None:
    problems = check(write(tmp_path, payer=PAYER.replace(", program: commons", "")))
    assert "No payer file names this program." in {one.message for one in problems}
