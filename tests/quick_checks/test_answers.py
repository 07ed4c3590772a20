"""What a visitor is told, read as a worried parent would: three answers, no promise, and whence it comes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.model import Citation, Payer
from schemas.quick_check import AGE_GROUPS, ANSWERS, LEVELS, NOT_SURE, PLAN_TYPES
from service.clinic import load_clinic_from_bytes
from service.explain import LOCALES
from service.explain.catalogs import WIDGET
from service.quick_checks import telling
from service.quick_checks.asking import ask_sites
from service.quick_checks.consent import consent_of
from service.quick_checks.costs import plan_cost
from service.verify import Desk
from tests.explain.test_catalogs import messages
from tests.quick_checks.every import every_answer
from tests.verify.desk import NOW, ROOT, desk

NEVER = re.compile(r"\bcovered\b|\bcubiert|likely|probable|guarantee|garanti|24 h|approved", re.IGNORECASE)
PROFILE = desk().clinic.raw


def told(language: Any = "en", of: Desk | None = None, **asked: Any) -> dict[str, Any]:
    """What a visitor is told who asks about an adult's IOP in Miami, unless said otherwise."""
    question = {"plan_type": NOT_SURE, "level_of_care": "iop", "age_group": "adult", "county": "Miami-Dade"}
    return telling.tell_answer(of or desk(), question | asked, language, NOW)


def said(answer: dict[str, Any], about: str) -> list[str]:
    """The codes of an answer's sentences about something."""
    return [one["code"] for one in answer["sentences"] if one["about"] == about]


def sentences(answer: dict[str, Any], about: str) -> list[str]:
    return [one["message"] for one in answer["sentences"] if one["about"] == about]


def test_original_medicare_includes_iop_and_says_what_a_day_costs() -> None:
    answer = told(payer="medicare")
    assert answer["answer"] == "includes"
    assert sentences(answer, "answer")[0].startswith(
        "Original Medicare usually includes intensive outpatient care (IOP) at Example Behavioral Health"
    )
    assert said(answer, "approval") == ["approval_not_required"]
    # A fifth of 127.77, the day's price in Miami; the deductible of 2026 comes first.
    assert sentences(answer, "cost")[0] == (
        "You usually pay about $26 for each day of care, once the yearly deductible of $283 is paid."
    )
    assert answer["citations"]
    assert all(one["citations"] for one in answer["sentences"] if one["about"] in ("answer", "approval"))


def test_the_same_is_said_in_spanish_with_the_same_codes() -> None:
    english, spanish = told(payer="medicare"), told("es", payer="medicare")
    assert [one["code"] for one in spanish["sentences"]] == [one["code"] for one in english["sentences"]]
    assert sentences(spanish, "cost")[0] == (
        "Por lo general, usted paga unos $26 por cada día de atención, "
        "una vez pagado el deducible anual de $283."
    )
    assert "por lo general incluye la atención ambulatoria intensiva (IOP)" in sentences(spanish, "answer")[0]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"payer": "sunshine-health", "level_of_care": "php", "age_group": "under_21"}, "ask"),
        ({"payer": "cigna"}, "ask"),
        ({"payer": "tricare-east"}, "includes"),
        ({"payer": "medicare", "site": "two-tier"}, "does_not"),
    ],
)
def test_the_three_answers(asked: dict[str, str], answer: str) -> None:
    assert told(**asked)["answer"] == answer


def test_what_is_not_published_is_asked_and_approval_is_said_with_an_if() -> None:
    answer = told(payer="cigna")
    assert said(answer, "answer")[0] == "answer_ask"
    assert sentences(answer, "approval")[0].startswith("If it does, you usually do not need")
    assert said(answer, "cost") == ["cost_unknown"]


def test_a_place_without_the_care_names_another_and_another_kind() -> None:
    answer = told(payer="medicare", site="two-tier")
    assert said(answer, "answer") == ["answer_does_not", "answer_other_levels", "answer_other_place"]
    assert "Miami" in sentences(answer, "answer")[2]
    assert said(answer, "cost")[0] == "cost_own_price"


