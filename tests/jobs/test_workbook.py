"""Results as a workbook: typed cells, nothing worked out, what to mend in a second sheet; two languages."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import pytest

from schemas.problem import FieldError
from service.explain import Locale
from service.explain.rows import row_words
from service.jobs import workbook
from service.jobs.outgoing import RESULT_COLUMNS, Result, cells_of, header, write_line
from service.jobs.workbook import ANSWERS, TO_MEND, read_results, write_workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ANSWERED = {
    "row": "1",
    "status": "complete",
    "external_id": "'=1+1",
    "payer": "cigna",
    "network": "in",
    "eligibility": "undetermined",
    "levels": "partial_hospitalization;intensive_outpatient",
    "coverage": "covered;undetermined",
    "authorization": "required;not_required",
    "submit_by": "2026-12-01",
    "expected": "1839.50",
    "sessions": "24",
    "answered_at": "2026-11-26T05:01:02Z",
    "errors": "",
}
REFUSED = {
    "row": "2",
    "status": "refused",
    "external_id": "EHR-2",
    "errors": "/member/birth_date not_a_date; /payer unknown_payer; / row_not_readable",
}


def sheets(*rows: dict[str, Any], language: Locale = "en") -> tuple[ZipFile, list[list[list[str | None]]]]:
    """A workbook with these rows: the file, and the text of every cell of its sheets."""
    file = BytesIO()
    write_workbook(file, rows, row_words(language))
    opened = ZipFile(file)
    return opened, [cells(opened.read(f"xl/worksheets/sheet{number}.xml")) for number in (1, 2)]


def cells(sheet: bytes) -> list[list[str | None]]:
    made = []
    for row in Xml.fromstring(sheet).iter(f"{MAIN}row"):
        by_column: dict[str, str | None] = {}
        for cell in row.iter(f"{MAIN}c"):
            column = re.sub(r"\d", "", cell.attrib["r"])
            text = cell.find(f"{MAIN}is/{MAIN}t")
            value = cell.find(f"{MAIN}v")
            by_column[column] = text.text if text is not None else value.text if value is not None else None
        made.append([by_column.get(chr(65 + place)) for place in range(len(ANSWERS))])
    return made


def test_words_are_words_money_is_a_number_and_days_are_days() -> None:
    _, (answers, to_mend) = sheets(ANSWERED, REFUSED)
    first = dict(zip(ANSWERS, answers[1], strict=True))
    assert (first["row"], first["status"], first["external_id"]) == ("1", "answered", "=1+1")
    assert (first["levels"], first["network"]) == ("PHP; IOP", "in network")
    assert first["coverage"] == "plan covers it; ask the plan"  # nobody said that this is a member
    assert float(first["expected"] or 0) == 1839.5
    assert float(first["submit_by"] or 0) == 46357  # days since the end of 1899, as spreadsheets count
    assert float(first["answered_at"] or 0) == pytest.approx(46352.2090, abs=0.0001)
    assert (first["eligibility"], first["to_mend"]) == ("not confirmed", None)
    assert answers[2][-1] == "3"
    assert [row[0] for row in to_mend[1:]] == ["2", "2", "2"]
    assert [row[4] for row in to_mend[1:]] == [
        "Birth date is not a day of the calendar; write it as 2026-12-01 or 12/01/2026, month first.",
        "Insurance is no insurance that the rulebook knows; give its id, or what is printed on the card.",
        "The row has more cells than the header, quotes that do not end, or is no request as JSON.",
    ]


def test_of_a_member_coverage_is_said_plainly() -> None:
    _, (answers, _) = sheets({**ANSWERED, "eligibility": "active"})
    assert "covered; unknown, ask the plan" in answers[1]


def test_it_speaks_spanish() -> None:
    opened, (answers, to_mend) = sheets(ANSWERED, REFUSED, language="es")
    assert b'name="Filas por corregir"' in opened.read("xl/workbook.xml")
    assert answers[0][:2] == ["Fila", "Estado"]
    assert answers[1][1] == "contestada"
    assert to_mend[1][3] == "Fecha de nacimiento"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://a.example"])
def test_no_cell_is_worked_out_and_none_is_a_link(text: str) -> None:
    opened, (answers, _) = sheets({**ANSWERED, "external_id": text})
    assert answers[1][2] == text
    sheet = opened.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert b'quotePrefix="1"' in opened.read("xl/styles.xml")


def test_the_header_stays_in_sight_and_every_sheet_can_be_filtered() -> None:
    opened, _ = sheets(ANSWERED, REFUSED)
    for number, columns in ((1, ANSWERS), (2, TO_MEND)):
        sheet = opened.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert 'state="frozen"' in sheet
        assert f'<autoFilter ref="A1:{chr(64 + len(columns))}' in sheet


def test_what_does_not_fit_into_a_sheet_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LAST_LINE", 2)
    _, (answers, to_mend) = sheets(REFUSED, REFUSED, REFUSED)
    assert (len(answers), len(to_mend)) == (3, 3)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_results_are_read_back_from_either_file(form: Any) -> None:
    results = [
        Result(1, "=1+1", "refused", errors=(FieldError("/payer", "required", "payer is missing."),)),
        Result(2, None, "failed", errors=(FieldError("", "internal_error", "Ours."),)),
    ]
    file = BytesIO(header(form) + b"".join(write_line(one, form, dict) for one in results))
    found = [{name: str(one.get(name) or "") for name in RESULT_COLUMNS} for one in read_results(file)]
    told = [{name: str(one.get(name) or "") for name in RESULT_COLUMNS} for one in map(cells_of, results)]
    assert found == told


def test_a_file_of_something_else_holds_no_results() -> None:
    with pytest.raises(ValueError, match="results"):
        list(read_results(BytesIO(b"a letter\n")))
