"""The processes past one machine: Celery's workers and its clock, around what `service.jobs.work` does.

A message is a name: `drain`, or the name of a round. It holds nothing of a member, and nothing is lost with
it. Each process of a worker has one office, opened in it and closed at its end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler

from service.config import Settings
from service.jobs.work import ROUNDS, drain, go_round
from service.messenger import DRAIN, PULSE_SECONDS, open_broker
from service.observe.logs import set_up_logging
from service.office import OFFICE, Office, keep_in_step, open_office
from service.workers import found_some

ROUND = "round"
SLICE_SECONDS = 10.0
"""So long a process works on one message; told to end, it has as long, and what a payer takes."""

AT_LONGEST = 120.0
"""Whatever hangs for so long is cut off, and its process begun anew: its rows are taken up again."""

ALIVE = "alive"
_office: dict[str, Any] = {}
_opening = Lock()


def cluster_app(settings: Settings) -> Celery:
    """The library's application, with our tasks, our clock and our log."""
    app = open_broker(settings.jobs_broker)
    at_a_time = max(1, settings.jobs_threads)
    app.conf.update(
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=60.0,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        task_time_limit=AT_LONGEST,
        beat_scheduler=_Clock,
        beat_schedule={
            DRAIN: {"task": DRAIN, "schedule": PULSE_SECONDS, "options": {"expires": PULSE_SECONDS}},
            **{
                one.name: {
                    "task": ROUND,
                    "schedule": one.seconds,
                    "args": (one.name,),
                    "options": {"expires": one.seconds},
                }
                for one in ROUNDS
            },
        },
    )

    @app.task(name=DRAIN)  # type: ignore[untyped-decorator]
    def drain_rows() -> None:
        def call() -> None:
            drain_rows.apply_async(expires=PULSE_SECONDS, retry=False)

        if drain(partial(_in_step, settings), at_a_time, SLICE_SECONDS, call):
            call()

    @app.task(name=ROUND)  # type: ignore[untyped-decorator]
    def do_round(name: str) -> None:
        go_round(_in_step(settings), name)

    _listen(app, settings)
    return app


def _in_step(settings: Settings) -> Office:
    """The office of this process, with the rules in use now; opened where the database did not answer yet."""
    with _opening:
        if OFFICE not in _office:
            # As many connections to the database as there are threads, and some to link the trail.
            threads = 4 * (max(1, settings.jobs_threads) + 1)
            _office[OFFICE] = open_office(replace(settings, threads=threads))
    return keep_in_step(_office)


def _listen(app: Celery, settings: Settings) -> None:
    """Open an office in each process that works, close it at the end, and leave signs of life."""
    alive = settings.instance_path / ALIVE

    def log(**_: Any) -> None:
        set_up_logging(settings)
        # A line for every message says nothing: what was done stands in the database.
        logging.getLogger("celery").setLevel(logging.WARNING)

    def begin(**_: Any) -> None:
        log()
        found_some(partial(_in_step, settings))

    def end(**_: Any) -> None:
        office = _office.pop(OFFICE, None)
        if office is not None:
            office.close()

    _connect(signals.setup_logging, log)
    _connect(signals.worker_process_init, begin)
    _connect(signals.worker_process_shutdown, end)
    _connect(signals.heartbeat_sent, lambda **_: _touch(alive))
    app.conf.beat_alive_file = alive


def _connect(signal: Any, do: Callable[..., None]) -> None:
    signal.connect(do, weak=False)


def _touch(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch()


class _Clock(Scheduler):  # type: ignore[misc]
    """Keeps no file of what was due: after a start everything is, and being done once more does no harm."""

    def setup_schedule(self) -> None:
        """Take what is to be sent from our table."""
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, and say that the clock goes."""
        seconds: float = super().tick(*args, **kwargs)
        _touch(self.app.conf.beat_alive_file)
        return min(seconds, PULSE_SECONDS)


def is_alive(settings: Settings, within: float = 60.0) -> bool:
    """Whether a worker or a clock with these settings gave a sign of life lately."""
    try:
        return time.time() - (settings.instance_path / ALIVE).stat().st_mtime < within
    except FileNotFoundError:
        return False
