"""The service keeps what its document promises, for requests nobody thought of.

A few examples an operation; `bin/contract` sends many more to a running service.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from service.api.examples import EXAMPLES
from tests.api.contract_checks import documented_refusal

CONFIG = Path(__file__).resolve().parents[2] / "schemathesis.toml"
TAKE_NOTHING = (
    "health",
    "readiness",
    "getClinic",
    "getQuickCheckForm",
    "getBatchTemplate",
)  # so nothing wrong can be sent


@pytest.fixture(scope="module")
def promised(app: Flask, key: str) -> Any:
    """What the service promises to somebody with a key."""
    config = SchemathesisConfig.from_path(CONFIG)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    schema.config.headers = {"Authorization": f"Bearer {key}"}
    return schema


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        (name, mode)
        for name in EXAMPLES
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or name not in TAKE_NOTHING
    ],
)
def test_an_answer_keeps_what_the_document_promises(
    promised: Any, key: str, name: str, mode: GenerationMode
) -> None:
    operation = promised.find_operation_by_id(name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {key}"}, additional_checks=[documented_refusal]
        )

    holds()
