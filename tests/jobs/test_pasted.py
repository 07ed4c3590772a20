"""A list is read however it was pasted: by comma, semicolon or tab, in either language, in any order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.jobs.pasted import LONGEST_CELL, NAMES, UnusableList, read_list, template
from service.jobs.rows import COLUMNS, read_row
from tests.verify.desk import desk

HEAD = "insurance,member id,first name,last name,dob"
ROW = {
    "payer": "cigna",
    "member_id": "U1234567",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "03/02/1987",
    "level_of_care": "iop",
    "date": "2026-12-01",
}


def test_every_column_has_a_name_in_both_languages_and_no_name_means_two() -> None:
    assert tuple(NAMES) == COLUMNS
    names = [name for said in NAMES.values() for name in said.split(", ")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_told_apart_by_what_the_first_line_has_most_of(separator: str) -> None:
    text = f"{HEAD}\ncigna,U1,Ana,Prueba,1987-03-02".replace(",", separator)
    assert read_list(text)[0]["last_name"] == "Prueba"


def test_capitals_accents_signs_and_order_make_no_difference() -> None:
    head = "FECHA DE NACIMIENTO,Número_de-Miembro,apellidos,Nombre,SEGURO,Médico"
    [row] = read_list(f"\ufeff{head}\r\n1987-03-02,U1,Peña,Ana,Cigna,Dr. X\r\n\r\n")
    assert row == {
        "birth_date": "1987-03-02",
        "member_id": "U1",
        "last_name": "Peña",
        "first_name": "Ana",
        "payer": "Cigna",
    }


def test_a_comma_within_quotes_is_part_of_what_stands_there() -> None:
    [row] = read_list(f'{HEAD}\n"Cigna, Inc.", U1 ,Ana,"Prueba ""Z""",1987-03-02')
    assert (row["payer"], row["member_id"], row["last_name"]) == ("Cigna, Inc.", "U1", 'Prueba "Z"')


def test_a_row_may_be_shorter_or_longer_than_the_first_line() -> None:
    short, long = read_list(f"{HEAD}\ncigna,U1\ncigna,U2,Ana,Prueba,1987-03-02,more,{'x' * 999}")
    assert short == {"payer": "cigna", "member_id": "U1"}
    assert long["birth_date"] == "1987-03-02"


def test_what_is_too_long_stays_too_long() -> None:
    [row] = read_list(f"{HEAD}\ncigna,{'9' * 999},Ana,Prueba,1987-03-02")
    assert len(row["member_id"]) == LONGEST_CELL
    assert told(row | {"date": "2026-12-01", "level_of_care": "iop"}) == {"member_id": "too_long"}


def test_what_is_missing_from_the_first_line_is_named() -> None:
    with pytest.raises(UnusableList) as refused:
        read_list("insurance,last name\ncigna,Prueba")
    assert (refused.value.code, refused.value.columns) == (
        "list_columns_missing",
        ("member_id", "first_name", "birth_date"),
    )


def test_what_is_given_to_be_filled_in_is_read_again() -> None:
    head = template({name: said.split(", ")[0] for name, said in NAMES.items()})
    [row] = read_list(head + ",".join(str(number) for number in range(len(COLUMNS))))
    assert row == {name: str(number) for number, name in enumerate(COLUMNS)}


# --- what stands in a row


def told(typed: dict[str, str]) -> dict[str, str]:
    row = read_row(desk(), typed, None, lambda body: False)
    return {one["field"]: one["code"] for one in row.told()}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("9:30", "09:30"),
        ("09:30", "09:30"),
        ("14:05", "14:05"),
        ("2:30 PM", "14:30"),
        ("2:30pm", "14:30"),
        ("2 p.m.", "14:00"),
        ("12:15 AM", "00:15"),
        ("12 pm", "12:00"),
        ("9:30:00", "09:30"),
        ("9:30:00 AM", "09:30"),
        ("", None),
    ],
)
def test_a_time_is_understood_as_either_is_written(typed: str, expected: str | None) -> None:
    row = read_row(desk(), ROW | {"time": typed}, None, lambda body: False)
    assert (row.errors, row.time) == ((), expected)


@pytest.mark.parametrize("typed", ["25:00", "9:60", "930", "13 PM", "0:30 PM", "noon", "9", "9:30 XM"])
def test_what_is_no_time_of_day_is_told(typed: str) -> None:
    assert told(ROW | {"time": typed}) == {"time": "not_a_time_of_day"}


@pytest.mark.parametrize("typed", ["2026-12-01", "12/01/2026", "12/1/2026"])
def test_a_day_is_understood_as_either_is_written(typed: str) -> None:
    row = read_row(desk(), ROW | {"date": typed}, None, lambda body: False)
    assert (row.errors, row.day) == ((), date(2026, 12, 1))


@pytest.mark.parametrize("typed", ["2026-02-30", "13/01/2026", "1.12.2026", "20261201", "tomorrow"])
def test_what_is_no_day_is_told(typed: str) -> None:
    assert told(ROW | {"date": typed}) == {"date": "not_a_date"}


def test_the_day_of_the_list_stands_for_rows_without_one() -> None:
    typed = {name: text for name, text in ROW.items() if name != "date"}
    assert told(typed) == {"date": "required"}
    assert read_row(desk(), typed, date(2026, 12, 1), lambda body: False).errors == ()


@pytest.mark.parametrize("level", ["IOP", "iop", "Intensive Outpatient", "intensive-outpatient", "2.1"])
def test_a_level_is_understood_by_name_and_abbreviation(level: str) -> None:
    row = read_row(desk(), ROW | {"level_of_care": level}, None, lambda body: False)
    assert (row.errors, row.body["level_of_care"]) == ((), "intensive_outpatient")


def test_a_site_is_understood_by_id_and_by_name() -> None:
    site = next(iter(desk().clinic.sites.values()))
    for text in (site.id, site.name, site.name.upper()):
        row = read_row(desk(), ROW | {"site": text}, None, lambda body: False)
        assert row.body["site"] == site.id


def test_nobody_is_looked_for_where_the_row_says_its_level() -> None:
    def never(body: Any) -> bool:
        raise AssertionError("nobody needs to know")

    assert read_row(desk(), ROW, None, never).errors == ()
