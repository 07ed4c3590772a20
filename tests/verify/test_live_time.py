"""Asking everybody takes no longer than one payer may, and what was no use is asked anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from payers.sandbox.server import Sandbox
from service import hearing
from tests.verify.lines import about, answer_live, codes, desk_with, line_to, only, visits_noted


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox() as payer:
        yield payer.url


def test_an_administrator_has_what_the_payer_left_of_the_time(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less is left than a question needs: the administrator is named as not heard, and nobody asks it.
    monkeypatch.setattr(hearing, "SECONDS", hearing.LEAST_SECONDS / 2)
    with visits_noted(monkeypatch) as came:
        answer = answer_live(desk_with(line_to(url)), about("carve-out"))
    assert len(came) == 1
    assert answer["status"] == "degraded"
    assert only(answer, "warnings", "payer_timed_out")["params"]["payer"].startswith("SANDBOX")
    assert answer["eligibility"]["status"] == "active"
    assert "call_administrator" in codes(answer, "next_steps")


def test_a_reply_about_somebody_else_is_not_remembered(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of = desk_with(line_to(url, keep_seconds=300))
    with visits_noted(monkeypatch) as came:
        for _ in range(2):
            answer = answer_live(of, about("wrong-member"))
            assert "payer_reply_wrong_member" in codes(answer, "warnings")
    assert len(came) == 2
