"""The verification route in process, beside a bare Flask hello and a flask-smorest skeleton of its size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import orjson
from flask import Flask, request
from flask_smorest import Api, Blueprint
from werkzeug.test import EnvironBuilder

from bench.asked import OFTEN, REQUEST
from bench.measure import show, time_in_turn
from bench.serving import QUIET
from schemas.answers import VERIFICATION
from schemas.inquiry import VERIFICATION_REQUEST
from service.api import once
from service.app import create_app
from service.config import Settings
from service.first_run import prepare

PATH = "/v1/verifications"
BODY = orjson.dumps(REQUEST)
STARTS = 5
FIRST_ANSWER = """
from time import perf_counter
began = perf_counter()
import sys
from bench.route import answer_once
answer_once()
print(perf_counter() - began)
"""


def poster(app: Flask, path: str, headers: dict[str, str]) -> Callable[[], bytes]:
    """Return a function that posts the request to an application, without a server, and reads the answer."""
    environ = EnvironBuilder(
        path=path, method="POST", data=BODY, content_type="application/json", headers=headers
    ).get_environ()

    def post() -> bytes:
        status: list[str] = []
        began = {**environ, "wsgi.input": BytesIO(BODY)}
        answer = b"".join(app.wsgi_app(began, lambda line, headers, exc=None: status.append(line)))
        if not status[0].startswith("201"):
            raise SystemExit(f"{path} answered {status[0]}: {answer[:400]!r}")
        return answer

    return post


def hello() -> Flask:
    """A bare Flask application that reads a posted JSON body and answers with a line of JSON."""
    app = Flask("hello")

    @app.post(PATH)
    @app.post("/hello")
    def greet() -> tuple[dict[str, str], int]:
        return {"hello": request.get_json()["payer"]}, 201

    @app.post("/deaf")
    def greet_unheard() -> tuple[dict[str, str], int]:
        return {"hello": "world"}, 201

    return app


def skeleton(answer: dict[str, Any]) -> Flask:
    """A flask-smorest application that loads the same request and dumps an answer of the same size."""
    app = Flask("skeleton")
    app.config.update(API_TITLE="skeleton", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    blueprint = Blueprint("skeleton", __name__)
    held: dict[str, Any] = VERIFICATION.load(answer)

    @blueprint.route("/skeleton", methods=["POST"])
    @blueprint.arguments(VERIFICATION_REQUEST)
    @blueprint.response(201, VERIFICATION)
    def create(asked: dict[str, Any]) -> dict[str, Any]:
        return held

    Api(app).register_blueprint(blueprint)
    return app


def service(folder: Path) -> tuple[Flask, dict[str, str]]:
    """The service on its embedded default in a folder, and the headers of a caller."""
    settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(folder), **OFTEN, **QUIET})
    key = prepare(settings).api_key
    return create_app(settings), {"Authorization": f"Bearer {key}"}


def without_store(post: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return the same call with nothing written at its end."""
    written = once._write

    def call() -> bytes:
        once._write = lambda made, held: (once.Kept(201, made.location, orjson.dumps(made.body)), None)
        try:
            return post()
        finally:
            once._write = written

    return call


def answer_once() -> None:
    """Start the service in the folder of the environment, and get one answer from it."""
    app, headers = service(Path(os.environ["OPENVOB_INSTANCE_PATH"]))
    poster(app, PATH, headers)()


def time_start(folder: Path, forget: bool = False) -> float:
    """Return the median seconds from the interpreter to the first answer, the rulebook compiled or not."""
    environment = {**os.environ, "OPENVOB_INSTANCE_PATH": str(folder), **QUIET}
    runs = []
    for _ in range(STARTS):
        if forget:
            shutil.rmtree(folder / "cache")
        began = perf_counter()
        subprocess.run([sys.executable, "-c", FIRST_ANSWER], check=True, env=environment, capture_output=True)
        runs.append(perf_counter() - began)
    return median(runs)


def main() -> None:
    """Print the table, with what is to be reached beside what was measured."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        app, headers = service(folder)
        kept = poster(app, PATH, headers)
        size = len(kept())
        subjects = {
            "hello": poster(hello(), "/hello", {}),
            "hello, body not read": poster(hello(), "/deaf", {}),
            "skeleton": poster(skeleton(orjson.loads(kept())), "/skeleton", {}),
            "route, nothing stored": without_store(kept),
            "route, stored": kept,
        }
        times = time_in_turn(subjects, calls=40)
        base, peer = times["hello"], times["skeleton"]
        plain, stored = times["route, nothing stored"], times["route, stored"]
        show(
            f"One verification in process, an answer of {size:,} bytes",
            [
                ("bare Flask hello POST of the same JSON", f"{base:,.0f} µs", "1.00 x"),
                ("the same with the body not read", f"{times['hello, body not read']:,.0f} µs", "to compare"),
                ("flask-smorest skeleton", f"{peer:,.0f} µs", f"{peer / base:.1f} x hello"),
                (
                    "route, nothing stored",
                    f"{plain:,.0f} µs",
                    f"{plain / base:.1f} x hello (at most 15), {plain / peer:.2f} x skeleton (at most 1.5)",
                ),
                ("route, stored", f"{stored:,.0f} µs", f"{stored / base:.1f} x hello (at most 20)"),
            ],
        )
        show(
            "Start, from the interpreter to the first answer",
            [
                ("as usual", f"{time_start(folder):.2f} s", "at most 1.5"),
                (
                    "the rulebook not compiled yet",
                    f"{time_start(folder, forget=True):.2f} s",
                    "a first start",
                ),
            ],
        )


if __name__ == "__main__":
    main()
