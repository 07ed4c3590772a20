"""The dashboard, the alerts and their page speak of metrics and labels that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from payers.errors import PayerRefused, PayerUnreachable
from service.hearing import ADAPTER_FAILED, CODES
from service.observe.logs import ALLOWED
from service.observe.metrics import REGISTRY

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "monitoring.md").read_text("utf-8")
METRIC = re.compile(r"\bopenvob_[a-z_]+")
LABELS = re.compile(r"\bby \(([^)]*)\)|\{([^}]*)\}")
ENDINGS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def series() -> set[str]:
    """The names under which there are numbers."""
    return {family.name + ending for family in REGISTRY.collect() for ending in ENDINGS[family.type]}


def labels() -> set[str]:
    """The labels that any metric has."""
    return {name for metric in REGISTRY._collector_to_names for name in metric._labelnames} | {"le"}


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard."""
    found: list[dict[str, Any]] = json.loads((DOCS / "monitoring" / "dashboard.json").read_text("utf-8"))[
        "panels"
    ]
    return found


def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    groups = yaml.safe_load((DOCS / "monitoring" / "alerts.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[str]:
    """Everything that the dashboard and the alerts ask Prometheus."""
    for panel in panels():
        yield from (target["expr"] for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


@pytest.mark.parametrize("expression", [*expressions()])
def test_every_metric_and_label_that_is_asked_for_exists(expression: str) -> None:
    assert set(METRIC.findall(expression)) - series() == set()
    assert METRIC.search(expression)
    named = [name for pair in LABELS.findall(expression) for part in pair for name in part.split(",") if name]
    assert {re.split("[=!~]", name)[0].strip() for name in named} <= labels()


def test_every_metric_is_explained_and_none_that_does_not_exist() -> None:
    explained = {
        name for row in PAGE.splitlines() if row.startswith("| `openvob") for name in METRIC.findall(row)
    }
    names = {family.name + ("_total" if family.type == "counter" else "") for family in REGISTRY.collect()}
    assert explained == names


def test_every_metric_is_shown_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    assert [family.name for family in REGISTRY.collect() if family.name not in shown] == []


def test_every_panel_has_a_place_of_its_own() -> None:
    squares = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in panels())
        for x in range(place["w"])
        for y in range(place["h"])
    ]
    assert len(squares) == len(set(squares))
    assert max(x for x, _ in squares) < 24
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_every_alert_says_how_grave_it_is_and_what_to_do() -> None:
    assert {"WrongMember", "PayerDown", "RequestsFail", "Slow", "RulebookOld"} <= {
        one["alert"] for one in rules()
    }
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_every_way_that_asking_a_payer_can_end_is_explained() -> None:
    codes = {
        *(f"payer_{reason}" for reason in PayerUnreachable.REASONS),
        *(f"payer_refused_{reason}" for reason in PayerRefused.REASONS),
        *CODES.values(),
        ADAPTER_FAILED,
        "payer_reply_unreadable",
    }
    assert [code for code in codes if f"`{code.removeprefix('payer_')}`" not in PAGE] == []


def test_every_key_of_a_log_line_is_explained() -> None:
    assert [key for key in ALLOWED if f"`{key}`" not in PAGE] == []
