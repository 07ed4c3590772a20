"""Who is on file already: the cases of the person that a request is about, found without reading anybody's.

A member id finds its own. Whoever has a new card is found by another system's id, or by family name and
birth date, where the first name is the same too: twins share the rest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.store import cases, verifications
from service.store.cases import CLOSED, Case
from service.store.pages import Page
from service.store.session import Session
from service.store.verifications import Indexes, Verification

Body = Mapping[str, Any]


def cases_of_member(session: Session, body: Body, reach: str | None) -> list[Case]:
    """The cases of the member id of a request, the newest first; none where the request is not whole yet."""
    return _cases(session, [Indexes(member=one.member) for one in _indexes(session, body)], reach)


def open_case_of(session: Session, body: Body, reach: str | None) -> tuple[Case, Verification] | None:
    """The newest open case of the person of a request, with what was found last in it."""
    for looked_for in _ways(_indexes(session, body)):
        for case in _cases(session, looked_for, reach):
            ids = verifications.ids_of_case(session, case.id, reach) if case.status not in CLOSED else []
            latest = verifications.get(session, ids[0], reach) if ids else None
            if latest is not None and _is_same_person(body, latest.request):
                return case, latest
    return None


def is_on_file(session: Session, body: Body, reach: str | None) -> bool:
    """Whether there is an open case of the person of a request."""
    return open_case_of(session, body, reach) is not None


def _indexes(session: Session, body: Body) -> list[Indexes]:
    try:
        return [verifications.indexes_of(key, body) for key in session.vault.ring()]
    except (KeyError, ValueError, TypeError):
        return []


def _ways(indexes: Sequence[Indexes]) -> Iterator[list[Indexes]]:
    yield [Indexes(member=one.member) for one in indexes]
    if any(one.external for one in indexes):
        yield [Indexes(external=one.external) for one in indexes]
    yield [Indexes(person=one.person) for one in indexes]


def _cases(session: Session, indexes: Sequence[Indexes], reach: str | None) -> list[Case]:
    if not indexes or indexes[0] == Indexes():
        return []
    found, _ = verifications.search(session, indexes, Page(), reach)
    there = [cases.get(session, one, reach) for one in dict.fromkeys(item.case_id for item in found)]
    return [case for case in there if case is not None]


def _is_same_person(body: Body, other: Body) -> bool:
    """Whether two requests are about one person: a subscriber's id may be the whole family's."""
    mine, theirs = body["member"], other["member"]
    names = (_plain(mine.get("first_name")), _plain(theirs.get("first_name")))
    return mine.get("birth_date") == theirs.get("birth_date") and names[0] == names[1]


def _plain(name: str | None) -> str:
    """The first of somebody's names, however it is accented or capitalised."""
    apart = unicodedata.normalize("NFKD", (name or "").casefold())
    return next(iter("".join(one for one in apart if not unicodedata.combining(one)).split()), "")
