"""Every page of the console, put on an application."""

from __future__ import annotations

from flask import Flask

from service.console import (
    administration,
    calling,
    cards,
    case,
    desk,
    documents,
    door,
    faults,
    morning,
    verifying,
)
from service.console.room import STATIC_SECONDS, console

PAGES = (door, morning, verifying, cards, desk, documents, case, calling, administration, faults)


def add_console(app: Flask) -> None:
    """Put the console on an application."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_SECONDS
    app.register_blueprint(console)
