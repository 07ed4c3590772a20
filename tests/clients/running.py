"""A service for clients to call, beside a payer that takes its time, and the pages that say how."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from payers.sandbox.server import Sandbox
from service.config import HOUSE, Settings
from service.first_run import prepare
from tests.cli.test_serving import Service, free_port, serving

DOCUMENT = HOUSE / "openapi.yaml"
CONFIG = HOUSE / "clients" / "openapi-python-client.yaml"
SLOW_SECONDS = 0.5
# Only the payer of the sandbox's slow member, so that all others are answered from what is published.
CONNECTION = """
connections:
  - id: slow
    channel: x12
    form: mime
    url: {url}/x12/mime
    payers: {{cigna: "62308"}}
    sender: EXAMPLECLINIC
    receiver: SANDBOX
    test: true
    keep_seconds: 0
"""


@contextmanager
def called(folder: Path) -> Iterator[Service]:
    """A service of its own in a folder, as `vob serve` starts it."""
    profile = folder / "clinic.yaml"
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    with Sandbox(slow_seconds=SLOW_SECONDS) as payer:
        profile.write_text(example + CONNECTION.format(url=payer.url), "utf-8")
        environment = {
            "OPENVOB_INSTANCE_PATH": str(folder / "instance"),
            "OPENVOB_CLINIC_PROFILE": str(profile),
            "OPENVOB_CONNECTION_SLOW_USER": "anybody",
            "OPENVOB_CONNECTION_SLOW_PASSWORD": "anything",
            "OPENVOB_PORT": free_port(),
        }
        key = prepare(Settings.from_env(environment)).api_key
        assert key is not None
        with serving(environment, key) as service:
            yield service


def environment_of(service: Service) -> dict[str, str]:
    """The variables that the pages ask for."""
    return {"OPENVOB": f"http://127.0.0.1:{service.settings.port}", "KEY": service.key}


def blocks(page: str, kind: str) -> list[str]:
    """The blocks of code of one kind on a page of the documentation, in their order."""
    text = (HOUSE / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def document() -> dict[str, Any]:
    """What `openapi.yaml` says."""
    read: dict[str, Any] = yaml.load(DOCUMENT.read_bytes(), Loader=yaml.CSafeLoader)
    return read


def generate(folder: Path) -> tuple[Path, str]:
    """Make the client as `make client` does; where it is, and what was said meanwhile.

    From the same document as JSON and without examples of bodies: only the time differs.
    """
    source, made = folder / "openapi.json", folder / "python"
    source.write_text(json.dumps(_without_examples(document())), "utf-8")
    words = ["--meta", "setup", "--config", str(CONFIG), "--path", str(source), "--output-path", str(made)]
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", *words]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return made, done.stdout


def _without_examples(part: Any) -> Any:
    if isinstance(part, dict):
        left = part.keys() - {"example"} if "schema" in part else part.keys()
        return {name: _without_examples(part[name]) for name in part if name in left}
    return [_without_examples(one) for one in part] if isinstance(part, list) else part
