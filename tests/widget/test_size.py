"""What a visitor of a clinic's website waits for stays small, and says the same without the service."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from service.explain import LOCALES, Locale
from service.quick_checks.saying import labels, phrase

STATIC = Path(__file__).resolve().parents[2] / "service" / "widget" / "static"
MOST_BYTES = 10_000
NEEDED = ("asking_for", "your_name", "first_name", "last_name", "birth_date", "channel", "phone", "email")


def test_script_and_styles_together_are_less_than_ten_kilobytes_on_the_way() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("widget.js", "widget.css")]
    assert sum(sizes) < MOST_BYTES


@pytest.mark.parametrize("locale", LOCALES)
def test_the_script_says_of_a_crisis_what_the_pages_say_though_no_service_answers(locale: Locale) -> None:
    script = (STATIC / "widget.js").read_text("utf-8")
    assert f'"{phrase(locale, "page_crisis")} {phrase(locale, "page_danger")}"' in script
    calls = (phrase(locale, f"ui_{code}") for code in ("call_988", "text_988", "call_911"))
    assert ", ".join(f'"{call}"' for call in calls) in script


@pytest.mark.parametrize("locale", LOCALES)
def test_the_script_asks_for_no_word_that_there_is_not(locale: Locale) -> None:
    asked = set(re.findall(r'#label\("(\w+)"', (STATIC / "widget.js").read_text("utf-8")))
    known = labels(locale)
    assert len(asked) > 20
    assert [code for code in asked if not {f"ui_{code}", f"page_{code}"} & set(known)] == []
    assert [name for name in NEEDED if f"fault_{name}" not in known] == []
