"""What is kept no longer goes whole and for good; what is held, open or recent stays whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.engine import make_url

from service.store import audit, cases, holds, idempotency, purge, rulebooks, timeline, verifications
from service.store.purge import Counts, Wanted
from service.store.session import Session, Store, new_id, transaction
from service.store.tables import case_events, legal_holds
from service.store.tables import cases as cases_table
from service.store.tables import idempotency as answers_table
from service.store.tables import rulebooks as rulebooks_table
from service.store.tables import verifications as verifications_table
from tests.store.invented import a_case, a_verification

DAY = datetime(2020, 1, 1, tzinfo=UTC)
OLD = DAY - timedelta(days=1)
WANTED = Wanted(DAY, cases.CLOSED)
OF_A_CASE = (cases_table, verifications_table, case_events)


@pytest.fixture(autouse=True)
def _rulebooks(store: Store) -> None:
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, OLD)
    rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, OLD)


def keep(store: Store, *, status: str = "discharged", at: datetime = OLD, **later: datetime) -> str:
    """A case with three verifications that replace one another and a change; some of it may be later."""
    case = a_case(status=status, created_at=at, updated_at=later.get("case", at))
    chain: list[Any] = []
    with transaction(store) as session:
        cases.add(session, case)
        for number in range(3):
            made = later.get("verification", at) if number == 2 else at
            one = a_verification(case.id, created_at=made, replaces=chain[-1].id if chain else None)
            verifications.add(session, sealed(store, one))
            chain.append(one)
        event = timeline.Event(
            case.id, later.get("event", at), "case_changed", "front desk", {"status": status}
        )
        timeline.add(session, event)
    return case.id


def sealed(store: Store, one: verifications.Verification) -> Any:
    return verifications.sealed_row(store.vault.current(), one, verifications.Indexes())


def tell(session: Session, case_id: str) -> None:
    audit.add(session, audit.Event(datetime.now(UTC), "vob", "ana", "case.purge", case_id, "operations"))


def run(store: Store, wanted: Wanted = WANTED, tell: Callable[[Session, str], None] = tell) -> Counts:
    return sum(purge.purge(store, wanted, tell), Counts())


def number_of(store: Store, *tables: Table) -> list[int]:
    with transaction(store) as session:
        return [
            session.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        ]


def left(store: Store) -> set[str]:
    with transaction(store) as session:
        return set(session.connection.execute(select(cases_table.c.id)).scalars())


def purged(store: Store) -> list[str | None]:
    events = audit.audit_events
    with transaction(store) as session:
        told = select(events.c.subject).where(events.c.action == "case.purge").order_by(events.c.id)
        return list(session.connection.execute(told).scalars())


def test_a_case_that_nobody_touched_since_goes_with_all_that_belongs_to_it(store: Store) -> None:
    gone = [keep(store), keep(store, status="not_admitted")]
    stays = keep(store, at=DAY)
    assert run(store) == Counts(cases=2, verifications=6, events=2)
    assert left(store) == {stays}
    assert number_of(store, *OF_A_CASE) == [1, 3, 1]
    assert purged(store) == gone


@pytest.mark.parametrize("trace", ["case", "verification", "event"])
def test_a_case_with_any_trace_from_that_day_on_stays_whole(store: Store, trace: str) -> None:
    stays = keep(store, **{trace: DAY})
    gone = keep(store, **{trace: DAY - timedelta(seconds=1)})
    assert run(store).cases == 1
    assert (left(store), purged(store)) == ({stays}, [gone])
    assert number_of(store, *OF_A_CASE) == [1, 3, 1]


def test_open_cases_stay_unless_their_status_is_named(store: Store) -> None:
    ids = {status: keep(store, status=status) for status in cases.STATUSES}
    assert run(store).cases == 2
    assert left(store) == {ids[status] for status in ("inquiry", "verifying", "quoted", "admitted")}
    assert run(store, Wanted(DAY, ("inquiry",))).cases == 1
    assert ids["inquiry"] not in left(store)
    assert ids["admitted"] in left(store)


def test_what_is_counted_beforehand_is_what_goes_and_counting_removes_nothing(store: Store) -> None:
    held, _ = keep(store), keep(store)
    keep(store, at=DAY)
    with transaction(store) as session:
        holds.add(session, held, "ana", "a reason", DAY)
    before = number_of(store, *OF_A_CASE)
    with transaction(store) as session:
        counted = purge.count(session, WANTED)
        assert purge.held_back(session, WANTED) == [held]
    assert number_of(store, *OF_A_CASE) == before
    assert run(store) == counted == Counts(cases=1, verifications=3, events=1)


def test_a_case_under_a_hold_stays_until_each_hold_is_released(store: Store) -> None:
    case = keep(store)
    made = []
    for reason in ("a lawsuit", "an audit"):
        with transaction(store) as session:
            made.append(holds.add(session, case, "ana", reason, DAY))
    for hold in made:
        assert hold is not None
        assert run(store).cases == 0
        with transaction(store) as session:
            assert holds.release(session, hold.id, "ana", DAY)
            assert not holds.release(session, hold.id, "ana", DAY), "once is enough"
    assert run(store).cases == 1
    assert number_of(store, *OF_A_CASE, legal_holds) == [0, 0, 0, 0]


def test_holds_say_since_when_and_why_and_keep_the_reason_sealed(store: Store) -> None:
    case = keep(store)
    with transaction(store) as session:
        made = holds.add(session, case, "ana", "Zquintana v. clinic", DAY)
    with transaction(store) as session:
        assert holds.list_open(session) == holds.list_open(session, case) == [made]
        assert holds.is_held(session, case)
        assert not holds.is_held(session, new_id())
        (reason,) = session.connection.execute(select(legal_holds.c.reason)).scalars()
    assert b"Zquintana" not in reason
    assert made is not None
    assert (made.by, made.since, made.reason) == ("ana", DAY, "Zquintana v. clinic")


def test_a_case_that_is_not_there_cannot_be_held(store: Store) -> None:
    with transaction(store) as session:
        assert holds.add(session, new_id(), "ana", "a reason", DAY) is None
    assert number_of(store, legal_holds) == [0]


def test_a_purge_that_is_stopped_leaves_whole_cases_and_ends_when_it_is_begun_again(store: Store) -> None:
    ids = [keep(store) for _ in range(5)]

    def stop_at_the_third(session: Session, case_id: str) -> None:
        tell(session, case_id)
        if case_id == ids[2]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(store, tell=stop_at_the_third)
    assert left(store) == {*ids[2:]}
    assert purged(store) == ids[:2], "what stays is not told to have gone"
    assert number_of(store, *OF_A_CASE) == [3, 9, 3]
    assert run(store).cases == 3
    assert purged(store) == ids
    assert run(store) == Counts()


def test_more_cases_than_are_looked_for_at_a_time_all_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "AT_A_TIME", 2)
    ids = [keep(store) for _ in range(5)]
    parts = list(purge.purge(store, WANTED, tell))
    assert [part.cases for part in parts] == [0, 2, 2, 1]
    assert purged(store) == ids


def test_a_case_that_was_taken_up_or_held_after_it_was_found_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [keep(store) for _ in range(4)]
    found: Iterator[list[str]] = iter([ids, []])
    monkeypatch.setattr(purge, "_next", lambda *_: next(found))
    with transaction(store) as session:
        holds.add(session, ids[0], "ana", "a reason", DAY)
    with transaction(store) as session:
        cases.change(session, ids[1], {"status": "verifying"}, DAY)
    with transaction(store) as session:
        verifications.add(session, sealed(store, a_verification(ids[2], created_at=DAY)))
    assert run(store).cases == 1
    assert left(store) == {*ids[:3]}


def test_a_hold_that_comes_while_a_case_is_removed_finds_it_whole_or_gone(store: Store) -> None:
    case = keep(store)

    def hold() -> object:
        with transaction(store) as session:
            return holds.add(session, case, "ana", "a reason", DAY)

    with ThreadPoolExecutor(1) as pool:
        with transaction(store) as session:
            assert purge._remove(session, WANTED, case, tell).cases == 1
            late = pool.submit(hold)
            with pytest.raises(TimeoutError):
                late.result(0.2)
        assert late.result(5) is None, "the hold waits, and is told that there is nothing to hold"
    assert number_of(store, cases_table, legal_holds) == [0, 0]


def test_answers_that_were_kept_to_be_repeated_go_by_their_age(store: Store) -> None:
    for number, at in enumerate((DAY + timedelta(minutes=1), DAY + timedelta(seconds=0.5), OLD)):
        wanted = idempotency.make_claim(store, "client", "POST /v1/cases", f"k{number}", b"{}")
        assert idempotency.claim(store, wanted, at) is None
    with transaction(store) as session:
        assert purge.count(session, WANTED).answers == 2
    assert run(store).answers == 2
    assert number_of(store, answers_table) == [1]


def test_the_trail_and_what_answered_stay_and_the_trail_holds(store: Store) -> None:
    case = keep(store)
    with transaction(store) as session:
        read = audit.Event(OLD, "client", "desk", "case.read", case, "payment")
        audit.add(session, read)
    before = number_of(store, rulebooks_table)
    run(store)
    audit.seal(store, datetime.now(UTC))
    assert number_of(store, rulebooks_table) == before
    with transaction(store) as session:
        verdict = audit.check(session, datetime.now(UTC))
        assert (verdict.linked, verdict.fault) == (2, None)
        assert session.connection.execute(select(audit.audit_events.c.subject)).scalars().all() == [
            case,
            case,
        ]


def test_the_oldest_case_left_is_named(store: Store) -> None:
    with transaction(store) as session:
        assert purge.oldest(session) is None
    later, sooner = keep(store, status="admitted"), keep(store, status="admitted", at=OLD - timedelta(days=9))
    assert later < sooner, "by when it was opened, not by when it came here"
    with transaction(store) as session:
        assert purge.oldest(session) == purge.Oldest(sooner, OLD - timedelta(days=9))


def test_what_was_removed_is_in_the_files_no_longer(store: Store, database_url: str) -> None:
    file = make_url(database_url).database
    if store.engine.dialect.name != "sqlite" or file is None:
        return
    for _ in range(20):
        keep(store)
    keep(store, status="admitted")
    gone, stays = sealed_of(store, "discharged"), sealed_of(store, "admitted")
    assert in_files(file, gone) == len(gone), "it was there"
    run(store)
    purge.empty_log(store)
    assert in_files(file, gone) == 0
    assert in_files(file, stays) == len(stays)


def sealed_of(store: Store, status: str) -> list[bytes]:
    query = select(verifications_table.c.request, verifications_table.c.answer).join(cases_table)
    with transaction(store) as session:
        rows = session.connection.execute(query.where(cases_table.c.status == status)).all()
    # Longer ones may be spread over pages; the beginning of each is in one piece.
    return [value[:24] for row in rows for value in row]


def in_files(file: str, pieces: list[bytes]) -> int:
    content = b"".join(path.read_bytes() for path in Path(file).parent.glob(f"{Path(file).name}*"))
    return sum(piece in content for piece in pieces)
