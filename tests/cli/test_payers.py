"""`vob payers resolve`: what the words on a card lead to, read aloud."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_a_card_is_read_with_who_decides_and_its_source(run: Run) -> None:
    done = run("payers", "resolve", "Cigna")
    assert done.exit_code == 0
    assert "cigna  Cigna Healthcare, commercial (the only one)" in done.stdout
    assert "behavioral manager: Evernorth Behavioral Health, 800-926-2273" in done.stdout
    assert "id in x12: 62308" in done.stdout
    assert "(primary)" in done.stdout


def test_a_name_that_pays_nothing_is_read_in_spanish(run: Run) -> None:
    done = run("payers", "resolve", "PHCS", "--language", "es")
    assert "MultiPlan es una red de proveedores y no paga nada." in done.stdout


def test_a_whole_member_id_is_bad_input_and_not_repeated(run: Run) -> None:
    done = run("payers", "resolve", "QZX9182736450")
    assert done.exit_code == 2
    assert "looks like a whole member ID" in done.stderr
    assert "9182736450" not in done.stdout + done.stderr


def test_a_name_that_leads_nowhere_says_what_to_do(run: Run) -> None:
    done = run("payers", "resolve", "Zinnia")
    assert done.exit_code == 1
    assert "call the number on it" in done.stderr
