"""A first run makes an installation; later ones find it as it was left."""

from __future__ import annotations

import base64
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from service.app import create_app
from service.config import HOUSE, PRODUCTION, SettingError, Settings, documented_settings
from service.first_run import FirstRun, prepare
from service.office import Office, open_store_of
from service.security.data_key import write_secret
from service.store import keys
from service.store.session import transaction


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation that is not there yet."""
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path / "instance")})


def test_the_first_run_makes_database_data_key_and_api_key(settings: Settings) -> None:
    made = prepare(settings)
    assert made.is_new
    assert made.api_key
    assert {path.name for path in settings.instance_path.iterdir()} >= {"openvob.db", "data.key", "api-key"}
    assert stat.S_IMODE(settings.api_key_file.stat().st_mode) == 0o600


def test_every_later_run_shows_the_same_key_and_it_works(settings: Settings) -> None:
    first, second = prepare(settings), prepare(settings)
    assert second == FirstRun(first.api_key, is_new=False)
    app = create_app(settings)
    answer = app.test_client().get("/v1/payers", headers={"Authorization": f"Bearer {first.api_key}"})
    assert answer.status_code == 200
    office: Office = app.extensions["office"]
    office.store.close()


def test_in_production_no_api_key_is_made_and_one_that_is_there_is_not_shown(settings: Settings) -> None:
    production = replace(settings, environment=PRODUCTION, data_key=base64.b64encode(bytes(32)).decode())
    assert prepare(production) == FirstRun(None, is_new=False)
    assert not settings.api_key_file.exists()
    store = open_store_of(production)
    with transaction(store) as session:
        assert keys.list_all(session) == []
    store.close()
    write_secret(settings.api_key_file, "vob_invented")
    assert prepare(production).api_key is None


def test_a_key_whose_file_was_removed_is_not_made_anew(settings: Settings) -> None:
    prepare(settings)
    settings.api_key_file.unlink()
    assert prepare(settings) == FirstRun(None, is_new=False)


def test_a_revoked_key_is_not_shown(settings: Settings) -> None:
    prepare(settings)
    store = open_store_of(settings)
    with transaction(store) as session:
        [key] = keys.list_all(session)
        keys.revoke(session, key.id, key.created_at)
    store.close()
    assert prepare(settings).api_key is None


def test_a_new_database_beside_an_old_key_takes_the_old_key(settings: Settings) -> None:
    first = prepare(settings)
    for path in settings.instance_path.glob("openvob.db*"):
        path.unlink()
    assert prepare(settings) == FirstRun(first.api_key, is_new=True)


def test_a_database_that_was_written_with_another_data_key_is_refused(settings: Settings) -> None:
    prepare(settings)
    settings.data_key_file.write_text(base64.b64encode(bytes(32)).decode())
    with pytest.raises(SettingError, match="another data key"):
        prepare(settings)


def test_a_database_that_is_not_ours_to_change_must_be_brought_up_to_date(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "is_embedded", False)
    settings.instance_path.mkdir()
    with pytest.raises(SettingError, match="vob db upgrade"):
        prepare(settings)


def test_every_setting_has_a_default_and_can_be_set(tmp_path: Path) -> None:
    default = Settings.from_env({})
    assert default.database_url == f"sqlite:///{HOUSE / 'instance' / 'openvob.db'}"
    assert (default.host, default.port) == ("127.0.0.1", 8080)
    assert default.clinic_profile == HOUSE / "clinic.example.yaml"
    chosen = Settings.from_env(
        {
            "OPENVOB_DATABASE_URL": "postgresql+psycopg://db/openvob",
            "OPENVOB_CLINIC_PROFILE": str(tmp_path / "clinic.yaml"),
            "OPENVOB_RULES_PATH": str(tmp_path),
            "OPENVOB_HOST": "0.0.0.0",
            "OPENVOB_PORT": "9000",
            "OPENVOB_MAX_BODY_BYTES": "2048",
        }
    )
    assert not chosen.is_embedded
    assert (chosen.port, chosen.max_body_bytes, chosen.rules_path) == (9000, 2048, tmp_path)


@pytest.mark.parametrize("port", ["", " "])
def test_an_empty_variable_counts_as_not_set(port: str) -> None:
    assert Settings.from_env({"OPENVOB_PORT": port}).port == 8080


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.0", "eighty", "٨٠"])
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(port: str) -> None:
    with pytest.raises(SettingError, match="OPENVOB_PORT must be a whole number from 1 to 65535"):
        Settings.from_env({"OPENVOB_PORT": port})


def test_settings_do_not_show_their_secrets() -> None:
    chosen = Settings.from_env(
        {"OPENVOB_DATA_KEY": "s3cret", "OPENVOB_DATABASE_URL": "postgresql://a:s3cret@b/c"}
    )
    assert "s3cret" not in repr(chosen)


def test_every_setting_has_a_meaning() -> None:
    assert all(
        name.startswith("OPENVOB_") and meaning.endswith(".")
        for name, meaning in documented_settings().items()
    )
