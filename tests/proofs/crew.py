"""The processes of a cluster under proof: each in a group of its own, killed and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from signal import SIGKILL

from tests.proofs.serving import COMMAND, UNLIMITED, Installation


class Crew:
    """Processes by name, with the words that each is started with."""

    def __init__(self, installation: Installation, words: Mapping[str, Sequence[str]]) -> None:
        self._installation, self._words = installation, words
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.ended_by_themselves = 0
        for name in words:
            self._start(name)

    def names(self, beginning: str) -> list[str]:
        """The names that begin so."""
        return [name for name in self._words if name.startswith(beginning)]

    def process(self, name: str) -> int:
        """The id of the process that has a name now."""
        return self._running[name].pid

    def kill(self, name: str) -> None:
        """Kill a process with all of its children at once, and start it again."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, SIGKILL)
        self._running[name].wait()
        self._start(name)

    def kill_child(self, name: str, random: Random) -> bool:
        """Kill one of a process's children, which it has to replace itself; whether there was any."""
        pid = self._running[name].pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
            os.kill(int(random.choice(children)), SIGKILL)
        except (OSError, IndexError):
            return False
        return True

    def look_after(self) -> None:
        """Start again what ended by itself, as whatever watches over services does."""
        for name, process in self._running.items():
            if process.poll() is not None:
                self.ended_by_themselves += 1
                self._start(name)

    def end(self, names: Sequence[str]) -> None:
        """End processes as an operator does."""
        for name in names:
            self._running[name].terminate()
        for name in names:
            try:
                self._running[name].wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self._running[name].pid, SIGKILL)

    def kill_all(self) -> None:
        """Leave nothing behind."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)

    def _start(self, name: str) -> None:
        told = self._installation.environment(**UNLIMITED)
        with (self._installation.folder / "logs" / name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *self._words[name]],
                cwd=self._installation.folder / "home",
                env=told,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
