"""Lists of things to do: leased, finished once, taken again when a lease ends, whoever works on them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from service.store import batches, cases, leases
from service.store.batch_tables import batch_items
from service.store.batches import DONE, FAILED, LEASED, REFUSED, WAITING, Batch, Done, Item
from service.store.pages import Page
from service.store.purge import Wanted, purge
from service.store.session import Store, new_id, transaction
from tests.store.invented import NOW, a_case

A_MINUTE = timedelta(minutes=1)
KIND = "day_list"
DAY = date(2026, 11, 23)


def put_up(
    store: Store, count: int = 3, *, at: int = 0, client: str = "client-1", state: str = WAITING
) -> Batch:
    made = NOW + timedelta(seconds=at)
    batch = Batch(new_id(), KIND, DAY, made, "front desk", client)
    items = [
        batches.draft_item(batch.id, one, state, {"who": f"ZQ-{one}"}, made) for one in range(1, count + 1)
    ]
    with transaction(store) as session:
        assert batches.add(session, batch, items)
    return batch


def lease(store: Store, most: int = 1, after: timedelta = timedelta()) -> list[Item]:
    now = NOW + after
    with transaction(store) as session:
        return leases.lease(session, KIND, most, now)


def finish(store: Store, item: Item, said: str = "unchanged") -> bool:
    with transaction(store) as session:
        return batches.finish(session, NOW, Done(item, {"said": said}, "c-1", f"v-{item.attempt}"))


def items_of(store: Store, batch: Batch) -> list[Item]:
    with transaction(store) as session:
        return batches.items_of(session, batch.id)


def test_what_is_put_up_is_done_in_its_order_and_ends_with_its_result(store: Store) -> None:
    batch = put_up(store)
    first, second = lease(store, most=2)
    assert [(one.number, one.state, one.attempt) for one in (first, second)] == [
        (1, LEASED, 1),
        (2, LEASED, 1),
    ]
    assert finish(store, first)
    with transaction(store) as session:
        done = batches.item_of(session, batch.id, 1)
        assert batches.progress(session, [batch.id]) == {batch.id: Counter({DONE: 1, LEASED: 1, WAITING: 1})}
    assert done is not None
    assert (done.state, done.result, done.verification_id) == (DONE, {"said": "unchanged"}, "v-1")
    assert [one.number for one in lease(store, most=9)] == [3]
    assert lease(store) == []


def test_what_it_says_of_people_is_sealed(store: Store) -> None:
    put_up(store, 1)
    [item] = lease(store)
    finish(store, item, said="ZQ-said")
    with transaction(store) as session:
        (row,) = session.connection.execute(select(batch_items)).all()
    assert b"ZQ-" not in b"".join(str(value).encode() for value in row) + row.data + row.result


def test_two_workers_at_once_never_have_the_same_item(store: Store) -> None:
    batch, together = put_up(store, 40), Barrier(4)

    def work(_: int) -> list[str]:
        together.wait()
        mine = []
        while taken := lease(store):
            mine += [one.id for one in taken]
            assert all(finish(store, one) for one in taken)
        return mine

    with ThreadPoolExecutor(4) as pool:
        done = [one for mine in pool.map(work, range(4)) for one in mine]
    assert sorted(done) == sorted(item.id for item in items_of(store, batch))
    assert {(item.state, item.attempt) for item in items_of(store, batch)} == {(DONE, 1)}


def test_an_item_whose_worker_died_is_taken_again_and_only_the_second_may_write(store: Store) -> None:
    batch = put_up(store, 1)
    [dead] = lease(store)
    assert lease(store, after=leases.LEASE - timedelta(seconds=1)) == []
    [alive] = lease(store, after=A_MINUTE)
    assert (alive.id, alive.attempt) == (dead.id, 2)
    assert not finish(store, dead, said="too late")
    assert finish(store, alive)
    assert not finish(store, alive, said="twice")
    [item] = items_of(store, batch)
    assert (item.result, item.verification_id) == ({"said": "unchanged"}, "v-2")


def test_of_items_that_are_finished_together_none_is_where_one_is_another_workers(store: Store) -> None:
    batch = put_up(store)
    first, second = lease(store, most=2)
    together = [Done(first, {}, "c-1", "v-1"), Done(second, {}, "c-2", "v-2")]
    lost = Done(replace(second, attempt=2), {}, "c-2", "v-2")
    with pytest.raises(ZeroDivisionError), transaction(store) as session:
        1 / batches.finish(session, NOW, together[0], lost)
    assert [item.state for item in items_of(store, batch)][:2] == [LEASED, LEASED]
    with transaction(store) as session:
        assert batches.finish(session, NOW, *together)
    kept = [(item.state, item.case_id, item.verification_id) for item in items_of(store, batch)][:2]
    assert kept == [(DONE, "c-1", "v-1"), (DONE, "c-2", "v-2")]


def test_an_item_that_ends_every_worker_is_left_alone_at_last(store: Store) -> None:
    batch = put_up(store, 2)
    for minutes in range(batches.MOST_ATTEMPTS):
        assert len(lease(store, most=1, after=A_MINUTE * minutes)) == 1
    [other] = lease(store, most=2, after=A_MINUTE * batches.MOST_ATTEMPTS)
    assert other.number == 2
    assert [item.state for item in items_of(store, batch)] == [FAILED, LEASED]


def test_an_item_that_is_put_off_waits_as_long(store: Store) -> None:
    put_up(store, 1)
    [item] = lease(store)
    with transaction(store) as session:
        assert batches.put_off(session, item, NOW + timedelta(seconds=10), NOW)
    assert lease(store, after=timedelta(seconds=9)) == []
    [again] = lease(store, after=timedelta(seconds=10))
    with transaction(store) as session:
        assert not batches.put_off(session, item, NOW, NOW)
    assert again.attempt == 2


def test_an_item_that_is_refused_is_taken_by_nobody_until_it_is_put_back(store: Store) -> None:
    batch = put_up(store, 1)
    [item] = lease(store)
    with transaction(store) as session:
        assert batches.refuse(session, item, {"who": "ZQ-1", "errors": ["payer"]}, NOW)
        assert not batches.refuse(session, item, {}, NOW)
    [refused] = items_of(store, batch)
    assert (refused.state, refused.data["errors"]) == (REFUSED, ["payer"])
    assert lease(store, after=A_MINUTE * 5) == []
    with transaction(store) as session:
        assert batches.put_back(session, refused, WAITING, {"who": "ZQ-2"}, NOW)
        assert not batches.put_back(session, refused, WAITING, {"who": "ZQ-3"}, NOW)
    [again] = lease(store)
    assert (again.data, again.attempt) == ({"who": "ZQ-2"}, 1)


def test_a_list_of_the_same_content_is_kept_once_on_one_day(store: Store) -> None:
    with transaction(store) as session:
        mine = batches.id_by_content(session, NOW, "day_list", "", "rows")
        assert batches.id_by_content(session, NOW, "day_list", "", "rows") == mine
        assert batches.id_by_content(session, NOW, "day_list", "", "others") != mine
        assert batches.id_by_content(session, NOW + timedelta(days=1), "day_list", "", "rows") != mine
    batch = Batch(mine[0], KIND, DAY, NOW, "front desk", "client-1")
    item = batches.draft_item(batch.id, 1, WAITING, {}, NOW)
    with transaction(store) as session:
        assert batches.add(session, batch, [item])
    with transaction(store) as session:
        assert not batches.add(session, batch, [replace(item, id=new_id())])
    assert len(items_of(store, batch)) == 1


def test_lists_are_found_page_by_page_the_last_one_first_and_by_whose_they_are(store: Store) -> None:
    first, second, third = (put_up(store, 1, at=at) for at in (0, 5, 5))
    other = put_up(store, 1, client="client-2")
    with transaction(store) as session:
        page, following = batches.page_of(session, KIND, Page(limit=2), client="client-1")
        rest, end = batches.page_of(session, KIND, Page(limit=2, cursor=following), client="client-1")
        assert {one.id for one in page} == {second.id, third.id}
        assert ([one.id for one in rest], end) == ([first.id], None)
        assert batches.page_of(session, "another", Page())[0] == []
        assert len(batches.page_of(session, KIND, Page(), day=DAY)[0]) == 4
        assert batches.page_of(session, KIND, Page(), day=DAY + timedelta(days=1))[0] == []
        assert batches.get(session, other.id, "client-1") is None
        assert batches.get(session, other.id) == other


def test_a_row_goes_with_its_case_and_an_old_list_with_what_is_left_of_it(store: Store) -> None:
    closed = a_case(id="c-1", status="discharged")
    with transaction(store) as session:
        cases.add(session, closed)
    young, old = put_up(store, 2, at=86_400), put_up(store, 2)
    item, _ = lease(store, most=2)
    assert item.batch_id == old.id
    assert finish(store, item)
    [other] = lease(store)
    assert (other.batch_id, other.number) == (young.id, 1)
    assert finish(store, other)
    list(purge(store, Wanted(NOW + timedelta(seconds=10), cases.CLOSED), lambda *_: None))
    assert items_of(store, old) == []
    assert [one.number for one in items_of(store, young)] == [2]
    with transaction(store) as session:
        assert batches.get(session, old.id) is None


@pytest.mark.parametrize("state", [REFUSED, DONE, FAILED])
def test_nothing_is_taken_that_does_not_wait(store: Store, state: str) -> None:
    put_up(store, 1, state=state)
    assert lease(store) == []
