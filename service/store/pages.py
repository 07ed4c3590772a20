"""Lists, a page at a time: newest first, continued after the last id of the page before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.sql import ColumnElement

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: at most `limit` items, after the item `cursor`."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def newest_first(query: Select[Any], id_column: ColumnElement[str], page: Page) -> Select[Any]:
    """The query for one page, and for one row more, which tells whether there is another."""
    if page.cursor is not None:
        query = query.where(id_column < page.cursor)
    return query.order_by(id_column.desc()).limit(page.limit + 1)


class HasId(Protocol):
    """Anything that a list is continued after."""

    @property
    def id(self) -> Any: ...


Line = TypeVar("Line", bound=HasId)


def cut(rows: Sequence[Line], page: Page) -> tuple[Sequence[Line], str | None]:
    """The lines of the page, and the cursor of the next one, or `None` at the end."""
    shown = rows[: page.limit]
    return shown, shown[-1].id if len(rows) > page.limit else None
