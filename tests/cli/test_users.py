"""`vob users`: the first administrator is taken in here, and whoever lost something is helped."""

from __future__ import annotations

import pytest

from service.config import Settings
from service.office import open_store_of
from service.security.passwords import is_right
from service.store import users
from service.store.session import transaction
from service.store.users import User
from tests.cli.conftest import Run

PASSWORD = "cuatro palabras muy faciles"


@pytest.fixture(autouse=True)
def _tables(run: Run) -> None:
    run("db", "upgrade")


def kept(name: str) -> User | None:
    store = open_store_of(Settings.from_env())
    try:
        with transaction(store) as session:
            return users.find(session, name)
    finally:
        store.close()


def add(run: Run, name: str = "ana", role: str = "administrator") -> None:
    done = run("users", "add", "--name", name, "--role", role, given=f"{PASSWORD}\n")
    assert (done.exit_code, done.stdout) == (0, f"{name} can sign in as {role}.\n"), done.stderr


def test_somebody_is_taken_in_with_a_password_that_is_nowhere_shown_or_kept(run: Run) -> None:
    add(run)
    user = kept("ana")
    assert user is not None
    assert user.role == "administrator"
    assert is_right(user.password, PASSWORD)
    assert PASSWORD not in user.password
    assert "ana  administrator  can sign in  no second factor" in run("users", "list").stdout


def test_a_weak_password_is_bad_input_and_takes_nobody_in(run: Run) -> None:
    done = run("users", "add", "--name", "ana", "--role", "auditor", given="short\n")
    assert done.exit_code == 2
    assert done.stderr.startswith("/password  weak_password  password must have at least 12 characters")
    assert kept("ana") is None


def test_a_name_is_given_once(run: Run) -> None:
    add(run)
    done = run("users", "add", "--name", "ana", "--role", "auditor", given=f"{PASSWORD}\n")
    assert (done.exit_code, done.stderr) == (1, "vob: somebody of this name is here already\n")


def test_somebody_is_changed_in_what_is_named(run: Run) -> None:
    add(run)
    add(run, "luz", "admissions")
    assert run("users", "change", "luz", "--role", "supervisor", "--disable").exit_code == 0
    user = kept("luz")
    assert user is not None
    assert (user.role, user.disabled_at is None) == ("supervisor", False)
    new = "otras palabras mas faciles"
    assert run("users", "change", "luz", "--enable", "--new-password", given=f"{new}\n").exit_code == 0
    user = kept("luz")
    assert user is not None
    assert (user.disabled_at, is_right(user.password, new)) == (None, True)


def test_the_last_administrator_stays_one(run: Run) -> None:
    add(run)
    done = run("users", "change", "ana", "--disable")
    assert (done.exit_code, done.stderr) == (1, "vob: nobody would be left who could take others in\n")


def test_nobody_of_a_name_is_told_plainly(run: Run) -> None:
    done = run("users", "change", "nobody", "--disable")
    assert (done.exit_code, done.stderr) == (1, "vob: there is nobody of this name; see: vob users list\n")
