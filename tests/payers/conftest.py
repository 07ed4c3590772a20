"""An invented rulebook, written and loaded once."""

from __future__ import annotations

import pytest

from payers.rulebook import Rulebook
from tests.payers.invented import load


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("rules"))
