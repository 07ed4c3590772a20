"""Loading a rulebook: digests, the cache, replay from files, and one payer's edit touching no other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from payers import rule_files
from payers.errors import RulebookError, UnknownPayer
from payers.rulebook import Rulebook, load_rulebook, load_rulebook_from_files
from tests.payers.invented import FILES, ask, ask_once, load, write_rules

MARCH = date(2026, 3, 2)
RAISED = {"marigold.yaml": ('value: "0.20", source: booklet', 'value: "0.25", source: booklet')}


def test_the_digest_of_a_file_is_that_of_its_bytes(rulebook: Rulebook) -> None:
    assert set(rulebook.digests) == set(FILES)
    assert all(digest.startswith("sha256:") and len(digest) == 71 for digest in rulebook.digests.values())
    assert rulebook.files["larkspur.yaml"] == FILES["larkspur.yaml"]


def test_the_files_of_a_payer_are_its_own_and_what_is_shared(rulebook: Rulebook) -> None:
    assert rulebook.files_of("marigold") == (
        "marigold.yaml",
        "fees/marigold.csv",
        "fees/marigold-wages.csv",
        "services.yaml",
    )
    assert rulebook.files_of("larkspur") == ("larkspur.yaml", "services.yaml")
    with pytest.raises(UnknownPayer):
        rulebook.files_of("nobody")


def test_an_edit_changes_the_digest_of_its_file_and_of_the_whole_alone(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    edited = load(tmp_path, RAISED)
    changed = {name for name in FILES if edited.digests[name] != rulebook.digests[name]}
    assert changed == {"marigold.yaml"}
    assert edited.digest != rulebook.digest


def test_editing_one_payers_file_changes_no_other_payers_published_facts(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    edited = load(tmp_path, RAISED)
    assert ask(edited, [MARCH]) != ask(rulebook, [MARCH])
    span = [date(2024, 1, 1), date(2028, 1, 1)]
    for plan in (None, "k"):
        assert ask(edited, span, payer="larkspur", plan=plan) == ask(
            rulebook, span, payer="larkspur", plan=plan
        )


def test_a_rulebook_is_made_again_from_its_files(rulebook: Rulebook) -> None:
    again = load_rulebook_from_files(rulebook.files)
    assert again == rulebook
    assert ask(again, [MARCH]) == ask(rulebook, [MARCH])


def test_files_read_from_the_cache_answer_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules, cache = write_rules(tmp_path / "rules"), tmp_path / "cache"
    judged = load_rulebook(rules, cache)
    assert len(list(cache.iterdir())) == 1

    def refuse(_: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(rule_files, "read_rules", refuse)
    kept = load_rulebook(rules, cache)
    assert kept == judged
    assert ask(kept, [MARCH]) == ask(judged, [MARCH])


def test_a_changed_file_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load_rulebook(write_rules(tmp_path / "rules"), cache)
    edited = load_rulebook(write_rules(tmp_path / "rules", RAISED), cache)
    iop = ask_once(edited, MARCH).networks["in"].levels["intensive_outpatient"]
    assert [str(fact.value) for fact in iop.coinsurance] == ["0.25"]


@pytest.mark.parametrize("content", [b"", b"not json", b"{}", b"[]"])
def test_a_broken_cache_entry_is_made_anew(tmp_path: Path, content: bytes) -> None:
    rules, cache = write_rules(tmp_path / "rules"), tmp_path / "cache"
    load_rulebook(rules, cache)
    (entry,) = cache.iterdir()
    entry.write_bytes(content)
    assert ask(load_rulebook(rules, cache), [MARCH])
    assert entry.read_bytes() != content


def test_where_nothing_can_be_kept_the_rulebook_loads_all_the_same(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert load_rulebook(rules, tmp_path / "file" / "cache").payer_ids == ("larkspur", "marigold")


def test_an_unsound_rulebook_is_refused_by_file_and_line(tmp_path: Path) -> None:
    changes = {"marigold.yaml": ('value: "1000.00"', "value: 1000.00")}
    with pytest.raises(
        RulebookError, match=r"marigold\.yaml:\d+: cost_share\.in\.deductible\.individual\[0\]"
    ):
        load(tmp_path, changes)


def test_a_directory_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="no rulebook"):
        load_rulebook(tmp_path)


def test_no_rulebook_holds_a_message_of_endless_problems(tmp_path: Path) -> None:
    rows = "".join(
        f"T{number},,,outpatient,,,,,,,,,,,,,,,1.5,2025-01-01,,booklet,x\n" for number in range(30)
    )
    rules = write_rules(tmp_path)
    with (rules / "fees" / "marigold.csv").open("a", encoding="utf-8") as file:
        file.write(rows)
    with pytest.raises(RulebookError, match="and 10 more"):
        load_rulebook(rules)
