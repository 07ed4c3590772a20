"""Holds the tree to the one arrow: service → payers → schemas, and who may import what on the way."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass

import pytest

from tests.house.tree import ROOMS, Module, imports, modules, stands_in


@dataclass(frozen=True)
class Row:
    """One row of the table: what a room may import of ours and of others, and never does.

    The standard library is allowed to everyone. A name stands for itself and all that is inside it;
    `*` stands for anything.
    """

    room: str
    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


TABLES = "service.store.tables"
FRONT_DOORS = (
    "service.verify",
    "service.store",
    "service.explain",
    "service.config",
    "service.observe",
    "service.security",
    "service.office",
    "service.pending",
    "service.desks",
    "service.impact",
    "service.preview",
    "service.premises",
    "service.record",
    "service.directory",
    "service.plan_finder",
    "service.printed",
    "service.comparison",
    "service.documents",
    "service.local_rules",
    "service.memory_at_hand",
    "service.impact_at_hand",
    "service.rules",
    "service.rulesets",
    "service.staff",
    "service.at_hand",
    "service.batch_at_hand",
    "service.noting",
    "service.casework",
    "service.case_at_hand",
    "service.jobs",
    "service.on_file",
    "service.call_backs",
    "service.cards",
    "service.quick_checks",
    "service.webhooks",
    "service.actuals",
    "service.actuals_at_hand",
)

# The first row that a module stands in is its row, so the narrower ones come first.
TABLE = (
    Row("schemas.model"),
    Row("schemas.freshness"),
    Row("schemas.editor_schema", ours=("schemas",), others=("apispec",)),
    Row("schemas", ours=("schemas",), others=("marshmallow",)),
    Row("payers.x12", ours=("schemas.model", "payers.x12", "payers.base", "payers.errors")),
    Row(
        "payers",
        ours=("schemas", "payers"),
        others=(
            "cachetools",
            "defusedxml",
            "marshmallow",
            "pybreaker",
            "requests",
            "tenacity",
            "urllib3",
            "yaml",
        ),
    ),
    Row("service.engine", ours=("schemas.freshness", "schemas.model", "service.engine")),
    Row(
        "service.verify",
        ours=(
            "schemas",
            "payers.base",
            "payers.errors",
            "payers.medicaid_plans",
            "payers.plan_years",
            "payers.kept",
            "payers.registry",
            "payers.rulebook",
            "service.clinic",
            "payers.switchboard",
            "service.engine",
            "service.federal_holidays",
            "service.hearing",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.hearing",
        ours=(
            "schemas",
            "payers.base",
            "payers.connections",
            "payers.errors",
            "payers.switchboard",
            "service.observe.metrics",
            "service.observe.traces",
        ),
    ),
    Row("service.federal_holidays", others=("holidays",)),
    Row("service.changes", ours=("schemas",)),
    Row("service.differences", ours=("service.changes",)),
    Row(
        "service.impact",
        ours=(
            "schemas",
            "payers.rulebook",
            "payers.rules_compare",
            "service.differences",
            "service.record",
            "service.store",
            "service.verify",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.impact_at_hand",
        ours=(
            "payers.errors",
            "payers.rulebook",
            "service.at_hand",
            "service.impact",
            "service.noting",
            "service.rulesets",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.desks",
        ours=(
            "payers.rulebook",
            "service.clinic",
            "service.rulesets",
            "service.store",
            "service.verify",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.record",
        ours=(
            "schemas",
            "service.changes",
            "service.hearing",
            "service.observe.metrics",
            "service.office",
            "service.security",
            "service.store",
            "service.verify",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.pending",
        ours=(
            "schemas",
            "service.hearing",
            "service.office",
            "service.record",
            "service.store",
            "service.verify",
        ),
        never=(TABLES,),
    ),
    Row(  # counts days as the engine does, with its calendar
        "service.casework",
        ours=(
            "schemas",
            "service.casework",
            "service.engine.calendar",
            "service.federal_holidays",
            "service.store",
            "service.verify",
        ),
        others=("marshmallow",),
        never=(TABLES,),
    ),
    Row(
        "service.preview",
        ours=(
            "schemas",
            "service.changes",
            "service.hearing",
            "service.office",
            "service.record",
            "service.store",
            "service.verify",
        ),
        never=(TABLES,),
    ),
    *(
        Row(room, ours=("schemas", "payers", "service.verify"), never=("payers.adapters",))
        for room in ("service.directory", "service.printed")
    ),
    Row("service.plan_finder", ours=("schemas", "payers.plan_library", "service.verify")),
    Row(
        "service.premises",
        ours=(
            "schemas",
            "payers.connections",
            "payers.errors",
            "service.clinic",
            "service.connections",
            "service.office",
            "service.rules",
            "service.verify",
        ),
    ),
    Row("service.comparison", ours=("schemas", "service.verify")),
    Row(
        "service.interchange",
        ours=(
            "schemas",
            "payers.adapters.x12",
            "payers.errors",
            "payers.x12",
            "service.hearing",
            "service.verify",
        ),
    ),
    Row(
        "service.rules",
        ours=(
            "schemas",
            "payers",
            "service.clinic",
            "service.config",
            "service.connections",
            "service.verify",
        ),
        never=("payers.adapters",),
    ),
    Row(
        "service.rulesets",
        ours=("payers", "service.remembered", "service.rules", "service.store"),
        others=("orjson",),
        never=("payers.adapters", TABLES),
    ),
    Row(
        "service.remembered",
        ours=("schemas", "payers.identity", "payers.rulebook", "service.store"),
        others=("orjson",),
        never=(TABLES,),
    ),
    Row(
        "service.local_rules",
        ours=("schemas", "service.remembered", "service.store", "service.verify"),
        never=(TABLES,),
    ),
    Row(
        "service.memory_at_hand",
        ours=(
            "schemas",
            "service.at_hand",
            "service.local_rules",
            "service.noting",
            "service.record",
            "service.remembered",
            "service.rulesets",
            "service.security",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row("service.setting_values"),
    Row("service.config", ours=("service.setting_values",)),
    Row(
        "service.production",
        ours=("service.config", "service.security"),
        others=("flask", "sqlalchemy"),
        never=(TABLES,),
    ),
    Row("service.workers"),
    Row("service.messenger", others=("celery",)),
    Row("service.cards", others=("PIL",)),
    Row("service.background", ours=("service.observe.metrics",)),
    Row(
        "service.observe",
        ours=("payers.base", "service.config", "service.observe"),
        others=("flask", "opentelemetry", "orjson", "prometheus_client", "structlog"),
    ),
    Row("service.clinic", ours=("schemas", "payers.connections", "payers.yaml_reader"), others=("yaml",)),
    Row(
        "service.connections",
        ours=(
            "schemas.faults",
            "payers.connections",
            "payers.errors",
            "payers.registry",
            "payers.rulebook",
            "payers.switchboard",
            "service.clinic",
            "service.config",
        ),
    ),
    Row("service.explain", ours=("schemas", "service.explain"), others=("babel",)),
    Row(
        "service.documents",
        ours=("schemas", "service.clinic", "service.documents", "service.explain"),
        others=("jinja2", "weasyprint"),
    ),
    Row(
        "service.security",
        ours=("schemas", "service.config", "service.security", "service.store"),
        others=(
            *("altcha", "argon2", "cryptography", "flask", "flask_wtf"),
            *("limits", "orjson", "pyotp", "werkzeug"),
        ),
        never=(TABLES,),
    ),
    Row(
        "service.store",
        ours=("schemas", "service.store", "service.config", "service.security"),
        others=("alembic", "orjson", "sqlalchemy", "tenacity"),
    ),
    Row(
        "service.api",
        ours=("schemas", "service.api", *FRONT_DOORS),
        others=(
            "apispec",
            "flask",
            "flask_smorest",
            "flask_wtf",
            "marshmallow",
            "orjson",
            "werkzeug",
            "yaml",
        ),
        never=(TABLES,),
    ),
    *(
        Row(
            room,
            ours=("schemas", room, *FRONT_DOORS),
            others=("flask", "flask_wtf", "markupsafe", "marshmallow", "werkzeug"),
            never=(TABLES,),
        )
        for room in ("service.console", "service.widget")
    ),
    Row(
        "service.jobs",
        ours=(
            "schemas",
            "service.casework",
            "service.directory",
            "service.jobs",
            "service.observe.metrics",
            "service.office",
            "service.on_file",
            "service.record",
            "service.security",
            "service.store",
            "service.verify",
            "service.workers",
        ),
        others=("orjson", "xlsxwriter"),
        never=(TABLES,),
    ),
    Row(
        "service.batch_at_hand",
        ours=(
            "schemas",
            "service.at_hand",
            "service.explain",
            "service.jobs",
            "service.noting",
            "service.record",
            "service.store",
        ),
        others=("flask",),
        never=(TABLES,),
    ),
    Row(
        "service.quick_checks",
        ours=("schemas", "service.clinic", "service.quick_checks", *FRONT_DOORS),
        others=("babel",),
        never=(TABLES,),
    ),
    Row(  # sends over the sockets of checks, whose time is bounded from outside
        "service.webhooks",
        ours=(
            "schemas",
            "payers.wire",
            "service.observe.metrics",
            "service.office",
            "service.security",
            "service.store",
            "service.webhooks",
        ),
        others=("requests", "requests_hardened", "urllib3"),
        never=(TABLES,),
    ),
    Row("service.on_file", ours=("service.store",), never=(TABLES,)),
    Row("service.call_backs", ours=("schemas", "service.store"), never=(TABLES,)),
    Row(
        "service.cli",
        ours=(
            "schemas",
            "service.cli",
            "payers.sandbox",
            "service.app",
            "service.first_run",
            "service.interchange",
            "service.messenger",
            "service.production",
            "service.rotation",
            "service.workers",
            *FRONT_DOORS,
        ),
        others=("celery", "click", "gunicorn", "marshmallow", "orjson", "werkzeug", "yaml"),
        never=(TABLES,),
    ),
    Row(
        "service.first_run",
        ours=("service.config", "service.office", "service.security", "service.store"),
        never=(TABLES,),
    ),
    Row(
        "service.at_hand",
        ours=("service.office", "service.record", "service.security"),
        others=("flask",),
    ),
    Row(
        "service.noting",
        ours=("service.at_hand", "service.security", "service.store"),
        others=("flask",),
        never=(TABLES,),
    ),
    Row(
        "service.case_at_hand",
        ours=(
            "service.at_hand",
            "service.casework",
            "service.documents",
            "service.explain",
            "service.noting",
            "service.pending",
            "service.record",
            "service.security",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.actuals",
        ours=(
            "schemas",
            "payers.errors",
            "payers.x12.remittance",
            "payers.x12.remittance_model",
            "service.actuals",
            "service.casework",
            "service.jobs.rows",
            "service.office",
            "service.record",
            "service.security",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row(
        "service.actuals_at_hand",
        ours=(
            "service.actuals",
            "service.at_hand",
            "service.casework",
            "service.noting",
            "service.record",
            "service.store",
        ),
        never=(TABLES,),
    ),
    Row("service.staff", ours=("schemas", "service.security", "service.store"), never=(TABLES,)),
    Row(
        "service.rotation",
        ours=("service.config", "service.security", "service.store"),
        never=(TABLES,),
    ),
    Row("service.audit", ours=("service.store",), never=(TABLES,)),
    Row(  # opens what the app wires together: a newcomer finds the one beside the other
        "service.office",
        ours=(
            "payers.base",
            "payers.errors",
            "payers.registry",
            "payers.rulebook",
            "service.audit",
            "service.background",
            "service.clinic",
            "service.config",
            "service.connections",
            "service.desks",
            "service.hearing",
            "service.production",
            "service.rulesets",
            "service.security",
            "service.store",
            "service.messenger",
            "service.verify",
            "service.workers",
        ),
        never=(TABLES,),
    ),
    Row("service.app", ours=("*",), others=("*",)),
)


def row_of(name: str) -> Row | None:
    """The row that the module `name` must keep to; packages that only hold others have none."""
    return next((row for row in TABLE if stands_in(name, row.room)), None)


def broken_arrows(name: str, tree: ast.Module) -> list[str]:
    """What the module `name` imports although its row does not let it."""
    row = row_of(name) or Row(name)
    return [imported for imported in imports(tree) if not _may_import(name, row, imported)]


def _may_import(name: str, row: Row, imported: str) -> bool:
    top = imported.partition(".")[0]
    if top in sys.stdlib_module_names:
        return True
    if any(stands_in(imported, room) for room in row.never) or _is_another_adapter(name, imported):
        return False
    allowed = row.ours if top in ROOMS else row.others
    return "*" in allowed or any(stands_in(imported, room) for room in allowed)


def _is_another_adapter(name: str, imported: str) -> bool:
    adapters = "payers.adapters"
    return stands_in(name, adapters) and stands_in(imported, adapters) and not stands_in(imported, name)


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_every_module_imports_only_what_its_room_may(module: Module) -> None:
    assert broken_arrows(module.name, module.tree) == []


@pytest.mark.parametrize("module", modules(*ROOMS), ids=repr)
def test_every_module_that_imports_anything_stands_in_a_room_of_the_table(module: Module) -> None:
    imports_something = any(name.partition(".")[0] != "__future__" for name in imports(module.tree))
    assert row_of(module.name) or not imports_something


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("schemas.model", "import marshmallow"),
        ("schemas.money", "from payers import base"),
        ("payers.base", "from service.engine.money import cents"),
        ("payers.adapters.x12", "from payers.adapters.rulebook import RulebookAdapter"),
        ("payers.adapters.x12", "from payers.adapters import rulebook"),
        ("service.engine.cost", "from decimal import Decimal; import flask"),
        ("service.engine.cost", "from schemas.fields import Money"),
        ("service.engine.cost", "import schemas"),
        ("service.api.verifications", "from service.engine.determine import determine"),
        ("service.api.verifications", "from service.engine import determine"),
        ("service.api.verifications", "from service.store import tables"),
        ("service.api.verifications", "def view():\n    from payers.adapters import rulebook"),
        ("service.verify", "from payers.adapters.rulebook import RulebookAdapter"),
        ("service.verify", "from service.store.tables import verifications"),
        ("service.newcomer", "from service.engine import determine"),
    ],
)
def test_the_arrow_is_seen_to_be_broken(name: str, line: str) -> None:
    assert broken_arrows(name, ast.parse(line)) != []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("schemas.model", "from dataclasses import dataclass"),
        ("schemas.inquiry", "from schemas import fields, model"),
        ("payers.adapters.x12", "from payers.base import PayerAdapter"),
        ("service.engine.determine", "from service.engine import settle; from schemas.model import Fact"),
        ("service.verify", "from payers.registry import payer_of"),
        ("service.app", "from payers.adapters.rulebook import RulebookAdapter"),
    ],
)
def test_the_arrow_is_seen_to_be_kept(name: str, line: str) -> None:
    assert broken_arrows(name, ast.parse(line)) == []
