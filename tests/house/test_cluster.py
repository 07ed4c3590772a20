"""Holds what runs past one machine to what we promise: compose.cluster.yaml, and the Kubernetes manifest.

Every variable a known setting, no secret inside, nobody root, everybody asked whether it lives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from service.cli import main
from service.cli.cluster import AT_LONGEST, SLICE_SECONDS
from service.cli.workers import ENDING
from service.config import Settings, documented_settings
from service.production import refuse_unfit
from tests.house.tree import ROOT
from tests.roles import SCRIPT

MANIFEST = ROOT / "deploy" / "kubernetes" / "openvob.yaml"
OURS = ("upgrade", "web", "worker", "beat")
EVERYBODY = (*OURS, "database", "broker")
SECRET = re.compile(r"PASSWORD|AUTH|KEY|secret", re.IGNORECASE)


class _Loader(yaml.SafeLoader):
    """Reads the tags of Docker Compose as what they stand before."""


_Loader.add_constructor("!override", lambda loader, node: loader.construct_sequence(node, deep=True))


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of compose.cluster.yaml, by name."""
    text = (ROOT / "compose.cluster.yaml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = yaml.load(text, Loader=_Loader)["services"]
    return found


@pytest.fixture(scope="module")
def things() -> dict[tuple[str, str], dict[str, Any]]:
    """What the manifest makes, by kind and name."""
    return {
        (one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(MANIFEST.read_text("utf-8"))
    }


@pytest.fixture(scope="module")
def pods(things: dict[tuple[str, str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pods that the manifest makes, by their part."""
    templates = [one["spec"]["template"] for one in things.values() if "template" in one.get("spec", {})]
    return {one["metadata"]["labels"]["part"]: one["spec"] for one in templates}


def box(pods: dict[str, dict[str, Any]], part: str) -> dict[str, Any]:
    """The only container of a pod."""
    (container,) = pods[part]["containers"]
    found: dict[str, Any] = container
    return found


def commands(words: list[str]) -> Iterator[object]:
    """What each word of a `vob` command leads to."""
    context, found = click.Context(main), main
    for word in words[1:]:
        if word.startswith("-") or not isinstance(found, click.Group):
            return
        found = found.get_command(context, word)  # type: ignore[assignment]
        yield found


def test_three_answer_and_workers_of_their_own_work(services: dict[str, dict[str, Any]]) -> None:
    assert services["openvob"]["deploy"]["replicas"] == 3
    assert services["openvob"]["ports"] == ["127.0.0.1:8080-8082:8080"]
    assert services["worker"]["deploy"]["replicas"] >= 2
    assert {name: one.get("command") for name, one in services.items()} == {
        "openvob": None,
        "worker": ["vob", "jobs", "work"],
        "beat": ["vob", "jobs", "beat"],
    }
    for name in ("worker", "beat"):
        assert services[name]["healthcheck"]["test"] == ["CMD", "vob", "jobs", "alive"]
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"


def test_every_variable_of_the_cluster_is_a_setting_and_no_secret_has_a_default(
    services: dict[str, dict[str, Any]],
) -> None:
    assert {name for one in services.values() for name in one["environment"]} <= set(documented_settings())
    text = (ROOT / "compose.cluster.yaml").read_text("utf-8")
    assert re.findall(r"(?<!\$)\$\{\w+(?!\w*:\?\})[^}]*\}", text) == []
    base = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["openvob"]["environment"]
    worker = services["worker"]["environment"]
    same = ("OPENVOB_DATABASE_URL", "OPENVOB_DATA_KEY", "OPENVOB_RATE_STORE", "OPENVOB_ENVIRONMENT")
    assert {name: worker[name] for name in same} == {name: base[name] for name in same}
    assert services["openvob"]["environment"].items() <= worker.items()


def test_the_manifest_has_three_that_answer_workers_one_clock_and_what_they_need(
    things: dict[tuple[str, str], dict[str, Any]], pods: dict[str, dict[str, Any]]
) -> None:
    assert set(pods) == set(EVERYBODY)
    replicas = {name: one["spec"]["replicas"] for (kind, name), one in things.items() if kind == "Deployment"}
    assert replicas == {"openvob-web": 3, "openvob-worker": 2, "openvob-beat": 1, "openvob-broker": 1}
    assert box(pods, "upgrade")["command"] == ["vob", "db", "upgrade", "--grant-to", "openvob_app"]
    assert box(pods, "web")["command"] == ["vob", "serve"]
    for part in OURS:
        assert None not in commands(box(pods, part)["command"])
        assert box(pods, part)["image"] == "openvob"
    for (kind, name), one in things.items():
        if kind in ("Deployment", "StatefulSet"):
            labels = one["spec"]["template"]["metadata"]["labels"]
            assert one["spec"]["selector"]["matchLabels"] == labels == {"app": "openvob", "part": name[8:]}


def test_every_variable_of_the_manifest_is_a_setting_with_which_the_service_starts(
    things: dict[tuple[str, str], dict[str, Any]], pods: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    settings = things["ConfigMap", "openvob"]["data"]
    for part in OURS:
        given = {one["name"]: one.get("value") for one in box(pods, part)["env"]}
        named = {name for name in (*settings, *given) if name.startswith("OPENVOB_")}
        assert named <= set(documented_settings())
    key = "3q2+7wHvESIzRFVmd4iZqrvM3e7/ABEiM0RVZneImao="
    web = {name: (value or key).replace("$(", "x").replace(")", "9Qz") for name, value in given.items()}
    refuse_unfit(Settings.from_env({**settings, **web, "OPENVOB_INSTANCE_PATH": str(tmp_path)}))


def test_no_secret_stands_in_the_manifest(pods: dict[str, dict[str, Any]]) -> None:
    for part in EVERYBODY:
        for one in box(pods, part)["env"]:
            if SECRET.search(one["name"]):
                assert set(one) == {"name", "valueFrom"}
                assert set(one["valueFrom"]) == {"secretKeyRef"}
            assert not re.search(r"//[^/@]*:(?!\$\()[^/@]+@", one.get("value", ""))
    owner = [part for part in OURS if "postgres-password" in str(pods[part])]
    assert owner == ["upgrade"], "the service never learns the owner's"


def test_nobody_is_root_and_nothing_can_be_written_but_what_has_to_be(
    pods: dict[str, dict[str, Any]],
) -> None:
    for part in EVERYBODY:
        security = pods[part]["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] == (10001 if part in OURS else 999)
        assert pods[part]["automountServiceAccountToken"] is False
        assert box(pods, part)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_no_pod_is_told_of_services_by_variables_that_look_like_settings(
    pods: dict[str, dict[str, Any]],
) -> None:
    # A service named `openvob` would be told to every pod as OPENVOB_PORT=tcp://...
    assert [part for part in EVERYBODY if pods[part]["enableServiceLinks"] is not False] == []


def test_each_worker_shows_what_it_counts_where_the_manifest_says(
    things: dict[tuple[str, str], dict[str, Any]],
    pods: dict[str, dict[str, Any]],
    services: dict[str, dict[str, Any]],
) -> None:
    port = things["ConfigMap", "openvob"]["data"]["OPENVOB_JOBS_METRICS_PORT"]
    assert box(pods, "worker")["ports"] == [{"name": "metrics", "containerPort": int(port)}]
    assert services["worker"]["environment"]["OPENVOB_JOBS_METRICS_PORT"] == port
    assert "ports" not in services["worker"], "nobody outside reaches it"


def test_everybody_is_asked_whether_it_lives(pods: dict[str, dict[str, Any]]) -> None:
    web = box(pods, "web")
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert web["livenessProbe"]["httpGet"]["path"] == web["startupProbe"]["httpGet"]["path"] == "/healthz"
    for part in ("worker", "beat"):
        assert box(pods, part)["livenessProbe"]["exec"]["command"] == ["vob", "jobs", "alive"]
    assert [part for part in EVERYBODY if part != "upgrade" and "livenessProbe" not in box(pods, part)] == []


def test_whoever_is_told_to_end_has_the_time_for_what_it_has_taken(
    services: dict[str, dict[str, Any]], pods: dict[str, dict[str, Any]]
) -> None:
    asked = 16  # a payer and an administrator have 15 seconds in all, and the answer is kept
    for part, needed in (("web", ENDING), ("worker", SLICE_SECONDS + asked)):
        assert pods[part]["terminationGracePeriodSeconds"] > needed
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) > SLICE_SECONDS + asked
    assert SLICE_SECONDS + asked < AT_LONGEST


def test_the_role_is_made_by_the_script_that_is_tested(pods: dict[str, dict[str, Any]]) -> None:
    assert f"--from-file={SCRIPT.resolve().relative_to(ROOT.resolve())}" in MANIFEST.read_text("utf-8")
    mounts = {one["name"]: one["mountPath"] for one in box(pods, "database")["volumeMounts"]}
    assert mounts["roles"] == "/docker-entrypoint-initdb.d"
