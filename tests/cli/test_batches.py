"""`vob batch`: a file of rows into a file of results, one a row, and on from where it stopped."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from service.cli import batches
from service.jobs.outgoing import RESULT_COLUMNS
from tests.cli.conftest import Run

HEADER = "external_id,payer,member_id,first_name,last_name,birth_date,level_of_care,start_date\n"
GOOD = "EHR-{0},cigna,W00000000{0},Luz,Ensayo,1990-01-01,iop,{1}\n"
BAD = "EHR-{0},no such payer,W00000000{0},Luz,Ensayo,1990-13-01,iop,{1}\n"


@pytest.fixture(autouse=True)
def _on_the_day_of_the_call(time_machine: Any) -> None:
    time_machine.move_to("2026-02-20T16:00:00Z", tick=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four rows, of which the third cannot be used."""
    rows = [one.format(n, "2026-03-02") for n, one in enumerate((GOOD, GOOD, BAD, GOOD), start=1)]
    path = tmp_path / "rows.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_has_one_result_and_a_bad_one_has_its_errors(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = run("batch", "run", str(file), "--out", str(out))
    assert done.exit_code == 2
    assert "3 answered, 1 refused, 0 failed" in done.stderr
    found = cells(out)
    assert tuple(found[0]) == RESULT_COLUMNS
    assert [(one["row"], one["external_id"], one["status"]) for one in found] == [
        ("1", "EHR-1", "complete"),
        ("2", "EHR-2", "complete"),
        ("3", "EHR-3", "refused"),
        ("4", "EHR-4", "complete"),
    ]
    assert found[2]["errors"] == "/member/birth_date not_a_date; /payer unknown_payer"
    assert (found[0]["payer"], found[0]["levels"]) == ("cigna", "intensive_outpatient")
    assert "Ensayo" not in out.read_text("utf-8")
    assert "no such payer" not in out.read_text("utf-8")


