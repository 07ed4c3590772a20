"""A clinic's website of its own origin, as strict as one can be, that holds the quick check in two lines.

`python -m tests.widget.website` takes an installation of its own with a site key for this website, serves
both on this machine and prints where; `make widget-demo` does that.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from service.security.keys import draft_key, keep_key
from service.security.permissions import SITE_SCOPES
from service.store.session import transaction
from tests.browsers import reachable

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'self'; img-src 'self'; "
    "script-src {service}; connect-src {service}; require-trusted-types-for 'script'"
)
"""What such a page has to allow, and nothing else."""

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="An invented clinic's page about admissions.">
<title>{title}</title>
<link rel="stylesheet" href="/{styles}.css">
<script src="{service}/widget/widget.js" data-site-key="{key}" defer></script>
</head>
<body>
<header><p>Example Behavioral Health (invented)</p></header>
<main>
<h1>{title}</h1>
<p>{lead}</p>
<openvob-quick-verify{attributes}>
<p>{call} <a href="tel:305-555-0100">305-555-0100</a>.
<a href="{service}/widget/check?key={key}&amp;lang={lang}">{form}</a></p>
</openvob-quick-verify>
</main>
</body>
</html>
"""

WORDS = {
    "en": {
        "title": "Admissions",
        "lead": "We are glad you are here. Start with one question, or call us.",
        "call": "Call us:",
        "form": "Ask without a script",
    },
    "es": {
        "title": "Admisiones",
        "lead": "Nos alegra que esté aquí. Empiece con una pregunta o llámenos.",
        "call": "Llámenos:",
        "form": "Preguntar sin programa",
    },
}

STYLES = {
    "site": """
        body { margin: 0; font: 1.05rem/1.6 Georgia, serif; color: #22303a; background: #fff; }
        header, main { max-width: 44rem; margin: 0 auto; padding: .5rem 1rem; }
        openvob-quick-verify { margin: 1.5rem -1rem; }
    """,
    "themed": """
        openvob-quick-verify { --openvob-accent: #7a1f5c; --openvob-font: Georgia; --openvob-radius: 0; }
    """,
    "hostile": """
        html { font-size: 62.5%; }
        * { color: red; font: italic 5px fantasy; text-transform: uppercase; letter-spacing: 1em; }
        button, input, .ov, .crisis { display: none !important; }
    """,
}
"""What a page may wear: its own look, one given to the element, and one that would break it."""


class Website:
    """The pages; each address is a language, the styles of the page and the attributes of the element."""

    def __init__(self, service: str, key: str = "", port: int = 0) -> None:
        website = self
        self.service, self.key = service, key

        class Pages(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, kind, body = website.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY.format(service=website.service))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: whoever asks is the one who looks."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Pages)
        self.origin = f"http://localhost:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, address: str) -> tuple[int, str, bytes]:
        """Status, kind and body: `/es/themed?scheme=auto` is Spanish, with a look given to the element."""
        parts = urlsplit(address)
        name = parts.path.rpartition("/")[2]
        if name.endswith(".css"):
            return 200, "text/css", STYLES[name.removesuffix(".css")].encode()
        if name.endswith(".ico"):
            return 200, "image/x-icon", b""
        lang = "es" if parts.path.startswith("/es") else "en"
        attributes = "".join(f' {attribute}="{value}"' for attribute, value in parse_qsl(parts.query))
        styles = name if name in STYLES else "site"
        about = {"lang": lang, "styles": styles, "attributes": attributes, **WORDS[lang]}
        return 200, "text/html", PAGE.format(service=self.service, key=self.key, **about).encode()

    def close(self) -> None:
        """Serve no longer."""
        self._server.shutdown()
        self._server.server_close()


def register(app: Flask, origin: str) -> str:
    """A site key for the pages of an origin."""
    office: Office = app.extensions["office"]
    key, token = draft_key("website", SITE_SCOPES, datetime.now(UTC), origins=(origin,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
    return token


def main() -> None:
    """Serve both until told to stop."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(folder)})
        prepare(settings)
        app = create_app(settings)
        website = Website(stack.enter_context(reachable(app)), port=8090)
        website.key = register(app, website.origin)
        print(f"English {website.origin}/  Spanish {website.origin}/es  Ctrl+C stops")  # noqa: T201
        with suppress(KeyboardInterrupt):
            Event().wait()
        website.close()


if __name__ == "__main__":
    main()
