"""The live adapters of a clinic's connections: which payer, and which administrator, is reached by which.

An adapter is opened when it is first needed and lives as long as the process, for its breaker, its places
and its replies are shared by everybody who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from payers.base import CLOSED, Ask, Heard, PayerAdapter, Reply
from payers.connections import Connection, Credentials
from payers.registry import find_adapter

Live = PayerAdapter[Any, tuple[Heard, ...]]


class Switchboard:
    """Finds the adapter for a payer or an administrator, if there is a connection to it."""

    def __init__(
        self, connections: Iterable[Connection] = (), credentials: Callable[[str], Credentials] | None = None
    ) -> None:
        self._credentials = credentials or (lambda connection_id: Credentials())
        listed = tuple(connections)
        self._listed = listed
        self._payers: Mapping[str, Connection] = {payer: one for one in listed for payer in one.payers}
        self._administrators: Mapping[str, Connection] = {
            administrator: one for one in listed for administrator in one.administrators
        }
        self._open: dict[str, Live] = {}
        self._lock = Lock()

    def connection_to(self, payer_id: str) -> Connection | None:
        """Return the connection that reaches a payer, or `None`."""
        return self._payers.get(payer_id)

    def connection_to_administrator(self, administrator_id: str | None) -> Connection | None:
        """Return the connection that reaches an administrator, by the id that replies give it, or `None`."""
        return self._administrators.get(administrator_id or "")

    def adapter(self, connection: Connection) -> Live:
        """Return the adapter of a connection; the same one each time."""
        with self._lock:
            if connection.id not in self._open:
                make: Callable[..., Live] = find_adapter(adapter_name(connection))
                self._open[connection.id] = make(connection, self._credentials(connection.id))
            return self._open[connection.id]

    def states(self) -> dict[str, str]:
        """Return how the breaker of each connection stands; one that was not needed yet is `closed`."""
        with self._lock:
            opened = dict(self._open)
        return {one.id: opened[one.id].state if one.id in opened else CLOSED for one in self._listed}


def adapter_name(connection: Connection) -> str:
    """Return what an adapter is found by: a class of somebody else's, or the channel."""
    return connection.adapter or connection.channel


def read_again(adapter: str, heard: tuple[Heard, ...], ask: Ask) -> Reply:
    """Read replies that were kept. Reading touches nothing outside, so it needs no connection.

    Raises a `PayerError` where they cannot be used, `ValueError` where there is no such adapter any more.
    """
    found: type[Live] = find_adapter(adapter)
    return found.read(found.__new__(found), heard, ask)
