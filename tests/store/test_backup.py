"""The commands of docs/operations.md bring back what they saved, and only the data key opens it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from service.config import HOUSE, SettingError, Settings
from service.office import open_store_of
from service.store import cases, rulebooks, verifications
from service.store.session import Store, transaction
from service.store.verifications import Indexes, Verification
from tests.databases import Databases
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


def run_as_documented(what: str, settings: Settings) -> None:
    """Run the commands that stand under a heading of the page, beside the instance folder."""
    commands = dict(COMMANDS.findall((HOUSE / "docs" / "operations.md").read_text("utf-8")))
    url = make_url(settings.database_url)
    server = {
        "PGHOST": url.host,
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
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
