"""What `check` finds in a rulebook, and how it says where to look."""

from __future__ import annotations

from pathlib import Path

import pytest

from payers.rule_files import SHIPPED
from payers.rules_check import check
from tests.payers.invented import FILES, write_rules

NOTE = "notes: [{from: 2025-01-01, value: [{code: program_note, params: {days: 3}}]"


def found(directory: Path, name: str, old: str, new: str) -> list[str]:
    """What check says of the invented rulebook with one text replaced, without the line numbers."""
    problems = check(write_rules(directory, {name: (old, new)}))
    return [f"{problem.file}: {problem.where}: {problem.message}" for problem in problems]


def line_of(name: str, text: str) -> int:
    lines = FILES[name].decode().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_invented_rulebook_has_nothing_to_mend(tmp_path: Path) -> None:
    assert check(write_rules(tmp_path)) == []


def test_the_shipped_rulebook_has_nothing_to_mend() -> None:
    assert [str(problem) for problem in check(SHIPPED)] == []


def test_a_problem_reads_as_file_line_place_and_sentence(tmp_path: Path) -> None:
    (problem,) = check(write_rules(tmp_path, {"marigold.yaml": ("value: 9,", "value: nine,")}))
    line = line_of("marigold.yaml", "minimum_hours_per_week")
    assert str(problem) == (
        f"marigold.yaml:{line}: services.intensive_outpatient.minimum_hours_per_week[0].value: "
        "Must be a whole number of at least 1."
    )


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    rules = write_rules(tmp_path, {"marigold.yaml": ("value: 9,", "value: nine,")})
    (rules / "larkspur.yaml").write_text("payer: {id: x}\n", encoding="utf-8")
    assert {problem.file for problem in check(rules)} == {"marigold.yaml", "larkspur.yaml"}


def test_a_file_is_called_as_its_payer(tmp_path: Path) -> None:
    assert found(tmp_path, "larkspur.yaml", "id: larkspur", "id: lark") == [
        "larkspur.yaml: payer.id: Must be larkspur, as the file is called."
    ]


def test_a_source_that_nothing_cites_is_an_orphan(tmp_path: Path) -> None:
    spare = (
        "spare: {title: T, url: null, published: null, retrieved: 2026-01-05, confidence: primary}\n  rumor:"
    )
    assert found(tmp_path, "marigold.yaml", "rumor:", spare) == [
        "marigold.yaml: sources.spare: Nothing cites this source: remove it, or cite it."
    ]


def test_a_source_that_only_a_schedule_cites_is_no_orphan(tmp_path: Path) -> None:
    fees = (
        "fees: {title: T, url: null, published: null, retrieved: 2026-01-05, confidence: primary}\n  rumor:"
    )
    rules = write_rules(tmp_path, {"marigold.yaml": ("rumor:", fees)})
    table = rules / "fees" / "marigold.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("booklet,row V1", "fees,row V1"), encoding="utf-8"
    )
    assert check(rules) == []


def test_a_row_that_cites_an_unknown_source_is_told_by_its_line(tmp_path: Path) -> None:
    rules = write_rules(tmp_path, {"fees/marigold.csv": ("booklet,row V1", "blog,row V1")})
    (problem,) = check(rules)
    assert str(problem) == (
        f"fees/marigold.csv:{line_of('fees/marigold.csv', 'row V1')}: source: "
        "marigold.yaml has no source called blog."
    )


def test_a_table_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    assert found(tmp_path, "marigold.yaml", "file: fees/marigold.csv", "file: fees/gone.csv")[0] == (
        "marigold.yaml: fees[0].file: There is no file fees/gone.csv."
    )


