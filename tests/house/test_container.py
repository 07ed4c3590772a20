"""Holds the Dockerfile to what we promise of the image: two stages, no root, a health check, no secret.

And compose.yaml: every service with a health check, no secret of its own, nothing open that need not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

from service.cli.workers import ENDING
from service.config import documented_settings
from tests.house.tree import ROOT
from tests.roles import SCRIPT

SECRET = re.compile(r"key|secret|token|password|passwd|credential", re.IGNORECASE)


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined: word and arguments."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [
        (word.upper(), rest)
        for word, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))
    ]


def arguments(instructions: list[tuple[str, str]], word: str) -> list[str]:
    """What follows each instruction `word`."""
    return [rest for name, rest in instructions if name == word]


def test_the_image_is_built_in_two_stages_on_a_slim_python(instructions: list[tuple[str, str]]) -> None:
    stages = arguments(instructions, "FROM")
    assert len(stages) == 2
    assert all(stage.startswith("python:3.11-slim") for stage in stages)


def test_dependencies_are_installed_by_hash(instructions: list[tuple[str, str]]) -> None:
    installs = [rest for rest in arguments(instructions, "RUN") if "requirements.lock" in rest]
    assert installs
    assert all("--require-hashes" in rest for rest in installs)


def test_the_service_does_not_run_as_root(instructions: list[tuple[str, str]]) -> None:
    last_stage = max(place for place, (word, _) in enumerate(instructions) if word == "FROM")
    users = arguments(instructions[last_stage:], "USER")
    assert users
    assert users[-1].partition(":")[0] not in {"root", "0"}


def test_the_image_says_whether_it_is_well(instructions: list[tuple[str, str]]) -> None:
    (check,) = arguments(instructions, "HEALTHCHECK")
    assert "/healthz" in check


def test_no_secret_is_in_the_image(instructions: list[tuple[str, str]]) -> None:
    named = arguments(instructions, "ENV") + arguments(instructions, "ARG")
    assert [rest for rest in named if SECRET.search(rest)] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"instance", ".git", ".venv", ".env"} <= set(ignored)


def test_the_image_serves_as_in_production_and_is_told_to_end(instructions: list[tuple[str, str]]) -> None:
    environment = " ".join(arguments(instructions, "ENV")).split()
    assert {"OPENVOB_ENVIRONMENT=production", "OPENVOB_HOST=0.0.0.0"} <= set(environment)
    assert arguments(instructions, "CMD") == ['["vob", "serve"]']
    assert arguments(instructions, "STOPSIGNAL") == ["SIGTERM"]


def test_what_the_installation_makes_is_kept_outside_the_image(instructions: list[tuple[str, str]]) -> None:
    (volume,) = arguments(instructions, "VOLUME")
    assert any(f"OPENVOB_INSTANCE_PATH={volume}" in rest for rest in arguments(instructions, "ENV"))


# --- compose.yaml


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, by name."""
    services: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))[
        "services"
    ]
    return services


def environments(services: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Every variable that some service gets, with its value."""
    for service in services.values():
        yield from service.get("environment", {}).items()


def test_the_service_runs_with_postgresql_and_redis(services: dict[str, dict[str, Any]]) -> None:
    images = {service["image"] for service in services.values()}
    assert images == {"openvob", "postgres:15", "redis:7"}
    given = services["openvob"]["environment"]
    assert given["OPENVOB_DATABASE_URL"].startswith("postgresql+psycopg://")
    assert given["OPENVOB_RATE_STORE"].startswith("redis://")
    assert set(given) <= set(documented_settings())


def test_whatever_goes_on_running_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    lasting = {name: service for name, service in services.items() if "restart" in service}
    assert set(lasting) == {"openvob", "database", "counts"}
    assert [name for name, service in lasting.items() if not service["healthcheck"].get("test")] == []


def test_the_service_runs_as_in_production_and_has_time_to_end(services: dict[str, dict[str, Any]]) -> None:
    assert services["openvob"]["environment"]["OPENVOB_ENVIRONMENT"] == "production"
    assert int(services["openvob"]["stop_grace_period"].removesuffix("s")) > ENDING


def test_the_tables_are_made_before_the_service_starts(services: dict[str, dict[str, Any]]) -> None:
    assert services["upgrade"]["command"][:3] == ["vob", "db", "upgrade"]
    assert services["upgrade"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["openvob"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"


def test_the_service_connects_with_a_role_that_owns_nothing(services: dict[str, dict[str, Any]]) -> None:
    owner = services["database"]["environment"]["POSTGRES_USER"]
    role = services["database"]["environment"]["APPLICATION_ROLE"]
    addresses = {
        name: make_url(services[name]["environment"]["OPENVOB_DATABASE_URL"])
        for name in ("upgrade", "openvob")
    }
    assert {name: url.username for name, url in addresses.items()} == {"upgrade": owner, "openvob": role}
    assert owner != role
    assert services["upgrade"]["command"][3:] == ["--grant-to", role]
    passwords = [
        services["database"]["environment"][f"{name}_PASSWORD"] for name in ("POSTGRES", "APPLICATION")
    ]
    assert [addresses["upgrade"].password, addresses["openvob"].password] == passwords
    assert passwords[0] not in str(services["openvob"]), "the service never learns the owner's"


def test_the_role_is_made_by_the_script_that_is_tested(services: dict[str, dict[str, Any]]) -> None:
    (mounted,) = [one for one in services["database"]["volumes"] if one.startswith("./")]
    file, place, mode = mounted.split(":")
    assert (place.rpartition("/")[0], mode) == ("/docker-entrypoint-initdb.d", "ro")
    assert (ROOT / file).resolve() == SCRIPT.resolve()


def test_every_secret_comes_from_outside_and_none_has_a_default(services: dict[str, dict[str, Any]]) -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert re.findall(r"(?<!\$)\$\{\w+(?!\w*:\?\})[^}]*\}", text) == []
    secret = [
        value for name, value in environments(services) if re.search(r"KEY|PASSWORD|AUTH|URL|STORE", name)
    ]
    assert len(secret) >= 7
    assert [value for value in secret if not re.search(r"\$\{\w+:\?\}", value)] == []


def test_only_the_service_can_be_reached_and_only_from_this_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    open_to = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert open_to == {"openvob": ["127.0.0.1:8080:8080"]}
    assert services["database"]["networks"] == services["counts"]["networks"] == ["inside"]


def test_what_is_kept_outlives_the_containers(services: dict[str, dict[str, Any]]) -> None:
    assert services["database"]["volumes"][0] == "database:/var/lib/postgresql/data"
    assert services["openvob"]["volumes"] == ["instance:/var/lib/openvob"]