def test_json_lines_hold_the_whole_answer_and_never_the_member(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("batch", "run", str(file), "--out", str(out), "--language", "es").exit_code == 2
    lines = out.read_text("utf-8").splitlines()
    first, bad = json.loads(lines[0]), json.loads(lines[2])
    assert first["phases"][0]["coverage"]["reasons"][0]["message"]
    assert first["call_script"][0]["question"].startswith("¿")
    assert [one["code"] for one in bad["errors"]] == ["not_a_date", "unknown_payer"]
    assert not any(word in "".join(lines) for word in ("Ensayo", "W00000000", "1990-01-01"))


def test_the_answer_is_that_of_a_single_verification(run: Run, body: dict[str, Any], tmp_path: Path) -> None:
    file, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    file.write_text(json.dumps(body) + "\n", encoding="utf-8")
    assert run("batch", "run", str(file), "--out", str(out)).exit_code == 0
    (line,) = out.read_text("utf-8").splitlines()
    single = json.loads(run("verify", "-", "--json", given=body).stdout)
    del single["request"]
    assert json.loads(line) == {"row": 1, "external_id": None, **single}
    assert json.loads(line)["estimate"]["expected"] == "839.59"


def test_no_cell_of_the_results_is_worked_out_by_a_spreadsheet(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    file.write_text(file.read_text("utf-8").replace("EHR-1", "=1+1"), encoding="utf-8")
    run("batch", "run", str(file), "--out", str(out))
    assert cells(out)[0]["external_id"] == "'=1+1"


def test_it_goes_on_where_it_was_torn_off(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.csv"
    run("batch", "run", str(file), "--out", str(out))
    whole = out.read_bytes()
    out.write_bytes(whole[: whole.index(b"\r\n3,") + 9])
    asked = []
    answer = batches.answer_row

    def count(desk: Any, row: Any, *rest: Any, **more: Any) -> Any:
        asked.append(row.number)
        return answer(desk, row, *rest, **more)

    monkeypatch.setattr(batches, "answer_row", count)
    done = run("batch", "run", str(file), "--out", str(out))
    assert asked == [3, 4]
    assert "2 of them were there already" in done.stderr
    assert out.read_bytes() == whole
    assert run("batch", "run", str(file), "--out", str(out)).exit_code == 2
    assert (asked, out.read_bytes()) == ([3, 4], whole)


def test_live_rows_are_asked_side_by_side_and_come_back_in_order(
    run: Run, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert run("batch", "run", str(file), "--out", str(out), "--live").exit_code == 2
    assert [one["row"] for one in cells(out)] == ["1", "2", "3", "4"]


def test_a_row_that_fails_stops_no_other_and_says_nothing_of_itself(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Luz Ensayo")

    monkeypatch.setattr("service.jobs.outgoing.verify", fail)
    out = tmp_path / "out.jsonl"
    assert run("batch", "run", str(file), "--out", str(out)).exit_code == 1
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["status"] for one in found] == ["failed", "failed", "refused", "failed"]
    assert "Ensayo" not in out.read_text("utf-8")


def test_a_file_without_rows_is_bad_input(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    file.write_text("payer,Luz Ensayo\n", encoding="utf-8")
    done = run("batch", "run", str(file), "--out", str(out))
    assert done.exit_code == 2
    assert "Ensayo" not in done.stderr
    assert not out.exists()


def test_a_file_that_is_not_of_this_batch_is_left_alone(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("a letter", encoding="utf-8")
    done = run("batch", "run", str(file), "--out", str(out))
    assert (done.exit_code, out.read_text("utf-8")) == (1, "a letter")


def test_the_template_is_taken_back_with_a_row_in_it(run: Run, tmp_path: Path) -> None:
    header = run("batch", "template").stdout
    row = "EHR-1,cigna,,in,,W000000001,Luz,Ensayo,1990-01-01,iop,2026-03-02,8,3,3,mental_health,in_person\n"
    file, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    file.write_text(header + row, encoding="utf-8")
    assert run("batch", "run", str(file), "--out", str(out)).exit_code == 0
    assert cells(out)[0]["sessions"] == "24"


def test_a_file_of_other_names_is_read_as_it_is_mapped_and_goes_on_only_with_the_same_mapping(
    run: Run, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    text = file.read_text("utf-8").replace("birth_date", "Patient DOB").replace("external_id", "Notes")
    file.write_text(text, encoding="utf-8")
    said = ("batch", "run", str(file), "--out", str(out), "--map", "patient dob=birth_date")
    assert "columns that a batch has not (1)" in run(*said).stderr
    assert run(*said, "--map", "Notes=").exit_code == 2
    assert [(one["status"], one["external_id"]) for one in cells(out)][:1] == [("complete", "")]
    whole = out.read_bytes()
    assert run(*said, "--map", "Notes=external_id").exit_code == 1  # these are results of another mapping
    assert out.read_bytes() == whole


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("DOB=brith_date",), "'DOB=brith_date' is not HEADER=COLUMN"),
        (("birth_date",), "'birth_date' is not HEADER=COLUMN"),
        (("DOB=birth_date", "Born=birth_date"), "twice: birth_date"),
    ],
)
def test_a_mapping_that_cannot_be_is_named(
    run: Run, file: Path, tmp_path: Path, said: tuple[str, ...], message: str
) -> None:
    more = [part for one in said for part in ("--map", one)]
    done = run("batch", "run", str(file), "--out", str(tmp_path / "out.csv"), *more)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_a_workbook_is_made_of_lines_beside_it_from_which_it_goes_on(
    run: Run, file: Path, tmp_path: Path
) -> None:
    out, lines = tmp_path / "out.xlsx", tmp_path / "out.xlsx.csv"
    said = ("batch", "run", str(file), "--out", str(out), "--language", "es")
    assert run(*said).exit_code == 2
    assert [one["row"] for one in cells(lines)] == ["1", "2", "3", "4"]
    assert out.stat().st_mode & 0o777 == 0o600
    first = ZipFile(out).read("xl/worksheets/sheet2.xml")
    assert "Fecha de nacimiento no es un día del calendario".encode() in first
    lines.write_bytes(lines.read_bytes()[:-40])
    out.unlink()
    assert "3 of them were there already" in run(*said).stderr
    assert ZipFile(out).read("xl/worksheets/sheet2.xml") == first


def test_results_that_are_there_are_made_a_workbook(run: Run, file: Path, tmp_path: Path) -> None:
    lines, out = tmp_path / "out.jsonl", tmp_path / "out.xlsx"
    run("batch", "run", str(file), "--out", str(lines))
    assert run("batch", "results", str(lines), "--out", str(out)).exit_code == 0
    assert b"EHR-4" in ZipFile(out).read("xl/worksheets/sheet1.xml")
    whole = out.read_bytes()
    done = run("batch", "results", str(file), "--out", str(out))
    assert (done.exit_code, out.read_bytes()) == (1, whole)
    assert "holds no results" in done.stderr
    assert [one.name for one in tmp_path.glob("*.new")] == []
