"""The data key is made once, readable by its owner alone, and refused where it is not one."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from service.config import SettingError, Settings
from service.security.data_key import read_data_key, write_secret


def settings(tmp_path: Path, **variables: str) -> Settings:
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path / "instance"), **variables})


def test_the_first_run_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    key = read_data_key(chosen)
    assert len(key) == 32
    assert stat.S_IMODE(chosen.data_key_file.stat().st_mode) == 0o600


def test_the_next_run_reads_the_same_key(tmp_path: Path) -> None:
    assert read_data_key(settings(tmp_path)) == read_data_key(settings(tmp_path))


def test_a_key_from_the_environment_wins_and_leaves_no_file(tmp_path: Path) -> None:
    chosen = settings(tmp_path, OPENVOB_DATA_KEY=base64.b64encode(b"k" * 32).decode())
    assert read_data_key(chosen) == b"k" * 32
    assert not chosen.data_key_file.exists()


@pytest.mark.parametrize("text", ["short", "ä" * 32, base64.b64encode(b"k" * 31).decode()])
def test_what_is_no_key_is_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_data_key(settings(tmp_path, OPENVOB_DATA_KEY=text))
    assert "OPENVOB_DATA_KEY" in str(refused.value)
    assert text not in str(refused.value)


def test_a_secret_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "first")
    write_secret(tmp_path / "secret", "second")
    assert (tmp_path / "secret").read_text() == "first\n"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
