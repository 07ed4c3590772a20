"""What the service's own role may do on a server: work with every table, and only add to the audit trail.

The tables belong to another role, which brings them up to date. What the database itself refuses does not
rest on the service being sound.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

from service.store.session import Session
from service.store.tables import audit_chain, audit_events, metadata

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
LESS = {audit_events.name: "SELECT, INSERT", audit_chain.name: "SELECT, INSERT", "alembic_version": "SELECT"}
"""The tables that the service's role may do less with."""

# Any number that means this lock to every process of ours: two who grant at once stand in each other's way.
LOCK = 7_303_016
NO_ROLES = "an embedded database has no roles: whoever has its file can do anything with it"


class RoleError(ValueError):
    """A role cannot be the one that the service connects with; the message says why."""


def grant_to(session: Session, role: str) -> None:
    """Let a role do what the service does and nothing else, whatever it was let do before.

    Called by the role that owns the tables. Raises `RoleError`, and then nothing is granted.
    """
    connection = session.connection
    if connection.dialect.name != "postgresql":
        raise RoleError(NO_ROLES)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    _refuse_the_owner(connection, role)
    for statement in _statements(connection, role):
        connection.exec_driver_sql(statement)
    _refuse_what_others_let_it_do(connection, role)


def _statements(connection: Connection, role: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema, name = quote(connection.execute(text("SELECT current_schema()")).scalar_one()), quote(role)
    database = quote(connection.execute(text("SELECT current_database()")).scalar_one())
    yield f"GRANT CONNECT ON DATABASE {database} TO {name}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    for table in (*metadata.tables, *(LESS.keys() - metadata.tables.keys())):
        yield f"REVOKE ALL ON TABLE {quote(table)} FROM PUBLIC, {name}"
        yield f"GRANT {LESS.get(table, EVERYTHING)} ON TABLE {quote(table)} TO {name}"
    for sequence in inspect(connection).get_sequence_names():
        yield f"REVOKE ALL ON SEQUENCE {quote(sequence)} FROM PUBLIC, {name}"
        yield f"GRANT USAGE ON SEQUENCE {quote(sequence)} TO {name}"


def _refuse_the_owner(connection: Connection, role: str) -> None:
    known = text("SELECT pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role")
    is_owner = connection.execute(known, {"role": role}).scalar_one_or_none()
    if is_owner is None:
        raise RoleError("the server has no role of this name; make it first")
    if is_owner:  # so is every superuser, and every member of the owner
        raise RoleError("this role can act as the owner of the tables, who can do anything with the trail")


def _refuse_what_others_let_it_do(connection: Connection, role: str) -> None:
    """Refuse a role that may do more still, through a role that it belongs to or because everybody may."""
    may = text(
        "SELECT has_table_privilege(:role, :table, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        " OR has_any_column_privilege(:role, :table, 'UPDATE')"
    )
    for table in LESS:
        if connection.execute(may, {"role": role, "table": table}).scalar_one():
            raise RoleError(f"this role may still change {table}, through another role that it belongs to")
    creates = text("SELECT has_schema_privilege(:role, current_schema(), 'CREATE')")
    if connection.execute(creates, {"role": role}).scalar_one():  # what the owner would then call unawares
        raise RoleError("this role may still create things beside the tables, as everybody there may")
