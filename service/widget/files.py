"""The script of the widget and what goes with it: open to every page; nothing of anybody is in it."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.security import safe_join

from service.at_hand import office

FOLDER = Path(__file__).resolve().parent / "static"
SCRIPT = "widget.js"
FILE_SECONDS = 300
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
DEMO_POLICY = (
    "default-src 'none'; script-src 'self' http://127.0.0.1:* http://localhost:*; style-src 'self'; "
    "connect-src 'self' http://127.0.0.1:* http://localhost:*; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""What the page to try it out may do, on the machine itself."""

files = Blueprint("widget_files", __name__, url_prefix="/widget")


@files.get(f"/{SCRIPT}")
def script() -> Response:
    """The script that a clinic's page names."""
    return _file(SCRIPT)


@files.get("/static/<path:name>")
def part(name: str) -> Response:
    """Styles and whatever else the script and the pages need."""
    return _file(name)


@files.get("/demo")
def demo() -> Response:
    """A page to try the widget on; not in production."""
    if office().settings.is_production:
        abort(404)
    page = Response(render_template("widget/demo.html", key=request.args.get("key", "")[:200]))
    page.headers["Content-Security-Policy"] = DEMO_POLICY
    return page


def _file(name: str) -> Response:
    place = safe_join(str(FOLDER), name)
    kind = KINDS.get(Path(name).suffix)
    if place is None or kind is None or not Path(place).is_file():
        abort(404)
    # Whole, not streamed: these files are small, and nobody has to close them.
    response = Response(Path(place).read_bytes(), mimetype=kind)
    response.cache_control.public, response.cache_control.max_age = True, FILE_SECONDS
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
