"""The rulebook for people: what is in force, what changed between two moments, what to confirm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from payers.errors import UnknownPayer
from payers.rulebook import Rulebook
from payers.rules_view import diff, show, show_law
from tests.payers.invented import load

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)
AUTHORIZATION = "services.intensive_outpatient.prior_authorization"


def test_show_lists_each_value_in_force_with_its_source(rulebook: Rulebook) -> None:
    shown = {one.where: one for one in show(rulebook, "marigold", JULY) if not one.when}
    one = shown[AUTHORIZATION]
    assert (one.value, one.starts, one.at) == ("not_required", JULY, "second paragraph")
    assert (one.title, one.url, one.confidence) == ("A blog on Marigold", None, "secondary")
    assert shown["plans.silver.services.intensive_outpatient.coinsurance"].value == "0.30"
    assert "cost_share.in.deductible.individual" in shown


def test_show_tells_conditions_apart(rulebook: Rulebook) -> None:
    copays = [one for one in show(rulebook, "marigold", JULY) if one.where == "services.outpatient.copay"]
    assert [one.when for one in copays] == ["ages: from 21", "ages: below 21", ""]


def test_show_lists_prices_and_indexes(rulebook: Rulebook) -> None:
    values = {(one.where, one.when): one.value for one in show(rulebook, "marigold", JULY)}
    assert values["fees/marigold.csv intensive_outpatient D3 3 3", "provider_types: cmhc"] == "127.74"
    assert values["fees/marigold-wages.csv Miami-Dade Miami", "provider_types: cmhc"] == "0.9488"


def test_show_refuses_an_unknown_payer(rulebook: Rulebook) -> None:
    with pytest.raises(UnknownPayer):
        show(rulebook, "nobody", JULY)


def test_what_law_says_stands_apart(rulebook: Rulebook) -> None:
    assert {one.where for one in show_law(rulebook, JULY)} == {
        "levels.outpatient.hours_per_week",
        "levels.intensive_outpatient.hours_per_week",
        "legal_maximum.commercial.individual",
        "clocks.commercial",
    }


def test_two_dates_differ_by_what_changed_between_them(rulebook: Rulebook) -> None:
    (difference,) = diff(rulebook, JUNE, rulebook, JULY)
    assert (difference.payer, difference.where) == ("marigold", AUTHORIZATION)
    assert (difference.before, difference.after) == ("required", "not_required")


def test_before_the_first_value_there_was_none(rulebook: Rulebook) -> None:
    differences = {one.where: one for one in diff(rulebook, date(2025, 12, 31), rulebook, date(2026, 1, 1))}
    assert differences["legal_maximum.commercial.individual"].before is None
    assert differences["cost_share.in.deductible.individual"].after == "1500.00"
    assert diff(rulebook, JULY, rulebook, JULY) == ()


def test_two_rulebooks_differ_by_what_was_edited(rulebook: Rulebook, tmp_path: Path) -> None:
    edited = load(
        tmp_path, {"marigold.yaml": ('value: "0.20", source: booklet', 'value: "0.25", source: booklet')}
    )
    (difference,) = diff(rulebook, JULY, edited, JULY)
    assert (difference.before, difference.after) == ("0.20", "0.25")
