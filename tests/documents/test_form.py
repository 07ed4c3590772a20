"""The form of benefits: every field is in every document, with one of three kinds of answer."""

from __future__ import annotations

import re

import pytest

from service.documents import page
from service.documents.benefits import fill_in, write_benefits
from service.documents.form import FIELDS, KINDS, LEVEL_FIELDS, Cell
from service.documents.levels import levels
from service.explain import LOCALES, Locale
from tests.documents.cases import BODIES, answer, matter, matter_of, shown
from tests.verify.requests import random_request

ROW = re.compile(r'<td class="(\w+)" data-field="(\w+)">([^<]*)</td>')


def cells(name: str, locale: Locale = "en") -> dict[str, Cell]:
    return fill_in(matter(name, locale))


def kinds(found: dict[str, Cell], *fields: str) -> list[str]:
    return [found[field].kind for field in fields]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", BODIES)
def test_every_field_is_on_the_page_with_one_of_three_kinds_of_answer(name: str, locale: Locale) -> None:
    text = page("benefits", matter(name, locale))
    rows = ROW.findall(text)
    times = len(BODIES[name].get("phases", [0]))
    wanted = sorted([*FIELDS, *(field for field in LEVEL_FIELDS for _ in range(times))])
    assert sorted(field for _, field, _ in rows) == wanted
    assert {kind for kind, _, _ in rows} <= set(KINDS)
    assert [field for _, field, said in rows if not said.strip()] == []


@pytest.mark.parametrize("seed", range(60))
def test_a_form_is_whole_whatever_was_asked_and_told(seed: int) -> None:
    made = matter_of(answer(random_request(seed)), LOCALES[seed % 2])
    assert fill_in(made).keys() == set(FIELDS)
    for level in levels(made):
        assert level.keys() == set(LEVEL_FIELDS)
    assert [cell for cell in fill_in(made).values() if not cell.text.strip()] == []


def test_the_plan_is_asked_what_nobody_knows() -> None:
    found = cells("florida blue, all unknown")
    for field in ("active", "plan_type", "funding", "deductible_individual_in_met", "administrator_name"):
        assert found[field] == Cell("unknown", "unknown, ask the plan")
    assert found["patient_address"].text == "unknown, ask the patient"


def test_what_original_medicare_does_not_have_does_not_apply() -> None:
    found = cells("medicare")
    fields = ("plan_type", "funding", "gap_exception", "group_number", "administrator_name", "cobra_status")
    assert kinds(found, *fields) == ["not_applicable"] * 6
    assert kinds(found, "deductible_individual_out_limit", "holder_employer") == ["not_applicable"] * 2


def test_what_was_told_stands_in_its_field() -> None:
    found = cells("florida blue, all told")
    told = {
        "patient_name": "Ana María Prueba Inventada",
        "patient_relationship": "spouse",
        "holder_name": "Luis Inventado",
        "member_id": "XJB123456789",
        "alpha_prefix": "XJB",
        "group_number": "G-77",
        "plan_name": "Invented Options 1",
        "plan_type": "PPO",
        "funding": "self-funded",
        "termination_date": "none",
        "provider_network": "in network",
        "out_of_network_benefits": "yes",
        "administrator_id": "IBC01 [1]",
        "other_coverage": "none",
        "pays_first": "this plan alone",
        "claims_to": "INV01; PO Box 1, Nowhere FL",
        "timely_filing": "180 days",
        "cobra_status": "elected",
        "paid_through": "Jun 30, 2026",
        "representative": "J. D.",
        "call_reference": "CALL-123",
        "call_channel": "on the phone",
        "verifier": "ana.recepcion",
    }
    assert {field: found[field].text for field in told} == told


def test_what_is_met_and_what_is_left_complete_one_another() -> None:
    found = cells("florida blue, all told")
    assert found["deductible_individual_in_remaining"].text == "$1,080.00"
    assert found["deductible_family_in_met"].text == "$2,990.00"
    assert found["deductible_individual_out_remaining"].text == "$3,000.00"


def test_a_pot_that_there_is_not_has_nothing_met_or_left() -> None:
    found = cells("florida blue, all told")
    pot = [found[f"out_of_pocket_max_family_in_{state}"] for state in ("limit", "met", "remaining")]
    assert pot[0].text.startswith("none")
    assert [cell.kind for cell in pot[1:]] == ["not_applicable"] * 2


