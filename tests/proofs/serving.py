"""An installation in a folder of its own, served by a process of its own that can be ended or killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from payers.sandbox.profile import sandbox_credentials, write_connections
from service.config import HOUSE, Settings

UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
COMMAND = "from service.cli import main; main()"
PATIENCE = 60.0
ENDS_WITHIN = 20.0


@dataclass
class Installation:
    """A folder, a database, and what a process of it is told by its environment."""

    folder: Path
    database_url: str
    terms: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in ("instance", "tmp", "home", "numbers", "logs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    @property
    def instance(self) -> Path:
        """Where the service keeps what it makes."""
        return self.folder / "instance"

    @property
    def key(self) -> str:
        """The API key of the first run."""
        return (self.instance / "api-key").read_text("ascii").strip()

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of this installation is told; nothing of what whoever starts it has set for us."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("OPENVOB_")}
        return {
            **ours,
            "PYTHONPATH": str(HOUSE),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "numbers"),
            "OPENVOB_INSTANCE_PATH": str(self.instance),
            "OPENVOB_DATABASE_URL": self.database_url,
            **self.terms,
            **more,
        }

    def settings(self) -> Settings:
        """What a process of this installation reads from its environment."""
        return Settings.from_env(self.environment())

    def lead_to(self, payer_url: str, seconds: float) -> Mapping[str, str]:
        """Write a profile that leads to a sandbox payer, with the time one check may take."""
        profile = self.instance / "clinic.yaml"
        connections = write_connections(payer_url).replace(
            "test: true", f"test: true\n    seconds: {seconds}"
        )
        example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
        profile.write_text(f"{example}\n{connections}", "utf-8")
        return {**sandbox_credentials(), "OPENVOB_CLINIC_PROFILE": str(profile)}


@dataclass
class Served:
    """A running service: where, and its process, the leader of a group."""

    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill every process of the service at once, as a machine that loses its power would."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()

    def kill_worker(self) -> None:
        """Kill only the process that answers; its parent starts another one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in children.read_text("ascii").split():
            os.kill(int(pid), signal.SIGKILL)

    def end(self) -> None:
        """End the service as an operator does."""
        self.process.terminate()
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()


def start(
    installation: Installation, *, command: str = COMMAND, environment: Mapping[str, str] | None = None
) -> Served:
    """Start a service, and return once it is ready; what it writes is added to the installation's logs."""
    port = free_port()
    words = [sys.executable, "-c", command, "serve", "--port", str(port)]
    told = environment or installation.environment(**UNLIMITED)
    logs = installation.folder / "logs"
    with (logs / "stdout").open("ab") as out, (logs / "stderr").open("ab") as err:
        process = subprocess.Popen(
            words, cwd=installation.folder / "home", env=told, stdout=out, stderr=err, start_new_session=True
        )
    served = Served(f"http://127.0.0.1:{port}", process)
    try:
        wait_until_ready(served)
    except BaseException as error:
        served.kill()
        error.add_note((logs / "stderr").read_text("utf-8")[-1500:])
        raise
    return served


@contextmanager
def serving(
    installation: Installation, *, command: str = COMMAND, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve as long as the block runs."""
    served = start(installation, command=command, environment=environment)
    try:
        yield served
    finally:
        served.end()


def run_command(
    installation: Installation, words: Sequence[str], given: bytes, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a command of ours with something on its standard input."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=installation.folder / "home",
        env=environment,
        input=given,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def wait_until_ready(served: Served) -> None:
    """Return once the service answers; raises where it ended instead, or takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if served.process.poll() is not None:
            raise RuntimeError("the service ended; its log says why")
        try:
            if requests.get(f"{served.address}/readyz", timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise RuntimeError("the service did not become ready")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
