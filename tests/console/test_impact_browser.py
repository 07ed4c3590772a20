"""What other rules would change, in a real browser: from the rulebook to the cases, and verified again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from payers.rule_files import read_files
from service import rulesets
from service.office import Office
from service.record import right_now
from service.store.session import transaction
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.windows import Seen, send, sign_in
from tests.proofs.impact_cases import AETNA, IOP, PHP, RULE_FROM, Made, keep, write_rules


@pytest.fixture(scope="module")
def cases(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Cases that were answered before the rules were changed; the first three are touched."""
    office: Office = app.extensions["office"]
    made = [
        *(Made("IOP", AETNA, ((IOP, RULE_FROM + timedelta(7)),)) for _ in range(2)),
        Made("steps", AETNA, ((PHP, RULE_FROM - timedelta(14)), (IOP, RULE_FROM))),
        Made("another", "cigna", ((IOP, RULE_FROM),)),
    ]
    kept = [keep(office, one, number) for number, one in enumerate(made, 1)]
    files = read_files(write_rules(tmp_path_factory.mktemp("rules")))
    with transaction(office.store) as session:
        rulesets.put_set_in_use(session, files, right_now())
    return kept


@with_a_browser
def test_the_touched_cases_are_listed_and_one_that_is_verified_again_leaves_the_list(
    seen: Seen,
    address: str,
    cases: list[str],
) -> None:
    page = seen.page
    sign_in(page, address)
    page.goto(f"{address}/rulebook")
    send(page, 'a[href$="/rulebook-impact"]')
    seen.look()
    listed = page.locator("section h2 a").count()
    for where in cases[:listed]:
        assert page.locator(f'a[href$="/cases/{where}"]').count() == 1
    assert page.locator(f'a[href$="/cases/{cases[3]}"]').count() == 0
    send(page, "section button >> nth=0")
    assert "/verifications/" in page.url
    page.goto(f"{address}/rulebook-impact")
    assert page.locator("section h2 a").count() == listed - 1
    page.select_option("#digest", "built-in")
    send(page, "form.find button")
    seen.look()
    assert page.locator("section h2 a").count() == 3 - (listed - 1)
    assert page.locator("section button").count() == 0  # it would be answered from the rules in use


def test_the_page_is_there_for_a_set_that_is_known(app: Flask, cases: list[str]) -> None:
    staff = signed_in(app, "ana", "admissions")
    assert staff.get("/console/rulebook-impact").status_code == 200
    assert staff.get("/console/rulebook-impact?digest=abc").status_code == 404
    assert signed_in(app, "audit", "auditor").get("/console/rulebook-impact").status_code == 403
