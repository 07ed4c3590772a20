"""How many items at once, and in a minute, ask over one connection: counted in the table, for all workers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Lock

import pytest

from service.store import batches, leases
from service.store.batches import DONE, WAITING, Batch, Done, Item
from service.store.leases import A_MINUTE, ASKING_LEASE, LATER, LEASE, Limit
from service.store.session import Store, new_id, transaction
from tests.store.invented import NOW

KIND = "batch"
SECOND = timedelta(seconds=1)
ONE = (Limit("house", 1),)


def put_up(store: Store, *connections: str | None, at: int = 0) -> Batch:
    """A list with an item for each connection named; `None` asks nobody."""
    batch = Batch(new_id(), KIND, None, NOW + timedelta(seconds=at), "front desk", "client-1")
    items = [
        batches.draft_item(batch.id, number, WAITING, {}, NOW, connection)
        for number, connection in enumerate(connections, start=1)
    ]
    with transaction(store) as session:
        assert batches.add(session, batch, items)
    return batch


def lease(
    store: Store, limits: Sequence[Limit] = ONE, *, most: int = 10, after: timedelta = timedelta()
) -> list[Item]:
    with transaction(store) as session:
        return leases.lease(session, KIND, most, NOW + after, limits)


def finish(store: Store, item: Item) -> bool:
    with transaction(store) as session:
        return batches.finish(session, NOW, Done(item, {}, None, None))


def numbers(items: Sequence[Item]) -> list[int]:
    return [item.number for item in items]


def test_what_asks_nobody_is_taken_together_for_a_little_and_what_asks_alone_for_longer(store: Store) -> None:
    put_up(store, None, None, "house", None)
    quick = lease(store)
    assert numbers(quick) == [1, 2, 4]
    assert {item.lease_until for item in quick} == {NOW + LEASE}
    [slow] = lease(store)
    assert (slow.number, slow.lease_until) == (3, NOW + ASKING_LEASE)
    assert lease(store, after=LEASE - SECOND) == []
    assert [numbers(lease(store, after=LEASE)) for _ in range(4)] == [[1], [2], [4], []]
    again = [lease(store, after=ASKING_LEASE) for _ in range(5)]
    assert sorted(map(numbers, again)) == [[], [1], [2], [3], [4]]


def test_a_connection_that_is_full_holds_up_nobody_else(store: Store) -> None:
    put_up(store, "house", "house", "other", None)
    limits = (Limit("house", 1), Limit("other", 1))
    [first] = lease(store, limits)
    assert [numbers(lease(store, limits)) for _ in range(3)] == [[3], [4], []]
    assert finish(store, first)
    assert numbers(lease(store, limits)) == [2]


def test_what_is_full_in_one_list_is_looked_for_in_the_next(store: Store) -> None:
    put_up(store, "house", "house")
    younger = put_up(store, None, at=1)
    assert numbers(lease(store)) == [1]
    assert [item.batch_id for item in lease(store)] == [younger.id]


def test_workers_at_once_never_have_more_under_way_than_a_connection_takes(store: Store) -> None:
    batch, limits = put_up(store, *["house"] * 12, *[None] * 12), (Limit("house", 3),)
    together, lock = Barrier(4), Lock()
    under_way: set[str] = set()
    seen: list[int] = []

    def work(_: int) -> None:
        together.wait()
        idle = 0
        while idle < 5:
            items = lease(store, limits, most=2)
            idle = 0 if items else idle + 1
            with lock:
                under_way.update(item.id for item in items if item.connection)
                seen.append(len(under_way))
            for item in items:
                with lock:
                    under_way.discard(item.id)
                assert finish(store, item)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with transaction(store) as session:
        assert {(one.state, one.attempt) for one in batches.items_of(session, batch.id)} == {(DONE, 1)}
    assert 0 < max(seen) <= 3


def test_two_leasers_in_the_very_same_moment_take_one_place_once(store: Store) -> None:
    for _ in range(5):
        put_up(store, "house", "house", "house")
        together = Barrier(3)

        def take(_: int, together: Barrier = together) -> list[Item]:
            together.wait()
            return lease(store)

        with ThreadPoolExecutor(3) as pool:
            [taken] = [item for items in pool.map(take, range(3)) for item in items]
        assert finish(store, taken)


def test_no_more_is_begun_in_a_minute_than_a_connection_takes(store: Store) -> None:
    put_up(store, *["house"] * 5)
    limits = (Limit("house", 9, per_minute=2),)
    for seconds in (0, 10):
        [item] = lease(store, limits, after=seconds * SECOND)
        assert finish(store, item)
    assert lease(store, limits, after=10 * SECOND) == []
    assert lease(store, limits, after=60 * SECOND) == []
    assert numbers(lease(store, limits, after=61 * SECOND)) == [3]
    assert lease(store, limits, after=61 * SECOND) == []
    assert numbers(lease(store, limits, after=71 * SECOND)) == [4]


def test_in_quiet_hours_nothing_asks_and_the_rest_goes_on(store: Store) -> None:
    put_up(store, "house", None)
    quiet = (replace(ONE[0], is_quiet=True),)
    assert [numbers(lease(store, quiet)) for _ in range(2)] == [[2], []]
    assert numbers(lease(store)) == [1]


def test_a_connection_that_may_be_asked_after_another_takes_as_many_as_if_it_always_were(
    store: Store,
) -> None:
    put_up(store, "house", "other", "house", None)
    limits = [Limit("house", 9), Limit("other", 9), Limit("manager", 2, follows=True)]
    first, second = [lease(store, limits) for _ in range(2)]
    assert sorted([*numbers(first), *numbers(second)]) == [1, 2]
    assert [numbers(lease(store, limits)) for _ in range(2)] == [[4], []]
    assert finish(store, second[0])
    assert numbers(lease(store, limits)) == [3]


def test_what_may_be_asked_after_another_is_no_more_often_than_it_takes_though_it_is_later(
    store: Store,
) -> None:
    put_up(store, "house", "house")
    limits = [Limit("house", 9, 9), Limit("manager", 9, 1, follows=True)]
    [first] = lease(store, limits)
    assert finish(store, first)
    assert lease(store, limits, after=A_MINUTE + LATER) == []
    assert numbers(lease(store, limits, after=A_MINUTE + LATER + SECOND)) == [2]


def test_while_whom_a_reply_may_lead_to_is_quiet_nobody_is_asked(store: Store) -> None:
    put_up(store, "house", None)
    limits = [Limit("house", 9), Limit("manager", 9, is_quiet=True, follows=True)]
    assert [numbers(lease(store, limits)) for _ in range(2)] == [[2], []]


def test_a_connection_that_the_profile_does_not_have_any_more_has_no_limit(store: Store) -> None:
    put_up(store, "gone", "gone")
    assert [numbers(lease(store)) for _ in range(3)] == [[1], [2], []]


def test_a_place_of_a_worker_that_died_is_free_when_its_lease_ends(store: Store) -> None:
    put_up(store, "house", "house")
    lease(store)
    assert lease(store, after=ASKING_LEASE - SECOND) == []
    [again] = lease(store, after=ASKING_LEASE)
    assert (again.number, again.attempt) == (1, 2)
    assert lease(store, after=ASKING_LEASE) == []


@pytest.mark.parametrize("connection", ["other", None])
def test_an_item_that_is_led_elsewhere_waits_there_and_was_not_tried(
    store: Store, connection: str | None
) -> None:
    put_up(store, "house")
    [item] = lease(store)
    with transaction(store) as session:
        assert batches.redirect(session, item, connection, NOW)
        assert not batches.redirect(session, item, None, NOW)
    assert not finish(store, item)
    [again] = lease(store)
    assert (again.connection, again.attempt) == (connection, 1)
