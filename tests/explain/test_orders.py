"""Which coverage pays first, read aloud: whatever is said of the coverages, each reason is a sentence."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from schemas.messages import add_messages
from schemas.model import CUSTODIES
from service.explain import LOCALES, Locale, say
from tests.explain.desk import answer, request
from tests.explain.test_answers import UNSPOKEN, sentences

PAYERS = ("medicare", "cigna", "aetna", "florida-medicaid", "tricare-east", "medicare-advantage", "medigap")
PLANS = ("cigna", "aetna", "unitedhealthcare", "florida-blue")
BORN = ("1950-05-01", "1961-02-01", "1985-07-09", "2012-03-04")
SEEDS = range(250)


SIZES = ({"employees": 19}, {"employees": 20}, {"at_least": 20}, {"employees": 99}, {"at_least": 100})


def coverage(pick: Random, payer: str, relationship: str) -> dict[str, Any]:
    """One of somebody's coverages; most facts are said, and some are not."""
    subscriber = {
        "birth_date": pick.choice(("03-02", "03-03", "09-30")),
        "custody": pick.choice(CUSTODIES),
        "court_order": pick.random() < 0.2,
    }
    facts: dict[str, Any] = {
        "basis": pick.choice(("active_employment", "active_employment", "retiree", "cobra", "individual")),
        "employer_size": pick.choice(SIZES),
        "effective_date": pick.choice(("2015-01-01", "2020-01-01")),
        "entitlement": pick.choice(("age", "disability", "esrd")),
        "esrd_start": pick.choice(("2023-10-01", "2025-10-01")),
    }
    kept = {name: fact for name, fact in subscriber.items() if pick.random() < 0.8}
    said = {name: fact for name, fact in facts.items() if pick.random() < 0.8}
    return {"payer": payer, "subscriber": {"relationship": relationship, **kept}, **said}


def question(seed: int) -> dict[str, Any]:
    """Somebody with two coverages or three: a child's, an employee's, somebody's with Medicare, anybody's."""
    pick = Random(seed)
    plans = pick.sample(PLANS, 2)
    of_child, of_self = "child", pick.choice(("self", "self", "spouse"))
    payers, whose, born = pick.choice(
        (
            (plans, [of_child, of_child], BORN[-1]),
            (plans, [of_self, pick.choice(("self", "spouse"))], BORN[2]),
            (["medicare", plans[0]], ["self", of_self], pick.choice(BORN[:3])),
            (["medicare", *plans], ["self", of_self, "spouse"], BORN[0]),
            (pick.sample(PAYERS, 3), [of_self, of_self, of_child], pick.choice(BORN)),
        )
    )
    body = request()
    del body["payer"]
    body["member"] = {**body["member"], "birth_date": born}
    body["coverages"] = [coverage(pick, *one) for one in zip(payers, whose, strict=True)]
    for name, words in (("parents", ("together", "apart")), ("injury", ("none", "none", "no_fault"))):
        if pick.random() < 0.8:
            body[name] = pick.choice(words)
    return body


@pytest.mark.parametrize("locale", LOCALES)
def test_every_order_of_coverages_can_be_read_aloud(locale: Locale) -> None:
    heard: set[str] = set()
    for seed in SEEDS:
        order = answer(question(seed))["coordination"]
        said = sentences(add_messages({"coordination": order}, say(locale)))
        assert said
        assert [text for text in said if UNSPOKEN.search(text)] == []
        heard |= {one["code"] for one in (*order["reasons"], *order["questions"])}
    assert len(heard) > 30
