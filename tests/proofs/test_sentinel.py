"""A little of the search for marked people, and that the search would find one wherever it stood."""

from __future__ import annotations

import base64
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.databases import SQLITE, Databases
from tests.proofs.marks import Marked, find_marks
from tests.proofs.sentinel import prove
from tests.proofs.sentinel_doors import WAYS
from tests.proofs.sentinel_run import Found, Run, dump, search_files
from tests.proofs.serving import Installation

PEOPLE = [Marked(number) for number in range(4)]
FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "latin-1": lambda name: name.encode("latin-1"),
    "utf-16": lambda name: name.encode("utf-16-le"),
    "accents apart": lambda name: unicodedata.normalize("NFD", name).encode(),
    "accents dropped": lambda name: unicodedata.normalize("NFKD", name).encode("ascii", "ignore"),
    "escaped": lambda name: name.encode("unicode_escape"),
    "as bytes are shown": lambda name: repr(name.encode()).encode(),
    "in an address": lambda name: quote(name).encode(),
    "in hexadecimal digits": lambda name: name.encode().hex().upper().encode(),
    "in base64": lambda name: base64.b64encode(name.encode()),
    "in base64, one further": lambda name: base64.b64encode(b"x" + name.encode() + b"."),
    "in base64, two further": lambda name: base64.urlsafe_b64encode(b"xx" + name.encode() + b"."),
    "in capitals": lambda name: name.upper().encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("marked", PEOPLE, ids=lambda marked: str(marked.number))
def test_a_mark_is_found_in_whatever_form_it_stands(marked: Marked, form: str) -> None:
    for said in (marked.person.last_name, marked.person.first_name, marked.phrase):
        assert find_marks(b"\x00 before " + FORMS[form](str(said)) + b" after")


@pytest.mark.parametrize("text", ["1931-07-19", "D8*19310719~", "07/19/1931", "datetime.date(1931, 7, 19)"])
def test_a_marked_birth_date_is_found(text: str) -> None:
    assert find_marks(text.encode())


@pytest.mark.parametrize("text", ["a19310719f", "0.19310719", "1957-03-02", "2031-07-19", "zqvrt m"])
def test_what_is_no_mark_is_none(text: str) -> None:
    assert find_marks(text.encode()) == []


@pytest.fixture
def installation(databases: Databases, tmp_path: Path) -> Iterator[Installation]:
    """An installation on a database of its own, with nothing in it yet."""
    with databases.database(tmp_path / "instance") as url:
        yield Installation(tmp_path, url)


def test_nothing_of_the_marked_gets_out_sideways(installation: Installation, database_kind: str) -> None:
    # Commands need no database: once is enough.
    log_format, turns = ("json", 1) if database_kind == SQLITE else ("plain", 0)
    found = prove(Run(installation, log_format, 8, turns))
    assert found.hits() == []
    statuses = {status for door in found.seen.statuses.values() for status in door}
    assert statuses >= {200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500}
    assert {code for _, code in found.commands} == ({0, 1, 2} if turns else set())
    live = [door for door, _ in WAYS if "live" in door or "brought" in door]
    assert [door for door in live if not found.seen.heard[door]] == []
    assert found.log_lines > found.seen.requests() - found.seen.statuses["no HTTP"].total()
    empty = [place for place, searched in found.places.items() if searched.size == 0]
    assert empty == ["temporary folder", "home and working folder"], "everything else had something in it"


def test_a_mark_in_a_log_line_is_found(installation: Installation) -> None:
    log = installation.folder / "logs" / "stderr"
    log.write_text('{"event":"request","route":"/v1/verifications"}\n', "utf-8")
    assert hits_in(installation) == []
    with log.open("a", encoding="utf-8") as lines:
        lines.write(f'{{"event":"asked about {Marked(3).person.last_name}"}}\n')
    assert len(hits_in(installation)) == 1


def test_a_mark_in_a_column_is_found(installation: Installation, database_kind: str) -> None:
    said = Marked(2).phrase.encode()
    statement = "INSERT INTO cases (id, status, opened_by, label, created_at, updated_at)"
    if database_kind == SQLITE:
        with closing(sqlite3.connect(installation.instance / "openvob.db")) as connection, connection:
            connection.execute(f"{statement} VALUES ('c', 'inquiry', 'x', ?, '', '')", [said])
        assert hits_in(installation)
        return
    address = installation.database_url.replace("+psycopg", "")
    with psycopg.connect(address) as server:
        server.execute(f"{statement} VALUES ('c', 'inquiry', 'x', %s, now(), now())".encode(), [said])
    assert find_marks(dump(installation.database_url))


def hits_in(installation: Installation) -> list[str]:
    (installation.folder / "logs" / "stderr").touch()
    found = Found()
    search_files(Run(installation, "json", 0), found)
    return found.hits()
