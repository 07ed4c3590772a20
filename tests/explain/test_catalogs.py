"""Holds the catalogs to the codes: each has its sentence in both languages, and nothing else is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from schemas import model
from schemas.rule_fields import FACT_FIELDS, HOURS_FIELDS, MEDICAL_FIELDS, SERVICE_FIELDS
from service.documents.form import AMOUNTS, FIELDS, FORM, LEVEL_FIELDS
from service.explain import LOCALES, Locale, say, writer
from service.explain.catalogs import (
    CONSOLE,
    DOCUMENTS,
    DOMAINS,
    PAGE,
    SENTENCES,
    TRANSLATIONS,
    WORDS,
    catalog,
)
from service.explain.sentences import Choice, Part, Slot, names_in, parse
from service.explain.words import words
from tests.explain.codes import ROOT, find_uses, params_of, stale_knowledge
from tests.explain.reply_codes import TITLES


@cache
def text_of(locale: Locale, domain: str) -> Catalog:
    with (TRANSLATIONS / locale / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file)


def messages(locale: Locale, domain: str) -> list[Message]:
    return [message for message in text_of(locale, domain) if message.id]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_a_sentence(locale: Locale) -> None:
    sentences = {message.id for message in messages(locale, SENTENCES) if message.string}
    assert {use.code: use.where for use in find_uses() if use.code not in sentences} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_for_a_code_that_nobody_uses(locale: Locale) -> None:
    used = {use.code for use in find_uses()}
    assert {message.id for message in messages(locale, SENTENCES)} - used == set()


def test_what_the_collector_knows_of_the_sources_is_still_true() -> None:
    assert stale_knowledge() == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_needs_only_what_its_code_always_brings(locale: Locale) -> None:
    given = params_of(find_uses())
    wanting = {}
    for message in messages(locale, SENTENCES):
        parts = parsed(str(message.string), locale)
        ways = given.get(str(message.id), (frozenset[str](),))
        every, any_way = frozenset.intersection(*ways), frozenset.union(*ways)
        needed = {part.name for part in parts if isinstance(part, Slot)}
        missing = (needed - every) | (set(names_in(parts)) - any_way)
        if missing:
            wanting[message.id] = missing
    assert wanting == {}


@pytest.mark.parametrize("message", messages("en", SENTENCES), ids=lambda message: str(message.id))
def test_both_languages_say_the_same_of_the_same(message: Message) -> None:
    spanish = next(other for other in messages("es", SENTENCES) if other.id == message.id)
    english_names = set(names_in(parsed(str(message.string), "en")))
    assert set(names_in(parsed(str(spanish.string), "es"))) == english_names


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_catalogs_hold_the_same_in_the_same_order(domain: str) -> None:
    english, spanish = ([(m.context, m.id) for m in messages(locale, domain)] for locale in LOCALES)
    assert english == spanish


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_left_untranslated_or_doubtful(locale: Locale, domain: str) -> None:
    strings = [message.string for message in messages(locale, domain)]
    plain = [text for one in strings for text in (one if isinstance(one, tuple) else (one,))]
    assert all(plain)
    assert not any(message.fuzzy for message in messages(locale, domain))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_label_of_the_page_is_for_nothing(locale: Locale) -> None:
    folder = ROOT / "service" / "explain" / "page"
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    put_together = ("collect_", "billing_")
    unused = [
        str(message.id)
        for message in messages(locale, PAGE)
        if f'"{message.id}"' not in source
        and f"'{message.id}'" not in source
        and not str(message.id).startswith(put_together)
    ]
    assert unused == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_label_of_the_console_is_for_nothing_and_none_is_missing(locale: Locale) -> None:
    service = ROOT / "service"
    files = [*sorted((service / "console").glob("*.py")), *sorted((service / "templates").rglob("*.html"))]
    files.append(service / "explain" / "page" / "published.py")  # pages of the rulebook share its labels
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    known = {str(message.id) for message in messages(locale, CONSOLE)}
    asked = set(re.findall(r"(?<![.\w])label\([\"'](\w+)[\"'][,)]", source))
    put_together = (
        "told_",
        "choice_",
        "channel_",
        "case_",
        "answer_",
        "hours_",
        "order_",
        "relationship_",
        "fault_",
        "trail_",
        "purpose_",
        "role_",
        "document_",
        "in_",
        "morning_",
        "memory_",
        "webhook_",
        "sex_",
        "batch_",
        "result_",
        "row_",
        "card_",
        "group_",
        "witness_",
        "pub_",
        "confirm_",
        "missing_",
        "line_",
        "because_",
        "reverified_",
        "goes_on_",
    )
    mentioned = set(re.findall(r"[\"'(](\w+)[\"',]", source))
    means = {f"{name}_means" for name in mentioned}
    assert asked - known == set()
    assert {name for name in known - mentioned - means if not name.startswith(put_together)} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_label_of_documents_is_for_nothing_and_none_is_missing(locale: Locale) -> None:
    service = ROOT / "service"
    pages = (service / "templates" / "documents").glob("*.html")
    files = [*pages, *(service / "documents").glob("*.py"), service / "console" / "documents.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(files))
    known = {str(message.id) for message in messages(locale, DOCUMENTS)}
    asked = set(re.findall(r"matter\.label\(\s*[\"'](\w+)[\"'][,)]", source))
    every = {
        *(f"field_{field}" for field in (*FIELDS, *LEVEL_FIELDS) if field not in AMOUNTS),
        *(f"group_{group}" for group in FORM if group not in ("deductible", "out_of_pocket")),
    }
    put_together = ("line_", "sex_", "relationship_", "funding_", "cobra_", "channel_", "instead_", "side_")
    put_together += ("state_", "pot_", "letter_", "good_faith_", "field_", "group_")
    mentioned = {*asked, *re.findall(r"[\"'](\w+)[\"']", source)}
    assert (asked | every) - known == set()
    assert {name for name in known - mentioned if not name.startswith(put_together)} == set()
    assert {name for name in known if name.startswith("field_")} <= every


NAMED = {
    "level": model.LEVELS_OF_CARE,
    "level_title": model.LEVELS_OF_CARE,
    "setting": model.PROVIDER_TYPES,
    "condition": model.CONDITIONS,
    "modality": model.MODALITIES,
    "network": model.NETWORKS,
    "period": model.LIMIT_PERIODS,
    "per": model.COPAY_UNITS,
    "clinician": model.CLINICIANS,
    "authorization_status": (*model.AUTHORIZATION_STATUSES, "undetermined"),
    "source": (*(f"Told by {channel}" for channel in model.CHANNELS), *TITLES),
    "scope": ("individual", "family"),
    "classification": ("outpatient", "inpatient"),
    "certainty": ("exact", "estimated", "indicative"),
    "coverage_status": ("covered", "not_covered", "undetermined"),
    "plan_coverage": ("covered", "not_covered", "undetermined"),
    "eligibility_status": ("active", "inactive", "undetermined"),
    "basis": ("reported", "told", "published", "none"),
    "witness": ("published", "reported", "told"),
    "confidence": ("primary", "secondary"),
}


@pytest.mark.parametrize("context", NAMED)
@pytest.mark.parametrize("locale", LOCALES)
def test_everything_that_can_be_named_has_a_name(locale: Locale, context: str) -> None:
    named = {message.id for message in messages(locale, WORDS) if message.context == context}
    assert set(NAMED[context]) - named == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_unit_can_be_counted(locale: Locale) -> None:
    for unit in (*model.LIMIT_UNITS, *model.COPAY_UNITS):
        assert words(locale).count(unit, 1) != words(locale).count(unit, 2)


def test_a_compiled_catalog_says_what_its_text_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = TRANSLATIONS / "es" / "LC_MESSAGES" / f"{WORDS}.po"
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr("service.explain.catalogs.TRANSLATIONS", tmp_path)
    from_text = catalog.__wrapped__("es", WORDS)
    from service.explain.catalogs import compile_catalog

    (folder / f"{WORDS}.mo").write_bytes(compile_catalog(folder / source.name).getvalue())
    (folder / source.name).unlink()
    compiled = catalog.__wrapped__("es", WORDS)
    assert compiled.pgettext("network", "in") == from_text.pgettext("network", "in") == "dentro de la red"


def parsed(text: str, locale: Locale) -> tuple[Part, ...]:
    return parse(text, lambda name: writer(name, words(locale)))


def test_a_code_of_another_version_is_shown_as_it_is() -> None:
    assert say("en")("a_code_of_tomorrow", {}) == "a_code_of_tomorrow"


def test_a_part_is_a_choice() -> None:
    assert isinstance(parsed("[{a}|b]", "en")[0], Choice)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_of_the_rulebook_is_called_something(locale: Locale) -> None:
    console, names = catalog(locale, CONSOLE), catalog(locale, WORDS)
    fields = {*FACT_FIELDS, *SERVICE_FIELDS, *MEDICAL_FIELDS, *HOURS_FIELDS}
    unnamed = {
        name
        for name in fields
        if console.gettext(f"pub_{name}") == f"pub_{name}" and names.pgettext("subject", name) == name
    }
    assert unnamed == set()
