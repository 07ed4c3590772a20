"""`vob keys rotate`: a new data key in the place of the one in use."""

from __future__ import annotations

import click

from service.cli.failing import NoAnswer, settings_needed
from service.cli.opening import note, open_store_here
from service.config import Settings
from service.rotation import PACE, CannotRotate, Rotated, rotate
from service.store.rotation import Unreadable


@click.command("rotate")
def rotate_data_key() -> None:
    """Put a new data key in the place of the one in use, while the service runs.

    Everything is sealed anew; that takes a minute or more. Run it again where it was cut off: it goes on.
    """
    with settings_needed():
        settings = Settings.from_env()
    with open_store_here() as store:
        try:
            done = rotate(settings, store, note, click.echo, PACE)
        except CannotRotate as error:
            raise NoAnswer(f"{error}.") from None
        except Unreadable as error:
            raise NoAnswer(
                f"the value at {error.place} cannot be opened; put the key it is of below the first, "
                "and run this again"
            ) from None
    for line in describe(done):
        click.echo(line)


def describe(done: Rotated) -> list[str]:
    """Return what is printed when a rotation is done."""
    counts = ", ".join(f"{table} {count}" for table, count in done.rows.items())
    lines = [f"Sealed anew: {sum(done.rows.values())} rows{f' ({counts})' if counts else ''}."]
    if done.replaced:
        lines.append(f"Data key {done.kid} is in use, {', '.join(done.replaced)} is retired.")
    else:
        lines.append(f"Data key {done.kid} is in use; no other was left to retire.")
    if done.aside is not None:
        lines.append(
            f"The retired keys are in {done.aside.name}: only backups from before need them. Keep them there."
        )
    else:
        lines.append("Leave it alone in OPENVOB_DATA_KEY: only backups from before need what was retired.")
    return lines
