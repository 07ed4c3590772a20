"""Answers from the shipped rulebook, read aloud: every code is a sentence, none with a gap in it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schemas.messages import add_messages
from service.explain import LOCALES, Locale, say
from service.explain.page import Reader, print_verification
from tests.explain.desk import CALL, answer, desk, request

PAYERS = sorted(desk().rulebook.payer_ids)
LEVELS = ("op", "iop", "php", "rtc", "ip")
TOLD: tuple[dict[str, Any], ...] = (
    {},
    {
        "told_benefits": {
            "told_by": CALL,
            "active": True,
            "plan_year_start": "07-01",
            "deductible": {"individual": {"limit": "1500.00"}},
            "out_of_pocket_max": {"family": {"remaining": "900.00"}},
            "levels": {
                name: {
                    "covered": True,
                    "prior_authorization": "required",
                    "coinsurance": "0.20",
                    "then": {"after_units": 5, "coinsurance": "0.40"},
                    "limit": {"units": 10, "unit": "day"},
                    "referral_required": True,
                }
                for name in ("outpatient", "intensive_outpatient", "partial_hospitalization")
            },
        },
        "modality": "hybrid",
        "secondary": {"payer": "florida-medicaid", "plan": "full"},
    },
)
# A sentence is never a bare code, and never has a parameter, a bracket of its own or a gap left in it.
UNSPOKEN = re.compile(r"^[a-z_]+$|[{}|…]|\bNone\b|\bTrue\b|\bFalse\b")


def sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        own = [found[name] for name in ("message", "question") if name in found]
        return own + [text for inner in found.values() for text in sentences(inner)]
    return [text for inner in found for text in sentences(inner)] if isinstance(found, list) else []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("payer", PAYERS)
def test_every_answer_can_be_read_aloud(payer: str, locale: Locale) -> None:
    for level in LEVELS:
        for site in desk().clinic.sites:
            for more in TOLD:
                made = answer(request(payer, level, site=site, network="in", **more))
                said = sentences(add_messages(made, say(locale)))
                assert [text for text in said if UNSPOKEN.search(text)] == []
                assert said


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("payer", PAYERS)
def test_every_answer_fits_the_page(payer: str, locale: Locale) -> None:
    for level in LEVELS:
        for more in TOLD:
            page = print_verification(answer(request(payer, level, **more)), Reader(locale))
            wide = [line for line in page.splitlines() if len(line) > 100 and "https://" not in line]
            assert wide == []
            assert "…" not in page
