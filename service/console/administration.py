"""Pages for auditors and administrators: the audit trail, staff, keys. None of them shows a member."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.problem import BadRequest
from service import staff
from service.at_hand import office
from service.console.reading import fault, label, show_to_staff
from service.console.room import console
from service.noting import note
from service.security.keys import draft_key, draft_renewal, keep_key
from service.security.permissions import ROLES, SCOPES, usual_scopes
from service.store import keys as kept_keys
from service.store import trail
from service.store import users as kept_users
from service.store.pages import Page
from service.store.session import transaction

OVERLAP = timedelta(hours=24)
OF_TRAIL = ("actor", "action", "subject")


@console.get("/audit")
def audit() -> ResponseReturnValue:
    """Who did what with which record, when, why and from where; newest first."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in (*OF_TRAIL, "first", "last")}
    wanted = trail.Filter(
        **{name: asked[name] or None for name in OF_TRAIL},
        first_day=_day(asked["first"]),
        last_day=_day(asked["last"]),
    )
    with transaction(office().store) as session:
        events, following = trail.page_of(session, wanted, Page(cursor=request.args.get("after")))
        note(session, "audit.list")
    return show_to_staff("audit.html", events=events, following=following, asked=asked)


@console.get("/staff")
def users() -> ResponseReturnValue:
    """Everybody who can sign in, or could."""
    return _users()


@console.post("/staff")
def take_in() -> ResponseReturnValue:
    """Take somebody in; what is wrong stands beside its field."""
    typed = request.form.to_dict()
    name, role = typed.get("name", "").strip(), typed.get("role", "")
    if not name or len(name) > 100 or role not in ROLES:
        return _users(422, typed, {"name": fault("required")})
    try:
        user = staff.draft(name, role, typed.get("password", ""))
    except BadRequest:
        return _users(422, typed, {"password": fault("weak_password")})
    with transaction(office().store) as session:
        if kept_users.add(session, user):
            note(session, "user.create", user.id)
            return redirect(url_for("console.users"), 303)
    return _users(422, typed, {"name": fault("name_taken")})


@console.post("/staff/<uuid:user_id>")
def change_user(user_id: UUID) -> ResponseReturnValue:
    """Give somebody another role, keep them out or let them in, or take a second factor away."""
    typed = request.form
    wanted = staff.Change(
        role=typed["role"] if typed.get("role") in ROLES else None,
        disabled={"disable": True, "enable": False}.get(typed.get("do", "")),
        takes_second_factor_away=typed.get("do") == "no_second_factor",
    )
    with transaction(office().store) as session:
        user = kept_users.get(session, str(user_id))
        if user is None:
            return show_to_staff("nothing.html", 404)
        try:
            staff.change(session, user, wanted, datetime.now(UTC))
        except staff.LastAdministrator:
            return _users(409, faults={"": label("last_administrator")})
        note(session, "user.change", user.id)
    return redirect(url_for("console.users"), 303)


@console.get("/keys")
def keys() -> ResponseReturnValue:
    """Every key there ever was; never what it is."""
    return _keys()


@console.post("/keys")
def make_key() -> ResponseReturnValue:
    """Let a client in, or the pages of a site; the key is on the page that follows, and nowhere else."""
    typed = request.form.to_dict()
    origins = tuple(typed.get("origins", "").split())
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        if not typed.get("name", "").strip():
            raise ValueError
        scopes = request.form.getlist("scopes") or usual_scopes(origins)
        key, token = draft_key(typed["name"].strip()[:100], scopes, now, origins=origins)
    except ValueError:
        return _keys(422, typed=typed, faults={"origins" if origins else "name": fault("other")})
    with transaction(office().store) as session:
        keep_key(session, key, token)
        note(session, "key.create", key.id)
    return _keys(token=token)


@console.post("/keys/<uuid:key_id>/renew")
def renew_key(key_id: UUID) -> ResponseReturnValue:
    """Another key for the same client; the old one opens for another day."""
    now = datetime.now(UTC).replace(microsecond=0)
    with transaction(office().store) as session:
        old = kept_keys.get(session, str(key_id))
        if old is None or old.is_over(now):
            return show_to_staff("nothing.html", 404)
        key, token = draft_renewal(old, now, None)
        keep_key(session, key, token)
        kept_keys.expire(session, old.id, now + OVERLAP)
        note(session, "key.renew", old.id)
    return _keys(token=token)


@console.post("/keys/<uuid:key_id>/revoke")
def revoke_key(key_id: UUID) -> ResponseReturnValue:
    """It opens nothing within seconds, in every process."""
    with transaction(office().store) as session:
        if not kept_keys.revoke(session, str(key_id), datetime.now(UTC)):
            return show_to_staff("nothing.html", 404)
        note(session, "key.revoke", str(key_id))
    return redirect(url_for("console.keys"), 303)


def _users(
    status: int = 200, typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    with transaction(office().store) as session:
        found = kept_users.list_all(session)
        note(session, "user.list")
    values: dict[str, Any] = {"users": found, "typed": typed or {}, "faults": faults or {}, "roles": [*ROLES]}
    return show_to_staff("users.html", status, **values)


def _keys(
    status: int = 200,
    token: str | None = None,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    with transaction(office().store) as session:
        found = kept_keys.list_all(session)
        note(session, "key.list")
    values: dict[str, Any] = {"token": token, "typed": typed or {}, "faults": faults or {}}
    return show_to_staff("keys.html", status, keys=found, scopes=SCOPES, now=datetime.now(UTC), **values)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
