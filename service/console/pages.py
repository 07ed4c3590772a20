"""Every page of the console, put on an application."""

from __future__ import annotations

from flask import Flask

from service.console import (
    actuals,
    administration,
    answering,
    batch_files,
    batches,
    calling,
    cards,
    case,
    clinic,
    desk,
    documents,
    door,
    faults,
    impact,
    memory,
    morning,
    reverified,
    rulebook,
    verifying,
    webhooks,
)
from service.console.room import STATIC_SECONDS, console

PAGES = (
    door,
    morning,
    batches,
    batch_files,
    reverified,
    verifying,
    cards,
    desk,
    answering,
    documents,
    case,
    actuals,
    calling,
    memory,
    rulebook,
    impact,
    clinic,
    administration,
    webhooks,
    faults,
)


def add_console(app: Flask) -> None:
    """Put the console on an application."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_SECONDS
    app.register_blueprint(console)
