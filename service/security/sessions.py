"""Sessions of staff: how they begin, how long they last, and who may not try again just yet.

The server keeps every session; a browser holds a random token and nothing else. A session ends when it
was not used for a while, when it lasted long enough, when its user signs out, is disabled or gets another
role, and, for all others, when its user changes the password.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.config import REQUIRED, Settings
from service.security.passwords import hash_password, is_outdated, is_right
from service.security.second_factor import step_of
from service.store import sessions, users
from service.store.session import Session, Store, transaction
from service.store.sessions import Failures, Kept
from service.store.users import User

PREFIX = "vob_session_"
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
REMEMBERED = timedelta(days=1)
"""For how long a failure counts; the wait doubles with each one after the free tries."""

# A use is noted this often at most: a page that asks often need not write often.
NOTED_EVERY = timedelta(minutes=1)

BEGUN, REFUSED = "session.begin", "session.refuse"
Note = Callable[[Session, str, User | None], None]
"""Writes into the audit trail what was done for whom, in the transaction at hand."""


class WrongCredentials(Exception):
    """Name, password or code is not right; which of them is not said."""


class CodeNeeded(Exception):
    """Name and password are right, and a code of the second factor is needed too."""


class Locked(Exception):
    """It failed too often for this name; nobody may try again before `seconds` have passed."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a session may rest and last, and whether everybody needs a second factor."""

    idle: timedelta
    longest: timedelta
    needs_second_factor: bool


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings make."""
    return Policy(
        timedelta(minutes=settings.session_idle_minutes),
        timedelta(hours=settings.session_hours),
        settings.second_factor == REQUIRED,
    )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with whose it is, and when it ends if nothing is done and at the latest."""

    user: User
    kept: Kept
    idle_ends_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a store."""

    store: Store
    policy: Policy

    def begin(
        self, name: str, password: str, code: str | None, at: datetime, note: Note
    ) -> tuple[str, SignedIn]:
        """Sign somebody in; returns the token, kept nowhere, and the session.

        Raises `Locked`, `WrongCredentials` or `CodeNeeded`. Every try counts as failed until it went well.
        """
        index = self.store.vault.index("sign in", name.casefold())
        with transaction(self.store) as session:
            sessions.let_nobody_else_try(session)
            _count_try(session, index, at)
        with transaction(self.store) as session:
            user = users.find(session, name)
        # Hashing takes its time, and takes as long where there is nobody of this name.
        right = is_right(user.password if user else None, password)
        if user is None or not right or user.disabled_at is not None:
            self._refuse(note, user)
            raise WrongCredentials
        if user.has_second_factor and not code:
            raise CodeNeeded  # and the try goes on counting, or codes could be guessed between two such tries
        with transaction(self.store) as session:
            step = None
            if user.has_second_factor and user.totp and code:
                step = step_of(user.totp, code, at, user.totp_last_step)
            is_good = not user.has_second_factor or (step is not None and users.use_code(session, user, step))
            if is_good:
                return self._begin(session, user, password, index, at, note)
        self._refuse(note, user)
        raise WrongCredentials

    def find(self, token: str, at: datetime) -> SignedIn | None:
        """The session of a token, if it has not ended; its use is noted."""
        with transaction(self.store) as session:
            kept = sessions.find(session, self.store.vault.token_digests(token))
            user = None if kept is None else users.get(session, kept.user_id)
            if kept is None or user is None or user.disabled_at is not None:
                return None
            if at >= kept.seen_at + self.policy.idle or at >= kept.started_at + self.policy.longest:
                sessions.end(session, kept.digest)
                return None
            if at < kept.seen_at + NOTED_EVERY:
                return self._signed_in(user, kept, kept.seen_at)
            sessions.see(session, kept.digest, at)
            return self._signed_in(user, kept, at)

    def _begin(
        self, session: Session, user: User, password: str, index: bytes, at: datetime, note: Note
    ) -> tuple[str, SignedIn]:
        token = PREFIX + secrets.token_urlsafe(32)
        is_full = user.has_second_factor or not self.policy.needs_second_factor
        kept = Kept(session.vault.token_digest(token), user.id, at, at, is_full)
        if is_outdated(user.password):
            users.change(session, user.id, {"password": hash_password(password)})
        sessions.forget_ended(session, at - self.policy.idle, at - self.policy.longest)
        sessions.forget_failures(session, index, before=at - REMEMBERED)
        sessions.add(session, kept)
        note(session, BEGUN, user)
        return token, self._signed_in(user, kept, at)

    def _signed_in(self, user: User, kept: Kept, at: datetime) -> SignedIn:
        ends_at = kept.started_at + self.policy.longest
        return SignedIn(user, kept, min(at + self.policy.idle, ends_at), ends_at)

    def _refuse(self, note: Note, user: User | None) -> None:
        with transaction(self.store) as session:
            note(session, REFUSED, user)


def _count_try(session: Session, index: bytes, at: datetime) -> None:
    """Count a try as failed, so that many at once are not more than many one by one; raises `Locked`."""
    before = sessions.failures_of(session, index)
    if before is not None and before.locked_until is not None and before.locked_until > at:
        raise Locked(max(1, round((before.locked_until - at).total_seconds())))
    counts = before is not None and before.last_at > at - REMEMBERED
    failures = (before.failures if before is not None and counts else 0) + 1
    until = at + _wait_after(failures) if failures >= FREE_TRIES else None
    sessions.set_failures(session, index, Failures(failures, at, until))


def _wait_after(failures: int) -> timedelta:
    times = 1 << min(failures - FREE_TRIES, 16)
    return min(FIRST_WAIT * times, LONGEST_WAIT)
