"""Every blueprint of the API, put on an application together with its document."""

from __future__ import annotations

import sys

from flask import Flask

from service.api.accuracy import accuracy
from service.api.actuals import actuals
from service.api.audit import audit
from service.api.batches import batches
from service.api.call_backs import call_backs
from service.api.cards import cards
from service.api.case_records import case_records
from service.api.cases import cases
from service.api.clinic import clinic
from service.api.comparisons import comparisons
from service.api.day_lists import day_lists
from service.api.describe import make_document
from service.api.docs import docs
from service.api.document import export_openapi
from service.api.documents import documents
from service.api.health import health, metrics
from service.api.impact import impact
from service.api.keys import keys
from service.api.local_rules import local_rules
from service.api.medicaid_plans import medicaid_plans
from service.api.payers import payers
from service.api.permissions import export_permissions
from service.api.plans import plans
from service.api.quick_checks import quick_checks
from service.api.reverifications import reverifications
from service.api.rules import rules
from service.api.session import session
from service.api.users import users
from service.api.verifications import verifications
from service.api.webhooks import webhooks

BLUEPRINTS = (
    verifications,
    documents,
    comparisons,
    cases,
    cards,
    case_records,
    actuals,
    accuracy,
    call_backs,
    day_lists,
    reverifications,
    batches,
    payers,
    medicaid_plans,
    plans,
    rules,
    impact,
    quick_checks,
    local_rules,
    clinic,
    session,
    users,
    keys,
    webhooks,
    audit,
    health,
)


def add_routes(app: Flask) -> None:
    """Put the API on an application, and `flask export-openapi` beside it."""
    document = make_document(app)
    for blueprint in BLUEPRINTS:
        document.register_blueprint(blueprint)
    for page in (docs, metrics):  # no part of the contract, and so not of its document
        app.register_blueprint(page)
    app.cli.command("export-openapi", help="Write the OpenAPI document as YAML.")(
        lambda: sys.stdout.write(export_openapi(app))
    )
    app.cli.command("export-permissions", help="Write who may do what, as a page.")(
        lambda: sys.stdout.write(export_permissions(app))
    )
