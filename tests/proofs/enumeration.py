"""Shows that nobody learns from the website who is insured: `python -m tests.proofs.enumeration --count N`.

N contacts are left, every other one of a member whom the service knows well (verified before, with a
payer's answer), the rest of people nobody ever asked about. Status, headers' names, and size have to be the
same; the times of both are held against each other with the test of Mann and Whitney: `z` says by how many
standard deviations the ranks of one are off, and `auc` how often a known member took longer than an unknown
one (0.50: as often as not).
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import erfc, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from tests.api.visitors import LEFT, ROUTE

KNOWN, UNKNOWN = "known", "unknown"
SIGNIFICANT = 0.001
"""How rarely chance alone may look like a difference before the proof fails."""

UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER", "CONTACT", "PAGE")}


@dataclass
class Found:
    """What came back: the shapes of answers, and the seconds they took, of known and unknown members."""

    shapes: dict[str, set[Any]] = field(default_factory=lambda: {KNOWN: set(), UNKNOWN: set()})
    seconds: dict[str, list[float]] = field(default_factory=lambda: {KNOWN: [], UNKNOWN: []})

    @property
    def are_alike(self) -> bool:
        """Whether every answer had one and the same shape."""
        return len(self.shapes[KNOWN] | self.shapes[UNKNOWN]) == 1


@dataclass(frozen=True, slots=True)
class Compared:
    """Two samples held against each other by their ranks."""

    z: float
    p: float
    auc: float


def compare(first: Sequence[float], second: Sequence[float]) -> Compared:
    """The test of Mann and Whitney, two-sided, by its normal approximation with ties counted."""
    values = sorted((*first, *second))
    ranks, ties, start = {}, 0, 0
    while start < len(values):
        end = start
        while end < len(values) and values[end] == values[start]:
            end += 1
        ranks[values[start]] = (start + 1 + end) / 2
        ties += (end - start) ** 3 - (end - start)
        start = end
    m, n = len(first), len(second)
    u = sum(ranks[value] for value in first) - m * (m + 1) / 2
    spread = m * n / 12 * ((m + n + 1) - ties / ((m + n) * (m + n - 1)))
    z = (u - m * n / 2) / sqrt(spread) if spread > 0 else 0.0
    return Compared(z, erfc(abs(z) / sqrt(2)), u / (m * n))


def probe(client: FlaskClient, count: int, seed: int = 1) -> Found:
    """Leave contacts of known and unknown members in an order that chance makes."""
    found, order = Found(), [KNOWN, UNKNOWN] * (count // 2)
    random.Random(seed).shuffle(order)
    numbers = {KNOWN: 0, UNKNOWN: 0}
    for which in order:
        body = {**LEFT, **person(which, numbers[which])}
        numbers[which] += 1
        began = perf_counter()
        answer = client.post(f"{ROUTE}/contacts", json=body)
        found.seconds[which].append(perf_counter() - began)
        found.shapes[which].add(shape_of(answer))
    return found


def person(which: str, number: int) -> dict[str, str]:
    """Somebody invented; what is said of the known and of the unknown is as long."""
    letter = "K" if which == KNOWN else "U"
    return {
        "first_name": f"Ana{letter}",
        "last_name": f"Prueba{letter}{number:06}",
        "birth_date": "1990-01-01",
        "member_id": f"{letter}ZZ{number:06}",
    }


def make_known(client: FlaskClient, count: int) -> None:
    """Verify the known members, so that everything that can be kept of them is."""
    for number in range(count):
        member = person(KNOWN, number)
        body = {"payer": "florida-medicaid", "member": member, "level_of_care": "op", "live": False}
        answer = client.post("/v1/verifications", json=body | {"start_date": "2026-12-01"})
        if answer.status_code != 201:
            raise AssertionError(answer.text)


def shape_of(answer: Any) -> tuple[Any, ...]:
    """All that an answer tells without being read: status, size, names of headers, keys."""
    said = answer.get_json()
    names = tuple(sorted(name for name, _ in answer.headers))
    return (
        answer.status_code,
        len(answer.data),
        names,
        tuple(said),
        tuple(one["message"] for one in said["next"]),
    )


def open_service(folder: Path) -> tuple[Flask, str]:
    """A service that was just made, without limits, and a key for it."""
    settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(folder), **UNLIMITED})
    key = prepare(settings).api_key
    return create_app(settings), str(key)


def main() -> int:
    """Run the proof and say what was seen."""
    parser = argparse.ArgumentParser(description="Whether answers of the website tell who is insured.")
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    with TemporaryDirectory() as folder:
        app, key = open_service(Path(folder))
        logging.getLogger("service.observe.access").setLevel(logging.WARNING)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        make_known(client, count // 2)
        probe(client, 40, seed=2)  # warm
        found = probe(client, count)
        office: Office = app.extensions["office"]
        office.sealer.stop()
        office.store.close()
    compared = compare(found.seconds[KNOWN], found.seconds[UNKNOWN])
    for which, seconds in found.seconds.items():
        middle = sorted(seconds)[len(seconds) // 2]
        sys.stdout.write(f"{which:8} {len(seconds):6} contacts, median {middle * 1000:.2f} ms\n")
    sys.stdout.write(f"one shape: {'yes' if found.are_alike else 'NO'}\n")
    sys.stdout.write(f"Mann-Whitney: z {compared.z:+.2f}, p {compared.p:.3f}, auc {compared.auc:.3f}\n")
    return 0 if found.are_alike and compared.p >= SIGNIFICANT else 1


if __name__ == "__main__":
    sys.exit(main())
