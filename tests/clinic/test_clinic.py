"""The clinic's profile: what it becomes, and everything that is wrong with it in one answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from payers.rulebook import load_rulebook
from schemas.clinic_file import is_npi
from schemas.model import AgeBand
from service.clinic import ClinicFileError, load_clinic, load_clinic_from_bytes

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "clinic.example.yaml"
SMALL = b"""
clinic: {name: Invented Clinic}
sites:
  - {id: here, name: Here, npi: "1234567893", provider_type: cmhc}
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(ClinicFileError) as caught:
        load_clinic_from_bytes(text.encode())
    return caught.value.faults


def test_a_site_needs_only_a_name_a_number_and_a_type() -> None:
    clinic = load_clinic_from_bytes(SMALL)
    assert (clinic.time_zone, clinic.zone.key) == ("America/New_York", "America/New_York")
    assert (clinic.default_site, clinic.phone) == ("here", None)
    site = clinic.site_for("here", "cigna")
    assert (site.wage_index, site.networks, site.contracted_rates) == (None, {}, {})
    assert clinic.places["here"].ages is None


def test_the_bytes_are_kept_with_their_digest() -> None:
    clinic = load_clinic_from_bytes(SMALL)
    assert clinic.raw == SMALL
    assert load_clinic_from_bytes(clinic.raw) == clinic
    assert clinic.digest.startswith("sha256:")
    assert load_clinic_from_bytes(SMALL + b"# a note\n").digest != clinic.digest


def test_the_example_has_its_four_invented_sites() -> None:
    clinic = load_clinic(EXAMPLE)
    assert [*clinic.sites] == ["cmhc", "virtual", "two-tier", "hospital"]
    assert clinic.default_site == "cmhc"
    assert [site.provider_type for site in clinic.sites.values()] == [
        "cmhc",
        "freestanding",
        "freestanding",
        "hospital_outpatient",
    ]
    assert all("(invented)" in site.name for site in clinic.sites.values())
    assert "(invented)" in clinic.name
    assert len({site.npi for site in clinic.sites.values()}) == 4


def test_the_examples_mental_health_center_is_as_described() -> None:
    clinic = load_clinic(EXAMPLE)
    site, place = clinic.sites["cmhc"], clinic.places["cmhc"]
    assert site.wage_index is not None
    assert (site.wage_index.value, site.wage_index.citation.kind) == (Decimal("1.0000"), "profile")
    assert (site.county, site.locality, site.closed_days) == ("Miami-Dade", "04", frozenset())
    assert (place.languages, place.transport, place.meals) == (("en", "es"), True, True)
    assert place.ages == AgeBand(12, None)


def test_the_examples_hospital_leaves_its_wage_index_open() -> None:
    assert load_clinic(EXAMPLE).sites["hospital"].wage_index is None


def test_the_example_names_only_payers_of_the_rulebook() -> None:
    clinic = load_clinic(EXAMPLE)
    payers = set(load_rulebook(ROOT / "payers" / "rules").payer_ids)
    for site_id, site in clinic.sites.items():
        assert {*site.networks, *clinic.places[site_id].contracted_rates} <= payers


def test_a_site_is_seen_with_the_rates_of_one_payer() -> None:
    clinic = load_clinic(EXAMPLE)
    rate = clinic.site_for("cmhc", "cigna").contracted_rates["intensive_outpatient"]
    assert rate.value == 28500
    assert rate.citation.locator == "sites.cmhc.contracted_rates.cigna.intensive_outpatient"
    assert clinic.site_for("cmhc", "medicare").contracted_rates == {}
    assert clinic.site_for("cmhc", "medicare").self_pay_rates["outpatient"].value == 14000


def test_networks_are_by_payer_or_by_plan() -> None:
    text = SMALL.decode().replace(
        "provider_type: cmhc", "provider_type: cmhc, networks: {a: in, b: {gold: in, other-plans: out}}"
    )
    networks = load_clinic_from_bytes(text.encode()).sites["here"].networks
    assert networks == {"a": "in", "b/gold": "in", "b": "out"}


def test_closed_days_are_days() -> None:
    text = SMALL.decode().replace("provider_type: cmhc", "provider_type: cmhc, closed_days: [2026-12-25]")
    assert load_clinic_from_bytes(text.encode()).sites["here"].closed_days == frozenset({date(2026, 12, 25)})


