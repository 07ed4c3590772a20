"""Requests that store something: done once for each idempotency key, written in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, request

from service.api.exchange import spoken
from service.api.problems import Refused
from service.at_hand import office
from service.noting import note
from service.security.guard import current_client
from service.store import idempotency
from service.store.idempotency import Claim, Kept, Refusal
from service.store.session import Session, Unavailable, transaction

KEY = re.compile("[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Made:
    """Something new: what is answered, where it is from now on, how it is written, what follows then.

    What is `shown_once` stands in the first answer, in place of what the body says, and is not kept.
    """

    body: Any
    location: str
    write: Callable[[Session], None]
    follow: Callable[[], object] | None = None
    shown_once: Mapping[str, Any] | None = None


def once(make: Callable[[], Made], also: str = "") -> Response:
    """Make and write something new, answered with 201; a repeated request is answered as the first was.

    `also` is what a request says besides its body: with another one it is not the same.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _answer(*_write(make(), None))
    if not KEY.fullmatch(key):
        raise Refused("bad_header", "Idempotency-Key must be 1 to 200 visible ASCII characters.")
    said = request.get_data() + also.encode()
    held = idempotency.make_claim(
        office().store, current_client().id, f"{request.method} {request.path}", key, said
    )
    found = idempotency.claim(office().store, held, datetime.now(UTC))
    if found is Refusal.IN_FLIGHT:
        raise Refused(
            "conflict", "A request with this Idempotency-Key is being worked on; try again shortly."
        )
    if found is Refusal.OTHER_BODY:
        raise Refused("idempotency_key_reused")
    if isinstance(found, Kept):
        with transaction(office().store) as session:
            note(session, "answer.repeat", found.location)
        return _answer(found)
    try:
        return _answer(*_write(make(), held))
    except BaseException:
        with suppress(Unavailable):  # then the claim lapses by itself
            idempotency.release(office().store, held)
        raise


def _write(made: Made, held: Claim | None) -> tuple[Kept, Mapping[str, Any] | None]:
    kept = Kept(201, made.location, orjson.dumps(made.body))
    with transaction(office().store) as session:
        made.write(session)
        if held is not None:
            idempotency.keep(session, held, kept)
    if made.follow is not None:
        made.follow()
    return kept, made.body | made.shown_once if made.shown_once is not None else None


def _answer(kept: Kept, shown: Mapping[str, Any] | None = None) -> Response:
    return spoken(kept.body if shown is None else shown, kept.status, {"Location": kept.location})
