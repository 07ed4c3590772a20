"""The roster: invented, findable, told in the documentation, and able to be told in JSON."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from payers.connections import Connection
from payers.rulebook import Rulebook, load_rulebook
from payers.sandbox.benefits import ADMINISTRATOR, UNREACHED
from payers.sandbox.member import Member
from payers.sandbox.roster import BY_KEY, BY_MEMBER_ID, ROSTER
from schemas.model import LEVELS_OF_CARE

PAGE = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
KEY = re.compile(r"[a-z]+(-[a-z]+)*")
EACH_MEMBER = pytest.mark.parametrize("member", ROSTER, ids=lambda member: member.key)


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook()


def lines_of(member: Member) -> list[list[str]]:
    """The EB segments of a member and of its administrator, split, with all their elements."""
    segments = [line.split("*") for line in (*member.lines, *member.administrator_lines)]
    return [eb + [""] * (14 - len(eb)) for eb in segments if eb[0] == "EB"]


def test_keys_and_member_ids_each_name_one_member() -> None:
    assert len(BY_KEY) == len(BY_MEMBER_ID) == len(ROSTER)
    assert [member.key for member in ROSTER if not KEY.fullmatch(member.key)] == []


@EACH_MEMBER
def test_a_member_is_meant_for_a_payer_of_the_rulebook_and_fits_its_ids(
    member: Member, shipped: Rulebook
) -> None:
    shape = shipped.identity(member.payer).member_id
    assert shape is None or shape.fits(str(member.person.member_id))
    assert member.level_of_care in LEVELS_OF_CARE


@EACH_MEMBER
def test_no_line_says_what_json_cannot(member: Member) -> None:
    for eb in lines_of(member):
        assert eb[2], "the coverage level is always stated"
        assert not (eb[3] and eb[13]), "a line names service types or a procedure"
        assert eb[11] in ("", "Y", "N")
        assert eb[12] in ("", "Y", "N", "W")


def test_one_administrator_answers_and_the_other_is_nobody_s() -> None:
    administered = [member.key for member in ROSTER if member.administrator_lines]
    assert administered == ["carve-out"]
    assert f"*PI*{ADMINISTRATOR}" in "".join(BY_KEY["carve-out"].lines)
    assert f"*PI*{UNREACHED}" in "".join(BY_KEY["carve-out-unreached"].lines)


def test_the_page_tells_the_whole_roster() -> None:
    table = PAGE.partition("## The roster")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    assert rows == [
        [
            f"`{member.key}`",
            member.shows,
            member.payer,
            f"`{member.person.member_id}`",
            f"{member.person.first_name} {member.person.last_name}",
            str(member.person.birth_date),
        ]
        for member in ROSTER
    ]


def test_the_page_names_every_subscriber_of_a_dependent() -> None:
    for member in ROSTER:
        if (subscriber := member.person.subscriber) is not None:
            assert f"{subscriber.first_name} {subscriber.last_name}, {subscriber.birth_date}" in PAGE


def test_the_connections_on_the_page_are_such_as_a_profile_takes(shipped: Rulebook) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    connections = yaml.safe_load(block)["connections"]
    known = {field.name for field in fields(Connection)}
    assert {one["form"] for one in connections} == {"mime", "plans"}
    for one in connections:
        assert set(one) <= known
        assert one["test"] is True
        assert {shipped.payer(payer).id for payer in one["payers"]} == set(one["payers"])
    reached = [payer for one in connections for payer in one["payers"]]
    assert sorted(reached) == sorted({member.payer for member in ROSTER})
    assert [one["administrators"] for one in connections if "administrators" in one] == [[ADMINISTRATOR]]
