"""A command line with an instance folder of its own, and requests of an invented person."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.observe.logs import StandardError

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _nothing_is_logged_yet() -> Iterator[None]:
    """A command is a process of its own: where others made a service before, its log goes nowhere."""
    root = logging.getLogger()
    others = [one for one in root.handlers if isinstance(one, StandardError)]
    for handler in others:
        root.removeHandler(handler)
    yield
    for handler in others:
        root.addHandler(handler)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance folder that nothing has been made in yet."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("OPENVOB_INSTANCE_PATH", str(folder))
    return folder


@pytest.fixture
def run(instance: Path) -> Run:
    """Run a command: its words, and what stands on its standard input."""

    def run_command(*words: str, given: Any = None) -> Result:
        text = given if isinstance(given, str | None) else json.dumps(given)
        return CliRunner().invoke(main, words, input=text)

    return run_command


@pytest.fixture
def body() -> dict[str, Any]:
    """Eight weeks of Original Medicare for an invented person, the deductible told."""
    return {
        "payer": "medicare",
        "site": "cmhc",
        "member": {
            "member_id": "1EG4TE5MK73",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1957-03-02",
        },
        "level_of_care": "iop",
        "start_date": "2026-03-02",
        "told_benefits": {
            "told_by": {"channel": "phone", "reference": "CALL-123", "at": "2026-02-20T15:02:00Z"},
            "deductible": {"individual": {"limit": "283.00", "met": "0.00"}},
        },
    }
