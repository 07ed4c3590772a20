"""An installation whose data key is rotated: what stands in it, and what of that cannot be read or found.

As a program it rotates the key of the installation that the environment names, a few rows at a time, and
says when it begins and when it is done, so that it can be killed in between.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import LargeBinary, func, select

from service.config import Settings
from service.office import open_store_of
from service.rotation import Pace, Rotated, rotate
from service.store import (
    audit,
    card_images,
    cases,
    holds,
    idempotency,
    keys,
    rotation,
    rulebooks,
    tables,
    timeline,
    users,
)
from service.store import verifications as kept
from service.store.idempotency import Claim, Kept
from service.store.pages import Page
from service.store.session import Session, Store, transaction
from service.store.users import User
from service.store.verifications import Indexes
from tests.store.invented import NOW, a_case, a_verification

HASTY = Pace(noticed=0.0, committed=0.0, again=0.01)
TOKEN = "vob_of-an-invented-client"
BEGUN, DONE = "begun", "done"
BODY = b'{"payer": "medicare"}'
IMAGE = b"\xff\xd8 invented"
REASON = "court order of an invented case"


def request(number: int) -> dict[str, Any]:
    person = {"last_name": f"Pru\u00e9ba-{number}", "birth_date": "1957-03-02", "first_name": "Ana"}
    return {"member": {"member_id": f"1EG4-TE5 {number:05}", **person}, "external_id": f"EHR-{number}"}


def a_claim(store: Store, number: int) -> Claim:
    return idempotency.make_claim(store, "client-1", "POST /v1/verifications", f"key-{number}", BODY)


def fill(store: Store, count: int, first: int = 0) -> None:
    """Keep so many people: for each a case, a change of it, a verification, an answer to be repeated."""
    rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, NOW)
    rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, NOW)
    now = datetime.now(UTC)
    for number in range(first, first + count):
        claim = a_claim(store, number)
        assert idempotency.claim(store, claim, now) is None
        with transaction(store) as session:
            keep_one(session, number)
            idempotency.keep(session, claim, Kept(201, f"/v1/verifications/v-{number:05}", BODY))
    while audit.seal(store, datetime.now(UTC)):
        pass


def keep_one(session: Session, number: int) -> None:
    """Keep one person's case, its change and verification, with the event of it."""
    made = a_verification(f"c-{number:05}", id=f"v-{number:05}", request=request(number))
    cases.add(session, a_case(id=made.case_id, external_id=f"EHR-{number}"))
    key = session.vault.current()
    kept.add(session, kept.sealed_row(key, made, kept.indexes_of(key, made.request)))
    timeline.add(session, timeline.Event(made.case_id, NOW, "case_changed", "front desk", {"label": "zq"}))
    card = card_images.draft("front", by="ana", client="client-1", at=NOW, case_id=made.case_id)
    card_images.add(session, card, IMAGE)
    audit.add(
        session, audit.Event(datetime.now(UTC), "client-1", "desk", "verification.create", made.id, "payment")
    )


def settle_in(store: Store) -> None:
    """Take in an API client and one of the staff, and hold a case."""
    with transaction(store) as session:
        made = keys.make("front desk", ("verifications:read",), NOW)
        keys.add(session, made, session.vault.token_digest(TOKEN))
        users.add(session, User("u-1", "ana", "admissions", "$argon2id$", NOW))
        users.change(session, "u-1", {"totp": "JBSWY3DPEHPK3PXP"})
    with transaction(store) as session:
        assert holds.add(session, "c-00000", "ana", REASON, NOW)


def faults(store: Store, count: int) -> list[str]:
    """What of all that cannot be read, or not be found."""
    return [*_faults_of_people(store, count), *_faults_of_staff(store)]


def _faults_of_people(store: Store, count: int) -> Iterator[str]:
    for number in range(count):
        with transaction(store) as session:
            made = kept.get(session, f"v-{number:05}")
            if made is None or made.request != request(number):
                yield f"verification {number}"
            for indexes in _asked(store, number):
                if [one.id for one in kept.search(session, indexes, Page())[0]] != [f"v-{number:05}"]:
                    yield f"search {number}"
            case = cases.get(session, f"c-{number:05}")
            if case is None or (case.label, case.external_id) != ("zq-label", f"EHR-{number}"):
                yield f"case {number}"
            pictures = card_images.of_case(session, f"c-{number:05}")
            if [card_images.image_of(session, one.id) for one in pictures] != [IMAGE]:
                yield f"card {number}"
            events, _ = timeline.page_of(session, f"c-{number:05}", Page())
            if [one.data for one in events if one.kind == "case_changed"] != [{"label": "zq"}]:
                yield f"timeline {number}"
        found = idempotency.claim(store, a_claim(store, number), datetime.now(UTC))
        if found != Kept(201, f"/v1/verifications/v-{number:05}", BODY):
            yield f"repeat {number}: {found}"


def _asked(store: Store, number: int) -> list[list[Indexes]]:
    """One person, asked for in every way: each as a search asks, under every key there is."""
    under_each = [kept.indexes_of(key, request(number)) for key in store.vault.ring()]
    return [
        [Indexes(member=one.member) for one in under_each],
        [Indexes(person=one.person) for one in under_each],
        [Indexes(external=one.external) for one in under_each],
        under_each,
    ]


def _faults_of_staff(store: Store) -> Iterator[str]:
    with transaction(store) as session:
        if keys.find(session, session.vault.token_digests(TOKEN), datetime.now(UTC)) is None:
            yield "the API key"
        user = users.get(session, "u-1")
        if user is None or user.totp != "JBSWY3DPEHPK3PXP":
            yield "the second factor"
        if [one.reason for one in holds.list_open(session)] != [REASON]:
            yield "the hold"
        verdict = audit.check(session, datetime.now(UTC))
        if verdict.fault is not None:
            yield f"the trail: {verdict.fault}"


def left_behind(store: Store, count: int) -> list[str]:
    """Where a value is not under the key that seals, or an index is not of it."""
    key = store.vault.current()
    left = []
    with transaction(store) as session:
        for sealed in rotation.SEALED:
            for column in (sealed.table.c[name] for name in sealed.columns):
                under_others = func.substr(column, 1, 9, type_=LargeBinary) != f"{key.kid}.".encode()
                if session.connection.execute(select(func.count()).where(under_others)).scalar_one():
                    left.append(str(column))
        for number in range(count):
            made = tables.verifications.c
            query = select(made.member_index, made.person_index, made.external_index)
            row = session.connection.execute(query.where(made.id == f"v-{number:05}")).one()
            if Indexes(*row) != kept.indexes_of(key, request(number)):
                left.append(f"the indexes of verification {number}")
    return left


def rotate_now(settings: Settings, store: Store, pace: Pace = HASTY) -> Rotated:
    """Rotate without waiting for anybody."""
    return rotate(settings, store, _note, lambda line: None, pace)


def _note(session: Session, action: str, subject: str) -> None:
    audit.add(session, audit.Event(datetime.now(UTC), "vob", "vob", action, subject, "operations"))


def say(word: str) -> None:
    """Tell whoever may kill this process how far it is."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Rotate in small steps, and say so."""
    settings = Settings.from_env()
    rotation.AT_A_TIME, rotation.BREATH = 5, 0.02
    with closing(open_store_of(settings)) as store:
        say(BEGUN)
        rotate_now(settings, store)
        say(DONE)


if __name__ == "__main__":
    main()
