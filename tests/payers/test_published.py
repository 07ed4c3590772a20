"""What the rulebook answers: by date, place, age, network and plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from payers.errors import UnknownPayer
from payers.rulebook import Rulebook
from schemas.model import Benefits, Clock, Copay, Fact, Limit, Then
from tests.payers.invented import CMHC, ask, ask_once, load

MARCH, JULY = date(2026, 3, 2), date(2026, 7, 1)
IOP, OP = "intensive_outpatient", "outpatient"


def facts_of(value: Any) -> Iterator[Fact[Any]]:
    """Every fact inside a witness."""
    if isinstance(value, Fact):
        yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from facts_of(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from facts_of(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from facts_of(getattr(value, field.name))


def level(benefits: Benefits, name: str, network: str = "in") -> Any:
    return benefits.networks[network].levels[name]


def test_what_another_source_says_is_kept_beside_the_value_with_its_own_citation(tmp_path: Path) -> None:
    old = '{standard: {n: 10, unit: calendar_days}}, source: booklet, at: "p. 46"'
    also = '{value: {standard: {n: 7, unit: business_days}}, source: rumor, at: "third paragraph"}'
    changes = {"marigold.yaml": (old, f"{old}, also: [{also}]")}
    terms = level(ask_once(load(tmp_path, changes), MARCH), IOP).authorization
    assert terms.standard.value == Clock(10, "calendar_days")
    (said,) = terms.standard.others
    assert said.value == Clock(7, "business_days")
    assert (said.citation.title, said.citation.locator) == ("A blog on Marigold", "third paragraph")


def test_every_fact_cites_the_place_it_was_taken_from(rulebook: Rulebook) -> None:
    found = list(facts_of(ask_once(rulebook, MARCH)))
    assert len(found) > 30
    for fact in found:
        assert fact.citation.kind == "published"
        assert fact.citation.title
        assert fact.citation.locator


def test_a_citation_carries_the_source_in_full(rulebook: Rulebook) -> None:
    citation = level(ask_once(rulebook, MARCH), IOP).covered.citation
    assert citation.title == "Marigold booklet"
    assert citation.url == "https://marigold.example/booklet"
    assert (citation.published, citation.retrieved) == (date(2025, 10, 1), date(2026, 1, 5))
    assert (citation.locator, citation.confidence) == ("p. 41", "primary")


def test_before_its_first_date_nobody_says_anything(rulebook: Rulebook) -> None:
    benefits = ask_once(rulebook, date(2024, 12, 31))
    assert list(facts_of(benefits)) == []


def test_a_value_holds_from_its_first_day_until_the_next(rulebook: Rulebook) -> None:
    before = level(ask_once(rulebook, date(2026, 6, 30)), IOP).prior_authorization
    after = level(ask_once(rulebook, JULY), IOP).prior_authorization
    assert (before.value, after.value) == ("required", "not_required")
    assert after.citation.confidence == "secondary"


def test_an_episode_over_a_change_has_a_period_for_each_side(rulebook: Rulebook) -> None:
    periods = ask(rulebook, [date(2025, 12, 1), date(2026, 7, 20), MARCH])
    assert [period.starts for period in periods] == [date(2025, 12, 1), date(2026, 1, 1), JULY]
    limits = [period.benefits.networks["in"].deductible.individual for period in periods]
    assert [pot.limit.value for pot in limits if pot and pot.limit] == [100_000, 150_000, 150_000]


def test_no_dates_ask_for_nothing(rulebook: Rulebook) -> None:
    assert ask(rulebook, []) == ()


def test_a_yearly_amount_says_until_when_it_was_published(rulebook: Rulebook) -> None:
    pot = ask_once(rulebook, date(2027, 2, 1)).networks["in"].deductible.individual
    assert pot is not None
    assert pot.limit is not None
    assert (pot.limit.value, pot.limit.through) == (150_000, date(2026, 12, 31))


def test_a_family_limit_said_to_be_none_is_a_fact(rulebook: Rulebook) -> None:
    pots = ask_once(rulebook, MARCH).networks["in"].deductible
    assert pots.family is not None
    assert pots.family.limit is not None
    assert pots.family.limit.value is None
    assert ask_once(rulebook, MARCH).networks["in"].out_of_pocket_max.family is None


def test_a_plan_wins_over_what_holds_for_all_plans(rulebook: Rulebook) -> None:
    payer_wide = level(ask_once(rulebook, MARCH), IOP)
    silver = level(ask_once(rulebook, MARCH, plan="silver"), IOP)
    assert [fact.value for fact in payer_wide.coinsurance] == [Decimal("0.20")]
    assert [fact.value for fact in silver.coinsurance] == [Decimal("0.30")]
    assert silver.covered == payer_wide.covered


def test_what_a_payer_notes_of_every_level_follows_what_a_level_notes_and_each_cites_its_own_source(
    tmp_path: Path,
) -> None:
    last = 'source: booklet, at: "p. 47"}]\n'
    heard = "{code: heard, source: rumor, at: first paragraph}"
    own = f'[{{from: 2025-01-01, value: [{{code: own}}, {heard}], source: booklet, at: "p. 48"}}]'
    wide = '[{from: 2025-01-01, value: [{code: wide}], source: booklet, at: "p. 9"}]'
    silver = f"    facts: {{coverage_notes: {wide}}}\n"
    added = f"{last}    coverage_notes: {own}\nplans:\n  silver:\n    name: Silver\n{silver}"
    changes = {"marigold.yaml": (f"{last}plans:\n  silver:\n    name: Silver\n", added)}
    rules = load(tmp_path, changes)
    iop, op = (level(ask_once(rules, MARCH, plan="silver"), name) for name in (IOP, OP))
    said = [(note.code, note.citations[0].title, note.citations[0].locator) for note in iop.coverage_notes]
    assert said == [
        ("own", "Marigold booklet", "p. 48"),
        ("heard", "A blog on Marigold", "first paragraph"),
        ("wide", "Marigold booklet", "p. 9"),
    ]
    assert [note.code for note in op.coverage_notes] == ["wide"]
    assert level(ask_once(rules, MARCH), "inpatient").coverage_notes == (), "another plan's"


def test_a_plan_answers_to_its_other_names(rulebook: Rulebook) -> None:
    assert ask(rulebook, [MARCH], plan="slv") == ask(rulebook, [MARCH], plan="silver")


def test_a_plan_that_is_not_in_the_file_gets_what_holds_for_all(rulebook: Rulebook) -> None:
    assert ask(rulebook, [MARCH], plan="gold") == ask(rulebook, [MARCH])


def test_an_unknown_payer_is_told_with_the_nearest(rulebook: Rulebook) -> None:
    with pytest.raises(UnknownPayer, match="marigold") as caught:
        ask(rulebook, [MARCH], payer="marigolt")
    assert caught.value.nearest == ("marigold",)


def test_the_copay_hangs_on_the_age_on_the_day(rulebook: Rulebook) -> None:
    born = date(2005, 4, 10)
    periods = ask(rulebook, [MARCH, date(2026, 5, 1)], born=born)
    assert [period.starts for period in periods] == [MARCH, date(2026, 4, 10)]
    copays = [level(period.benefits, OP).copay[0].value for period in periods]
    assert copays == [None, Copay(200, "day")]


def test_without_a_birth_date_the_copays_stand_side_by_side(rulebook: Rulebook) -> None:
    copay = level(ask_once(rulebook, MARCH, born=None), OP).copay
    assert [fact.value for fact in copay] == [None, Copay(200, "day")]


def test_program_rules_limits_and_notes_arrive_in_the_words_of_the_model(rulebook: Rulebook) -> None:
    iop = level(ask_once(rulebook, MARCH), IOP)
    assert iop.rules.provider_types.value == ("cmhc", "freestanding")
    assert iop.rules.minimum_hours_per_week.value == 9
    assert [fact.value for fact in iop.limits] == [Limit(30, "day", "plan_year")]
    assert [(note.code, dict(note.params)) for note in iop.notes] == [("program_note", {"days": 3})]
    assert iop.notes[0].citations[0].locator == "p. 47"


def test_a_payers_own_clock_wins_and_the_law_fills_what_it_leaves_out(rulebook: Rulebook) -> None:
    terms = level(ask_once(rulebook, MARCH), IOP).authorization
    assert terms.standard.value == Clock(10, "calendar_days")
    assert terms.standard.citation.title == "Marigold booklet"
    assert terms.expedited.value == Clock(72, "hours")
    assert terms.expedited.citation.title == "The law"


def test_without_a_contact_of_its_own_an_authorization_is_asked_of_the_payer(rulebook: Rulebook) -> None:
    assert level(ask_once(rulebook, MARCH), IOP).authorization.contact.value.phone == "800-555-0101"


def test_what_is_said_of_the_payer_stands_beside_the_networks(rulebook: Rulebook) -> None:
    benefits = ask_once(rulebook, MARCH)
    assert benefits.witness == "published"
    assert benefits.plan_year_start is not None
    assert benefits.plan_year_start.value == (7, 1)
    assert benefits.legal_maximum.individual is not None
    assert benefits.legal_maximum.individual.limit is not None
    assert benefits.legal_maximum.individual.limit.value == 1_060_000
    assert benefits.ask_first == ("other_coverage",)


def test_a_billing_protection_of_one_network_is_told_of_that_network_alone(rulebook: Rulebook) -> None:
    inside = ask_once(rulebook, MARCH, network="in").balance_billing
    assert inside is not None
    assert inside.value is False
    assert ask_once(rulebook, MARCH, network="out").balance_billing is None
    assert ask_once(rulebook, MARCH, network=None).balance_billing is None


def test_the_fee_of_the_sites_own_kind_wins_over_the_general_one(rulebook: Rulebook) -> None:
    own = {fee.code: fee for fee in level(ask_once(rulebook, MARCH), OP).fees}
    other_site = replace(CMHC, provider_type="professional")
    other = {fee.code: fee for fee in level(ask_once(rulebook, MARCH, site=other_site), OP).fees}
    assert (own["T1"].amount.value, own["T1"].units_per_day) == (2000, 4)
    assert own["T1"].telehealth is True
    assert other["T1"].amount.value == 1800


def test_a_fee_of_a_locality_holds_there_alone(rulebook: Rulebook) -> None:
    codes = {}
    for locality in ("north", "south", None):
        site = replace(CMHC, locality=locality)
        codes[locality] = [fee.code for fee in level(ask_once(rulebook, MARCH, site=site), OP).fees]
    assert codes == {"north": ["T1", "V1"], "south": ["T1"], None: ["T1"]}


def test_a_row_that_only_lists_a_code_prices_nothing(rulebook: Rulebook) -> None:
    assert "X9" not in [fee.code for fee in level(ask_once(rulebook, MARCH), OP).fees]


def test_a_fee_is_that_of_the_year(rulebook: Rulebook) -> None:
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))
    fees = [level(ask_once(rulebook, day), IOP).fees[0] for day in days]
    assert [fee.amount.value for fee in fees] == [12_000, 12_774, 12_774]
    assert fees[2].amount.through == date(2026, 12, 31)
    assert fees[0].wage_adjusted


def test_a_limit_can_be_exceeded_below_the_age_alone(rulebook: Rulebook) -> None:
    def exceedable(born: date | None) -> bool:
        fee = level(ask_once(rulebook, MARCH, born=born), OP).fees[0]
        assert fee.limit.value.units == 104
        return bool(fee.limit.value.exceedable)

    assert exceedable(date(2010, 1, 1))
    assert not exceedable(date(2005, 3, 2))
    assert not exceedable(None)


def test_the_wage_index_of_the_county_comes_with_the_fees_it_adjusts(rulebook: Rulebook) -> None:
    benefits = ask_once(rulebook, MARCH, site=replace(CMHC, county="miami dade county"))
    index = level(benefits, IOP).wage_index
    assert (index.area.value, index.upper.value) == (Decimal("0.9488"), Decimal("1.0000"))
    assert (index.upper.inferred, index.upper.citation.locator) == (True, "national")
    assert level(benefits, OP).wage_index is None
    assert level(ask_once(rulebook, MARCH, site=replace(CMHC, county="Leon")), IOP).wage_index is None


def test_a_second_coverage_says_what_it_pays_of_each_part(rulebook: Rulebook) -> None:
    rule = ask_once(rulebook, MARCH, payer="larkspur", plan="k").secondary
    assert rule is not None
    assert (rule.kind, rule.coinsurance and rule.coinsurance.value) == ("supplement", Decimal("0.50"))
    assert rule.yearly_limit is not None
    assert (rule.yearly_limit.value, rule.yearly_limit.through) == (706_000, date(2025, 12, 31))
    assert rule.office_visit_copay is None
    assert ask_once(rulebook, MARCH, payer="larkspur").secondary is None


def test_hours_a_week_name_a_level(rulebook: Rulebook) -> None:
    bands = rulebook.hours_bands(MARCH)
    assert {name: band.value for name, band in bands.items()} == {OP: (0, 9), IOP: (9, 20)}
    assert bands[IOP].citation.title == "The law"
    assert rulebook.hours_bands(date(2024, 1, 1)) == {}


def test_what_was_worked_out_once_is_kept(rulebook: Rulebook) -> None:
    assert ask(rulebook, [MARCH])[0].benefits is ask(rulebook, [date(2026, 3, 30)])[0].benefits


def test_a_change_that_does_not_touch_the_site_makes_no_period(tmp_path: Path) -> None:
    moved = load(tmp_path, {"fees/marigold.csv": ("127.74,2026-01-01", "127.74,2026-03-15")})
    span = [MARCH, date(2026, 4, 1)]
    assert [period.starts for period in ask(moved, span)] == [MARCH, date(2026, 3, 15)]
    elsewhere = replace(CMHC, provider_type="professional")
    assert [period.starts for period in ask(moved, span, site=elsewhere)] == [MARCH]


def test_a_row_without_an_amount_ends_the_price(tmp_path: Path) -> None:
    ended = load(tmp_path, {"fees/marigold.csv": ("127.74,2026-01-01,2026-12-31", ",2026-01-01,")})
    assert [fee.code for fee in level(ask_once(ended, date(2025, 12, 31)), IOP).fees] == ["D3"]
    assert level(ask_once(ended, MARCH), IOP).fees == ()


def test_what_a_cost_share_turns_into_is_read_whole(tmp_path: Path) -> None:
    value = '{after_units: 10, copay: {amount: "5.00"}, coinsurance: "0.30", deductible_applies: false}'
    field = f'then: [{{from: 2025-01-01, value: {value}, source: booklet, at: "p. 48"}}]'
    before = "minimum_hours_per_week:"
    changed = load(tmp_path, {"marigold.yaml": (before, f"{field}\n    {before}")})
    assert level(ask_once(changed, MARCH), IOP).then.value == Then(10, Copay(500), Decimal("0.30"), False)
    assert level(ask_once(changed, MARCH), OP).then is None
