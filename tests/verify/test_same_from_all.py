"""One payer's answer is one determination, whatever it travels in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payers.sandbox.forms import ADDRESSES
from payers.sandbox.member import Member, Trouble
from payers.sandbox.roster import ROSTER
from payers.sandbox.server import Sandbox
from tests.verify.desk import desk
from tests.verify.lines import about, answer_live, brought, codes, desk_with, line_to, only

FORMS = tuple(ADDRESSES)
X12_FORMS, JSON_FORMS = FORMS[:2], FORMS[2:]
UPLOADED = "uploaded"
# Where a fact stands in a reply, and how it is worded, is the form's own.
OF_THE_FORM = ("citations", "quote")
# About somebody else, or known by a trace that not every form carries.
MISTAKEN = ("wrong-member", "wrong-trace")
USABLE = [
    one
    for one in ROSTER
    if one.trouble.leaves_a_reply and one.trouble is not Trouble.CUT_OFF and one.key not in MISTAKEN
]
NETWORKS = pytest.mark.parametrize("network", ["in", "out"])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a sandbox is that takes no time, even where it is slow."""
    with Sandbox(slow_seconds=0.02, drip_seconds=0.0) as payer:
        yield payer.url


def without_what_is_of_the_form(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {
            name: without_what_is_of_the_form(value)
            for name, value in answer.items()
            if name not in OF_THE_FORM
        }
    return [without_what_is_of_the_form(one) for one in answer] if isinstance(answer, list) else answer


def answer_from(form: str, url: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    """What is answered from a reply in a form; the second one where a trouble passes."""
    if form == UPLOADED:
        return answer_live(desk(), {**body, "payer_reply": brought(key)})
    of = desk_with(line_to(url, form))
    if key == "throttled":
        assert answer_live(of, body)["status"] == "degraded"
    return answer_live(of, body)


def answers_from(forms: tuple[str, ...], url: str, body: dict[str, Any], key: str) -> list[Any]:
    return [without_what_is_of_the_form(answer_from(form, url, body, key)) for form in forms]


@NETWORKS
@pytest.mark.parametrize("one", USABLE, ids=lambda one: one.key)
def test_a_member_is_answered_the_same_in_every_form_and_from_the_uploaded_271(
    url: str, one: Member, network: str
) -> None:
    # Nobody is asked about an uploaded reply, so neither is the administrator that it names.
    forms = FORMS if one.key == "carve-out" else (*FORMS, UPLOADED)
    first, *others = answers_from(forms, url, about(one.key, network=network), one.key)
    assert (first["eligibility"]["basis"] == "reported") == (one.refusal is None)
    for form, other in zip(forms[1:], others, strict=True):
        assert other == first, form


def test_of_an_uploaded_carve_out_only_the_administrator_s_part_is_missing(url: str) -> None:
    live, uploaded = answers_from(("mime", UPLOADED), url, about("carve-out"), "carve-out")
    for part in ("status", "eligibility", "administrator", "payer", "plan"):
        assert uploaded[part] == live[part], part
    assert live["phases"][0]["coverage"]["status"] == "covered"
    assert uploaded["phases"][0]["coverage"]["status"] == "undetermined"
    assert "call_administrator" in codes(uploaded, "next_steps")
    assert "call_administrator" not in codes(live, "next_steps")


@pytest.mark.parametrize("form", X12_FORMS)
def test_x12_with_somebody_else_s_trace_is_not_used(url: str, form: str) -> None:
    answer = answer_from(form, url, about("wrong-trace"), "wrong-trace")
    assert (answer["status"], codes(answer, "warnings")) == ("degraded", ["payer_reply_wrong_member"])
    assert answer["eligibility"]["basis"] == "none"


def test_forms_that_carry_no_trace_of_ours_go_by_name_and_birth_date(url: str) -> None:
    forms = (*JSON_FORMS, UPLOADED)
    first, *others = answers_from(forms, url, about("wrong-trace"), "wrong-trace")
    assert first["eligibility"]["status"] == "active"
    assert others == [first, first]


@pytest.mark.parametrize("form", FORMS)
def test_somebody_with_another_birth_date_is_somebody_else_in_every_form(url: str, form: str) -> None:
    answer = answer_from(form, url, about("wrong-member"), "wrong-member")
    assert (answer["status"], codes(answer, "warnings")) == ("degraded", ["payer_reply_wrong_member"])
    assert answer["eligibility"]["basis"] == "none"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        *((form, "payer_failing") for form in X12_FORMS),
        # JSON has no envelope that could say whose fault it is.
        *((form, "payer_reply_unreadable") for form in JSON_FORMS),
    ],
)
def test_an_error_instead_of_an_answer_is_told_as_far_as_the_form_tells_it(
    url: str, form: str, code: str
) -> None:
    answer = answer_from(form, url, about("error-envelope"), "error-envelope")
    assert (answer["status"], codes(answer, "warnings")) == ("degraded", [code])


@pytest.mark.parametrize("form", FORMS)
def test_an_id_that_the_payer_corrected_is_told_and_the_reply_is_used(url: str, form: str) -> None:
    answer = answer_from(form, url, about("corrected-id"), "corrected-id")
    assert only(answer, "warnings", "reply_corrects_member_id")
    assert answer["eligibility"]["status"] == "active"


@pytest.mark.parametrize("form", [*FORMS, UPLOADED])
def test_every_citation_of_a_reply_says_where_it_stands(url: str, form: str) -> None:
    answer = answer_from(form, url, about("ppo-full"), "ppo-full")
    reported = [cite for cite in answer["citations"] if cite["kind"] == "reported"]
    places = [cite["locator"] for cite in reported]
    assert len(places) > 3
    assert all(places)
    assert len(places) == len(set(places))
