"""The rows of a batch: read one at a time, as columns or as JSON, each with every fault it has."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from service.jobs.columns import AS_NAMED, COLUMNS, ColumnMap, UnusableBatch
from service.jobs.incoming import LONGEST_LINE, Incoming, read_batch, template
from service.security.depth import MOST_DEEP


def read(text: str | bytes, mapping: ColumnMap = AS_NAMED) -> list[Incoming]:
    file = BytesIO(text.encode() if isinstance(text, str) else text)
    return list(read_batch(file, str.lower, mapping))


class Counted(BytesIO):
    """A file that counts the lines that were taken from it."""

    taken = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.taken += 1
        return super().readline(size)


def test_a_row_of_columns_is_a_request() -> None:
    text = (
        "External ID,payer,member_id,first_name,last_name,birth_date,"
        "level_of_care,start_date,weeks,hours_per_day\n"
        "EHR-1,AETNA,W123,Luz,Ensayo,01/31/1990,IOP,2026-12-01,8,2.5\n"
    )
    (row,) = read(text)
    assert (row.number, row.external_id, row.errors) == (1, "EHR-1", ())
    assert row.body == {
        "external_id": "EHR-1",
        "payer": "aetna",
        "level_of_care": "intensive_outpatient",
        "start_date": "2026-12-01",
        "weeks": 8,
        "hours_per_day": "2.5",
        "member": {
            "member_id": "W123",
            "first_name": "Luz",
            "last_name": "Ensayo",
            "birth_date": "1990-01-31",
        },
    }


def test_what_cannot_be_used_stays_for_the_request_to_tell() -> None:
    (row,) = read("payer,birth_date,weeks\naetna,2026-02-30,many\n")
    assert row.body == {"payer": "aetna", "weeks": "many", "member": {"birth_date": "2026-02-30"}}


def test_a_json_line_is_a_request_as_the_api_takes_it_and_blank_lines_are_none() -> None:
    rows = read('\n{"payer": "aetna", "external_id": "A"}\n\n{"payer": \n')
    assert [(row.number, row.external_id) for row in rows] == [(1, "A"), (3, None)]
    assert [error.code for error in rows[1].errors] == ["row_not_readable"]


def test_a_json_line_is_nested_no_deeper_than_any_body() -> None:
    rows = read("".join(f'{{"a": {"[" * deep}{"]" * deep}}}\n' for deep in (MOST_DEEP - 1, MOST_DEEP, 300)))
    assert [len(row.errors) for row in rows] == [0, 1, 1]


def test_empty_rows_count_and_have_no_result() -> None:
    assert [row.number for row in read("payer,site\naetna,\n,\n\ncigna,\n")] == [1, 4]


def test_cells_without_a_column_make_a_row_unreadable_and_the_next_is_read() -> None:
    rows = read("payer,site\naetna,a,b\ncigna,a\n")
    assert [[error.code for error in row.errors] for row in rows] == [["row_not_readable"], []]


def test_a_line_without_an_end_is_cut_and_the_next_is_read() -> None:
    long = json.dumps({"payer": "a" * (LONGEST_LINE * 3)})
    rows = read(f'{{"payer": "aetna"}}\n{long}\n{{"payer": "cigna"}}\n')
    assert [len(row.errors) for row in rows] == [0, 1, 0]


def test_a_file_of_another_time_is_read_and_a_mark_at_its_beginning_is_passed_over() -> None:
    (row,) = read(b"payer,last_name\naetna,Nu\xf1ez\n")
    assert row.body["member"]["last_name"] == "Nuñez"
    (row,) = read(b"\xef\xbb\xbfpayer\naetna\n")
    assert row.body["payer"] == "aetna"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no row"),
        ("\n \n", "no row"),
        ("payer,Ana Prueba\n", r"columns that a batch has not \(2\)"),
        ("payer,payer\n", "twice"),
    ],
)
def test_a_file_without_rows_says_why_and_nothing_of_itself(text: str, said: str) -> None:
    with pytest.raises(UnusableBatch, match=said) as raised:
        read(text)
    assert "Ana" not in str(raised.value)


@pytest.mark.parametrize("line", ["aetna\n", '{"payer": "aetna"}\n'])
def test_no_more_is_read_than_is_asked_for(line: str) -> None:
    file = Counted(("payer\n" if line == "aetna\n" else "").encode() + line.encode() * 1000)
    rows = read_batch(file, str)
    assert file.taken <= 2
    next(rows)
    next(rows)
    assert file.taken <= 4


def test_the_template_is_a_header_that_is_read() -> None:
    assert template() == ",".join(COLUMNS) + "\r\n"
    assert read(template()) == []


@pytest.mark.parametrize("value", [7, "a\nb", "x" * 101, None])
def test_an_external_id_that_cannot_be_shown_does_not_come_back(value: object) -> None:
    assert Incoming(1, {"external_id": value}).external_id is None