def test_whoever_has_no_plan_hears_the_price_and_the_right_to_have_it_in_writing() -> None:
    answer = told(plan_type="none")
    assert said(answer, "cost") == ["cost_own_price", "cost_good_faith"]
    assert "$350" in sentences(answer, "cost")[0]
    assert "Good Faith Estimate" in sentences(answer, "cost")[1]
    assert "estimado de buena fe" in sentences(told("es", plan_type="none"), "cost")[1]


def test_a_county_names_its_medicaid_plans_and_no_plan_of_children_to_an_adult() -> None:
    adult = told(plan_type="medicaid")
    assert adult["payer"] is None
    assert said(adult, "answer") == ["answer_ask_medicaid"]
    names = {one["id"] for one in adult["candidates"]}
    assert "sunshine-health" in names
    assert "childrens-medical-services" not in names
    youth = {one["id"] for one in told(plan_type="medicaid", age_group="under_21")["candidates"]}
    assert names <= youth


def test_a_name_that_may_be_several_plans_is_not_guessed() -> None:
    answer = told(payer_text="Blue Cross")
    assert (answer["answer"], answer["payer"]) == ("ask", None)
    assert len(answer["candidates"]) > 1
    assert told(payer_text="Original Medicare")["payer"]["id"] == "medicare"


def test_a_name_and_another_kind_of_plan_lead_to_the_plan_of_that_kind() -> None:
    answer = told(payer="humana", plan_type="medicare_advantage")
    assert answer["payer"]["id"] == "humana-medicare-advantage"


def test_whoever_is_not_sure_hears_every_kind_of_care_in_plain_words() -> None:
    answer = told(payer="fep-blue", level_of_care=NOT_SURE)
    assert [one["level_of_care"] for one in answer["care"]] == [*LEVELS]
    assert len({one["answer"] for one in answer["care"]}) > 1
    assert all(one["description"] for one in answer["care"])
    assert said(answer, "answer")[0] == "answer_depends"
    assert answer["answer"] == "ask"


def test_an_age_that_no_place_takes_is_said() -> None:
    old = load_clinic_from_bytes(
        PROFILE.replace(b"{from: 12}", b"{from: 18}").replace(b"{from: 6}", b"{from: 18}")
    )
    answer = told(of=replace(desk(), clinic=old), payer="medicare", age_group="under_21")
    assert (answer["answer"], said(answer, "answer")) == ("ask", ["answer_age"])


def test_a_time_is_promised_only_where_the_profile_does() -> None:
    assert "next_within" not in said(told(payer="medicare"), "next")
    promised = load_clinic_from_bytes(
        PROFILE + b"\nwidget: {response: {hours: 24, source: front desk rule 3}}\n"
    )
    other = replace(desk(), clinic=promised)
    answer = told(of=other, payer="medicare")
    assert "We answer within 24 hours." in sentences(answer, "next")
    assert telling.tell_form(other, "en")["response"] == {
        "hours": 24,
        "message": "We answer within 24 hours.",
    }
    assert "next_within" in [one["code"] for one in telling.tell_receipt(promised, "AAAA-2222", "en")["next"]]


def test_the_clinics_own_consent_is_shown_with_its_version() -> None:
    own = load_clinic_from_bytes(
        PROFILE + b"\nwidget: {consent: {version: ours-3, en: We call., es: Llamamos.}}\n"
    )
    assert consent_of(own, "es") == {"version": "ours-3", "text": "Llamamos."}
    assert consent_of(desk().clinic, "en")["version"] == "openvob-1"


