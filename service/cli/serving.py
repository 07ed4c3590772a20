"""`vob serve`: the service on this machine, ready after the first run, with a line to try it with."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import click
import orjson

from service.cli.failing import NoAnswer, settings_needed
from service.config import METRICS_FOLDER, Settings
from service.production import refuse_unfit

GO_BACK = "The installed set does not fit. Mend and install it, or leave it out: vob rules use built-in"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared with, never bound to by itself)


@click.command()
@click.option("--host", help="Address to serve on; OPENVOB_HOST, or 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on; OPENVOB_PORT, or 8080.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the API until interrupted; the first run makes database, data key and an API key."""
    with settings_needed():
        settings = Settings.from_env()
        settings = replace(settings, host=host or settings.host, port=port or settings.port)
        refuse_unfit(settings)
    _count_together(settings)
    # Whether metrics are counted for one process or for several is decided when they are imported.
    from service.cli.workers import Server
    from service.first_run import prepare
    from service.observe.logs import set_up_logging

    with settings_needed():
        first = prepare(settings)
    _refuse_unusable(settings)
    _check_port(settings)
    welcome = describe(settings, first.api_key, datetime.now(UTC).date())
    set_up_logging(settings)
    Server(settings, lambda: click.echo(welcome)).run()


def _refuse_unusable(settings: Settings) -> None:
    """Read the rulebook once, so that a fault in it is told before anything listens."""
    from service.cli.rulesets import read_sets_in_use
    from service.rules import Unusable, open_desk

    try:
        open_desk(settings)
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    try:
        open_desk(settings, read_sets_in_use())
    except Unusable as error:
        raise NoAnswer(f"{error}\n{GO_BACK}") from None


def _count_together(settings: Settings) -> None:
    """Let several processes count in one folder, empty at every start, unless one is named already."""
    if settings.workers == 1 or METRICS_FOLDER in os.environ:
        return
    shutil.rmtree(settings.metrics_path, ignore_errors=True)
    settings.metrics_path.mkdir(parents=True, mode=0o700)
    os.environ[METRICS_FOLDER] = str(settings.metrics_path)


def _check_port(settings: Settings) -> None:
    """Say at once, and in one line, that somebody else listens here already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host} port {settings.port}"
        raise NoAnswer(f"cannot listen on {where}: {error.strerror}. Choose another with --port.") from None


def describe(settings: Settings, api_key: str | None, today: date) -> str:
    """Return what is printed when the service is ready: its address, its key, a line to try it with."""
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    lines = [f"OpenVOB is ready at {address} (documentation: {address}/docs). Ctrl+C ends it."]
    if api_key is None:
        lines.append("To call it, make an API key: vob keys add --name NAME")
    else:
        lines += [f"API key made for this installation: {api_key}", "", "Try it:", ""]
    return "\n".join([*lines, try_line(address, api_key or "KEY", today)])


def try_line(address: str, api_key: str, today: date) -> str:
    """Return a curl line that asks about eight weeks of Original Medicare for an invented person."""
    monday = today + timedelta(days=14 - today.weekday())
    body = {
        "payer": "medicare",
        "member": {
            "member_id": "1EG4TE5MK73",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1957-03-02",
        },
        "level_of_care": "iop",
        "start_date": monday.isoformat(),
    }
    parts = ["curl", "-s", f"{address}/v1/verifications", "-H", f"Authorization: Bearer {api_key}"]
    parts += ["-H", "Content-Type: application/json", "-d", orjson.dumps(body).decode()]
    return shlex.join(parts)
