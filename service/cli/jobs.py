"""`vob jobs`: what is due, and the processes that work in the background where `vob serve` does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import click

from service.cli.failing import NoAnswer, settings_needed
from service.cli.later import Commands
from service.config import METRICS_FOLDER, Settings
from service.production import refuse_unfit

NOT_CLUSTERED = "OPENVOB_JOBS_ENGINE is `embedded`: vob serve works in the background itself."


@click.group(cls=Commands, places={"due": ("service.cli.due", "due")})
def jobs() -> None:
    """What is due by itself; workers and their clock, where work in the background is done by `celery`."""


@jobs.command()
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes; each does OPENVOB_JOBS_THREADS rows at a time.",
)
def work(processes: int) -> None:
    """Do what waits in the database until told to end; any number of these may run, on any hosts."""
    settings = _settings()
    with _showing_metrics(settings):
        from service.cli.cluster import cluster_app
        from service.office import open_store_of

        with settings_needed():
            open_store_of(settings).close()
        worker = cluster_app(settings).Worker(
            concurrency=processes,
            pool="prefork",
            loglevel=settings.log_level.upper(),
            quiet=True,
            without_gossip=True,
            without_mingle=True,
        )
        worker.start()
    raise SystemExit(worker.exitcode)


@jobs.command()
def beat() -> None:
    """Wake the workers every few seconds, and do by the clock what is due; two of these do no harm."""
    settings = _settings()
    from service.cli.cluster import cluster_app

    cluster_app(settings).Beat(loglevel=settings.log_level.upper(), quiet=True).run()


@jobs.command()
def alive() -> None:
    """Say whether the worker or the clock of this machine gave a sign of life within a minute."""
    settings = _settings()
    from service.cli.cluster import is_alive

    if not is_alive(settings):
        raise NoAnswer("no sign of life within a minute.")


def _settings() -> Settings:
    with settings_needed():
        settings = Settings.from_env()
        refuse_unfit(settings)
    if not settings.is_clustered:
        raise NoAnswer(NOT_CLUSTERED)
    return settings


@contextmanager
def _showing_metrics(settings: Settings) -> Iterator[None]:
    """Let the processes of a worker count in a folder of its own, and show it where a port is given.

    Whether metrics are counted for one process or for several is decided when they are imported.
    """
    if not settings.jobs_metrics_port:
        yield
        return
    with TemporaryDirectory(prefix="openvob-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        from service.observe.metrics import serve_metrics

        try:
            serve_metrics(settings.host, settings.jobs_metrics_port)
        except OSError as error:
            where = f"{settings.host} port {settings.jobs_metrics_port}"
            raise NoAnswer(f"cannot show metrics on {where}: {error.strerror}.") from None
        yield
