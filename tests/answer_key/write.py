"""Writes the answer key: `python -m tests.answer_key.write`. Nothing of the service takes part in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.answer_key import (
    advantage,
    authorizations,
    clocks,
    designs,
    federal,
    managed_care,
    medicaid,
    medicare,
    shares,
)
from tests.answer_key.case import Case

CASES = Path(__file__).parent / "cases"
FAMILIES: Mapping[str, Callable[[], Iterator[Case]]] = {
    "advantage": advantage.cases,
    "authorizations": authorizations.cases,
    "clocks": clocks.cases,
    "designs": designs.cases,
    "federal": federal.cases,
    "managed-care": managed_care.cases,
    "medicaid": medicaid.cases,
    "medicare": medicare.cases,
    "shares": shares.cases,
}


def text_of(family: str) -> str:
    """Return a family's cases, one a line."""
    return "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in FAMILIES[family]())


if __name__ == "__main__":
    for name in FAMILIES:
        (CASES / f"{name}.jsonl").write_text(text_of(name), encoding="utf-8")
