"""A little of the proof that a changed rule lists just the open cases it touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import impact
from tests.proofs.impact import Run, faults_of, make_run
from tests.proofs.impact_cases import write_rules

OPEN = 40


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Forty open cases of every kind, and some closed ones, and the changed rule put in use."""
    folder = tmp_path_factory.mktemp("impact")
    made = make_run(folder / "instance", OPEN, seed=2)
    made.vob("rules", "install", str(write_rules(folder / "rules")))
    return made


def test_just_the_cases_that_a_changed_rule_touches_are_listed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = run.list_impact()
    assert faults_of(listed, run) == []
    assert listed.counts == f"40 open cases looked at, 40 with an answer; {len(run.touched)} would change."
    assert len({made.kind for made in run.made.values()}) == 16
    assert 0 < len(run.touched) < OPEN / 2
    monkeypatch.setattr(impact._Pair, "rests_on_the_same", lambda pair, kept: False)
    assert run.list_impact().cases == listed.cases, "with every answer made again it is the same list"


def test_going_back_to_the_rules_that_answered_would_change_nothing(run: Run) -> None:
    listed = run.list_impact("built-in")
    assert listed.cases == {}
    assert listed.counts == "40 open cases looked at, 40 with an answer; 0 would change."


def test_what_differs_is_told_for_people_too_without_a_name(run: Run) -> None:
    told, _ = run.vob("rules", "impact", "--language", "es")
    page = " ".join(told.split())
    assert page.count("· Autorización previa: no requerida → requerida") == len(run.touched)
    assert page.count("A notice; p. 7; fuente primaria; regla propia de la clínica") >= len(run.touched)
    assert page.endswith(f"40 casos abiertos revisados, 40 con respuesta; cambiarían {len(run.touched)}.")
    assert "zacatecas" not in page.lower()


def test_a_directory_with_faults_is_refused_with_all_of_them(run: Run, tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "faulty") / "aetna.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("value: required", "value: perhaps"))
    with pytest.raises(AssertionError, match=r"faulty/aetna.yaml:6: .*value: "):
        run.vob("rules", "impact", str(tmp_path / "faulty"))
    with pytest.raises(AssertionError, match="no installed set begins so, and no directory is called so"):
        run.vob("rules", "impact", "sha256:abc")


def test_two_rulebooks_differ_by_value_from_the_day_on_with_both_sources(run: Run) -> None:
    (installed,) = run.vob("rules", "installed")[0].splitlines()
    told, _ = run.vob("rules", "diff", "built-in", installed[:20], "--on", "2026-05-01")
    page = " ".join(told.split())
    assert page.startswith("For care from Mon Jun 1, 2026 on: AETNA · Intensive outpatient program (IOP)")
    assert "prior authorization changes from “not required” to “required”. (was from Aetna" in page
    assert page.endswith("is from A notice, p. 7, published Mon Feb 2, 2026, retrieved Tue Feb 3, 2026)")
    assert run.vob("rules", "diff", installed[:20], installed[:20])[0] == (
        "The two rulebooks do not differ in any value.\n"
    )
