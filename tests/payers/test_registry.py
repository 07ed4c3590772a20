"""Finding payers: by id, by what a card says, and the nearest where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from payers.adapters.rulebook import RulebookAdapter
from payers.errors import UnknownPayer
from payers.registry import find_adapter, find_payer, list_payers, nearest, resolve
from payers.rulebook import Rulebook, load_rulebook
from schemas.model import Payer
from tests.payers.invented import load

MARIGOLD = Payer("marigold", "Marigold Health Plan", "commercial")


def test_a_payer_is_found_by_its_id(rulebook: Rulebook) -> None:
    assert find_payer(rulebook, "marigold") == MARIGOLD
    assert [payer.id for payer in list_payers(rulebook)] == ["larkspur", "marigold"]


def test_an_unknown_id_names_the_nearest(rulebook: Rulebook) -> None:
    with pytest.raises(UnknownPayer, match="the nearest are marigold"):
        find_payer(rulebook, "merigold")
    with pytest.raises(UnknownPayer, match=r"^No payer is called 'zzz'\.$"):
        find_payer(rulebook, "zzz")


def test_the_nearest_ids_come_best_first() -> None:
    ids = ("florida-blue", "florida-medicaid", "cigna")
    assert nearest(ids, "florida blu")[0] == "florida-blue"
    assert nearest(ids, "Signa") == ("cigna",)
    assert nearest(ids, "") == ()


@pytest.mark.parametrize(
    "text",
    ["Marigold Health Plan", "MARIGOLD", "mhp", "Member of Marigold Health Plan, PPO", "MARI1", "Marygold"],
)
def test_what_is_printed_on_a_card_leads_to_its_payer(rulebook: Rulebook, text: str) -> None:
    matches = resolve(rulebook, text)
    assert matches[0].payer == MARIGOLD
    assert 0 < matches[0].score <= 1


def test_an_exact_name_is_certain(rulebook: Rulebook) -> None:
    (match,) = resolve(rulebook, "marigold health plan")
    assert (match.score, match.matched) == (1.0, "Marigold Health Plan")


@pytest.mark.parametrize("text", ["", "   ", "Health Plan", "Zinnia Assurance 12345", "¿?"])
def test_a_text_that_names_nobody_leads_to_nobody(rulebook: Rulebook, text: str) -> None:
    assert [match.payer.id for match in resolve(rulebook, text) if match.score > 0.75] == []


def test_the_longer_of_two_names_on_a_card_ranks_first(rulebook: Rulebook) -> None:
    matches = resolve(rulebook, "Larkspur Mutual with Marigold")
    assert [match.payer.id for match in matches] == ["larkspur", "marigold"]


def test_who_a_payer_is_comes_with_its_sources(rulebook: Rulebook) -> None:
    identity = rulebook.identity("marigold")
    assert identity.ids[0].id == "MARI1"
    assert identity.ids[0].citation.locator == "p. 2"
    assert identity.member_id is not None
    assert identity.member_id.fits("M123456")
    assert not identity.member_id.fits("M12345")
    assert not identity.member_id.strict
    assert [plan.name for plan in identity.plans.values()] == ["Silver"]
    assert rulebook.identity("larkspur").member_id is None


def test_what_a_payer_takes_in_an_inquiry_comes_with_its_source(rulebook: Rulebook, tmp_path: Path) -> None:
    taken = "inquiry: {service_types: [MH, A6], source: booklet, at: p. 4}"
    stated = load(tmp_path, {"marigold.yaml": ("ask_first:", f"{taken}\n  ask_first:")}).identity("marigold")
    assert stated.inquiry is not None
    assert (stated.inquiry.service_types, stated.inquiry.at_once) == (("MH", "A6"), 1)
    assert (stated.inquiry.citation.title, stated.inquiry.citation.locator) == ("Marigold booklet", "p. 4")
    assert rulebook.identity("marigold").inquiry is None


def test_florida_medicaid_says_which_service_types_it_takes() -> None:
    taken = load_rulebook().identity("florida-medicaid").inquiry
    assert taken is not None
    assert {"MH", "A6", "A7", "A8", "AI"} < set(taken.service_types)
    assert len(taken.service_types) == len(set(taken.service_types)) == 17
    assert (taken.at_once, taken.citation.confidence) == (1, "secondary")


def test_the_rulebook_is_a_channel() -> None:
    assert find_adapter("rulebook") is RulebookAdapter
