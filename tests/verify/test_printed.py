"""Who decides on authorization for a payer that a card may mean, as far as is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from payers.rulebook import load_rulebook
from service import printed
from service.explain import say
from service.verify import Desk
from tests.payers.invented import write_rules
from tests.verify.desk import desk

ON = date(2026, 11, 26)
CARDS = """
sources:
  booklet: {title: A booklet, url: null, published: null, retrieved: 2026-01-05, confidence: primary}
entries:
  - {id: larkspur, name: a plan of elsewhere, kind: home_plan, words: [Elsewhere],
     payers: [larkspur, marigold], says: card_home_plan,
     contact: {name: A line, phone: "800-555-0100", source: booklet, at: p. 2},
     source: booklet, at: p. 1, from: 2026-01-01}
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with a payer for which another state's plan decides."""
    rules: Path = write_rules(tmp_path_factory.mktemp("rules"))
    (rules / "cards.yaml").write_text(CARDS, encoding="utf-8")
    return Desk(load_rulebook(rules), desk().clinic)


def by_payer(at: Desk, text: str) -> dict[str, Any]:
    found = printed.read(at, text, ON, say("en"))
    return {match["payer"]["id"]: match for match in found["items"]}


def test_the_home_plan_decides_for_the_payer_that_stands_for_it(elsewhere: Desk) -> None:
    matches = by_payer(elsewhere, "Elsewhere")
    assert matches["larkspur"]["authorization"]["decided_by"] == "home_plan"
    assert matches["marigold"]["authorization"]["decided_by"] != "home_plan"


def test_a_contact_of_an_entry_has_a_source_of_its_own(elsewhere: Desk) -> None:
    found = printed.read(elsewhere, "Elsewhere", ON, say("en"))
    (entry,) = found["entries"]
    assert entry["contact"]["value"] == {"name": "A line", "phone": "800-555-0100", "portal": None}
    assert [found["citations"][number]["locator"] for number in entry["contact"]["citations"]] == ["p. 2"]
    assert [found["citations"][number]["locator"] for number in entry["says"]["citations"]] == ["p. 1"]


@pytest.mark.parametrize(
    ("text", "payer", "decides"),
    [
        ("Cigna", "cigna", "behavioral_manager"),
        ("Aetna", "aetna", "payer"),
        ("Florida Blue", "florida-blue", "ask_the_card"),
        ("Medigap", "medigap", "ask_the_card"),
    ],
)
def test_only_what_is_published_tells_who_decides(text: str, payer: str, decides: str) -> None:
    authorization = by_payer(desk(), text)[payer]["authorization"]
    assert authorization["decided_by"] == decides
    assert bool(authorization["citations"]) == (decides != "ask_the_card")


def test_before_a_fact_is_published_nobody_is_named() -> None:
    found = printed.read(desk(), "Cigna", date(2024, 1, 1), say("en"))
    assert found["items"][0]["behavioral_manager"] is None
