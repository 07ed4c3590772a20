"""What a clinic lays over the published rules: value by value, each with its source, nothing else touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from payers.errors import RulebookError
from payers.layers import lay_files
from payers.rulebook import Rulebook, load_rulebook, load_rulebook_from_files
from payers.rules_check import check
from payers.rules_view import show
from schemas.model import Fact, LevelBenefits
from tests.payers.invented import RULES, ask_once

HEAD = """\
payer: {id: marigold, name: Marigold Health Plan, aliases: [Goldie], line_of_business: commercial}
sources:
  letter: {title: A letter to us, url: null, published: null, retrieved: 2026-02-03, confidence: primary}
"""
CLINIC = (
    HEAD
    + """\
services:
  intensive_outpatient:
    coinsurance: [{from: 2026-03-01, value: "0.10", source: letter, at: "p. 1"}]
    prior_authorization:
      - {from: 2026-03-01, value: notification, source: letter, at: "p. 2"}
      - {from: 2026-09-01, value: null, source: letter, at: "p. 2"}
  outpatient:
    copay: [{from: 2026-03-01, value: {amount: "7.00", per: day}, source: letter, at: "p. 3"}]
fees:
  - {file: fees/ours.csv}
examples:
  - name: An authorization is not asked for, only told
    ask: {level_of_care: intensive_outpatient, date_of_service: 2026-08-31}
    expect: {prior_authorization: notification, coinsurance: "0.10"}
  - name: From September on it is as published
    ask: {level_of_care: intensive_outpatient, date_of_service: 2026-09-01}
    expect: {prior_authorization: not_required}
"""
)
PRICES = """\
code,modifier,level_of_care,service,provider_types,locality,amount,from,source,at
T1,HR,outpatient,individual,cmhc,,33.00,2026-03-01,letter,p. 4
"""
DAY, BEFORE = date(2026, 3, 2), date(2026, 2, 28)


def overlay(tmp_path: Path, text: str = CLINIC, name: str = "our-clinic", payer: str = "marigold") -> Path:
    """Write a directory that is laid over the invented rulebook."""
    directory = tmp_path / name
    (directory / "fees").mkdir(parents=True, exist_ok=True)
    (directory / f"{payer}.yaml").write_text(text, encoding="utf-8")
    if "fees/ours.csv" in text:
        (directory / "fees" / "ours.csv").write_text(PRICES, encoding="utf-8")
    return directory


def level(
    rulebook: Rulebook, on: date, name: str = "intensive_outpatient", **options: object
) -> LevelBenefits:
    return ask_once(rulebook, on, **options).networks["in"].levels[name]


def told(fact: Fact[object] | None) -> tuple[object, bool] | None:
    return None if fact is None else (fact.value, fact.citation.local)


@pytest.fixture
def laid(tmp_path: Path) -> Rulebook:
    """The invented rulebook with the clinic's own values over it."""
    return load_rulebook(RULES, overlays=[overlay(tmp_path)])


def test_a_local_value_stands_over_the_published_one_from_its_first_day_on(laid: Rulebook) -> None:
    assert told(level(laid, BEFORE).prior_authorization) == ("required", False)
    assert told(level(laid, DAY).prior_authorization) == ("notification", True)
    assert told(level(laid, date(2026, 8, 31)).prior_authorization) == ("notification", True)


def test_where_a_local_value_ends_what_is_published_shows_again(laid: Rulebook) -> None:
    assert told(level(laid, date(2026, 9, 1)).prior_authorization) == ("not_required", False)


def test_a_local_value_outweighs_a_more_specific_published_one(laid: Rulebook) -> None:
    (copay,) = level(laid, DAY, "outpatient").copay  # what is published speaks of adults, ours of everyone
    assert (copay.value.amount, copay.citation.local) == (700, True)


def test_what_a_plan_says_still_outweighs_what_is_laid_over_its_payer(laid: Rulebook) -> None:
    (coinsurance,) = level(laid, DAY, plan="silver").coinsurance
    assert (str(coinsurance.value), coinsurance.citation.local) == ("0.30", False)
    (coinsurance,) = level(laid, DAY).coinsurance
    assert (str(coinsurance.value), coinsurance.citation.local) == ("0.10", True)


def test_a_local_price_takes_the_place_of_the_published_one_and_leaves_the_others(laid: Rulebook) -> None:
    published = {(fee.code, fee.modifier): fee.amount for fee in level(laid, BEFORE, "outpatient").fees}
    local = {(fee.code, fee.modifier): fee.amount for fee in level(laid, DAY, "outpatient").fees}
    assert set(local) == set(published)
    assert [
        (amount.value, amount.citation.local) for amount in (published["T1", "HR"], local["T1", "HR"])
    ] == [
        (2000, False),
        (3300, True),
    ]
    assert {key: fact for key, fact in local.items() if key != ("T1", "HR")} == {
        key: fact for key, fact in published.items() if key != ("T1", "HR")
    }


def test_a_payer_keeps_its_names_and_gains_the_clinics(laid: Rulebook) -> None:
    assert laid.identity("marigold").aliases == ("Marigold", "MHP", "Goldie")
    assert [one.id for one in laid.identity("marigold").ids] == ["MARI1"]


def test_the_last_directory_lies_on_top(tmp_path: Path) -> None:
    second = HEAD + (
        "services: {intensive_outpatient: {coinsurance: "
        '[{from: 2026-01-01, value: "0.05", source: letter, at: "p. 9"}]}}\n'
    )
    directories = [overlay(tmp_path), overlay(tmp_path, second, "our-branch")]
    (coinsurance,) = level(load_rulebook(RULES, overlays=directories), DAY).coinsurance
    assert str(coinsurance.value) == "0.05"
    (coinsurance,) = level(load_rulebook(RULES, overlays=directories[::-1]), DAY).coinsurance
    assert str(coinsurance.value) == "0.10"


