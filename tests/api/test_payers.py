"""Payers over HTTP: who they are, and what the rulebook says of each."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient


def test_payers_are_listed_by_id_a_page_at_a_time(client: FlaskClient) -> None:
    whole = [payer["id"] for payer in client.get("/v1/payers").json["items"]]
    assert whole == sorted(whole)
    assert {"medicare", "medigap", "florida-medicaid", "cigna", "aetna"} <= set(whole)
    first = client.get("/v1/payers?limit=2").json
    rest = client.get(f"/v1/payers?cursor={first['next']}").json
    assert [payer["id"] for payer in first["items"] + rest["items"]] == whole
    assert rest["next"] is None


def test_a_payer_says_what_it_is(client: FlaskClient) -> None:
    payer = client.get("/v1/payers/medicare").json
    assert payer["line_of_business"] == "medicare"
    assert payer["member_id"]["strict"] is True
    assert payer["member_id"]["citations"] == [payer["citations"].index(payer["citations"][0])]


def test_a_payer_that_is_not_known_is_not_found(client: FlaskClient) -> None:
    for address in ("nobody", "nobody/plans", "nobody/benefits", "nobody/sources"):
        assert client.get(f"/v1/payers/{address}").status_code == 404


def test_plans_are_found_by_part_of_their_name(client: FlaskClient) -> None:
    every = client.get("/v1/payers/medigap/plans").json["items"]
    some = client.get("/v1/payers/medigap/plans?query=plan+g").json["items"]
    assert 0 < len(some) < len(every)
    assert all("g" in plan["id"] for plan in some)


def test_payers_are_found_by_part_of_what_they_are_called(client: FlaskClient) -> None:
    found = client.get("/v1/payers?query=fee-for-service").json["items"]
    assert [payer["id"] for payer in found] == ["florida-medicaid"]
    assert client.get("/v1/payers?query=nobody+at+all").json["items"] == []


def test_sources_say_how_much_rests_on_them_and_why_to_confirm(client: FlaskClient) -> None:
    sources = {one["id"]: one for one in client.get("/v1/payers/florida-blue/sources").json["items"]}
    assert sorted(sources) == list(sources)
    assert sources["bluecard"]["published"] == "2022-09-01"
    reasons = {reason for one in sources.values() for reason in one["confirm"]}
    assert reasons >= {"secondary", "old"}
    assert all(one["values"] for one in sources.values() if one["confirm"]), (
        "what is not in force is not asked"
    )


def everything(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    following = ""
    while True:
        page = client.get(address + following).json
        items += page["items"]
        if page["next"] is None:
            return items
        following = f"&cursor={page['next']}"


def test_what_to_confirm_is_listed_with_why_and_what_to_ask(client: FlaskClient) -> None:
    items = everything(client, "/v1/rules/stale?limit=200")
    assert [one["questions"] for one in items] == sorted((one["questions"] for one in items), reverse=True)
    assert all(one["confirm"] and one["source"]["title"] for one in items)
    mine = client.get("/v1/rules/stale?payer=aetna").json["items"]
    assert mine == [one for one in items if one["payer"] == "aetna"]
    authorization = next(
        one for one in mine if one["where"] == "services.partial_hospitalization.prior_authorization"
    )
    assert authorization["ask"] == "ask_prior_authorization"
    assert "old" in authorization["confirm"]


def test_a_card_is_resolved_to_payers_the_likeliest_first(client: FlaskClient) -> None:
    matches = client.get("/v1/payers/resolve?text=MEDICARE").json["items"]
    assert matches[0]["payer"]["id"] == "medicare"
    assert [match["score"] for match in matches] == sorted((m["score"] for m in matches), reverse=True)
    assert client.get("/v1/payers/resolve").status_code == 400


def test_a_payer_on_a_card_comes_with_its_manager_and_where_to_verify(
    client: FlaskClient,
) -> None:
    answer = client.get("/v1/payers/resolve?text=Cigna+Open+Access+Plus").json
    (match,) = answer["items"]
    assert answer["certain"] == match["payer"]["id"] == "cigna"
    assert match["behavioral_manager"]["value"]["phone"] == "800-926-2273"
    assert match["verify_with"]["contact"]["value"]["portal"] == "https://provider.evernorth.com"
    assert [one["id"] for one in match["verify_with"]["ids"]] == ["62308"]
    assert match["authorization"]["decided_by"] == "behavioral_manager"
    cited = [match["behavioral_manager"], match["authorization"], *match["verify_with"]["ids"]]
    assert all(answer["citations"][number]["url"] for said in cited for number in said["citations"])


def test_a_payer_whose_manager_nobody_names_is_asked_through_the_card(client: FlaskClient) -> None:
    match = client.get("/v1/payers/resolve?text=BlueOptions").json["items"][0]
    assert match["payer"]["id"] == "florida-blue"
    assert match["behavioral_manager"] is None
    assert match["authorization"]["decided_by"] == "ask_the_card"


def test_names_that_pay_nothing_say_what_to_do_in_the_callers_language(client: FlaskClient) -> None:
    spanish = {"Accept-Language": "es"}
    answer = client.get("/v1/payers/resolve?text=PHCS", headers=spanish)
    assert answer.headers["Content-Language"] == "es"
    assert (answer.json["items"], answer.json["certain"]) == ([], None)
    (entry,) = answer.json["entries"]
    assert (entry["id"], entry["kind"]) == ("multiplan", "network")
    assert entry["says"]["message"].startswith("MultiPlan es una red de proveedores y no paga nada.")
    assert answer.json["citations"][entry["says"]["citations"][0]]["title"].startswith("MultiPlan")


def test_of_a_plan_that_another_runs_the_insurers_own_manager_says_nothing(client: FlaskClient) -> None:
    answer = client.get("/v1/payers/resolve?text=Meritain+Health").json
    (match,) = answer["items"]
    assert (match["payer"]["id"], match["through"], answer["certain"]) == ("aetna", "meritain", None)
    assert (match["verify_with"]["contact"], match["verify_with"]["ids"]) == (None, [])
    assert match["authorization"]["decided_by"] == "ask_the_card"
    assert match["authorization"]["code"] == "card_administrator"


def test_a_prefix_leads_to_every_blue_plan_and_to_the_line_to_ask(client: FlaskClient) -> None:
    answer = client.get("/v1/payers/resolve?text=QZX").json
    assert "florida-blue" in {match["payer"]["id"] for match in answer["items"]}
    assert answer["certain"] is None
    (entry,) = answer["entries"]
    assert (entry["id"], entry["contact"]["value"]["phone"]) == ("blue-prefix", "1-800-676-2583")


def test_a_whole_member_id_is_refused_and_repeated_nowhere(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = client.get("/v1/payers/resolve?text=QZX9182736450")
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["code"]) == ("/text", "whole_member_id")
    assert "9182736450" not in answer.text
    assert "9182736450" not in caplog.text


def test_published_benefits_carry_a_source_for_every_value(client: FlaskClient) -> None:
    found = client.get(
        "/v1/payers/medicare/benefits?level_of_care=iop&date_of_service=2026-12-01&site=cmhc"
    ).json
    levels = found["benefits"]["networks"]["in"]["levels"]
    assert list(levels) == ["intensive_outpatient"]
    covered = levels["intensive_outpatient"]["covered"]
    assert covered["value"] is True
    assert found["citations"][covered["citations"][0]]["title"]
    assert found["benefits"]["networks"]["in"]["deductible"]["individual"]["limit"]["value"] == "283.00"


def test_a_site_that_the_clinic_does_not_have_is_not_found(client: FlaskClient) -> None:
    assert client.get("/v1/payers/medicare/benefits?site=nowhere").status_code == 404


def test_parameters_that_cannot_be_used_are_all_named(client: FlaskClient) -> None:
    answer = client.get("/v1/payers/medicare/benefits?date_of_service=tomorrow&level_of_care=spa&when=now")
    assert answer.status_code == 400
    assert {(error["pointer"], error["code"]) for error in answer.json["errors"]} == {
        ("/date_of_service", "not_a_date"),
        ("/level_of_care", "not_a_choice"),
        ("/when", "unknown_field"),
    }
    assert client.get("/v1/payers?limit=1&limit=2").json["errors"][0]["code"] == "given_twice"


# --- the plan library


def test_a_plan_of_any_payer_is_found_with_its_designs_as_printed_and_as_read(client: FlaskClient) -> None:
    (plan,) = client.get("/v1/plans?query=H1045-026-000").json["items"]
    assert (plan["payer"], plan["id"], plan["years"]) == ("medicare-advantage", "h1045-026", [2026])
    (design,) = plan["designs"]
    visit, group = design["shares"]
    assert (visit["printed"], visit["deductible_applies"]) == ("$0-$25", None)
    assert [copay["amount"] for copay in visit["copays"]] == ["0.00", "25.00"]
    assert (group["of"], group["printed"]) == ("group_visit", "$15")
    assert design["amounts"] == {}
    assert design["source"]["confidence"] == "primary"


def test_plans_are_narrowed_and_paged(client: FlaskClient) -> None:
    address = "/v1/plans?payer=florida-blue&metal=silver&year=2025&limit=10"
    keys: list[str] = []
    page = client.get(address).json
    while True:
        keys += [plan["id"] for plan in page["items"]]
        if page["next"] is None:
            break
        page = client.get(f"{address}&cursor={page['next']}").json
    assert len(keys) == len(set(keys)) > 20
    assert client.get("/v1/plans?metal=tin").status_code == 400
    assert client.get("/v1/plans?query=nothing+is+called+so").json["items"] == []
