"""API keys and site keys: made, listed, renewed with an overlap, revoked; for administrators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from schemas.problem import BadRequest, FieldError
from service.api import access
from service.api.access import KEY_RENEWAL, NEW_KEY
from service.api.describe import creation, operation
from service.api.exchange import json_body, listing, loaded
from service.api.once import Made, once
from service.api.problems import Refused
from service.at_hand import office
from service.noting import note
from service.security.keys import ORIGIN, draft_key, draft_renewal, keep_key
from service.security.permissions import SITE_SCOPES, usual_scopes
from service.store import keys as kept
from service.store.keys import ApiKey
from service.store.session import Session, transaction

keys = Blueprint("keys", __name__, url_prefix="/v1/keys", description=__doc__ or "")


@keys.route("", methods=["GET"])
@keys.doc(**operation("listKeys", "List keys", access.KEY_LIST, is_recorded=True))
def index() -> Response:
    """Every key there ever was, oldest first; never what it is."""
    with transaction(office().store) as session:
        found = kept.list_all(session)
        note(session, "key.list")
    return listing([access.key_line(key) for key in found], None)


@keys.route("", methods=["POST"])
@keys.doc(**creation("createKey", "Let a client in", access.NEW_KEY_ANSWER, body=NEW_KEY))
def create() -> Response:
    """The key is shown this once and kept nowhere; with `origins` it is a site key, for a page to hold."""
    return once(lambda: _new(loaded(NEW_KEY, json_body())))


@keys.route("/<uuid:key_id>/renew", methods=["POST"])
@keys.doc(
    **creation(
        "renewKey", "Give a client another key", access.NEW_KEY_ANSWER, body=KEY_RENEWAL, refuses=(404, 409)
    )
)
def renew(key_id: UUID) -> Response:
    """The old key opens until the overlap ends; what the client made stays the client's."""
    return once(lambda: _renewed(str(key_id), loaded(KEY_RENEWAL, json_body())))


@keys.route("/<uuid:key_id>", methods=["DELETE"])
@keys.doc(**operation("revokeKey", "Revoke a key", None, status=204, refuses=(404,), is_recorded=True))
def revoke(key_id: UUID) -> Response:
    """It opens nothing within seconds, in every process."""
    with transaction(office().store) as session:
        kept.revoke(session, _found(session, str(key_id)).id, datetime.now(UTC))
        note(session, "key.revoke", str(key_id))
    return Response(status=204)


def _new(asked: dict[str, Any]) -> Made:
    now = datetime.now(UTC).replace(microsecond=0)
    origins = asked.get("origins") or ()
    _check(asked, origins, now)
    scopes = asked.get("scopes") or usual_scopes(origins)
    key, token = draft_key(asked["name"], scopes, now, origins=origins, expires_at=asked.get("expires_at"))

    def write(session: Session) -> None:
        keep_key(session, key, token)
        note(session, "key.create", key.id)

    return _made(key, token, write)


def _renewed(key_id: str, asked: dict[str, Any]) -> Made:
    now = datetime.now(UTC).replace(microsecond=0)
    _check(asked, (), now)
    with transaction(office().store) as session:
        old = _found(session, key_id)
    if old.is_over(now):
        raise Refused("conflict", "This key opens nothing any more; make a new one.")
    key, token = draft_renewal(old, now, asked.get("expires_at"))

    def write(session: Session) -> None:
        keep_key(session, key, token)
        kept.expire(session, old.id, now + timedelta(hours=asked["overlap_hours"]))
        note(session, "key.renew", old.id)

    return _made(key, token, write)


def _found(session: Session, key_id: str) -> ApiKey:
    found = kept.get(session, key_id)
    if found is None:
        raise Refused("not_found", "There is no key with this id.")
    return found


def _check(asked: dict[str, Any], origins: Sequence[str], now: datetime) -> None:
    """Refuse what no shape can say, all of it at once."""
    errors = [
        FieldError(
            f"/origins/{place}", "not_an_origin", f"origins[{place}] must be like https://clinic.example."
        )
        for place, origin in enumerate(origins)
        if not ORIGIN.fullmatch(origin)
    ]
    if origins and set(asked.get("scopes") or ()) - set(SITE_SCOPES):
        message = f"scopes of a site key can only be {', '.join(SITE_SCOPES)}."
        errors.append(FieldError("/scopes", "not_for_a_site", message))
    if asked.get("expires_at") is not None and asked["expires_at"] <= now:
        errors.append(FieldError("/expires_at", "in_the_past", "expires_at must be later than now."))
    if errors:
        raise BadRequest(errors)


def _made(key: ApiKey, token: str, write: Callable[[Session], None]) -> Made:
    """The token is in the first answer alone: a repeated request is not told it again."""
    body = {**access.key_line(key), "key": None}
    return Made(body, f"/v1/keys/{key.id}", write, shown_once={"key": token})
