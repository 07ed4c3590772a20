"""Tables of plan designs: what is refused, by file and line, what a row says, and that a gap says nothing."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.plan_library import Wanted, count_plans
from payers.plan_limits import limit_warnings
from payers.rule_reading import read_rules
from payers.rulebook import Rulebook, load_rulebook, load_rulebook_from_files
from schemas.model import NETWORKS, Accumulators
from tests.payers.invented import ask_once

WILLOW = b"""payer: {id: willow, name: Willow, line_of_business: commercial}
sources: {}
plans: {oak: {name: Oak}}
"""
SOURCES = b"""sources:
  paper: {title: An invented paper, url: null, published: null, retrieved: 2026-11-22, confidence: primary}
"""
HEADER = "plan,name,year,from,through,network,conditions,deductible,outpatient,other_outpatient,source,at"
SOUND = "elm,Elm,2026,,,in,,1500.00,$40 after deductible,,paper,p. 1"


def files(*rows: str, header: str = HEADER, name: str = "plans/willow.csv") -> dict[str, bytes]:
    text = "\n".join([header, *rows, ""])
    return {"willow.yaml": WILLOW, "plans.yaml": SOURCES, name: text.encode()}


def problems(*rows: str, **more: str) -> list[str]:
    return [str(problem) for problem in read_rules(files(*rows, **more)).problems]


def test_a_table_that_says_each_thing_once_is_sound() -> None:
    assert problems(SOUND, "elm,,2027,,,in,,1600.00,$45 after deductible,,paper,p. 2") == []
    assert problems(SOUND, "elm,,2026,,,out,,,Not Covered,,paper,p. 2") == []
    assert problems(SOUND, "elm,,2026,,,in,,,,20% after deductible,paper,p. 9") == [], (
        "another document's cell"
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "elm,,2026,,,in,,1500,,,paper,p. 1",
            "2: deductible: Must be dollars with two places",
        ),
        ("elm,,2026,,,in,,,forty,,paper,p. 1", "2: outpatient: Must be a share like"),
        ("elm,,26,,,in,,,$40,,paper,p. 1", "2: year: Must be a year, like 2026."),
        ("elm,,2026,,,both,,,$40,,paper,p. 1", "2: network: Must be one of: in, out."),
        (
            "elm,,2026,,,in,grief,,$40,,paper,p. 1",
            "2: conditions: Must be of: mental_health",
        ),
        ("Elm 1,,2026,,,in,,,$40,,paper,p. 1", "2: plan: Must be an id in small letters"),
        (
            "elm,,2026,2027-01-01,,in,,,$40,,paper,p. 1",
            "2: through: Must not be before from.",
        ),
        (
            "elm,,2026,2024-07-01,2025-06-30,in,,,$40,,paper,p. 1",
            "2: year: Must be the year",
        ),
        ("elm,,2026,,,in,,,$40,,hearsay,p. 1", "2: source: plans.yaml has no source called"),
        (
            "oak,,2026,,,in,,,$40,,paper,p. 1",
            "2: plan: Is a plan of the payer's file already",
        ),
        ("elm,,2026,,,in,,,$40", "2: Has 9 cells where the header has 12."),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_file_and_line(row: str, told: str) -> None:
    assert problems(row)[0].startswith(f"plans/willow.csv:{told}")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("elm,,2026,,,in,,1500.00,,,paper,p. 2", "Says in.deductible.individual again."),
        ("elm,,2026,,,in,,,$40,,paper,p. 2", "Says outpatient.covered again."),
        ("elm,Alder,2026,,,out,,,$40,,paper,p. 2", "name is not the one of the plan's earlier rows."),
    ],
)
def test_a_row_that_says_again_what_an_earlier_one_says_is_refused(row: str, told: str) -> None:
    found = problems(SOUND, row)
    assert found[0].startswith(f"plans/willow.csv:3: {told}")


def test_a_table_with_an_unknown_column_or_of_no_payer_is_refused() -> None:
    assert problems("elm,2026,in,3,paper,p. 1", header="plan,year,network,stars,source,at")[0].startswith(
        "plans/willow.csv:1: Unknown columns: stars."
    )
    assert "plans/birch.csv:1: No payer is called so" in problems(SOUND, name="plans/birch.csv")[0]


def rulebook(*rows: str) -> Rulebook:
    return load_rulebook_from_files(files(*rows))


def test_a_row_is_in_force_in_its_year_alone() -> None:
    book = rulebook(SOUND)
    for day, limit in (
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), 150000),
        (date(2026, 12, 31), 150000),
        (date(2027, 1, 1), None),
    ):
        pot = ask_once(book, day, payer="willow", plan="elm").networks["in"].deductible.individual
        assert (pot.limit.value if pot is not None and pot.limit is not None else None) == limit, day


COLUMNS = ("conditions", "deductible", "outpatient", "other_outpatient")
CELLS = {
    "conditions": "mental_health",
    "deductible": "1500.00",
    "outpatient": "$40 after deductible",
    "other_outpatient": "20%",
}


@given(st.sets(st.sampled_from(COLUMNS)), st.sampled_from(NETWORKS))
def test_an_empty_cell_is_never_zero_nor_anything_else(filled: set[str], network: str) -> None:
    cells = {name: CELLS[name] if name in filled else "" for name in COLUMNS}
    book = rulebook(f"elm,Elm,2026,,,{network},{','.join(cells.values())},paper,p. 1")
    said = ask_once(book, date(2026, 5, 1), payer="willow", plan="elm", network=network).networks
    other = said["out" if network == "in" else "in"]
    assert other.deductible == Accumulators()
    assert all(level.covered is None and not level.copay for level in other.levels.values())
    own = said[network]
    assert (own.deductible.individual is not None) == ("deductible" in filled)
    assert own.deductible.family is None
    assert own.out_of_pocket_max == Accumulators()
    outpatient, program = own.levels.get("outpatient"), own.levels.get("intensive_outpatient")
    assert (outpatient is not None and bool(outpatient.copay)) == ("outpatient" in filled)
    assert (program is not None and bool(program.coinsurance)) == ("other_outpatient" in filled)
    assert program is None or program.deductible_applies is None, "20% does not speak of the deductible"


# --- the library that is shipped


@lru_cache(maxsize=1)
def shipped() -> Rulebook:
    return load_rulebook()


def found(query: str = "", **wanted: object) -> list[str]:
    plans = shipped().library.find(Wanted(query, **wanted))  # type: ignore[arg-type]
    return [f"{one.payer_id}/{one.plan.id}" for one in plans]


def test_plans_are_found_by_id_variant_contract_name_and_issuer() -> None:
    assert found("16842FL0120033-01") == ["florida-blue/16842fl0120033"]
    assert found("H1036-054-000") == ["medicare-advantage/h1036-054"]
    assert found("blueoptions 505") == ["florida-blue/blueoptions-505"]
    assert found("entrust gold 125", year=2026) == ["avmed/19898fl0340001"]
    assert len(found("health options", payer="florida-blue", metal="silver")) > 5
    assert found("no plan is called so") == []
    everything = found()
    assert everything == sorted(everything, key=lambda key: key.split("/"))
    assert set(found(issuer="CarePlus")) == {key for key in found("h1019") if "h1019" in key}


def test_the_library_counts_what_it_can_answer() -> None:
    counts = count_plans(shipped().library, date(2026, 12, 1))
    assert counts.by_year[2026] >= 605 + 6
    assert counts.by_year[2025] >= 159
    assert counts.on_day == counts.by_year[2026]
    assert counts.by_level["outpatient"] >= 605
    later = count_plans(shipped().library, date(2027, 1, 1))
    assert later.on_day == 0
    assert set(later.by_level.values()) == {0}


def test_every_plan_of_the_library_compiles_and_answers_its_own_year_without_a_tie() -> None:
    for one in shipped().library.plans.values():
        for row in one.rows:
            day = date(int(row["year"]), 6, 15)
            for condition in ("mental_health", "substance_use"):
                ask_once(shipped(), day, payer=one.payer_id, plan=one.plan.id, condition=condition)


# --- what the law allows


def test_amounts_that_the_law_does_not_allow_are_warned_of_and_no_others() -> None:
    assert list(limit_warnings(shipped())) == []
    header = "plan,market,metal,hsa,year,network,deductible,out_of_pocket_max,source,at"
    rows = (
        "silver-26,individual,silver,,2026,in,,10600.01,paper,p. 1",
        "silver-26-right,individual,silver,,2026,in,,10600.00,paper,p. 1",
        "silver-27,individual,silver,,2027,in,,12000.01,paper,p. 1",
        "bronze-27,individual,bronze,,2027,in,,15000.00,paper,p. 1",
        "group-27,group,,,2027,in,,15000.00,paper,p. 1",
        "hsa-26,individual,gold,yes,2026,in,1699.99,,paper,p. 1",
        "hsa-26-right,individual,gold,yes,2026,in,1700.00,,paper,p. 1",
        "hsa-27,individual,gold,yes,2027,in,1750.00,8700.01,paper,p. 1",
        "old,individual,silver,yes,2025,in,1.00,99999.00,paper,p. 1",
    )
    law = {"services.yaml": shipped().files["services.yaml"]}
    book = load_rulebook_from_files(files(*rows, header=header) | law)
    assert [warning.partition(",")[0] for warning in limit_warnings(book)] == [
        "willow group-27",
        "willow hsa-26",
        "willow hsa-27",
        "willow silver-26",
        "willow silver-27",
    ]
