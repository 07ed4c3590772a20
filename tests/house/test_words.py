"""Holds the texts to what we promise: nothing left for later, no machine named, no setting unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.config import documented_settings
from tests.house.tree import ROOT

FOLDERS = ("schemas", "payers", "service", "migrations", "tests", "bench", "docs", ".ci")
TEXTS = {"", ".py", ".md", ".yaml", ".toml", ".csv", ".po", ".html", ".css", ".js", ".ini", ".mako"}

LEFT_FOR_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(root|home|srv|Users)/")
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s]+)\)")
SETTING = re.compile(r"\bOPENVOB_[A-Z0-9_]+")

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))


def texts() -> Iterator[Path]:
    """Every text that we write and ship, save this file, which has to name what it looks for."""
    at_the_root = (path for path in sorted(ROOT.iterdir()) if not path.name.startswith("."))
    in_folders = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    for path in (*at_the_root, *in_folders):
        if path.is_file() and path.suffix in TEXTS and path != Path(__file__):
            yield path


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where `pattern` occurs in our texts, as `file:line`."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert lines_with(LEFT_FOR_LATER) == []


def test_no_text_names_a_place_on_one_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("line", ["cd /home/ana/openvob", 'open("/srv/rules.yaml")', "see /root/key"])
def test_a_machine_path_is_seen(line: str) -> None:
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize("line", ["https://example.gov/srv/rules.pdf", "/v1/home/", "docs/srv/x"])
def test_an_address_is_no_machine_path(line: str) -> None:
    assert not MACHINE_PATH.search(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_documentation_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link.partition("#")[0]).exists()] == []


def test_every_page_can_be_found_from_the_first() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in LINK.findall(index)}
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - linked == {
        ROOT / "docs" / "index.md"
    }


def test_every_setting_is_documented_with_its_meaning() -> None:
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    settings = documented_settings().items()
    assert [name for name, meaning in settings if name not in table or meaning not in table] == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("| `OPENVOB_")]
    assert {SETTING.findall(row)[0] for row in rows} == set(documented_settings())
