"""Where data keys come from: the environment, or a file that only its owner can read.

Several stand there while one takes over from another: separated by commas in the environment, one a line
in the file. The first seals, all open. A file is looked at again while the service runs, the environment
is not.
"""

from __future__ import annotations

import base64
import binascii
import logging
import os
import secrets
from pathlib import Path

from service.config import SettingError, Settings
from service.security.crypto import KEY_BYTES, Vault, kid_of, make_vault

RETIRED = ".retired"
"""How the name of the file ends that keeps replaced keys, beside the file of those in use."""

_log = logging.getLogger(__name__)


def read_data_keys(settings: Settings) -> tuple[bytes, ...]:
    """The installation's data keys, 32 bytes each, the one that seals first; made if there is none yet.

    Raises `SettingError` where what stands there is not a key.
    """
    if settings.data_key is not None:
        return _decoded(settings.data_key.split(","), "OPENVOB_DATA_KEY")
    if not settings.data_key_file.exists():
        write_secret(settings.data_key_file, _encoded(secrets.token_bytes(KEY_BYTES)))
    return read_key_file(settings.data_key_file)


def read_key_file(path: Path, named: str = "the file of OPENVOB_DATA_KEY_FILE") -> tuple[bytes, ...]:
    """The data keys that stand in a file; raises `SettingError` where one of them is none."""
    return _decoded(path.read_text("ascii", "replace").splitlines(), named)


def open_vault(settings: Settings) -> Vault:
    """The vault of the installation's data keys; it notices by itself what changes in their file."""
    if settings.data_key is not None:
        return make_vault(*read_data_keys(settings))
    file = KeyFile(settings.data_key_file)
    return make_vault(*read_data_keys(settings), look=file.look)


class KeyFile:
    """A file of data keys that may change while the service runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._refused = self._stamp_now()

    def look(self) -> tuple[bytes, ...] | None:
        """The keys that stand in the file, where it changed since the last look; `None` otherwise."""
        stamp = self._stamp_now()
        if stamp is None or stamp == self._stamp:
            return None
        try:
            data_keys = read_key_file(self._path)
        except (OSError, SettingError) as error:
            if stamp != self._refused:  # it is looked at again and again, and told of once
                _log.error("the changed file of the data key cannot be used: %s", type(error).__name__)
            self._refused = stamp
            return None
        self._stamp = stamp
        return data_keys

    def _stamp_now(self) -> tuple[int, ...] | None:
        try:
            status = self._path.stat()
        except OSError:  # the keys in use stay in use
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)


def add_new_key(path: Path) -> None:
    """Put a new random key above those that stand in a file."""
    _write(path, [secrets.token_bytes(KEY_BYTES), *read_key_file(path)], like=path)


def put_aside(path: Path) -> Path | None:
    """Move all keys of a file but the first to the file of retired ones; return that, where any moved.

    Newest first stands there what can be put back below the first, to open a backup from before.
    """
    first, *old = read_key_file(path)
    if not old:
        return None
    aside = path.with_name(path.name + RETIRED)
    before = read_key_file(aside, f"{aside.name} beside it") if aside.exists() else ()
    _write(aside, [*old, *(key for key in before if key not in old)], like=path)
    _write(path, [first], like=path)
    return aside


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read; one that is there already is left as it is.

    The file appears whole or not at all, so that two processes starting at once agree on one secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, text)
    try:
        os.link(draft, path)
        _make_last(path.parent)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write(path: Path, data_keys: list[bytes], *, like: Path) -> None:
    """Write a file anew, whole or not at all, for whoever can read the file that it is to be like."""
    path, wanted = path.resolve(), like.stat()
    draft = _draft(path, "\n".join(map(_encoded, data_keys)))
    try:
        made = draft.stat()
        if (made.st_uid, made.st_gid) != (wanted.st_uid, wanted.st_gid):
            os.chown(draft, wanted.st_uid, wanted.st_gid)
        draft.chmod(wanted.st_mode & 0o660)
        draft.replace(path)
        _make_last(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(descriptor)
    return draft


def _make_last(folder: Path) -> None:
    """Have a change of a folder outlast a loss of power: what is sealed must never outlast its key."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encoded(data_key: bytes) -> str:
    return base64.b64encode(data_key).decode()


def _decoded(texts: list[str], named: str) -> tuple[bytes, ...]:
    """The keys that stand there, each once; raises `SettingError` where there is none, or what is none."""
    data_keys: dict[str, bytes] = {}
    for text in filter(None, map(str.strip, texts)):
        try:
            data_key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data_key = b""
        if len(data_key) != KEY_BYTES:
            raise SettingError(f"{named} must hold {KEY_BYTES} bytes in base64")
        data_keys[kid_of(data_key)] = data_key
    if not data_keys:
        raise SettingError(f"{named} must hold {KEY_BYTES} bytes in base64")
    return tuple(data_keys.values())
