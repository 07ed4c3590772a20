"""A little of the fuzz, the same each time: broken replies give an answer or an error of ours."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.payers.fuzz import Batch, run
from tests.payers.fuzz_checks import make, read_and_describe, two_levels
from tests.payers.fuzz_invented import make as invent
from tests.payers.fuzz_seeds import json_seeds, x12_seeds

SEED = 2026


@pytest.mark.parametrize(("shape", "count"), [("x12", 1_100), ("json", 400)])
def test_no_broken_reply_raises_anything_but_our_own(shape: str, count: int, tmp_path: Path) -> None:
    found = run(Batch(shape, SEED, 0, count, tmp_path, timed=False, longest=20_000))
    assert found.failures == []
    assert found.outcomes.total() == count
    assert found.outcomes["answered"] > count / 3
    assert found.outcomes["passed over"] < count / 5
    assert len(found.outcomes) > 3


def test_what_fails_is_kept_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.payers.fuzz.read_and_describe", stumble)
    found = run(Batch("x12", SEED, 1, 3, tmp_path, timed=False))
    assert found.outcomes == {"failed": 2}
    assert all("ZeroDivisionError" in failure for failure in found.failures)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"x12-{SEED}-1", f"x12-{SEED}-2"]


@pytest.mark.parametrize("shape", ["x12", "json"])
def test_an_input_is_made_again_by_its_seed_and_number(shape: str) -> None:
    for maker in (make, invent):
        made = [maker(shape, SEED, index) for index in range(20, 100, 20)]
        assert made == [maker(shape, SEED, index) for index in range(20, 100, 20)]
        assert len(set(made)) > 1


@pytest.mark.parametrize(("shape", "seeds"), [("x12", x12_seeds), ("json", json_seeds)])
def test_the_fuzz_starts_from_replies_that_are_read(shape: str, seeds: object) -> None:
    assert callable(seeds)
    outcomes = [read_and_describe(shape, seed, two_levels(Random(0)))[0] for seed in seeds()]
    assert outcomes.count("answered") > len(outcomes) * 2 / 3
