"""The widget's pages and files, put on an application."""

from __future__ import annotations

from flask import Flask

from service.widget.files import files
from service.widget.pages import pages


def add_widget(app: Flask) -> None:
    """Put the widget on an application."""
    app.register_blueprint(pages)
    app.register_blueprint(files)
