"""What the audit trail costs a verification: the same route in process, with it and without.

Each way has a database of its own. The sealer works beside the route in a service; here its work is done
in the same thread, after as many verifications as come between two of its looks, so that it is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from bench.asked import OFTEN
from bench.measure import show, time_in_turn
from bench.route import PATH, poster
from bench.serving import QUIET, kinds
from service.api import verifications
from service.app import create_app
from service.audit import Sealer
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from service.store import audit
from tests.databases import Databases

# Less than comes in the fifth of a second after which the sealer looks; the more at once, the cheaper each.
BETWEEN_LOOKS = 40
ROUNDS = 40
WAYS = ("no event", "the event written", "written and linked")


def subject(url: str, folder: Path, way: str) -> tuple[Callable[[], None], Office]:
    """Return what posts as many verifications as come between two looks, and the office they come to."""
    places = {"OPENVOB_INSTANCE_PATH": str(folder), "OPENVOB_DATABASE_URL": url}
    settings = Settings.from_env({**places, **OFTEN, **QUIET})
    key = prepare(settings).api_key
    app = create_app(settings)
    office: Office = app.extensions["office"]
    post = poster(app, PATH, {"Authorization": f"Bearer {key}"})

    def post_all() -> None:
        silent = patch.object(verifications, "note", lambda *_: None)
        with silent if way == WAYS[0] else nullcontext():
            for _ in range(BETWEEN_LOOKS):
                post()
        if way == WAYS[2]:
            audit.seal(office.store, datetime.now(UTC))

    return post_all, office


def measure(name: str, databases: Databases, folder: Path) -> list[tuple[str, str, str]]:
    """Return the rows of the table for one kind of database."""
    with ExitStack() as stack:
        made = {}
        for number, way in enumerate(WAYS):
            own = folder / name / str(number)
            made[way] = subject(stack.enter_context(databases.database(own)), own, way)
        posts = {way: post_all for way, (post_all, _) in made.items()}
        with patch.object(Sealer, "wake", lambda _: None):
            times = time_in_turn(posts, calls=1, rounds=ROUNDS)
        for _, office in made.values():
            office.store.close()
    base = times[WAYS[0]]
    return [
        (f"{name}: {way}", f"{taken / BETWEEN_LOOKS:,.0f} µs", f"{taken / base:.2f} x")
        for way, taken in times.items()
    ]


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as name, kinds(Path(name)) as found:
        rows = [row for each, databases in found for row in measure(each, databases, Path(name))]
    show("One verification in process, with the audit trail and without", rows)


if __name__ == "__main__":
    main()
