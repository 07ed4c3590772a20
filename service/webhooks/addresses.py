"""Where events may go: https to a public address; in development http to this machine itself, too.

A name is looked up when it is registered and again whenever something is sent, and what it leads to is
connected to, so that a name that leads elsewhere later leads nowhere.
"""

from __future__ import annotations

import requests
from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from schemas.connection_file import ADDRESS, LOOPBACK
from schemas.problem import FieldError

LONGEST = 2000
NOT_AN_ADDRESS = FieldError(
    "/url", "not_an_address", "url must be an https address, without a user name and without a fragment (#)."
)
NOT_PUBLIC = FieldError(
    "/url", "address_not_public", "url must lead to a public address, not into a private or reserved network."
)


def fault_of(url: str, *, is_production: bool) -> FieldError | None:
    """What keeps an address from being told anything, or `None`; a name may become known later."""
    parts = ADDRESS.fullmatch(url)
    if parts is None or len(url) > LONGEST or "#" in url or not 0 < int(parts["port"] or 443) < 65536:
        return NOT_AN_ADDRESS
    if is_to_this_machine(url):
        return NOT_AN_ADDRESS if is_production else None
    if parts["scheme"] == "http":
        return NOT_AN_ADDRESS
    try:
        filter_host(parts["host"].strip("[]"), int(parts["port"] or 443), allow_loopback=False)
    except InvalidIPAddress:
        return NOT_PUBLIC
    except (requests.RequestException, UnicodeError):  # looked up again when there is something to send
        return None
    return None


def is_to_this_machine(url: str) -> bool:
    """Whether an address is http to this machine itself, as a developer has it."""
    parts = ADDRESS.fullmatch(url)
    return parts is not None and parts["scheme"] == "http" and parts["host"].lower() in LOOPBACK


def host_of(url: str) -> str:
    """The host of an address, all of it that is shown and logged: its path may be a password."""
    parts = ADDRESS.fullmatch(url)
    return "" if parts is None else parts["host"].lower()
