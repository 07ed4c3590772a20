"""The coverage matrix: what is known of each payer at each level, and how surely; the page kept of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from payers.rulebook import Rulebook, load_rulebook
from payers.rules_counts import count, warnings
from payers.rules_matrix import COLUMNS, Cell, as_markdown, matrix
from schemas.model import LEVELS_OF_CARE
from tests.house.tree import ROOT
from tests.payers.invented import load

JULY = date(2026, 7, 1)


def cells(rulebook: Rulebook, payer: str, level: str, on: date = JULY) -> dict[str, Cell]:
    (line,) = (one for one in matrix(rulebook, on) if (one.payer, one.level) == (payer, level))
    return dict(zip(COLUMNS, line.cells, strict=True))


def test_the_page_that_is_kept_is_the_one_of_the_rulebook() -> None:
    kept = (ROOT / "docs" / "rulebook-coverage.md").read_text(encoding="utf-8")
    assert kept == as_markdown(load_rulebook()), "run make coverage-matrix"


def test_every_payer_has_a_line_for_every_level(rulebook: Rulebook) -> None:
    assert [(one.payer, one.level) for one in matrix(rulebook, JULY)] == [
        (payer, level) for payer in rulebook.payer_ids for level in LEVELS_OF_CARE
    ]


def test_a_cell_says_how_surely_something_is_known(rulebook: Rulebook) -> None:
    before, after = (
        cells(rulebook, "marigold", "intensive_outpatient", day)["authorization"]
        for day in (date(2026, 6, 30), JULY)
    )
    assert (before.state, after.state) == ("known", "secondary")
    old = cells(rulebook, "marigold", "outpatient", date(2028, 1, 1))
    assert old["covered"].state == "stale"
    assert cells(rulebook, "larkspur", "residential")["criteria"].state == "unknown"


def test_what_some_plans_say_alone_is_counted_by_plans(tmp_path: Path) -> None:
    other = ("plans:\n", "plans:\n  gold: {name: Gold}\n")
    rulebook = load(tmp_path, {"marigold.yaml": other})
    assert str(cells(rulebook, "marigold", "intensive_outpatient")["cost sharing"]) == "known"
    edited = (
        other[1]
        + "  bronze:\n    name: Bronze\n    services:\n      residential:\n"
        + ('        covered: [{from: 2025-01-01, value: true, source: booklet, at: "p. 60"}]\n')
    )
    rulebook = load(tmp_path, {"marigold.yaml": ("plans:\n", edited)})
    assert str(cells(rulebook, "marigold", "residential")["covered"]) == "known (1 of 3 plans)"


def test_a_value_that_sources_disagree_on_is_conflicting(tmp_path: Path) -> None:
    said = '{from: 2025-01-01, value: true, source: booklet, at: "p. 20"}'
    disputed = said.replace("}", ', also: [{value: false, source: rumor, at: "top"}]}')
    rulebook = load(tmp_path, {"marigold.yaml": (said, disputed)})
    assert cells(rulebook, "marigold", "outpatient")["covered"].state == "conflicting"


def test_totals_count_every_cell_once(rulebook: Rulebook) -> None:
    page = as_markdown(rulebook)
    rows = page.partition("| --- |")[2].splitlines()[1:6]
    totals = [int(row.split("|")[-2].split("(")[0]) for row in rows]
    assert sum(totals) == len(rulebook.payer_ids) * len(LEVELS_OF_CARE) * len(COLUMNS)


def test_what_the_rulebook_holds_is_counted(rulebook: Rulebook) -> None:
    counts = count(rulebook, JULY)
    assert (counts.payers, counts.programs, counts.plans) == (2, 0, 2)
    assert counts.sources == 4
    assert counts.values > counts.examples > 0


def test_what_is_to_be_looked_at_is_no_problem(rulebook: Rulebook) -> None:
    said = list(warnings(rulebook, JULY))
    assert said[0].endswith("values should be confirmed; vob rules stale lists them.")
    assert "larkspur: names nobody to call (facts.contact)." in said[1:]
    assert not any(one.startswith("marigold:") for one in said)