def test_every_fault_is_named_by_line_and_place_with_the_fix() -> None:
    found = faults("""clinic: {name: X, time_zone: Mars/Base, extra: 1}
default_site: c
sites:
  - id: a
    name: A
    npi: "1234567890"
    provider_type: clinic
    self_pay_rates: {outpatient: 140.0}
    networks: {cigna: maybe, x: {p: in, Q: in}}
    ages: {from: 20, below: 10}
    closed_days: [2026-13-01]
  - {id: a, name: A, npi: 1234567893, provider_type: cmhc, locality: 04, contracted_rates: {x: {iop: "3"}}}
""")
    assert [fault.split(": ")[0] + " " + fault.split(": ")[1] for fault in found] == [
        "clinic.yaml:1 clinic.extra",
        "clinic.yaml:1 clinic.time_zone",
        "clinic.yaml:2 default_site",
        "clinic.yaml:6 sites[0].npi",
        "clinic.yaml:7 sites[0].provider_type",
        "clinic.yaml:8 sites[0].self_pay_rates.outpatient",
        "clinic.yaml:9 sites[0].networks.cigna",
        "clinic.yaml:9 sites[0].networks.x.Q",
        "clinic.yaml:10 sites[0].ages",
        "clinic.yaml:11 sites[0].closed_days[0]",
        "clinic.yaml:11 sites[0].closed_days[0]",
        "clinic.yaml:12 sites[1].contracted_rates.x.iop",
        "clinic.yaml:12 sites[1].id",
        "clinic.yaml:12 sites[1].locality",
        "clinic.yaml:12 sites[1].npi",
    ]
    assert found[5].endswith('Must be a quoted amount with two places, like "283.00".')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "clinic.yaml:1: Must be a mapping with the keys clinic and sites."),
        ("- 1", "clinic.yaml:1: Must be a mapping with the keys clinic and sites."),
        ("a: [", "Not YAML: "),
        ("clinic: {name: A}\nsites: []", "clinic.yaml:2: sites: Must name at least one."),
        ("clinic: {name: A}\nsites: 3", "clinic.yaml:2: sites: Must be a list"),
        ("clinic: {name: A}\nsites: [3]", "clinic.yaml:2: sites[0]: Must be a mapping"),
    ],
)
def test_a_profile_of_another_shape_is_told_so(text: str, fault: str) -> None:
    (found,) = faults(text)
    assert fault in found


def test_a_key_given_twice_is_a_fault() -> None:
    assert any("given twice" in fault for fault in faults(SMALL.decode() + "sites: []\n"))


def test_errors_call_the_file_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "our-clinic.yaml"
    path.write_text("clinic: {}\n", encoding="utf-8")
    with pytest.raises(ClinicFileError, match=r"^our-clinic\.yaml:1: "):
        load_clinic(path)


@pytest.mark.parametrize(
    ("npi", "right"),
    [
        ("1234567893", True),
        ("1999999992", True),
        ("1234567890", False),
        ("123456789", False),
        ("12345678930", False),
        ("123456789x", False),
        ("１２３４５６７８９３", False),
    ],
)
def test_a_providers_number_passes_luhns_check(npi: str, right: bool) -> None:
    assert is_npi(npi) is right


# --- verified again by the calendar


def test_without_a_word_every_reason_counts_from_five_on_and_a_week_ahead() -> None:
    terms = load_clinic_from_bytes(SMALL).reverification
    assert (terms.hour, terms.authorization_days, terms.coverage_days) == (5, 7, 7)
    assert terms.reasons == ("authorization", "coverage", "plan_year", "monthly")


def test_the_profile_says_which_reasons_count_from_which_hour_and_how_far_ahead() -> None:
    said = (
        b"reverification: {hour: 0, reasons: [monthly, coverage], authorization_days: 3, coverage_days: 14}\n"
    )
    terms = load_clinic_from_bytes(SMALL + said).reverification
    assert (terms.hour, terms.authorization_days, terms.coverage_days) == (0, 3, 14)
    assert terms.reasons == ("coverage", "monthly")
    assert load_clinic_from_bytes(SMALL + b"reverification: {reasons: []}\n").reverification.reasons == ()


def test_every_fault_of_what_it_says_is_told() -> None:
    said = "reverification: {hour: 24, reasons: [weekly], authorization_days: 0, days: 7}\n"
    found = faults(SMALL.decode() + said)
    for part in (
        "hour: Must be an hour of the day, from 0 to 23.",
        "Must be one of: authorization",
        "at least 1",
    ):
        assert any(part in fault for fault in found), part
    assert any("reverification.days" in fault for fault in found)
    assert len(found) == 4
