"""The first run of an installation: its folder, its data key, its tables and its first API key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from service.config import Settings
from service.office import open_store_of
from service.security.data_key import write_secret
from service.security.keys import SCOPES, make_token
from service.store import keys
from service.store.session import Store, transaction

NAME = "first key"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What an installation has once it is ready: the API key made for it, and whether it is new."""

    api_key: str | None
    is_new: bool


def prepare(settings: Settings) -> FirstRun:
    """Make whatever of an installation is not there yet; on later runs, read the key made before.

    The key stands in a file that only its owner can read, so that the line to try the service with
    can be shown at every start. Where that file was removed, or its key revoked, there is none to show.
    Raises `SettingError` where the database cannot be used as it is.
    """
    store = open_store_of(settings)
    try:
        return _first_key(settings, store)
    finally:
        store.close()


def _first_key(settings: Settings, store: Store) -> FirstRun:
    token = settings.api_key_file.read_text("ascii").strip() if settings.api_key_file.exists() else None
    with transaction(store) as session:
        is_new = not keys.list_all(session)
        if is_new:
            token = token or make_token()
            keys.add(session, NAME, store.vault.token_digest(token), SCOPES, datetime.now(UTC))
        elif token is not None and keys.find(session, store.vault.token_digest(token)) is None:
            token = None
    if is_new and token is not None:
        write_secret(settings.api_key_file, token)
    return FirstRun(token, is_new)