def test_where_a_plan_has_nothing_outside_its_network_nothing_of_it_applies() -> None:
    found = cells("no benefits outside")
    assert found["out_of_network_benefits"].text == "no"
    assert kinds(found, "deductible_individual_out_limit") == ["not_applicable"]


def test_a_side_of_the_network_that_was_only_supposed_is_asked_about() -> None:
    assert cells("florida blue, all told")["provider_network"] == Cell("answered", "in network")
    step = {
        "code": "network_defaulted",
        "params": {"payer": "Florida Blue", "network": "in"},
        "citations": [],
    }
    supposed = {**shown("florida blue, all unknown"), "warnings": [step]}
    assert fill_in(matter_of(supposed, "en"))["provider_network"].kind == "unknown"


def test_what_each_level_was_told_stands_under_it_and_under_no_other() -> None:
    php, iop = levels(matter("florida blue, all told"))
    assert (php["coinsurance"].text, php["copay"].text) == ("20%", "none")
    assert (iop["copay"].text, iop["coinsurance"].text) == ("$40.00 per day", "none")
    assert (iop["limit_used"].text, iop["authorization_number"].text) == ("3 days", "A-1")
    assert php["limit_used"].kind == php["authorization_number"].kind == "unknown"
    assert (php["rate_basis"].text, iop["rate_basis"].text) == ("$425.00", "contract; $285.00")


def test_what_the_steps_do_not_say_of_which_level_is_not_said_of_each() -> None:
    phases = [{"level_of_care": "php", "start_date": "2026-03-02"}, {"level_of_care": "iop"}]
    body = {**BODIES["medicare"], "phases": phases}
    del body["level_of_care"], body["start_date"]
    both = levels(matter_of(answer(body), "en"))
    assert [one["coinsurance"].text.startswith("For one or more of these levels:") for one in both] == [
        True
    ] * 2
    (alone,) = levels(matter("medicare"))
    assert alone["coinsurance"].text.startswith("Coinsurance: 20%")


def test_a_reply_is_named_as_where_it_was_learned_and_no_call_is_made_up() -> None:
    found = cells("a payer's reply")
    assert found["call_channel"].text == "from the payer's electronic reply"
    assert found["representative"].text == "not applicable: no call yet"
    (level,) = levels(matter("a payer's reply"))
    assert "$40.00" in level["copay"].text
    assert level["copay"].kind == "answered"


def test_care_that_is_not_covered_has_no_share_and_no_authorization() -> None:
    (level,) = levels(matter("paid alone"))
    assert level["level_covered"].text.startswith("Not covered")
    for field in ("copay", "coinsurance", "authorization_required", "limit"):
        assert level[field].kind == "not_applicable"


def test_nobody_approved_it_unless_somebody_did() -> None:
    assert cells("medicare")["approver"].kind == "unknown"
    approved = fill_in(matter("medicare", approved_by="sol.supervisora"))["approver"]
    assert approved == Cell("answered", "sol.supervisora")


def test_where_nobody_confirmed_the_member_the_form_says_so_first_and_never_says_covered() -> None:
    text = page("benefits", matter("medicare, nobody confirmed"))
    before, _, after = text.partition("Membership not confirmed")
    assert after
    assert "verdict" not in before
    assert not re.search(r"\bcovered\b", re.sub(r"<[^>]+>|&\w+;", " ", text), re.IGNORECASE)


def test_every_source_is_listed_with_the_number_that_it_is_cited_by() -> None:
    made = write_benefits(matter("medicare"))
    cited = {int(one) for text in made.cells.values() for one in re.findall(r"\[(\d+)\]", text.text)}
    assert cited
    assert max(cited) <= len(made.sources)


def test_the_page_says_what_it_was_made_from_and_how_to_find_it_again() -> None:
    text, made = page("benefits", matter("medicare")), matter("medicare").shown["produced_by"]
    for found in (made["rulebook"].removeprefix("sha256:"), made["engine"], matter("medicare").shown["id"]):
        assert found in text
    assert "not a guarantee of payment" in text
