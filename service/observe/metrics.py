"""What is counted and measured, as Prometheus reads it. Labels come from closed sets, never from a member.

Where `PROMETHEUS_MULTIPROC_DIR` names a folder, the library keeps the numbers of every process in it, and
whichever process is asked tells the sum of all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from payers.base import CLOSED, HALF, OPEN
from service.config import METRICS_FOLDER

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
WAITING, WORKING = "waiting", "working"
OTHER, MIXED, ANSWERED = "other", "mixed", "answered"
WRONG_MEMBER = "reply_wrong_member"
GIVEN_UP = "given_up"
BREAKER = MappingProxyType({CLOSED: 0, HALF: 1, OPEN: 2})
# From a health check to the longest that asking everybody live may take.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0)

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "openvob_requests",
    "Requests answered, by the rule of their address.",
    ("route", "method", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "openvob_request_seconds",
    "How long requests took, live payers included.",
    ("route",),
    registry=REGISTRY,
    buckets=SECONDS,
)
DETERMINATIONS = Counter(
    "openvob_determinations",
    "Determinations made, by payer, coverage, certainty of the estimate, and status.",
    ("payer", "coverage", "certainty", "status"),
    registry=REGISTRY,
)
QUICK_CHECKS = Counter(
    "openvob_quick_checks",
    "Questions of the website's visitors, by answer; nothing of who asked, or about which plan.",
    ("answer",),
    registry=REGISTRY,
)
BATCH_ROWS = Counter(
    "openvob_batch_rows",
    "Rows of batches that were settled, by how.",
    ("state",),
    registry=REGISTRY,
)
WEBHOOKS = Counter(
    "openvob_webhook_deliveries",
    "Attempts to tell other systems of events, by what came of them; `given_up` counts the last one again.",
    ("outcome",),
    registry=REGISTRY,
)
QUICK_CONTACTS = Counter(
    "openvob_quick_contacts",
    "Contacts that visitors of the website left.",
    registry=REGISTRY,
)
PAYER_CALLS = Counter(
    "openvob_payer_calls",
    "Questions put over a connection, and what came of them.",
    ("connection", "channel", "result"),
    registry=REGISTRY,
)
WRONG_MEMBERS = Counter(
    "openvob_wrong_member",
    "Replies that were about somebody else, none of which was used.",
    ("connection",),
    registry=REGISTRY,
)
PAYER_BREAKER = Gauge(
    "openvob_payer_breaker",
    "How a connection stands: 0 asked, 1 tried again with the next question, 2 left alone.",
    ("connection",),
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
BACKGROUND = Gauge(
    "openvob_background",
    "Live answers that nobody waits for: those that wait to be brought, and those that are.",
    ("state",),
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
RULEBOOK_AGE = Gauge(
    "openvob_rulebook_age_days",
    "Days since a source of the rulebook was last looked up.",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
BUILD_INFO = Gauge(
    "openvob_build_info",
    "The version that runs.",
    ("version",),
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
LOG_KEYS_DROPPED = Counter(
    "openvob_log_keys_dropped", "Keys that were to be logged and are not allowed.", registry=REGISTRY
)
LOG_LINES_LOST = Counter("openvob_log_lines_lost", "Log lines that could not be written.", registry=REGISTRY)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count an answered request; `route` is a rule and `method` one of `METHODS`, or the word for others."""
    requests, duration = _numbers_of(route, method, status)
    requests.inc()
    duration.observe(seconds)


@lru_cache(maxsize=1024)
def _numbers_of(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Return what counts and what times such requests; finding them costs more than counting does."""
    return REQUESTS.labels(route, method, str(status)), REQUEST_SECONDS.labels(route)


def count_quick_check(answer: str) -> None:
    """Count a question of a website's visitor."""
    QUICK_CHECKS.labels(answer).inc()


def count_batch_row(state: str) -> None:
    """Count a row of a batch that was `done` or `refused`."""
    BATCH_ROWS.labels(state).inc()


def count_webhook(outcome: str, *, is_given_up: bool) -> None:
    """Count an attempt to tell another system of an event, and whether it was the last one."""
    WEBHOOKS.labels(outcome).inc()
    if is_given_up:
        WEBHOOKS.labels(GIVEN_UP).inc()


def count_quick_contact() -> None:
    """Count a contact that a website's visitor left."""
    QUICK_CONTACTS.inc()


def count_determination(payer: str, coverages: Iterable[str], certainty: str, status: str) -> None:
    """Count a determination; phases that are covered differently count as one that is `mixed`."""
    distinct = set(coverages)
    coverage = distinct.pop() if len(distinct) == 1 else MIXED
    DETERMINATIONS.labels(payer, coverage, certainty, status).inc()


def count_call(connection: str, channel: str, failure: str | None) -> None:
    """Count a question put over a connection; `failure` is the code of the step that tells of one."""
    result = ANSWERED if failure is None else failure.removeprefix("payer_")
    PAYER_CALLS.labels(connection, channel, result).inc()
    if result == WRONG_MEMBER:
        WRONG_MEMBERS.labels(connection).inc()


def note_breakers(states: Mapping[str, str]) -> None:
    """Note how each connection stands in this process: `closed`, `half` or `open`."""
    for connection, state in states.items():
        PAYER_BREAKER.labels(connection).set(BREAKER[state])
        # An alarm that has not rung yet is there too, so that its first ring is seen as a change.
        WRONG_MEMBERS.labels(connection)


def note_background(state: str, change: int) -> None:
    """Note that so many more answers, or fewer, wait to be brought (`waiting`) or are (`working`)."""
    BACKGROUND.labels(state).inc(change)


def note_rulebook(looked_up: date | None, today: date) -> None:
    """Note how long ago a source of the rulebook was last looked up."""
    if looked_up is not None:
        RULEBOOK_AGE.set((today - looked_up).days)


def write_metrics() -> bytes:
    """Return everything counted so far, in all processes together where they share a folder."""
    return generate_latest(_everything())


def serve_metrics(host: str, port: int) -> None:
    """Show the same to whoever asks there, as long as this process lives; `OSError` where it cannot."""
    start_http_server(port, host, _everything())


def _everything() -> CollectorRegistry:
    BUILD_INFO.labels(_version()).set(1)
    if METRICS_FOLDER not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    _AllProcesses(together)
    return together


class _AllProcesses(MultiProcessCollector):
    """What the processes that share a folder counted; how things stand is told of those that live."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry)  # type: ignore[no-untyped-call]

    def collect(self) -> Any:
        """Return the sums, and forget how things stood in processes that ended."""
        for file in Path(os.environ[METRICS_FOLDER]).glob("gauge_live*_*.db"):
            process = int(file.stem.rpartition("_")[2])
            if not _is_running(process):
                mark_process_dead(process)  # type: ignore[no-untyped-call]
        return super().collect()  # type: ignore[no-untyped-call]


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _version() -> str:
    try:
        return version("openvob")
    except PackageNotFoundError:
        return "unknown"
