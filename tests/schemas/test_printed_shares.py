"""A share as plans print it says what it says, and leaves open what it does not."""

from __future__ import annotations

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.plan_entries import SHARES
from schemas.printed_shares import read_share

TABLES = sorted((Path(__file__).parents[2] / "payers" / "rules" / "plans").glob("*.csv"))
FORTY = {"amount": "40.00", "per": "session"}
READ = {
    "$40": {"covered": True, "copay": FORTY, "coinsurance": "none"},
    "$40, no deductible": {
        "covered": True,
        "copay": FORTY,
        "coinsurance": "none",
        "deductible_applies": False,
    },
    "$40 before deductible": {
        "covered": True,
        "copay": FORTY,
        "coinsurance": "none",
        "deductible_applies": False,
    },
    "$40 Copay after deductible": {
        "covered": True,
        "copay": FORTY,
        "coinsurance": "none",
        "deductible_applies": True,
    },
    "$1,500 Copay per Day": {
        "covered": True,
        "copay": {"amount": "1500.00", "per": "day"},
        "coinsurance": "none",
    },
    "$850 per stay after deductible": {
        "covered": True,
        "copay": {"amount": "850.00", "per": "admission"},
        "coinsurance": "none",
        "deductible_applies": True,
    },
    "$425 per day, maximum $2,975 per admission": {
        "covered": True,
        "copay": {"amount": "425.00", "per": "day", "max_units": 7},
        "coinsurance": "none",
    },
    "20%": {"covered": True, "copay": "none", "coinsurance": "0.2"},
    "12.5% after deductible": {
        "covered": True,
        "copay": "none",
        "coinsurance": "0.125",
        "deductible_applies": True,
    },
    "No Charge": {"covered": True, "copay": "none", "coinsurance": "0", "deductible_applies": False},
    "No Charge After Deductible": {
        "covered": True,
        "copay": "none",
        "coinsurance": "0",
        "deductible_applies": True,
    },
    "$500 Copay per Stay after deductible/50% Coinsurance after deductible": {
        "covered": True,
        "copay": {"amount": "500.00", "per": "admission"},
        "coinsurance": "0.5",
        "deductible_applies": True,
    },
    "$0-$25": {
        "covered": True,
        "copay": [{"amount": "0.00", "per": "session"}, {"amount": "25.00", "per": "session"}],
        "coinsurance": "none",
    },
    "0% or 0%-20%": {"covered": True, "copay": "none", "coinsurance": ["0", "0.2"]},
    "$10 for first 10 visits, then 30% after deductible": {
        "covered": True,
        "copay": {"amount": "10.00", "per": "session"},
        "coinsurance": "none",
        "deductible_applies": False,
        "then": {"after_units": 10, "coinsurance": "0.3", "deductible_applies": True},
    },
    "Not Covered": {"covered": False},
    "100%": {"covered": False},
}


@pytest.mark.parametrize(("printed", "said"), READ.items(), ids=[*READ])
def test_a_print_says_this_and_no_more(printed: str, said: dict[str, object]) -> None:
    assert read_share(printed).fields() == said


@pytest.mark.parametrize(
    "printed",
    [
        "40",
        "$",
        "-$5",
        "$5 per week",
        "101%",
        "$0-20%",
        "$20 after deductible or $40",
        "50%/$500 per stay",
        "$500 per stay/50% after deductible",
        "$400 per day, maximum $1,000 per admission",
        "$0 for first 0 visits, then",
        "$10 for first 10 visits, then 30%",
        "see the plan",
    ],
)
def test_a_print_that_could_mean_two_things_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match="Must be a share like"):
        read_share(printed)


def test_every_share_that_the_library_prints_is_read_and_none_turns_into_another() -> None:
    prints = {
        row[column]
        for table in TABLES
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
        for column in (*SHARES, "group_visit")
        if row.get(column)
    }
    assert len(prints) > 80
    for printed in prints:
        share = read_share(printed)
        words = printed.replace("-", " ").replace("/", " ").replace(",", "").split()
        figures = {word.strip("$") for word in words if word.startswith("$")}
        amounts = {copay["amount"].removesuffix(".00") for copay in share.copays}
        assert not share.covered or "maximum" in printed or amounts == figures, printed
        rates = {f"{float(word.strip('%')) / 100:g}" for word in words if word.endswith("%")}
        then = {share.then["coinsurance"]} if share.then is not None else set()
        assert not share.covered or "harge" in printed or {*share.rates} | then == rates, printed


@given(st.text(alphabet=string.printable, max_size=30))
def test_no_text_is_read_as_less_than_it_says(text: str) -> None:
    try:
        share = read_share(text)
    except ValueError:
        return
    said = share.fields()
    free = "harge" in text.lower() or "0" in text
    owed = [copay for copay in share.copays if float(copay["amount"])] + [
        rate for rate in share.rates if rate != "0"
    ]
    assert not share.covered or owed or free, said
