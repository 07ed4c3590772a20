"""What a payer file may hold, and what is refused with a sentence that says how to mend it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from payers.yaml_reader import read_yaml
from schemas.dated import order_faults
from schemas.faults import Fault, spell
from schemas.fee_file import fee_order_faults, fee_row_faults, wage_row_faults
from schemas.payer_file import payer_file_faults, services_file_faults
from tests.payers.invented import FILES

MARIGOLD: dict[str, Any] = read_yaml(FILES["marigold.yaml"]).data
LAW: dict[str, Any] = read_yaml(FILES["services.yaml"]).data
IOP = ("services", "intensive_outpatient")
SPELT = "services.intensive_outpatient"
ROW = {"code": "T1", "amount": "20.00", "from": "2026-01-01", "source": "booklet", "at": "row T1"}


def faults_with(path: tuple[str | int, ...], value: Any, data: Any = None) -> list[str]:
    """The faults of the invented payer file with one thing in it changed, as people read them."""
    changed: Any = copy.deepcopy(MARIGOLD if data is None else data)
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    judge = payer_file_faults if data is None else services_file_faults
    return [f"{spell(fault.path)}: {fault.message}" for fault in judge(changed)]


def dated(value: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"from": "2026-01-01", "value": value, "source": "booklet", "at": "p. 1", **more}]


def test_a_note_with_a_source_of_its_own_says_where_in_it() -> None:
    path = (*IOP, "authorization_notes")
    assert faults_with(path, dated([{"code": "heard", "source": "rumor", "at": "p. 1"}])) == []
    for half in ({"source": "rumor"}, {"at": "p. 1"}):
        (fault,) = faults_with(path, dated([{"code": "heard", **half}]))
        assert fault.endswith("A source of its own needs both source and at.")
    (unknown,) = faults_with(path, dated([{"code": "heard", "source": "nobody", "at": "p. 1"}]))
    assert "No source is called nobody" in unknown


def test_the_invented_files_are_sound() -> None:
    assert payer_file_faults(MARIGOLD) == []
    assert services_file_faults(LAW) == []


@pytest.mark.parametrize("number", [0.2, 1500.0, 1500, True, "1500", "1,500.00", "-1.00", "$10.00", "1e3"])
def test_money_is_a_quoted_amount_and_nothing_else(number: Any) -> None:
    path = (*IOP, "coinsurance_max")
    assert faults_with(path, dated(number)) == [
        "services.intensive_outpatient.coinsurance_max[0].value: "
        'Must be a quoted amount with two places, like "283.00".'
    ]
    assert faults_with(path, dated("1500.00")) == []


def test_another_source_is_kept_beside_a_value_where_it_differs_and_the_answer_tells() -> None:
    other = {"value": "required", "source": "booklet", "at": "p. 2"}
    path = (*IOP, "prior_authorization")
    assert faults_with(path, dated("not_required", also=[other])) == []
    (same,) = faults_with(path, dated("required", also=[other]))
    assert same.endswith("also[0].value: Says the same: another source is kept where it differs.")
    (wrong,) = faults_with(path, dated("not_required", also=[{**other, "value": "perhaps"}]))
    assert ".also[0].value: " in wrong
    (ended,) = faults_with(path, dated(None, also=[other]))
    assert ended.endswith("Nobody says anything here, so no other source can differ.")
    (untold,) = faults_with((*IOP, "coinsurance_max"), dated("1.00", also=[{**other, "value": "2.00"}]))
    assert untold.endswith("No answer tells of two sources here: state the one that is believed.")
    (unknown,) = faults_with(path, dated("not_required", also=[{**other, "source": "letter"}]))
    assert "No source is called letter" in unknown


@pytest.mark.parametrize("number", [0.2, "20%", "1.01", "2", ".2", 0])
def test_a_rate_is_a_quoted_fraction_and_nothing_else(number: Any) -> None:
    (fault,) = faults_with((*IOP, "coinsurance"), dated(number))
    assert fault.endswith('Must be a quoted fraction from 0 to 1, like "0.20".')


@pytest.mark.parametrize("number", ["0", "1", "0.20", "0.125", "1.00"])
def test_a_rate_keeps_its_places(number: str) -> None:
    assert faults_with((*IOP, "coinsurance"), dated(number)) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("payers",), {}, "payers"),
        (("payer", "phone"), "800", "payer.phone"),
        ((*IOP, "coverd"), dated(True), f"{SPELT}.coverd"),
        ((*IOP, "covered"), dated(True, confidence="primary"), f"{SPELT}.covered[0].confidence"),
        ((*IOP, "copay"), dated({"amount": "1.00", "each": "day"}), f"{SPELT}.copay[0].value.each"),
        (("sources", "booklet", "page"), "3", "sources.booklet.page"),
    ],
)
def test_an_unknown_key_is_refused_where_it_stands(path: Any, value: Any, where: str) -> None:
    assert faults_with(path, value) == [
        f"{where}: There is no such field here: look at how it is spelled, and how far it is indented."
    ]


def test_an_unknown_level_of_care_is_told_with_the_known_ones() -> None:
    (fault,) = faults_with(("services", "iop"), {"covered": dated(True)})
    assert fault.startswith("services.iop: Must be one of: outpatient, intensive_outpatient")


@pytest.mark.parametrize("missing", ["from", "value", "source", "at"])
def test_a_value_without_its_date_or_source_is_refused(missing: str) -> None:
    entries = dated(True)
    del entries[0][missing]
    (fault,) = faults_with((*IOP, "covered"), entries)
    assert fault.startswith(f"services.intensive_outpatient.covered[0].{missing}: Is missing")


def test_a_value_that_cites_an_unknown_source_is_refused() -> None:
    (fault,) = faults_with((*IOP, "covered"), dated(True, source="bookelt"))
    assert fault == (
        "services.intensive_outpatient.covered[0].source: "
        "No source is called bookelt; sources has: booklet, rumor."
    )


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-1", "January", 2026, "2026-01-01T00:00:00", None])
def test_a_date_that_does_not_exist_is_refused(day: Any) -> None:
    entries = dated(True)
    entries[0]["from"] = day
    assert len(faults_with((*IOP, "covered"), entries)) == 1


def test_a_value_cannot_be_published_until_before_it_begins() -> None:
    (fault,) = faults_with((*IOP, "covered"), dated(True, through="2025-12-31"))
    assert fault.endswith("covered[0].through: Must not be before from.")


def test_dates_ascend() -> None:
    entries = dated(True) + dated(False)
    (fault,) = faults_with((*IOP, "covered"), entries)
    assert fault == (
        "services.intensive_outpatient.covered[1].from: "
        "Among values with the same conditions dates must ascend: after 2026-01-01."
    )


def test_dates_ascend_for_each_set_of_conditions_apart() -> None:
    entries = dated(True) + dated(False, when={"ages": {"below": 21}})
    entries[1]["from"] = "2025-01-01"
    assert faults_with((*IOP, "covered"), entries) == []


def test_two_values_that_could_tie_are_refused() -> None:
    entries = dated(True, when={"provider_types": ["cmhc"]}) + dated(False, when={"ages": {"below": 21}})
    (fault,) = faults_with((*IOP, "covered"), entries)
    assert "covered[1].when: Ties with entry 0 on 2026-01-01" in fault


@pytest.mark.parametrize(
    ("one", "other", "ties"),
    [
        ({"provider_types": ["cmhc"]}, {"provider_types": ["fqhc", "cmhc"]}, True),
        ({"provider_types": ["cmhc"]}, {"provider_types": ["fqhc"]}, False),
        ({"ages": {"below": 21}}, {"ages": {"from": 21}}, False),
        ({"ages": {"below": 22}}, {"ages": {"from": 21}}, True),
        ({"ages": {"below": 22}}, {"ages": {"from": 21}, "networks": ["in"]}, False),
        ({"networks": ["in"], "ages": {"below": 9}}, {"networks": ["out"], "ages": {"below": 9}}, False),
    ],
)
def test_values_tie_where_one_request_could_match_both(one: Any, other: Any, ties: bool) -> None:
    assert bool(order_faults(dated(1, when=one) + dated(2, when=other))) is ties


def test_a_value_that_has_ended_ties_with_nothing() -> None:
    ended = dated(1, when={"networks": ["in"]}) + dated(None, when={"networks": ["in"]})
    ended[1]["from"] = "2026-06-01"
    later = dated(2, when={"ages": {"below": 9}})
    later[0]["from"] = "2026-06-01"
    assert order_faults(ended + later) == {}


def test_none_means_none_only_where_there_can_be_none() -> None:
    for field in ("copay", "coinsurance", "then", "limits"):
        assert faults_with((*IOP, field), dated("none")) == []
    for field in ("covered", "provider_types", "prior_authorization"):
        assert len(faults_with((*IOP, field), dated("none"))) == 1


def test_an_end_needs_no_shape_but_a_source() -> None:
    assert faults_with((*IOP, "billing"), dated(None)) == []


@pytest.mark.parametrize("url", ["http://marigold.example", "marigold.example", ""])
def test_a_source_stands_at_an_https_address_or_at_none(url: str) -> None:
    assert faults_with(("sources", "booklet", "url"), url) == [
        "sources.booklet.url: Must be an address that starts with https://."
    ]
    assert faults_with(("sources", "booklet", "url"), None) == []


@pytest.mark.parametrize("field", ["title", "url", "published", "retrieved", "confidence"])
def test_a_source_says_everything_even_if_only_null(field: str) -> None:
    source = {name: value for name, value in MARIGOLD["sources"]["booklet"].items() if name != field}
    (fault,) = faults_with(("sources", "booklet"), source)
    assert fault.startswith(f"sources.booklet.{field}: Is missing")


def test_confidence_has_three_words() -> None:
    assert faults_with(("sources", "booklet", "confidence"), "high") == [
        "sources.booklet.confidence: Must be one of: primary, secondary, told."
    ]


@pytest.mark.parametrize("codes", [[449], ["H0015", 90837], [], "H0015"])
def test_billing_codes_are_quoted_lists(codes: Any) -> None:
    assert len(faults_with((*IOP, "billing"), dated({"codes": codes}))) == 1


def test_a_member_id_pattern_must_be_one() -> None:
    (fault,) = faults_with(("payer", "member_id", "pattern"), "[")
    assert fault.startswith("payer.member_id.pattern: Not a regular expression")


def terms(**changes: Any) -> dict[str, Any]:
    return {"service_types": ["MH", "30"], "source": "booklet", "at": "p. 4", **changes}


def test_a_payer_says_what_it_takes_in_an_inquiry() -> None:
    assert faults_with(("payer", "inquiry"), terms()) == []
    assert faults_with(("payer", "inquiry"), terms(service_types=["1"], at_once=99)) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"service_types": [30]}, "service_types[0]"),
        ({"service_types": ["MH", "mh"]}, "service_types[1]"),
        ({"service_types": ["MH1"]}, "service_types[0]"),
        ({"service_types": []}, "service_types"),
        ({"at_once": 0}, "at_once"),
        ({"at_once": "1"}, "at_once"),
        ({"source": "bookelt"}, "source"),
        ({"procedures": ["H0015"]}, "procedures"),
    ],
)
def test_what_a_payer_takes_is_told_in_codes_and_numbers(changes: Any, where: str) -> None:
    (fault,) = faults_with(("payer", "inquiry"), terms(**changes))
    assert fault.startswith(f"payer.inquiry.{where}: ")


@pytest.mark.parametrize("missing", ["service_types", "source", "at"])
def test_what_a_payer_takes_needs_its_types_and_a_source(missing: str) -> None:
    stated = {name: value for name, value in terms().items() if name != missing}
    (fault,) = faults_with(("payer", "inquiry"), stated)
    assert fault.startswith(f"payer.inquiry.{missing}: Is missing")


def test_an_example_must_expect_something_that_is_known() -> None:
    assert faults_with(("examples", 0, "expect"), {}) == ["examples[0].expect: Must expect something."]
    assert len(faults_with(("examples", 0, "expect"), {"coverage": "yes"})) == 1


@pytest.mark.parametrize("when", [{}, {"ages": {}}, {"ages": {"from": 21, "below": 21}}, {"networks": []}])
def test_conditions_must_say_something(when: Any) -> None:
    assert faults_with((*IOP, "covered"), dated(True, when=when)) != []


@pytest.mark.parametrize(
    "clocks", [{}, {"standard": {"n": 0, "unit": "hours"}}, {"standard": {"n": 5, "unit": "days"}}]
)
def test_a_clock_is_a_number_of_a_known_unit(clocks: Any) -> None:
    assert len(faults_with(("clocks", "commercial"), dated(clocks, source="law"), LAW)) == 1


def test_a_note_takes_text_and_whole_numbers() -> None:
    path = (*IOP, "notes")
    assert faults_with(path, dated([{"code": "a_note", "params": {"days": 3, "who": "Ana"}}])) == []
    assert len(faults_with(path, dated([{"code": "a_note", "params": {"amount": 1.5}}]))) == 1
    assert len(faults_with(path, dated([{"code": "A note"}]))) == 1


@pytest.mark.parametrize("data", [None, [], "text", 3, {}])
def test_what_is_no_payer_file_at_all_is_refused(data: Any) -> None:
    assert payer_file_faults(data)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("amount", "20"),
        ("amount", "$20.00"),
        ("from", "01/01/2026"),
        ("provider_types", "clinic"),
        ("level_of_care", "iop"),
        ("telehealth", "maybe"),
        ("limit_units", "104"),
        ("minutes_from", "-1"),
        ("through", "2025-12-31"),
        ("colour", "red"),
    ],
)
def test_a_row_of_a_schedule_is_judged_cell_by_cell(column: str, cell: str) -> None:
    assert fee_row_faults(ROW) == []
    (fault,) = fee_row_faults({**ROW, column: cell})
    assert isinstance(fault, Fault)
    assert fault.path == (column,)


def test_two_rows_of_one_price_may_not_tie() -> None:
    one, two = {**ROW, "provider_types": "cmhc"}, {**ROW, "provider_types": "cmhc fqhc"}
    ((index, message),) = fee_order_faults([one, two])
    assert index == 1
    assert message.startswith("Ties with entry 0 on 2026-01-01")
    assert fee_order_faults([one, {**two, "modifier": "HO"}]) == []
    assert fee_order_faults([one, {**ROW, "from": "2027-01-01"}]) == []


def test_a_row_without_an_amount_ends_a_price() -> None:
    ended = {name: cell for name, cell in ROW.items() if name != "amount"}
    assert fee_row_faults(ended) == []


def test_the_highest_wage_index_says_where_it_stands() -> None:
    row = {
        "county": "Leon",
        "area": "Leon",
        "index": "0.7398",
        "from": "2026-01-01",
        "source": "a",
        "at": "b",
    }
    assert wage_row_faults(row) == []
    assert [fault.path for fault in wage_row_faults({**row, "upper": "1.0369"})] == [("upper",)]
    assert [fault.path for fault in wage_row_faults({**row, "index": "1"})] == [("index",)]
