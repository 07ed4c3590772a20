"""What the pages of a case can say has words in both languages, and no word is for nothing."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from schemas import model
from schemas.actual import ACTUAL, DECIDED, REVERSED
from schemas.answers import CERTAINTIES
from schemas.authorization import AUTHORIZATION
from schemas.contact import CONTACT
from schemas.quote import QUOTE
from schemas.shapes import Choice as OneOfAFew
from service.actuals.matching import SEVERAL_CASES, UNMATCHED
from service.actuals.remittances import LEFT_OUT
from service.casework.actuals import CAUSES, REASONS
from service.casework.authorizations import State as PhaseState
from service.casework.clocks import KINDS as CLOCK_KINDS
from service.casework.paid import OUTCOMES
from service.casework.readiness import CHECKS
from service.explain import LOCALES, Locale
from service.explain.catalogs import CASEWORK
from tests.explain.codes import ROOT
from tests.explain.test_catalogs import messages

LISTS: list[Any] = [QUOTE.fields["instalments"], QUOTE.fields["received"], CONTACT.fields["consents"]]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_label_of_a_case_is_for_nothing_and_none_is_missing(locale: Locale) -> None:
    folder = ROOT / "service"
    files = [
        *sorted((folder / "console").glob("*.py")),
        *sorted((folder / "casework").glob("*.py")),
        *sorted((folder / "templates" / "console").glob("*.html")),
    ]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    known = {str(message.id) for message in messages(locale, CASEWORK)}
    asked = set(re.findall(r"case_label\([\"'](\w+)[\"'][,)]", source))
    put_together = ("why_", "field_", "choice_", "event_", "item_", "state_", "clock_", "phase_", "unit_")
    put_together += ("caution_", "fault_", "paid_")
    mentioned = set(re.findall(r"[\"'(](\w+)[\"',]", source))
    assert asked - known == set()
    assert {name for name in known - mentioned if not name.startswith(put_together)} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_that_can_be_said_of_a_case_has_words(locale: Locale) -> None:
    known = {str(message.id) for message in messages(locale, CASEWORK)}
    shapes = [AUTHORIZATION, QUOTE, CONTACT, *(list_.inner.schema for list_ in LISTS)]
    fields = {name: field for shape in shapes for name, field in shape.fields.items()}
    assert {f"field_{name}" for name in fields if name != "absences"} - known == set()
    choices = {
        word
        for name, field in fields.items()
        if isinstance(field, OneOfAFew) and name != "level_of_care"
        for word in field.meanings.values()
    }
    assert {f"choice_{word}" for word in choices} - known == set()
    assert {f"clock_{kind}" for kind in CLOCK_KINDS} - known == set()
    states = [f"phase_{state}" for state in get_args(PhaseState)]
    assert {*states, *(f"why_{state}" for state in states)} - known == set()
    assert {f"unit_{unit}" for unit in model.LIMIT_UNITS} - known == set()
    assert {f"item_{name}" for name in (*CHECKS, "quote")} - known == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_that_can_be_said_of_what_was_paid_has_words(locale: Locale) -> None:
    known = {str(message.id) for message in messages(locale, CASEWORK)}
    assert {f"field_{name}" for name in ACTUAL.fields} - known == set()
    assert {f"choice_{word}" for word in (*DECIDED, REVERSED)} - known == set()
    assert {f"paid_cause_{cause}" for cause in CAUSES} - known == set()
    assert {f"paid_short_{cause}" for cause in CAUSES} - known == set()
    assert {f"paid_reason_{reason}" for reason in REASONS} - known == set()
    outcomes = {*OUTCOMES, UNMATCHED, SEVERAL_CASES, *LEFT_OUT, "not_usable"}
    assert {f"paid_outcome_{outcome}" for outcome in outcomes} - known == set()
    assert {f"paid_certainty_{certainty}" for certainty in CERTAINTIES} - known == set()
