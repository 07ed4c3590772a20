"""Two rulebooks held against each other: what differs from which day on, and for whom nothing does."""

from __future__ import annotations

from datetime import date

from payers.rulebook import Rulebook, lay_over, load_rulebook
from payers.rules_compare import compare, payers_alike
from tests.proofs.impact_cases import RULE_FROM, RULES

ORDER = b"""\
sources:
  letter: {title: A letter, url: null, published: null, retrieved: 2026-02-03, confidence: primary}
rules:
  esrd: [{from: 2026-01-01, value: {months: 33}, source: letter, at: "p. 1"}]
"""


def laid(base: Rulebook, name: str, content: bytes) -> Rulebook:
    return lay_over(base, [("ours", {name: content})], None)


def test_a_change_of_one_payer_leaves_all_others_alike_and_of_what_they_share_none() -> None:
    base = load_rulebook()
    assert payers_alike(base, laid(base, "aetna.yaml", RULES.encode())) == {*base.payer_ids} - {"aetna"}
    assert payers_alike(base, laid(base, "coordination.yaml", ORDER)) == frozenset()


def test_what_differs_is_told_once_from_the_first_day_on_which_it_does() -> None:
    base = load_rulebook()
    other = laid(base, "aetna.yaml", RULES.encode())
    (differences,) = compare(base, other, date(2026, 5, 1))
    (value,) = differences.values
    assert (differences.starts, value.payer, value.before, value.after) == (
        RULE_FROM,
        "aetna",
        "not_required",
        "required",
    )
    assert value.was is not None
    assert (value.was.title[:5], value.shown.title) == ("Aetna", "A notice")
    assert compare(other, other, date(2026, 5, 1)) == ()
