"""A data key is made once, readable by its owner alone, refused where it is none, and followed by others."""

from __future__ import annotations

import base64
import stat
import time
from pathlib import Path

import pytest

from service.config import SettingError, Settings
from service.security.crypto import LOOK_SECONDS, SealError, Vault, kid_of
from service.security.data_key import (
    add_new_key,
    open_vault,
    put_aside,
    read_data_keys,
    read_key_file,
    write_secret,
)

PLACE = "cases.label:1"


def settings(tmp_path: Path, **variables: str) -> Settings:
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path / "instance"), **variables})


def test_the_first_run_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    (key,) = read_data_keys(chosen)
    assert len(key) == 32
    assert stat.S_IMODE(chosen.data_key_file.stat().st_mode) == 0o600


def test_the_next_run_reads_the_same_key(tmp_path: Path) -> None:
    assert read_data_keys(settings(tmp_path)) == read_data_keys(settings(tmp_path))


def test_a_key_from_the_environment_wins_and_leaves_no_file(tmp_path: Path) -> None:
    chosen = settings(tmp_path, OPENVOB_DATA_KEY=base64.b64encode(b"k" * 32).decode())
    assert read_data_keys(chosen) == (b"k" * 32,)
    assert not chosen.data_key_file.exists()


def test_several_keys_are_read_in_their_order_each_once(tmp_path: Path) -> None:
    texts = [base64.b64encode(letter * 32).decode() for letter in (b"n", b"o", b"n")]
    given = settings(tmp_path, OPENVOB_DATA_KEY=f" {texts[0]}, {texts[1]},{texts[2]},")
    assert read_data_keys(given) == (b"n" * 32, b"o" * 32)
    write_secret(settings(tmp_path).data_key_file, "\n".join([*texts, ""]))
    assert read_data_keys(settings(tmp_path)) == (b"n" * 32, b"o" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "ä" * 32,
        ",",
        base64.b64encode(b"k" * 31).decode(),
        f"{base64.b64encode(b'k' * 32).decode()},{base64.b64encode(b'k' * 31).decode()}",
    ],
)
def test_what_is_no_key_is_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_data_keys(settings(tmp_path, OPENVOB_DATA_KEY=text))
    assert "OPENVOB_DATA_KEY" in str(refused.value)
    assert text == "," or text not in str(refused.value)


def test_a_secret_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "first")
    write_secret(tmp_path / "secret", "second")
    assert (tmp_path / "secret").read_text() == "first\n"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one key."""
    read_data_keys(settings(tmp_path))
    return settings(tmp_path).data_key_file


@pytest.fixture
def vault(tmp_path: Path, file: Path) -> Vault:
    """The vault of a process that runs already."""
    return open_vault(settings(tmp_path))


def test_a_new_key_stands_above_the_old_one_for_whoever_could_read_the_file(file: Path) -> None:
    (old,) = read_key_file(file)
    file.chmod(0o640)
    add_new_key(file)
    new, second = read_key_file(file)
    assert (new != old, second) == (True, old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["data.key"]


def test_old_keys_are_put_aside_newest_first_and_each_once(file: Path) -> None:
    assert put_aside(file) is None
    first = read_key_file(file)
    add_new_key(file)
    before = file.read_bytes()
    aside = put_aside(file)
    assert aside is not None
    file.write_bytes(before)  # as if it had been cut off between the two files
    assert put_aside(file) == aside
    second = read_key_file(file)
    assert read_key_file(aside) == first
    add_new_key(file)
    put_aside(file)
    assert read_key_file(aside) == (*second, *first)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_a_file_that_is_linked_to_stays_where_it_is(file: Path) -> None:
    real = file.with_name("kept elsewhere")
    file.rename(real)
    file.symlink_to(real)
    add_new_key(file)
    assert file.is_symlink()
    assert len(read_key_file(real)) == 2


def test_a_running_process_seals_with_a_new_key_soon_and_opens_with_both(
    vault: Vault, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = vault.seal(b"Ana", PLACE)
    add_new_key(file)
    new, old = map(kid_of, read_key_file(file))
    assert vault.kid == old, "it does not look before every single value"
    now = time.monotonic()
    monkeypatch.setattr("service.security.crypto.time.monotonic", lambda: now + LOOK_SECONDS)
    assert vault.kid == new
    after = vault.seal(b"Ana", PLACE)
    assert after.startswith(new.encode())
    assert [vault.open(one, PLACE) for one in (before, after)] == [b"Ana", b"Ana"]


def test_a_running_process_looks_things_up_under_a_new_key_at_once(vault: Vault, file: Path) -> None:
    digest = vault.token_digest("vob_token")
    add_new_key(file)
    assert len(vault.ring()) == 2
    digests = vault.token_digests("vob_token")
    assert (len(digests), digests[1]) == (2, digest)
    assert vault.token_digest("vob_token") == digests[0]


def test_a_running_process_opens_at_once_what_another_sealed_with_a_new_key(
    tmp_path: Path, vault: Vault, file: Path
) -> None:
    add_new_key(file)
    sealed = open_vault(settings(tmp_path)).seal(b"Ana", PLACE)
    assert vault.open(sealed, PLACE) == b"Ana"


def test_a_running_process_opens_what_it_read_before_the_old_key_was_put_aside(
    tmp_path: Path, vault: Vault, file: Path
) -> None:
    before, digest = vault.seal(b"Ana", PLACE), vault.token_digest("vob_token")
    add_new_key(file)
    put_aside(file)
    assert len(vault.ring()) == 1
    assert vault.open(before, PLACE) == b"Ana"
    assert digest in vault.token_digests("vob_token")
    with pytest.raises(SealError):
        open_vault(settings(tmp_path)).open(before, PLACE)


@pytest.mark.parametrize("text", ["", "no key\n"])
def test_a_changed_file_that_holds_no_key_changes_nothing_and_is_told_of_once(
    vault: Vault, file: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    kid, good = vault.kid, file.read_text()
    file.write_text(text)
    assert [[key.kid for key in vault.ring()] for _ in range(3)] == [[kid]] * 3
    assert [record.message for record in caplog.records] == [
        "the changed file of the data key cannot be used: SettingError"
    ]
    file.unlink()
    assert [key.kid for key in vault.ring()] == [kid]
    write_secret(file, good)
    add_new_key(file)
    assert len(vault.ring()) == 2
