"""Inputs that Hypothesis makes from nothing: files in X12's grammar, documents with the words of replies."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.payers.fuzz_json import NAMES, WORDS
from tests.payers.fuzz_x12 import DAYS, KNOWN, MARKS, NUMBERS, TAGS

GROUP = 250  # so many numbers in a row share what Hypothesis makes at once
EVERY = 20  # one number in so many is made by Hypothesis

_MARK = st.sampled_from(MARKS)
_VALUE = st.one_of(
    st.sampled_from((*KNOWN, *NUMBERS, *DAYS, "")), st.text(max_size=8), st.integers().map(str)
)
_SEGMENT = st.tuples(
    st.sampled_from((*TAGS, "EB", "EB", "HL", "DTP", "MSG")),
    st.lists(st.lists(_VALUE, min_size=1, max_size=3), max_size=14),
)


@st.composite
def _files(draw: st.DrawFn) -> str:
    element, terminator, repetition, component = (draw(_MARK) for _ in range(4))
    header = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'A':15}*ZZ*{'B':15}*260701*1200*R*00501*000000007*0*T*C".translate(
            str.maketrans({"*": element, "R": repetition, "C": component})
        )
    )
    body = draw(st.lists(_SEGMENT, max_size=40))
    written = [
        element.join([tag, *(draw(st.sampled_from((repetition, component))).join(each) for each in elements)])
        for tag, elements in body
    ]
    start = ["GS*HB*A*B*20260701*1200*7*X*005010X279A1", "ST*271*1"] if draw(st.booleans()) else ["ST*271*1"]
    opened = [one.replace("*", element) for one in start]
    return terminator.join([header, *opened, *written, *draw(st.sampled_from(([], [f"SE{element}0"]))), ""])


_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(WORDS),
)
_DOCUMENTS = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        _LEAF,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
        ),
        max_leaves=60,
    ),
    max_size=8,
).map(json.dumps)
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "x12": st.one_of(_files(), _files(), _files(), st.text(), st.binary()),
    "json": st.one_of(_DOCUMENTS, _DOCUMENTS, _DOCUMENTS, st.text()),
}


def make(kind: str, seed: int, index: int) -> bytes | str:
    """The input of a number; the same seed and number make the same one."""
    return _group(kind, seed, index // GROUP)[index % GROUP // EVERY]


@cache
def _group(kind: str, seed: int, number: int) -> list[bytes | str]:
    """What Hypothesis makes for a group of numbers, without the simplest, with which it begins."""
    wanted = GROUP // EVERY + 1
    made: list[bytes | str] = []

    @seeded(f"{kind} {seed} {number}")
    @settings(
        max_examples=wanted + 2,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(STRATEGIES[kind])
    def take(content: bytes | str) -> None:
        made.append(content)

    take()
    return (made[1:] * wanted)[:wanted]
