"""Where the time of a verification goes: over HTTP but in process, and as the row of a batch, on SQLite.

An alarm rings every two milliseconds, and where the work is just then counts for the innermost part that is
named below: so SQLAlchemy under the store is SQLAlchemy. Waiting counts as well as working.
"""

from __future__ import annotations

import csv
import signal
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from flask import Flask

from bench.asked import OFTEN
from bench.batch import rows
from bench.measure import show
from bench.route import PATH, poster
from bench.serving import QUIET
from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.jobs.batch_work import work_once

LOOK_SECONDS = 0.002
ROWS, POSTS, WARM = 2_000, 2_000, 200
DRIVER = {"do_execute", "do_executemany", "do_commit", "do_rollback", "fetchone", "fetchall"}
OTHERS = "the rest of ours"
PARTS = {
    "the database itself": (),
    "SQLAlchemy": ("/sqlalchemy/",),
    "sealing and indexes": ("/service/security/crypto", "/service/security/derivation", "/cryptography/"),
    "limits on calls": ("/service/security/throttle", "/limits/"),
    "engine: coverage, authorization, cost": ("/service/engine/",),
    "published rules": ("/payers/",),
    "sentences": ("/service/explain/", "/schemas/messages"),
    "marshmallow: reading the request": ("/marshmallow/", "/schemas/inquiry", "/schemas/problem"),
    "the answer as JSON": ("/schemas/",),
    "HTTP: Flask and Werkzeug": ("/flask/", "/werkzeug/"),
    "log and metrics": ("/service/observe/", "/structlog/", "/prometheus_client/", "/logging/"),
}


def part_of(frame: FrameType | None) -> str:
    """Return which part a thread is in."""
    while frame is not None:
        file = frame.f_code.co_filename
        for name, places in PARTS.items():
            if any(place in file for place in places):
                is_driver = name == "SQLAlchemy" and frame.f_code.co_name in DRIVER
                return "the database itself" if is_driver else name
        frame = frame.f_back
    return OTHERS


def watch(work: Callable[[], object]) -> Counter[str]:
    """Do something, and return how often each part of it was met."""
    met: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        met[part_of(frame)] += 1

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return met


def made(folder: Path) -> tuple[Flask, str]:
    """A service in a folder whose rows nobody does but this, and a key."""
    given = {"OPENVOB_INSTANCE_PATH": str(folder), "OPENVOB_JOBS_THREADS": "0", **OFTEN, **QUIET}
    settings = Settings.from_env(given)
    key = prepare(settings).api_key or ""
    return create_app(settings), key


def watch_rows(folder: Path) -> Counter[str]:
    """Do the rows of a batch in this thread."""
    app, key = made(folder)
    text = StringIO()
    csv.writer(text).writerows(rows(ROWS + WARM))
    headers = {"Authorization": f"Bearer {key}"}
    sent = app.test_client().post(
        "/v1/batches", data=text.getvalue(), content_type="text/csv", headers=headers
    )
    if sent.status_code != 201:
        raise SystemExit(sent.text)
    office = app.extensions["office"]
    work_once(office, WARM)

    def do_all() -> None:
        while work_once(office):
            pass

    return watch(do_all)


def watch_posts(folder: Path) -> Counter[str]:
    """Post the request of the benches in this thread."""
    app, key = made(folder)
    post = poster(app, PATH, {"Authorization": f"Bearer {key}"})
    for _ in range(WARM):
        post()
    return watch(lambda: [post() for _ in range(POSTS)])


def main() -> None:
    """Show the table: of a hundred moments, how many each part was met in."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        posts, done = watch_posts(Path(one)), watch_rows(Path(other))
    shown = [
        (name, 100 * posts[name] / posts.total(), 100 * done[name] / done.total())
        for name in (*PARTS, OTHERS)
    ]
    shown.sort(key=lambda row: -row[2])
    show("Where the time goes", shown, ("", "POST /v1/verifications, %", "a row of a batch, %"))


if __name__ == "__main__":
    main()
