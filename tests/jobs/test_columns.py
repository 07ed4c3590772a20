"""Which column of a file is which: by its name, as it is said, or by a guess; and never by two at once."""

from __future__ import annotations

from io import BytesIO

import pytest

from service.jobs.columns import (
    AS_NAMED,
    COLUMNS,
    NOT_USED,
    USUAL,
    UnusableBatch,
    chosen,
    guess,
    match,
    read_map,
    written,
)
from service.jobs.incoming import read_batch, read_header


def test_a_header_is_read_as_it_is_mapped_and_what_is_not_used_is_not_read() -> None:
    mapping = read_map([("Patient  DOB", "birth_date"), ("Notes", ""), ("INSURANCE", "Payer")])
    assert match(["payer", "site"]) == ["payer", "site"]
    assert match(["Insurance", "patient dob", "notes", "Site"], mapping) == [
        "payer",
        "birth_date",
        None,
        "site",
    ]
    file = BytesIO(b"insurance,patient dob,notes\ncigna,01/31/1990,a secret\n")
    (row,) = read_batch(file, str, mapping)
    assert row.body == {"payer": "cigna", "member": {"birth_date": "1990-01-31"}}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([("DOB", "birth_date"), ("X", "brith_date")], r"no column of a batch \(2\)"),
        ([("DOB", "birth_date"), ("Born", "birth_date")], "twice: birth_date"),
        ([("DOB", "birth_date"), ("dob", "")], r"of one header two things \(1\)"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_says_where(
    said: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(UnusableBatch, match=message) as raised:
        read_map(said)
    assert "brith" not in str(raised.value)


@pytest.mark.parametrize(
    ("header", "said", "message"),
    [
        (["payer", "DOB"], [("Born", "birth_date")], r"a header that the file has not \(1\)"),
        (["payer", "DOB", "birth_date"], [("DOB", "birth_date")], "twice: birth_date"),
        (["payer", "Notes"], [], r"a batch has not \(2\)"),
        (["payer", ""], [], r"a batch has not \(2\)"),
    ],
)
def test_a_header_that_a_mapping_does_not_fit_is_refused(
    header: list[str], said: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(UnusableBatch, match=message):
        match(header, read_map(said))


def test_lines_of_json_have_no_columns_to_map() -> None:
    with pytest.raises(UnusableBatch, match="JSON lines"):
        read_batch(BytesIO(b'{"payer": "cigna"}\n'), str, read_map([("DOB", "birth_date")]))
    assert read_header(BytesIO(b'{"payer": "cigna"}\n')) is None


def test_usual_names_are_guessed_and_the_rest_is_not_used() -> None:
    header = ["DOB", "Member #", "INSURANCE", "first-name", "Última visita", "Apellido", "date_of_birth"]
    assert guess(header) == ["birth_date", "member_id", "payer", "first_name", "", "last_name", ""]
    assert guess(["DOB", "birth_date"]) == ["", "birth_date"]
    assert guess(COLUMNS) == [*COLUMNS]


def test_no_usual_name_is_that_of_two_columns() -> None:
    names = [name for named in USUAL.values() for name in named.split(", ")]
    assert {name for name in names if names.count(name) > 1} == set()
    assert USUAL.keys() <= {*COLUMNS}


def test_what_is_called_as_its_column_is_not_mapped_so_that_the_same_file_is_one_batch() -> None:
    assert chosen(["Payer", "row", "errors"], ["payer", NOT_USED, NOT_USED]) == AS_NAMED
    assert chosen(["Payer", "DOB"], ["payer", "birth_date"]) == {"dob": "birth_date"}
    assert chosen(["payer"], [NOT_USED]) == {"payer": NOT_USED}
    one, other = read_map([("a", "payer"), ("b", "site")]), read_map([("B", "site"), ("A", "payer")])
    assert written(one) == written(other) != written(AS_NAMED) == ""


@pytest.mark.parametrize("apart", [",", ";", "\t"])
def test_cells_stand_apart_by_comma_semicolon_or_tab(apart: str) -> None:
    text = f"payer{apart}site\ncigna{apart}php\n"
    assert [row.body["site"] for row in read_batch(BytesIO(text.encode()), str)] == ["php"]


def test_what_came_back_with_a_row_is_passed_over_and_the_mark_of_a_spreadsheet_is_undone() -> None:
    (row,) = read_batch(BytesIO(b"row,external_id,payer,errors\n7,'=1+1,cigna,Site is missing.\n"), str)
    assert row.body == {"external_id": "=1+1", "payer": "cigna", "member": {}}
    (row,) = read_batch(BytesIO(b'{"row": 7, "errors": [], "payer": "cigna"}\n'), str)
    assert row.body == {"payer": "cigna"}


def test_a_workbook_is_told_from_a_batch() -> None:
    with pytest.raises(UnusableBatch, match="save the sheet as CSV"):
        read_batch(BytesIO(b"PK\x03\x04\x14\x00"), str)
