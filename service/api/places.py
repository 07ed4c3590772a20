"""Where views find what stands ready in the application."""

from __future__ import annotations

from flask import current_app

from service.office import Office


def office() -> Office:
    """The office of the application at hand."""
    found: Office = current_app.extensions["office"]
    return found
