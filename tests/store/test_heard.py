"""What payers replied is kept sealed beside its answer, and a pending answer is completed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from service.config import HOUSE
from service.security.crypto import SealError
from service.store import cases, rulebooks, verifications
from service.store.session import Store, new_id, transaction
from service.store.verifications import PENDING, Indexes, Verification

NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)
REPLY = "ISA*00*ZQPERSON~NM1*IL*1*ZQPERSON~"
HEARD: list[dict[str, Any]] = [
    {
        "whom": "payer",
        "adapter": "x12",
        "connection": "line",
        "at": NOW.isoformat(),
        "heard": [{"text": REPLY, "trace": "T1", "at": NOW.isoformat()}],
        "failure": None,
        "administrator": None,
    }
]


@pytest.fixture
def case_id(store: Store) -> str:
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, NOW)
    rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, NOW)
    case = cases.Case(new_id(), "verifying", "desk", None, None, NOW, NOW, "desk")
    with transaction(store) as session:
        cases.add(session, case)
    return case.id


@pytest.fixture
def pending(store: Store, case_id: str) -> Verification:
    """A verification that is kept, and awaits its live answer."""
    kept = Verification(
        id=new_id(),
        case_id=case_id,
        created_at=NOW,
        status=PENDING,
        approval="none",
        payer="cigna",
        plan=None,
        site="cmhc",
        start_date=date(2026, 12, 1),
        replaces=None,
        kind="verification_made",
        made_by="desk",
        client_id=new_id(),
        rulebook_digest="sha256:aa",
        profile_digest="sha256:bb",
        engine_version="1.0.0",
        request={"payer": "cigna"},
        told=[{"active": True}],
        answer={"says": "what is published"},
    )
    keep(store, kept)
    return kept


def keep(store: Store, verification: Verification) -> None:
    with transaction(store) as session:
        verifications.add(session, verifications.sealed_row(session.vault, verification, Indexes()))


def get(store: Store, verification_id: str) -> Verification:
    with transaction(store) as session:
        found = verifications.get(session, verification_id)
    assert found is not None
    return found


def complete(store: Store, verification: Verification) -> bool:
    with transaction(store) as session:
        return verifications.complete(session, verification)


def whole_of(pending: Verification, says: str = "what the payer says", **more: Any) -> Verification:
    return replace(pending, **{"status": "complete", "answer": {"says": says}, "heard": HEARD, **more})


def column(store: Store, name: str) -> Any:
    with store.engine.connect() as connection:
        return connection.execute(text(f"SELECT {name} FROM verifications")).scalar_one()


def test_what_was_heard_comes_back_word_for_word(store: Store, pending: Verification) -> None:
    told = replace(pending, id=new_id(), status="complete", heard=HEARD)
    keep(store, told)
    assert get(store, told.id).heard == HEARD


def test_where_nothing_was_heard_nothing_is_kept(store: Store, pending: Verification) -> None:
    assert column(store, "heard") is None
    assert get(store, pending.id).heard == ()


def test_what_was_heard_stands_nowhere_in_clear(store: Store, pending: Verification, tmp_path: Path) -> None:
    assert complete(store, whole_of(pending))
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"cigna" in content
    assert b"ZQPERSON" not in content
    assert b"ISA*00" not in content


def test_what_was_heard_opens_in_its_own_row_alone(store: Store, pending: Verification) -> None:
    complete(store, whole_of(pending))
    other = replace(pending, id=new_id())
    keep(store, other)
    copied = (
        "UPDATE verifications SET heard = (SELECT heard FROM verifications WHERE id = :from) WHERE id = :to"
    )
    with store.engine.begin() as connection:
        connection.execute(text(copied), {"from": pending.id, "to": other.id})
    with pytest.raises(SealError):
        get(store, other.id)


def test_a_pending_answer_is_completed_in_its_place(store: Store, pending: Verification) -> None:
    assert complete(store, whole_of(pending))
    assert get(store, pending.id) == whole_of(pending)


def test_it_is_completed_once_and_the_first_stands(store: Store, pending: Verification) -> None:
    late = whole_of(pending, "too late", status="degraded", heard=())
    assert complete(store, whole_of(pending))
    assert not complete(store, late)
    assert get(store, pending.id) == whole_of(pending)


def test_two_that_complete_it_at_once_do_not_mix(store: Store, pending: Verification) -> None:
    offered = [whole_of(pending, f"answer {number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda whole: complete(store, whole), offered))
    assert done.count(True) == 1
    assert get(store, pending.id) == offered[done.index(True)]


@pytest.mark.parametrize("status", ["complete", "degraded"])
def test_what_is_answered_already_is_never_changed(store: Store, pending: Verification, status: str) -> None:
    answered = replace(pending, id=new_id(), status=status)
    keep(store, answered)
    assert not complete(store, whole_of(answered))
    assert get(store, answered.id) == answered


def test_only_status_answer_and_what_was_heard_are_completed(store: Store, pending: Verification) -> None:
    complete(
        store, whole_of(pending, payer="aetna", made_by="somebody else", created_at=NOW.replace(year=2027))
    )
    assert get(store, pending.id) == whole_of(pending)


def test_what_was_kept_before_replies_were_is_still_there(
    store: Store, database_url: str, pending: Verification
) -> None:
    config = Config()
    config.set_main_option("script_location", str(HOUSE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    complete(store, whole_of(pending))
    command.downgrade(config, "0001")
    assert "heard" not in {one["name"] for one in inspect(store.engine).get_columns("verifications")}
    command.upgrade(config, "head")
    assert get(store, pending.id) == whole_of(pending, heard=())
