"""How often somebody may ask: a client, an address without a good key, a client about one member.

The counting is the library's, over a window that moves. Addresses and members go to the store as keyed
hashes only: neither can be read from it. A store that cannot be reached lets
everything through, for a clinic that cannot ask is worse off than one that asks too often.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Any

import orjson
from flask import Flask, Response, g, request
from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from service.config import RATE_OFF, SettingError, Settings
from service.security.crypto import Vault
from service.security.permissions import OPEN

CLIENT, ADDRESS, MEMBER = "client", "address", "member"
CONTACT, PAGE = "contact", "page"
ONCE = RateLimitItemPerMinute(1, 30)
"""What works once is remembered longer than it lasts."""

ASKING = frozenset({"verifications.create", "comparisons.create"})
"""The endpoints whose bodies name a member."""

COUNTED_OPEN = OPEN - {
    *("health.healthz", "health.readyz", "console.static"),
    *("widget_files.script", "widget_files.part"),
}
"""What is open but counted; whoever watches over the service is never told to wait."""

SWEEP_SECONDS = 10.0
ANSWER_SECONDS = 0.25
PAUSE_SECONDS = 5.0
SAID_EVERY_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Throttle:
    """Counts what is asked against the limits set; raises `SettingError` for a store it cannot use."""

    def __init__(self, settings: Settings, vault: Vault) -> None:
        rates = {
            CLIENT: settings.rate_client,
            ADDRESS: settings.rate_address,
            MEMBER: settings.rate_member,
            CONTACT: settings.rate_contact,
            PAGE: settings.rate_page,
        }
        self._limits: dict[str, RateLimitItem] = {
            kind: parse(rate) for kind, rate in rates.items() if rate != RATE_OFF
        }
        self._limiter = MovingWindowRateLimiter(_open(settings.rate_store))
        self._vault = vault
        self._asked_again_at = self._said_again_at = time.monotonic()

    def count_client(self, client: str) -> None:
        """Count one request of a client, by the id of its key; raises `TooManyRequests`."""
        self._count(CLIENT, client)

    def count_address(self, address: str | None) -> None:
        """Count one request from an address; raises `TooManyRequests`."""
        self._count(ADDRESS, self._vault.index("rate address", network_of(address)).hex())

    def count_member(self, client: str, body: Any) -> None:
        """Count one request about the member of a body; one that names none is refused elsewhere.

        Raises `TooManyRequests`.
        """
        match body:
            case {"request": asked}:
                self.count_member(client, asked)
            case {"payer": str(payer), "member": {"member_id": str(member_id)}}:
                # A member id is the same one however it is spaced, hyphenated or capitalised.
                written = member_id if member_id.isalnum() else "".join(filter(str.isalnum, member_id))
                name = self._vault.index("rate member", client, payer.strip().lower(), written.lower())
                self._count(MEMBER, name.hex())

    def count_contact(self, client: str, address: str | None, member_id: str | None) -> None:
        """Count what a visitor leaves on a site: for the address, and for the member that is named.

        Raises `TooManyRequests`, which never says for which of them.
        """
        self._count(CONTACT, self._vault.index("rate contact", network_of(address)).hex(), is_told=False)
        written = "".join(filter(str.isalnum, member_id or "")).lower()
        if written:
            name = self._vault.index("rate contact member", client, written)
            self._count(MEMBER, name.hex(), is_told=False)

    def count_page(self, address: str | None) -> None:
        """Count what an address asks on the pages without a script; raises `TooManyRequests`."""
        self._count(PAGE, self._vault.index("rate page", network_of(address)).hex())

    def spend(self, name: str) -> bool:
        """Note that something was used that works once; whether it was unused until now."""
        try:
            spent = self._vault.index("used once", name).hex()
            return bool(self._limiter.hit(ONCE, "once", spent))
        except StorageError as error:
            self._let_through(error)
            return True

    def _count(self, kind: str, name: str, is_told: bool = True) -> None:
        limit = self._limits.get(kind)
        if limit is None or time.monotonic() < self._asked_again_at:
            return
        try:
            if self._limiter.hit(limit, kind, name):
                return
            free_at = self._limiter.get_window_stats(limit, kind, name).reset_time
        except StorageError as error:
            self._let_through(error)
            return
        wait = max(1, ceil(free_at - time.time()))
        if is_told:
            g.rate_limit = {
                "RateLimit-Policy": f'"{kind}";q={limit.amount};w={limit.get_expiry()}',
                "RateLimit": f'"{kind}";r=0;t={wait}',
            }
        raise TooManyRequests(retry_after=wait)

    def _let_through(self, error: StorageError) -> None:
        """Leave the store alone for a while, so that not every request waits for it in vain."""
        now = time.monotonic()
        self._asked_again_at = now + PAUSE_SECONDS
        if now >= self._said_again_at:
            self._said_again_at = now + SAID_EVERY_SECONDS
            reason = type(error.storage_error).__name__
            _log.warning("the store of rate limits does not answer (%s): no request is limited", reason)


def limit_rates(app: Flask, throttle: Throttle) -> None:
    """Count every request of an application, once the guard knows whose it is."""

    @app.before_request
    def count() -> None:
        client = g.get("client")
        if client is not None:
            throttle.count_client(client.id)
            if client.origins:  # one key for all who look at the site: each of them counts
                throttle.count_address(request.remote_addr)
            if request.endpoint in ASKING and request.method == "POST":
                throttle.count_member(client.id, _body())
        elif request.endpoint in COUNTED_OPEN:
            throttle.count_address(request.remote_addr)

    @app.after_request
    def count_refused(response: Response) -> Response:
        if response.status_code == 401:
            try:
                throttle.count_address(request.remote_addr)
            except TooManyRequests as error:
                response = app.make_response(app.handle_user_exception(error))
        if response.status_code == 429:
            response.headers.extend(g.get("rate_limit", {}))
        return response


def network_of(address: str | None) -> str:
    """Whom an address stands for: itself, or the network that is one household's in IPv6."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or IPv6Network((known, 64), strict=False))
    return str(known)


def _body() -> Any:
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(request.get_data(cache=True))
    return None


def _open(address: str) -> Any:
    if not address.startswith("memory:"):
        patience = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        try:
            return storage_from_string(address, wrap_exceptions=True, **patience)
        except (ConfigurationError, ValueError):
            raise SettingError("OPENVOB_RATE_STORE is not an address that can be used") from None
    storage = MemoryStorage()
    storage.timer.cancel()
    storage.timer = _Sweeper(storage)
    storage.timer.start()
    return storage


class _Sweeper(threading.Timer):
    """Forgets in memory what has expired; the library would start a thread for nearly every request."""

    def __init__(self, storage: MemoryStorage) -> None:
        super().__init__(SWEEP_SECONDS, storage.timer.function)
        self.daemon = True
        self._storage = storage

    def run(self) -> None:
        """Sweep again and again."""
        while not self.finished.wait(self.interval):
            self.sweep()

    def sweep(self) -> None:
        """Forget what has expired, and then names with nothing left, which the library keeps."""
        self.function()
        for name in [name for name, calls in list(self._storage.events.items()) if not calls]:
            self._storage.clear(name)
