"""Both languages say all of it: no code and no word of the other language is left on a page."""

from __future__ import annotations

import html
import re

import pytest

from service.documents import KINDS, NothingToSay, page
from service.documents.form import FIELDS, LEVEL_FIELDS
from service.explain import LOCALES, Locale
from tests.documents.cases import BODIES, matter, shown

ENGLISH = (
    r"\b(the|and|not|unknown|plan's|covered|coverage|deductible|authorization|with|your|you|care|week)\b"
)
SPANISH = r"\b(el|la|los|las|del|no aplica|cobertura|deducible|autorización|usted|semana)\b"
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
CLINIC = "Example Community Mental Health Center"


def said(kind: str, name: str, locale: Locale) -> str:
    """What a page says in its own words: without sources, and what somebody else called something."""
    text = page(kind, matter(name, locale))
    text = re.sub(r'<section class="sources">.*?</section>', " ", text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    answer = shown(name)
    names = [answer["payer"]["name"], (answer["contact"] or {}).get("name"), matter(name).clinic.name]
    names += [site.name for site in matter(name).clinic.sites.values()]
    for known in filter(None, names):
        text = text.replace(known, " ")
    return text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["medicare", "medicare, nobody confirmed", "florida blue, all unknown", "paid alone"]
)
def test_a_page_is_in_one_language(kind: str, name: str) -> None:
    assert re.findall(ENGLISH, said(kind, name, "es"), re.IGNORECASE) == []
    assert re.findall(SPANISH, said(kind, name, "en"), re.IGNORECASE) == []


def test_a_word_of_the_other_language_is_seen() -> None:
    assert re.findall(ENGLISH, said("letter", "medicare", "en"), re.IGNORECASE)
    assert re.findall(SPANISH, said("letter", "medicare", "es"), re.IGNORECASE)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BODIES)
def test_no_code_is_left_on_a_page(kind: str, name: str, locale: Locale) -> None:
    try:
        text = said(kind, name, locale)
    except NothingToSay:
        return
    assert [word for word in CODE.findall(text) if word not in (*FIELDS, *LEVEL_FIELDS)] == []
    assert "…" not in text
