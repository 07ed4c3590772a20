"""A database that does not answer is told from one that was asked wrongly."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.security.crypto import make_vault
from service.store.access_tables import data_keys
from service.store.migrate import is_up_to_date
from service.store.session import Store, Unavailable, open_store, transaction
from tests.databases import POSTGRESQL
from tests.store.invented import NOW

VAULT = make_vault(bytes(range(32)))
ROW = {"kid": "one", "first_used_at": NOW}


def run(store: Store, statement: str) -> None:
    with transaction(store) as session:
        session.connection.execute(text(statement))


def with_limit(database_url: str, limit: str) -> str:
    url = make_url(database_url).update_query_dict({"options": f"-c {limit}"})
    return url.render_as_string(hide_password=False)


def test_a_statement_that_is_wrong_is_no_database_that_does_not_answer(store: Store) -> None:
    with pytest.raises(DBAPIError):
        run(store, "SELECT a FROM nowhere")


def test_a_row_that_is_there_already_is_told_as_it_always_was(store: Store) -> None:
    with transaction(store) as session:
        session.connection.execute(insert(data_keys), ROW)
    with pytest.raises(IntegrityError), transaction(store) as session:
        session.connection.execute(insert(data_keys), ROW)


def test_an_error_of_our_own_undoes_what_was_written_and_goes_on_up(store: Store) -> None:
    def fail() -> None:
        with transaction(store) as session:
            session.connection.execute(insert(data_keys), ROW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction(store) as session:
        assert session.connection.execute(select(data_keys)).all() == []


@pytest.mark.parametrize(
    ("limit", "statement", "kind"),
    [
        ("statement_timeout=100", "SELECT pg_sleep(5)", "QueryCanceled"),
        ("default_transaction_read_only=on", "DELETE FROM data_keys", "ReadOnlySqlTransaction"),
    ],
)
def test_a_server_that_takes_too_long_or_takes_no_writes_is_unavailable(
    database_url: str, database_kind: str, limit: str, statement: str, kind: str
) -> None:
    if database_kind != POSTGRESQL:
        return
    with closing(open_store(with_limit(database_url, limit), VAULT)) as store:
        with pytest.raises(Unavailable) as refused:
            run(store, statement)
        assert refused.value.kind == kind
        run(store, "SELECT 1")


def test_a_server_that_ends_a_transaction_in_which_nothing_happened_is_unavailable(
    database_url: str, database_kind: str
) -> None:
    if database_kind != POSTGRESQL:
        return
    address = with_limit(database_url, "idle_in_transaction_session_timeout=20")

    def dawdle(store: Store) -> None:
        with transaction(store) as session, closing(open_store(database_url, VAULT)) as other:
            session.connection.execute(insert(data_keys), ROW)
            run(other, "SELECT pg_sleep(0.2)")
            session.connection.execute(select(data_keys))

    with closing(open_store(address, VAULT)) as store, pytest.raises(Unavailable):
        dawdle(store)
    with closing(open_store(database_url, VAULT)) as store, transaction(store) as session:
        assert session.connection.execute(select(data_keys)).all() == []


def test_a_database_that_cannot_be_reached_is_unavailable_and_said_without_its_address(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    nowhere = tmp_path_factory.mktemp("zq") / "not there" / "openvob.db"
    for address in (f"sqlite:///{nowhere}", "postgresql+psycopg://zqrole:zqsecret@127.0.0.1:1/zq"):
        with closing(open_store(address, VAULT)) as store:
            with pytest.raises(Unavailable) as refused:
                run(store, "SELECT 1")
            assert "zq" not in str(refused.value)
            with pytest.raises(Unavailable):
                is_up_to_date(store.engine)
