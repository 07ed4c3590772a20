"""Reading YAML and CSV as people write them: lines are known, and silence is never taken for consent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.rule_reading import read_rules
from payers.table_reader import read_table
from payers.yaml_reader import read_yaml

COLUMNS = ("code", "amount", "at")


def table(text: str) -> list[tuple[int, str]]:
    return read_table(text.encode(), COLUMNS, ("code", "amount")).faults


def test_every_part_of_a_document_knows_its_line() -> None:
    document = read_yaml(b"one: 1\ntwo:\n  - a\n  - {b: 2,\n     c: 3}\n")
    assert document.data == {"one": 1, "two": ["a", {"b": 2, "c": 3}]}
    assert document.line_of(("two",)) == 2
    assert document.line_of(("two", 1)) == 4
    assert document.line_of(("two", 1, "c")) == 5
    assert document.line_of(("two", 1, "c", "deeper")) == 5
    assert document.line_of(("three",)) == 1


def test_a_date_is_read_as_it_is_written() -> None:
    assert read_yaml(b"from: 2026-01-01").data == {"from": "2026-01-01"}


def test_a_date_that_does_not_exist_is_a_complaint() -> None:
    document = read_yaml(b"a: 1\nfrom: 2026-02-30\n")
    assert document.faults == [(("from",), "2026-02-30 is not a date.")]
    assert document.line_of(("from",)) == 2


def test_a_key_given_twice_is_a_complaint_and_not_the_last_ones_victory() -> None:
    document = read_yaml(b"plans:\n  a: 1\n  b: 2\n  a: 3\n")
    assert document.faults == [(("plans", "a"), "a is given twice; only one of them can count.")]


@pytest.mark.parametrize("key", [b"505", b"no", b"2026-01-01", b"null"])
def test_a_key_that_yaml_does_not_take_for_text_is_a_complaint(key: bytes) -> None:
    document = read_yaml(key + b": 1\n")
    assert document.faults == [((key.decode(),), f"{key.decode()} is not read as text: put it in quotes.")]


def test_what_is_shared_by_an_anchor_may_be_overridden() -> None:
    document = read_yaml(b"a: &shared {x: 1, y: 2}\nb: {<<: *shared, y: 3}\n")
    assert document.data["b"] == {"x": 1, "y": 3}
    assert document.faults == []


@pytest.mark.parametrize(
    "content", [b"a: [1", b"a: b: c", b"\xff\xfe\x00", b"!!python/object:os.system x", b"a: *b"]
)
def test_what_is_not_yaml_is_one_complaint(content: bytes) -> None:
    document = read_yaml(content)
    assert document.data is None
    assert [fault.message[:9] for fault in document.faults] == ["Not YAML:"]


def test_an_empty_document_holds_nothing() -> None:
    assert read_yaml(b"").data is None


@given(st.binary(max_size=60))
def test_no_bytes_keep_a_document_or_a_table_from_being_judged(content: bytes) -> None:
    read_yaml(content)
    read_table(content, COLUMNS, ())
    assert read_rules({"a.yaml": content}).problems


def test_a_table_leaves_out_empty_cells_and_rows() -> None:
    sheet = read_table(b"\xef\xbb\xbfcode,amount,at\nT1, 1.00 ,\n,,\nT2,,x\n", COLUMNS, ("code",))
    assert sheet.rows == [{"code": "T1", "amount": "1.00"}, {"code": "T2", "at": "x"}]
    assert sheet.lines == [2, 4]


def test_a_row_over_several_lines_is_named_by_its_last() -> None:
    assert read_table(b'code,amount,at\nT1,1.00,"a\nb"\n', COLUMNS, ()).lines == [3]


def test_columns_that_are_unknown_missing_or_doubled_are_told_at_once() -> None:
    assert table("code,price\n") == [
        (1, "Unknown columns: price. There are: code, amount, at."),
        (1, "Missing columns: amount."),
    ]
    assert table("code,amount,code\n") == [(1, "A column is given twice.")]
    assert table("") == [(1, "Missing columns: code, amount.")]


def test_a_row_with_a_cell_too_many_is_told() -> None:
    assert table("code,amount\nT1,1.00\nT1,1,00\n") == [(3, "Has 3 cells where the header has 2.")]


def test_what_is_not_a_table_is_one_complaint() -> None:
    assert read_table(b"\xff\xff", COLUMNS, ()).faults == [(1, "Not UTF-8 text.")]
    ((line, message),) = table('code,amount\n"T1"x,1.00\n')
    assert (line, message[:8]) == (2, "Not CSV:")
