"""The rules of the order of coverages as data: what is refused, and what holds on a date."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from payers.rule_files import SHIPPED, read_files
from payers.rulebook import load_rulebook_from_files
from payers.rules_check import check_files
from payers.yaml_reader import read_yaml
from schemas.coordination_file import coordination_file_faults
from schemas.faults import spell
from tests.payers.invented import FILES

SHIPPED_FILE = (SHIPPED / "coordination.yaml").read_bytes()
DATA: dict[str, Any] = read_yaml(SHIPPED_FILE).data


def test_the_shipped_file_is_sound_and_part_of_the_rulebook() -> None:
    assert coordination_file_faults(DATA) == []
    files = read_files(SHIPPED)
    before = load_rulebook_from_files({**FILES, "coordination.yaml": files["coordination.yaml"]})
    after = load_rulebook_from_files(FILES)
    assert before.digest != after.digest
    assert (after.files_of_order, dict(after.order_rules(date(2026, 12, 7)))) == ((), {})


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        ("longer", "yes", "rules.longer[0].value: Must be true or false."),
        ("esrd", {"months": "30"}, "rules.esrd[0].value.months: Must be a whole number of at least 1."),
        (
            "working_aged",
            {"age": 65},
            "rules.working_aged[0].value.employees: Is missing, and has to be there.",
        ),
        (
            "invented",
            True,
            "rules.invented: There is no such field here: look at how it is spelled, and how far it is "
            "indented.",
        ),
    ],
)
def test_a_rule_of_another_shape_is_refused_by_its_place(rule: str, value: Any, message: str) -> None:
    data = copy.deepcopy(DATA)
    data["rules"][rule] = [{"from": "2026-01-01", "value": value, "source": "medicare-law", "at": "x"}]
    assert [f"{spell(fault.path)}: {fault.message}" for fault in coordination_file_faults(data)] == [message]


def test_a_source_that_no_rule_cites_is_a_problem() -> None:
    content = SHIPPED_FILE.replace(b"source: tricare-page", b"source: active-duty-page")
    problems = [str(one) for one in check_files({**FILES, "coordination.yaml": content})]
    assert len(problems) == 1
    assert "sources.tricare-page: Nothing cites this source: remove it, or cite it." in problems[0]


def test_a_rule_that_a_source_ended_is_not_in_force_any_more() -> None:
    ended = b'  longer:\n    - {from: 2026-01-01, value: true, source: plan-booklet, at: "p. 61, rule 8"}\n'
    again = ended + b'    - {from: 2027-01-01, value: null, source: plan-booklet, at: "x"}\n'
    assert ended in SHIPPED_FILE
    rulebook = load_rulebook_from_files({**FILES, "coordination.yaml": SHIPPED_FILE.replace(ended, again)})
    assert "longer" in rulebook.order_rules(date(2026, 12, 31))
    assert "longer" not in rulebook.order_rules(date(2027, 1, 1))
