"""Puts one body to one address: to a public one alone, in bounded time, following nobody elsewhere.

Of what comes back only the status counts: nothing of it is read, kept or logged.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from threading import Timer

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3 import Retry
from urllib3.exceptions import HTTPError, InvalidHeader

from payers.wire import CONNECT_SECONDS, Watch, WatchedAdapter, watching
from service.webhooks.addresses import is_to_this_machine

SECONDS = 20.0
"""So long an address has to take what it is sent; the specification says 15 to 30."""

OUTCOMES = (TAKEN, REFUSED, TIMED_OUT, NO_CONNECTION, NOT_TRUSTED, NOT_PUBLIC) = (
    *("taken", "refused", "timed_out"),
    *("no_connection", "not_trusted", "not_public"),
)
"""What came of an attempt: a 2xx status, another one, or none."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an attempt; for how many seconds the address wants to be left alone, six hours at most."""

    outcome: str
    milliseconds: int
    status: int | None = None
    retry_after: float | None = None


class _Adapter(IPFilterAdapter, WatchedAdapter):  # type: ignore[misc]
    """Connects to the very address that a name led to and that was found public; its socket can be shut."""

    def __init__(self, scheme: str, *, allow_loopback: bool) -> None:
        IPFilterAdapter.__init__(self, is_https_proto=scheme == "https", allow_loopback=allow_loopback)


def post(url: str, headers: Mapping[str, str], body: bytes, *, is_production: bool) -> Said:
    """Put a body to an address and return what came of it; never raises for anything the other side does."""
    began, watch = time.monotonic(), Watch(SECONDS)
    timer = Timer(SECONDS, watch.cut)
    timer.daemon = True
    timer.start()
    try:
        outcome, status, retry_after = _post(url, headers, body, watch, is_production=is_production)
    finally:
        timer.cancel()
    if watch.is_cut:  # to the library a stream that we shut looks like one that came to its end
        outcome, status, retry_after = TIMED_OUT, None, None
    return Said(outcome, round((time.monotonic() - began) * 1000), status, retry_after)


def _post(
    url: str, headers: Mapping[str, str], body: bytes, watch: Watch, *, is_production: bool
) -> tuple[str, int | None, float | None]:
    if is_to_this_machine(url) and is_production:
        return NOT_PUBLIC, None, None
    try:
        with (
            _session(allow_loopback=is_to_this_machine(url)) as session,
            watching(watch),
            session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, max(0.01, watch.left())),
            ) as response,
        ):
            status = response.status_code
            outcome = TAKEN if 200 <= status < 300 else REFUSED
            return outcome, status, _seconds(response.headers.get("Retry-After"))
    except InvalidIPAddress:
        return NOT_PUBLIC, None, None
    except requests.Timeout:
        return TIMED_OUT, None, None
    except requests.exceptions.SSLError:
        return NOT_TRUSTED, None, None
    except (OSError, HTTPError, HTTPException, ValueError):
        return NO_CONNECTION, None, None


def _session(*, allow_loopback: bool) -> requests.Session:
    """A session that nothing of this machine's surroundings changes: no proxies, no cookies, no redirects."""
    session: requests.Session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=allow_loopback,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, SECONDS),
            user_agent_override="openvob",
        )
    )
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https", "http"):
        session.mount(f"{scheme}://", _Adapter(scheme, allow_loopback=allow_loopback))
    return session


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None:
        return None
    try:
        return float(Retry().parse_retry_after(retry_after))
    except (InvalidHeader, ValueError, OverflowError):
        return None
