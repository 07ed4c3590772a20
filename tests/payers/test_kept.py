"""What is worked out of a rulebook is kept as long as the rulebook is there, and keeps no rulebook."""

from __future__ import annotations

import gc
import weakref
from datetime import date

import pytest

from payers import kept as module
from payers.kept import keeps_results
from payers.rulebook import Rulebook, load_rulebook, load_rulebook_from_files
from tests.payers.invented import FILES, RULES


def test_what_was_worked_out_is_not_worked_out_again() -> None:
    asked: list[object] = []

    @keeps_results
    def look(rulebook: Rulebook, on: date, *, payer: str = "marigold") -> int:
        asked.append((rulebook.digest, on, payer))
        return len(asked)

    book, day = load_rulebook(RULES), date(2026, 3, 2)
    assert [look(book, day), look(book, day), look(book, day, payer="larkspur"), look(book, day)] == [
        1,
        1,
        2,
        1,
    ]
    changed = load_rulebook_from_files({**FILES, "larkspur.yaml": FILES["larkspur.yaml"] + b"\n"})
    assert look(changed, day) == 3


def test_a_rulebook_that_nobody_uses_any_more_is_gone() -> None:
    @keeps_results
    def look(rulebook: Rulebook) -> tuple[str, ...]:
        return rulebook.payer_ids

    book = load_rulebook(RULES)
    gone = weakref.ref(book)
    assert look(book) == ("larkspur", "marigold")
    del book
    gc.collect()
    assert gone() is None


def test_no_more_than_so_many_results_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    made: list[int] = []

    @keeps_results
    def look(_: Rulebook, number: int) -> int:
        made.append(number)
        return number

    book = load_rulebook(RULES)
    assert [look(book, number) for number in (1, 2, 3, 3, 1)] == [1, 2, 3, 3, 1]
    assert made == [1, 2, 3, 1]
