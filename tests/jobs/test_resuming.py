"""The file of results: what was torn off is dropped, what is whole stays, and nothing else is touched."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from service.jobs.outgoing import Form, Result, header, write_line
from service.jobs.resuming import NotOurs, open_results

ABOUT = {"input": "one"}


def line(number: int, form: Form, status: str = "complete") -> bytes:
    answer = {"payer": {"id": "aetna"}, "long": "x" * 50} if form == "jsonl" else None
    return write_line(Result(number, "a,b", status, answer), form, lambda said: said)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_it_goes_on_behind_the_last_whole_line_wherever_it_was_torn(tmp_path: Path, form: Form) -> None:
    out = tmp_path / "out"
    with open_results(out, form, ABOUT) as results:
        results.append([line(1, form), line(3, form, "refused"), line(4, form)])
    whole = out.read_bytes()
    first = len(header(form)) + len(line(1, form))
    second = first + len(line(3, form, "refused"))
    for cut in range(len(whole) + 1):
        out.write_bytes(whole[:cut])
        with open_results(out, form, ABOUT) as results:
            last = results.last
            if cut >= first:
                assert last == (4 if cut == len(whole) else 3 if cut >= second else 1)
            todo = {1: line(1, form), 3: line(3, form, "refused"), 4: line(4, form)}
            results.append(text for number, text in todo.items() if number > last)
        assert out.read_bytes() == whole


def test_it_knows_what_came_of_the_rows_that_are_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open_results(out, "csv", ABOUT) as results:
        results.append([line(1, "csv"), line(2, "csv", "refused"), line(3, "csv")])
    with open_results(out, "csv", ABOUT) as results:
        assert results.counts == Counter(complete=2, refused=1)


def test_a_file_of_something_else_is_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("a letter", encoding="utf-8")
    with pytest.raises(NotOurs), open_results(out, "csv", ABOUT):
        pass
    assert out.read_text(encoding="utf-8") == "a letter"


@pytest.mark.parametrize(("form", "about"), [("csv", {"input": "two"}), ("jsonl", ABOUT)])
def test_results_of_another_batch_or_form_are_not_gone_on_with(
    tmp_path: Path, form: Form, about: dict[str, str]
) -> None:
    with open_results(tmp_path / "out", "csv", ABOUT):
        pass
    with pytest.raises(NotOurs), open_results(tmp_path / "out", form, about):
        pass


def test_two_runs_do_not_write_to_one_file(tmp_path: Path) -> None:
    with (
        open_results(tmp_path / "out", "csv", ABOUT),
        pytest.raises(NotOurs),
        open_results(tmp_path / "out", "csv", ABOUT),
    ):
        pass


def test_results_are_for_their_owner_alone(tmp_path: Path) -> None:
    with open_results(tmp_path / "out", "csv", ABOUT):
        pass
    assert [one.stat().st_mode & 0o777 for one in sorted(tmp_path.iterdir())] == [0o600, 0o600]
