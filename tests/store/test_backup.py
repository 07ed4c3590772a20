"""The commands of docs/operations.md bring back what they saved, and only the data key opens it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from service.app import create_app
from service.cli import main
from service.config import HOUSE, SettingError, Settings
from service.office import Office, open_store_of
from service.store import audit, cases, rulebooks, verifications
from service.store.session import Store, new_id, transaction
from service.store.tables import audit_chain, audit_events
from service.store.verifications import Indexes, Verification
from tests.databases import Databases, PostgresServer
from tests.roles import two_roles
from tests.store.invented import NOW, a_case, a_verification

COMMANDS = re.compile(r"^### (\w+: \w+)\n(?:(?!^#).)*?```sh\n(.*?)```", re.MULTILINE | re.DOTALL)
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Iterator[Settings]:
    """An installation of its own, in folders named as in the documentation."""
    (tmp_path / "backup").mkdir()
    instance = tmp_path / "instance"
    with databases.database(instance) as url:
        yield Settings.from_env({"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_DATABASE_URL": url})


def run_as_documented(what: str, settings: Settings, owner: str | None = None) -> None:
    """Run the commands that stand under a heading of the page, beside the instance folder."""
    commands = dict(COMMANDS.findall((HOUSE / "docs" / "operations.md").read_text("utf-8")))
    url = make_url(settings.database_url)
    server = {
        "PGHOST": url.host,
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "OWNER": owner or url.username,
        "OPENVOB_INSTANCE_PATH": str(settings.instance_path),
        "OPENVOB_DATABASE_URL": settings.database_url,
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **{name: value for name, value in server.items() if value}}
    words = ["sh", "-e", "-c", commands[what]]
    subprocess.run(words, cwd=settings.instance_path.parent, env=environment, check=True)


def keep_some(store: Store, number: int) -> list[Verification]:
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, NOW)
    rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, NOW)
    case = a_case()
    made = [a_verification(case.id) for _ in range(number)]
    with transaction(store) as session:
        cases.add(session, case)
        for one in made:
            verifications.add(session, verifications.sealed_row(session.vault, one, Indexes()))
    return made


def note_reads(store: Store, number: int) -> None:
    """Read some cases two minutes ago."""
    with transaction(store) as session:
        for _ in range(number):
            at = datetime.now(UTC) - timedelta(minutes=2)
            audit.add(session, audit.Event(at, "client-1", "front desk", "case.read", new_id(), "payment"))


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """The service, started and asked nothing."""
    office: Office = create_app(settings).extensions["office"]
    yield
    office.close()


def wipe(settings: Settings, database_kind: str) -> None:
    """Lose everything: the file, or every table."""
    if database_kind == "sqlite":
        for file in settings.instance_path.glob("openvob.db*"):
            file.unlink()
        return
    with closing(open_store_of(settings)) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")


def test_what_was_backed_up_while_the_service_ran_is_there_after_a_restore(
    settings: Settings, database_kind: str
) -> None:
    with closing(open_store_of(settings)) as store:
        made = keep_some(store, 5)
        run_as_documented(f"{NAMES[database_kind]}: backup", settings)
        keep_some(store, 1)
    wipe(settings, database_kind)
    run_as_documented(f"{NAMES[database_kind]}: restore", settings)
    with closing(open_store_of(settings)) as store, transaction(store) as session:
        assert verifications.ids_of_case(session, made[0].case_id) == [one.id for one in reversed(made)]
        assert [verifications.get(session, one.id) for one in made] == made


def test_what_was_restored_is_opened_by_the_copy_of_the_data_key_alone(
    settings: Settings, database_kind: str
) -> None:
    apart = settings.instance_path.parent / "key kept apart"
    with closing(open_store_of(settings)) as store:
        made = keep_some(store, 1)
    shutil.copyfile(settings.data_key_file, apart)
    run_as_documented(f"{NAMES[database_kind]}: backup", settings)
    settings.data_key_file.unlink()
    run_as_documented(f"{NAMES[database_kind]}: restore", settings)
    with pytest.raises(SettingError, match="written with another data key"):
        open_store_of(settings)
    shutil.copyfile(apart, settings.data_key_file)
    with closing(open_store_of(settings)) as store, transaction(store) as session:
        assert verifications.get(session, made[0].id) == made[0]


def test_the_trail_that_was_restored_holds_and_is_the_one_that_was_backed_up(
    settings: Settings, database_kind: str
) -> None:
    with closing(open_store_of(settings)) as store:
        note_reads(store, 3)
        audit.seal(store, datetime.now(UTC))
        note_reads(store, 2)  # committed and not linked yet, in the moment of the backup
        run_as_documented(f"{NAMES[database_kind]}: backup", settings)
        note_reads(store, 1)
        audit.seal(store, datetime.now(UTC))
        with transaction(store) as session:
            later = audit.find_head(session)
    wipe(settings, database_kind)
    run_as_documented(f"{NAMES[database_kind]}: restore", settings)
    with running(settings):
        run_as_documented("Both: check", settings)
    with closing(open_store_of(settings)) as store, transaction(store) as session:
        verdict = audit.check(session, datetime.now(UTC))
        assert (verdict.linked, verdict.waiting, verdict.fault) == (5, 0, None)
        lost = audit.check(session, datetime.now(UTC), later).fault
        assert lost is not None, "what was done after the backup is missed"
        assert lost.what == "the end of the chain is missing"


def test_a_trail_that_was_changed_in_the_backup_is_found_by_the_check(
    settings: Settings, database_kind: str
) -> None:
    with closing(open_store_of(settings)) as store:
        note_reads(store, 3)
        audit.seal(store, datetime.now(UTC))
        run_as_documented(f"{NAMES[database_kind]}: backup", settings)
    run_as_documented(f"{NAMES[database_kind]}: restore", settings)
    with closing(open_store_of(settings)) as store, transaction(store) as session:
        for table, column in ((audit_chain, audit_chain.c.number), (audit_events, audit_events.c.id)):
            last = select(func.max(column)).scalar_subquery()
            session.connection.execute(delete(table).where(column == last))
    with pytest.raises(subprocess.CalledProcessError):
        run_as_documented("Both: check", settings)


def test_a_server_s_database_is_restored_to_its_owner_and_the_service_s_role(
    databases: Databases, tmp_path: Path
) -> None:
    if not isinstance(databases, PostgresServer):
        return
    (tmp_path / "backup").mkdir()
    places = {"OPENVOB_INSTANCE_PATH": str(tmp_path / "instance")}
    with two_roles(databases, tmp_path) as roles:
        grant = ["db", "upgrade", "--grant-to", roles.application]
        owners = places | {"OPENVOB_DATABASE_URL": roles.owner_url}
        assert CliRunner().invoke(main, grant, env=owners).exit_code == 0
        service = Settings.from_env(places | {"OPENVOB_DATABASE_URL": roles.application_url})
        with closing(open_store_of(service)) as store:
            made = keep_some(store, 2)
            note_reads(store, 2)
            audit.seal(store, datetime.now(UTC))
        run_as_documented("PostgreSQL: backup", Settings.from_env(owners))
        owner = make_url(roles.owner_url).username
        admin = databases.url.set(database=make_url(roles.owner_url).database)
        superuser = places | {"OPENVOB_DATABASE_URL": admin.render_as_string(hide_password=False)}
        run_as_documented("PostgreSQL: restore", Settings.from_env(superuser), owner)
        assert CliRunner().invoke(main, grant, env=owners).exit_code == 0
        with running(service):
            run_as_documented("Both: check", service)
        with closing(open_store_of(service)) as store:
            with transaction(store) as session:
                assert [verifications.get(session, one.id) for one in made] == made
            with (
                pytest.raises(ProgrammingError, match="InsufficientPrivilege"),
                transaction(store) as session,
            ):
                session.connection.execute(delete(audit_events))
