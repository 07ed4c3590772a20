"""Files that were put up to become batches, while somebody looks them over: sealed, in pieces, for a day.

They stand in the tables of batches, as a kind of their own that no worker takes. A file is its owner's
alone; it goes when the batch begins, when it is put away, or when another one is put up a day later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from service.store import batches as lists
from service.store.batch_tables import batch_items, batches
from service.store.batches import Batch
from service.store.pages import Page
from service.store.session import Session, new_id

KIND = "batch_file"
LEFT_OVER = timedelta(days=1)
PIECE = 1 << 20
MOST_SHOWN = 20


def keep(session: Session, content: bytes, *, by: str, client: str, at: datetime) -> Batch:
    """Keep a file; those that were left over for a day are removed."""
    old = select(batches.c.id).where(batches.c.kind == KIND, batches.c.created_at < at - LEFT_OVER)
    _remove(session, session.connection.execute(old).scalars().all())
    file = Batch(new_id(), KIND, None, at, by, client)
    lists.add(session, file, ())
    for number, start in enumerate(range(0, len(content), PIECE), start=1):
        # As text of one character a byte, whatever they mean.
        data = {"piece": content[start : start + PIECE].decode("latin-1")}
        lists.add_items(session, [lists.draft_item(file.id, number, lists.CANCELLED, data, at)])
    return file


def get(session: Session, file_id: str, client: str) -> Batch | None:
    """One file of a client, or `None`."""
    found = lists.get(session, file_id, client)
    return found if found is not None and found.kind == KIND else None


def content_of(session: Session, file: Batch) -> bytes:
    """What stands in a file."""
    return b"".join(item.data["piece"].encode("latin-1") for item in lists.items_of(session, file.id))


def waiting(session: Session, client: str) -> list[Batch]:
    """The files of a client that became no batch yet, the last that was put up first."""
    return lists.page_of(session, KIND, Page(limit=MOST_SHOWN), client=client)[0]


def remove(session: Session, file: Batch) -> None:
    """Put a file away."""
    _remove(session, [file.id])


def _remove(session: Session, ids: Sequence[str]) -> None:
    session.connection.execute(delete(batch_items).where(batch_items.c.batch_id.in_(ids)))
    session.connection.execute(delete(batches).where(batches.c.id.in_(ids)))
