"""What was verified again by itself, beside the morning list: why, what was found, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from service.console.left_behind import sentences_of
from service.explain.page import Reader
from service.jobs import reverifying, schedule
from service.office import Office
from tests.console.conftest import signed_in
from tests.console.test_morning import on_file, settings  # noqa: F401 (a fixture)
from tests.console.test_pages import ROOM, words_of
from tests.jobs.test_schedule import before_the_change
from tests.verify.desk import NOW

PAGE = f"{ROOM}/reverified"


FIRST = datetime.fromisoformat("2026-12-01T07:30:00-05:00")
"""Half past seven at the clinic, on the first of a month."""


@pytest.fixture(autouse=True, scope="module")
def _on_a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def test_before_a_list_is_put_up_the_page_says_when_and_then_that_nothing_was_due(
    app: Flask,
) -> None:
    office: Office = app.extensions["office"]
    for hour, said in ((4, "it is from 5:00 AM on"), (6, "Nothing was due on this day.")):
        with time_machine.travel(FIRST - timedelta(days=3) + timedelta(hours=hour - 7), tick=False):
            clerk = signed_in(app, "early", "admissions")
            schedule.tick(office)
            assert said in words_of(clerk.get(PAGE).text)
            assert said in words_of(clerk.get(f"{ROOM}/morning").text)


def test_the_morning_shows_what_is_under_way_and_what_was_found_in_both_languages(
    app: Flask,
) -> None:
    office: Office = app.extensions["office"]
    clerk = signed_in(app, "early", "admissions")
    quiet = on_file(clerk, 71)
    before_the_change(office, "Sunshine Health", payer="sunshine-health")
    with time_machine.travel(FIRST, tick=False):
        clerk = signed_in(app, "early", "admissions")
        schedule.tick(office)
        page = clerk.get(f"{ROOM}/morning").text
        assert "0 of 2 checked." in words_of(page)
        assert f'hx-get="{PAGE}/part?day={FIRST.date().isoformat()}"' in page
        assert clerk.get(f"{PAGE}/part").status_code == 200
        while reverifying.work_once(office):
            pass
        part = clerk.get(f"{PAGE}/part")
        assert (part.status_code, "hx-get" in part.text) == (286, False)
        page = clerk.get(PAGE).text
        words = words_of(page)
        assert "From 7:30 AM on, all 2 that were due were seen to. To look at: 1." in words
        assert "Asked again because it is the first of the month." in words
        assert "Medicaid names SANDBOX COMMUNITY HEALTH PLAN as the plan; it was Sunshine Health." in words
        assert (
            "The authorization of Sunshine Health (Medicaid) for IOP, number A-77, until Fri Feb 12, 2027 "
            "does not follow by itself: SANDBOX COMMUNITY HEALTH PLAN has to authorize this care anew."
            in words
        )
        assert (
            "Whether SANDBOX COMMUNITY HEALTH PLAN goes on with it for a while is not known. "
            "Ask SANDBOX COMMUNITY HEALTH PLAN at 8005550106." in words
        )
        assert "Unchanged 1" in words
        assert page.count(f'href="{ROOM}/cases/{quiet}"') == 1
        words = words_of(clerk.get(f"{PAGE}?language=es").text)
        assert "Se preguntó de nuevo porque es el primero del mes." in words
        assert "no pasa por sí sola: SANDBOX COMMUNITY HEALTH PLAN tiene que autorizar" in words
        assert "Sin cambios 1" in words
        assert clerk.get(f"{PAGE}?day=tomorrow").status_code == 404


CITED = {
    "title": "A page of the plan",
    "url": "https://plan.example.org/continuity",
    "locator": "p. 4",
    "published": None,
    "retrieved": "2026-11-26",
    "confidence": "secondary",
}


@pytest.mark.parametrize(
    ("how", "window", "en", "es"),
    [
        (
            "payer",
            {"days": 90, "since": "2026-12-01", "date": "2027-03-01"},
            "until Mon Mar 1, 2027: 90 days from Tue Dec 1, 2026, the first day with Simply Healthcare",
            "hasta el lun 1 de marzo de 2027: 90 días desde el mar 1 de diciembre de 2026",
        ),
        (
            "plan",
            {"days": 90, "since": None, "date": "2027-02-18"},
            "Nobody said which day that is: ask, and count on no more than until Thu Feb 18, 2027.",
            "no cuente con más que hasta el jue 18 de febrero de 2027.",
        ),
        (
            "transfer",
            {"days": 240, "since": None, "date": "2027-05-29"},
            "is honored until Sat May 29, 2027 at the latest",
            "a más tardar hasta el sáb 29 de mayo de 2027",
        ),
    ],
)
def test_for_how_long_what_was_authorized_goes_on_is_said_with_its_source(
    app: Flask, how: str, window: dict[str, Any], en: str, es: str
) -> None:
    one = {"level": "intensive_outpatient", "payer": "Cigna", "number": None, "until": None}
    finding = {"how": how, "now": "Simply Healthcare", "authorizations": [one], "phone": None}
    finding["windows"] = [{**window, "citation": CITED}]
    for language, said in (("en", en), ("es", es)):
        with app.test_request_context(f"{PAGE}?language={language}"):
            behind, goes_on = sentences_of(finding, Reader("en" if language == "en" else "es"))
        assert "Cigna" in behind.text
        assert said in goes_on.text
        assert goes_on.source is not None
        assert goes_on.source.startswith("A page of the plan, p. 4 (")
        assert goes_on.url == "https://plan.example.org/continuity"
