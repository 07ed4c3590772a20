"""The Good Faith Estimate: expected charges from the site's own prices, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from service.documents import NothingToSay, page
from service.documents.good_faith import write_good_faith_estimate
from service.explain import LOCALES, Locale
from tests.documents.cases import BODIES, answer, matter, matter_of, shown


def test_charges_are_the_sites_price_for_every_visit() -> None:
    made = write_good_faith_estimate(matter("florida blue, all told"))
    assert [(item.visits, item.each, item.charge) for item in made.items] == [
        (15, "$500.00", "$7,500.00"),
        (24, "$350.00", "$8,400.00"),
    ]
    assert made.total == "$15,900.00"


def test_they_are_what_the_answer_compares_with() -> None:
    comparison = shown("medicare")["estimate"]["self_pay_comparison"]["amount"]
    assert write_good_faith_estimate(matter("medicare")).total == f"${float(comparison):,.2f}"


def test_it_says_who_when_and_by_whom() -> None:
    made = write_good_faith_estimate(matter("medicare"))
    assert (made.to, made.birth_date, made.npi) == ("Ana Prueba", "Mar 2, 1957", "1234567893")
    assert (made.items[0].first_day, made.items[0].last_day) == ("Mar 2, 2026", "Apr 26, 2026")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en",
            (
                "$400 or more above this estimate",
                "This is not a contract",
                "This is an estimate",
                "not listed here",
            ),
        ),
        ("es", ("$400 o más por encima de este estimado", "no es un contrato", "Esto es un estimado")),
    ],
)
def test_it_says_what_such_a_notice_has_to_say(locale: Locale, said: tuple[str, ...]) -> None:
    text = page("good_faith_estimate", matter("medicare", locale))
    assert [one for one in said if one not in text] == []
    assert "45 CFR 149.620" in text


def test_what_only_the_clinic_knows_has_a_place_to_be_filled_in() -> None:
    text = page("good_faith_estimate", matter("medicare"))
    assert text.count("to be filled in by the clinic") >= 2


@pytest.mark.parametrize("locale", LOCALES)
def test_where_the_site_has_no_price_for_some_of_the_care_there_is_nothing_to_say(locale: Locale) -> None:
    body = {**BODIES["medicare"], "site": "two-tier", "level_of_care": "php"}
    with pytest.raises(NothingToSay):
        page("good_faith_estimate", matter_of(answer(body), locale))


def test_where_the_site_is_not_in_the_profile_any_more_there_is_nothing_to_say() -> None:
    made = matter("medicare")
    gone = replace(made, clinic=replace(made.clinic, sites=MappingProxyType({})))
    with pytest.raises(NothingToSay):
        write_good_faith_estimate(gone)
    assert "cmhc" in page("benefits", gone)
