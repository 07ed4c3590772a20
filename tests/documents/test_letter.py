"""The letter to the patient: plain, true, no promise, in the patient's language."""

from __future__ import annotations

import html
import re

import pytest

from service.documents import page
from service.documents.letter import write_letter
from service.explain import LOCALES, Locale
from tests.documents.cases import BODIES, answer, matter, matter_of, shown

UNCONFIRMED = [
    name for name in BODIES if shown(name)["eligibility"]["status"] == "undetermined" and name != "self-pay"
]
SYLLABLE = re.compile(r"[aeiouy]+")
MOST_WORDS = 24


def text_of(name: str, locale: Locale = "en") -> str:
    """What the letter says, without its marks."""
    found = re.sub(r"<(title|style).*?</\1>", " ", page("letter", matter(name, locale)), flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))).strip()


@pytest.mark.parametrize("name", UNCONFIRMED)
def test_nobody_is_called_covered_whom_nobody_confirmed(name: str) -> None:
    english, spanish = text_of(name), text_of(name, "es")
    assert not re.search(r"\bcovered\b|\byour plan covers\b", english, re.IGNORECASE)
    assert not re.search(r"\bcubiert[oa]s?\b|\bsu plan cubre\b", spanish, re.IGNORECASE)
    assert "has not yet told us that you are a member" in english
    assert "todavía no nos ha dicho que usted es miembro" in spanish


def test_who_pays_alone_reads_of_no_plan_and_no_card() -> None:
    english, spanish = text_of("self-pay"), text_of("self-pay", "es")
    assert "You pay for the intensive outpatient program (IOP) on your own." in english
    assert "good faith estimate" in english
    assert not re.search(r"\bplan\b|\bcard\b|\bmember\b", english, re.IGNORECASE)
    assert not re.search(r"\bplan\b|\btarjeta\b|\bmiembro\b", spanish, re.IGNORECASE)


def test_some_of_them_were_never_confirmed() -> None:
    assert len(UNCONFIRMED) > 3


def test_it_says_what_a_plan_covers() -> None:
    assert "This plan covers the intensive outpatient program (IOP)." in text_of("medicare, nobody confirmed")
    assert "Your plan covers the intensive outpatient program (IOP)." in text_of("medicare")
    assert "Este plan cubre el programa ambulatorio intensivo (IOP)." in text_of(
        "medicare, nobody confirmed", "es"
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", BODIES)
def test_it_is_addressed_to_the_patient_and_ends_with_no_promise(name: str, locale: Locale) -> None:
    text = text_of(name, locale)
    member = shown(name)["request"]["member"]
    assert f"{member['first_name']} {member['last_name']}".strip() in text
    for said in {
        "en": ("It is not a bill, and it is not a guarantee of payment.", "Call or text 988"),
        "es": ("no es una garantía de pago.", "al 988"),
    }[locale]:
        assert said in text
    assert not re.search(r"\b(guaranteed|promise[ds]?|garantizad\w+|prometemos)\b", text, re.IGNORECASE)


def test_amounts_stand_with_when_they_are_due() -> None:
    made = write_letter(matter("medicare"))
    assert made.amounts == [
        ("First day, Mon Mar 2, 2026", "$127.74"),
        ("Most days after that", "$25.55"),
        ("In all, for 24 visits", "$839.59"),
    ]
    assert any("because of your deductible" in text for text in made.about_amounts)


def test_a_range_is_said_as_one() -> None:
    said = " ".join(write_letter(matter("medicare, nobody confirmed")).about_amounts)
    assert "as low as $613.20 or as high as $839.59" in said


def test_where_there_is_no_amount_the_letter_makes_none_up() -> None:
    made = write_letter(matter("florida blue, all unknown"))
    assert made.amounts == []
    assert made.about_amounts == [
        "We cannot give you an amount yet. We need to know more from the plan first."
    ]
    assert "$" not in text_of("florida blue, all unknown")


def test_levels_of_care_are_added_up_each_once() -> None:
    php, iop = (phase["patient"] for phase in shown("florida blue, all told")["estimate"]["by_phase"])
    total = shown("florida blue, all told")["estimate"]["expected"]
    assert write_letter(matter("florida blue, all told")).amounts[2:] == [
        ("The partial hospitalization program (PHP), 15 visits", f"${float(php):,.2f}"),
        ("The intensive outpatient program (IOP), 24 visits", f"${float(iop):,.2f}"),
        ("In all, for 39 visits", f"${float(total):,.2f}"),
    ]
    names = [when for when, _ in write_letter(matter("every level, long names")).amounts]
    assert len([name for name in names if "(IOP)" in name]) <= 1


def test_whoever_is_not_active_is_told_to_talk_first() -> None:
    made = write_letter(matter("inactive"))
    assert made.covers == [
        "We were told that your membership is not active now. Please talk with us before you come."
    ]


def test_care_that_is_paid_alone_has_the_clinics_own_price() -> None:
    made = write_letter(matter("paid alone"))
    assert any("our own price" in text for text in made.about_amounts)
    assert "does not pay for" in made.covers[0]


def test_an_approval_that_is_needed_is_said_and_may_change_it() -> None:
    made = write_letter(matter("florida blue, all told"))
    assert any("must say yes before you start" in text for text in made.covers)
    assert "The plan says no, or says yes to fewer days." in made.changes


def test_a_new_plan_year_is_a_thing_that_changes_it() -> None:
    late = matter_of(answer({**BODIES["medicare"], "start_date": "2026-12-07"}), "en")
    assert any("new plan year" in text for text in write_letter(late).changes)
    assert not any("new plan year" in text for text in write_letter(matter("medicare")).changes)


@pytest.mark.parametrize("condition", ["mental_health", "substance_use"])
def test_it_never_names_the_condition(condition: str) -> None:
    made = matter_of(answer({**BODIES["florida blue, all unknown"], "condition": condition}), "en")
    assert not re.search(r"substance|mental|disorder", page("letter", made).replace(made.site.name, ""), re.I)


@pytest.mark.parametrize("name", [name for name in BODIES if "long names" not in name])
def test_its_words_are_plain(name: str) -> None:
    made = write_letter(matter(name))
    said = [*made.covers, *made.about_amounts, *made.changes, *made.next]
    sentences = [one for text in said for one in re.split(r"(?<=[.?!])\s+", text) if one]
    words = [one for sentence in sentences for one in re.findall(r"[A-Za-z']+", sentence)]
    assert max(len(sentence.split()) for sentence in sentences) <= MOST_WORDS
    syllables = sum(max(1, len(SYLLABLE.findall(word.lower()))) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    assert grade < 7, grade
