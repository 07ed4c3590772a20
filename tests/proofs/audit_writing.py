"""Many who write to the audit trail at once, each event with its verification, and many who link it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from threading import Event as Signal

from sqlalchemy import select

from service.audit import Sealer
from service.security.crypto import Vault, make_vault
from service.store import audit, cases, rulebooks, verifications
from service.store.data_keys import remember_data_key
from service.store.session import Store, open_store, transaction
from service.store.tables import audit_chain
from service.store.verifications import Indexes
from tests.store.invented import a_case, a_verification

DATA_KEY = bytes(range(32))
LOOKS_EVERY = 0.005
PATIENCE = 30.0
Committed = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: when each event was committed, and when it was seen to be linked."""

    committed: dict[str, float]
    linked: dict[str, float]
    seconds: float

    @property
    def waits(self) -> list[float]:
        """How long each event waited for its link, shortest first."""
        return sorted(max(0.0, at - self.committed[one]) for one, at in self.linked.items())


def vault() -> Vault:
    """The vault of every database here."""
    return make_vault(DATA_KEY)


def prepare(url: str) -> None:
    """Note in an empty database what every verification refers to."""
    with closing(open_store(url, vault())) as store:
        now = datetime.now(UTC)
        with transaction(store) as session:
            remember_data_key(session, now)
        rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, now)
        rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, now)


def write_by_processes(url: str, writers: int, count: int) -> Written:
    """Let processes write, each with a sealer of its own."""
    with ProcessPoolExecutor(writers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_stay, range(writers)))
        return _watch(url, [pool.submit(write, url, share) for share in _shares(writers, count)])


def write_by_threads(url: str, writers: int, count: int) -> Written:
    """Let threads of this process write, with two sealers between them."""
    with closing(open_store(url, vault(), writers)) as store, ThreadPoolExecutor(writers) as pool:
        sealers = [Sealer(store), Sealer(store)]
        parts = [
            pool.submit(_write, store, sealers[number % 2], share)
            for number, share in enumerate(_shares(writers, count))
        ]
        written = _watch(url, parts)
        for sealer in sealers:
            sealer.stop()
        return written


def _stay(_: int) -> None:
    """Take long enough that every process of a pool is started before the first one works."""
    time.sleep(0.5)


def _shares(writers: int, count: int) -> list[int]:
    return [count // writers + (number < count % writers) for number in range(writers)]


def write(url: str, count: int) -> Committed:
    """Write so many events, each in the transaction of its verification."""
    with closing(open_store(url, vault(), 2)) as store:
        sealer = Sealer(store)
        committed = _write(store, sealer, count)
        sealer.stop()
        return committed


def _write(store: Store, sealer: Sealer, count: int) -> Committed:
    return [_write_one(store, sealer) for _ in range(count)]


def _write_one(store: Store, sealer: Sealer) -> tuple[str, float]:
    case = a_case()
    made = a_verification(case.id)
    row = verifications.sealed_row(store.vault, made, Indexes())
    with transaction(store) as session:
        cases.add(session, case)
        verifications.add(session, row)
        at = datetime.now(UTC)
        event = audit.Event(at, made.client_id, made.made_by, "verification.create", made.id, "payment")
        audit.add(session, event)
        sealer.wake()
    return event.id, time.time()


def _watch(url: str, writing: Sequence[Future[Committed]]) -> Written:
    """Look at the chain every few milliseconds until everybody is done and all is linked."""
    began, linked, stopped = time.time(), dict[str, float](), Signal()

    def look_on() -> None:
        with closing(open_store(url, vault(), 2)) as store:
            for event_id in _grown(store, stopped):
                linked[event_id] = time.time()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look_on)
        committed = {event: at for part in writing for event, at in part.result()}
        seconds = time.time() - began
        until = time.time() + PATIENCE
        while len(linked) < len(committed) and time.time() < until and looking.running():
            time.sleep(LOOKS_EVERY)
        stopped.set()
        looking.result()
    return Written(committed, linked, seconds)


def _grown(store: Store, stopped: Signal) -> Iterator[str]:
    """Yield the event of every link as it is seen, until told to stop."""
    last = 0
    links = select(audit_chain.c.number, audit_chain.c.event_id).order_by(audit_chain.c.number)
    while not stopped.wait(LOOKS_EVERY):
        with transaction(store) as session:
            found = list(session.connection.execute(links.where(audit_chain.c.number > last)))
        for number, event_id in found:
            last = number
            yield event_id
