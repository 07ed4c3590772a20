"""What counts as another answer under other rules: what someone acts on, not when a source was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from payers.rulebook import load_rulebook_from_files
from schemas.determination import dump_outcome
from service.differences import list_differences
from service.explain import LOCALES, Locale
from service.explain.page import Reader
from service.explain.page.impact import FIELDS, parts_of
from tests.verify.desk import LUZ, ask, desk

AETNA = {"payer": "aetna", "member": LUZ, "level_of_care": "iop", "start_date": "2026-12-07", "network": "in"}


def answers(change: Any, body: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer from the shipped rules, and that from Aetna's file as it was changed."""
    files = dict(desk().rulebook.files)
    file = yaml.safe_load(files["aetna.yaml"])
    change(file)
    files["aetna.yaml"] = yaml.safe_dump(file).encode()
    changed = replace(desk(), rulebook=load_rulebook_from_files(files, beside=desk().rulebook))
    asked = body or AETNA
    return dump_outcome(ask(asked)), dump_outcome(ask(asked, of=changed))


def test_a_source_that_was_read_again_or_has_another_title_changes_nothing() -> None:
    def read_again(file: dict[str, Any]) -> None:
        for source in file["sources"].values():
            source["retrieved"] = "2020-01-01"
            source["title"] += " (again)"

    before, after = answers(read_again)
    assert before["citations"] != after["citations"]
    assert list_differences(before, after) == []


def test_documents_and_criteria_are_told_with_the_source_of_the_new_value() -> None:
    def add_documents(file: dict[str, Any]) -> None:
        file["sources"]["notice"] = {
            "title": "A notice",
            "url": None,
            "published": "2026-02-02",
            "retrieved": "2026-11-03",
            "confidence": "primary",
        }
        said = [{"from": "2026-01-01", "value": ["Plan of care"], "source": "notice", "at": "p. 3"}]
        file["services"]["intensive_outpatient"]["documents"] = said

    (difference,) = list_differences(*answers(add_documents))
    assert difference["pointer"] == "/phases/0/prior_authorization/documents"
    assert (difference["before"], difference["after"]) == ([], ["Plan of care"])
    assert [one["locator"] for one in difference["citations"]] == ["p. 3"]
    (part,) = parts_of([difference], ["intensive_outpatient"], Reader("en"))
    assert (part.rows[0].named, part.rows[0].before, part.rows[0].after) == ("Documents", "–", "Plan of care")


def test_a_plan_that_somebody_typed_is_not_told() -> None:
    body = {**AETNA, "plan": "Luz Ensayo's plan"}
    before, after = answers(lambda file: None, body)
    assert before["plan"]["id"] == "Luz Ensayo's plan"
    assert list_differences(before, {**after, "warnings": [], "plan": {"id": "known"}})[0] == {
        "pointer": "/plan/id",
        "before": None,
        "after": "known",
        "citations": [],
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_part_is_called_something_and_no_value_breaks_the_page(locale: Locale) -> None:
    reader = Reader(locale)
    changes = [{"pointer": one, "before": None, "after": None, "citations": []} for one in FIELDS]
    rows = [row for part in parts_of(changes, [], reader) for row in part.rows]
    assert len(rows) == len(FIELDS)
    assert [row.named for row in rows if row.named.startswith(("/", "impact", "Impact"))] == []
    assert {(row.before, row.after) for row in rows} == {("–", "–")}