def test_a_table_that_nobody_names_is_told(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    (rules / "fees" / "spare.csv").write_text("code\n", encoding="utf-8")
    assert [str(problem) for problem in check(rules)] == ["fees/spare.csv:1: No payer file names this table."]


def test_rows_of_one_price_ascend(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, "fees/marigold.csv", "127.74,2026-01-01", "127.74,2024-01-01")
    assert "dates must ascend: after 2025-01-01" in problem


def test_an_example_that_fails_is_told_with_what_the_rules_say(tmp_path: Path) -> None:
    assert found(tmp_path, "marigold.yaml", 'copay: "2.00", allowed', 'copay: "3.00", allowed') == [
        "marigold.yaml: examples[3]: copay is 2.00, not 3.00 (A visit of an adult)."
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("prior_authorization: required, co", "prior_authorization: notification, co", "is required"),
        ('coinsurance: "0.20", deductible', 'coinsurance: "0.3", deductible', "coinsurance is 0.20, not 0.3"),
        ('deductible: "1500.00"', 'deductible: "1000.00"', "deductible is 1500.00, not 1000.00"),
        ('deductible: "1500.00"', 'out_of_pocket_max: "1000.00"', "out_of_pocket_max is unknown"),
        ("reason: setting_not_covered", "reason: age_not_covered", "reason is setting_not_covered"),
        ("modifier: HR, amount", "amount", "allowed is unknown"),
        ('amount: "20.00"', 'amount: "18.00"', "allowed is T1 HR 20.00, not T1 HR 18.00"),
    ],
)
def test_an_example_can_expect_each_kind_of_answer(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    (problem,) = found(tmp_path, "marigold.yaml", old, new)
    assert sentence in problem


def test_an_example_of_a_second_coverage_can_fail(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, "larkspur.yaml", 'kind: supplement, coinsurance: "0.50"}', "kind: medicaid}")
    assert "secondary is supplement, not medicaid" in problem


def test_a_file_without_examples_proves_nothing(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    text = (rules / "larkspur.yaml").read_text(encoding="utf-8")
    (rules / "larkspur.yaml").write_text(text.partition("examples:")[0], encoding="utf-8")
    assert [str(problem) for problem in check(rules)] == ["larkspur.yaml:1: Has no worked examples."]


def test_a_change_needs_an_example_on_each_side(tmp_path: Path) -> None:
    first = "date_of_service: 2026-06-30, provider_type: cmhc}"
    problems = found(tmp_path, "marigold.yaml", first, first.replace("06-30", "07-05"))
    assert (
        "marigold.yaml: services.intensive_outpatient.prior_authorization: "
        "Changes on 2026-07-01, and no example asks for intensive_outpatient before that date."
    ) in problems


def test_a_change_of_a_plan_needs_examples_of_that_plan(tmp_path: Path) -> None:
    old = 'coinsurance: [{from: 2025-01-01, value: "0.30", source: booklet, at: "p. 50"}]'
    new = old.replace("}]", '}, {from: 2026-01-01, value: "0.40", source: booklet, at: "p. 50"}]')
    assert found(tmp_path, "marigold.yaml", old, new) == [
        "marigold.yaml: plans.silver.services.intensive_outpatient.coinsurance: "
        "Changes on 2026-01-01, and no example asks for intensive_outpatient before, or on or after "
        "that date."
    ]


def test_a_service_by_telehealth_of_which_nobody_speaks_is_undetermined(tmp_path: Path) -> None:
    changes = ("provider_type: cmhc, age: 30}", "provider_type: cmhc, age: 30, modality: telehealth}")
    assert found(tmp_path, "marigold.yaml", *changes) == [
        "marigold.yaml: examples[3]: coverage is undetermined, not covered (A visit of an adult)."
    ]


@pytest.mark.parametrize(
    ("rule", "asked", "reason"),
    [
        ("ages: [{from: 2025-01-01, value: {from: 65}", "age: 30", "age_not_covered"),
        ("conditions: [{from: 2025-01-01, value: [substance_use]", "age: 30", "condition_not_covered"),
        ("modalities: [{from: 2025-01-01, value: [in_person]", "modality: hybrid", "modality_not_covered"),
        ("notes: [{from: 2025-01-01, value: [{code: a_note}]", "hours_per_week: 6", "hours_below_minimum"),
    ],
)
def test_program_rules_keep_a_question_out(tmp_path: Path, rule: str, asked: str, reason: str) -> None:
    rules = write_rules(tmp_path, {"marigold.yaml": (NOTE, rule)})
    path = rules / "marigold.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("provider_type: hospital_outpatient}", f"provider_type: cmhc, {asked}}}")
    text = text.replace("reason: setting_not_covered", f"reason: {reason}")
    path.write_text(text, encoding="utf-8")
    assert [problem for problem in check(rules) if "A hospital" in problem.message] == []


def test_a_service_that_is_not_covered_says_why(tmp_path: Path) -> None:
    old = 'covered: [{from: 2025-01-01, value: true, source: booklet, at: "p. 20"}]'
    new = old.replace("value: true", "value: false, note: not_on_fee_schedule")
    assert found(tmp_path, "marigold.yaml", old, new) == [
        "marigold.yaml: examples[3]: coverage is not_covered, not covered (A visit of an adult)."
    ]


def test_a_directory_without_rules_is_a_problem_of_its_own(tmp_path: Path) -> None:
    (problem,) = check(tmp_path)
    assert "no .yaml file" in problem.message
