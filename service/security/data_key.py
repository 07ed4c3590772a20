"""Where the data key comes from: the environment, or a file that only its owner can read."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from service.config import SettingError, Settings
from service.security.crypto import KEY_BYTES


def read_data_key(settings: Settings) -> bytes:
    """The installation's data key, 32 bytes; made in its file if there is none yet.

    Raises `SettingError` where what stands there is not a key.
    """
    if settings.data_key is not None:
        return _decoded(settings.data_key, "OPENVOB_DATA_KEY")
    if not settings.data_key_file.exists():
        write_secret(settings.data_key_file, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return _decoded(settings.data_key_file.read_text("ascii", "replace"), "the file of OPENVOB_DATA_KEY_FILE")


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read; one that is there already is left as it is.

    The file appears whole or not at all, so that two processes starting at once agree on one secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decoded(text: str, named: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingError(f"{named} must hold {KEY_BYTES} bytes in base64")
    return key
