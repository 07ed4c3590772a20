"""The service's role works with every table and only adds to the trail, whatever it was let do before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from service.cli import main
from service.store.tables import metadata
from tests.databases import POSTGRESQL, SQLITE, Databases, PostgresServer
from tests.roles import Roles, two_roles

TRAIL = ("audit_events", "audit_chain")
REFUSED = (
    "UPDATE {} SET digest = digest",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
    "SELECT digest FROM {} FOR UPDATE",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {} ADD COLUMN more text",
    "ALTER TABLE {} DROP COLUMN digest",
    "ALTER TABLE {} RENAME TO forgotten",
    "ALTER TABLE {} OWNER TO CURRENT_USER",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE RULE quiet",
    "CREATE TRIGGER quiet BEFORE UPDATE ON {} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE quiet AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE INDEX more ON {} (digest)",
    "DROP TABLE {}",
)
REFUSED_OF_ALL = (
    "SET session_replication_role = replica",
    "DROP SCHEMA public CASCADE",
    "CREATE TABLE more (id integer)",
    "UPDATE alembic_version SET version_num = version_num",
    "DELETE FROM alembic_version",
    "DROP TABLE cases CASCADE",
    "TRUNCATE cases CASCADE",
    "ALTER TABLE cases DISABLE TRIGGER ALL",
)


@pytest.fixture
def roles(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[Roles | None]:
    """A database of the server with two roles; `None` where the database is a file."""
    if not isinstance(databases, PostgresServer):
        yield None
        return
    with two_roles(databases, tmp_path, name=' "or" %s so') as made:
        yield made


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance folder of its own."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("OPENVOB_INSTANCE_PATH", str(folder))
    return folder


def upgrade(url: str, role: str) -> Result:
    return CliRunner().invoke(main, ["db", "upgrade", "--grant-to", role], env={"OPENVOB_DATABASE_URL": url})


def connect(url: str) -> psycopg.Connection:
    words = make_url(url).translate_connect_args(username="user", database="dbname")
    return psycopg.connect(**words)


def is_refused(url: str, statement: str) -> bool:
    with closing(connect(url)) as connection:
        try:
            connection.execute(statement.encode())
        except InsufficientPrivilege:
            return True
    return False


def test_the_database_itself_refuses_to_change_the_trail(roles: Roles | None, instance: Path) -> None:
    if roles is None:
        return
    done = upgrade(roles.owner_url, roles.application)
    assert done.exit_code == 0, done.stderr
    assert "vob:" not in done.stderr
    statements = [one.format(table) for one in REFUSED for table in TRAIL] + [*REFUSED_OF_ALL]
    let_through = [one for one in statements if not is_refused(roles.application_url, one)]
    assert let_through == []
    assert [one for one in statements[:2] if is_refused(roles.owner_url, one)] == [], "the owner may"


def test_the_role_may_read_and_write_every_other_table(roles: Roles | None, instance: Path) -> None:
    if roles is None:
        return
    assert upgrade(roles.owner_url, roles.application).exit_code == 0
    others = [f"{name} WHERE false" for name in metadata.tables if name not in TRAIL]
    wanted = [f"{word} {table}" for table in others for word in ("DELETE FROM", "SELECT * FROM")]
    wanted += [f"SELECT * FROM {name}" for name in (*TRAIL, "alembic_version")]
    wanted += [f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE" for name in ("data_keys", "rulebook_uses")]
    wanted += ["SELECT nextval('rulebook_uses_id_seq')"]
    assert [one for one in wanted if is_refused(roles.application_url, one)] == []


def test_granting_again_takes_back_whatever_was_let_do_in_between(
    roles: Roles | None, instance: Path
) -> None:
    if roles is None:
        return
    assert upgrade(roles.owner_url, roles.application).exit_code == 0
    too_much = sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA public TO {}, PUBLIC")
    by_column = sql.SQL("GRANT UPDATE (digest) ON audit_events TO {}")
    with closing(connect(roles.owner_url)) as owner:
        for statement in (too_much, by_column):
            owner.execute(statement.format(sql.Identifier(roles.application)))
        owner.commit()
    changes = [f"UPDATE {table} SET digest = digest" for table in TRAIL]
    assert [one for one in changes if is_refused(roles.application_url, one)] == []
    assert upgrade(roles.owner_url, roles.application).exit_code == 0
    assert [one for one in changes if not is_refused(roles.application_url, one)] == []


def test_a_role_that_could_change_the_trail_all_the_same_is_refused(
    roles: Roles | None, instance: Path, databases: Databases
) -> None:
    if roles is None:
        return
    assert isinstance(databases, PostgresServer)
    owner = make_url(roles.owner_url).username
    assert owner
    for role, why in (
        ("nobody_of_this_name", "no role of this name"),
        (owner, "can act as the owner"),
        ("postgres", "can act as the owner"),
    ):
        done = upgrade(roles.owner_url, role)
        assert done.exit_code == 1
        assert why in done.stderr
    for group, why in (("pg_write_all_data", "may still change"), (owner, "can act as the owner")):
        member = sql.Identifier(roles.application)
        databases.held.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), member))
        done = upgrade(roles.owner_url, roles.application)
        assert done.exit_code == 1
        assert why in done.stderr
        databases.held.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(group), member))
    assert is_refused(roles.application_url, "SELECT * FROM cases"), "who is refused is granted nothing"


def test_a_schema_in_which_everybody_creates_things_is_refused(roles: Roles | None, instance: Path) -> None:
    if roles is None:
        return
    with closing(connect(roles.owner_url)) as owner:
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        owner.commit()
    done = upgrade(roles.owner_url, roles.application)
    assert done.exit_code == 1
    assert "may still create things" in done.stderr


def test_an_embedded_database_has_no_roles(instance: Path, database_kind: str) -> None:
    if database_kind != SQLITE:
        return
    done = upgrade(f"sqlite:///{instance / 'openvob.db'}", "openvob_app")
    assert done.exit_code == 2
    assert "an embedded database has no roles" in done.stderr
    assert not instance.exists(), "nothing was made before it was refused"


def test_a_role_is_made_only_on_the_server(database_kind: str, roles: Roles | None) -> None:
    assert (roles is not None) is (database_kind == POSTGRESQL)
