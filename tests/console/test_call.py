"""The form of a call follows what can be told: every question has its controls, every control its words."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.model import LEVELS_OF_CARE
from schemas.told import TOLD_BENEFITS
from service.console import call
from service.explain import LOCALES
from service.explain.catalogs import CONSOLE, catalog

LEVEL = "/told_benefits/levels/intensive_outpatient"
AT = "2026-11-20T15:02:00+00:00"


def script(*pointers: str) -> list[dict[str, Any]]:
    return [{"answers": pointer} for pointer in pointers]


@pytest.mark.parametrize("locale", LOCALES)
def test_whatever_can_be_told_has_words_in_both_languages(locale: Any) -> None:
    apart = ("told_by", "levels", "out_of_network", "medical")
    pointers = [f"{call.ROOT}/{name}" for name in TOLD_BENEFITS.fields if name not in apart]
    pointers += [f"{call.ROOT}/levels/{level}" for level in LEVELS_OF_CARE]
    known = catalog(locale, CONSOLE)
    for question in call.questions_of(script(*pointers), [""] * len(pointers)):
        assert question.controls
        for control in question.controls:
            assert known.gettext(f"told_{control.label}") != f"told_{control.label}", control.name
            for choice in control.choices:
                assert known.gettext(f"choice_{choice}") != f"choice_{choice}", (control.name, choice)


@pytest.mark.parametrize(
    ("pointer", "typed", "expected"),
    [
        (f"{LEVEL}/copay", {f"{LEVEL}/copay/amount": "40"}, {"amount": "40.00"}),
        (f"{LEVEL}/coinsurance", {f"{LEVEL}/coinsurance": "20"}, "0.2"),
        (f"{LEVEL}/coinsurance", {f"{LEVEL}/coinsurance": "12.5 %"}, "0.125"),
        (f"{LEVEL}/coinsurance", {f"none:{LEVEL}/coinsurance": "1"}, None),
        (f"{LEVEL}/covered", {f"{LEVEL}/covered": "no"}, False),
        (f"{LEVEL}/billing", {f"{LEVEL}/billing/codes": "S9480, H0015"}, {"codes": ["S9480", "H0015"]}),
        (f"{LEVEL}/limit", {f"{LEVEL}/limit/units": "30"}, {"units": 30}),
        (f"{LEVEL}/allowed_amount", {f"{LEVEL}/allowed_amount": "$1,250.5"}, "1250.50"),
        (f"{LEVEL}/allowed_amount", {f"{LEVEL}/allowed_amount": "1.005"}, "1.005"),
        (f"{LEVEL}/allowed_amount", {f"{LEVEL}/allowed_amount": "much"}, "much"),
    ],
)
def test_what_is_typed_travels_as_it_is_told(pointer: str, typed: dict[str, str], expected: Any) -> None:
    telling = call.telling_of(script(pointer), typed, AT)
    level, name = telling["levels"]["intensive_outpatient"], pointer.rsplit("/", 1)[-1]
    assert level == {name: expected}


def test_what_is_left_empty_was_not_said() -> None:
    telling = call.telling_of(script(f"{LEVEL}/copay", f"{LEVEL}/covered"), {f"{LEVEL}/covered": " "}, AT)
    assert telling == {"told_by": {"channel": "phone", "at": AT}}


def test_what_was_not_asked_is_not_taken() -> None:
    typed = {f"{LEVEL}/covered": "yes", "/told_benefits/qmb": "yes"}
    assert call.telling_of(script("/told_benefits/qmb"), typed, AT).keys() == {"told_by", "qmb"}


def test_who_said_it_goes_with_it() -> None:
    typed = {"channel": "portal", "representative": " J. D. ", "reference": ""}
    told_by = call.telling_of([], typed, AT)["told_by"]
    assert told_by == {"channel": "portal", "representative": "J. D.", "at": AT}


def test_a_question_that_leads_nowhere_has_nothing_to_fill_in() -> None:
    (question,) = call.questions_of([{"answers": "/told_benefits/nothing"}], ["?"])
    assert question.controls == ()
    assert question.none_name is None
