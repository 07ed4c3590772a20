"""The page on adding a payer is followed to the letter: its file is sound, and its question is answered."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from payers.rule_files import SHIPPED, read_files
from payers.rulebook import Rulebook, load_rulebook_from_files
from payers.rules_check import check_files
from payers.rules_skeleton import skeleton
from payers.yaml_reader import read_yaml
from service.verify import Desk
from tests.house.tree import ROOT
from tests.verify.desk import NOW, ask, desk

PAGE = (ROOT / "docs" / "adding-a-payer.md").read_text(encoding="utf-8")
NAME = "lantana-health.yaml"


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(text)


@cache
def rulebook() -> Rulebook:
    return load_rulebook_from_files({**read_files(SHIPPED), NAME: block("yaml").encode()})


def test_the_file_of_the_page_has_nothing_to_mend() -> None:
    files = {NAME: block("yaml").encode(), "services.yaml": read_files(SHIPPED)["services.yaml"]}
    assert [str(problem) for problem in check_files(files)] == []


def test_the_request_of_the_page_is_answered_from_the_file_of_the_page() -> None:
    outcome = ask(json.loads(block("json")), of=Desk(rulebook(), desk().clinic), at=NOW)
    (answer,) = outcome.determination.phases
    assert (answer.coverage.status, answer.prior_authorization.status) == ("covered", "not_required")
    titles = {citation.title for citation in answer.prior_authorization.citations}
    assert "Lantana Health: notice to providers of 1 June 2026" in titles


def test_the_beginnings_of_a_file_have_every_part_of_the_one_of_the_page_but_its_plans() -> None:
    begun = read_yaml(skeleton("lantana-health", NOW.date()).encode()).data
    finished = read_yaml(block("yaml").encode()).data
    assert [*begun, "plans"] == sorted(finished, key=[*begun, "plans"].index)
    assert set(begun["payer"]) == set(finished["payer"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"25.00", per', "25.00, per", "Must be a quoted amount with two places"),
        ('at: "p. 4"', "at: 4", "Must be text: put it in quotes."),
        (', source: manual, at: "p. 18"}', "}", "Is missing, and has to be there."),
        ("source: notice,", "source: notices,", "No source is called notices"),
        ("[Lantana, Lantana HMO]", "Lantana", "Must be a list: put it in square brackets."),
        ('"800-555-0142"', '"800-555-0142', "Not YAML: a quote, a comma or a } is missing"),
        ('title: "Lantana Health: provider', "title: Lantana Health: provider", "Not YAML: "),
        ("  - name: IOP on 30 June", "  - nome: IOP on 30 June", "There is no such field here"),
        ("2026-06-30}", "2026-07-02}", "and no example asks for intensive_outpatient before that date."),
    ],
)
def test_what_the_page_says_that_the_check_says_is_what_it_says(old: str, new: str, message: str) -> None:
    files = {NAME: block("yaml").replace(old, new).encode()}
    assert any(message in problem.message for problem in check_files(files))