def test_a_payer_that_is_not_published_is_a_whole_payer(tmp_path: Path) -> None:
    text = CLINIC.replace("marigold", "ours").replace("fees:\n  - {file: fees/ours.csv}\n", "")
    text = text.replace("not_required}", "undetermined}")
    directory = overlay(tmp_path, text, payer="ours")
    assert check(RULES, [directory]) == []
    rulebook = load_rulebook(RULES, overlays=[directory])
    assert rulebook.payer_ids == ("larkspur", "marigold", "ours")
    assert told(level(rulebook, DAY, payer="ours").prior_authorization) == ("notification", True)


def test_a_sound_overlay_has_no_problems_and_the_examples_beneath_ask_what_lies_beneath(
    tmp_path: Path,
) -> None:
    # "IOP in June still needs authorization" is published, and no longer so with the clinic's letter.
    assert check(RULES, [overlay(tmp_path)]) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"0.10"', "0.10", "marigold.yaml:6: services.intensive_outpatient.coinsurance[0].value:"),
        ('source: letter, at: "p. 3"', 'source: rumor, at: "p. 3"', "marigold.yaml:11: "),
        ("notification, coinsurance", "required, coinsurance", "marigold.yaml:15: examples[0]:"),
        (
            "line_of_business: commercial",
            "line_of_business: medicaid",
            "marigold.yaml:1: payer.line_of_business:",
        ),
    ],
)
def test_a_directory_that_is_laid_over_is_judged_as_strictly_by_file_and_line(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in CLINIC
    found = [str(one) for one in check(RULES, [overlay(tmp_path, CLINIC.replace(old, new))])]
    assert any(one.startswith(f"overlays/1-our-clinic/{problem}") for one in found), found


def test_an_unsound_overlay_is_refused_with_its_problems(tmp_path: Path) -> None:
    directory = overlay(tmp_path, CLINIC.replace('"0.10"', "0.10"))
    with pytest.raises(RulebookError, match=r"overlays/1-our-clinic/marigold\.yaml:6:"):
        load_rulebook(RULES, overlays=[directory])


def test_the_digest_covers_every_layer_and_the_files_make_it_all_again(
    tmp_path: Path, laid: Rulebook
) -> None:
    plain = load_rulebook(RULES)
    again = load_rulebook_from_files(laid.files)
    assert laid.digest == again.digest != plain.digest
    assert level(again, DAY) == level(laid, DAY)
    changed = load_rulebook(RULES, overlays=[overlay(tmp_path, CLINIC.replace("p. 1", "p. 11"))])
    assert changed.digest not in (laid.digest, plain.digest)


def test_a_layer_that_is_loaded_already_is_not_judged_again(laid: Rulebook) -> None:
    plain = load_rulebook(RULES)
    again = load_rulebook_from_files(laid.files, beside=plain)
    assert again.data.payers["larkspur"] is plain.data.payers["larkspur"]
    assert level(again, DAY) == level(laid, DAY)


def test_another_payers_answers_rest_on_the_same_files_as_before(laid: Rulebook) -> None:
    assert laid.files_of("larkspur") == ("larkspur.yaml", "services.yaml")
    assert laid.files_of("marigold")[:2] == ("marigold.yaml", "overlays/1-our-clinic/marigold.yaml")
    assert "overlays/1-our-clinic/fees/ours.csv" in laid.files_of("marigold")


def test_what_is_laid_over_is_shown_as_local(laid: Rulebook) -> None:
    shown = {one.where: one for one in show(laid, "marigold", DAY)}
    local = shown["services.intensive_outpatient.prior_authorization"]
    assert (local.value, local.local, local.title) == ("notification", True, "A letter to us")
    assert not shown["services.intensive_outpatient.covered"].local
    later = {one.where: one for one in show(laid, "marigold", date(2026, 9, 1))}
    assert later["services.intensive_outpatient.prior_authorization"].value == "not_required"


def test_a_clinic_can_lay_a_design_over_the_librarys() -> None:
    head = "plan,name,year,network,deductible,outpatient,source,at\n"
    dates = "published: null, retrieved: 2026-11-22, confidence: primary"
    paper = f"sources: {{paper: {{title: Paper, url: null, {dates}}}}}".encode()
    willow = b"payer: {id: willow, name: Willow, line_of_business: commercial}\nsources: {}\n"
    elm, ours = "elm,Elm,2026,in,1500.00,$40,paper,p. 1\n", "elm,,2026,in,900.00,,paper,p. 2\n"
    ash = "ash,Ash,2026,in,100.00,,paper,p. 3\n"
    base = {"willow.yaml": willow, "plans.yaml": paper, "plans/willow.csv": (head + elm).encode()}
    over = {"plans.yaml": paper, "plans/willow.csv": (head + ours + ash).encode()}
    book = load_rulebook_from_files(lay_files(base, [("ours", over)]))
    assert [*book.identity("willow").plans] == ["elm", "ash"]
    for day, limit in ((date(2026, 5, 1), 90000), (date(2027, 1, 1), None)):
        said = ask_once(book, day, payer="willow", plan="elm").networks["in"]
        pot = said.deductible.individual
        assert (pot.limit.value if pot is not None and pot.limit is not None else None) == limit
        assert bool(said.levels["outpatient"].copay) == (limit is not None), (
            "what is not laid over still holds"
        )
