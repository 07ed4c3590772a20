"""The cookie of staff: a signed one that holds a session's token and what vouches for its forms.

The library signs it with a key derived from the data key. A request that comes with it and changes
something has to bring a token of the page too, or it is refused: another site can make a browser send
cookies, but cannot know the token.
"""

from __future__ import annotations

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf

from service.config import Settings
from service.security.crypto import Vault

NAME = "openvob"
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN = "token"  # noqa: S105 (where in the cookie it stands)
_WHOSE = "user"
_VOUCHES = "csrf_token"  # the library's name

_csrf = CSRFProtect()


class StaffCookies(SecureCookieSessionInterface):
    """The library's cookies, without its work for those who send none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing where there is none, or where its signature is not ours."""
        if NAME not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie is for https alone: always in production, else where it came that way."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def keep_cookies(app: Flask, settings: Settings, vault: Vault) -> None:
    """Let an application sign and read the cookie of staff."""
    key, *older = vault.token_digests("cookie of staff")
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME=NAME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.is_production,
        # The guard says when: keys need no such token, and the sign-in has none yet.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_HEADERS=[CSRF_HEADER],
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a Referer, which our pages tell browsers not to send.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = StaffCookies()
    _csrf.init_app(app)


def begin(token: str, user_id: str) -> None:
    """Hand out the cookie of a new session; of one before stays only what vouches for its forms.

    And that only where the same person signs in again in the same browser: what they typed before their
    session ended can still be sent.
    """
    vouches = session.get(_VOUCHES) if session.get(_WHOSE) == user_id else None
    session.clear()
    session[_TOKEN], session[_WHOSE] = token, user_id
    if vouches is not None:
        session[_VOUCHES] = vouches


def token_sent() -> str | None:
    """The token of the cookie that came with the request, or `None`."""
    found = session.get(_TOKEN)
    return found if isinstance(found, str) else None


def end() -> None:
    """Take the cookie back."""
    session.clear()


def csrf_token() -> str:
    """What a page has to bring along to change something."""
    made: str = generate_csrf()
    return made


def check_csrf() -> None:
    """Refuse a request that does not bring what vouches for it; raises the library's `CSRFError`."""
    _csrf.protect()
