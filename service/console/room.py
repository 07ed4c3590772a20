"""The blueprint that every page of the console is on."""

from __future__ import annotations

from flask import Blueprint

console = Blueprint("console", __name__, url_prefix="/console", static_folder="static")
STATIC_SECONDS = 3600
