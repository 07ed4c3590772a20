"""Connections of the clinic's profile: what they become, what is refused, what they prove themselves with."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from payers.connections import Connection, Credentials
from payers.rulebook import load_rulebook
from service.app import create_app
from service.clinic import Clinic, ClinicFileError, load_clinic_from_bytes
from service.config import CONNECTION_VARIABLES, Settings
from service.connections import check_connections, credentials_of
from service.office import open_office
from service.rules import Unusable, open_desk

ROOT = Path(__file__).resolve().parents[2]
PROFILE: dict[str, Any] = {
    "clinic": {"name": "Invented Clinic"},
    "sites": [{"id": "here", "name": "Here", "npi": "1234567893", "provider_type": "cmhc"}],
}
X12 = {
    "id": "state-medicaid",
    "channel": "x12",
    "url": "https://payer.example/core",
    "sender": "US",
    "receiver": "THEM",
    "payers": {"florida-medicaid": "M1"},
}
HOUSE = {
    "id": "house",
    "channel": "clearinghouse",
    "url": "https://house.example/check",
    "payers": {"cigna": "C1"},
}
OUTSIDE = {"id": "own", "url": "https://own.example", "payers": {"aetna": "A1"}, "adapter": "our.room:Door"}


def load(*connections: Any) -> Clinic:
    return load_clinic_from_bytes(yaml.safe_dump({**PROFILE, "connections": list(connections)}).encode())


def faults(*connections: Any) -> list[str]:
    """What is wrong, without file and line."""
    with pytest.raises(ClinicFileError) as caught:
        load(*connections)
    return [fault.partition(": ")[2] for fault in caught.value.faults]


def without(connection: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in connection.items() if name not in names}


def test_a_profile_without_connections_has_none() -> None:
    assert load_clinic_from_bytes(yaml.safe_dump(PROFILE).encode()).connections == {}


def test_what_a_connection_leaves_out_has_its_default() -> None:
    clinic = load(X12, HOUSE, OUTSIDE)
    assert clinic.connections == {
        "state-medicaid": Connection(
            id="state-medicaid",
            channel="x12",
            url="https://payer.example/core",
            form="mime",
            payers={"florida-medicaid": "M1"},
            sender="US",
            receiver="THEM",
            sender_qualifier="ZZ",
            receiver_qualifier="ZZ",
            test=False,
            at_most=8,
            seconds=15.0,
            keep_seconds=300,
        ),
        "house": Connection(
            "house", "clearinghouse", "https://house.example/check", "plans", payers={"cigna": "C1"}
        ),
        "own": Connection(
            "own", "", "https://own.example", "", payers={"aetna": "A1"}, adapter="our.room:Door"
        ),
    }


def test_everything_that_a_connection_says_is_kept() -> None:
    said = {
        "form": "soap",
        "administrators": ["V1", "V2"],
        "sender_qualifier": "30",
        "receiver_qualifier": "01",
        "test": True,
        "at_most": 1000,
        "per_minute": 60_000,
        "quiet_hours": ["22:00-06:00", "12:00-12:30"],
        "seconds": 2.5,
        "keep_seconds": 0,
        "adapter": "door:Door",
    }
    made = load(X12 | said).connections["state-medicaid"]
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    assert {name: getattr(made, name) for name in said} == said | lists


def test_a_connection_is_for_administrators_alone_too() -> None:
    made = load(without(HOUSE, "payers") | {"administrators": ["V1"]}).connections["house"]
    assert (made.payers, made.administrators) == ({}, ("V1",))


@pytest.mark.parametrize(
    "url",
    [
        "https://payer.example",
        "https://payer.example:8443/a/b@c.asmx",
        "https://10.0.0.7/core",
        "http://127.0.0.1:8080/core",
        "http://localhost/core",
        "http://[::1]:8080",
    ],
)
def test_an_address_is_https_or_on_this_machine(url: str) -> None:
    assert load(X12 | {"url": url}).connections["state-medicaid"].url == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://payer.example/core", "Must start with https://"),
        ("http://127.0.0.1.payer.example/", "Must start with https://"),
        ("http://127.0.0.2/", "Must start with https://"),
        ("http://localhost.payer.example/", "Must start with https://"),
        ("http://[::2]/", "Must start with https://"),
        ("http://[::1]payer.example/", "Must be an address"),
        ("http://127.0.0.1@payer.example/", "Must hold no user or password"),
        ("https://ana:s3cret@payer.example/", "Must hold no user or password"),
        ("https://payer.example/?key=s3cret", "Must have no query"),
        ("https://payer.example/?", "Must have no query"),
        ("https://payer.example/#s3cret", "Must have no query"),
        ("https://payer.example:0/", "Must be an address"),
        ("https://payer.example:65536/", "Must be an address"),
        ("https://payer.example:s3cret/", "Must be an address"),
        ("https://payer.example\\s3cret", "Must be an address"),
        ("https://payer.example/a b", "Must be an address"),
        ("https://payer.example/\n", "Must be an address"),
        ("ftp://payer.example/", "Must be an address"),
        ("https://", "Must be an address"),
        ("", "Must be an address"),
        (7, "Must be an address"),
    ],
)
def test_any_other_address_is_refused_and_not_repeated(url: Any, why: str) -> None:
    (fault,) = faults(X12 | {"url": url})
    assert fault.startswith(f"connections[0].url: {why}")
    assert "s3cret" not in fault


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"id": "State_Medicaid"}, "id"),
        ({"channel": "fhir"}, "channel"),
        ({"form": "rest"}, "form"),
        ({"payers": {"florida-medicaid": 77027}}, "payers.florida-medicaid"),
        ({"payers": {"florida-medicaid": "M"}}, "payers.florida-medicaid"),
        ({"payers": {"florida-medicaid": "M" * 81}}, "payers.florida-medicaid"),
        ({"payers": {"florida-medicaid": " M1"}}, "payers.florida-medicaid"),
        ({"payers": {"florida-medicaid": "M1\nM2"}}, "payers.florida-medicaid"),
        ({"payers": {"Florida Medicaid": "M1"}}, "payers.Florida Medicaid"),
        ({"payers": ["florida-medicaid"]}, "payers"),
        ({"administrators": []}, "administrators"),
        ({"administrators": [1]}, "administrators[0]"),
        ({"sender": ""}, "sender"),
        ({"sender": "S" * 16}, "sender"),
        ({"receiver": "R" * 16}, "receiver"),
        ({"sender_qualifier": 30}, "sender_qualifier"),
        ({"receiver_qualifier": "ZZZ"}, "receiver_qualifier"),
        ({"test": "yes"}, "test"),
        ({"at_most": 0}, "at_most"),
        ({"at_most": 1001}, "at_most"),
        ({"at_most": 1.5}, "at_most"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 60_001}, "per_minute"),
        ({"quiet_hours": "22:00-06:00"}, "quiet_hours"),
        ({"quiet_hours": []}, "quiet_hours"),
        ({"quiet_hours": ["22-6"]}, "quiet_hours[0]"),
        ({"quiet_hours": ["22:00-06:00", "24:00-01:00"]}, "quiet_hours[1]"),
        ({"quiet_hours": ["06:00-06:00"]}, "quiet_hours[0]"),
        ({"quiet_hours": [22]}, "quiet_hours[0]"),
        ({"seconds": 0.5}, "seconds"),
        ({"seconds": 15.5}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"keep_seconds": -1}, "keep_seconds"),
        ({"keep_seconds": 86401}, "keep_seconds"),
        ({"adapter": "our.room.Door"}, "adapter"),
        ({"adapter": ":Door"}, "adapter"),
        ({"password": "s3cret"}, "password"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_where_it_stands(changed: dict[str, Any], where: str) -> None:
    (fault,) = faults(X12 | changed)
    assert fault.startswith(f"connections[0].{where}: ")
    assert "s3cret" not in fault


@pytest.mark.parametrize(
    "changed",
    [
        {"payers": {"florida-medicaid": "M" * 80}},
        {"sender": "S" * 15, "receiver": "R"},
        {"at_most": 1, "seconds": 1, "keep_seconds": 86400},
        {"seconds": 15},
    ],
)
def test_the_ends_of_each_range_are_inside(changed: dict[str, Any]) -> None:
    made = load(X12 | changed).connections["state-medicaid"]
    assert {name: getattr(made, name) for name in changed} == changed


@pytest.mark.parametrize(
    ("connection", "fault"),
    [
        (without(X12, "id"), "id: Is missing, and has to be there."),
        (without(X12, "url"), "url: Is missing, and has to be there."),
        (without(X12, "sender"), "sender: Must be given for the channel x12."),
        (without(X12, "receiver"), "receiver: Must be given for the channel x12."),
        (
            without(X12, "channel"),
            "channel: Must be one of: x12, clearinghouse; only an adapter can do without.",
        ),
        (without(X12, "payers"), "payers: Must reach somebody: name payers, administrators or both."),
        (X12 | {"payers": {}}, "payers: Must reach somebody: name payers, administrators or both."),
        (X12 | {"form": "plans"}, "form: Must be one of: mime, soap, for the channel x12."),
        (
            HOUSE | {"form": "soap"},
            "form: Must be one of: plans, benefits_information, for the channel clearinghouse.",
        ),
        (OUTSIDE | {"form": "mime"}, "form: Is a form of a channel, and there is no channel here."),
    ],
)
def test_what_is_missing_or_does_not_go_together_is_told(connection: dict[str, Any], fault: str) -> None:
    assert faults(connection) == [f"connections[0].{fault}"]


@pytest.mark.parametrize(
    ("channel", "form"),
    [("x12", "soap"), ("clearinghouse", "plans"), ("clearinghouse", "benefits_information")],
)
def test_every_form_of_a_channel_can_be_named(channel: str, form: str) -> None:
    made = load(X12 | {"channel": channel, "form": form}).connections["state-medicaid"]
    assert (made.channel, made.form) == (channel, form)


def test_a_connection_has_an_id_of_its_own() -> None:
    assert faults(X12, HOUSE | {"id": "state-medicaid"}) == [
        "connections[1].id: Is given twice: each connection needs an id of its own."
    ]


def test_a_payer_and_an_administrator_are_reached_once() -> None:
    second = HOUSE | {"payers": {"cigna": "C1", "florida-medicaid": "F1"}, "administrators": ["V1", "V1"]}
    assert faults(X12 | {"administrators": ["V1"]}, second) == [
        f"connections[1].{here}: Is reached already by connections[0].{there}: "
        "one connection has to be enough."
        for here, there in [
            ("administrators[0]", "administrators[0]"),
            ("administrators[1]", "administrators[0]"),
            ("payers.florida-medicaid", "payers.florida-medicaid"),
        ]
    ]


@pytest.mark.parametrize(
    ("connections", "where"),
    [
        ([], "connections"),
        (3, "connections"),
        ([3], "connections[0]"),
        ([X12 | {"payers": 3}], "connections[0].payers"),
        ([X12 | {"administrators": 3}], "connections[0].administrators"),
        ([X12 | {"id": 3}], "connections[0].id"),
    ],
)
def test_connections_of_another_shape_are_told_so(connections: Any, where: str) -> None:
    profile = yaml.safe_dump({**PROFILE, "connections": connections}).encode()
    with pytest.raises(ClinicFileError) as caught:
        load_clinic_from_bytes(profile)
    (fault,) = caught.value.faults
    assert fault.partition(": ")[2].startswith(f"{where}: ")


def write_profile(folder: Path, payers: str) -> Settings:
    """An installation whose profile has one connection, to these payers, in its sixth line."""
    profile = folder / "our-clinic.yaml"
    profile.write_text(
        "clinic: {name: Invented Clinic}\n"
        'sites: [{id: here, name: Here, npi: "1234567893", provider_type: cmhc}]\n'
        "connections:\n"
        "  - id: house\n"
        "    channel: clearinghouse\n"
        f"    payers: {payers}\n"
        "    url: https://house.example\n",
        encoding="utf-8",
    )
    return Settings.from_env(
        {"OPENVOB_INSTANCE_PATH": str(folder / "instance"), "OPENVOB_CLINIC_PROFILE": str(profile)}
    )


UNKNOWN = (
    "our-clinic.yaml:6: connections[0].payers.cgina: No payer is called 'cgina'; the nearest are cigna.\n"
    "our-clinic.yaml:6: connections[0].payers.zzz: No payer is called 'zzz'."
)


def test_a_payer_that_the_rulebook_does_not_have_is_told_and_nothing_is_served(tmp_path: Path) -> None:
    settings = write_profile(tmp_path, "{cgina: C1, aetna: A1, zzz: Z1}")
    with pytest.raises(Unusable) as from_the_command_line:
        open_desk(settings)
    assert str(from_the_command_line.value) == UNKNOWN
    with pytest.raises(ClinicFileError) as from_the_service:
        create_app(settings)
    assert str(from_the_service.value) == UNKNOWN


def test_payers_that_the_rulebook_has_are_no_hindrance(tmp_path: Path) -> None:
    settings = write_profile(tmp_path, "{cigna: C1, aetna: A1}")
    office = open_office(settings)
    office.store.close()
    for desk in (office.desk, open_desk(settings)):
        assert desk.clinic.connections["house"].payers == {"cigna": "C1", "aetna": "A1"}


def test_the_connections_that_the_example_has_as_comments_are_sound() -> None:
    lines = (ROOT / "clinic.example.yaml").read_text(encoding="utf-8").splitlines()
    first = lines.index("# connections:")
    last = next(number for number in range(first, len(lines)) if not lines[number].startswith("#"))
    lines[first:last] = [line.removeprefix("# ") for line in lines[first:last]]
    clinic = load_clinic_from_bytes("\n".join(lines).encode())
    assert [*clinic.connections] == ["state-medicaid", "house"]
    assert check_connections(clinic, load_rulebook()) == []


def test_the_connections_that_the_documentation_shows_are_sound() -> None:
    page = (ROOT / "docs" / "connections.md").read_text(encoding="utf-8")
    shown = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert check_connections(load(*shown["connections"]), load_rulebook()) == []


def test_credentials_come_from_the_environment_by_the_connections_id() -> None:
    settings = Settings.from_env(
        {
            "OPENVOB_CONNECTION_STATE_MEDICAID_USER": "us",
            "OPENVOB_CONNECTION_STATE_MEDICAID_PASSWORD": "s3cret",
            "OPENVOB_CONNECTION_HOUSE_KEY": "k3y",
            "OPENVOB_CONNECTION_HOUSE_USER": "  ",
            "UNRELATED": "x",
        }
    )
    assert credentials_of(settings, "state-medicaid") == Credentials("us", "s3cret", None)
    assert credentials_of(settings, "house") == Credentials(key="k3y")
    assert credentials_of(settings, "state") == Credentials()
    assert all(name.startswith(CONNECTION_VARIABLES) for name in settings.connection_secrets)


def test_credentials_are_never_shown() -> None:
    settings = Settings.from_env({"OPENVOB_CONNECTION_HOUSE_KEY": "k3y"})
    assert "k3y" not in repr(settings)
    assert "k3y" not in repr(credentials_of(settings, "house"))


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        *[("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True)],
        *[("06:00", False), ("11:59", False), ("12:00", True), ("12:29", True), ("12:30", False)],
    ],
)
def test_quiet_hours_hold_from_their_first_minute_to_before_their_last(moment: str, is_quiet: bool) -> None:
    made = load(X12 | {"quiet_hours": ["22:00-06:00", "12:00-12:30"]}).connections["state-medicaid"]
    assert made.is_quiet_at(time.fromisoformat(moment)) is is_quiet
    assert not load(X12).connections["state-medicaid"].is_quiet_at(time.fromisoformat(moment))
