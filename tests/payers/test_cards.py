"""What is printed on cards: whom it leads to, what stays several, and what is never looked up."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from payers.cards import WholeMemberId, entries_of, is_member_id, read_card
from payers.rule_files import SHIPPED
from payers.rulebook import Rulebook, load_rulebook
from payers.rules_check import check
from tests.payers.invented import write_rules

TABLE = Path(__file__).with_name("printed_on_cards.csv")
# Named in cards.yaml, and not in the rulebook yet.
PLANNED = frozenset(
    {
        "aetna-better-health-florida",
        "ambetter-florida",
        "amerihealth-caritas-florida",
        "bluecard",
        "childrens-medical-services",
        "devoted-health",
        "fep-blue",
        "humana",
        "humana-healthy-horizons",
        "humana-medicare-advantage",
        "medicare-advantage",
        "molina-healthcare-florida",
        "molina-marketplace-florida",
        "simply-healthcare",
        "sunshine-health",
        "sunshine-pathway-to-shine",
        "tricare-east",
        "umr",
        "unitedhealthcare-community-plan-florida",
    }
)
CARDS = """
sources:
  booklet: {title: A booklet, url: null, published: null, retrieved: 2026-01-05, confidence: primary}
entries:
  - {id: fern, name: Fern Admin, kind: administrator, words: [Fern Admin], payers: [marigold],
     says: card_administrator, source: booklet, at: p. 1, from: 2026-01-01}
"""


@cache
def shipped() -> Rulebook:
    return load_rulebook()


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_wanted(row: Mapping[str, str], rulebook: Rulebook) -> list[str]:
    """What a row of the table asks for, as far as this rulebook has the payers, and is not so."""
    card = read_card(rulebook, row["text"], date(2026, 11, 26))
    found = [match.payer.id for match in card.matches]
    wanted = dict.fromkeys([row["first"], *row["among"].split()])
    present = [one for one in wanted if one in rulebook.payer_ids]
    faults = [f"{one} is not there" for one in present if one not in found]
    if row["first"] in present and found[0] != row["first"]:
        faults.append(f"{found[0]} is first")
    if len(present) == len(wanted) and (card.only or "") != row["only"]:
        faults.append(f"only {card.only}")
    entries = [one.entry.id for one in card.entries]
    if row["entry"] and row["entry"] not in entries:
        faults.append(f"entries {entries}")
    if not row["entry"] and entries and len(present) == len(wanted):
        faults.append(f"entries {entries}")
    return faults


def test_the_table_of_cards_holds() -> None:
    assert len(rows()) >= 60
    wrong = {row["text"]: faults for row in rows() if (faults := is_wanted(row, shipped()))}
    assert wrong == {}


def test_scores_fall_and_no_payer_comes_twice() -> None:
    for row in rows():
        matches = read_card(shipped(), row["text"]).matches
        assert [match.score for match in matches] == sorted((m.score for m in matches), reverse=True)
        assert len({match.payer.id for match in matches}) == len(matches) <= 10


def test_every_entry_rests_on_a_source_and_leads_to_payers_there_are() -> None:
    entries = entries_of(shipped())
    assert all(entry.says.citations for entry in entries)
    named = {payer for entry in entries for payer in entry.payers}
    assert named <= PLANNED | set(shipped().payer_ids)


@pytest.mark.parametrize(
    "text",
    [
        "1EG4-TE5-MK73",
        "1EG4 TE5 MK73",
        "1eg4te5mk73",
        "XYZ123456789",
        "XYZ 1234 56789",
        "W123456789",
        "R12345678",
        "Cigna U1234567801",
        "Member ID 9876543210",
        "123-45-6789",
    ],
)
def test_a_whole_member_id_is_not_looked_up(text: str) -> None:
    assert is_member_id(shipped(), text)
    with pytest.raises(WholeMemberId) as refused:
        read_card(shipped(), text)
    assert str(refused.value) == ""


@pytest.mark.parametrize(
    "text",
    [
        "BlueOptions 505",
        "Plan G 2026",
        "60054",
        "A2B",
        "UnitedHealthcare",
        "BlueOptions Gold 1505",
        "Part B 2026",
    ],
)
def test_names_prefixes_and_payer_ids_are_no_member_ids(text: str) -> None:
    assert not is_member_id(shipped(), text)


def test_a_shorter_id_of_a_shape_that_a_payer_prints_is_one_too(rulebook: Rulebook) -> None:
    assert is_member_id(rulebook, "m123456")
    assert not is_member_id(rulebook, "K123456")
    assert not is_member_id(rulebook, "MARI1")


def test_three_characters_are_a_prefix_only_where_nobody_is_called_so() -> None:
    assert [one.entry.id for one in read_card(shipped(), "QZX").entries] == ["blue-prefix"]
    assert read_card(shipped(), "UHC").entries[0].entry.id != "blue-prefix"
    assert read_card(shipped(), "UMR").entries[0].entry.id == "umr"
    assert read_card(shipped(), "123").entries == ()


def test_an_entry_holds_from_its_day_on(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    (rules / "cards.yaml").write_text(CARDS, encoding="utf-8")
    rulebook = load_rulebook(rules)
    assert read_card(rulebook, "Fern Admin", date(2025, 12, 31)).entries == ()
    (found,) = read_card(rulebook, "Fern Admin", date(2026, 1, 1)).entries
    assert (found.entry.name, found.score) == ("Fern Admin", 1.0)


def test_who_runs_a_plan_for_an_employer_leaves_no_payer_certain(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    (rules / "cards.yaml").write_text(CARDS, encoding="utf-8")
    card = read_card(load_rulebook(rules), "Fern Admin for Marigold members")
    assert [(match.payer.id, match.through) for match in card.matches] == [("marigold", None)]
    assert (card.named, card.only) == (None, None)
    assert read_card(load_rulebook(rules), "Marigold").only == "marigold"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: administrator", "kind: helper", "entries[0].kind: Must be one of"),
        ("source: booklet", "source: rumor", "entries[0].source: No source is called rumor"),
        ("words: [Fern Admin], ", "", "Must say words, a pattern, or both"),
        ("words: [Fern Admin]", 'pattern: "["', "entries[0].pattern: Not a regular expression"),
        ("at: p. 1, ", "", "entries[0].at: Is missing"),
        ("says: card", "say: card", "entries[0].say: There is no such field here"),
    ],
)
def test_what_is_wrong_with_cards_is_told_by_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    rules = write_rules(tmp_path)
    assert old in CARDS
    (rules / "cards.yaml").write_text(CARDS.replace(old, new), encoding="utf-8")
    problems = [str(problem) for problem in check(rules) if problem.file == "cards.yaml"]
    assert any(message in problem for problem in problems), problems
    assert all(problem.split(":")[1].isdigit() for problem in problems)


def test_two_entries_of_one_id_are_refused(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    entry = CARDS.partition("entries:\n")[2]
    (rules / "cards.yaml").write_text(CARDS + entry, encoding="utf-8")
    assert [problem.where for problem in check(rules)] == ["entries[1].id"]


def test_cards_are_part_of_the_digest(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    before = load_rulebook(rules).digest
    (rules / "cards.yaml").write_text(CARDS, encoding="utf-8")
    assert load_rulebook(rules).digest != before
    assert (SHIPPED / "cards.yaml").is_file()
