"""Two roles of a PostgreSQL server: one that owns a database, and one that the service connects with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from service.config import HOUSE
from tests.databases import PostgresServer

SCRIPT = HOUSE / "deploy" / "postgres" / "application-role.sh"
PASSWORD = 'it\'s "a" $secret: of 100 % tests'


@dataclass(frozen=True)
class Roles:
    """A database as its owner and as the service reach it, and the name of the service's role."""

    owner_url: str
    application_url: str
    application: str


@contextmanager
def two_roles(server: PostgresServer, folder: Path, name: str = "") -> Iterator[Roles]:
    """A database without tables that a role owns, and a role that may log in and nothing else.

    Neither is a superuser; the second is made as a deployment makes it, with `name` at its end.
    """
    owner, application = server.role(), f"{server.role()}{name}"
    with server.database(folder, empty=True) as address:
        url = make_url(address)
        server.held.execute(f"CREATE ROLE {owner} LOGIN PASSWORD 'owner'")
        server.held.execute(f"ALTER DATABASE {url.database} OWNER TO {owner}")
        for _ in range(2):  # the second time changes the password of a role that is there
            make_application_role(address, application)
        yield Roles(
            url.set(username=owner, password="owner").render_as_string(hide_password=False),
            url.set(username=application, password=PASSWORD).render_as_string(hide_password=False),
            application,
        )


def make_application_role(address: str, role: str) -> None:
    """Run the script of the deployment against a server."""
    url = make_url(address)
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port and str(url.port),
        "PGPASSWORD": url.password,
        "POSTGRES_USER": url.username,
        "POSTGRES_DB": url.database,
        "APPLICATION_ROLE": role,
        "APPLICATION_PASSWORD": PASSWORD,
    }
    environment = {**os.environ, **{name: value for name, value in given.items() if value}}
    subprocess.run(["sh", str(SCRIPT)], env=environment, check=True)
