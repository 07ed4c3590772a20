"""Payers over HTTP: who they are, and what the rulebook says of each."""

from __future__ import annotations

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
    found = client.get("/v1/payers?query=straight+medicaid").json["items"]
    assert [payer["id"] for payer in found] == ["florida-medicaid"]
    assert client.get("/v1/payers?query=nobody+at+all").json["items"] == []


def test_the_medicaid_plans_of_a_county_come_with_their_sources(client: FlaskClient) -> None:
    answer = client.get("/v1/medicaid-plans?county=Broward&date=2026-11-30").json
    assert answer["region"]["value"] == "H"
    operates = {plan["payer"]: plan["operates"] for plan in answer["items"]}
    assert operates["community-care-plan"] == "yes"
    assert operates["unitedhealthcare-community-plan-florida"] == "not_known"
    assert "molina-healthcare-florida" not in operates
    assert all(plan["citations"] for plan in answer["items"])
    assert client.get("/v1/medicaid-plans").status_code == 400


def test_sources_say_how_much_rests_on_them_and_why_to_confirm(client: FlaskClient) -> None:
    sources = {one["id"]: one for one in client.get("/v1/payers/florida-blue/sources").json["items"]}
    assert sorted(sources) == list(sources)
    assert sources["bluecard"]["published"] == "2022-09-01"
    reasons = {reason for one in sources.values() for reason in one["confirm"]}
    assert reasons == {"secondary", "old"}
    assert all(one["values"] for one in sources.values() if one["confirm"]), (
        "what is not in force is not asked"
    )


def test_a_card_is_resolved_to_payers_the_likeliest_first(client: FlaskClient) -> None:
    matches = client.get("/v1/payers/resolve?text=MEDICARE").json["items"]
    assert matches[0]["payer"]["id"] == "medicare"
    assert [match["score"] for match in matches] == sorted((m["score"] for m in matches), reverse=True)
    assert client.get("/v1/payers/resolve").status_code == 400


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
