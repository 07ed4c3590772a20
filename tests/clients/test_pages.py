"""A client made from `openapi.yaml` has every operation; what the pages on calling say is what happens."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.config import HOUSE
from tests.cli.test_serving import PATIENCE, Service
from tests.clients.running import blocks, called, document, environment_of, generate

PYTHON, CURL = "calling-from-python.md", "calling-with-curl.md"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The client, and what the generator said while it made it."""
    return generate(tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service."""
    with called(tmp_path_factory.mktemp("called")) as running:
        yield running


def run(command: list[str], service: Service, folder: Path, **more: str) -> str:
    """What a command of a page prints, in a folder of its own."""
    environment = {**os.environ, **environment_of(service), **more}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def asked_in_readme() -> dict[str, Any]:
    """The question of the README."""
    found = re.search(r"-d '(\{.*?\})'\n", (HOUSE / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    question: dict[str, Any] = json.loads(found[1])
    return question


def test_every_operation_is_made_a_function_and_nothing_is_left_out(generated: tuple[Path, str]) -> None:
    made, said = generated
    functions = {path.stem for path in made.glob("openvob_client/api/*/*.py")} - {"__init__"}
    operations = {
        method["operationId"]
        for path in document()["paths"].values()
        for method in path.values()
        if "operationId" in method
    }
    assert functions == {re.sub("([A-Z])", r"_\1", name).lower() for name in operations}
    assert said.split() == ["Generating", str(made)]
    assert (made / "setup.py").exists()


def test_the_pages_ask_what_the_readme_asks() -> None:
    in_python = re.search(r"^QUESTION = (\{.*?^\})", blocks(PYTHON, "python")[0], re.MULTILINE | re.DOTALL)
    in_curl = re.search(r"question\.json <<'END'\n(.*?)^END", blocks(CURL, "sh")[1], re.MULTILINE | re.DOTALL)
    assert in_python is not None
    assert in_curl is not None
    assert ast.literal_eval(in_python[1]) == json.loads(in_curl[1]) == asked_in_readme()


def test_the_page_on_python_says_what_happens(
    generated: tuple[Path, str], service: Service, tmp_path: Path
) -> None:
    script = "\n".join(blocks(PYTHON, "python"))
    printed = run([sys.executable, "-c", script], service, tmp_path, PYTHONPATH=str(generated[0]))
    assert printed == "".join(blocks(PYTHON, "text"))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_the_page_on_curl_says_what_happens(service: Service, tmp_path: Path) -> None:
    script = "\n".join(["set -eu", *blocks(CURL, "sh")])
    printed = run(["bash", "-c", script], service, tmp_path)
    assert printed == "".join(blocks(CURL, "text"))
