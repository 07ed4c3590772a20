"""Takes staff in and looks after them: who has which role, who may sign in, with which password.

What is refused is refused whole, naming every field; whoever is the last administrator stays one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from schemas.problem import BadRequest, FieldError
from service.security.passwords import fault_of, hash_password, is_right
from service.security.second_factor import Enrolment, enrol, step_of
from service.store import sessions, users
from service.store.session import Session, new_id
from service.store.users import User

ADMINISTRATOR = "administrator"


class LastAdministrator(Exception):
    """Nobody would be left who could take others in."""


class AlreadyEnrolled(Exception):
    """There is a second factor already; an administrator can take it away."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a user; `None` leaves it as it is."""

    role: str | None = None
    disabled: bool | None = None
    password: str | None = None
    takes_second_factor_away: bool = False


def draft(name: str, role: str, password: str) -> User:
    """Somebody new, not kept yet; raises `BadRequest` for a weak password."""
    _refuse_weak("/password", password, name)
    return User(new_id(), name, role, hash_password(password), datetime.now(UTC).replace(microsecond=0))


def change(session: Session, user: User, wanted: Change, at: datetime) -> User:
    """Change a user, whose sessions end; raises `BadRequest` and `LastAdministrator`."""
    values: dict[str, Any] = {}
    if wanted.password is not None:
        _refuse_weak("/password", wanted.password, user.name)
        values["password"] = hash_password(wanted.password)
    if wanted.role is not None and wanted.role != user.role:
        values["role"] = wanted.role
    if wanted.disabled is not None and wanted.disabled != (user.disabled_at is not None):
        values["disabled_at"] = at if wanted.disabled else None
    if wanted.takes_second_factor_away:
        values |= {"totp": None, "totp_confirmed_at": None, "totp_last_step": None}
    if _leaves_nobody(session, user, values):
        raise LastAdministrator
    if values:
        users.change(session, user.id, values)
        sessions.end_all_of(session, user.id)
    return replace(user, **values)


def change_password(session: Session, user: User, current: str, new: str, keeps: bytes) -> None:
    """Let a user change the password; every session but the one at hand ends. Raises `BadRequest`."""
    if not is_right(user.password, current):
        message = "current is not the password there is now."
        raise BadRequest([FieldError("/current", "wrong_password", message)])
    _refuse_weak("/new", new, user.name)
    users.change(session, user.id, {"password": hash_password(new)})
    sessions.end_all_of(session, user.id, but=keeps)


def begin_second_factor(session: Session, user: User) -> Enrolment:
    """Make a secret for a user's authenticator app; it counts once a code of it was sent."""
    if user.has_second_factor:
        raise AlreadyEnrolled
    made = enrol(user.name)
    users.change(session, user.id, {"totp": made.secret, "totp_confirmed_at": None, "totp_last_step": None})
    return made


def confirm_second_factor(session: Session, user: User, code: str, digest: bytes, at: datetime) -> None:
    """Let the second factor count from now on, and the session at hand be full; raises `BadRequest`."""
    if user.has_second_factor:
        raise AlreadyEnrolled
    step = None if user.totp is None else step_of(user.totp, code, at, user.totp_last_step)
    if step is None or not users.use_code(session, user, step):
        message = "code is not the one that the app shows now; begin again if it stays so."
        raise BadRequest([FieldError("/code", "wrong_code", message)])
    users.change(session, user.id, {"totp_confirmed_at": at})
    sessions.end_all_of(session, user.id, but=digest)
    sessions.complete(session, digest)


def _leaves_nobody(session: Session, user: User, values: Mapping[str, Any]) -> bool:
    was_one = user.role == ADMINISTRATOR and user.disabled_at is None
    stays_one = (
        values.get("role", user.role) == ADMINISTRATOR and values.get("disabled_at", user.disabled_at) is None
    )
    return was_one and not stays_one and users.count_of_role(session, ADMINISTRATOR) == 1


def _refuse_weak(pointer: str, password: str, name: str) -> None:
    fault = fault_of(password, name)
    if fault is not None:
        message = f"{pointer.removeprefix('/')} {fault}."
        raise BadRequest([FieldError(pointer, "weak_password", message)])
