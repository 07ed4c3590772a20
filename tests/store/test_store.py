"""What is kept comes back as it was, and nothing of a member stands in the files in clear."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from service.store import cases, keys, rulebooks, timeline, verifications
from service.store.pages import Page
from service.store.session import Session, Store, first_id, new_id, transaction
from service.store.verifications import Filter, Indexes, Verification
from tests.store.invented import NOW, a_case, a_verification

NOT_INDEXED = Indexes()
MARKS = ("Zquintana", "MARK1EG4", "EHR-ZQ77", "zq-label", "ZQTOLD")


def keep(session: Session, verification: Verification, indexes: Indexes = NOT_INDEXED) -> None:
    verifications.add(session, verifications.sealed_row(session.vault, verification, indexes))


def keep_twice(store: Store, verification: Verification) -> None:
    with transaction(store) as session:
        keep(session, verification)
        keep(session, verification)


@pytest.fixture
def case_id(store: Store) -> str:
    """A case in a store that has a rulebook and a profile."""
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, NOW)
    rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, NOW)
    case = a_case()
    with transaction(store) as session:
        cases.add(session, case)
    return case.id


def test_a_verification_comes_back_as_it_was_kept(store: Store, case_id: str) -> None:
    kept = a_verification(case_id)
    with transaction(store) as session:
        keep(session, kept)
    with transaction(store) as session:
        assert verifications.get(session, kept.id) == kept
        assert verifications.get(session, new_id()) is None


def test_nothing_of_a_member_stands_in_the_database_files_in_clear(
    store: Store, case_id: str, tmp_path: Path
) -> None:
    with transaction(store) as session:
        keep(session, a_verification(case_id))
        changed = timeline.Event(case_id, NOW, "case_changed", "front desk", {"label": "zq-label"})
        timeline.add(session, changed)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"medicare" in content
    assert [mark for mark in MARKS if mark.encode() in content] == []


def test_a_verification_belongs_to_a_case(store: Store, case_id: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction(store) as session:
        keep(session, a_verification(new_id()))
    assert "sha256:aa" not in str(refused.value), "what was to be kept is not repeated"


def test_a_transaction_that_fails_keeps_nothing(store: Store, case_id: str) -> None:
    kept = a_verification(case_id)
    with pytest.raises(IntegrityError):
        keep_twice(store, kept)
    with transaction(store) as session:
        assert verifications.get(session, kept.id) is None


def test_a_list_is_newest_first_and_goes_on_after_its_cursor(store: Store, case_id: str) -> None:
    made = [a_verification(case_id, id=f"00000000-0000-7000-8000-00000000000{n}") for n in range(5)]
    with transaction(store) as session:
        for verification in made:
            keep(session, verification)
        first, cursor = verifications.page_of(session, Filter(), Page(limit=3))
        rest, end = verifications.page_of(session, Filter(), Page(limit=3, cursor=cursor))
    assert [item.id for item in first + rest] == [item.id for item in reversed(made)]
    assert end is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), ["a", "b"]),
        (Filter(payer="medicare"), ["a"]),
        (Filter(status="degraded"), ["b"]),
        (Filter(first_day=date(2026, 11, 23)), ["b"]),
        (Filter(last_day=date(2026, 11, 22)), ["a"]),
        (Filter(first_day=date(2026, 11, 22), last_day=date(2026, 11, 23)), ["a", "b"]),
        (Filter(first_day=date(1, 1, 1), last_day=date(9999, 12, 31)), ["a", "b"]),
        (Filter(case_id="00000000-0000-7000-8000-000000000000"), []),
    ],
)
def test_a_list_is_narrowed_by_payer_status_case_and_day(
    store: Store, case_id: str, wanted: Filter, found: list[str]
) -> None:
    with transaction(store) as session:
        keep(session, a_verification(case_id, id=first_id(NOW), site="a"))
        tomorrow = {"id": first_id(NOW + timedelta(days=1)), "created_at": NOW + timedelta(days=1)}
        keep(session, a_verification(case_id, payer="cigna", status="degraded", site="b", **tomorrow))
        items, _ = verifications.page_of(session, wanted, Page())
    assert sorted(item.site for item in items) == found


def test_a_search_finds_what_matches_every_index_given(store: Store, case_id: str) -> None:
    with transaction(store) as session:
        keep(session, a_verification(case_id, id="a"), Indexes(b"m" * 32, b"p" * 32, None))
        keep(session, a_verification(case_id, id="b"), Indexes(b"m" * 32, b"q" * 32, None))
        by_member, _ = verifications.search(session, [Indexes(member=b"m" * 32)], Page())
        by_both, _ = verifications.search(session, [Indexes(b"m" * 32, b"p" * 32)], Page())
        nobody, _ = verifications.search(session, [Indexes(external=b"e" * 32)], Page())
    assert {item.id for item in by_member} == {"a", "b"}
    assert [item.id for item in by_both] == ["a"]
    assert nobody == []


def test_a_case_changes_only_in_what_is_given(store: Store, case_id: str) -> None:
    later = NOW + timedelta(hours=1)
    with transaction(store) as session:
        cases.change(session, case_id, {"status": "quoted", "label": None}, later)
        changed = cases.get(session, case_id)
    assert changed == a_case(id=case_id, status="quoted", label=None, updated_at=later)


def test_a_timeline_tells_of_opening_verifications_and_changes_newest_first(
    store: Store, case_id: str
) -> None:
    made = a_verification(case_id)
    with transaction(store) as session:
        keep(session, made)
        changed = timeline.Event(case_id, NOW, "case_changed", "front desk", {"status": "quoted"}, "z")
        timeline.add(session, changed)
        events, following = timeline.page_of(session, case_id, Page())
    assert following is None
    assert [(event.kind, event.by) for event in events] == [
        ("case_changed", "front desk"),
        ("verification_made", "front desk"),
        ("case_opened", "front desk"),
    ]
    assert events[1].data["verification"] == made.id


def test_a_timeline_goes_on_where_the_page_before_ended(store: Store, case_id: str) -> None:
    with transaction(store) as session:
        for _ in range(3):
            keep(session, a_verification(case_id))
        first, following = timeline.page_of(session, case_id, Page(limit=2))
        rest, end = timeline.page_of(session, case_id, Page(limit=2, cursor=following))
    assert [event.kind for event in (*first, *rest)] == [*["verification_made"] * 3, "case_opened"]
    assert len({event.id for event in (*first, *rest)}) == 4
    assert end is None


def test_a_revoked_key_is_not_found_and_cannot_be_revoked_again(store: Store) -> None:
    key = keys.make("console", ("payers:read",), NOW)
    with transaction(store) as session:
        keys.add(session, key, b"d" * 32)
        assert keys.find(session, [b"e" * 32, b"d" * 32], NOW) == key
        assert keys.revoke(session, key.id, NOW)
        assert keys.find(session, [b"d" * 32], NOW) is None
        assert not keys.revoke(session, key.id, NOW)
        assert [item.revoked_at for item in keys.list_all(session)] == [NOW]


def test_a_key_is_found_until_its_end_and_never_afterwards(store: Store) -> None:
    key = keys.make("console", ("payers:read",), NOW, expires_at=NOW + timedelta(hours=1))
    with transaction(store) as session:
        keys.add(session, key, b"d" * 32)
        assert keys.find(session, [b"d" * 32], NOW + timedelta(minutes=59)) == key
        assert keys.find(session, [b"d" * 32], NOW + timedelta(hours=1)) is None
