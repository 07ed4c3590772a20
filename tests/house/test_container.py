"""Holds the Dockerfile to what we promise of the image: two stages, no root, a health check, no secret."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

SECRET = re.compile(r"key|secret|token|password|passwd|credential", re.IGNORECASE)


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined: word and arguments."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [
        (word.upper(), rest)
        for word, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))
    ]


def arguments(instructions: list[tuple[str, str]], word: str) -> list[str]:
    """What follows each instruction `word`."""
    return [rest for name, rest in instructions if name == word]


def test_the_image_is_built_in_two_stages_on_a_slim_python(instructions: list[tuple[str, str]]) -> None:
    stages = arguments(instructions, "FROM")
    assert len(stages) == 2
    assert all(stage.startswith("python:3.11-slim") for stage in stages)


def test_dependencies_are_installed_by_hash(instructions: list[tuple[str, str]]) -> None:
    installs = [rest for rest in arguments(instructions, "RUN") if "requirements.lock" in rest]
    assert installs
    assert all("--require-hashes" in rest for rest in installs)


def test_the_service_does_not_run_as_root(instructions: list[tuple[str, str]]) -> None:
    last_stage = max(place for place, (word, _) in enumerate(instructions) if word == "FROM")
    users = arguments(instructions[last_stage:], "USER")
    assert users
    assert users[-1].partition(":")[0] not in {"root", "0"}


def test_the_image_says_whether_it_is_well(instructions: list[tuple[str, str]]) -> None:
    (check,) = arguments(instructions, "HEALTHCHECK")
    assert "/healthz" in check


def test_no_secret_is_in_the_image(instructions: list[tuple[str, str]]) -> None:
    named = arguments(instructions, "ENV") + arguments(instructions, "ARG")
    assert [rest for rest in named if SECRET.search(rest)] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"instance", ".git", ".venv", ".env"} <= set(ignored)


def test_what_the_installation_makes_is_kept_outside_the_image(instructions: list[tuple[str, str]]) -> None:
    (volume,) = arguments(instructions, "VOLUME")
    assert any(f"OPENVOB_INSTANCE_PATH={volume}" in rest for rest in arguments(instructions, "ENV"))
