"""`vob sandbox`: an invented payer to try live answers with, alone or with a service that asks it."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess  # nosec B404 # it starts a service of ours, with words of ours
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from payers.sandbox.member import Member
from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import ROSTER
from payers.sandbox.server import Sandbox
from service.cli.failing import NoAnswer, settings_needed
from service.config import HOUSE, Settings
from service.first_run import prepare

EXAMPLE = HOUSE / "clinic.example.yaml"
PATIENCE = 30.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of this machine to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8271, show_default=True)
@click.option(
    "--seconds", type=click.FloatRange(0, 60), default=0.0, show_default=True, help="What every answer takes."
)
@click.option("--with-service", is_flag=True, help="Start a service too that asks it, and show what to try.")
def sandbox(host: str, port: int, seconds: float, with_service: bool) -> None:
    """Serve an invented payer until interrupted; nothing leaves this machine."""
    try:
        payer = Sandbox(host, port, seconds=seconds)
    except OSError as error:
        raise NoAnswer(f"cannot listen on {host} port {port}: {error.strerror}.") from None
    click.echo(f"The sandbox payer listens at {payer.url} (GET /roster lists its members). Ctrl+C ends it.")
    if not with_service:
        payer.serve()
        return
    # Being told to end is as good as Ctrl+C: the service that was started has to end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    payer.start()
    try:
        with _service(payer.url) as (address, key):
            for line in lines_to_try(address, key, datetime.now(UTC).date()):
                click.echo(line)
            _wait_for_interrupt()
    finally:
        payer.stop()


@contextmanager
def _service(payer_url: str) -> Iterator[tuple[str, str]]:
    """Run a service whose profile leads to the sandbox, in a process and an instance folder of its own."""
    with settings_needed():
        own = Settings.from_env()
    folder = own.instance_path / "sandbox"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    profile = folder / "clinic.yaml"
    profile.write_text(f"{EXAMPLE.read_text('utf-8')}\n{write_connections(payer_url)}", "utf-8")
    environment = _environment(folder, profile)
    with settings_needed():
        settings = Settings.from_env(environment)
        key = prepare(settings).api_key or "KEY"
    address = f"http://{settings.host}:{settings.port}"
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as served:  # noqa: S603
        try:
            _wait_until_ready(served, settings)
            yield address, key
        finally:
            served.terminate()


def _environment(folder: Path, profile: Path) -> dict[str, str]:
    return {
        **os.environ,
        **sandbox_credentials(),
        # What is invented is tried out beside the installation, on a database of its own.
        "OPENVOB_ENVIRONMENT": "",
        "OPENVOB_WORKERS": "",
        "OPENVOB_INSTANCE_PATH": str(folder),
        "OPENVOB_DATABASE_URL": "",
        "OPENVOB_CLINIC_PROFILE": str(profile),
    }


def _wait_until_ready(served: subprocess.Popen[Any], settings: Settings) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if served.poll() is not None:
            raise NoAnswer("the service did not start; it says why above.")
        try:
            socket.create_connection((settings.host, settings.port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NoAnswer("the service did not become ready in time.")


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo()


def lines_to_try(address: str, key: str, today: date) -> Iterator[str]:
    """Yield a curl line for each member of the roster, with what it shows."""
    yield f"The service that asks it is ready at {address} (documentation: {address}/docs)."
    # Payers are asked about days of this month, so a Monday of the next would be asked about too early.
    monday = today + timedelta(days=7 - today.weekday())
    start = monday if monday.month == today.month else today
    for member in ROSTER:
        yield ""
        yield f"# {member.key} ({member.payer}): {member.shows}"
        yield curl_line(address, key, request_about(member, start))


def request_about(member: Member, start: date) -> dict[str, Any]:
    """Return the verification request that asks about a member of the roster."""
    person = member.person
    asked: dict[str, Any] = {
        "member_id": person.member_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
    }
    if person.subscriber is not None:
        holder = person.subscriber
        asked["relationship"] = person.relationship
        asked["subscriber"] = {
            "member_id": holder.member_id,
            "first_name": holder.first_name,
            "last_name": holder.last_name,
            "birth_date": holder.birth_date.isoformat() if holder.birth_date else None,
        }
    return {
        "payer": member.payer,
        "network": "in",
        "member": asked,
        "condition": member.condition,
        "level_of_care": member.level_of_care,
        "start_date": start.isoformat(),
    }


def curl_line(address: str, key: str, body: Mapping[str, Any]) -> str:
    """Return the line that posts a verification request."""
    parts = ["curl", "-s", f"{address}/v1/verifications", "-H", f"Authorization: Bearer {key}"]
    parts += ["-H", "Content-Type: application/json", "-d", orjson.dumps(body).decode()]
    return shlex.join(parts)
