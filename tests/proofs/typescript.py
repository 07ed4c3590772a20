"""The page on calling from TypeScript, done as it says: its commands, its code, and what it prints.

Needs Node and npm, and the network for packages that npm does not hold yet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.running import DOCUMENT, blocks, called, environment_of

PAGE = "calling-from-typescript.md"


def main() -> None:
    """Run the page against a service of its own; tell by the exit code whether it says what happens."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is not here; it comes with Node, https://nodejs.org.")
    with TemporaryDirectory() as name, called(Path(name)) as service:
        folder = Path(name) / "page"
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true, "type": "module"}', "utf-8")
        (folder / "quickstart.ts").write_text("\n".join(blocks(PAGE, "ts")), "utf-8")
        shutil.copy(DOCUMENT, folder)
        install, run = blocks(PAGE, "sh")
        environment = {**os.environ, **environment_of(service)}
        for commands in (install, run):
            done = subprocess.run(
                ["sh", "-ec", commands],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            sys.stdout.write(done.stdout)
            if done.returncode:
                raise SystemExit("the page's commands fail")
        if done.stdout != "".join(blocks(PAGE, "text")):
            raise SystemExit("the page says something else")
    sys.stdout.write("The page says what happens.\n")


if __name__ == "__main__":
    main()
