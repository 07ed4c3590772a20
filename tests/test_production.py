"""What the service does not start with: each fault is named, all at once, and never with its value."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from service.app import create_app
from service.config import SettingError, Settings
from service.office import Office
from service.production import (
    NO_DATA_KEY,
    UnfitSettings,
    is_weak_key,
    is_weak_password,
    refuse_new_data_key,
    refuse_unfit,
)
from service.security.data_key import write_secret
from tests.databases import Databases, needs_postgresql

PASSWORD = "t7Rk-29vQx.Lm04"
DATABASE = "postgresql+psycopg://openvob:{}@database.example:5432/openvob"
COUNTS = "redis://:{}@counts.example:6379/0"


def key_of(data_key: bytes) -> str:
    """A data key as it stands in a setting."""
    return base64.b64encode(data_key).decode()


GOOD_KEY = key_of(secrets.token_bytes(32))
SOUND = {
    "OPENVOB_ENVIRONMENT": "production",
    "OPENVOB_DATABASE_URL": DATABASE.format(PASSWORD),
    "OPENVOB_DATA_KEY": GOOD_KEY,
    "OPENVOB_RATE_STORE": COUNTS.format(PASSWORD),
    "OPENVOB_WORKERS": "2",
}


@pytest.fixture(autouse=True)
def _no_debugging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLASK_DEBUG", raising=False)


def faults_of(tmp_path: Path, changed: Mapping[str, str]) -> tuple[str, ...]:
    """The faults of a sound configuration with this much of it changed."""
    settings = Settings.from_env({**SOUND, "OPENVOB_INSTANCE_PATH": str(tmp_path), **changed})
    try:
        refuse_unfit(settings)
    except UnfitSettings as error:
        return tuple(line.strip() for line in str(error).splitlines()[1:])
    return ()


def test_a_sound_configuration_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {}) == ()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://openvob@/openvob?host=%2Frun%2Fpostgresql",
        "postgresql+psycopg://openvob@database.example/openvob?sslmode=verify-full&sslcert=client.pem",
    ],
)
def test_whoever_proves_themselves_without_a_password_needs_none(tmp_path: Path, address: str) -> None:
    changed = {"OPENVOB_DATABASE_URL": address, "OPENVOB_RATE_STORE": "redis://127.0.0.1:6379"}
    assert faults_of(tmp_path, changed) == ()


def test_one_process_may_count_in_memory_and_metrics_may_be_open(tmp_path: Path) -> None:
    changed = {"OPENVOB_WORKERS": "1", "OPENVOB_RATE_STORE": "memory://", "OPENVOB_METRICS_OPEN": "true"}
    assert faults_of(tmp_path, changed) == ()


ONE_FAULT: list[tuple[dict[str, str], str]] = [
    ({"OPENVOB_DATABASE_URL": "", "OPENVOB_WORKERS": "1"}, "OPENVOB_DATABASE_URL"),
    ({"OPENVOB_DATA_KEY": ""}, "there is no data key"),
    ({"OPENVOB_DATA_KEY": "c2hvcnQ="}, "OPENVOB_DATA_KEY must hold"),
    ({"OPENVOB_DATA_KEY": key_of(bytes(32))}, "OPENVOB_DATA_KEY"),
    ({"OPENVOB_DATA_KEY": f"{GOOD_KEY},{key_of(bytes(range(32)))}"}, "OPENVOB_DATA_KEY"),
    ({"OPENVOB_DATABASE_URL": DATABASE.format("t7Rk-29vQx.")}, "OPENVOB_DATABASE_URL"),
    ({"OPENVOB_DATABASE_URL": DATABASE.format("postgres-openvob-1")}, "OPENVOB_DATABASE_URL"),
    (
        {"OPENVOB_DATABASE_URL": "postgresql+psycopg://database.example/openvob?password=changeme"},
        "OPENVOB_DATABASE_URL",
    ),
    ({"OPENVOB_DATABASE_URL": "wherever"}, "OPENVOB_DATABASE_URL"),
    ({"OPENVOB_RATE_STORE": COUNTS.format("secret%31%32%33456")}, "OPENVOB_RATE_STORE"),
    ({"OPENVOB_RATE_STORE": "redis://counts.example?password=changeme"}, "OPENVOB_RATE_STORE"),
    ({"OPENVOB_RATE_STORE": "redis://[counts"}, "OPENVOB_RATE_STORE"),
    ({"OPENVOB_RATE_STORE": "memory://"}, "OPENVOB_RATE_STORE"),
    ({"OPENVOB_LOG_LEVEL": "debug"}, "OPENVOB_LOG_LEVEL"),
    ({"OPENVOB_RATE_CLIENT": "off"}, "OPENVOB_RATE_CLIENT"),
    ({"OPENVOB_RATE_ADDRESS": "off"}, "OPENVOB_RATE_ADDRESS"),
    ({"OPENVOB_RATE_MEMBER": "off"}, "OPENVOB_RATE_MEMBER"),
]


@pytest.mark.parametrize(("changed", "named"), ONE_FAULT)
def test_what_is_unsafe_in_production_is_named_and_its_value_is_not(
    tmp_path: Path, changed: dict[str, str], named: str
) -> None:
    (fault,) = faults_of(tmp_path, changed)
    assert fault.startswith(named)
    for value in {**SOUND, **changed}.values():
        if len(value) > len("production"):
            assert value not in fault
    assert not any(word in fault for word in (PASSWORD, "changeme", "t7Rk", "example"))


@pytest.mark.parametrize(("changed", "named"), ONE_FAULT)
def test_outside_of_production_it_is_nobodys_business(
    tmp_path: Path, changed: dict[str, str], named: str
) -> None:
    assert faults_of(tmp_path, {**changed, "OPENVOB_ENVIRONMENT": "development"}) == ()


def test_a_service_that_is_being_debugged_is_not_for_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    (fault,) = faults_of(tmp_path, {})
    assert fault.startswith("FLASK_DEBUG")


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    together = {
        "OPENVOB_DATABASE_URL": "",
        "OPENVOB_DATA_KEY": "",
        "OPENVOB_RATE_STORE": COUNTS.format("short"),
        "OPENVOB_RATE_CLIENT": "off",
        "OPENVOB_LOG_LEVEL": "debug",
    }
    named = [fault.partition(":")[0] for fault in faults_of(tmp_path, together)]
    assert named == [
        "OPENVOB_WORKERS",
        "OPENVOB_DATABASE_URL",
        "there is no data key",
        "OPENVOB_RATE_STORE",
        "OPENVOB_LOG_LEVEL",
        "OPENVOB_RATE_CLIENT",
    ]


@pytest.mark.parametrize("environment", ["development", "production"])
def test_several_processes_on_sqlite_are_refused_everywhere(tmp_path: Path, environment: str) -> None:
    changed = {"OPENVOB_ENVIRONMENT": environment, "OPENVOB_DATABASE_URL": "", "OPENVOB_WORKERS": "2"}
    assert faults_of(tmp_path, changed)[0].startswith("OPENVOB_WORKERS")


CLUSTERED = {"OPENVOB_JOBS_ENGINE": "celery", "OPENVOB_JOBS_BROKER": COUNTS.format(PASSWORD)}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (CLUSTERED, []),
        (CLUSTERED | {"OPENVOB_JOBS_BROKER": ""}, ["OPENVOB_JOBS_BROKER"]),
        (CLUSTERED | {"OPENVOB_JOBS_ENGINE": ""}, ["OPENVOB_JOBS_BROKER"]),
        (CLUSTERED | {"OPENVOB_JOBS_BROKER": COUNTS.format("short")}, ["OPENVOB_JOBS_BROKER"]),
        (
            CLUSTERED | {"OPENVOB_DATABASE_URL": "", "OPENVOB_WORKERS": "1"},
            ["OPENVOB_JOBS_ENGINE", "OPENVOB_DATABASE_URL"],
        ),
    ],
)
def test_workers_of_their_own_need_a_broker_and_a_server_and_a_broker_needs_them(
    tmp_path: Path, changed: Mapping[str, str], named: list[str]
) -> None:
    assert [fault.partition(":")[0] for fault in faults_of(tmp_path, changed)] == named


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OPENVOB_JOBS_ENGINE", "huey"), ("OPENVOB_JOBS_BROKER", "https://:s3cret@broker.example")],
)
def test_an_engine_or_a_broker_of_another_kind_is_refused(variable: str, value: str) -> None:
    with pytest.raises(SettingError, match=variable) as error:
        Settings.from_env({variable: value})
    assert "s3cret" not in str(error.value)


# --- keys and passwords


def test_a_data_key_in_its_file_is_looked_at_too(tmp_path: Path) -> None:
    changed = {"OPENVOB_DATA_KEY": "", "OPENVOB_DATA_KEY_FILE": str(tmp_path / "data.key")}
    assert faults_of(tmp_path, changed) == (NO_DATA_KEY,)
    write_secret(tmp_path / "data.key", GOOD_KEY)
    assert faults_of(tmp_path, changed) == ()
    (tmp_path / "data.key").write_text(key_of(bytes([7]) * 32))
    (fault,) = faults_of(tmp_path, changed)
    assert fault.startswith("the file of OPENVOB_DATA_KEY_FILE")


def test_in_production_no_data_key_is_made(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {**SOUND, "OPENVOB_INSTANCE_PATH": str(tmp_path / "instance"), "OPENVOB_DATA_KEY": ""}
    )
    with pytest.raises(UnfitSettings, match="there is no data key"):
        refuse_new_data_key(settings)
    assert not settings.instance_path.exists()


@pytest.mark.parametrize(
    "data_key",
    [
        bytes(32),
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(250, 218, -1)),
        bytes((3 * number) % 256 for number in range(32)),
        bytes((number * number * 7 + 13) % 251 for number in range(16)) * 2,
        b"correct horse battery staple 123",
    ],
)
def test_a_key_that_somebody_thought_of_is_weak(data_key: bytes) -> None:
    assert len(data_key) == 32
    assert is_weak_key(data_key)


def test_a_random_key_is_not_weak() -> None:
    assert not any(is_weak_key(secrets.token_bytes(32)) for _ in range(10_000))


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "PasswordPassword",
        "change-me-123456",
        "Postgres-2026!",
        "123456789012",
        "openvob_openvob",
        "REPLACE_THIS_SECRET",
    ],
)
def test_a_password_that_everybody_tries_first_is_weak(password: str) -> None:
    assert is_weak_password(password)


def test_a_password_made_at_random_is_not_weak() -> None:
    assert not any(is_weak_password(secrets.token_urlsafe(12)) for _ in range(1000))
    assert not is_weak_password("correct horse battery staple")


# --- the application itself


def test_the_application_is_not_made_with_unfit_settings(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_ENVIRONMENT": "production"}
    )
    with pytest.raises(UnfitSettings):
        create_app(settings)
    assert list(tmp_path.iterdir()) == []


@needs_postgresql
def test_the_application_is_made_with_a_sound_configuration(
    postgresql_databases: Databases, tmp_path: Path
) -> None:
    with postgresql_databases.database(tmp_path) as url:
        given: dict[str, Any] = {
            **SOUND,
            "OPENVOB_INSTANCE_PATH": str(tmp_path),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_WORKERS": "1",
            "OPENVOB_RATE_STORE": "memory://",
        }
        app = create_app(Settings.from_env(given))
        answer = app.test_client().get("/readyz")
        office: Office = app.extensions["office"]
        office.close()
    assert answer.status_code == 200
