"""The verdict of an answer: coverage and authorization, in one line and with their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.explain.page import Reader
from service.explain.page.reader import capitalized
from service.explain.page.verdict import (
    AUTHORIZATION_SHAPES,
    COVERAGE_SHAPES,
    billing_line,
    coverage_names,
    limit_line,
    terms,
)

Answer = Mapping[str, Any]
SHAPES = {"coverage": COVERAGE_SHAPES, "prior_authorization": AUTHORIZATION_SHAPES}


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the verdict in one line: a shape and words."""

    kind: str
    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the verdict: a shape and words, what they are about, and why."""

    kind: str
    shape: str
    words: str
    about: str
    reasons: Sequence[str]
    is_open: bool


def marks_of(answer: Answer, reader: Reader) -> Iterator[Mark]:
    """Coverage and authorization in one line, said once where phases share it, else by level."""
    names = {
        "coverage": coverage_names(answer),
        "prior_authorization": "authorization_status",
    }
    for part, name in names.items():
        by_level = {phase["level_of_care"]: phase[part]["status"] for phase in answer["phases"]}
        shared = len(set(by_level.values())) == 1
        for level, status in by_level.items():
            said = capitalized(reader.words.name(name, status))
            text = said if shared else f"{reader.words.name('level_short', level)}: {said}"
            yield Mark(f"{part.removeprefix('prior_')}-{status}", SHAPES[part][status], text)
            if shared:
                break


def tiles_of(answer: Answer, reader: Reader) -> list[Tile]:
    """Coverage and authorization of each phase, with why."""
    return [*_coverage(answer, reader), *_authorization(answer, reader)]


def _coverage(answer: Answer, reader: Reader) -> Sequence[Tile]:
    names = coverage_names(answer)
    return [
        Tile(
            f"coverage-{phase['coverage']['status']}",
            COVERAGE_SHAPES[phase["coverage"]["status"]],
            capitalized(reader.words.name(names, phase["coverage"]["status"])),
            reader.words.name("level_title", phase["level_of_care"]),
            [
                *(reader.sentence(reason) for reason in phase["coverage"]["reasons"]),
                *(limit_line(limit, reader) for limit in phase["coverage"]["limits"]),
            ],
            phase["coverage"]["status"] == "undetermined",
        )
        for phase in answer["phases"]
    ]


def _authorization(answer: Answer, reader: Reader) -> Sequence[Tile]:
    tiles = []
    for phase in answer["phases"]:
        asked = phase["prior_authorization"]
        reasons = [reader.sentence(reason) for reason in asked["reasons"]]
        if phase["coverage"]["status"] != "not_covered":
            reasons += terms(asked, reader)
        if phase["billing"] is not None:
            reasons.append(billing_line(phase["billing"], reader))
        tiles.append(
            Tile(
                f"authorization-{asked['status']}",
                AUTHORIZATION_SHAPES[asked["status"]],
                capitalized(reader.words.name("authorization_status", asked["status"])),
                reader.words.name("level_title", phase["level_of_care"]),
                reasons,
                asked["status"] == "undetermined",
            )
        )
    return tiles
