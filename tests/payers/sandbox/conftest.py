"""A sandbox that serves while the tests run, quick even where it is slow, and somebody who asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from payers.sandbox.server import Sandbox
from tests.payers.sandbox.asking import Asker


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(slow_seconds=0.1, drip_seconds=0.02) as serving:
        yield serving


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        # A proxy of the environment would be asked for loopback too.
        session.trust_env = False
        yield session


@pytest.fixture
def asker(sandbox: Sandbox, session: requests.Session) -> Asker:
    return Asker(sandbox.url, session)
