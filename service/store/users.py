"""Staff as they are kept: name, role, the hash of a password, the sealed secret of a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from service.store.access_tables import users
from service.store.session import Session


@dataclass(frozen=True, slots=True)
class User:
    """One of the staff. `totp` counts once it is confirmed; whoever is disabled cannot sign in."""

    id: str
    name: str
    role: str
    password: str
    created_at: datetime
    disabled_at: datetime | None = None
    totp: str | None = None
    totp_confirmed_at: datetime | None = None
    totp_last_step: int | None = None

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code."""
        return self.totp is not None and self.totp_confirmed_at is not None


def add(session: Session, user: User) -> bool:
    """Take somebody in; `False` where the name is taken."""
    if find(session, user.name) is not None:
        return False
    values = {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "password": user.password,
        "created_at": user.created_at,
    }
    session.connection.execute(insert(users), values)
    return True


def get(session: Session, user_id: str) -> User | None:
    """One user by id, or `None`."""
    row = session.connection.execute(select(users).where(users.c.id == user_id)).one_or_none()
    return None if row is None else _opened(session, row)


def find(session: Session, name: str) -> User | None:
    """One user by name, or `None`."""
    row = session.connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return None if row is None else _opened(session, row)


def list_all(session: Session) -> list[User]:
    """Everybody there ever was, oldest first."""
    return [_opened(session, row) for row in session.connection.execute(select(users).order_by(users.c.id))]


def count_of_role(session: Session, role: str) -> int:
    """How many of a role can sign in."""
    query = select(func.count()).where(users.c.role == role, users.c.disabled_at.is_(None))
    return int(session.connection.execute(query).scalar_one())


def change(session: Session, user_id: str, changes: Mapping[str, Any]) -> None:
    """Set some of a user's columns, by name; a `totp` is sealed, and `None` takes it away."""
    values = dict(changes)
    if values.get("totp") is not None:
        values["totp"] = session.seal(values["totp"], f"users.totp:{user_id}")
    session.connection.execute(update(users).where(users.c.id == user_id), values)


def use_code(session: Session, user: User, step: int) -> bool:
    """Note that the code of a step was used; `False` where somebody used it, or a later one, meanwhile."""
    unused = (users.c.totp_last_step.is_(None)) | (users.c.totp_last_step < step)
    noted = update(users).where(users.c.id == user.id, unused)
    return session.connection.execute(noted, {"totp_last_step": step}).rowcount == 1


def _opened(session: Session, row: Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        role=row.role,
        password=row.password,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        totp=session.open(row.totp, f"users.totp:{row.id}"),
        totp_confirmed_at=row.totp_confirmed_at,
        totp_last_step=row.totp_last_step,
    )