def test_a_share_of_what_was_agreed_with_a_plan_is_never_told() -> None:
    medicare = Payer("medicare", "Original Medicare", "medicare")
    (found,) = ask_sites(desk(), medicare, "iop", "adult", ["cmhc"], NOW)
    assert [step.code for step in plan_cost(found, "iop")] == ["cost_share", "cost_deductible"]
    place = "sites.cmhc.contracted_rates.cigna.intensive_outpatient"
    agreed = Citation("profile", "Clinic profile", locator=place)
    determined = found.determination
    rows = tuple(replace(row, citations=(agreed,)) for row in determined.estimate.trace)
    of_contract = replace(determined, estimate=replace(determined.estimate, trace=rows))
    steps = [*plan_cost(replace(found, determination=of_contract), "iop")]
    assert [step.code for step in steps] == ["cost_part", "cost_deductible"]
    assert steps[0].params == {"unit": "iop", "limit": "283.00"}
    assert agreed not in steps[0].citations
    assert not [one for answer in every_answer() for one in answer["citations"] if "contracted" in str(one)]


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1, max_size=80), kind=st.sampled_from(PLAN_TYPES))
def test_whatever_is_typed_as_a_plan_is_answered_and_never_repeated(text: str, kind: str) -> None:
    answer = told(payer_text=f"{text} zqvrtm", plan_type=kind)
    assert answer["answer"] in ANSWERS
    assert "zqvrtm" not in str(answer)


def test_no_sentence_promises_anything() -> None:
    for locale in LOCALES:
        catalogue = [str(one.string) for one in messages(locale, WIDGET) if not str(one.id).startswith("ui_")]
        assert [text for text in catalogue if NEVER.search(text)] == []


def test_every_payer_has_an_answer_whose_every_word_is_there() -> None:

    for answer in every_answer():
        assert answer["answer"] in ANSWERS
        order = [one["about"] for one in answer["sentences"]]
        assert order == sorted(order, key=["answer", "approval", "cost", "next"].index)
        assert order[0] == "answer"
        assert {"cost", "next"} <= {*order}
        for one in answer["sentences"]:
            assert not one["message"].startswith("say_"), one["code"]
            assert "…" not in one["message"], one
            assert "{" not in one["message"]
            assert all(number < len(answer["citations"]) for number in one["citations"])


def test_every_code_that_is_told_has_a_sentence_and_no_other_does() -> None:
    folder = ROOT / "service" / "quick_checks"
    source = "".join((folder / f"{one}.py").read_text("utf-8") for one in ("answering", "telling", "costs"))
    named = set(re.findall(r"\"((?:answer|approval|cost|next)_[a-z_]+)\"", source))
    named |= {f"answer_{one}" for one in ANSWERS}
    named |= {f"approval_{one}" for one in ("required", "not_required", "notification", "undetermined")}
    there = {
        str(one.id).removeprefix("say_") for one in messages("en", WIDGET) if str(one.id).startswith("say_")
    }
    assert there == named


def test_every_choice_has_a_label_in_both_languages() -> None:
    for locale in LOCALES:
        form = telling.tell_form(desk(), locale)
        shown = [one["label"] for one in (*form["plan_types"], *form["asking_for"], *form["channels"])]
        shown += [one["name"] for one in form["levels"]]
        assert [text for text in shown if re.match("[a-z]+_", text)] == []
        assert [one["id"] for one in form["plan_types"]] == [*PLAN_TYPES]
        assert [one["id"] for one in form["age_groups"]] == [*AGE_GROUPS]
        assert len(form["counties"]) == 67


@pytest.mark.parametrize("kind", ["not_sure", "federal"])
def test_a_name_with_one_word_in_common_is_asked_and_never_answered_for(kind: str) -> None:
    answer = told(payer_text="Zqx Benefit Plan", plan_type=kind)
    assert (answer["answer"], answer["payer"]) == ("ask", None)
    assert [one["id"] for one in answer["candidates"]] == ["fep-blue"]
    assert said(answer, "answer")[0] == "answer_ask_candidate"


def test_the_one_federal_plan_known_here_is_not_every_federal_employees() -> None:
    answer = told(plan_type="federal")
    assert (answer["answer"], answer["payer"]) == ("ask", None)
    assert told(plan_type="tricare")["payer"]["id"] == "tricare-east"


def test_a_plan_that_left_medicaid_is_none_of_those_it_may_be() -> None:
    found = [one["id"] for one in told(payer_text="Medicaid")["candidates"]]
    assert "sunshine-health" in found
    assert "amerihealth-caritas-florida" not in found
