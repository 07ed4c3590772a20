"""The first run of an installation: its folder, its data key, its tables and its first API key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from service.config import Settings
from service.office import open_store_of
from service.security.data_key import write_secret
from service.security.keys import make_token
from service.security.permissions import SCOPES
from service.store import keys
from service.store.session import Store, transaction

NAME = "first key"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What an installation has once it is ready: the API key made for it, and whether it is new."""

    api_key: str | None
    is_new: bool


NOTHING_TO_SHOW = FirstRun(None, is_new=False)


def prepare(settings: Settings) -> FirstRun:
    """Make whatever of an installation is not there yet; on later runs, read the key made before.

    The key stands in a file that only its owner can read, so that the line to try the service with
    can be shown at every start. Where that file was removed, or its key revoked, there is none to show.
    In production no key is made and none shown: there `vob keys add` makes those that are needed.
    Raises `SettingError` where the database cannot be used as it is.
    """
    store = open_store_of(settings)
    try:
        return NOTHING_TO_SHOW if settings.is_production else _first_key(settings, store)
    finally:
        store.close()


def _first_key(settings: Settings, store: Store) -> FirstRun:
    token = settings.api_key_file.read_text("ascii").strip() if settings.api_key_file.exists() else None
    now = datetime.now(UTC)
    with transaction(store) as session:
        is_new = not keys.list_all(session)
        if is_new:
            token = token or make_token()
            keys.add(session, keys.make(NAME, SCOPES, now), store.vault.token_digest(token))
        elif token is not None and keys.find(session, store.vault.token_digests(token), now) is None:
            token = None
    if is_new and token is not None:
        write_secret(settings.api_key_file, token)
    return FirstRun(token, is_new)
